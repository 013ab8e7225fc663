"""A store at one moment: put back, and told as it must be on every platform."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from standins.parity.said import Talk

from bot.models import DIRECT

Rows = list[tuple[Any, ...]]

# What is about papers alone, what only serves the platform (presses, pages, tokens, paces), and
# what is looked up rather than done.
ASIDE = frozenset(
    "channels former_vectors gates installations kept_results leases name_starts names"
    " names_progress paper_categories presses pulls remarks segmented sightings source_days"
    " sqlite_sequence validators vector_model vectors vocabulary _sqlite_migrations".split()
)
# How a platform was written to, and when; what it is made of.
COLUMNS_ASIDE = frozenset(
    "body plain reference reply_to holder lease_until not_before closed_at tries put_off part parts"
    " threaded revision pk".split()
)
CHANNEL, PERSON = "the channel", "the asker"


class Kept:
    """A database and what it held at one moment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._then = sqlite3.connect(":memory:")
        with _opened(path) as now:
            now.backup(self._then)

    def restore(self) -> None:
        """Let the database hold what it held then."""
        with _opened(self._path) as now:
            self._then.backup(now)

    def close(self) -> None:
        self._then.close()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=10)) as db:
        yield db


def done(path: Path, talk: Talk) -> Mapping[str, Rows]:
    """All that is kept, by table, as it is the same on every platform."""
    with _opened(path) as db:
        db.row_factory = sqlite3.Row
        found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = {name for (name,) in found if not name.startswith("papers_")} - ASIDE
        rows = {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        channels = {row["pk"]: row["id"] for row in db.execute("SELECT * FROM channels")}
    told = {
        name: [_row(name, row, channels, talk) for row in found] for name, found in rows.items()
    }
    told["deliveries"] = _messages(told["deliveries"])
    told["workspaces"] = [row for row in told["workspaces"] if ("managers", True) in row]
    return {name: sorted(found, key=repr) for name, found in told.items() if found}


def _row(
    table: str, row: sqlite3.Row, channels: Mapping[int, str], talk: Talk
) -> tuple[tuple[str, Any], ...]:
    if table == "papers":
        return (("id", row["id"]),)
    cells = {name: row[name] for name in row.keys() if name not in COLUMNS_ASIDE}  # noqa: SIM118
    if "channel" in cells:
        cells["channel"] = channels[cells["channel"]]
    if table == "deliveries":  # a key may be made of what the platform calls an asking
        cells |= {"id": 0, "key": cells["key"].partition(":")[0]}
    if table == "workspaces":  # a role, or a circle, of which one is everybody
        cells["managers"] = cells["managers"] not in ("", "members")
    return tuple((name, common(value, talk)) for name, value in cells.items())


def common(value: Any, talk: Talk) -> Any:
    """What names the channel, the person or the platform, as what it stands for."""
    same = {
        talk.user.id: PERSON,
        talk.user.name: PERSON,
        talk.channel.id: CHANNEL,
        talk.channel.name: CHANNEL,
        talk.channel.workspace: "the workspace",
        talk.name: "the platform",
        DIRECT: DIRECT,
    }
    if not isinstance(value, str):
        return value
    return same.get(value) or re.sub(rf" by {talk.user.name}$", f" by {PERSON}", value)


def common_json(text: str, talk: Talk) -> str:
    """A file of JSON with such names."""
    return re.sub(r'"([^"]*)"', lambda found: f'"{common(found[1], talk)}"', text)


def _messages(rows: Rows) -> Rows:
    """The outbox: a message of several parts is one, with the papers of all."""
    whole: dict[tuple[Any, ...], list[str]] = {}
    for row in rows:
        cells = dict(row)
        listed = cells.pop("paper_ids")
        whole.setdefault(tuple(cells.items()), []).append(listed)
    return [
        (*about, ("paper_ids", "".join(listed).replace("][", ",").replace("[,", "[")))
        for about, listed in whole.items()
    ]
