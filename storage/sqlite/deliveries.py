"""The outbox: the port `DeliveryLog`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from bot.models import Channel, Delivery, DeliveryState, Payload
from bot.ports import NO_REST
from storage.sqlite.channel_rows import delivery_of
from storage.sqlite.channels import channel_pk, put_back, rest_until, take_back, take_turn
from storage.sqlite.claiming import SELECT, claim
from storage.sqlite.engine import Engine
from storage.sqlite.issuing import INSERT_DELIVERY
from storage.sqlite.readers import count_brought, keep_all, keep_unbrought
from storage.sqlite.rows import json_list, sound, stamp
from storage.sqlite.together import Together


class _Sent(NamedTuple):
    """A message that was sent."""

    number: int
    reference: str
    at: datetime
    rest: timedelta


class SqliteDeliveries:
    """See bot.ports.DeliveryLog."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sent = Together(engine, _record_sent)

    async def enqueue(
        self,
        channel: Channel,
        key: str,
        payloads: Sequence[Payload],
        at: datetime,
        *,
        threaded: bool = False,
    ) -> None:
        """Put a message's payloads in the outbox as `key:0`, `key:1` …; a known key is left."""
        await self._engine.write(
            lambda db: _enqueue(db, channel, key, payloads, stamp(at), threaded=threaded)
        )

    async def claim(
        self, platforms: Collection[str], holder: str, now: datetime, lease: timedelta, limit: int
    ) -> list[Delivery]:
        """Claim deliveries that are due, at most the oldest open one of each channel."""
        return await self._engine.write(
            lambda db: claim(db, platforms, limit, holder=holder, now=now, lease=lease)
        )

    async def renew(self, ids: Collection[int], holder: str, until: datetime) -> None:
        """Lengthen the leases of claimed deliveries."""
        sql = (
            "UPDATE deliveries SET lease_until = ? WHERE holder = ? AND state = 'sending'"
            " AND id IN (SELECT value FROM json_each(?))"
        )
        values = (stamp(until), holder, json_list(ids))
        await self._engine.write(lambda db: db.execute(sql, values))

    async def stands(self, delivery: Delivery) -> bool:
        """Whether this claim of a delivery still holds: nobody else has it, and it is not gone."""
        sql = "SELECT 1 FROM deliveries WHERE id = ? AND state = 'sending' AND tries = ?"
        values = (delivery.id, delivery.tries)
        return await self._engine.read(lambda db: bool(db.execute(sql, values).fetchone()))

    async def sent(
        self, delivery: Delivery, reference: str, at: datetime, rest: timedelta = NO_REST
    ) -> None:
        """Record that it was sent, and tell the later parts whom to answer."""
        await self._sent.write(_Sent(delivery.id, reference, at, rest))

    async def retry(
        self, delivery: Delivery, not_before: datetime, error: str, *, counts: bool = True
    ) -> None:
        """Give the claim back, to be tried again; nothing where somebody else has it by now."""
        sql = (
            "UPDATE deliveries SET state = 'waiting', holder = '', lease_until = NULL,"
            " not_before = ?, error = ?, put_off = put_off + ?"
            " WHERE id = ? AND state = 'sending' AND tries = ?"
        )
        values = (stamp(not_before), sound(error), not counts, delivery.id, delivery.tries)
        await self._engine.write(lambda db: db.execute(sql, values))

    async def fail(
        self, delivery: Delivery, error: str, at: datetime, rest: timedelta = NO_REST
    ) -> None:
        """Give it up; the papers in it are due again, and the next edition says it once."""
        await self._engine.write(lambda db: _fail(db, delivery, error, at, rest))

    async def take_turn(self, channel: Channel, now: datetime, rest: timedelta) -> datetime:
        """Take a channel's next free moment for a message past the outbox, and return it."""
        return await self._engine.write(lambda db: take_turn(db, channel, now, rest))

    async def let_rest(self, channel: Channel, until: datetime) -> None:
        """Claim nothing of a channel before this moment."""
        await self._engine.write(lambda db: rest_until(db, channel_pk(db, channel), until))

    async def abandon(self, reason: str, at: datetime) -> None:
        """Give up all that is open or paused, as if it had been sent: its papers are not due."""
        await self._engine.write(lambda db: _abandon(db, sound(reason), stamp(at)))

    async def of_edition(self, subscription_id: int, local_day: date) -> list[Delivery]:
        """The deliveries of one edition, by part."""
        return await self._find(
            "WHERE d.edition = (SELECT id FROM editions WHERE subscription = ? AND local_day = ?)"
            " ORDER BY d.part",
            subscription_id,
            local_day.isoformat(),
        )

    async def counts(self) -> Mapping[str, int]:
        """How many deliveries stand in each state; states without any are left out."""
        sql = "SELECT state, count(*) FROM deliveries GROUP BY state"
        return await self._engine.read(lambda db: dict(db.execute(sql).fetchall()))

    async def failures(self, channel: Channel | None, limit: int) -> list[Delivery]:
        """The latest deliveries that could not be sent; not those given up on purpose."""
        latest = "ORDER BY d.closed_at DESC, d.id DESC LIMIT ?"
        failed = "WHERE d.state = 'failed' AND d.lost"
        if channel is None:
            return await self._find(f"{failed} {latest}", limit)
        here = "AND c.platform = ? AND c.workspace = ? AND c.id = ?"
        place = (channel.platform, channel.workspace, channel.id)
        return await self._find(f"{failed} {here} {latest}", *place, limit)

    async def _find(self, where: str, *values: str | int) -> list[Delivery]:
        return await self._engine.read(
            lambda db: [delivery_of(row) for row in db.execute(f"{SELECT} {where}", values)]
        )


def _enqueue(
    db: Database,
    channel: Channel,
    key: str,
    payloads: Sequence[Payload],
    at: str,
    *,
    threaded: bool,
) -> None:
    if db.execute("SELECT 1 FROM deliveries WHERE key = ?", (f"{key}:0",)).fetchone():
        return  # as a whole: parts of two messages under one key would be neither
    pk = channel_pk(db, channel)
    db.conn.executemany(
        INSERT_DELIVERY,
        [
            (
                f"{key}:{part}",
                *(pk, at, at, None, None, part, len(payloads), int(threaded)),
                *(json_list(payload.paper_ids), sound(payload.body), sound(payload.plain)),
            )
            for part, payload in enumerate(payloads)
        ],
    )


def _record_sent(db: Database, sent: Sequence[_Sent]) -> None:
    for each in sent:
        _sent(db, each)


def _sent(db: Database, sent: _Sent) -> None:
    row = db.execute(
        "SELECT state, channel, part, parts, threaded, key, paper_ids FROM deliveries WHERE id = ?",
        (sent.number,),
    ).fetchone()
    if row is None or row[0] == DeliveryState.SENT:
        return
    state, channel, part, parts, threaded, key, paper_ids = row
    at = stamp(sent.at)
    db.execute(
        "UPDATE deliveries SET state = 'sent', reference = ?, closed_at = ?, lost = 0, error = '',"
        " lease_until = NULL WHERE id = ?",
        (sent.reference, at, sent.number),
    )
    if sent.rest:
        rest_until(db, channel, sent.at + sent.rest)
    if state == DeliveryState.FAILED:  # given up while the platform was answering
        put_back(db, sent.number, at)
        count_brought(db, key, paper_ids)
    if threaded and part == 0:
        base = key.rpartition(":")[0]
        db.execute(
            "UPDATE deliveries SET reply_to = ? WHERE key IN (SELECT value FROM json_each(?))",
            (sent.reference, json_list(f"{base}:{n}" for n in range(1, parts))),
        )


def _fail(db: Database, delivery: Delivery, error: str, at: datetime, rest: timedelta) -> None:
    # The number of tries tells this claim from a later one: that one's outcome counts.
    given_up = db.execute(
        "UPDATE deliveries SET state = 'failed', lost = 1, error = ?, closed_at = ?,"
        " lease_until = NULL WHERE id = ? AND tries = ?"
        " AND state IN ('waiting', 'sending', 'paused')"
        " RETURNING channel, edition, key, paper_ids",
        (sound(error), stamp(at), delivery.id, delivery.tries),
    ).fetchall()
    for channel, edition, key, paper_ids in given_up:
        if rest:
            rest_until(db, channel, at + rest)
        take_back(db, channel, edition, paper_ids)
        keep_unbrought(db, key, paper_ids)


def _abandon(db: Database, reason: str, at: str) -> None:
    db.execute(
        "UPDATE deliveries SET state = 'failed', error = ?, closed_at = ?, lease_until = NULL"
        " WHERE state IN ('waiting', 'sending', 'paused')",
        (reason, at),
    )
    keep_all(db, at)
