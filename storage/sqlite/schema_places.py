"""The tables of one migration: what buttons stand for, and workspaces."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
    db.execute(
        """
        CREATE TABLE presses (
            token TEXT PRIMARY KEY,
            verb TEXT NOT NULL,
            args TEXT NOT NULL,
            kept_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE workspaces (
            platform TEXT NOT NULL,
            id TEXT NOT NULL,
            managers TEXT NOT NULL,
            PRIMARY KEY (platform, id)
        ) STRICT, WITHOUT ROWID
        """
    )
