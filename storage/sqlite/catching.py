"""What alerts catch, written as hits: one a person and paper, whatever happens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlite_utils import Database

from bot.models import Cadence
from storage.sqlite.alert_rows import HitState
from storage.sqlite.readers import due_at, readers_of
from storage.sqlite.rows import chunks, json_list, stamp

# What still waits may be caught by more alerts, and is then due as the quickest of them asks; what
# is in a message or the inbox stays as it is.
_INSERT = """
INSERT INTO hits (reader, paper, state, due_at, seen_at, alert_ids) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
    due_at = iif(state = 'withdrawn', excluded.due_at, min(due_at, excluded.due_at)),
    state = iif(state = 'withdrawn', excluded.state, state),
    alert_ids = (SELECT json_group_array(value) FROM (SELECT value FROM json_each(alert_ids)
        UNION SELECT value FROM json_each(excluded.alert_ids) ORDER BY value))
WHERE bundle IS NULL AND state <> 'read'
"""


class _Asking(NamedTuple):
    """Whose an alert is, and how soon they want what it catches."""

    reader: int
    cadence: Cadence


class Catch(NamedTuple):
    """A paper (its pk), the alerts that it meets, and those of them that it did not meet before."""

    paper: int
    met: Collection[int]
    new: Collection[int]


def write_hits(db: Database, catches: Sequence[Catch], at: datetime) -> None:
    """Write a hit for each person whose alert a paper begins to meet."""
    catches = [catch for catch in catches if catch.new]
    alerts = _alerts(db, {number for catch in catches for number in catch.met})
    new = {alerts[number].reader for catch in catches for number in catch.new}
    readers = readers_of(db, sorted(new))
    due = cache(lambda pk, cadence: due_at(readers[pk], cadence, at))
    seen_at, behind = stamp(at), _left_behind(db, [catch.paper for catch in catches])
    rows = [
        (
            *(pk, catch.paper),
            HitState.KEPT if readers[pk].closed or catch.paper in behind else HitState.WAITING,
            *(due(pk, cadence), seen_at, f"[{','.join(map(str, numbers))}]"),
        )
        for catch in catches
        for pk, cadence, numbers in _people(catch, alerts)
    ]
    rows.sort()  # rows that lie side by side in the table are written side by side
    db.conn.executemany(_INSERT, rows)


def _left_behind(db: Database, papers: Sequence[int]) -> frozenset[int]:
    """Those of the papers that were listed before the database was put in another's place."""
    (day,) = db.execute("SELECT max(day) FROM left_behind").fetchone()
    if day is None:
        return frozenset()
    sql = "SELECT pk FROM papers WHERE pk IN (SELECT value FROM json_each(?)) AND last_day <= ?"
    found = (db.execute(sql, (json_list(chunk), day)) for chunk in chunks(papers))
    return frozenset(pk for rows in found for (pk,) in rows)


def _alerts(db: Database, numbers: Iterable[int]) -> dict[int, _Asking]:
    """The alerts, by number."""
    sql = "SELECT id, reader, cadence FROM alerts WHERE id IN (SELECT value FROM json_each(?))"
    return {
        number: _Asking(reader, Cadence(cadence))
        for chunk in chunks(sorted(numbers))
        for number, reader, cadence in db.execute(sql, (json_list(chunk),))
    }


def _people(
    catch: Catch, alerts: Mapping[int, _Asking]
) -> Iterator[tuple[int, Cadence, list[int]]]:
    """Whom a paper is news to: how soon they want it, and all of their alerts that it meets."""
    new = {alerts[number].reader for number in catch.new}
    met: dict[int, list[int]] = {pk: [] for pk in sorted(new)}
    for number in catch.met:
        if alerts[number].reader in new:
            met[alerts[number].reader].append(number)
    for pk, numbers in met.items():
        cadences = {alerts[number].cadence for number in numbers}
        yield pk, Cadence.AT_ONCE if Cadence.AT_ONCE in cadences else Cadence.DAILY, sorted(numbers)
