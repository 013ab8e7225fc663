"""What the editions of one tick have in common, looked up in the store once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.announcements import listing_day
from bot.digests import Composed, compose
from bot.due import (
    CUT_DAYS,
    Findings,
    Occasion,
    missing_days,
    needed_sources,
    window_start,
)
from bot.models import ListedPaper, Query, SourceDay
from bot.ports import History, PaperStore, Passing, PullLog, SubscriptionStore
from bot.queries import parse_query, resolve, sources_of

# Filters from which on they are sooner asked together: to take a paper apart costs as much as to
# ask 200 to 350 of them about it one by one (measured over 200 and over 7,000 papers).
TOGETHER = 300


class Lookups:
    """The store as it is during one tick, for editions made at `now`.

    Papers that pass a filter, counts, listing days and the papers shown are kept by what they
    were asked for, so that ten thousand channels with one filter ask once. `late` are the sources
    that are still being pulled.
    """

    def __init__(
        self,
        papers: PaperStore,
        pulls: PullLog,
        subscriptions: SubscriptionStore,
        now: datetime,
        late: frozenset[str] = frozenset(),
    ) -> None:
        self.now = now
        self.late = late
        self.listed: dict[str, ListedPaper] = {}
        self._papers = papers
        self._pulls = pulls
        self._subscriptions = subscriptions
        self._passing: dict[tuple[str, date], list[Passing]] = {}
        self._ids: dict[tuple[str, date], tuple[str, ...]] = {}
        self._counts: dict[tuple[frozenset[str], date], int] = {}
        self._days: dict[tuple[frozenset[str], date], list[SourceDay]] = {}
        self._recorded: set[tuple[str, date]] = set()

    async def compose(self, occasions: Sequence[Occasion]) -> list[Composed]:
        """Gather what the editions need, decide them, and bring in the papers they show."""
        await self.look_up(occasions)
        passing = [await self.passing(o.subscription.filter, o.horizon) for o in occasions]
        histories = await self._histories(occasions)
        findings = [
            await self._findings(occasion, found, histories)
            for occasion, found in zip(occasions, passing, strict=True)
        ]
        # A page of decisions is work for a thread: it must not hold up a heartbeat.
        composed = await asyncio.to_thread(
            lambda: [compose(o, f) for o, f in zip(occasions, findings, strict=True)]
        )
        lacking = {p.paper_id for c in composed for p in c.chosen} - self.listed.keys()
        if lacking:
            self.listed |= {p.paper.id: p for p in await self._papers.get(sorted(lacking))}
        return composed

    async def look_up(self, occasions: Sequence[Occasion]) -> None:
        """Look up together what passes the filters of these editions, where they are many."""
        lacking = await asyncio.to_thread(self._lacking, occasions)
        for since, filters in lacking.items():
            if len(filters) >= TOGETHER:
                found = await self._subscriptions.passing_all(filters, since, self._latest)
                self._passing |= {(text, since): passing for text, passing in found.items()}

    async def passing(self, filter_text: str, since: date) -> list[Passing]:
        """The papers listed since a day that pass a filter."""
        key = (filter_text, since)
        if key not in self._passing:
            query = self._query(filter_text)
            self._passing[key] = await self._subscriptions.passing(
                filter_text, query, sources_of(query), since, self._latest
            )
        if key not in self._ids:
            self._ids[key] = tuple(paper.paper_id for paper in self._passing[key])
        return self._passing[key]

    def first_passes(self, filter_text: str, since: date) -> tuple[str, ...]:
        """The papers that no edition saw pass before; named once, for whoever asks first."""
        key = (filter_text, since)
        if key in self._recorded:
            return ()
        self._recorded.add(key)
        return tuple(p.paper_id for p in self._passing[key] if p.passed_at is None)

    async def days(self, sources: frozenset[str], since: date) -> list[SourceDay]:
        """How the listing days of these sources stand, from a day up to now."""
        key = (sources, since)
        if key not in self._days:
            self._days[key] = [
                day
                for source in sorted(needed_sources(sources))
                for day in await self._pulls.days(source, since, listing_day(source, self.now))
            ]
        return self._days[key]

    @property
    def _latest(self) -> date:
        """A day that no list is ahead of: Hugging Face's day is at most one ahead of UTC's."""
        return self.now.date() + timedelta(days=1)

    def _query(self, filter_text: str) -> Query:
        return resolve(parse_query(filter_text), self.now.date())

    def _lacking(self, occasions: Sequence[Occasion]) -> dict[date, dict[str, Query]]:
        """The filters that are not known yet, by the first day that counts."""
        asked = {(o.subscription.filter, o.horizon) for o in occasions} - self._passing.keys()
        lacking: dict[date, dict[str, Query]] = {}
        for text, since in sorted(asked):
            lacking.setdefault(since, {})[text] = self._query(text)
        return lacking

    async def _histories(self, occasions: Sequence[Occasion]) -> Mapping[int, History]:
        wanted = [
            (o.subscription, o.day - CUT_DAYS, self._ids[o.subscription.filter, o.horizon])
            for o in occasions
        ]
        return await self._subscriptions.histories(wanted)

    async def _findings(
        self, occasion: Occasion, passing: Sequence[Passing], histories: Mapping[int, History]
    ) -> Findings:
        sources = sources_of(parse_query(occasion.subscription.filter))
        since = window_start(occasion)
        key = (sources, since)
        if key not in self._counts:
            self._counts[key] = await self._papers.count_listed(since, self._latest, sources)
        return Findings(
            passing,
            histories.get(occasion.subscription.id, History()),
            self._counts[key],
            days := await self.days(sources, since),
            missing_days(sources, days, since, self.now),
        )
