"""Engines that keep what Paperboy knows: one folder each, named like the scheme of its URLs.

An engine's package offers the functions of this module but `engines`.
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Literal, cast

from bot.errors import ConfigError
from bot.ports import Store


def engines() -> list[str]:
    """The names of the engines there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def open_store(url: str) -> Store:
    """Open the store that `url` names (`sqlite:///papers.db`), made or migrated as needed.

    Raises ConfigError where the URL is wrong, StoreError where the database can't be used,
    StoreTooNewError where a newer Paperboy wrote it.
    """
    return cast("Store", _engine(url).open_store(url))


def look_at_store(url: str) -> Literal["absent", "older", "current"]:
    """What there is at `url`, changing nothing: `older` is migrated when it is opened.

    Raises as `open_store` does.
    """
    return cast('Literal["absent", "older", "current"]', _engine(url).look_at_store(url))


def check_backup(url: str, backup: Path) -> datetime:
    """When a backup for the store that `url` names was made: the latest time it knows of.

    Raises StoreError where it is not sound, StoreTooNewError where a newer Paperboy wrote it.
    """
    return cast("datetime", _engine(url).check_backup(url, backup))


def restore_store(url: str, backup: Path) -> Path | None:
    """Put a backup in the place of the store that `url` names, which nobody may have open.

    What was replaced is kept; its path is returned, None where there was nothing. Raises as
    `check_backup` does, and StoreError where the store is in use; then nothing has changed.
    """
    return cast("Path | None", _engine(url).restore_store(url, backup))


def _engine(url: str) -> ModuleType:
    scheme, separator, _ = url.partition(":")
    names = engines()
    if not separator or scheme not in names:
        raise ConfigError(f"DATABASE_URL must begin with {' or '.join(f'{n}:' for n in names)}")
    return importlib.import_module(f"{__name__}.{scheme}")
