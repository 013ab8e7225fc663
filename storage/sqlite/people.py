"""What is kept of people: the port `People`. How it is erased stands in erasing.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlite_utils import Database

from bot.models import DIRECT, SavedPaper, User
from bot.ports import CaughtPaper, Kept
from storage.sqlite.alert_rows import (
    ALERT_COLUMNS,
    HIT_COLUMNS,
    READER_COLUMNS,
    USER_COLUMNS,
    alert_of,
    hit_of,
    reader_of,
)
from storage.sqlite.channel_rows import (
    CHANNEL_COLUMNS,
    DELIVERY_COLUMNS,
    EDITION_COLUMNS,
    SUBSCRIPTION_COLUMNS,
    delivery_of,
    edition_of,
    subscription_of,
)
from storage.sqlite.engine import Engine
from storage.sqlite.erasing import erase
from storage.sqlite.rows import Row, moment, stamp

T = TypeVar("T")


def _columns(table: str, names: Iterable[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


_READER = "(SELECT pk FROM readers WHERE platform = :platform AND id = :user)"
_CHANNEL = (
    "(SELECT pk FROM channels WHERE platform = :platform AND id = :user"  # noqa: S608
    f" AND workspace = '{DIRECT}')"
)
_HOURS = f"SELECT {', '.join(READER_COLUMNS)} FROM readers WHERE pk = {_READER}"  # noqa: S608
_ALERTS = (
    f"SELECT {_columns('a', ALERT_COLUMNS)}, {_columns('r', USER_COLUMNS)}"  # noqa: S608
    " FROM alerts a JOIN readers r ON r.pk = a.reader"
    f" WHERE a.reader = {_READER} ORDER BY a.id"
)
_HITS = (
    f"SELECT h.state, p.id, {_columns('h', HIT_COLUMNS)}"  # noqa: S608
    " FROM hits h JOIN papers p ON p.pk = h.paper"
    f" WHERE h.reader = {_READER} ORDER BY h.seen_at, h.paper"
)
_BUNDLES = f"SELECT id, made_at FROM bundles WHERE reader = {_READER} ORDER BY id"  # noqa: S608
_SAVED = (
    "SELECT p.id, s.saved_at, s.note FROM saved s JOIN papers p ON p.pk = s.paper"
    " WHERE s.platform = :platform AND s.user = :user ORDER BY s.saved_at, p.pk"
)
_QUERIES = (
    "SELECT query, asked_at FROM recent_queries"
    " WHERE platform = :platform AND user = :user ORDER BY asked_at, query"
)
_SUBSCRIPTIONS = (
    f"SELECT {_columns('s', SUBSCRIPTION_COLUMNS)}, {_columns('c', CHANNEL_COLUMNS)}"  # noqa: S608
    " FROM subscriptions s JOIN channels c ON c.pk = s.channel"
)
_DIRECT = f"{_SUBSCRIPTIONS} WHERE s.channel = {_CHANNEL} ORDER BY s.id"
_CONTACT_OF = (
    f"{_SUBSCRIPTIONS} WHERE s.contact_platform = :platform AND s.contact_id = :user"
    f" AND s.channel IS NOT {_CHANNEL} ORDER BY s.id"
)
_EDITIONS = (
    f"SELECT {', '.join(EDITION_COLUMNS)} FROM editions WHERE subscription IN"  # noqa: S608
    f" (SELECT id FROM subscriptions WHERE channel = {_CHANNEL}) ORDER BY id"
)
_SHOWN = (
    "SELECT p.id, l.shown_at FROM ledger l JOIN papers p ON p.pk = l.paper"  # noqa: S608
    f" WHERE l.channel = {_CHANNEL} ORDER BY l.shown_at, l.paper"
)
_LETTERS = (
    f"SELECT {_columns('d', DELIVERY_COLUMNS)}, {_columns('c', CHANNEL_COLUMNS)}"  # noqa: S608
    " FROM deliveries d JOIN channels c ON c.pk = d.channel"
    f" WHERE d.channel = {_CHANNEL} ORDER BY d.id"
)


class SqlitePeople:
    """See bot.ports.People."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def kept(self, user: User) -> Kept:
        """All that is kept of a person, each kind in the order it came about."""
        return await self._engine.read(lambda db: _kept(db, user))

    async def erase(self, user: User, at: datetime) -> Kept:
        """Erase all that is kept of a person, in one transaction; returns what it was."""
        return await self._engine.write(lambda db: _erase(db, user, stamp(at)))


def _erase(db: Database, user: User, at: str) -> Kept:
    was = _kept(db, user)
    if user.id:
        erase(db, user, was, at)
    return was


def _kept(db: Database, user: User) -> Kept:
    if not user.id:  # rows that were emptied have no id either: they are nobody's
        return Kept(user)
    who = {"platform": user.platform, "user": user.id}
    hours = db.execute(_HOURS, who).fetchone()
    return Kept(
        user,
        reader=reader_of(hours) if hours else None,
        alerts=_all(db, _ALERTS, who, alert_of),
        caught=_all(db, _HITS, who, lambda row: CaughtPaper(hit_of(user, row[1:]), row[0])),
        bundles=_all(db, _BUNDLES, who, _with_moment),
        saved=_all(db, _SAVED, who, lambda row: SavedPaper(row[0], moment(row[1]), row[2])),
        queries=_all(db, _QUERIES, who, _with_moment),
        direct=_all(db, _DIRECT, who, subscription_of),
        editions=_all(db, _EDITIONS, who, edition_of),
        shown=_all(db, _SHOWN, who, _with_moment),
        letters=_all(db, _LETTERS, who, delivery_of),
        contact_of=_all(db, _CONTACT_OF, who, subscription_of),
    )


def _all(
    db: Database, sql: str, who: Mapping[str, str], meaning: Callable[[Row], T]
) -> tuple[T, ...]:
    return tuple(meaning(row) for row in db.execute(sql, dict(who)))


def _with_moment(row: Row) -> tuple[Any, datetime]:
    return row[0], moment(row[1])
