"""SQLite's errors → one line an operator can act on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.errors import StoreError

# What can't be bound to a statement: integers beyond 64 bits, text that is no Unicode.
UNSTORABLE = (OverflowError, UnicodeEncodeError)


def store_error(error: Exception, path: Path) -> StoreError:
    """The StoreError for what SQLite raised while using the database at `path`.

    Codes: https://www.sqlite.org/rescode.html; the low byte is the primary code.
    """
    if isinstance(error, UNSTORABLE):
        return StoreError("a value can't be stored: it is no valid text or too large a number")
    code = getattr(error, "sqlite_errorcode", None)
    line = _line(code, path) if code is not None else None
    return StoreError(line or f"the database {path.name} failed: {error}")


def _line(code: int, path: Path) -> str | None:
    name, folder = path.name, path.absolute().parent
    damaged = f"the database file {name} is damaged: restore a backup"
    busy = f"the database {name} is busy: another process has been writing for too long"
    read_only = f"the database {name} can't be written: it or its folder {folder} is read-only"
    full = f"the disk is full: free some space in {folder}; what is stored is safe"
    lines = {
        sqlite3.SQLITE_FULL: full,
        # The shared memory beside a WAL database grows without a code of its own for "full".
        sqlite3.SQLITE_IOERR_SHMSIZE: full,
        sqlite3.SQLITE_READONLY: read_only,
        sqlite3.SQLITE_PERM: read_only,
        sqlite3.SQLITE_CANTOPEN: f"the database {name} can't be opened: see whether the folder "
        f"{folder} is there and may be written",
        sqlite3.SQLITE_CORRUPT: damaged,
        sqlite3.SQLITE_NOTADB: damaged,
        sqlite3.SQLITE_BUSY: busy,
        sqlite3.SQLITE_LOCKED: busy,
        sqlite3.SQLITE_IOERR: f"the disk that holds {name} fails to read or write",
    }
    return lines.get(code) or lines.get(code & 0xFF)
