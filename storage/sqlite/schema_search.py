"""The tables of one migration: names, beginnings of words, texts without spaces, completion."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
