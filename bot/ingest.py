"""Use case: sources → store → what changed. Every pull ends in a named state, kept in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import structlog

from bot.announcements import FIRST_DAYS, is_listing_day, listing_day, previous_listing_days
from bot.errors import SourceError
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    Batch,
    ListedPaper,
    Pull,
    PullState,
)
from bot.ports import Clock, PaperStore, PullLog, Source
from bot.repeats import without_repeat
from bot.verdicts import LOST, judge, nothing, sum_up

log = structlog.get_logger()

RECENT = timedelta(days=7)  # lists still grow and votes move: re-pulled at every pull
OVERLAP = timedelta(days=2)  # the last list before an absence had not ended growing
ABSENCE = timedelta(days=31)  # further back is the backfill's, newest first
FIRST_LISTING_DAYS = 7  # pulled first where there is nothing yet
ARXIV_BACKFILL = timedelta(days=30)
RECHECK = timedelta(days=1)  # a day that can't be had completely is asked for again so often
ASK_AGAIN = timedelta(hours=6)  # arXiv may index a paper after Hugging Face lists it
ASK_PARTS_AGAIN = timedelta(hours=1)  # a past announcement that came only in part
ID_BATCH = 100  # ids in one request to arXiv's API
CHUNK = timedelta(days=7)  # a long absence is pulled in pieces, so that each piece is kept


class PaperLookup(Protocol):
    """arXiv's answers about papers named by id."""

    async def by_ids(self, ids: Collection[str]) -> Batch:
        """The papers with these ids, without sightings. Raises SourceError."""
        ...


@dataclass(frozen=True, slots=True)
class Backfilled:
    """One step of a backfill: the day that was pulled, and how that ended."""

    source: str
    day: date
    pull: Pull


class Ingest:
    """Pulls sources into the store; implements the port `Librarian`.

    `archives` are those of arXiv that are pulled in any case.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        lookup: PaperLookup | None,
        papers: PaperStore,
        pulls: PullLog,
        clock: Clock,
        *,
        archives: Collection[str] = (),
    ) -> None:
        self.sources = sources
        self._lookup = lookup
        self._papers = papers
        self._pulls = pulls
        self._clock = clock
        self._archives = frozenset(archives)
        # One pull of a source at a time: the job, a refresh and a command may ask together.
        self._turns = {name: asyncio.Lock() for name in sources}

    async def pull(self, name: str, since: date, until: date) -> Pull:
        """Pull one source for a span of days and keep what came; never raises SourceError."""
        async with self._turns[name]:
            return await self._pull(name, since, until)

    async def pull_recent(self, name: str, fresh_after: datetime | None = None) -> Pull | None:
        """Pull what may have changed: the last 7 days, and all since the last complete pull.

        With `fresh_after`, nothing is done (None) where such a pull began after it: several
        editions due together refresh once.
        """
        async with self._turns[name]:
            if fresh_after and await self._is_fresh(name, fresh_after):
                return None
            return await self._pull_span(name, await self._recent_span(name))

    async def backfill_step(self, name: str) -> Backfilled | None:
        """Pull the newest listing day that is missing; None where nothing is."""
        day = await self._missing_day(name)
        if day is None:
            return None
        return Backfilled(name, day, await self.pull(name, day, day))

    async def enrich(self, since: date, batches: int = 10) -> int:
        """Ask arXiv for the categories of papers listed since a day; returns how many came.

        A fault ends it quietly: it delays only what asks for `cat:` (DESIGN §2).
        """
        found = 0
        for _ in range(batches if self._lookup else 0):
            now = self._clock()
            ids = await self._papers.lacking_categories(since, now - ASK_AGAIN, ID_BATCH)
            if not ids or not await self._enrich_batch(ids):
                break
            found += len(ids)
        return found

    async def look_up(self, paper_id: str, at: datetime) -> ListedPaper | None:
        """One paper by its id, from the store, else from arXiv, kept from then on."""
        known = await self._papers.get([paper_id])
        if known or self._lookup is None:
            return known[0] if known else None
        await self._papers.add(await self._lookup.by_ids([paper_id]), at)
        found = await self._papers.get([paper_id])
        return found[0] if found else None

    async def want_archives(self, names: Collection[str], at: datetime) -> list[str]:
        """Pull these archives from now on; returns those that were not pulled before.

        The store marks arXiv's last 7 days as missing, so the next pull brings them.
        """
        return await self._pulls.add_archives(set(names) - self._archives, at)

    async def _enrich_batch(self, ids: list[str]) -> bool:
        try:
            batch = await self._lookup.by_ids(ids) if self._lookup else None
        except SourceError as error:
            log.warning("categories wait", reason=str(error), papers=len(ids))
            return False
        if batch is not None:
            await self._papers.add(batch, self._clock())
        await self._papers.mark_asked(ids, self._clock())
        return True

    async def _is_fresh(self, name: str, after: datetime) -> bool:
        """Whether the latest pull began after that moment, and asked for every archive."""
        latest = await self._pulls.latest(name)
        if latest is None:
            return False
        if name == ARXIV:
            after = max([after, *(await self._pulls.archives()).values()])
        # One that is still to come was made by a clock that has been set back since.
        return after < latest.started_at <= self._clock()

    async def _recent_span(self, name: str) -> tuple[date, date]:
        now = self._clock()
        until = listing_day(name, now)
        complete = await self._pulls.last_complete(name)
        since = min(until - RECENT, await self._first_gap(name, until))
        if complete is not None:
            since = min(since, complete.date())
        else:  # the first minute: enough for what last week would have brought
            since = min(since, previous_listing_days(name, until, FIRST_LISTING_DAYS)[-1])
        since = max(since, until - ABSENCE, FIRST_DAYS.get(name, date.min))
        return (await self._first_missing(name, since, until) if name == ARXIV else since), until

    async def _first_gap(self, name: str, until: date) -> date:
        """The first of the last 31 days that an absence or a fault left out. The log of pulls does
        not tell: a piece of a long pull, or a step of the backfill, is complete in itself.
        """
        days = await self._pulls.days(name, date.min, until)
        had = {d.day for d in days if d.complete_at or d.state not in LOST}
        # Before the first day that was had everything is the backfill's.
        day = max(min(had, default=until), until - ABSENCE)
        while day < until and day in had:
            day += timedelta(days=1)
        return day - OVERLAP

    async def _first_missing(self, name: str, since: date, until: date) -> date:
        """ArXiv's past announcements do not change: from the first one that was not had."""
        now = self._clock()
        days = await self._pulls.days(name, since, until)
        had = {
            d.day for d in days if d.complete_at or _is_younger(d.checked_at, ASK_PARTS_AGAIN, now)
        }
        day = since
        while day < until and (day in had or not is_listing_day(name, day)):
            day += timedelta(days=1)
        return day

    async def _pull_span(self, name: str, span: tuple[date, date]) -> Pull:
        """Pull a span in pieces, the newest first, and sum them up."""
        since, until = span
        total: Pull | None = None
        while total is None or until >= since:
            start = max(since, until - CHUNK)
            piece = await self._pull(name, start, until)
            total = piece if total is None else sum_up(total, piece)
            until = start - timedelta(days=1)
            if piece.state is PullState.BROKEN:
                break
        return total

    async def _pull(self, name: str, since: date, until: date) -> Pull:
        started = self._clock()
        try:
            batch = await self.sources[name].fetch(since, until)
        except SourceError as error:
            batch = nothing(name, since, until, started, str(error))
        batch = await without_repeat(batch, self._papers, started)
        ingested = await self._papers.add(batch, self._clock())
        pull = judge(batch, ingested, started, self._clock())
        await self._pulls.record(pull)
        log.info(
            "pulled",
            source=name,
            since=str(since),
            until=str(until),
            state=str(pull.state),
            new=pull.new,
            entries=pull.entries,
            **({"problem": pull.problem} if pull.problem else {}),
        )
        return pull

    async def _missing_day(self, name: str) -> date | None:
        now = self._clock()
        newest = listing_day(name, now) - timedelta(days=1)
        first = FIRST_DAYS.get(name, newest - ARXIV_BACKFILL)
        known = {day.day: day for day in await self._pulls.days(name, date.min, newest)}
        # What was once reached stays reached: a long absence leaves no hole behind it.
        first = min([first, *known])
        day = newest
        while day >= first:
            there = known.get(day)
            asked = there is not None and _is_younger(there.checked_at, RECHECK, now)
            # Hugging Face lists a few papers on weekends too, so every day of it is asked for.
            expected = name == HUGGINGFACE or is_listing_day(name, day)
            if expected and not asked and not (there and there.complete_at):
                return day
            day -= timedelta(days=1)
        return None


def _is_younger(moment: datetime, span: timedelta, now: datetime) -> bool:
    """Whether `moment` is less than `span` ago; one still to come was no moment of this clock."""
    return timedelta(0) <= now - moment < span
