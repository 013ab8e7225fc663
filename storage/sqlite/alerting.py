"""Alerts fire: hits are written by the transaction that writes a paper's change (DESIGN §2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

import structlog
from sqlite_utils import Database

from bot.errors import QueryError
from bot.likeness import least_similarity
from bot.matching import AlertIndex, Document, documents, plan_of
from bot.models import AlertState
from bot.queries import parse_query
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.catching import Catch, write_hits
from storage.sqlite.changes import WRITTEN_COLUMNS, Change, news, news_days
from storage.sqlite.rows import chunks, json_list, listed_of, moment

_PAPERS = (
    f"SELECT pk, {', '.join(WRITTEN_COLUMNS)},"  # noqa: S608 - our own column names
    " (SELECT json_group_array(DISTINCT source) FROM sightings WHERE paper = papers.pk)"
    " FROM papers WHERE pk IN (SELECT value FROM json_each(?))"
)
# Papers that are news: those named, and those that are like one of them that an alert asks for.
_GAINING_SENSE = """
SELECT pk FROM papers WHERE pk IN (SELECT value FROM json_each(:named))
    AND last_day BETWEEN :since AND :until
UNION
SELECT p.pk FROM papers p CROSS JOIN vectors v ON v.paper = p.pk CROSS JOIN (
    SELECT vector FROM vectors WHERE paper IN (SELECT value FROM json_each(:named))
    AND (SELECT id FROM papers WHERE pk = paper) IN (SELECT paper_id FROM alert_anchors)) anchor
WHERE p.last_day BETWEEN :since AND :until AND similarity(anchor.vector, v.vector) >= :least
"""

log = structlog.get_logger()


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
        self._vectorless: frozenset[int] = frozenset()  # papers taken as having none

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
        7 days old.
        """
        found = news(changes, at)
        if found and self._catch_up(db):
            write_hits(db, self._catches(db, found, at.date()), at)

    def look_at_vectors(self, db: Database, pks: Collection[int], at: datetime) -> None:
        """The same for papers that were given a vector and had none before, and for those that are
        like them.
        """
        if not db.execute("SELECT 1 FROM alert_anchors").fetchone() or not self._catch_up(db):
            return
        since, until = news_days(at)
        values = {"named": json_list(pks), "since": since, "until": until}
        least = {"least": least_similarity(loose=True)}
        gaining = [pk for (pk,) in db.execute(_GAINING_SENSE, values | least)]
        after = self._documents(db, gaining)
        met = {pk: self._met(document, at.date()) for pk, document in after.items()}
        # Before, they had none, neither to be held against others nor to have others held to them.
        before = {pk: replace(d, vector=b"") if pk in pks else d for pk, d in after.items()}
        self._vectorless = frozenset(pks)
        known = {pk: self._met(document, at.date()) for pk, document in before.items()}
        self._vectorless = frozenset()
        write_hits(db, [Catch(pk, met[pk], set(met[pk]).difference(known[pk])) for pk in after], at)

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
            self._catch(change.pk, before.get(document.paper_id), document, today)
            for change, document in zip(changes, after, strict=True)
        ]

    def _catch(self, pk: int, before: Document | None, after: Document, today: date) -> Catch:
        met = self._met(after, today)
        known = self._met(before, today) if met and before else ()
        return Catch(pk, met, set(met).difference(known))

    def _met(self, document: Document, today: date) -> Sequence[int]:
        """The alerts that a paper meets. A fault of ours here must not stop a pull."""
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
        sql = "SELECT paper, vector FROM vectors WHERE paper = (SELECT pk FROM papers WHERE id = ?)"
        row = self._db.execute(sql, (paper_id,)).fetchone() if self._db else None
        return row[1] if row and row[0] not in self._vectorless else b""


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
