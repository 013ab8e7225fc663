"""The papers that alerts ask for by `like:`, and which of them a paper is like.

All are read once for the papers of a transaction and compared at once: by numpy, which comes with
the extra that makes vectors, else one by one.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from types import ModuleType
from typing import Any

from sqlite_utils import Database

from bot.conditions import like_line
from bot.documents import Document
from bot.likeness import least_similarity, similarity
from storage.sqlite.rows import chunks, json_list

MOST = 20_000  # held at once, 8 MB of vectors: beyond these each is read when it is asked for
BLOCK = 2_000  # compared at once, 3 MB of floats

# A paper that is not kept, or has no vector yet, is there as one without.
_ANCHORS = (
    "SELECT DISTINCT a.paper_id, coalesce(v.vector, x'') FROM alert_anchors a"
    " LEFT JOIN papers p ON p.id = a.paper_id LEFT JOIN vectors v ON v.paper = p.pk LIMIT ?"
)

_LOOSE, _CLOSE = least_similarity(loose=True), least_similarity(loose=False)


class AnchorVectors:
    """The vectors of papers that alerts ask for, by id, b"" where one has none."""

    def __init__(self, vectors: Mapping[str, bytes]) -> None:
        self.vectors = vectors
        self._near: dict[bytes, list[tuple[str, int]]] = {}  # what was compared already
        self._unlike = {
            like_line(paper_id, loose=loose): False
            for paper_id in vectors
            for loose in (False, True)
        }

    def replaced(self, vectors: Mapping[str, bytes]) -> AnchorVectors:
        """The same, but for these papers."""
        return AnchorVectors({**self.vectors, **vectors})

    def settled(self, documents: Iterable[Document]) -> Iterator[dict[str, bool]]:
        """For each paper, the lines of plans that ask for what is like a paper held here."""
        documents = list(documents)
        near = self.near({document.vector for document in documents})
        for document in documents:
            lines = dict(self._unlike)
            for paper_id, found in near[document.vector]:
                if paper_id != document.paper_id:
                    lines[like_line(paper_id, loose=True)] = True
                    lines[like_line(paper_id, loose=False)] = found >= _CLOSE
            yield lines

    def near(self, vectors: Iterable[bytes]) -> dict[bytes, list[tuple[str, int]]]:
        """By vector, the papers held here that are at least loosely like it, and how much."""
        new: dict[bytes, list[tuple[str, int]]] = {v: [] for v in vectors if v not in self._near}
        for width in {len(vector) for vector in new} - {0}:
            ids = [paper_id for paper_id, held in self.vectors.items() if len(held) == width]
            others = [vector for vector in new if len(vector) == width]
            for one, other, much in _alike([self.vectors[i] for i in ids], others):
                new[others[other]].append((ids[one], much))
        self._near |= new
        return self._near


def read_anchors(db: Database) -> AnchorVectors:
    """Those that active alerts ask for."""
    return AnchorVectors(dict(db.execute(_ANCHORS, (MOST,)).fetchall()))


def vector_of(db: Database, paper_id: str) -> bytes:
    """The vector of one paper."""
    sql = "SELECT vector FROM vectors WHERE paper = (SELECT pk FROM papers WHERE id = ?)"
    row = db.execute(sql, (paper_id,)).fetchone()
    return row[0] if row else b""


def vectors_of(db: Database, pks: Iterable[int]) -> dict[str, bytes]:
    """The vectors of papers, by id, of those that have one."""
    sql = (
        "SELECT p.id, v.vector FROM vectors v JOIN papers p ON p.pk = v.paper"
        " WHERE v.paper IN (SELECT value FROM json_each(?))"
    )
    return {i: v for chunk in chunks(pks) for i, v in db.execute(sql, (json_list(chunk),))}


@cache
def numpy() -> ModuleType | None:
    """Numpy, where it is installed."""
    try:
        import numpy as np
    except ImportError:
        return None
    return np


def _alike(ones: Sequence[bytes], others: Sequence[bytes]) -> Iterator[tuple[int, int, int]]:
    """(place among the ones, place among the others, how much) of the pairs that are alike."""
    np = numpy()
    if np is None:
        for pair in product(range(len(ones)), range(len(others))):
            much = similarity(ones[pair[0]], others[pair[1]])
            if much >= _LOOSE:
                yield (*pair, much)
        return

    def floats(vectors: Sequence[bytes]) -> Any:  # noqa: ANN401 - an array, where numpy is there
        return np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1).astype("f4")

    right = floats(others).T
    for start in range(0, len(ones), BLOCK):
        # Floats hold whole numbers up to 2 ** 24, and no sum on the way to 127 * 127 is near that.
        much = floats(ones[start : start + BLOCK]) @ right
        for one, other in np.argwhere(much >= _LOOSE).tolist():
            yield start + one, other, int(much[one, other])
