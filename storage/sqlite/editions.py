"""What may be in an edition, and editions written: the other half of `SubscriptionStore`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlite_utils import Database

from bot.models import Edition, Query, Subscription
from bot.ports import History, Issue, Passing
from storage.sqlite.channel_rows import EDITION_COLUMNS, edition_of
from storage.sqlite.engine import Engine
from storage.sqlite.issuing import issue
from storage.sqlite.passing import passing, passing_all
from storage.sqlite.rows import chunks, day_or_none, json_list, moment_or_none

Wanted = Sequence[tuple[Subscription, date, Sequence[str]]]


class SqliteEditions:
    """The methods of bot.ports.SubscriptionStore that make and read editions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def passing(
        self, filter_text: str, query: Query, sources: Collection[str], since: date, until: date
    ) -> list[Passing]:
        """The papers listed by these sources in the span that match the query strictly."""
        return await self._engine.read(
            lambda db: passing(db, filter_text, query, sources, (since, until))
        )

    async def passing_all(
        self, filters: Mapping[str, Query], since: date, until: date
    ) -> dict[str, list[Passing]]:
        """By filter, what `passing` would find for it over the sources that it looks at."""
        return await self._engine.read(lambda db: passing_all(db, filters, since, until))

    async def histories(self, wanted: Wanted) -> dict[int, History]:
        """By subscription id, the history for (subscription, cut-off local day, paper ids)."""
        return await self._engine.read(lambda db: _histories(db, wanted))

    async def issue(self, issues: Sequence[Issue]) -> list[int]:
        """Write editions in one transaction; returns the ids of the subscriptions written."""
        return await self._engine.write(lambda db: issue(db, issues))

    async def editions(self, subscription_id: int, limit: int) -> list[Edition]:
        """The latest editions of a subscription, newest first."""
        sql = (
            f"SELECT {', '.join(EDITION_COLUMNS)} FROM editions WHERE subscription = ?"  # noqa: S608
            " ORDER BY local_day DESC LIMIT ?"
        )
        values = (subscription_id, limit)
        return await self._engine.read(lambda db: [edition_of(r) for r in db.execute(sql, values)])


def _histories(db: Database, wanted: Wanted) -> dict[int, History]:
    # Subscriptions with one filter ask about the same papers: each such list is looked up once.
    alike: dict[tuple[str, ...], list[tuple[int, date]]] = {}
    for subscription, cut_off, paper_ids in wanted:
        alike.setdefault(tuple(paper_ids), []).append((subscription.id, cut_off))
    found: dict[int, History] = {}
    for paper_ids, asking in alike.items():
        shown = _shown(db, paper_ids, [number for number, _ in asking])
        for number, cut_off in asking:
            found[number] = _history(db, number, cut_off, frozenset(shown.get(number, ())))
    return found


def _shown(db: Database, paper_ids: Sequence[str], numbers: Sequence[int]) -> dict[int, list[str]]:
    """By subscription, which of these papers its channel was shown."""
    shown: dict[int, list[str]] = {}
    sql = (
        "SELECT s.id, p.id FROM papers p"
        " CROSS JOIN json_each(?) asking JOIN subscriptions s ON s.id = asking.value"
        " JOIN ledger l ON l.channel = s.channel AND l.paper = p.pk"
        " WHERE p.id IN (SELECT value FROM json_each(?))"
    )
    asking = json_list(numbers)
    for ids in chunks(paper_ids):
        for number, paper_id in db.execute(sql, (asking, json_list(ids))):
            shown.setdefault(number, []).append(paper_id)
    return shown


def _history(db: Database, number: int, cut_off: date, shown: frozenset[str]) -> History:
    # A failure is untold until an edition that says anything was made after it. An edition that
    # did not arrive whole settles nothing: what it lost is still due.
    settled_at, last_local_day, failed_parts = db.execute(
        "SELECT (SELECT made_at FROM editions e WHERE subscription = :id AND local_day < :day"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.edition = e.id AND d.state = 'failed')"
        " ORDER BY local_day DESC LIMIT 1),"
        " (SELECT max(local_day) FROM editions WHERE subscription = :id),"
        " (SELECT count(*) FROM deliveries WHERE subscription = :id AND state = 'failed' AND lost"
        " AND closed_at >= coalesce((SELECT max(made_at) FROM editions"
        " WHERE subscription = :id AND kind <> 'silent'), ''))",
        {"id": number, "day": cut_off.isoformat()},
    ).fetchone()
    return History(shown, moment_or_none(settled_at), day_or_none(last_local_day), failed_parts)
