"""The tables of one migration: which words and names there are, and in how many papers."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
