"""What a query would have brought in the last days, and how it could bring less: counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.models import (
    And,
    FirstListed,
    Node,
    Not,
    Or,
    Query,
    Sort,
    TextField,
    Upvotes,
    Word,
)
from bot.ports import PaperStore
from bot.queries import MAX_QUERY_CHARACTERS, STOP_WORDS, print_query, resolve

LOOK_BACK_DAYS = 7
MOST_COUNTED = 1000  # papers; beyond it, "more than"
LOUD = 10  # papers a day: more than a bundle holds
_WORTH_NARROWING = 5  # papers in the time looked back on; fewer are read at a glance
_MOST_LEFT = 0.85  # of the papers, by a way to narrow: with nearly all of them left it is none
_UPVOTE_STEPS = (5, 10, 20, 50, 100)
_TITLES_READ = 200  # the best, from which the word to leave out is chosen
_WORDS_TRIED = 4

_WORD = re.compile(r"[^\W\d_]{4,}")
# What kind of paper it is: the first thing that people leave out.
_GENRES = frozenset("survey review benchmark dataset tutorial overview".split())
# Words of titles on every subject: to leave one out says nothing about what somebody looks for.
_EVERYWHERE = frozenset(
    "model models learning language large deep neural network networks based using towards toward "
    "efficient framework method methods approach system systems analysis study data training "
    "through over under between more than your does when what beyond improving enhancing scalable "
    "robust unified novel adaptive generation generative understanding reasoning task tasks "
    "problem problems evaluation evaluating general guided driven aware free multi self".split()
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A narrower query as text, what it adds in words, and how many papers meet it."""

    told: str
    query: str
    papers: int

    @property
    def label(self) -> str:
        """`in the title: 12`."""
        return f"{self.told}: {self.papers}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a query would have brought in the last days (counted up to MOST_COUNTED + 1), and what
    narrower ones would have.
    """

    papers: int
    narrowings: tuple[Narrowing, ...] = ()

    @property
    def a_day(self) -> int:
        """How many papers a day, about."""
        return round(self.papers / LOOK_BACK_DAYS)

    @property
    def is_loud(self) -> bool:
        """Whether it brings more than anybody reads."""
        return self.papers > LOUD * LOOK_BACK_DAYS


def lately(query: Query, today: date, sort: Sort = Sort.UPVOTES) -> Query:
    """The query over the papers that were first listed in the days looked back on."""
    since = FirstListed(since=today - timedelta(days=LOOK_BACK_DAYS - 1))
    return Query(And((*resolve(query, today).tree.parts, since)), sort)


async def look_back(papers: PaperStore, query: Query, today: date) -> Outlook:
    """Count what the query would have brought, and look for ways to narrow it."""
    count = await _count(papers, query, today)
    if count < _WORTH_NARROWING:
        return Outlook(count)
    found = (
        await _by_upvotes(papers, query, today, count),
        await _in_titles(papers, query, today, count),
        await _without_a_word(papers, query, today, count),
    )
    usable = (n for n in found if n and len(n.query) <= MAX_QUERY_CHARACTERS)
    return Outlook(count, tuple(usable))


async def _count(papers: PaperStore, query: Query, today: date) -> int:
    return await papers.count_matches(lately(query, today), MOST_COUNTED + 1)


async def _by_upvotes(
    papers: PaperStore, query: Query, today: date, count: int
) -> Narrowing | None:
    """The lowest round number of upvotes that at most half of the papers have."""
    for low in _UPVOTE_STEPS:
        narrower = with_upvotes(query, low)
        left = await _count(papers, narrower, today) if narrower else count
        if narrower and 2 * left <= count:
            return Narrowing(f"≥ {low} upvotes", print_query(narrower), left) if left else None
    return None


async def _in_titles(papers: PaperStore, query: Query, today: date, count: int) -> Narrowing | None:
    narrower = in_titles(query)
    left = await _count(papers, narrower, today) if narrower != query else 0
    if not left or not _narrows(left, count):
        return None
    return Narrowing("in the title", print_query(narrower), left)


async def _without_a_word(
    papers: PaperStore, query: Query, today: date, count: int
) -> Narrowing | None:
    """Without a word that is common among the papers; more of them than not must stay."""
    ids = await papers.search(lately(query, today), _TITLES_READ)
    titles = [listed.paper.title for listed in await papers.get(ids)]
    for word in words_to_leave_out(titles, query)[:_WORDS_TRIED]:
        narrower = replace(query, tree=And((*query.tree.parts, Not(Word(word)))))
        left = await _count(papers, narrower, today)
        if count // 2 <= left and _narrows(left, count):
            return Narrowing(f"not {word}", print_query(narrower), left)
    return None


def _narrows(left: int, count: int) -> bool:
    """Whether so few are left that it makes a difference."""
    return left <= _MOST_LEFT * count


def with_upvotes(query: Query, low: int) -> Query | None:
    """The query for papers with at least so many upvotes; None where it asks for as many."""
    bounds = [part for part in query.tree.parts if isinstance(part, Upvotes)]
    if any((bound.low or 0) >= low or bound.high is not None for bound in bounds):
        return None
    others = [part for part in query.tree.parts if part not in bounds]
    return replace(query, tree=And((*others, Upvotes(low))))


def in_titles(query: Query) -> Query:
    """The query with its words looked for in titles alone; what it excludes stays as it is."""
    return replace(query, tree=And(tuple(_in_title(part) for part in query.tree.parts)))


def words_to_leave_out(titles: Sequence[str], query: Query) -> list[str]:
    """Words that stand in several of the titles, in at most half of them, and not in the query;
    kinds of papers first, then the most common.
    """
    asked = {found.casefold() for text in _texts(query.tree) for found in _WORD.findall(text)}
    counts = Counter(word for title in titles for word in _words(title))
    fit = [
        word
        for word, count in counts.items()
        if 2 <= count <= len(titles) / 2
        and word not in _EVERYWHERE | STOP_WORDS
        and not any(_is_akin(word, other) for other in asked)
    ]
    return sorted(fit, key=lambda word: (word not in _GENRES, -counts[word], word))


def _words(title: str) -> set[str]:
    return {found.casefold() for found in _WORD.findall(title)}


def _is_akin(one: str, other: str) -> bool:
    """Whether two words may share a stem: leaving one out would leave out the other."""
    return one[:4] == other[:4]


def _in_title(node: Node) -> Node:
    match node:
        case Word(field=TextField.ANY):
            return replace(node, field=TextField.TITLE)
        case And() | Or():
            return replace(node, parts=tuple(_in_title(part) for part in node.parts))
        case _:
            return node


def _texts(node: Node) -> Iterator[str]:
    """The texts of all words in a tree, also of those that are left out."""
    match node:
        case Word():
            yield node.text
        case And() | Or():
            for part in node.parts:
                yield from _texts(part)
        case Not():
            yield from _texts(node.part)
        case _:
            return
