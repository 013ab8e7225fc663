r"""A query as the compact text that an index of alerts is built from. Pure.

A *term* is something short that a paper has or has not: a stem (`diffus`), a pair of stems in order
(`state space`), one of them in the title (`title:mamba`), a name's token (`author:lecun`), the
beginning of a word (`opt*`), a category or its archive (`cat:cs`), a source, a link to code.
A plan is lines: its keys, parted by tabs: a paper that has none of them does not meet the query;
the other terms that a paper must have; then, a line each, the conditions (`bot.conditions`) that
terms alone do not decide. Of most plans there is the first line only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from bot.conditions import (
    Condition,
    condition_of,
    is_plain,
    tokens_of,
    with_archives,
)
from bot.documents import Document
from bot.models import (
    And,
    Category,
    HasCode,
    ListedBy,
    Node,
    Or,
    Query,
    TextField,
    Tokens,
    Word,
)
from bot.ports import Analyzer

VERSION = "1"  # begins each plan: what is written otherwise must be made anew
PREFIX = 3  # letters of a word's beginning that make a term

Rarity = Callable[[str], float]


class Term(NamedTuple):
    """A term, and how well it tells papers apart: the lower by rank, then papers, the better."""

    rank: int
    papers: float
    length: int  # negative: of two equally rare terms the longer one is likelier the rarer
    text: str


@dataclass(frozen=True, slots=True)
class Need:
    """What a query asks for. A paper has a term of each group and meets all of `conditions`.

    Where there are no conditions, these groups decide.
    """

    groups: tuple[tuple[Term, ...], ...] = ()
    conditions: tuple[Condition, ...] = ()


def plan_of(query: Query, analyze: Analyzer, rarity: Rarity) -> str:
    """A query as the compact text that an index is built from, kept beside the alert.

    `rarity` tells how many papers hold a stem, about: the rarest necessary term becomes the key.
    """
    need = _Needs(tokens_of(query.tree, analyze), rarity).of(query.tree)
    keys = min(need.groups, key=_cost, default=())
    others = dict.fromkeys(group for group in need.groups if group != keys)
    needed = sorted(term for group in others if len(group) == 1 for term in group)
    choices = [["any", *_texts(group)] for group in others if len(group) > 1]
    lines = [
        "\t".join(_texts(sorted(keys))),
        "\t".join(_texts(needed)),
        *dict.fromkeys(map(_written, chain(choices, need.conditions))),
    ]
    return VERSION + "\n".join(lines).rstrip("\n")


def terms_of(document: Document) -> set[str]:
    """The terms that a paper has, and "", which every paper has."""
    terms = {""}
    fields = document.fields
    for tokens in fields.values():
        terms.update(_grams(tokens.stems))
        terms.update(f"{token[:PREFIX]}*" for token in set(tokens.plain))
    terms.update(f"title:{gram}" for gram in _grams(fields[TextField.TITLE].stems))
    terms.update(f"author:{token}" for token in fields[TextField.AUTHOR].plain)
    terms.update(f"org:{token}" for token in fields[TextField.ORGANISATION].plain)
    terms.update(f"cat:{name}" for name in with_archives(document.categories))
    terms.update(f"source:{name}" for name in document.sources)
    if document.has_code:
        terms.add("code")
    return terms


class _Needs:
    """What each node of one query's tree asks for."""

    def __init__(self, tokens: Mapping[str, Tokens], rarity: Rarity) -> None:
        self._tokens = tokens
        self._rarity = rarity

    def of(self, node: Node) -> Need:
        match node:
            case And(parts):
                return _all(map(self.of, parts))
            case Or(parts):
                return self._of_any(node, list(map(self.of, parts)))
            case Word() if self._tokens[node.text].plain:
                return self._of_word(node)
            case Category() | HasCode() | ListedBy():
                return self._of_fact(node)
        return Need((), (condition_of(node, self._tokens),))

    def _of_any(self, node: Or, needs: Sequence[Need]) -> Need:
        """One of the keys of its parts; that decides where each part is decided by its key."""
        condition = condition_of(node, self._tokens)
        if not all(need.groups for need in needs) or not needs:
            return Need((), (condition,))
        keys = chain.from_iterable(min(need.groups, key=_cost) for need in needs)
        is_decided = all(len(need.groups) == 1 and not need.conditions for need in needs)
        return Need((tuple(dict.fromkeys(keys)),), () if is_decided else (condition,))

    def _of_fact(self, node: Category | HasCode | ListedBy) -> Need:
        match node:
            case Category(name):
                term = Term(2, 0, 0, f"cat:{name}")
            case HasCode():
                term = Term(3, 0, 0, "code")
            case ListedBy(source):
                term = Term(4, 0, 0, f"source:{source}")
        if not term.text.isascii() or term.text.split() != [term.text]:  # no name that there is
            return Need((), (condition_of(node, self._tokens),))
        return Need(((term,),))

    def _of_word(self, word: Word) -> Need:
        tokens = self._tokens[word.text]
        terms = self._name_terms(word, tokens) if is_plain(word) else self._stem_terms(word, tokens)
        if len(terms) == 1 and not word.prefix and word.field not in _WIDER:
            return Need((tuple(terms),))
        return Need(tuple((term,) for term in terms), (condition_of(word, self._tokens),))

    def _stem_terms(self, word: Word, tokens: Tokens) -> list[Term]:
        field = "title:" if word.field is TextField.TITLE else ""
        return [self._term(field + gram, *gram.split()) for gram in _needed_grams(tokens.stems)]

    def _name_terms(self, word: Word, tokens: Tokens) -> list[Term]:
        whole = len(tokens.plain) - word.prefix
        if word.field in (TextField.AUTHOR, TextField.ORGANISATION):
            pairs = zip(tokens.plain[:whole], tokens.stems[:whole], strict=True)
            terms = [self._term(f"{word.field.value}:{name}", stem) for name, stem in pairs]
        else:
            terms = [
                self._term(gram, *gram.split()) for gram in _needed_grams(tokens.stems[:whole])
            ]
        if word.prefix and len(tokens.plain[-1]) >= PREFIX:
            terms.append(Term(1, 0, 0, f"{tokens.plain[-1][:PREFIX]}*"))
        return terms

    def _term(self, text: str, *stems: str) -> Term:
        return Term(0, min(map(self._rarity, stems)), -len(text), text)


_WIDER = frozenset({TextField.ABSTRACT, TextField.KEYWORD})  # their terms tell of all fields


def _all(needs: Iterable[Need]) -> Need:
    groups: tuple[tuple[Term, ...], ...] = ()
    conditions: tuple[Condition, ...] = ()
    for need in needs:
        groups, conditions = groups + need.groups, conditions + need.conditions
    return Need(groups, conditions)


def _grams(tokens: Sequence[str]) -> chain[str]:
    return chain(tokens, map(" ".join, pairwise(tokens)))


def _needed_grams(tokens: Sequence[str]) -> list[str]:
    """The terms that a paper with these stems in order must have."""
    return list(tokens) if len(tokens) == 1 else [" ".join(pair) for pair in pairwise(tokens)]


def _cost(group: tuple[Term, ...]) -> tuple[int, float, tuple[Term, ...]]:
    return max(term.rank for term in group), sum(term.papers for term in group), group


def _texts(terms: Sequence[Term]) -> list[str]:
    return [term.text for term in terms]


def _written(condition: Condition) -> str:
    return json.dumps(condition, separators=(",", ":"))
