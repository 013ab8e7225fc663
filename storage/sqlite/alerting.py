"""Alerts fire: hits are written by the transaction that writes a paper's change (DESIGN §2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog
from sqlite_utils import Database

from bot.due import DUE_DAYS
from bot.errors import QueryError
from bot.matching import AlertIndex, Document, documents, plan_of
from bot.models import AlertState, ListedPaper
from bot.queries import parse_query
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.catching import Catch, write_hits
from storage.sqlite.rows import (
    FIGURE_COLUMNS,
    PAPER_COLUMNS,
    Row,
    chunks,
    day_or_none,
    json_list,
    listed_of,
    moment,
    paper_of,
)

_COLUMNS = (*PAPER_COLUMNS, *FIGURE_COLUMNS)
# What an alert can ask about, beside the sources and the vector.
_FACTS = "title abstract authors categories keywords organisation code_url upvotes first_day"
_FACT_PLACES = [_COLUMNS.index(name) for name in _FACTS.split()]
# No list is further ahead: Hugging Face's day is at most one ahead of UTC's.
_DAYS_AHEAD = timedelta(days=1)

_PAPERS = (
    f"SELECT pk, {', '.join(_COLUMNS)},"  # noqa: S608 - our own column names
    " (SELECT json_group_array(DISTINCT source) FROM sightings WHERE paper = papers.pk)"
    " FROM papers WHERE pk IN (SELECT value FROM json_each(?))"
)

log = structlog.get_logger()


class Known(NamedTuple):
    """A paper as it is, or was, kept: PAPER_COLUMNS and FIGURE_COLUMNS, and its sources."""

    row: Row
    sources: frozenset[str]

    @property
    def facts(self) -> tuple[object, ...]:
        """What an alert can ask about."""
        return (*(self.row[place] for place in _FACT_PLACES), self.sources)

    @property
    def last_day(self) -> str:
        """Its latest listing day, "" where it was never listed."""
        return self.row[-1] or ""

    @property
    def listed(self) -> ListedPaper:
        """It as the core knows it."""
        upvotes, comments, first_day, last_day = self.row[len(PAPER_COLUMNS) :]
        days = day_or_none(first_day), day_or_none(last_day)
        return ListedPaper(paper_of(self.row), upvotes, comments, *days, tuple(self.sources))


class Change(NamedTuple):
    """A paper that was written: as it was before, None where it was not there, and as it is."""

    pk: int
    before: Known | None
    after: Known

    def was_listed_since(self, day: str) -> bool:
        """Whether it had a listing on that day or later before this change."""
        return self.before is not None and self.before.last_day >= day


class Plan(NamedTuple):
    """A query as the index takes it in; without a key every paper is held against it."""

    text: str
    is_keyed: bool


class AlertWatch:
    """All active alerts of a store, watching its papers. For the thread that writes.

    The index is built when the first paper is looked at, and caught up within each transaction:
    other processes change alerts too. What it takes in is committed, since no transaction that
    looks at papers changes alerts, so one that is rolled back leaves it right.
    """

    def __init__(self) -> None:
        self._analyze = SqliteAnalyzer()
        self._index = AlertIndex(self._anchor)
        self._revision = 0
        self._db: Database | None = None  # of the transaction under way

    def close(self) -> None:
        """Let go of the memory."""
        self._analyze.close()

    def plan(self, db: Database, query: str) -> Plan:
        """What the index is built from, for the text of a query. Raises QueryError."""
        text = plan_of(parse_query(query), self._analyze, partial(_count_papers, db))
        alone = AlertIndex(self._anchor)
        alone.add(0, text)
        return Plan(text, is_keyed=not alone.unkeyed)

    def look(self, db: Database, changes: Iterable[Change], at: datetime) -> None:
        """Write the hits of papers that were written; the caller holds the transaction.

        An alert catches what meets it now and did not before, if its latest listing is at most
        7 days old. What it was before counts only where it was so then: an old paper that is
        listed anew is caught by all that it meets, and a backfill of old years by nothing.
        """
        since = (at.date() - DUE_DAYS).isoformat()
        until = (at.date() + _DAYS_AHEAD).isoformat()
        news = [
            change if change.was_listed_since(since) else change._replace(before=None)
            for change in changes
            if since <= change.after.last_day <= until
        ]
        news = [each for each in news if not each.before or each.before.facts != each.after.facts]
        if news and self._catch_up(db):
            write_hits(db, self._catches(db, news, at.date()), at)

    def withdraw_unmet(self, db: Database, reader: int, number: int, plan: Plan) -> None:
        """Take an alert whose query was changed off those of a person's hits that it would not
        have caught; a hit that no alert is left of is none.
        """
        self._db = db
        alone = AlertIndex(self._anchor)
        alone.add(number, plan.text)
        sql = (
            "SELECT paper, seen_at FROM hits WHERE reader = ? AND bundle IS NULL"
            " AND state <> 'read' AND ? IN (SELECT value FROM json_each(alert_ids))"
        )
        seen_at = dict(db.execute(sql, (reader, number)).fetchall())
        unmet = [
            (number, reader, pk)
            for pk, document in self._documents(db, seen_at).items()
            if not alone.matching(document, moment(seen_at[pk]).date())
        ]
        db.conn.executemany(
            "UPDATE hits SET alert_ids = (SELECT json_group_array(value) FROM json_each(alert_ids)"
            " WHERE value <> ?) WHERE reader = ? AND paper = ?",
            unmet,
        )
        db.execute("DELETE FROM hits WHERE reader = ? AND alert_ids = '[]'", (reader,))

    def _documents(self, db: Database, pks: Iterable[int]) -> dict[int, Document]:
        """Papers as they are kept, by pk."""
        papers = {
            pk: listed_of(row)
            for chunk in chunks(pks)
            for pk, *row in db.execute(_PAPERS, (json_list(chunk),))
        }
        vectors = _vectors(db, papers)
        found = documents(list(papers.values()), self._analyze, vectors)
        return dict(zip(papers, found, strict=True))

    def _catches(self, db: Database, changes: Sequence[Change], today: date) -> list[Catch]:
        vectors = _vectors(db, [change.pk for change in changes])
        after = documents([c.after.listed for c in changes], self._analyze, vectors)
        earlier = [c.before.listed for c in changes if c.before]
        before = {d.paper_id: d for d in documents(earlier, self._analyze, vectors)}
        return [
            Catch(change.pk, met, new)
            for change, document in zip(changes, after, strict=True)
            if (met := self._met(document, today))
            and (new := set(met).difference(self._met(before.get(document.paper_id), today)))
        ]

    def _met(self, document: Document | None, today: date) -> list[int]:
        """The alerts that a paper meets. A fault of ours here must not stop a pull."""
        if document is None:
            return []
        try:
            return self._index.matching(document, today)
        except Exception as error:
            log.error("alerts can't be matched", paper=document.paper_id, exc_info=error)
            return []

    def _catch_up(self, db: Database) -> int:
        """Bring the index to the alerts as they are; returns how many are active."""
        self._db = db
        sql = "SELECT id, state, plan, revision FROM alerts WHERE revision > ? ORDER BY revision"
        unreadable = []
        for number, state, plan, revision in db.execute(sql, (self._revision,)):
            self._revision = revision
            self._index.discard(number)
            if state == AlertState.ACTIVE:
                try:
                    self._index.add(number, plan)
                except ValueError:
                    unreadable.append(number)
        for number in unreadable:
            self._make_plan_anew(db, number)
        return len(self._index)

    def _make_plan_anew(self, db: Database, number: int) -> None:
        """Mend an alert whose plan another version wrote; one that can't be read is left out.

        Its revision stays: whoever can't read the old plan comes here by themselves.
        """
        (query,) = db.execute("SELECT query FROM alerts WHERE id = ?", (number,)).fetchone()
        try:
            plan = self.plan(db, query)
            self._index.add(number, plan.text)
        except (QueryError, ValueError):
            log.warning("an alert is left out: its query can't be read", alert=number)
            return
        db.execute(
            "UPDATE alerts SET plan = ?, is_keyed = ? WHERE id = ?",
            (plan.text, plan.is_keyed, number),
        )

    def _anchor(self, paper_id: str) -> bytes:
        """The vector that `like:` compares with."""
        sql = "SELECT vector FROM vectors WHERE paper = (SELECT pk FROM papers WHERE id = ?)"
        row = self._db.execute(sql, (paper_id,)).fetchone() if self._db else None
        return row[0] if row else b""


def _vectors(db: Database, pks: Iterable[int]) -> dict[str, bytes]:
    sql = (
        "SELECT p.id, v.vector FROM vectors v JOIN papers p ON p.pk = v.paper"
        " WHERE v.paper IN (SELECT value FROM json_each(?))"
    )
    return {i: v for chunk in chunks(pks) for i, v in db.execute(sql, (json_list(chunk),))}


def _count_papers(db: Database, stem: str) -> float:
    """How many papers hold a stem."""
    db.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems USING fts5vocab('main', 'papers_fts', 'row')"
    )
    row = db.execute("SELECT doc FROM temp.stems WHERE term = ?", (stem,)).fetchone()
    return float(row[0]) if row else 0.0
