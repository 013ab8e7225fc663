"""Alerts fire: hits are written by the transaction that writes a paper's change (DESIGN §2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple, TypeVar

import structlog
from sqlite_utils import Database

from bot.matching import AlertIndex, Document, awaiting_categories, documents
from bot.models import ListedPaper
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.anchors import AnchorVectors, read_anchors, vector_of, vectors_of
from storage.sqlite.catching import Catch, write_hits
from storage.sqlite.changes import WRITTEN_COLUMNS, Change, Known, news, news_days
from storage.sqlite.engine import Engine
from storage.sqlite.planning import KeptAlerts, Plan
from storage.sqlite.rows import chunks, json_list, listed_of, moment

_PAPERS = (
    f"SELECT pk, {', '.join(WRITTEN_COLUMNS)},"  # noqa: S608 - our own column names
    " (SELECT json_group_array(DISTINCT source) FROM sightings WHERE paper = papers.pk)"
    " FROM papers WHERE pk IN (SELECT value FROM json_each(?))"
)
# Papers of some days that have a vector.
_LISTED_VECTORS = (
    "SELECT v.vector, v.paper FROM papers p CROSS JOIN vectors v ON v.paper = p.pk"
    " WHERE p.last_day BETWEEN ? AND ?"
)
_ASKED_FOR = (
    "SELECT pk, id FROM papers WHERE pk IN (SELECT value FROM json_each(?))"
    " AND id IN (SELECT paper_id FROM alert_anchors)"
)

TAKEN_IN_AT_ONCE = 20_000  # alerts a transaction, 0.2 s: a claim may come in between
REMADE_AT_ONCE = 1_000  # plans a transaction
STEP_ASIDE = 0.05  # seconds between two: another process that waits to write looks as often
MOST_MISSED = 10_000  # papers remembered

T = TypeVar("T")
log = structlog.get_logger()


class _Pair(NamedTuple):
    """A paper by its pk: as it was, None where it was no news, and as it is."""

    pk: int
    before: Document | None
    after: Document


class AlertWatch:
    """All active alerts of a store, watching its papers. For the thread that writes.

    The index is built before the first paper is looked at, in steps, and caught up within each
    transaction: other processes change alerts too.
    """

    def __init__(self) -> None:
        self._analyze = SqliteAnalyzer()
        self._alerts = KeptAlerts(self._analyze, self._anchor)
        self._is_ready = False
        self._missed: dict[int, Known | None] = {}  # papers as they were before a fault of ours
        self._db: Database | None = None  # of the transaction under way
        self._anchors = AnchorVectors({})  # read for the papers that are looked at

    def close(self) -> None:
        """Let go of the memory."""
        self._analyze.close()

    def plan(self, db: Database, query: str) -> Plan:
        """What the index is built from, for the text of a query. Raises QueryError."""
        return self._alerts.plan(db, query)

    async def write(self, engine: Engine, work: Callable[[Database], T]) -> T:
        """Run work that has papers looked at, as `Engine.write` does, once all alerts are taken in.

        With a million of them, or with as many plans to be made anew, that takes a while: it goes
        in steps, each a transaction of its own, between which others may write.
        """

        def step(db: Database) -> tuple[T] | None:
            self._is_ready = self._is_ready or self._alerts.take_in(
                db, TAKEN_IN_AT_ONCE, REMADE_AT_ONCE
            )
            return (work(db),) if self._is_ready else None

        while True:
            done = await engine.write(step)
            if done is not None:
                return done[0]
            await asyncio.sleep(STEP_ASIDE)

    def look(self, db: Database, changes: Iterable[Change], at: datetime) -> None:
        """Write the hits of papers that were written; the caller holds the transaction.

        An alert catches what meets it now and did not before, if its latest listing is at most
        7 days old.
        """
        found = news(map(self._since_missed, changes), at)
        if not found or not self._catch_up(db):
            return
        vectors = vectors_of(db, [change.pk for change in found])
        after = self._apart([c.after.listed for c in found], vectors)
        earlier = [c.before.listed for c in found if c.before]
        before = {d.paper_id: d for d in self._apart(earlier, vectors)}
        pairs = [_Pair(c.pk, before.get(d.paper_id), d) for c, d in zip(found, after, strict=True)]
        anchors = read_anchors(db)
        known = {change.pk: change.before for change in found}
        write_hits(db, self._catches(pairs, anchors, anchors, at.date(), known), at)

    def look_at_vectors(self, db: Database, former: Mapping[int, bytes], at: datetime) -> None:
        """The same for papers that were given a vector, and for those that are like them.

        `former` has by pk the vector of a paper's words of before, b"" where it had none.
        """
        if not db.execute("SELECT 1 FROM alert_anchors").fetchone() or not self._catch_up(db):
            return
        asked = dict(db.execute(_ASKED_FOR, (json_list(former),)).fetchall())
        after = self._documents(db, _gaining(db, former, asked, at))
        # Before, they had another vector or none, also where others are held against them.
        pairs = [
            _Pair(pk, replace(d, vector=former.get(pk, d.vector)), d) for pk, d in after.items()
        ]
        now = read_anchors(db)
        then = now.replaced({paper_id: former[pk] for pk, paper_id in asked.items()})
        write_hits(db, self._catches(pairs, then, now, at.date()), at)

    def withdraw_unmet(self, db: Database, reader: int, number: int, plan: Plan) -> None:
        """Take an alert whose query was changed off those of a person's hits that it would not
        have caught; a hit that no alert is left of is none.
        """
        alone = AlertIndex(partial(vector_of, db))
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

    def _catch_up(self, db: Database) -> int:
        """Bring the index to the alerts as they are; returns how many are active."""
        self._db = db
        self._alerts.take_in(db)
        return len(self._alerts.index)

    def _since_missed(self, change: Change) -> Change:
        """What has become of a paper since it was last looked at without a fault."""
        if change.pk not in self._missed:
            return change
        return change._replace(before=self._missed[change.pk])

    def _documents(self, db: Database, pks: Iterable[int]) -> dict[int, Document]:
        """Papers as they are kept, by pk."""
        papers = {
            pk: listed_of(row)
            for chunk in chunks(pks)
            for pk, *row in db.execute(_PAPERS, (json_list(chunk),))
        }
        found = self._apart(list(papers.values()), vectors_of(db, papers))
        return dict(zip(papers, found, strict=True))

    def _apart(self, papers: Sequence[ListedPaper], vectors: Mapping[str, bytes]) -> list[Document]:
        return list(map(awaiting_categories, documents(papers, self._analyze, vectors)))

    def _catches(
        self,
        pairs: Sequence[_Pair],
        then: AnchorVectors,
        now: AnchorVectors,
        today: date,
        known: Mapping[int, Known | None] | None = None,
    ) -> list[Catch]:
        """What alerts catch of papers, held against what `like:` asks for as that was and is.

        A fault of ours must not stop a pull: such a paper is looked at again when it comes again,
        with what is `known` of it now.
        """
        was = then.settled([pair.before or pair.after for pair in pairs])
        is_now = now.settled([pair.after for pair in pairs])
        catches = []
        for pair, *settled in zip(pairs, was, is_now, strict=True):
            try:
                catches.append(self._catch(pair, (then, now), settled, today))
            except Exception as error:
                log.error("alerts can't be matched", paper=pair.after.paper_id, exc_info=error)
                if len(self._missed) < MOST_MISSED:
                    self._missed.setdefault(pair.pk, (known or {}).get(pair.pk))
            else:
                self._missed.pop(pair.pk, None)
        self._anchors = AnchorVectors({})
        return catches

    def _catch(
        self,
        pair: _Pair,
        anchors: tuple[AnchorVectors, AnchorVectors],
        settled: Sequence[Mapping[str, bool]],
        today: date,
    ) -> Catch:
        index, before = self._alerts.index, pair.before
        self._anchors = anchors[1]
        met = index.matching(pair.after, today, settled[1])
        self._anchors = anchors[0]
        known = index.matching(before, today, settled[0]) if met and before else ()
        return Catch(pair.pk, met, set(met).difference(known))

    def _anchor(self, paper_id: str) -> bytes:
        """The vector that `like:` compares with."""
        held = self._anchors.vectors.get(paper_id)
        if held is None and self._db is not None:
            return vector_of(self._db, paper_id)
        return held or b""


def _gaining(
    db: Database, given: Iterable[int], asked: Mapping[int, str], at: datetime
) -> list[int]:
    """Papers that are news: those that were given a vector, and those like one of them that an
    alert asks for.
    """
    days = news_days(at)
    sql = "SELECT pk FROM papers WHERE pk IN (SELECT value FROM json_each(?))"
    found = {
        pk for (pk,) in db.execute(f"{sql} AND last_day BETWEEN ? AND ?", (json_list(given), *days))
    }
    if asked:
        listed = db.execute(_LISTED_VECTORS, days).fetchall()
        near = AnchorVectors(vectors_of(db, asked)).near({vector for vector, _ in listed})
        found |= {pk for vector, pk in listed if near[vector]}
    return sorted(found)
