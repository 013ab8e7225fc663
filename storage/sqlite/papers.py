"""Papers and where they were seen: the port `PaperStore`, and `ValidatorStore` beside it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlite_utils import Database

from bot.models import Batch, Excerpt, Found, Ingested, ListedPaper, Query
from storage.sqlite.adding import add
from storage.sqlite.alerting import AlertWatch
from storage.sqlite.engine import Engine
from storage.sqlite.excerpts import excerpts
from storage.sqlite.finding import find
from storage.sqlite.questions import Questions
from storage.sqlite.rows import (
    FIGURE_COLUMNS,
    PAPER_COLUMNS,
    chunks,
    day_or_none,
    json_list,
    listed_of,
    stamp,
)
from storage.sqlite.searching import count_matches, matching, search

_SELECT = (
    f"SELECT {', '.join(f'p.{name}' for name in (*PAPER_COLUMNS, *FIGURE_COLUMNS))},"  # noqa: S608
    " (SELECT json_group_array(DISTINCT source) FROM sightings WHERE paper = p.pk) FROM papers p"
)
_LISTED = (
    "SELECT DISTINCT paper FROM sightings WHERE source IN (SELECT value FROM json_each(?))"
    " AND day BETWEEN ? AND ?"
)


class SqlitePapers:
    """See bot.ports.PaperStore. `watch` writes what alerts catch among the papers added."""

    def __init__(self, engine: Engine, watch: AlertWatch) -> None:
        self._engine = engine
        self._watch = watch
        self._questions = Questions()

    async def add(self, batch: Batch, at: datetime) -> Ingested:
        """Store a batch in one transaction, merged with what is known."""
        return await self._watch.write(self._engine, lambda db: add(db, batch, at, self._watch))

    async def get(self, ids: Sequence[str]) -> list[ListedPaper]:
        """The papers with these ids, in this order; unknown ids are left out."""
        return await self._engine.read(lambda db: _get(db, ids))

    async def listed(
        self, since: date, until: date, sources: Collection[str], limit: int
    ) -> list[ListedPaper]:
        """Papers with a listing day in the span, most upvotes first, then newest."""
        sql = (
            f"{_SELECT} WHERE p.pk IN ({_LISTED}) ORDER BY coalesce(p.upvotes, 0) DESC,"
            " p.last_day DESC, p.published_at DESC, p.id DESC LIMIT ?"
        )
        span = (json_list(sources), since.isoformat(), until.isoformat(), limit)
        return await self._engine.read(lambda db: [listed_of(r) for r in db.execute(sql, span)])

    async def count_listed(self, since: date, until: date, sources: Collection[str]) -> int:
        """How many papers have a listing day in the span."""
        span = (json_list(sources), since.isoformat(), until.isoformat())
        return await self._engine.read(
            lambda db: int(db.execute(f"SELECT count(*) FROM ({_LISTED})", span).fetchone()[0])  # noqa: S608
        )

    async def search(self, query: Query, limit: int) -> list[str]:
        """Ids of the papers that match the query strictly, best first."""
        return await self._engine.read(lambda db: search(db, query, limit))

    async def find(self, query: Query, limit: int) -> Found:
        """The ranked search: what meets all of the query, and where that is little, any word."""
        return await self._engine.read(lambda db: find(db, query, limit, self._questions))

    async def count_matches(self, query: Query, most: int) -> int:
        """How many papers match the query strictly, counted up to `most`."""
        return await self._engine.read(lambda db: count_matches(db, query, most))

    async def matching(self, query: Query, ids: Sequence[str]) -> list[str]:
        """Those of the ids whose papers match the query strictly, in the order given."""
        return await self._engine.read(lambda db: matching(db, query, ids))

    async def excerpts(self, query: Query, ids: Sequence[str]) -> dict[str, Excerpt]:
        """By id, where each paper holds the query's words; unknown ids are left out."""
        return await self._engine.read(lambda db: excerpts(db, query, ids))

    async def newest_day(self, sources: Collection[str], until: date | None = None) -> date | None:
        """The latest listing day (on or before `until`) with papers of these sources."""
        last = (until or date.max).isoformat()
        sql = "SELECT max(day) FROM sightings WHERE source = ? AND day <= ?"

        def newest(db: Database) -> date | None:
            days = [db.execute(sql, (source, last)).fetchone()[0] for source in sources]
            return day_or_none(max(filter(None, days), default=None))

        return await self._engine.read(newest)

    async def count(self) -> int:
        """How many papers are kept."""
        return await self._engine.read(
            lambda db: int(db.execute("SELECT count(*) FROM papers").fetchone()[0])
        )

    async def lacking_categories(self, since: date, before: datetime, limit: int) -> list[str]:
        """Ids of papers listed since that day without categories, newest first, and not asked
        about since `before`.
        """
        sql = (
            "SELECT id FROM papers WHERE categories = '' AND last_day >= ?"
            " AND (asked_at IS NULL OR asked_at < ?) ORDER BY last_day DESC, pk DESC LIMIT ?"
        )
        found = (since.isoformat(), stamp(before), limit)
        return await self._engine.read(lambda db: [i for (i,) in db.execute(sql, found)])

    async def mark_asked(self, ids: Sequence[str], at: datetime) -> None:
        """Remember that these papers' categories were asked for."""
        sql = "UPDATE papers SET asked_at = ? WHERE id IN (SELECT value FROM json_each(?))"
        await self._engine.write(lambda db: db.execute(sql, (stamp(at), json_list(ids))))

    async def keep_results(self, token: str, query: str, ids: Sequence[str], at: datetime) -> None:
        """Keep a ranked list of ids for its pager, under a token that was not used before."""
        record = {"token": token, "query": query, "ids": json_list(ids), "made_at": stamp(at)}
        await self._engine.write(lambda db: db.table("kept_results").insert(record, pk="token"))

    async def results(self, token: str) -> tuple[str, list[str]] | None:
        """(query text, ids) of a kept list, None where it has expired."""
        sql = "SELECT query, ids FROM kept_results WHERE token = ?"
        row = await self._engine.read(lambda db: db.execute(sql, (token,)).fetchone())
        return (row[0], json.loads(row[1])) if row else None


class SqliteValidators:
    """See bot.ports.ValidatorStore; `SqlitePapers.add` writes them, with what they stand for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def validators(self, url: str) -> tuple[str, str]:
        """(ETag, Last-Modified) of the last stored answer, "" where there is none."""
        sql = "SELECT etag, last_modified FROM validators WHERE url = ?"
        row = await self._engine.read(lambda db: db.execute(sql, (url,)).fetchone())
        return (row[0], row[1]) if row else ("", "")


def _get(db: Database, ids: Sequence[str]) -> list[ListedPaper]:
    found: dict[str, ListedPaper] = {}
    sql = f"{_SELECT} WHERE p.id IN (SELECT value FROM json_each(?))"  # noqa: S608
    for chunk in chunks(ids):
        for row in db.execute(sql, (json_list(chunk),)):
            found[row[0]] = listed_of(row)
    return [found[paper_id] for paper_id in ids if paper_id in found]
