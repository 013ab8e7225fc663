"""A query as the ranking sees it: its words taken apart, slips mended, each with how rare it is."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlite_utils import Database

from bot.models import And, Query, Tokens, Word
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.expressions import STEMMED, expression
from storage.sqlite.loosening import broken_up, loosened, mendable, mended
from storage.sqlite.ranking import WEAK_WORDS, Term, term
from storage.sqlite.vocabulary import VocabularyReader

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
            if len(tokens.plain) == 1 and not (
                tokens.plain[0] in vocabulary.words or _holders(db, tokens.plain[0])
            ):
                near[word] = vocabulary.nearest(tokens.plain[0])
        near = {word: nearest for word, nearest in near.items() if nearest}
        return replace(query, tree=mended(query.tree, near)), near

    def read(self, db: Database, query: Query) -> Question:
        """What the query is ranked by; words that say nothing count only where all are such."""
        vocabulary = self._vocabulary.current(db)
        (papers,) = db.execute("SELECT coalesce(max(pk), 0) FROM papers").fetchone()
        words, rest = loosened(query.tree)
        whole = [word for word in words if not word.prefix]
        apart = list(zip(whole, self._apart([word.text for word in whole]), strict=True))
        telling = [(w, t) for w, t in apart if not WEAK_WORDS.issuperset(t.plain)] or apart
        stems = {
            token: stem for _, t in telling for token, stem in zip(t.plain, t.stems, strict=True)
        }
        holders = {
            token: vocabulary.stems.get(stem) or _holders(db, token)
            for token, stem in stems.items()
        }
        parts = tuple(
            Part(part, min((holders[token] for token in tokens), default=0))
            for word, t in telling
            for part, tokens in broken_up(word, t.plain).items()
        )
        rarity = {stem: term(stem, holders[token], papers) for token, stem in stems.items()}
        terms = tuple(rarity[stem] for stem in self._in_order(query.text, rarity))
        return Question(parts, tuple(w for w in words if w.prefix), terms, rest, papers)

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


def _holders(db: Database, token: str) -> int:
    """How many papers hold a token, counted no further than anything depends on."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {STEMMED} WHERE {STEMMED} MATCH ? LIMIT ?)"  # noqa: S608
    found = expression(Word(token, quoted=True), STEMMED)
    return int(db.execute(sql, (found, ALL_WORDS)).fetchone()[0])
