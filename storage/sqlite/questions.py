"""A query as the ranking sees it: its words taken apart, slips mended, each with how rare it is."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod
from typing import NamedTuple

from sqlite_utils import Database

from bot.models import And, Node, Or, Query, Tokens, Word
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.expressions import STEMMED, expression
from storage.sqlite.loosening import broken_up, loosened, mendable, mended
from storage.sqlite.ranking import WEAK_WORDS, Term, term
from storage.sqlite.vocabulary import VocabularyReader

FEW = 4  # words: of so many papers must hold two, if that finds enough
# How many papers the words that are looked up may hold in all, by word and altogether, the rarest
# words first. Papers with any of them are compared, 1 µs each; of those with two of a few words
# most are only passed by, 0.2 µs each (measured).
A_WORD, ALL_WORDS = 6_000, 80_000
A_PAIRED_WORD = 50_000
SHARE = 5  # of a large store a fifth more
TOGETHER = 20  # times as often as by chance: 3 to 10 was seen
GUESSED = 100  # one paper in so many is taken to hold a word that begins as asked
KNOWN_STEMS = 50_000  # remembered, about 5 MB


class Part(NamedTuple):
    """A word of which any will do, and how many papers hold it at most."""

    word: Word
    holders: int


@dataclass(frozen=True, slots=True)
class Question:
    """What papers are ranked by.

    `terms` are the stems in the order of the question, `rest` is what is strict. Where any word
    will do, `words` are those to look up, but for `prefixes`, which are in the other index, and
    `pairs` those of which two are to be held. `likely` is about how many papers hold all words.
    """

    terms: tuple[Term, ...]
    words: tuple[Word, ...]
    pairs: tuple[And, ...]
    prefixes: tuple[Word, ...]
    rest: And
    likely: int

    def asking(self, choice: tuple[Node, ...]) -> And:
        """The tree that asks for one of these, and for the rest."""
        return And((Or(choice), *self.rest.parts))


class Questions:
    """Reads queries for the ranking. Threads may share it."""

    def __init__(self) -> None:
        self._vocabulary = VocabularyReader()
        self._analyzer = SqliteAnalyzer()
        self._turn = threading.Lock()  # the analyzer serves one at a time
        self._stems: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the memory."""
        self._analyzer.close()

    def mended(self, db: Database, query: Query) -> tuple[Query, dict[str, str]]:
        """The query with near words in the place of those that no paper holds, and which."""
        vocabulary = self._vocabulary.current(db)
        if not vocabulary.made:
            return query, {}
        words = [w for w in mendable(query.tree) if w.lower() not in vocabulary.words]
        near: dict[str, str] = {}
        for word, tokens in zip(words, self._apart(words), strict=True):
            if len(tokens.plain) == 1 and not held_by(db, tokens.plain[0]):
                near[word] = vocabulary.nearest(tokens.plain[0])
        near = {word: nearest for word, nearest in near.items() if nearest}
        return replace(query, tree=mended(query.tree, near)), near

    def read(self, db: Database, query: Query) -> Question:
        """What the query is ranked by; words that say nothing count only where all are such."""
        (papers,) = db.execute("SELECT coalesce(max(pk), 0) FROM papers").fetchone()
        words, rest = loosened(query.tree)
        whole = [word for word in words if not word.prefix]
        apart = list(zip(whole, self._apart([word.text for word in whole]), strict=True))
        telling = [(w, t) for w, t in apart if not WEAK_WORDS.issuperset(t.plain)] or apart
        holders = self._holders(db, [tokens for _, tokens in telling])
        rarity = {stem: term(stem, held, papers) for stem, held in holders.items()}
        parts = [
            Part(part, min(map(holders.__getitem__, stems), default=0))
            for word, tokens in telling
            for part, stems in broken_up(word, tokens).items()
        ]
        needed = {s for word, t in telling if word in query.tree.parts for s in t.stems}
        prefixes = tuple(word for word in words if word.prefix)
        return Question(
            (
                *(rarity[stem] for stem in self._in_order(query.text, rarity)),
                *self._begun(prefixes, papers),
            ),
            affordable(parts, min(A_WORD * len(parts), ALL_WORDS + papers // SHARE)),
            pairs_of(parts),
            prefixes,
            rest,
            together([holders[stem] for stem in needed], papers),
        )

    def _holders(self, db: Database, tokens: Sequence[Tokens]) -> dict[str, int]:
        """How many papers hold each stem."""
        common = self._vocabulary.current(db).stems
        stems = dict(pair for t in tokens for pair in zip(t.stems, t.plain, strict=True))
        return {stem: common.get(stem) or held_by(db, token) for stem, token in stems.items()}

    def _begun(self, prefixes: Sequence[Word], papers: int) -> Iterator[Term]:
        """The terms of beginnings of words: to count who holds one costs as much as to look."""
        for tokens in self._apart(list(dict.fromkeys(word.text for word in prefixes))):
            for stem in tokens.stems[:-1]:
                yield term(stem, papers // GUESSED, papers)
            for begin in tokens.plain[-1:]:
                yield replace(term(begin, papers // GUESSED, papers), begins=True)

    def _in_order(self, text: str, stems: Collection[str]) -> list[str]:
        """The stems as they stand in what was typed, each as often; those it lacks at the end."""
        [typed] = self._apart([text])
        found = [stem for stem in typed.stems if stem in stems]
        return [*found, *(stem for stem in stems if stem not in found)]

    def stems_of(self, words: Collection[str]) -> dict[str, str]:
        """The stem of each word that is one token."""
        if len(self._stems) > KNOWN_STEMS:
            self._stems = {}
        known = self._stems
        unknown = [word for word in words if word not in known]
        for word, tokens in zip(unknown, self._apart(unknown), strict=True):
            known[word] = tokens.stems[0] if len(tokens.stems) == 1 else ""
        return {word: known[word] for word in words}

    def _apart(self, texts: list[str]) -> list[Tokens]:
        with self._turn:
            return self._analyzer(texts) if texts else []


def affordable(parts: Sequence[Part], budget: int) -> tuple[Word, ...]:
    """The rarest of the words, as many as hold so many papers in all; one at least."""
    chosen: list[Word] = []
    for word, holders in sorted(parts, key=lambda part: part.holders):
        budget -= holders
        if chosen and budget < 0:
            break
        chosen.append(word)
    return tuple(chosen)


def pairs_of(parts: Sequence[Part]) -> tuple[And, ...]:
    """Any two of a few words: who holds two of three stands before who holds one, nearly always."""
    if not 2 < len(parts) <= FEW:
        return ()
    words = affordable(parts, A_PAIRED_WORD * len(parts))
    return tuple(map(And, combinations(words, 2)))


def together(holders: Sequence[int], papers: int) -> int:
    """About how many papers hold all of some words, each held by so many: words of one question
    stand together more often than by chance.
    """
    by_chance = papers * prod(held / max(papers, 1) for held in holders)
    return min((*holders, papers, round(by_chance * TOGETHER)))


def held_by(db: Database, token: str) -> int:
    """How many papers hold a token, counted no further than anything depends on."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {STEMMED} WHERE {STEMMED} MATCH ? LIMIT ?)"  # noqa: S608
    found = expression(Word(token, quoted=True), STEMMED)
    return int(db.execute(sql, (found, ALL_WORDS)).fetchone()[0])
