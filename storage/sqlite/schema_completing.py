"""The tables of one migration: what people asked, and the names a query may go on with."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
    db.execute(
        """
        CREATE TABLE recent_queries (
            platform TEXT NOT NULL,
            user TEXT NOT NULL,
            query TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            PRIMARY KEY (platform, user, query)
        ) STRICT, WITHOUT ROWID
        """
    )
    # Derived from the papers: `papers` counts those that bear the name, about.
    db.execute(
        """
        CREATE TABLE names (
            pk INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            papers INTEGER NOT NULL,
            UNIQUE (kind, name)
        ) STRICT
        """
    )
    # A name is found from any of its words on; the count stands with it so that the index alone
    # gives the commonest.
    db.execute(
        """
        CREATE TABLE name_starts (
            start TEXT NOT NULL,
            name INTEGER NOT NULL REFERENCES names (pk) ON DELETE CASCADE,
            PRIMARY KEY (start, name)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE TABLE names_progress (done_until INTEGER NOT NULL) STRICT")
    db.execute("INSERT INTO names_progress (done_until) VALUES (0)")
