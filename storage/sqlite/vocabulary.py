"""Which words there are, and in how many papers: to mend typing, and to know what is common.

Derived from the full-text indices in the background. It lags behind them, so nothing relies on it
for what is there: without it words are counted one by one, and none is mended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlite_utils import Database

from storage.sqlite.engine import Engine
from storage.sqlite.expressions import PLAIN, STEMMED

MOST_WORDS = 100_000  # the commonest: about 10 MB in memory, and 10 ms to look through (measured)
COMMON = 500  # papers: a stem of fewer is as soon counted as looked up
GROWN = 20  # counted again when a twentieth has come in
MANY = 1_000  # papers from which on a word that stands in one alone is taken for a slip
SHORTEST_MENDED = 4  # letters: shorter words are near to too many
SHORTEST_MENDED_TWICE = 8  # letters from which on two slips are mended


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words as they are written, and common stems, each with how many papers hold it.

    `made` tells one from the next; 0 where none was made yet.
    """

    made: int = 0
    words: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)

    def nearest(self, word: str) -> str:
        """The likeliest word that this was meant to be, "" for none: of the nearest (a letter
        more, less or other, or two swapped, is one step) that of most papers.
        """
        if len(word) < SHORTEST_MENDED or not word.isalpha():
            return ""
        steps = 1 if len(word) < SHORTEST_MENDED_TWICE else 2
        near = process.extract(
            word, self.words.keys(), scorer=OSA.distance, score_cutoff=steps, limit=None
        )
        return min(near, key=lambda each: (each[1], -self.words[each[0]], each[0]), default=("",))[
            0
        ]


class VocabularyReader:
    """The vocabulary that the database holds now, read anew only where it was made anew."""

    def __init__(self) -> None:
        self._latest = Vocabulary()

    def current(self, db: Database) -> Vocabulary:
        """The vocabulary; an empty one while there is none."""
        row = db.execute("SELECT made FROM vocabulary WHERE kind = 'words'").fetchone()
        if row is None:
            return Vocabulary()
        if row[0] != self._latest.made:
            kept = dict(db.execute("SELECT kind, terms FROM vocabulary").fetchall())
            self._latest = Vocabulary(row[0], _read(kept["words"]), _read(kept["stems"]))
        return self._latest


async def refresh_vocabulary(engine: Engine) -> bool:
    """Count again where many papers have come in; True where it did.

    All is read beside what is written meanwhile; the result is one quick write.
    """
    if not await engine.read(_is_outgrown):
        return False
    papers, words, stems = await engine.apart(_count)
    await engine.write(lambda db: _keep(db, papers, words, stems))
    return True


def _is_outgrown(db: Database) -> bool:
    row = db.execute("SELECT papers FROM vocabulary WHERE kind = 'words'").fetchone()
    counted = row[0] if row else 0
    (papers,) = db.execute("SELECT count(*) FROM papers").fetchone()
    return bool(papers != counted and abs(papers - counted) * GROWN >= counted)


def _count(db: Database) -> tuple[int, str, str]:
    """How many papers there are, and the words and stems in them, as they are kept."""
    for index in (PLAIN, STEMMED):
        name = f"temp.{index}_terms"
        db.execute(f"CREATE VIRTUAL TABLE {name} USING fts5vocab('main', '{index}', 'row')")
    (papers,) = db.execute("SELECT count(*) FROM papers").fetchone()
    words = db.execute(
        f"SELECT term, doc FROM {PLAIN}_terms WHERE doc >= ? AND length(term) >= ?"  # noqa: S608
        " ORDER BY doc DESC, term LIMIT ?",
        (1 if papers < MANY else 2, SHORTEST_MENDED - 1, MOST_WORDS),
    )
    kept_words = _lines(each for each in words if each[0].isalpha())
    stems = db.execute(f"SELECT term, doc FROM {STEMMED}_terms WHERE doc >= ?", (COMMON,))  # noqa: S608
    return papers, kept_words, _lines(stems)


def _keep(db: Database, papers: int, words: str, stems: str) -> None:
    (made,) = db.execute("SELECT coalesce(max(made), 0) + 1 FROM vocabulary").fetchone()
    db.conn.executemany(
        "INSERT OR REPLACE INTO vocabulary (kind, made, papers, terms) VALUES (?, ?, ?, ?)",
        [(kind, made, papers, terms) for kind, terms in (("words", words), ("stems", stems))],
    )


def _lines(counts: Iterable[tuple[str, int]]) -> str:
    return "\n".join(f"{term} {papers}" for term, papers in counts)


def _read(lines: str) -> dict[str, int]:
    return {term: int(papers) for term, papers in map(str.split, lines.splitlines())}
