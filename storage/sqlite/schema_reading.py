"""The tables of one migration: reading lists."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
    db.execute(
        """
        CREATE TABLE saved (
            platform TEXT NOT NULL,
            user TEXT NOT NULL,
            paper INTEGER NOT NULL REFERENCES papers (pk),
            saved_at TEXT NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (platform, user, paper)
        ) STRICT, WITHOUT ROWID
        """
    )
