"""A backup in the place of a database."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreError, StoreTooNewError
from storage.sqlite.copying import copy_database, sync_folder
from storage.sqlite.faults import store_error
from storage.sqlite.opening import version_problem
from storage.sqlite.rows import moment


def restore(database_path: Path, backup_path: Path) -> Path | None:
    """Put a backup in the place of a database that nobody has open, at one blow.

    What was there is kept beside it as `….replaced-<when it was last written>`; its path is
    returned, None where nothing was there. Raises StoreError, StoreTooNewError; nothing has
    changed then.
    """
    fresh = database_path.with_name(f"{database_path.name}.restoring")
    try:
        check_backup(backup_path)
        database_path.parent.mkdir(parents=True, exist_ok=True)
        copy_database(backup_path, fresh)
        replaced = _set_aside(database_path) if database_path.exists() else None
        fresh.replace(database_path)
        sync_folder(database_path.parent)
    except sqlite3.Error as error:
        raise store_error(error, database_path) from error
    except OSError as error:
        raise StoreError(f"{database_path.name} can't be replaced: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return replaced


def check_backup(path: Path) -> datetime:
    """When a backup was made, as far as it tells: the latest thing it knows of.

    Raises StoreError where it is not sound or not Paperboy's, StoreTooNewError.
    """
    if not path.is_file():
        raise StoreError(f"there is no backup {path.name}")
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            db = Database(connection)
            line = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            problem = version_problem(db) or ("" if db.table_names() else "is empty")
            latest = "" if problem or line != "ok" else _latest(db)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"the backup {path.name} is damaged or no database") from error
    if line != "ok":
        raise StoreError(f"the backup {path.name} is damaged: {line}")
    if problem:
        kind = StoreTooNewError if "newer" in problem else StoreError
        raise kind(f"the backup {path.name} {problem}")
    return moment(latest) if latest else _written_at(path)


def _latest(db: Database) -> str:
    """The latest time that a database of any version has written down; "" where it has none."""
    columns = {"pulls": "finished_at", "editions": "made_at", "deliveries": "closed_at"}
    times = [
        db.execute(f"SELECT max({column}) FROM {table}").fetchone()[0]  # noqa: S608
        for table, column in columns.items()
        if db.table(table).exists()
    ]
    return max(filter(None, times), default="")


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _set_aside(path: Path) -> Path:
    """Keep the database under another name as well, without its log files."""
    kept = _free_name(f"{path}.replaced-{_written_at(path):%Y%m%dT%H%M%SZ}")
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            # Leaving WAL mode writes the log back and needs the file for oneself alone.
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path.name} is in use: stop Paperboy first") from error
    except sqlite3.DatabaseError:  # damaged: kept as it is, with its log
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(kept.with_name(kept.name + suffix))
    try:
        os.link(path, kept)
    except OSError:  # a file system without hard links
        shutil.copy2(path, kept)
    return kept


def _free_name(name: str) -> Path:
    names = (Path(f"{name}{suffix}") for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in names if not path.exists())
