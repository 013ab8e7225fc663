"""Who does what only one process may do, and when a service may be asked next."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.sqlite.engine import Engine
from storage.sqlite.rows import moment, stamp

# A time further ahead was set by a clock that has been set back since. What is nearer was set by
# another process: it read the clock a moment later, or the clock is being trimmed.
CLOCK_SLACK = timedelta(minutes=1)


class SqliteLeases:
    """See bot.ports.LeaseStore."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def hold(self, name: str, holder: str, now: datetime, span: timedelta) -> bool:
        """Take or renew a lease; False where another holds it."""
        sql = (
            "INSERT INTO leases (name, holder, held_until) VALUES (:name, :holder, :until)"
            " ON CONFLICT DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until"
            " WHERE holder = excluded.holder OR held_until <= :now OR held_until > :beyond"
            " RETURNING 1"
        )
        until = now + span
        values = {
            "name": name,
            "holder": holder,
            "now": stamp(now),
            "until": stamp(until),
            "beyond": stamp(until + CLOCK_SLACK),
        }
        return await self._engine.write(lambda db: bool(db.execute(sql, values).fetchall()))

    async def release(self, name: str, holder: str) -> None:
        """End a lease early."""
        sql = "DELETE FROM leases WHERE name = ? AND holder = ?"
        await self._engine.write(lambda db: db.execute(sql, (name, holder)))


class SqliteGate:
    """See bot.ports.Gate."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def reserve(self, service: str, spacing: timedelta, now: datetime) -> datetime:
        """Take the next free moment (>= now), `spacing` after the one before, and return it.

        Where the clock was set back, what was reserved by it says nothing: the next free moment
        is then one spacing away.
        """
        return await self._engine.write(lambda db: _reserve(db, service, spacing, now))

    async def hold_off(self, service: str, until: datetime) -> None:
        """Let no request to the service start before `until`."""
        sql = (
            "INSERT INTO gates (service, free_at, reserved_at) VALUES (?, ?, '')"
            " ON CONFLICT DO UPDATE SET free_at = max(free_at, excluded.free_at)"
        )
        await self._engine.write(lambda db: db.execute(sql, (service, stamp(until))))


def _reserve(db: Database, service: str, spacing: timedelta, now: datetime) -> datetime:
    row = db.execute(
        "SELECT free_at, reserved_at FROM gates WHERE service = ?", (service,)
    ).fetchone()
    start = now
    if row and row[1] > stamp(now + CLOCK_SLACK):
        start = now + spacing
    elif row:
        start = max(now, moment(row[0]))
    db.execute(
        "INSERT INTO gates (service, free_at, reserved_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET free_at = excluded.free_at, reserved_at = excluded.reserved_at",
        (service, stamp(start + spacing), stamp(now)),
    )
    return start
