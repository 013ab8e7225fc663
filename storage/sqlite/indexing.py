"""Papers into the two full-text indices, and out of them.

No triggers keep them: adding.py, the one writer of papers, fills them a batch at a time, which is
twice as fast (each row of a trigger flushes the index; measured).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlite_utils import Database

from storage.sqlite.rows import json_list
from storage.sqlite.segmenting import needs_separators, segment

TEXT_COLUMNS = ("title", "abstract", "authors", "keywords", "organisation")
# One index stems (optimization and optimizing are one), one keeps words as they are: a stem can't
# tell names apart, and no word that begins with "optimiz" has a stem that does.
INDICES = {
    "papers_fts": "porter unicode61 remove_diacritics 2",
    "papers_plain": "unicode61 remove_diacritics 2",
}

_LIST = ", ".join(TEXT_COLUMNS)
_CHOSEN = "FROM papers_text WHERE pk IN (SELECT value FROM json_each(?))"

Texts = tuple[int, *tuple[str, ...]]  # a paper's pk and its TEXT_COLUMNS


def index(db: Database, papers: Iterable[Texts]) -> None:
    """Take papers in that are not in the indices, as `papers` holds them now."""
    papers = list(papers)
    keep_segmented(db, papers)
    chosen = json_list(pk for pk, *_ in papers)
    for name in INDICES:
        db.execute(
            f"INSERT INTO {name} (rowid, {_LIST}) SELECT pk, {_LIST} {_CHOSEN}",
            (chosen,),
        )


def forget(db: Database, pks: Iterable[int]) -> None:
    """Take papers out, before anything in `papers` changes.

    An index over outside content forgets a row only when told the very words it had.
    """
    chosen = json_list(pks)
    for name in INDICES:
        db.execute(
            f"INSERT INTO {name} ({name}, rowid, {_LIST}) SELECT 'delete', pk, {_LIST} {_CHOSEN}",
            (chosen,),
        )
    db.execute("DELETE FROM segmented WHERE paper IN (SELECT value FROM json_each(?))", (chosen,))


def keep_segmented(db: Database, papers: Iterable[Texts]) -> None:
    """Keep the segmented texts of those papers that hold a script without spaces."""
    marks = ", ".join("?" * (len(TEXT_COLUMNS) + 1))
    db.conn.executemany(
        f"INSERT INTO segmented (paper, {_LIST}) VALUES ({marks})",  # noqa: S608
        _segmented(papers),
    )


def _segmented(papers: Iterable[Texts]) -> Iterator[tuple[object, ...]]:
    for pk, *texts in papers:
        if any(needs_separators(text) for text in texts):
            yield (pk, *map(segment, texts))
