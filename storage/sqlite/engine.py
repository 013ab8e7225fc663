"""Connections, threads and transactions: one writer, several readers, none on the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.errors import StoreError
from bot.likeness import similarity
from storage.sqlite.faults import UNSTORABLE, store_error

T = TypeVar("T")

READERS = 3  # a slow search must not keep a claim waiting
BUSY_SECONDS = 10.0  # how long a write waits for that of another process
# The index pages that a batch or a search touches, for each connection: no faster above (measured).
CACHE_KIB = 16 * 1024


def connect(path: Path, synchronous: str = "FULL") -> Database:
    """A connection with the settings that every use of the database shares.

    Raises sqlite3.Error.
    """
    # Transactions are begun here by name: the module's own implicit ones are deferred, and those
    # fail at once beside another writer (DESIGN §9). Connections are closed from another thread.
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.create_function("similarity", 2, similarity, deterministic=True)
        connection.execute("PRAGMA journal_mode = WAL")
        # In WAL mode NORMAL keeps the file sound but may forget the last commits when the power
        # fails, and with them that a message was sent: it would be sent again.
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA journal_size_limit = 67108864")  # bytes of WAL kept after use
        return Database(connection)
    except BaseException:
        connection.close()
        raise


@contextmanager
def transaction(db: Database, kind: str = "IMMEDIATE") -> Iterator[None]:
    """All or nothing; IMMEDIATE takes the write lock, DEFERRED is one snapshot to read."""
    db.conn.execute(f"BEGIN {kind}")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:  # SQLite ends it itself on a full disk and the like
            db.conn.execute("ROLLBACK")
        raise


class Engine:
    """Runs work on the database at `path`, which must be there and migrated."""

    def __init__(self, path: Path, synchronous: str = "FULL") -> None:
        self.path = path
        self._synchronous = synchronous
        self._writer = ThreadPoolExecutor(1, "sqlite-writer")
        self._readers = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._of_thread = threading.local()
        self._open: list[Database] = []

    async def write(self, work: Callable[[Database], T]) -> T:
        """Run `work` in a transaction of its own and return its result. Raises StoreError.

        Once asked for it is carried out, also where the caller is cancelled meanwhile.
        """
        return await self._run(self._writer, lambda: self._in_transaction(work, "IMMEDIATE"))

    async def read(self, work: Callable[[Database], T]) -> T:
        """Run `work` on one consistent snapshot and return its result. Raises StoreError.

        What becomes of many rows belongs into `work` too: here it would hold the event loop.
        """
        return await self._run(self._readers, lambda: self._in_transaction(work, "DEFERRED"))

    async def apart(self, work: Callable[[Database], T]) -> T:
        """Run long work on a connection of its own, outside a transaction. Raises StoreError."""
        return await self._run(self._readers, lambda: self._on_own_connection(work))

    async def close(self) -> None:
        """Finish what was asked for and let go of the file."""
        await asyncio.to_thread(self._close)

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            future = pool.submit(work)
        except RuntimeError as error:
            raise StoreError(f"the database {self.path.name} is closed") from error
        try:
            # Unshielded, a write that still waits its turn would be dropped with its caller:
            # what was just sent would look unsent.
            return await asyncio.shield(asyncio.wrap_future(future))
        except (sqlite3.Error, *UNSTORABLE) as error:
            raise store_error(error, self.path) from error

    def _in_transaction(self, work: Callable[[Database], T], kind: str) -> T:
        db = self._connection(kind)
        with transaction(db, kind):
            return work(db)

    def _connection(self, kind: str) -> Database:
        db: Database | None = getattr(self._of_thread, "db", None)
        if db is None:
            db = connect(self.path, self._synchronous)
            if kind == "DEFERRED":
                db.conn.execute("PRAGMA query_only = ON")
            self._of_thread.db = db
            self._open.append(db)
        return db

    def _on_own_connection(self, work: Callable[[Database], T]) -> T:
        db = connect(self.path)
        try:
            return work(db)
        finally:
            db.conn.close()

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        while self._open:
            self._open.pop().conn.close()
