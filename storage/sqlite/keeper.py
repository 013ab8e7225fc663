"""Care of the database itself: the port `Keeper`."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreError
from storage.sqlite.askings import Askings
from storage.sqlite.copying import copy_database
from storage.sqlite.engine import Engine
from storage.sqlite.faults import store_error
from storage.sqlite.indexing import INDICES
from storage.sqlite.opening import version_problem
from storage.sqlite.pulls import LOST_NOTHING, REACHED_ITS_DAY
from storage.sqlite.rows import stamp

RESULTS_KEPT = timedelta(days=30)  # DESIGN §7: how long a pager's token lives
INBOX_KEPT = timedelta(days=30)  # what no message brought is there for so long
REMARKS_KEPT = timedelta(days=1)  # of a process that was killed; each is told for minutes

# Open deliveries are never forgotten, and paused ones as late as the ledger, which without them
# would have their papers shown. The newest pulls say how a source stands, however old, and the
# newest edition of a subscription which day it had.
_FORGET = f"""
DELETE FROM deliveries WHERE state IN ('sent', 'failed') AND closed_at < :before;
DELETE FROM deliveries WHERE state = 'paused' AND created_at < :ledger;
DELETE FROM pulls WHERE finished_at < :before AND id NOT IN (
    SELECT max(id) FROM pulls WHERE {REACHED_ITS_DAY} GROUP BY source UNION ALL
    SELECT max(id) FROM pulls WHERE {REACHED_ITS_DAY} AND {LOST_NOTHING} GROUP BY source);
DELETE FROM presses WHERE kept_at < :before;
DELETE FROM kept_results WHERE made_at < :results;
DELETE FROM remarks WHERE kept_at < :remarks;
DELETE FROM ledger WHERE shown_at < :ledger;
DELETE FROM filter_papers WHERE passed_at < :ledger;
UPDATE hits SET state = 'read' WHERE state IN ('kept', 'withdrawn') AND seen_at < :inbox;
DELETE FROM hits WHERE state <> 'waiting' AND seen_at < :ledger;
DELETE FROM bundles WHERE made_at < :ledger;
DELETE FROM editions WHERE made_at < :ledger
    AND id NOT IN (SELECT max(id) FROM editions GROUP BY subscription)
"""  # noqa: S608 - fixed parts only


class SqliteKeeper:
    """See bot.ports.Keeper."""

    def __init__(self, engine: Engine, askings: Askings) -> None:
        self._engine = engine
        self._askings = askings

    async def prune(self, now: datetime, retention: timedelta, ledger: timedelta) -> None:
        """Forget what is older, each thing after its own time."""
        limits = {
            "before": stamp(now - retention),
            "results": stamp(now - RESULTS_KEPT),
            "inbox": stamp(now - INBOX_KEPT),
            "remarks": stamp(now - REMARKS_KEPT),
            "ledger": stamp(now - ledger),
        }
        for statement in (*_FORGET.split(";"), "PRAGMA optimize"):
            # One by one: a claim may come in between.
            await self._engine.write(partial(_execute, statement, limits))
        await self._askings.prune(now)

    async def backup(self, path: str) -> None:
        """Write a consistent copy of the live database to a new file."""
        await self._engine.apart(lambda _: _backup(self._engine.path, Path(path)))

    async def check(self) -> list[str]:
        """What is wrong with the database, in words; empty where it is sound."""
        try:
            return await self._engine.apart(problems)
        except StoreError as error:
            return [str(error)]


def problems(db: Database) -> list[str]:
    """What is wrong with a database, in words. Raises sqlite3.Error where it can't be read."""
    found = [line for (line,) in db.execute("PRAGMA quick_check(5)") if line != "ok"]
    problem = version_problem(db)
    if problem:
        return [*found, f"the database {problem}"]
    if found:
        return found
    if db.execute("PRAGMA foreign_key_check").fetchone():
        found.append("references between tables are broken")
    for index in INDICES:
        found += _index_problems(db, index)
    return found


def _index_problems(db: Database, index: str) -> list[str]:
    found = []
    try:
        # The rank of 1 has it compared with the papers too (sqlite.org/fts5.html).
        db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        found.append(f"the full-text index {index} is damaged")
    (papers, indexed) = db.execute(
        f"SELECT (SELECT count(*) FROM papers), (SELECT count(*) FROM {index}_docsize)"  # noqa: S608
    ).fetchone()
    if papers != indexed:
        found.append(f"the full-text index {index} holds {indexed} of {papers} papers")
    return found


def _execute(statement: str, values: dict[str, str], db: Database) -> None:
    db.execute(statement, values)


def _backup(source: Path, target: Path) -> None:
    if target.exists():
        raise StoreError(f"{target.name} exists already: name a new file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_database(source, target)
    except sqlite3.OperationalError as error:  # of the disk or folder that it was to be written to
        raise store_error(error, target) from error
    except OSError as error:
        raise StoreError(f"the backup can't be written: {error.strerror}") from error
