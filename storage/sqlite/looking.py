"""A look at a database that changes nothing: no file is made, nothing is migrated."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from bot.errors import StoreError, StoreTooNewError
from storage.sqlite.faults import store_error
from storage.sqlite.opening import version_problem
from storage.sqlite.schema import migrations


def look_at(path: Path) -> Literal["absent", "older", "current"]:
    """What there is at `path`. Raises StoreError where it can't be read, StoreTooNewError."""
    try:
        if not path.exists():
            return "absent"
        # While nobody has it open there is no log beside it; a reader of such a file would make
        # one, but for `immutable`.
        used = path.with_name(f"{path.name}-wal").exists()
        uri = f"{path.absolute().as_uri()}?mode=ro{'' if used else '&immutable=1'}"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            db = Database(connection)
            problem = version_problem(db)
            pending = not problem and migrations.pending(db)
    except sqlite3.Error as error:
        raise store_error(error, path) from error
    except OSError as error:
        raise StoreError(f"{path.name} can't be read: {error.strerror}") from error
    if problem:
        kind = StoreTooNewError if "newer" in problem else StoreError
        raise kind(f"the database {path.name} {problem}")
    return "older" if pending else "current"
