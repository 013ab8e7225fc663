"""How pulls ended, and which listing days are complete: the port `PullLog`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot.announcements import is_listing_day
from bot.models import ARXIV, Pull, SourceDay
from storage.sqlite.engine import Engine
from storage.sqlite.rows import PULL_COLUMNS, pull_of, pull_record, source_day_of, stamp

# An archive that is new is pulled for this long back, like every recent day.
NEW_ARCHIVE_REACH = timedelta(days=7)
_NEVER = "1970-01-01T00:00:00.000000Z"
_DAY = timedelta(days=1)

# Of a pull: a step of a backfill says nothing of today, only what reached its own day counts.
REACHED_ITS_DAY = "until >= date(substr(started_at, 1, 10), '-1 day')"
LOST_NOTHING = "state NOT IN ('partial', 'broken')"


class SqlitePulls:
    """See bot.ports.PullLog."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def record(self, pull: Pull) -> None:
        """Keep the record of a pull."""
        await self._engine.write(lambda db: db.table("pulls").insert(pull_record(pull), pk="id"))

    async def latest(self, source: str) -> Pull | None:
        """The newest pull of a source that reached the day it was made on."""
        return await self._engine.read(lambda db: _newest(db, source))

    async def last_complete(self, source: str) -> datetime | None:
        """When the newest such pull that lost nothing (not partial, not broken) finished."""
        pull = await self._engine.read(lambda db: _newest(db, source, LOST_NOTHING))
        return pull.finished_at if pull else None

    async def days(self, source: str, since: date, until: date) -> list[SourceDay]:
        """The source days in the span, oldest first; days never asked for are left out."""
        sql = (
            "SELECT source, day, state, papers, checked_at, complete_at FROM source_days"
            " WHERE source = ? AND day BETWEEN ? AND ? ORDER BY day"
        )
        span = (source, since.isoformat(), until.isoformat())
        rows = await self._engine.read(lambda db: db.execute(sql, span).fetchall())
        return [source_day_of(row) for row in rows]

    async def reach(self, source: str) -> date | None:
        """The earliest listing day from which every later day was pulled completely.

        Days after the newest complete one do not count: they are still being pulled. Days
        without a listing need not have been asked for.
        """
        sql = "SELECT day FROM source_days WHERE source = ? AND complete_at IS NOT NULL"
        rows = await self._engine.read(lambda db: db.execute(sql, (source,)).fetchall())
        complete = {date.fromisoformat(day) for (day,) in rows}
        reach = max(complete, default=None)
        day = reach
        while day is not None and (day in complete or not is_listing_day(source, day)):
            reach = day if day in complete else reach
            day -= _DAY
        return reach

    async def archives(self) -> dict[str, datetime]:
        """The arXiv archives pulled beside those of the settings, with when each was added."""
        sql = "SELECT name, added_at FROM archives ORDER BY name"
        rows = await self._engine.read(lambda db: db.execute(sql).fetchall())
        return {name: datetime.fromisoformat(added_at) for name, added_at in rows}

    async def add_archives(self, names: Collection[str], at: datetime) -> list[str]:
        """Pull these archives from now on; returns those that were not pulled before.

        Where there is one, arXiv's last 7 days count as never pulled, for its sake.
        """
        return await self._engine.write(lambda db: _add_archives(db, names, at))


def _newest(db: Database, source: str, also: str = "TRUE") -> Pull | None:
    row = db.execute(
        f"SELECT {', '.join(PULL_COLUMNS)} FROM pulls WHERE source = ? AND {also}"  # noqa: S608
        f" AND {REACHED_ITS_DAY} ORDER BY id DESC LIMIT 1",
        (source,),
    ).fetchone()
    return pull_of(row) if row else None


def _add_archives(db: Database, names: Collection[str], at: datetime) -> list[str]:
    known = {name for (name,) in db.execute("SELECT name FROM archives")}
    new = [name for name in dict.fromkeys(names) if name not in known]
    if new:
        records = [{"name": name, "added_at": stamp(at)} for name in new]
        db.table("archives").insert_all(records, pk="name")
        first = (at - NEW_ARCHIVE_REACH).date().isoformat()
        db.execute(
            "UPDATE source_days SET complete_at = NULL, checked_at = ? WHERE source = ?"
            " AND day >= ?",
            (_NEVER, ARXIV, first),
        )
    return new
