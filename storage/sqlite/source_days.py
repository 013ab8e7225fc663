"""How a source's listing days stand after a batch, and what may be asked conditionally next."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from sqlite_utils import Database

from bot.models import Batch, PullState
from storage.sqlite.rows import stamp

LOST = frozenset({PullState.PARTIAL, PullState.BROKEN})
COMPLETE = frozenset({PullState.NEW, PullState.HOLIDAY})
EMPTY = frozenset({PullState.QUIET, PullState.HOLIDAY, PullState.STALE})


def store_days(db: Database, batch: Batch, at: datetime) -> None:
    """Write the states of a batch's days, its sightings being stored, and its validators."""
    listed = Counter(s.day for s in batch.sightings if s.source == batch.source)
    states: list[PullState] = []
    for day, verdict in sorted(batch.days.items()):
        papers, announced = _papers_of(db, batch.source, day)
        state = _judge(verdict, listed[day], papers, announced)
        states.append(state)
        # Empty and no holiday: not out yet. It must be asked for again, however late.
        complete_at = stamp(at) if state in COMPLETE else None
        db.execute(
            "INSERT INTO source_days (source, day, state, papers, checked_at, complete_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " state = excluded.state, papers = excluded.papers, checked_at = excluded.checked_at,"
            " complete_at = coalesce(excluded.complete_at, complete_at)",
            (batch.source, day.isoformat(), state.value, papers, stamp(at), complete_at),
        )
    # After a loss the whole answer must be had again, not a "not modified".
    if not batch.problems and not LOST.intersection(states):
        for url, (etag, last_modified) in batch.validators.items():
            record = {"url": url, "etag": etag, "last_modified": last_modified}
            db.table("validators").upsert(record, pk="url")


def _papers_of(db: Database, source: str, day: date) -> tuple[int, int]:
    """How many papers the store has for a listing day, and how many of them were announced."""
    papers, announced = db.execute(
        "SELECT count(*), count(*) FILTER (WHERE NOT estimated) FROM sightings"
        " WHERE source = ? AND day = ?",
        (source, day.isoformat()),
    ).fetchone()
    return papers, announced


def _judge(verdict: PullState, listed: int, papers: int, announced: int) -> PullState:
    """The state of a day from what the answer says of itself and what is known of the day.

    `listed` papers are in the answer, `papers` in the store, `announced` of these were no guess.
    """
    if verdict in EMPTY and not listed and announced:
        return PullState.BROKEN  # an empty list in place of a known full one is no valid answer
    if verdict is PullState.QUIET and papers:
        return PullState.NEW
    return verdict
