r"""A query as the compact text that an index of alerts is built from. Pure.

A *term* is something short that a paper has or has not: up to three stems in order (`diffus`,
`state space`), the same in the title (`title:mamba`), the beginning of a word (`opt*`), a category
or its archive (`cat:cs`), a source, a link to code. Colons and stars end tokens, so that no word of
a paper is taken for one of the others.
A plan is lines. The first holds its keys, parted by tabs: a paper that has none of them does not
meet the query. Each other line is one thing more that is asked for: a term; a term that must not
be there, after a `-`; or, beginning with `[`, a condition of `bot.conditions` as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from bot.conditions import Condition, condition_of, tokens_of, with_archives, written
from bot.documents import Document
from bot.models import (
    And,
    Category,
    HasCode,
    ListedBy,
    Node,
    Not,
    Or,
    Query,
    TextField,
    Tokens,
    Word,
)
from bot.ports import Analyzer

# Begins each plan. Another is wanted wherever plans are written otherwise or texts are taken apart
# otherwise: the plans of before are then made anew.
VERSION = "1"
LONGEST = 3  # tokens of a term: longer phrases are rarer, and cost each paper more terms
PREFIX = 3  # letters of a word's beginning that make a term
_CODE = "has:code"

Rarity = Callable[[str], float]


class Term(NamedTuple):
    """A term, and how well it tells papers apart: the lower by rank, then papers, the better."""

    rank: int
    papers: float
    length: int  # negative: of two equally rare terms the longer one is likelier the rarer
    text: str


Group = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What a query asks for: a term of each group, none of `absent`, and each of `conditions`."""

    groups: tuple[Group, ...] = ()
    absent: tuple[Term, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def one_group(self) -> Group:
        """The terms of which one decides alone, () where it takes more."""
        is_one = len(self.groups) == 1 and not self.absent and not self.conditions
        return self.groups[0] if is_one else ()


def plan_of(query: Query, analyze: Analyzer, rarity: Rarity) -> str:
    """A query as the compact text that an index is built from, kept beside the alert.

    `rarity` tells how many papers hold a stem, about: the rarest necessary term becomes the key.
    """
    need = _Needs(tokens_of(query.tree, analyze), rarity).of(query.tree)
    keys = min(need.groups, key=_cost) if need.groups else ()
    others = dict.fromkeys(group for group in need.groups if group != keys)
    needed = sorted(term for group in others if len(group) == 1 for term in group)
    choices = [["any", *_texts(group)] for group in others if len(group) > 1]
    lines = [
        "\t".join(_texts(sorted(keys))),
        *_texts(needed),
        *(f"-{text}" for text in _texts(sorted(need.absent))),
        *map(written, chain(choices, need.conditions)),
    ]
    return VERSION + "\n".join(dict.fromkeys(lines))


def terms_of(document: Document) -> set[str]:
    """The terms that a paper has, but for `beginnings_of` it; and "", which every paper has."""
    fields = document.fields
    terms = {""}.union(*(_grams(tokens.stems) for tokens in fields.values()))
    terms.update([f"title:{gram}" for gram in _grams(fields[TextField.TITLE].stems)])
    terms.update([f"cat:{name}" for name in with_archives(document.categories)])
    terms.update([f"source:{name}" for name in document.sources])
    if document.has_code:
        terms.add(_CODE)
    return terms


def beginnings_of(document: Document) -> set[str]:
    """The terms that are beginnings of a paper's words."""
    words = set().union(*(tokens.plain for tokens in document.fields.values()))
    return {f"{word[:PREFIX]}*" for word in words}


def asks_for_beginnings(plan: str) -> bool:
    """Whether a plan may have a term that is the beginning of a word."""
    return "*" in plan


def is_term(line: str) -> bool:
    """Whether a line of a plan is a term that a paper must have."""
    return line[0] not in "-["


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
            case Not(part):
                return self._of_none(node, self.of(part))
            case Word() if self._tokens[node.text].plain:
                return self._of_word(node)
            case Category() | HasCode() | ListedBy():
                return self._of_fact(node)
        return self._of_condition(node)

    def _of_condition(self, node: Node) -> Need:
        return Need(conditions=(condition_of(node, self._tokens),))

    def _of_none(self, node: Not, need: Need) -> Need:
        return Need(absent=need.one_group) if need.one_group else self._of_condition(node)

    def _of_any(self, node: Or, needs: Sequence[Need]) -> Need:
        """One of the keys of its parts; that decides where each part is decided by its key."""
        if not needs or not all(need.groups for need in needs):
            return self._of_condition(node)
        best: list[Group] = [min(need.groups, key=_cost) for need in needs]
        either = Need((tuple(dict.fromkeys(chain.from_iterable(best))),))
        is_decided = all(need.one_group for need in needs)
        return either if is_decided else _all((either, self._of_condition(node)))

    def _of_fact(self, node: Category | HasCode | ListedBy) -> Need:
        match node:
            case Category(name):
                term = Term(2, 0, 0, f"cat:{name}")
            case HasCode():
                term = Term(3, 0, 0, _CODE)
            case ListedBy(source):
                term = Term(4, 0, 0, f"source:{source}")
        if not term.text.isascii() or term.text.split() != [term.text]:  # no name that there is
            return self._of_condition(node)
        return Need(((term,),))

    def _of_word(self, word: Word) -> Need:
        """Its tokens stand in some field; that decides unless it asks for one, or for names."""
        tokens = self._tokens[word.text]
        field = "title:" if word.field is TextField.TITLE and not word.prefix else ""
        whole = tokens.stems[:-1] if word.prefix else tokens.stems
        terms = [self._term(f"{field}{gram}", gram) for gram in _needed_grams(whole)]
        if word.prefix and len(tokens.plain[-1]) >= PREFIX:
            terms.append(Term(1, 0, 0, f"{tokens.plain[-1][:PREFIX]}*"))
        needed = Need(tuple((term,) for term in terms))
        is_decided = word.field in _DECIDED and not word.prefix and needed.one_group
        return needed if is_decided else _all((needed, self._of_condition(word)))

    def _term(self, text: str, gram: str) -> Term:
        return Term(0, min(map(self._rarity, gram.split())), -len(text), text)


_DECIDED = frozenset({TextField.ANY, TextField.TITLE})  # other terms tell of all fields together


def _all(needs: Iterable[Need]) -> Need:
    found = list(needs)
    return Need(
        tuple(group for need in found for group in need.groups),
        tuple(term for need in found for term in need.absent),
        tuple(condition for need in found for condition in need.conditions),
    )


def _grams(tokens: Sequence[str]) -> chain[str]:
    """One, two and three tokens in order."""
    threes = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return chain(tokens, map(" ".join, pairwise(tokens)), map(" ".join, threes))


def _needed_grams(tokens: Sequence[str]) -> list[str]:
    """The terms that a paper with these tokens in order must have; up to three are one term."""
    last = max(len(tokens) - LONGEST, 0)
    return [" ".join(tokens[start : start + LONGEST]) for start in range(last + 1) if tokens]


def _cost(group: Group) -> tuple[int, float, Group]:
    return max(term.rank for term in group), sum(term.papers for term in group), group


def _texts(terms: Sequence[Term]) -> list[str]:
    return [term.text for term in terms]
