"""Alerts, the people they are for, and what they caught: the port `AlertStore`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from bot.models import Alert, AlertState, Hit, Like, Reader, User
from bot.ports import Bundle, Waiting
from bot.queries import leaves, parse_query
from storage.sqlite import hits, readers
from storage.sqlite.alert_rows import ALERT_COLUMNS, USER_COLUMNS, alert_of
from storage.sqlite.alerting import AlertWatch
from storage.sqlite.engine import Engine
from storage.sqlite.rows import stamp

_SELECT = (
    f"SELECT {', '.join(f'a.{name}' for name in ALERT_COLUMNS)},"  # noqa: S608
    f" {', '.join(f'r.{name}' for name in USER_COLUMNS)}"
    " FROM alerts a JOIN readers r ON r.pk = a.reader"
)
_NEXT_REVISION = "(SELECT coalesce(max(revision), 0) + 1 FROM alerts)"


class SqliteAlerts:
    """See bot.ports.AlertStore. `watch` is that of the store's papers."""

    def __init__(self, engine: Engine, watch: AlertWatch) -> None:
        self._engine = engine
        self._watch = watch

    async def insert(self, alert: Alert) -> Alert:
        """Keep a new alert (its id is ignored) and return it with its id. Raises QueryError."""
        number = await self._engine.write(lambda db: _insert(db, self._watch, alert))
        return replace(alert, id=number)

    async def revise(self, number: int, change: Callable[[Alert], Alert]) -> Alert | None:
        """Replace an alert by what `change` makes of it as it is now. Raises QueryError."""
        return await self._engine.write(lambda db: _revise(db, self._watch, number, change))

    async def alert(self, number: int) -> Alert | None:
        """The alert with this number, whatever its state."""
        found = await self._find("WHERE a.id = ?", number)
        return found[0] if found else None

    async def of_user(self, user: User) -> list[Alert]:
        """A person's alerts that are not removed, by id."""
        return await self._find(
            "WHERE r.platform = ? AND r.id = ? AND a.state <> 'removed' ORDER BY a.id",
            user.platform,
            user.id,
        )

    async def reader(self, user: User) -> Reader | None:
        """A person's hours, None where they were never kept."""
        return await self._engine.read(lambda db: readers.kept_reader(db, user))

    async def keep_reader(self, reader: Reader, now: datetime) -> None:
        """Keep a person's hours; what waits for them is due as these say from now on."""
        await self._engine.write(lambda db: readers.keep(db, reader, now))

    async def close_door(self, user: User, reason: str) -> None:
        """Bring a person nothing, and keep all for their inbox."""
        await self._engine.write(lambda db: readers.close(db, user, reason))

    async def close_doors(self, platform: str, workspace: str, reason: str) -> int:
        """Close the doors that stand open of a workspace's people; returns how many."""
        return await self._engine.write(
            lambda db: readers.close_all(db, platform, workspace, reason)
        )

    async def open_doors(self, platform: str, workspace: str, reason: str, now: datetime) -> int:
        """Open those that were closed for this reason; returns how many."""
        return await self._engine.write(
            lambda db: readers.open_all(db, platform, workspace, reason, now)
        )

    async def workspaces(self, platform: str, reason: str) -> set[tuple[str, bool]]:
        """(workspace of people with alerts, whether doors were closed there for this reason)."""
        return await self._engine.read(lambda db: readers.workspaces(db, platform, reason))

    async def put_off(self, users: Collection[User], after: datetime) -> None:
        """What waits for these people is due as their hours say after a moment."""
        await self._engine.write(lambda db: readers.put_off(db, users, after))

    async def mend_hours(self, now: datetime) -> int:
        """What was caught while the clock was far ahead is due as if it were caught now."""
        return await self._engine.write(lambda db: readers.mend_hours(db, now))

    async def due(self, platforms: Collection[str], now: datetime, limit: int) -> list[Waiting]:
        """People of these platforms with hits due at or before now, the longest due first."""
        return await self._engine.read(lambda db: hits.due(db, platforms, now, limit))

    async def issue(self, bundles: Sequence[Bundle], at: datetime) -> int:
        """Freeze bundles and put their messages in the outbox, in one transaction."""
        return await self._engine.write(lambda db: hits.issue(db, bundles, at))

    async def inbox(self, user: User, limit: int) -> list[Hit]:
        """A person's hits of the last 30 days that no message brought, newest first."""
        return await self._engine.read(lambda db: hits.inbox(db, user, limit))

    async def clear_inbox(self, user: User) -> None:
        """Count what the inbox holds as seen."""
        await self._engine.write(lambda db: hits.clear_inbox(db, user))

    async def counts(self) -> Mapping[str, int]:
        """How many alerts are active, how many of those have no key, how many hits wait."""
        sql = (
            "SELECT (SELECT count(*) FROM alerts WHERE state = 'active') AS active,"
            " (SELECT count(*) FROM alerts WHERE state = 'active' AND NOT is_keyed) AS unkeyed,"
            " (SELECT count(*) FROM hits WHERE state = 'waiting') AS waiting"
        )
        return await self._engine.read(lambda db: next(db.query(sql)))

    async def _find(self, where: str, *values: str | int) -> list[Alert]:
        return await self._engine.read(
            lambda db: [alert_of(row) for row in db.execute(f"{_SELECT} {where}", values)]
        )


def _insert(db: Database, watch: AlertWatch, alert: Alert) -> int:
    plan = watch.plan(db, alert.query)
    cursor = db.execute(
        "INSERT INTO alerts (reader, query, cadence, state, created_at, plan, is_keyed,"  # noqa: S608
        f" revision) VALUES (?, ?, ?, ?, ?, ?, ?, {_NEXT_REVISION})",
        (
            *(readers.reader_pk(db, alert.user), alert.query, alert.cadence.value),
            *(alert.state.value, stamp(alert.created_at), *plan),
        ),
    )
    number = int(str(cursor.lastrowid))
    _keep_anchors(db, number, alert)
    return number


def _revise(
    db: Database, watch: AlertWatch, number: int, change: Callable[[Alert], Alert]
) -> Alert | None:
    row = db.execute(f"{_SELECT} WHERE a.id = ?", (number,)).fetchone()
    if row is None:
        return None
    alert = alert_of(row)
    revised = change(alert)
    plan = watch.plan(db, revised.query)
    db.execute(
        "UPDATE alerts SET query = ?, cadence = ?, state = ?, plan = ?, is_keyed = ?,"  # noqa: S608
        f" revision = {_NEXT_REVISION} WHERE id = ?",
        (
            *(revised.query, revised.cadence.value, revised.state.value),
            *(*plan, number),
        ),
    )
    _keep_anchors(db, number, revised)
    reader = readers.reader_pk(db, revised.user)
    if revised.query != alert.query:
        watch.withdraw_unmet(db, reader, number, plan)
    readers.settle(db, reader)
    return revised


def _keep_anchors(db: Database, number: int, alert: Alert) -> None:
    """Note which papers an active alert asks for what is like them."""
    db.execute("DELETE FROM alert_anchors WHERE alert = ?", (number,))
    if alert.state is AlertState.ACTIVE:
        asked = leaves(parse_query(alert.query).tree)
        db.conn.executemany(
            "INSERT OR IGNORE INTO alert_anchors (paper_id, alert) VALUES (?, ?)",
            [(leaf.paper_id, number) for leaf in asked if isinstance(leaf, Like)],
        )
