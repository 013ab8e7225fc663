"""Hugging Face Daily Papers: the people's picks, day by day."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.announcements import empty_state, listing_day
from bot.errors import SourceError
from bot.models import HUGGINGFACE, Batch, Paper, PullState, Sighting
from bot.ports import Clock
from bot.sources.client import Answer, PoliteClient
from bot.sources.daily_papers import parse_daily_papers
from bot.sources.fields import Parsed

FIRST_DAY = date(2023, 5, 4)  # the first Daily Papers ever (UPSTREAM)
PAGE_SIZE = 100  # the most that `limit` takes; the default of 50 cuts large days off
MAX_PAGES = 20  # 2,000 papers; the largest day so far had about 50
FAILURES_TO_STOP = 2  # days in a row without an answer: the service is down


@dataclass(slots=True)
class _Day:
    """One day as far as it was read. Papers by id: a list may grow between two pages."""

    papers: dict[str, Paper] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    malformed: int = 0
    answered: bool = False
    early: bool = False
    problem: str = ""

    def add(self, page: Parsed) -> None:
        self.answered = True
        self.malformed += page.malformed
        self.papers |= {paper.id: paper for paper in page.papers}
        self.sightings |= {sighting.paper_id: sighting for sighting in page.sightings}

    def state(self, day: date, now: datetime) -> PullState:
        if not self.answered:
            return PullState.BROKEN
        if self.problem or self.malformed:
            return PullState.PARTIAL
        if self.papers:
            return PullState.NEW
        return empty_state(HUGGINGFACE, day, now) if not self.early else PullState.QUIET


class HuggingFace:
    """Daily Papers over HTTP; a `Source`."""

    name = HUGGINGFACE

    def __init__(self, client: PoliteClient, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def fetch(self, since: date, until: date) -> Batch:
        """The papers listed from `since` to `until`, newest day first.

        Days that can't be are left out. Where the service is down, the days not asked for are
        BROKEN. Raises SourceError where nothing at all was answered.
        """
        now = self._clock()
        first, last = max(since, FIRST_DAY), min(until, listing_day(HUGGINGFACE, now))
        days: dict[date, _Day] = {}
        failures = 0
        for back in range((last - first).days + 1):
            day = last - timedelta(days=back)
            if failures >= FAILURES_TO_STOP:
                days[day] = _Day(problem="not asked, the service is down")
                continue
            days[day] = await self._day(day, now)
            failures = 0 if days[day].answered else failures + 1
        if days and not any(found.answered for found in days.values()):
            raise SourceError(days[last].problem)
        return _batch(since, until, days, now)

    async def _day(self, day: date, now: datetime) -> _Day:
        found = _Day()
        for page in range(MAX_PAGES):
            try:
                answer = await self._ask(day, page)
                if answer.status == 400 and day >= listing_day(HUGGINGFACE, now) and not page:
                    found.answered = found.early = True  # its clock is a little behind ours
                    return found
                answer, parsed = await self._read(answer, day, page)
            except SourceError as error:
                found.problem = str(error)
                return found
            found.add(parsed)
            if not _has_next(answer, parsed.entries):
                return found
        found.problem = f"Hugging Face lists more than {MAX_PAGES * PAGE_SIZE} papers"
        return found

    async def _ask(self, day: date, page: int) -> Answer:
        params = {"date": day.isoformat(), "limit": str(PAGE_SIZE)}
        return await self._client.get(
            "/api/daily_papers", {**params, "p": str(page)} if page else params
        )

    async def _read(self, answer: Answer, day: date, page: int) -> tuple[Answer, Parsed]:
        if answer.status != 200:
            raise SourceError(f"Hugging Face answered {answer.status}")
        try:
            return answer, await asyncio.to_thread(parse_daily_papers, answer.body, day)
        except SourceError:  # half an answer, or a page of excuses: mostly whole when asked again
            answer = await self._ask(day, page)
        return answer, await asyncio.to_thread(parse_daily_papers, answer.body, day)


def _has_next(answer: Answer, entries: int) -> bool:
    if "link" in answer.headers:
        return 'rel="next"' in answer.headers["link"] and entries > 0
    return entries >= PAGE_SIZE


def _batch(since: date, until: date, days: dict[date, _Day], now: datetime) -> Batch:
    papers: dict[str, Paper] = {}
    for found in days.values():  # newest first: of a paper on two days the newer account stays
        papers = found.papers | papers
    return Batch(
        HUGGINGFACE,
        since,
        until,
        papers=tuple(papers.values()),
        sightings=tuple(seen for found in days.values() for seen in found.sightings.values()),
        days={day: found.state(day, now) for day, found in days.items()},
        entries=sum(len(found.sightings) + found.malformed for found in days.values()),
        malformed=sum(found.malformed for found in days.values()),
        problems=tuple(
            dict.fromkeys(f"{day}: {found.problem}" for day, found in days.items() if found.problem)
        ),
    )
