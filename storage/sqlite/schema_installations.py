"""The tables of one migration: what workspaces let in, and what processes have noticed."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
    # `secret` is what an adapter acts with there, encrypted by it.
    db.execute(
        """
        CREATE TABLE installations (
            platform TEXT NOT NULL,
            workspace TEXT NOT NULL,
            secret BLOB NOT NULL,
            kept_at TEXT NOT NULL,
            PRIMARY KEY (platform, workspace)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE remarks (
            holder TEXT NOT NULL,
            platform TEXT NOT NULL,
            text TEXT NOT NULL,
            kept_at TEXT NOT NULL,
            PRIMARY KEY (holder, platform, text)
        ) STRICT, WITHOUT ROWID
        """
    )
