"""The tables of one migration: alerts, the people they are for, and hits."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
    # A person is known from their first alert on; zone is "" until their hours were kept.
    db.execute(
        """
        CREATE TABLE readers (
            pk INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            zone TEXT NOT NULL DEFAULT '',
            hour TEXT NOT NULL DEFAULT '09:00:00',
            weekdays TEXT NOT NULL DEFAULT '01234',
            cap INTEGER NOT NULL DEFAULT 10,
            muted_until TEXT,
            closed TEXT NOT NULL DEFAULT '',
            UNIQUE (platform, id)
        ) STRICT
        """
    )
    # `plan` is bot.matching's; where it has no key, every paper is held against it. `revision`
    # grows over all alerts with each change of one, so that an index in another process sees what
    # it has missed.
    db.execute(
        """
        CREATE TABLE alerts (
            id INTEGER PRIMARY KEY,
            reader INTEGER NOT NULL REFERENCES readers (pk),
            query TEXT NOT NULL,
            cadence TEXT NOT NULL,
            state TEXT NOT NULL,
            created_at TEXT NOT NULL,
            plan TEXT NOT NULL,
            is_keyed INTEGER NOT NULL,
            revision INTEGER NOT NULL UNIQUE
        ) STRICT
        """
    )
    db.execute("CREATE INDEX alerts_by_reader ON alerts (reader)")
    db.execute("CREATE INDEX alerts_active ON alerts (is_keyed) WHERE state = 'active'")
    # The papers that active alerts ask for by `like:`.
    db.execute(
        """
        CREATE TABLE alert_anchors (
            paper_id TEXT NOT NULL,
            alert INTEGER NOT NULL REFERENCES alerts (id),
            PRIMARY KEY (paper_id, alert)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX alert_anchors_by_alert ON alert_anchors (alert)")
    # What was listed up to these days may have been brought by a database that is there no more.
    db.execute("CREATE TABLE left_behind (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
    # AUTOINCREMENT: numbers are in delivery keys, so none may come twice.
    db.execute(
        """
        CREATE TABLE bundles (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            reader INTEGER NOT NULL REFERENCES readers (pk),
            made_at TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE hits (
            reader INTEGER NOT NULL REFERENCES readers (pk),
            paper INTEGER NOT NULL REFERENCES papers (pk),
            state TEXT NOT NULL,
            due_at TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            bundle INTEGER,
            alert_ids TEXT NOT NULL,
            PRIMARY KEY (reader, paper)
        ) STRICT, WITHOUT ROWID
        """
    )
    # Partial indexes: nearly all hits were brought long since.
    db.execute("CREATE INDEX hits_due ON hits (due_at, reader) WHERE state = 'waiting'")
    db.execute("CREATE INDEX hits_waiting ON hits (reader) WHERE state = 'waiting'")
    db.execute("CREATE INDEX hits_kept ON hits (reader, seen_at) WHERE state = 'kept'")
