"""Channels: how they rest between messages, and what each was shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.models import Channel
from storage.sqlite.leases import CLOCK_SLACK
from storage.sqlite.rows import moment, sound, stamp

# `?` are the platform, the workspace, and `within` it.
IN_WORKSPACE = "platform = ? AND (workspace = ? OR workspace = '@' AND id >= ? AND id < ?)"


def within(workspace: str) -> tuple[str, str]:
    """The ids of a workspace's people stand from the first on, before the second."""
    return f"{workspace}/", f"{workspace}0"  # 0 follows the slash


def channel_pk(db: Database, channel: Channel) -> int:
    """The key of a channel, which is made known if it was not; its newest name is kept."""
    db.execute(
        "INSERT INTO channels (platform, workspace, id, name) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET name = excluded.name"
        " WHERE excluded.name NOT IN ('', name)",
        (channel.platform, channel.workspace, channel.id, sound(channel.name)),
    )
    (pk,) = db.execute(
        "SELECT pk FROM channels WHERE platform = ? AND workspace = ? AND id = ?",
        (channel.platform, channel.workspace, channel.id),
    ).fetchone()
    return int(pk)


def known_channel(db: Database, channel: Channel) -> int | None:
    """The key of a channel; None where it is not known, or was erased."""
    row = db.execute(
        "SELECT pk FROM channels WHERE platform = ? AND workspace = ? AND id = ?",
        (channel.platform, channel.workspace, channel.id),
    ).fetchone()
    return int(row[0]) if row else None


def rest_until(db: Database, channel: int, until: datetime) -> None:
    """Let nothing of a channel be claimed before this moment."""
    # What is much further ahead was set by a clock that has been set back since.
    db.execute(
        "UPDATE channels SET free_at = iif(free_at > :ahead, :until, max(free_at, :until))"
        " WHERE pk = :pk",
        {"pk": channel, "until": stamp(until), "ahead": stamp(until + CLOCK_SLACK)},
    )


def take_turn(db: Database, channel: Channel, now: datetime, rest: timedelta) -> datetime:
    """Take a channel's next free moment, and return it."""
    pk = channel_pk(db, channel)
    (free_at,) = db.execute("SELECT free_at FROM channels WHERE pk = ?", (pk,)).fetchone()
    is_resting = stamp(now) < free_at <= stamp(now + CLOCK_SLACK)
    turn = moment(free_at) if is_resting else now
    if rest:
        rest_until(db, pk, turn + rest)
    return turn


def take_back(db: Database, channel: int, edition: int | None, paper_ids: str) -> None:
    """Forget that an edition showed these papers (a JSON list of ids): they are due again."""
    db.execute(
        "DELETE FROM ledger WHERE channel = ? AND edition = ? AND paper IN"
        " (SELECT pk FROM papers WHERE id IN (SELECT value FROM json_each(?)))",
        (channel, edition, paper_ids),
    )


def put_back(db: Database, delivery_id: int, shown_at: str) -> None:
    """Remember again that a delivery's papers were shown."""
    db.execute(
        "INSERT OR IGNORE INTO ledger (channel, paper, subscription, edition, shown_at)"
        " SELECT d.channel, p.pk, d.subscription, d.edition, ? FROM deliveries d"
        " JOIN json_each(d.paper_ids) each JOIN papers p ON p.id = each.value"
        " WHERE d.id = ? AND d.edition IS NOT NULL",
        (shown_at, delivery_id),
    )
