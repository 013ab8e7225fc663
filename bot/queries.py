"""Text → Query: one language for search, filters and alerts (DESIGN §5). Pure.

All words must match; `"phrases"` are in order, `-without` rules out, `OR` (in capitals) offers a
choice and binds looser than words side by side, `( )` groups, `prefix*` is a beginning. Fields:
`title: abstract: author: org: keyword:` look for words there, `cat: source: upvotes: date: has:
like:` ask for facts, `sort:` orders a search. Whatever else is typed is words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeGuard

from bot.categories import archive_of, canonical_category
from bot.errors import QueryError
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    SAMPLE,
    And,
    Category,
    FirstListed,
    Lately,
    ListedBy,
    Node,
    Not,
    Or,
    Query,
    Sort,
    Word,
)
from bot.query_parser import MOST_TERMS, Parser
from bot.query_pieces import (
    AFTER_WORD,
    BEFORE_WORD,
    FIELD_NAMES,
    FIELDS,
    STOP_WORDS,
    has_token,
    plain_signs,
)
from bot.query_printing import print_query
from bot.query_terms import OPERATORS
from bot.query_trees import NOTHING, all_of, any_of, leaves, negation, positive_leaves

__all__ = [
    "FIELDS",
    "FIELD_NAMES",
    "MAX_QUERY_CHARACTERS",
    "STOP_WORDS",
    "archives_of",
    "leaves",
    "parse_query",
    "parse_standing",
    "plain_signs",
    "positive_leaves",
    "print_query",
    "resolve",
    "sources_of",
    "text_words",
    "words_query",
]

MAX_QUERY_CHARACTERS = 500  # longer texts are no search; DESIGN §5 measures up to this

_PICKS = frozenset({HUGGINGFACE, SAMPLE})
_EVERY_SOURCE = frozenset({HUGGINGFACE, ARXIV, SAMPLE})
_BETWEEN_WORDS = re.compile(r"""[\s"()|,;:<>=*\[\]{}、。]+""")


def parse_query(text: str) -> Query:
    """Read a query. An empty text is the query that every paper meets.

    Raises QueryError with the place of what is wrong.
    """
    return _parse(text)[0]


def parse_standing(text: str) -> Query:
    """Read a filter or an alert: a query that has no order. Raises QueryError."""
    query, sort_place = _parse(text)
    if sort_place is not None:
        problem = "sort: orders the answer to a search; a filter or an alert has no order"
        raise QueryError(problem, text, sort_place)
    return query


def words_query(text: str) -> Query:
    """The words of any text, whatever its signs would mean: at most 40, small words left out.

    It is met strictly by papers that hold them all; `PaperStore.find` brings those with any.
    """
    words = (
        each.lstrip(BEFORE_WORD + "-").rstrip(AFTER_WORD)
        for each in _BETWEEN_WORDS.split(plain_signs(text))
    )
    told = [word for word in words if has_token(word) and word.lower() not in STOP_WORDS]
    # What the language would read as something else is a word only in quotes.
    found = dict.fromkeys(
        Word(word, quoted=word in OPERATORS or canonical_category(word) is not None)
        for word in told
    )
    return Query(And(tuple(found)[:MOST_TERMS]), text=text)


def resolve(query: Query, today: date) -> Query:
    """The query with every time ago as the days that it means on `today`."""
    return replace(query, tree=_whole(_resolved(query.tree, today)))


def text_words(query: Query) -> tuple[Word, ...]:
    """The words that papers are asked to hold: to rank by, and to mark."""
    words = (leaf for leaf in positive_leaves(query.tree) if isinstance(leaf, Word))
    return tuple(dict.fromkeys(words))


def sources_of(query: Query) -> frozenset[str]:
    """Which sources' listings a subscription with this filter looks at (DESIGN §2).

    Those that it names; every source, where it asks for a category; else the Hugging Face picks
    (a sample edition stands in for them where no source can be reached). A source that is ruled
    out is not looked at, and without the picks that leaves arXiv.
    """
    return _sources(query.tree) or _PICKS


def archives_of(query: Query) -> frozenset[str]:
    """The arXiv archives of the categories that are asked for."""
    return frozenset(
        archive_of(leaf.name) for leaf in positive_leaves(query.tree) if isinstance(leaf, Category)
    )


def _parse(text: str) -> tuple[Query, int | None]:
    if len(text) > MAX_QUERY_CHARACTERS:
        problem = f"a query has at most {MAX_QUERY_CHARACTERS} characters"
        raise QueryError(problem, text[: MAX_QUERY_CHARACTERS + 1], MAX_QUERY_CHARACTERS)
    parser = Parser(text, plain_signs(text))
    tree = parser.tree()
    if tree == NOTHING and parser.sort is None and text.strip():
        raise QueryError(_no_word(text.split(), small=parser.small_words), text)
    query = Query(_whole(tree), parser.sort or Sort.RELEVANCE, text)
    if len(print_query(query)) > MAX_QUERY_CHARACTERS:  # it is kept as it is written out
        problem = f"written out in full this is longer than {MAX_QUERY_CHARACTERS} characters"
        raise QueryError(problem, text)
    return query, parser.sort_place


def _whole(tree: Node) -> And:
    return tree if isinstance(tree, And) else And((tree,))


def _no_word(words: list[str], *, small: bool) -> str:
    if OPERATORS.issuperset(words):
        return f"{words[0]} stands with words, as in mamba {words[0]} vision; there are none here"
    if small:
        return "these words are in every paper; add one that says what it is about"
    return "there is no word in it to look for"


def _resolved(node: Node, today: date) -> Node:
    match node:
        case And(parts):
            return all_of(_resolved(part, today) for part in parts)
        case Or(parts):
            return any_of(_resolved(part, today) for part in parts)
        case Not(part):
            return negation(_resolved(part, today))
        case Lately(days):
            return FirstListed(since=today - timedelta(days=days - 1))
    return node


def _sources(node: Node) -> frozenset[str]:
    """The sources that a part names; empty where it names none."""
    match node:
        case ListedBy(source):
            return frozenset({source})
        case Category():
            return _EVERY_SOURCE
        case Or(parts):
            each = [_sources(part) for part in parts]
            return _union(named or _PICKS for named in each) if any(each) else frozenset()
        case And(parts):
            ruled_out = _union(_sources(part.part) for part in parts if _rules_out_source(part))
            # A named source says more than a category, which papers of any source may have.
            naming = [part for part in parts if _names_source(part)] or parts
            named = _union(_sources(part) for part in naming)
            if not named and ruled_out:
                named = _EVERY_SOURCE if HUGGINGFACE in ruled_out else _PICKS
            return named - ruled_out
    return frozenset()


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _names_source(part: Node) -> bool:
    return any(isinstance(leaf, ListedBy) for leaf in positive_leaves(part))


def _rules_out_source(part: Node) -> TypeGuard[Not]:
    return isinstance(part, Not) and isinstance(part.part, ListedBy)
