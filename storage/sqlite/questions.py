"""A query as the ranking sees it: its words taken apart, slips mended, each with how rare it is."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlite_utils import Database

from bot.models import And, Query, Tokens, Word
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.expressions import PLAIN, STEMMED, expression
from storage.sqlite.loosening import broken_up, loosened, mendable, mended
from storage.sqlite.ranking import WEAK_WORDS, Term, term
from storage.sqlite.vocabulary import Vocabulary, VocabularyReader

# Papers that the words of a question may hold in all, the rarest words first: those of so many
# papers are compared in about 1.2 µs each (measured).
A_WORD = 12_000
ALL_WORDS = 80_000
SHARE = 5  # of a large store a fifth more
KNOWN_STEMS = 50_000  # remembered, about 5 MB


class Part(NamedTuple):
    """A word of which any will do, and how many papers hold it at most."""

    word: Word
    holders: int


@dataclass(frozen=True, slots=True)
class Question:
    """What papers are ranked by.

    `parts` are what to look up in the stemmed index, `prefixes` in the other, `terms` the stems
    in the order of the question, `rest` what is strict. `papers` is about how many there are.
    """

    parts: tuple[Part, ...]
    prefixes: tuple[Word, ...]
    terms: tuple[Term, ...]
    rest: And
    papers: int

    def affordable(self) -> tuple[Word, ...]:
        """The words to look up where any will do: the rarest, and others as far as they are not
        in too many papers. The papers that are found are compared by all words.
        """
        budget = min(A_WORD * len(self.parts), ALL_WORDS + self.papers // SHARE)
        chosen: list[Word] = []
        for word, holders in sorted(self.parts, key=lambda part: part.holders):
            budget -= holders
            if chosen and budget < 0:
                break
            chosen.append(word)
        return tuple(chosen)


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
        words = mendable(query.tree)
        near: dict[str, str] = {}
        for word, tokens in zip(words, self._apart(words), strict=True):
            if len(tokens.plain) == 1 and not _is_known(db, tokens.plain[0], vocabulary):
                near[word] = vocabulary.nearest(tokens.plain[0])
        near = {word: nearest for word, nearest in near.items() if nearest}
        return replace(query, tree=mended(query.tree, near)), near

    def read(self, db: Database, query: Query) -> Question:
        """What the query is ranked by; words that say nothing count only where all are such."""
        vocabulary = self._vocabulary.current(db)
        (papers,) = db.execute("SELECT coalesce(max(pk), 0) FROM papers").fetchone()
        words, rest = loosened(query.tree)
        stemmed = [word for word in words if not word.prefix]
        apart = list(zip(stemmed, self._apart([word.text for word in stemmed]), strict=True))
        telling = [(w, t) for w, t in apart if not WEAK_WORDS.issuperset(t.plain)] or apart
        holders: dict[str, int] = {}
        parts: dict[Word, int] = {}
        for word, tokens in telling:
            for token, stem in zip(tokens.plain, tokens.stems, strict=True):
                if token not in holders:
                    holders[token] = vocabulary.stems.get(stem) or _holders(db, token)
            for part, held in broken_up(word, tokens.plain).items():
                parts[part] = min((holders[token] for token in held), default=0)
        terms = tuple(
            term(stem, holders[token], papers)
            for _, tokens in telling
            for token, stem in zip(tokens.plain, tokens.stems, strict=True)
        )
        prefixes = tuple(word for word in words if word.prefix)
        return Question(tuple(map(Part._make, parts.items())), prefixes, terms, rest, papers)

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


def _is_known(db: Database, word: str, vocabulary: Vocabulary) -> bool:
    if word in vocabulary.words:
        return True
    return any(
        db.execute(
            f"SELECT 1 FROM {index} WHERE {index} MATCH ? LIMIT 1",  # noqa: S608
            (expression(Word(word, prefix=index == PLAIN), index),),
        ).fetchone()
        for index in (STEMMED, PLAIN)
    )


def _holders(db: Database, token: str) -> int:
    """How many papers hold a token, counted no further than anything depends on."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {STEMMED} WHERE {STEMMED} MATCH ? LIMIT ?)"  # noqa: S608
    found = expression(Word(token, quoted=True), STEMMED)
    return int(db.execute(sql, (found, ALL_WORDS)).fetchone()[0])
