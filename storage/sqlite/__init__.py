"""The default engine: one SQLite file, through sqlite-utils."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from bot.errors import ConfigError
from storage.sqlite.looking import look_at
from storage.sqlite.restoring import check_backup as check_backup_file
from storage.sqlite.restoring import restore
from storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore", "check_backup", "look_at_store", "open_store", "restore", "restore_store"]

_PREFIX = "sqlite:///"


def open_store(url: str) -> SqliteStore:
    """Open the file that a `sqlite:///…` URL names. Raises as `storage.open_store` does."""
    return SqliteStore(database_path(url))


def look_at_store(url: str) -> Literal["absent", "older", "current"]:
    """What there is at a URL; see `storage.look_at_store`."""
    return look_at(database_path(url))


def check_backup(_url: str, backup: Path) -> datetime:
    """When a sound backup was made; see `storage.check_backup`."""
    return check_backup_file(backup)


def restore_store(url: str, backup: Path) -> Path | None:
    """Put a backup in the place of a database; see `storage.restore_store`."""
    return restore(database_path(url), backup)


def database_path(url: str) -> Path:
    """The file of a URL: `sqlite:///relative.db`, `sqlite:////absolute.db`; nothing is decoded."""
    path = url.removeprefix(_PREFIX)
    if path == url or not path or path.startswith(":") or "\0" in path:
        raise ConfigError(
            "DATABASE_URL must name a file: sqlite:///relative.db or sqlite:////absolute.db"
        )
    return Path(path)
