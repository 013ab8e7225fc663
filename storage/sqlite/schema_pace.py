"""The tables of one migration: channels that rest between messages, and what is waiting where."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
    db.execute("ALTER TABLE channels ADD COLUMN free_at TEXT NOT NULL DEFAULT ''")
    # Of the tries, those that the platform itself put off.
    db.execute("ALTER TABLE deliveries ADD COLUMN put_off INTEGER NOT NULL DEFAULT 0")
    # That of the channel: what waits for another platform costs a claim nothing. What was closed
    # before is not written anew for it, since no claim looks there.
    db.execute("ALTER TABLE deliveries ADD COLUMN platform TEXT NOT NULL DEFAULT ''")
    db.execute(
        "UPDATE deliveries SET platform = (SELECT platform FROM channels WHERE pk = channel)"
        " WHERE state IN ('waiting', 'sending', 'paused')"
    )
    # All that a claim asks of a row stands in these, its state too: it reads none that it does not
    # take.
    for name, columns, state in (
        ("deliveries_waiting", "platform, not_before, id, channel, state", "waiting"),
        ("deliveries_sending", "platform, lease_until, holder, channel, state", "sending"),
    ):
        db.execute(f"DROP INDEX {name}")
        db.execute(f"CREATE INDEX {name} ON deliveries ({columns}) WHERE state = '{state}'")
