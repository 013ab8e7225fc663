"""The tables of one migration: embeddings of papers."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """One vector a paper, all of one model; `change` grows with whatever is kept.

    `changes` counts on where the newest vector is forgotten again: no change number comes twice.
    """
    db.execute(
        """
        CREATE TABLE vectors (
            paper INTEGER PRIMARY KEY REFERENCES papers (pk),
            change INTEGER NOT NULL,
            vector BLOB NOT NULL
        ) STRICT
        """
    )
    # Of papers that were reworded since, until they have one of their new words: what was like
    # them before is no news then.
    db.execute(
        """
        CREATE TABLE former_vectors (
            paper INTEGER PRIMARY KEY REFERENCES papers (pk),
            vector BLOB NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE UNIQUE INDEX vectors_by_change ON vectors (change)")
    db.execute(
        """
        CREATE TABLE vector_model (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            name TEXT NOT NULL,
            width INTEGER NOT NULL,
            changes INTEGER NOT NULL
        ) STRICT
        """
    )
    db.execute("INSERT INTO vector_model (one, name, width, changes) VALUES (1, '', 0, 0)")
