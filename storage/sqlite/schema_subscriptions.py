"""The tables of one migration: channels, what they want, what they were shown, the outbox."""

from __future__ import annotations

from sqlite_utils import Database

from storage.sqlite.schema_tables import create_table


def create(db: Database) -> None:
    """Make them."""
    create_table(
        db, "channels", {"pk": int, "platform": str, "workspace": str, "id": str, "name": str}
    )
    db.table("channels").create_index(["platform", "workspace", "id"], unique=True)
    create_table(
        db,
        "subscriptions",
        {
            "id": int,
            "channel": int,
            "hour": str,
            "zone": str,
            "weekdays": str,  # digits, 0 = Monday
            "filter": str,
            "size": int,
            "ranking": str,
            "layout": str,
            "tell_empty": int,
            "contact_platform": str,
            "contact_id": str,
            "contact_name": str,
            "state": str,
            "next_due_at": str,
            "created_at": str,
            "pause_reason": str,
            "paused_at": str,
            "covered_until": str,
            "due_from": str,
            "away_since": str,
            "empty_streak": int,
            "told": str,
        },
        "id",
        optional={"paused_at", "covered_until", "due_from", "away_since"},
        foreign_keys=[("channel", "channels", "pk")],
    )
    db.table("subscriptions").create_index(["channel"])
    db.execute(
        "CREATE INDEX subscriptions_due ON subscriptions (next_due_at, id) WHERE state = 'active'"
    )
    create_table(
        db,
        "editions",
        {
            "id": int,
            "subscription": int,
            "local_day": str,
            "kind": str,
            "due_at": str,
            "made_at": str,
            "window_from": str,
            "window_until": str,
            "candidates": int,
            "due": int,
            "paper_ids": str,
            "heading": str,
            "note": str,
            "states": str,
        },
        "id",
        optional={"window_from"},
        foreign_keys=[("subscription", "subscriptions", "id")],
    )
    db.table("editions").create_index(["subscription", "local_day"], unique=True)
    # By channel, not by subscription: overlapping subscriptions must not repeat a paper.
    db.execute(
        """
        CREATE TABLE ledger (
            channel INTEGER NOT NULL REFERENCES channels (pk),
            paper INTEGER NOT NULL REFERENCES papers (pk),
            subscription INTEGER NOT NULL,
            edition INTEGER NOT NULL,
            shown_at TEXT NOT NULL,
            PRIMARY KEY (channel, paper)
        ) STRICT, WITHOUT ROWID
        """
    )
    create_table(db, "filters", {"pk": int, "text": str})
    db.table("filters").create_index(["text"], unique=True)
    db.execute(
        """
        CREATE TABLE filter_papers (
            filter INTEGER NOT NULL REFERENCES filters (pk),
            paper INTEGER NOT NULL REFERENCES papers (pk),
            passed_at TEXT NOT NULL,
            PRIMARY KEY (filter, paper)
        ) STRICT, WITHOUT ROWID
        """
    )
    _create_outbox(db)


def _create_outbox(db: Database) -> None:
    create_table(
        db,
        "deliveries",
        {
            "id": int,
            "key": str,
            "channel": int,
            "state": str,
            "tries": int,
            "created_at": str,
            "not_before": str,
            "holder": str,
            "lease_until": str,
            "edition": int,
            "subscription": int,
            "part": int,
            "parts": int,
            "threaded": int,
            "closed_at": str,  # when it was sent or given up
            "lost": int,  # 1 where it was given up and the next edition is to say so
            "reference": str,
            "reply_to": str,
            "error": str,
            "paper_ids": str,
            "body": str,
            "plain": str,
        },
        "id",
        optional={"lease_until", "edition", "subscription", "closed_at"},
        foreign_keys=[("channel", "channels", "pk")],
    )
    db.table("deliveries").create_index(["key"], unique=True)
    db.table("deliveries").create_index(["edition", "part"])
    # Partial indexes: the outbox is mostly long since sent, and a claim looks at the rest only.
    for name, columns, rows in (
        ("deliveries_open", "channel, id", "state IN ('waiting', 'sending')"),
        ("deliveries_waiting", "not_before, id", "state = 'waiting'"),
        ("deliveries_sending", "lease_until", "state = 'sending'"),
        ("deliveries_paused", "subscription", "state = 'paused'"),
        ("deliveries_failed", "subscription, closed_at", "state = 'failed'"),
    ):
        db.execute(f"CREATE INDEX {name} ON deliveries ({columns}) WHERE {rows}")
    db.table("deliveries").create_index(["state", "id"])
    create_table(db, "leases", {"name": str, "holder": str, "held_until": str}, "name")
    create_table(db, "gates", {"service": str, "free_at": str, "reserved_at": str}, "service")
