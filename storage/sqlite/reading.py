"""Papers that people keep for themselves: the port `ReadingList`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.models import Query, SavedPaper, User
from storage.sqlite.engine import Engine
from storage.sqlite.rows import moment, sound, stamp
from storage.sqlite.search import EVERY, condition

_OWN = "platform = ? AND user = ? AND paper = (SELECT pk FROM papers WHERE id = ?)"


class SqliteReadingList:
    """See bot.ports.ReadingList."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def save(self, user: User, paper_id: str, at: datetime) -> bool:
        """Put a paper on a list; False where it is there already, or is not kept here."""
        saved = SavedPaper(paper_id, at)
        return await self._engine.write(lambda db: _insert(db, user, saved))

    async def remove(self, user: User, paper_id: str) -> SavedPaper | None:
        """Take a paper off; what it was, None where it is not there."""
        sql = f"DELETE FROM saved WHERE {_OWN} RETURNING saved_at, note"  # noqa: S608
        values = (user.platform, user.id, paper_id)
        rows = await self._engine.write(lambda db: db.execute(sql, values).fetchall())
        return _saved_of((paper_id, *rows[0])) if rows else None

    async def restore(self, user: User, saved: SavedPaper) -> None:
        """Put back what was taken off, with its note and time."""
        await self._engine.write(lambda db: _insert(db, user, saved))

    async def note(self, user: User, paper_id: str, text: str) -> bool:
        """Write a note to a saved paper, "" for none; False where it is not there."""
        sql = f"UPDATE saved SET note = ? WHERE {_OWN} RETURNING 1"  # noqa: S608
        values = (sound(text), user.platform, user.id, paper_id)
        return await self._engine.write(lambda db: bool(db.execute(sql, values).fetchall()))

    async def saved(self, user: User, query: Query | None = None) -> list[SavedPaper]:
        """A list, newest first; with a query what matches it strictly."""
        matching = condition(query.tree) if query else EVERY
        sql = (
            "SELECT p.id, s.saved_at, s.note FROM saved s CROSS JOIN papers p ON p.pk = s.paper"  # noqa: S608
            f" WHERE s.platform = ? AND s.user = ? AND ({matching.sql})"
            " ORDER BY s.saved_at DESC, p.pk DESC"
        )
        values = (user.platform, user.id, *matching.parameters)
        rows = await self._engine.read(lambda db: db.execute(sql, values).fetchall())
        return [_saved_of(row) for row in rows]

    async def count(self, user: User) -> int:
        """How many papers are on a list."""
        sql = "SELECT count(*) FROM saved WHERE platform = ? AND user = ?"
        values = (user.platform, user.id)
        return await self._engine.read(lambda db: int(db.execute(sql, values).fetchone()[0]))


def _insert(db: Database, user: User, saved: SavedPaper) -> bool:
    sql = (
        "INSERT INTO saved (platform, user, paper, saved_at, note)"
        " SELECT ?, ?, pk, ?, ? FROM papers WHERE id = ?"
        " ON CONFLICT DO NOTHING RETURNING 1"
    )
    values = (user.platform, user.id, stamp(saved.saved_at), sound(saved.note), saved.paper_id)
    return bool(db.execute(sql, values).fetchall())


def _saved_of(row: Sequence[Any]) -> SavedPaper:
    paper_id, saved_at, note = row
    return SavedPaper(paper_id, moment(saved_at), note)
