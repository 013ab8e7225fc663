"""What was asked lately, so that nothing is done twice. It stands in a file of its own beside the
database, where no pull holds the write lock: an answer must not wait for one (a day of arXiv
takes 0.2 s to store, measured). The file can be lost at any time; a day later nobody misses it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from storage.sqlite.engine import Engine
from storage.sqlite.rows import sound, stamp

KEPT = timedelta(days=1)  # platforms repeat what was not acknowledged for some minutes

_MAKE = (
    "CREATE TABLE IF NOT EXISTS askings (key TEXT PRIMARY KEY, asked_at TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID"
)


class Askings:
    """The keys of what was asked. The file is made with the first."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}-askings")
        # A power failure may forget the last ones: no wait for the disk.
        self._engine = Engine(self._path, synchronous="NORMAL")

    async def first_time(self, key: str, at: datetime) -> bool:
        """True the first time that this is asked of a key. Raises StoreError."""
        values = (sound(key), stamp(at))
        return await self._engine.write(lambda db: _first_time(db, values))

    async def prune(self, now: datetime) -> None:
        """Forget what was asked more than a day ago. Raises StoreError."""
        if self._path.exists():
            sql = "DELETE FROM askings WHERE asked_at < ?"
            await self._engine.write(lambda db: _made(db).execute(sql, (stamp(now - KEPT),)))

    async def close(self) -> None:
        """Finish what is being written and let go of the file."""
        await self._engine.close()


def _first_time(db: Database, values: tuple[str, str]) -> bool:
    sql = "INSERT OR IGNORE INTO askings (key, asked_at) VALUES (?, ?)"
    return bool(_made(db).execute(sql, values).rowcount)


def _made(db: Database) -> Database:
    db.execute(_MAKE)
    return db
