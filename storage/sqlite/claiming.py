"""Which deliveries a process takes up next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.models import Delivery
from storage.sqlite.channel_rows import CHANNEL_COLUMNS, DELIVERY_COLUMNS, delivery_of
from storage.sqlite.leases import CLOCK_SLACK
from storage.sqlite.rows import json_list, stamp

# No retry is put off so far (bot.attempts waits at most 3 h and a quarter of that): a time
# further ahead was set by a clock that has been set back since.
FAR = timedelta(hours=4)

SELECT = (
    f"SELECT {', '.join(f'd.{name}' for name in DELIVERY_COLUMNS)},"  # noqa: S608
    f" {', '.join(f'c.{name}' for name in CHANNEL_COLUMNS)}"
    " FROM deliveries d JOIN channels c ON c.pk = d.channel"
)
# Each arm walks an index of its own, the longest due first, and stops at the limit. They are named,
# since the planner would rather walk all that has the state.
_CLAIM = """
UPDATE deliveries SET state = 'sending', holder = :holder, lease_until = :until, tries = tries + 1
WHERE id IN (
    SELECT d.id FROM (
        SELECT id, channel FROM deliveries INDEXED BY deliveries_sending
            WHERE state = 'sending' AND platform = :platform AND holder <> :holder
            AND (lease_until <= :now OR lease_until > :beyond)
        UNION ALL
        SELECT id, channel FROM deliveries INDEXED BY deliveries_waiting
            WHERE state = 'waiting' AND platform = :platform AND not_before <= :now
        UNION ALL
        SELECT id, channel FROM deliveries INDEXED BY deliveries_waiting
            WHERE state = 'waiting' AND platform = :platform AND not_before > :far
    ) d CROSS JOIN channels c ON c.pk = d.channel
    WHERE (c.free_at <= :now OR c.free_at > :ahead) AND NOT EXISTS (
        SELECT 1 FROM deliveries older WHERE older.channel = d.channel
        AND older.id < d.id AND older.state IN ('waiting', 'sending'))
    LIMIT :limit
)
RETURNING id
"""


def claim(
    db: Database,
    platforms: Collection[str],
    limit: int,
    *,
    holder: str,
    now: datetime,
    lease: timedelta,
) -> list[Delivery]:
    """Claim what is due; the caller holds the transaction. See bot.ports.DeliveryLog.claim."""
    values: dict[str, str | int] = {
        "holder": holder,
        "now": stamp(now),
        "until": stamp(now + lease),
        "beyond": stamp(now + lease + CLOCK_SLACK),
        "far": stamp(now + FAR),
        "ahead": stamp(now + CLOCK_SLACK),
    }
    ids: list[int] = []
    for platform in platforms:
        ids += _claim(db, {**values, "platform": platform, "limit": limit - len(ids)})
    if not ids:
        return []
    where = "WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.not_before, d.id"
    rows = db.execute(f"{SELECT} {where}", (json_list(ids),)).fetchall()
    return [delivery_of(row) for row in rows]


def _claim(db: Database, values: Mapping[str, str | int]) -> list[int]:
    return [number for (number,) in db.conn.execute(_CLAIM, values).fetchall()]
