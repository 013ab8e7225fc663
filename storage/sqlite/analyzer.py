"""The engine's own tokens, for matching in memory (`bot.ports.Analyzer`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from bot.models import Tokens
from storage.sqlite.expressions import PLAIN, STEMMED
from storage.sqlite.indexing import INDICES
from storage.sqlite.rows import sound
from storage.sqlite.segmenting import segment

TOKENIZERS = {"plain": INDICES[PLAIN], "stems": INDICES[STEMMED]}
MOST_KNOWN = 50_000  # pieces remembered, about 25 MB: those of some 3,000 papers (measured)

Pieces = dict[str, tuple[str, ...]]


class SqliteAnalyzer:
    """Takes texts apart as both full-text indices do. For one thread at a time.

    Space always ends a token, so a text's tokens are those of its pieces between spaces, one
    after another. Pieces that are not known yet are put into full-text tables in memory, one a
    row, and read back as tokens; most of a day's pieces were met the days before.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        # The index cuts a token of 32,768 bytes anywhere, also within a sign.
        self._db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for name, tokenizer in TOKENIZERS.items():
            self._db.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5"
                f"(piece, content='', columnsize=0, tokenize='{tokenizer}')"
            )
            self._db.execute(f"CREATE VIRTUAL TABLE {name}_at USING fts5vocab({name}, instance)")
        self._known: dict[str, Pieces] = {name: {} for name in TOKENIZERS}

    def __call__(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text, in order, plain and stemmed."""
        apart = [segment(sound(text)).split() for text in texts]
        self._learn(set(chain.from_iterable(apart)))
        plain, stems = self._known["plain"], self._known["stems"]
        return [Tokens(_joined(pieces, plain), _joined(pieces, stems)) for pieces in apart]

    def close(self) -> None:
        """Let go of the memory."""
        self._db.close()

    def _learn(self, pieces: set[str]) -> None:
        if len(self._known["plain"]) > MOST_KNOWN:
            for known in self._known.values():
                known.clear()
        # Not `pieces - known.keys()`, which goes through all that is known.
        unknown = [piece for piece in pieces if piece not in self._known["plain"]]
        if unknown:
            for name, known in self._known.items():
                known.update(self._taken_apart(name, unknown))

    def _taken_apart(self, name: str, pieces: Collection[str]) -> Pieces:
        """The tokens of each piece, as the tables of this name have them."""
        self._db.execute("BEGIN")
        self._db.executemany(
            f"INSERT INTO {name} (rowid, piece) VALUES (?, ?)",  # noqa: S608 - names of ours
            enumerate(pieces),
        )
        found: list[list[str]] = [[] for _ in pieces]
        tokens = f"SELECT doc, term FROM {name}_at ORDER BY doc, offset"  # noqa: S608
        for place, token in self._db.execute(tokens):
            found[place].append(token)
        self._db.execute(f"INSERT INTO {name} ({name}) VALUES ('delete-all')")  # noqa: S608
        self._db.execute("COMMIT")
        return dict(zip(pieces, map(tuple, found), strict=True))


def _joined(pieces: Iterable[str], known: Pieces) -> tuple[str, ...]:
    return tuple(chain.from_iterable(map(known.__getitem__, pieces)))
