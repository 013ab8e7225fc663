"""The tables of one migration: which words and names there are, and in how many papers."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
    # Derived from the full-text indices (vocabulary.py), and read as a whole: `terms` holds lines
    # of a term and how many papers held it when there were `papers`. `made` moves at each change.
    # Not WITHOUT ROWID: there the whole megabyte would be read to find a row by its key.
    db.execute(
        """
        CREATE TABLE vocabulary (
            kind TEXT PRIMARY KEY,
            made INTEGER NOT NULL,
            papers INTEGER NOT NULL,
            terms TEXT NOT NULL
        ) STRICT
        """
    )
