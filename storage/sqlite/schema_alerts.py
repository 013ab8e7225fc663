"""The tables of one migration: alerts, the people they are for, and hits."""

from __future__ import annotations

from sqlite_utils import Database


def create(db: Database) -> None:
    """Make them."""
