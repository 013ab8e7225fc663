"""Whole copies of a database file, live or not."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """Write a consistent copy of a database, live or not, to `target`, all or nothing.

    A target that is there is replaced. Raises sqlite3.Error, OSError.
    """
    unfinished = target.with_name(f"{target.name}.unfinished-{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    try:
        _copy(source, unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(target.parent)


def _copy(source: Path, target: Path) -> None:
    uri = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(uri, uri=True, timeout=10)) as reader,
        closing(sqlite3.connect(target)) as writer,
    ):
        # In one step: a copy in several begins anew whenever somebody else writes.
        reader.backup(writer)
        # One plain file, to be moved as such: the copy is in WAL mode like its original.
        writer.execute("PRAGMA journal_mode = DELETE")


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
