"""The outbox: the port `DeliveryLog`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot.models import Channel, Delivery, DeliveryState, Payload
from storage.sqlite.channel_rows import CHANNEL_COLUMNS, DELIVERY_COLUMNS, delivery_of
from storage.sqlite.channels import channel_pk, put_back, take_back
from storage.sqlite.engine import Engine
from storage.sqlite.issuing import INSERT_DELIVERY
from storage.sqlite.leases import CLOCK_SLACK
from storage.sqlite.readers import count_brought, keep_all, keep_unbrought
from storage.sqlite.rows import json_list, sound, stamp

# No retry is put off so far (bot.delivery waits at most 3 h and a quarter of that): a time
# further ahead was set by a clock that has been set back since.
FAR = timedelta(hours=4)

_SELECT = (
    f"SELECT {', '.join(f'd.{name}' for name in DELIVERY_COLUMNS)},"  # noqa: S608
    f" {', '.join(f'c.{name}' for name in CHANNEL_COLUMNS)}"
    " FROM deliveries d JOIN channels c ON c.pk = d.channel"
)
# Each arm walks an index of its own, the longest due first, and stops at the limit.
_CLAIM = """
UPDATE deliveries SET state = 'sending', holder = :holder, lease_until = :until, tries = tries + 1
WHERE id IN (
    SELECT d.id FROM (
        SELECT id, channel FROM deliveries WHERE state = 'sending' AND holder <> :holder
            AND (lease_until <= :now OR lease_until > :beyond)
        UNION ALL
        SELECT id, channel FROM deliveries WHERE state = 'waiting' AND not_before <= :now
        UNION ALL
        SELECT id, channel FROM deliveries WHERE state = 'waiting' AND not_before > :far
    ) d JOIN channels c ON c.pk = d.channel
    WHERE c.platform IN (SELECT value FROM json_each(:platforms)) AND NOT EXISTS (
        SELECT 1 FROM deliveries older WHERE older.channel = d.channel
        AND older.id < d.id AND older.state IN ('waiting', 'sending'))
    LIMIT :limit
)
RETURNING id
"""


class SqliteDeliveries:
    """See bot.ports.DeliveryLog."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def enqueue(
        self, channel: Channel, key: str, payloads: Sequence[Payload], at: datetime
    ) -> None:
        """Put a message's payloads in the outbox as `key:0`, `key:1` …; a known key is left."""
        await self._engine.write(lambda db: _enqueue(db, channel, key, payloads, stamp(at)))

    async def claim(
        self, platforms: Collection[str], holder: str, now: datetime, lease: timedelta, limit: int
    ) -> list[Delivery]:
        """Claim deliveries that are due, at most the oldest open one of each channel."""
        values: dict[str, str | int] = {
            "platforms": json_list(platforms),
            "holder": holder,
            "now": stamp(now),
            "until": stamp(now + lease),
            "beyond": stamp(now + lease + CLOCK_SLACK),
            "far": stamp(now + FAR),
            "limit": limit,
        }
        return await self._engine.write(lambda db: _claim(db, values))

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

    async def sent(self, delivery: Delivery, reference: str, at: datetime) -> None:
        """Record that it was sent, and tell the later parts whom to answer."""
        await self._engine.write(lambda db: _sent(db, delivery.id, reference, stamp(at)))

    async def retry(self, delivery: Delivery, not_before: datetime, error: str) -> None:
        """Give the claim back, to be tried again; nothing where somebody else has it by now."""
        sql = (
            "UPDATE deliveries SET state = 'waiting', holder = '', lease_until = NULL,"
            " not_before = ?, error = ? WHERE id = ? AND state = 'sending' AND tries = ?"
        )
        values = (stamp(not_before), sound(error), delivery.id, delivery.tries)
        await self._engine.write(lambda db: db.execute(sql, values))

    async def fail(self, delivery: Delivery, error: str, at: datetime) -> None:
        """Give it up; the papers in it are due again, and the next edition says it once."""
        await self._engine.write(lambda db: _fail(db, delivery, error, stamp(at)))

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
            lambda db: [delivery_of(row) for row in db.execute(f"{_SELECT} {where}", values)]
        )


def _enqueue(
    db: Database, channel: Channel, key: str, payloads: Sequence[Payload], at: str
) -> None:
    if db.execute("SELECT 1 FROM deliveries WHERE key = ?", (f"{key}:0",)).fetchone():
        return  # as a whole: parts of two messages under one key would be neither
    pk = channel_pk(db, channel)
    db.conn.executemany(
        INSERT_DELIVERY,
        [
            (
                f"{key}:{part}",
                *(pk, at, at, None, None, part, len(payloads), 0),
                *(json_list(payload.paper_ids), sound(payload.body), sound(payload.plain)),
            )
            for part, payload in enumerate(payloads)
        ],
    )


def _claim(db: Database, values: Mapping[str, str | int]) -> list[Delivery]:
    ids = [number for (number,) in db.conn.execute(_CLAIM, values).fetchall()]
    if not ids:
        return []
    where = "WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.not_before, d.id"
    rows = db.execute(f"{_SELECT} {where}", (json_list(ids),)).fetchall()
    return [delivery_of(row) for row in rows]


def _sent(db: Database, number: int, reference: str, at: str) -> None:
    row = db.execute(
        "SELECT state, edition, part, threaded, key, paper_ids FROM deliveries WHERE id = ?",
        (number,),
    ).fetchone()
    if row is None or row[0] == DeliveryState.SENT:
        return
    state, edition, part, threaded, key, paper_ids = row
    db.execute(
        "UPDATE deliveries SET state = 'sent', reference = ?, closed_at = ?, lost = 0, error = '',"
        " lease_until = NULL WHERE id = ?",
        (reference, at, number),
    )
    if state == DeliveryState.FAILED:  # given up while the platform was answering
        put_back(db, number, at)
        count_brought(db, key, paper_ids)
    if threaded and part == 0:
        db.execute(
            "UPDATE deliveries SET reply_to = ? WHERE edition = ? AND part > 0",
            (reference, edition),
        )


def _fail(db: Database, delivery: Delivery, error: str, at: str) -> None:
    # The number of tries tells this claim from a later one: that one's outcome counts.
    given_up = db.execute(
        "UPDATE deliveries SET state = 'failed', lost = 1, error = ?, closed_at = ?,"
        " lease_until = NULL WHERE id = ? AND tries = ?"
        " AND state IN ('waiting', 'sending', 'paused')"
        " RETURNING channel, edition, key, paper_ids",
        (sound(error), at, delivery.id, delivery.tries),
    ).fetchall()
    for channel, edition, key, paper_ids in given_up:
        take_back(db, channel, edition, paper_ids)
        keep_unbrought(db, key, paper_ids)


def _abandon(db: Database, reason: str, at: str) -> None:
    db.execute(
        "UPDATE deliveries SET state = 'failed', error = ?, closed_at = ?, lease_until = NULL"
        " WHERE state IN ('waiting', 'sending', 'paused')",
        (reason, at),
    )
    keep_all(db, at)
