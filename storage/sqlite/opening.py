"""Opening a database: made, migrated after a copy, or refused with a clear line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreError, StoreTooNewError
from storage.sqlite.copying import copy_database
from storage.sqlite.engine import connect, transaction
from storage.sqlite.faults import store_error
from storage.sqlite.schema import migrations

OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables (sqlite.org/stricttables.html)


def version_problem(db: Database) -> str:
    """Why this Paperboy can't read the database; "" where it can, migrated or not yet."""
    with closing(Database(memory=True)) as empty:
        known = {migration.name for migration in migrations.pending(empty)}
    applied = [migration.name for migration in migrations.applied(db)]
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(known) or not known.issuperset(applied):
        return "was written by a newer Paperboy: install that, or restore an older backup"
    if not applied and db.table_names():
        return "is not Paperboy's: it holds other tables"
    return ""


def prepare(path: Path) -> None:
    """Make the database at `path`, or bring it to this version after a copy beside it.

    Safe beside other processes that do the same. Raises StoreError, StoreTooNewError.
    """
    _check_engine()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder {path.absolute().parent} can't be written") from error
    try:
        db = connect(path)
        try:
            _migrate(db, path)
        finally:
            db.conn.close()
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def _migrate(db: Database, path: Path) -> None:
    # A migration that transforms a table drops the old one, which its references would forbid.
    db.conn.execute("PRAGMA foreign_keys = OFF")
    with transaction(db):  # whoever comes second waits here and then finds nothing to do
        problem = version_problem(db)
        if problem:
            kind = StoreTooNewError if "newer" in problem else StoreError
            raise kind(f"the database {path.name} {problem}")
        pending = migrations.pending(db)
        if not pending:
            return
        if migrations.applied(db):
            _copy_first(path, path.with_name(f"{path.name}.before-{pending[0].name}"))
        migrations.apply(db)
        if db.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreError(f"the database {path.name} can't be migrated: references are broken")
        db.execute(f"PRAGMA user_version = {len(migrations.applied(db))}")


def _copy_first(path: Path, copy: Path) -> None:
    try:
        copy_database(path, copy)
    except OSError as error:
        problem = f"can't be copied before it is migrated: {error.strerror}"
        raise StoreError(f"the database {path.name} {problem}") from error


def _check_engine() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(f"SQLite {needed} or newer is needed; here is {sqlite3.sqlite_version}")
    probe = sqlite3.connect(":memory:")
    try:
        probe.execute("CREATE VIRTUAL TABLE probe USING fts5(word)")
    except sqlite3.OperationalError as error:
        raise StoreError("this Python's SQLite lacks full-text search (FTS5)") from error
    finally:
        probe.close()
