"""Subscriptions: the port `SubscriptionStore`; its half about editions is in editions.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from bot.models import Channel, Subscription
from storage.sqlite.channel_rows import (
    CHANNEL_COLUMNS,
    SUBSCRIPTION_COLUMNS,
    subscription_of,
    subscription_record,
)
from storage.sqlite.channels import IN_WORKSPACE, channel_pk, known_channel, take_back, within
from storage.sqlite.editions import SqliteEditions
from storage.sqlite.rows import json_list, sound, stamp

_SELECT = (
    f"SELECT {', '.join(f's.{name}' for name in SUBSCRIPTION_COLUMNS)},"  # noqa: S608
    f" {', '.join(f'c.{name}' for name in CHANNEL_COLUMNS)}"
    " FROM subscriptions s JOIN channels c ON c.pk = s.channel"
)


class SqliteSubscriptions(SqliteEditions):
    """See bot.ports.SubscriptionStore."""

    async def insert(self, subscription: Subscription) -> Subscription:
        """Keep a new subscription (its id is ignored) and return it with its id."""
        number = await self._engine.write(lambda db: _insert(db, subscription))
        return replace(subscription, id=number)

    async def revise(
        self, number: int, change: Callable[[Subscription], Subscription]
    ) -> Subscription | None:
        """Replace a subscription by what `change` makes of it as it is now."""
        return await self._engine.write(lambda db: _revise(db, number, change))

    async def subscription(self, number: int) -> Subscription | None:
        """The subscription with this id, whatever its state."""
        found = await self._find("WHERE s.id = ?", number)
        return found[0] if found else None

    async def of_channel(self, channel: Channel) -> list[Subscription]:
        """The channel's subscriptions that are not removed, by id."""
        return await self._find(
            "WHERE c.platform = ? AND c.workspace = ? AND c.id = ? AND s.state <> 'removed'"
            " ORDER BY s.id",
            channel.platform,
            channel.workspace,
            channel.id,
        )

    async def of_workspace(self, platform: str, workspace: str) -> list[Subscription]:
        """The workspace's subscriptions that are not removed, by id."""
        return await self._find(
            "WHERE c.platform = ? AND c.workspace = ? AND s.state <> 'removed' ORDER BY s.id",
            platform,
            workspace,
        )

    async def of_people(self, platform: str, workspace: str) -> list[Subscription]:
        """Those of the direct messages of a workspace's people that are not removed, by id."""
        return await self._find(
            "WHERE c.platform = ? AND c.workspace = '@' AND c.id >= ? AND c.id < ?"
            " AND s.state <> 'removed' ORDER BY s.id",
            platform,
            *within(workspace),
        )

    async def every(self) -> list[Subscription]:
        """All subscriptions that are not removed, by id."""
        return await self._find("WHERE s.state <> 'removed' ORDER BY s.id")

    async def due(
        self, now: datetime, limit: int, after: Subscription | None = None
    ) -> list[Subscription]:
        """A page of the active subscriptions due at or before now, the longest due first."""
        behind = (stamp(after.next_due_at), after.id) if after else ("", 0)
        return await self._find(
            "WHERE s.state = 'active' AND s.next_due_at <= ? AND (s.next_due_at, s.id) > (?, ?)"
            " ORDER BY s.next_due_at, s.id LIMIT ?",
            stamp(now),
            *behind,
            limit,
        )

    async def overlong(self, after: datetime) -> list[Subscription]:
        """Active subscriptions whose next hour is later than `after`."""
        return await self._find(
            "WHERE s.state = 'active' AND s.next_due_at > ? ORDER BY s.next_due_at, s.id",
            stamp(after),
        )

    async def pause_channel(
        self, channel: Channel, reason: str, at: datetime
    ) -> list[Subscription]:
        """Pause a channel's active subscriptions and open deliveries; returns those that were
        paused by this, as they are then.
        """
        return await self._engine.write(lambda db: _pause_channel(db, channel, reason, at))

    async def pause_workspace(
        self, platform: str, workspace: str, reason: str, at: datetime
    ) -> int:
        """Pause the active subscriptions and open deliveries of a workspace and its people; how
        many of the first.
        """
        where = f"channel IN (SELECT pk FROM channels WHERE {IN_WORKSPACE})"  # noqa: S608
        there = (platform, workspace, *within(workspace))
        return await self._engine.write(lambda db: len(_pause(db, where, there, reason, at)))

    async def hold_unsent(self, subscription_id: int) -> None:
        """Let nothing be sent that waits for its turn: it stands paused, until `free_unsent`."""
        sql = "UPDATE deliveries SET state = 'paused' WHERE subscription = ? AND state = 'waiting'"
        await self._engine.write(lambda db: db.execute(sql, (subscription_id,)))

    async def free_unsent(self, subscription_id: int, at: datetime) -> bool:
        """Give up a subscription's paused deliveries, and let their papers be due again."""
        return await self._engine.write(lambda db: _free_unsent(db, subscription_id, at))

    async def _find(self, where: str, *values: str | int) -> list[Subscription]:
        return await self._engine.read(
            lambda db: [subscription_of(row) for row in db.execute(f"{_SELECT} {where}", values)]
        )


def _insert(db: Database, subscription: Subscription) -> int:
    record = subscription_record(subscription, channel_pk(db, subscription.channel))
    return int(str(db.table("subscriptions").insert(record, pk="id").last_pk))


def _revise(
    db: Database, number: int, change: Callable[[Subscription], Subscription]
) -> Subscription | None:
    row = db.execute(f"{_SELECT} WHERE s.id = ?", (number,)).fetchone()
    if row is None:
        return None
    revised = change(subscription_of(row))
    record = subscription_record(revised, channel_pk(db, revised.channel))
    db.table("subscriptions").update(number, record)
    return revised


def _pause_channel(db: Database, channel: Channel, reason: str, at: datetime) -> list[Subscription]:
    pk = known_channel(db, channel)
    if pk is None:  # erased while something was sent there: it stays unknown
        return []
    ids = json_list(_pause(db, "channel = ?", (pk,), reason, at))
    where = "WHERE s.id IN (SELECT value FROM json_each(?)) ORDER BY s.id"
    rows = db.execute(f"{_SELECT} {where}", (ids,)).fetchall()
    return [subscription_of(row) for row in rows]


def _pause(
    db: Database, where: str, values: tuple[str | int, ...], reason: str, at: datetime
) -> list[int]:
    """Pause what is active and open there; the ids of the subscriptions."""
    paused = db.execute(
        "UPDATE subscriptions SET state = 'paused', pause_reason = ?, paused_at = ?"  # noqa: S608
        f" WHERE {where} AND state = 'active' RETURNING id",
        (sound(reason), stamp(at), *values),
    ).fetchall()
    db.execute(
        "UPDATE deliveries SET state = 'paused', holder = '', lease_until = NULL"  # noqa: S608
        f" WHERE {where} AND state IN ('waiting', 'sending')",
        values,
    )
    return [number for (number,) in paused]


def _free_unsent(db: Database, subscription_id: int, at: datetime) -> bool:
    given_up = db.execute(
        "UPDATE deliveries SET state = 'failed', error = 'given up at a pause', closed_at = ?"
        " WHERE subscription = ? AND state = 'paused' RETURNING channel, edition, paper_ids",
        (stamp(at), subscription_id),
    ).fetchall()
    for channel, edition, paper_ids in given_up:
        take_back(db, channel, edition, paper_ids)
    for edition in sorted({edition for _, edition, _ in given_up if edition}, reverse=True):
        _undo_unseen(db, subscription_id, edition)
    return bool(given_up)


def _undo_unseen(db: Database, subscription_id: int, edition: int) -> None:
    """An edition of which nothing arrived was none: its day is free, its window open again."""
    undone = db.execute(
        "DELETE FROM editions WHERE id = ? AND NOT EXISTS"
        " (SELECT 1 FROM deliveries WHERE edition = editions.id AND state <> 'failed')"
        " RETURNING window_from",
        (edition,),
    ).fetchall()
    for (window_from,) in undone:
        sql = "UPDATE subscriptions SET covered_until = ? WHERE id = ?"
        db.execute(sql, (window_from, subscription_id))
