"""The active alerts of a store as an index in memory: kept up to date, their plans mended."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import structlog
from sqlite_utils import Database

from bot.errors import QueryError
from bot.matching import AlertIndex, Anchors, plan_of
from bot.models import AlertState
from bot.ports import Analyzer
from bot.queries import parse_query

log = structlog.get_logger()

_CHANGED = (
    "SELECT id, state, plan, revision FROM alerts WHERE revision > ? ORDER BY revision LIMIT ?"
)
_ALL = -1  # SQLite's word for no limit


class Plan(NamedTuple):
    """A query as the index takes it in; without a key every paper is held against it."""

    text: str
    is_keyed: bool


class KeptAlerts:
    """The index, and how far it has come.

    What it takes in is committed, since no transaction that looks at papers changes alerts, so one
    that is rolled back leaves it right.
    """

    def __init__(self, analyze: Analyzer, anchors: Anchors) -> None:
        self.index = AlertIndex(anchors)
        self._analyze = analyze
        self._revision = 0

    def plan(self, db: Database, query: str) -> Plan:
        """What the index is built from, for the text of a query. Raises QueryError."""
        text = plan_of(parse_query(query), self._analyze, partial(_count_papers, db))
        alone = AlertIndex(_no_vector)
        alone.add(0, text)
        return Plan(text, is_keyed=not alone.unkeyed)

    def take_in(self, db: Database, alerts: int = _ALL, plans: int = _ALL) -> bool:
        """Bring the index to the alerts as they are, at most so many of them, and so many whose
        plans are to be made anew. Returns whether it got to the end.
        """
        unreadable: list[int] = []
        changed = 0
        for number, state, plan, revision in db.execute(_CHANGED, (self._revision, alerts)):
            self._revision = revision
            changed += 1
            self.index.discard(number)
            if state == AlertState.ACTIVE and not self._has_added(number, plan):
                unreadable.append(number)
                if len(unreadable) == plans:
                    break
        for number in unreadable:
            self._make_plan_anew(db, number)
        return changed != alerts and len(unreadable) != plans

    def _has_added(self, number: int, plan: str) -> bool:
        try:
            self.index.add(number, plan)
        except ValueError:
            return False
        return True

    def _make_plan_anew(self, db: Database, number: int) -> None:
        """Mend an alert whose plan another version wrote; one that can't be read is left out.

        Its revision stays: whoever can't read the old plan comes here by themselves.
        """
        (query,) = db.execute("SELECT query FROM alerts WHERE id = ?", (number,)).fetchone()
        try:
            plan = self.plan(db, query)
            self.index.add(number, plan.text)
        except (QueryError, ValueError):
            log.warning("an alert is left out: its query can't be read", alert=number)
            return
        db.execute(
            "UPDATE alerts SET plan = ?, is_keyed = ? WHERE id = ?",
            (plan.text, plan.is_keyed, number),
        )


def _no_vector(_: str) -> bytes:
    return b""


def _count_papers(db: Database, stem: str) -> float:
    """How many papers hold a stem."""
    db.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems USING fts5vocab('main', 'papers_fts', 'row')"
    )
    row = db.execute("SELECT doc FROM temp.stems WHERE term = ?", (stem,)).fetchone()
    return float(row[0]) if row else 0.0
