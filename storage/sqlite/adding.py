"""A batch into the store, in one transaction: merged, never overwritten by less.

The one writer of papers, sightings and the full-text indices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from operator import itemgetter

from sqlite_utils import Database

from bot.merging import merge
from bot.models import Batch, Ingested, Paper, Sighting
from storage.sqlite.alerting import AlertWatch
from storage.sqlite.changes import Change, Known
from storage.sqlite.indexing import TEXT_COLUMNS, Texts, forget, index
from storage.sqlite.leases import CLOCK_SLACK
from storage.sqlite.listings import Listing, Listings, settle
from storage.sqlite.rows import (
    FIGURE_COLUMNS,
    PAPER_COLUMNS,
    Row,
    chunks,
    json_list,
    paper_of,
    paper_row,
    stamp,
    whole,
)
from storage.sqlite.source_days import store_days
from storage.sqlite.vectors import forget_vectors

_COLUMNS = (*PAPER_COLUMNS, *FIGURE_COLUMNS)
_TEXT_PLACES = [PAPER_COLUMNS.index(name) for name in TEXT_COLUMNS]


@dataclass(slots=True)
class _Entry:
    """One paper of the batch: as it is stored, as the batch has it, and its listings."""

    pk: int = 0
    stored: Row | None = None
    seen: Paper | None = None
    listings: Listings = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)


def add(db: Database, batch: Batch, at: datetime, watch: AlertWatch) -> Ingested:
    """Store a batch; the caller holds the transaction."""
    entries = _gather(batch)
    _read_stored(db, entries)
    known = {paper_id: entry for paper_id, entry in entries.items() if entry.stored}
    fresh = {i: e for i, e in entries.items() if not e.stored and e.seen}
    (last_pk,) = db.execute("SELECT coalesce(max(pk), 0) FROM papers").fetchone()
    for pk, entry in enumerate(fresh.values(), last_pk + 1):
        entry.pk = pk
    # A sighting of a paper that neither the batch nor the store knows has nothing to point at.
    placed = [*known.values(), *fresh.values()]
    seen_at, beyond = stamp(at), stamp(at + CLOCK_SLACK)
    changes = [
        settle(_rightly_seen(entry, seen_at, beyond), entry.sightings, seen_at) for entry in placed
    ]
    rows = [_row(entry, after) for entry, after in zip(placed, changes, strict=True)]
    _insert(db, list(zip(placed, rows, strict=True))[len(known) :])
    updated = _update(db, [(e, r) for e, r in zip(placed, rows, strict=True) if e.stored])
    new_sightings = _write_sightings(db, zip(placed, changes, strict=True))
    store_days(db, batch, at)
    watch.look(db, map(_change, placed, rows, changes, repeat(beyond)), at)
    return Ingested(tuple(fresh), updated, len(known) - updated, new_sightings)


def _gather(batch: Batch) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for paper in batch.papers:
        entry = entries.setdefault(paper.id, _Entry())
        entry.seen = merge(entry.seen, paper) if entry.seen else paper
    for sighting in batch.sightings:
        entries.setdefault(sighting.paper_id, _Entry()).sightings.append(sighting)
    return entries


def _read_stored(db: Database, entries: dict[str, _Entry]) -> None:
    by_pk: dict[int, _Entry] = {}
    select = (
        f"SELECT pk, {', '.join(_COLUMNS)} FROM papers"  # noqa: S608 - our own column names
        " WHERE id IN (SELECT value FROM json_each(?))"
    )
    for ids in chunks(entries):
        for pk, *row in db.execute(select, (json_list(ids),)):
            entry = by_pk[pk] = entries[row[0]]
            entry.pk, entry.stored = pk, tuple(row)
    select = (
        "SELECT paper, source, day, upvotes, comments, announce_type, estimated, seen_at"
        " FROM sightings WHERE paper IN (SELECT value FROM json_each(?))"
    )
    for pks in chunks(by_pk):
        for pk, source, day, *listing in db.execute(select, (json_list(pks),)):
            by_pk[pk].listings[source, day] = Listing(*listing)


def _row(entry: _Entry, after: Listings) -> Row:
    """The paper's row as it is to be: the merged text, and the figures of all its listings."""
    if entry.stored is None:
        text = paper_row(entry.seen) if entry.seen else ()
        upvotes, comments = None, None
    else:
        text = entry.stored[: len(PAPER_COLUMNS)]
        upvotes, comments = entry.stored[len(PAPER_COLUMNS) : len(PAPER_COLUMNS) + 2]
        if entry.seen:
            text = paper_row(merge(paper_of(entry.stored), entry.seen))
    for sighting in sorted(entry.sightings, key=lambda s: s.day):
        upvotes = upvotes if sighting.upvotes is None else whole(sighting.upvotes)
        comments = comments if sighting.comments is None else whole(sighting.comments)
    days = [day for _, day in after]
    return (*text, upvotes, comments, min(days, default=None), max(days, default=None))


def _insert(db: Database, rows: Sequence[tuple[_Entry, Row]]) -> None:
    marks = ", ".join("?" * (len(_COLUMNS) + 1))
    db.conn.executemany(
        f"INSERT INTO papers (pk, {', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608
        ((entry.pk, *row) for entry, row in rows),
    )
    index(db, [_texts(entry.pk, row) for entry, row in rows])
    _write_categories(db, rows)


def _update(db: Database, rows: Iterable[tuple[_Entry, Row]]) -> int:
    changed = [(entry, row) for entry, row in rows if row != entry.stored]
    reworded = [
        _texts(e.pk, row)
        for e, row in changed
        if e.stored and _texts(e.pk, e.stored) != _texts(e.pk, row)
    ]
    forget(db, [pk for pk, *_ in reworded])
    db.conn.executemany(
        f"UPDATE papers SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE pk = ?",  # noqa: S608
        ((*row, entry.pk) for entry, row in changed),
    )
    index(db, reworded)
    forget_vectors(db, [e.pk for e, row in changed if e.stored and _sense(e.stored) != _sense(row)])
    _write_categories(db, changed)
    return len(changed)


def _texts(pk: int, row: Row) -> Texts:
    return (pk, *(row[place] for place in _TEXT_PLACES))


def _sense(row: Row) -> Row:
    """What is embedded of a paper: title and abstract."""
    return row[1:3]


def _rightly_seen(entry: _Entry, seen_at: str, beyond: str) -> Listings:
    """A paper's listings; those seen while the clock was far ahead are seen now."""
    return {
        key: known if known.seen_at <= beyond else known._replace(seen_at=seen_at)
        for key, known in entry.listings.items()
    }


def _change(entry: _Entry, row: Row, after: Listings, beyond: str) -> Change:
    """What has become of a paper. What came while the clock was far ahead was no news then."""
    is_known = any(known.seen_at <= beyond for known in entry.listings.values())
    before = Known(entry.stored, _sources(entry.listings)) if entry.stored and is_known else None
    return Change(entry.pk, before, Known(row, _sources(after)))


def _sources(listings: Listings) -> frozenset[str]:
    return frozenset(source for source, _ in listings)


def _write_categories(db: Database, rows: Iterable[tuple[_Entry, Row]]) -> None:
    """Categories only ever grow (bot.merging)."""
    place = PAPER_COLUMNS.index("categories")
    db.conn.executemany(
        "INSERT OR IGNORE INTO paper_categories (paper, category) VALUES (?, ?)",
        ((entry.pk, name) for entry, row in rows for name in row[place].split()),
    )


def _write_sightings(db: Database, changes: Iterable[tuple[_Entry, Listings]]) -> int:
    gone: list[Row] = []
    written: list[Row] = []
    new = 0
    for entry, after in changes:
        before = entry.listings
        gone += [(*key, entry.pk) for key in before.keys() - after.keys()]
        new += len(after.keys() - before.keys())
        written += [
            (*key, entry.pk, *listing)
            for key, listing in after.items()
            if before.get(key) != listing
        ]
    db.conn.executemany("DELETE FROM sightings WHERE source = ? AND day = ? AND paper = ?", gone)
    # Sorted: rows that lie side by side in the table are written side by side.
    db.conn.executemany(
        "INSERT INTO sightings (source, day, paper, upvotes, comments, announce_type, estimated,"
        " seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " upvotes = excluded.upvotes, comments = excluded.comments,"
        " announce_type = excluded.announce_type, estimated = excluded.estimated,"
        " seen_at = excluded.seen_at",
        sorted(written, key=itemgetter(0, 1, 2)),
    )
    return new
