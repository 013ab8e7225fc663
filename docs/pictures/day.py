"""A day with Paperboy, as the pictures show it: the app by a clock that is turned, and its papers.

The papers are those of the sample edition, as if Hugging Face listed them: real papers, invented
votes and days. One more is made up.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from standins.messages import FIRST

from bot.announcements import listing_day
from bot.app import App, open_app
from bot.models import ARXIV, HUGGINGFACE, Batch, Pull, PullState
from bot.settings import Settings
from bot.sources.sample import SampleSource

MORNING = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)  # Wednesday, 09:00 in Berlin
DAY_BEFORE = timedelta(hours=20)  # from what is asked the day before to the morning
SINCE = timedelta(days=9)  # the sample's papers are of these days
SECOND = timedelta(seconds=1)
ZONE = "Europe/Berlin"
THUMBNAIL = "https://example.org/first-page.png"
ABSTRACT = (  # of the paper that is made up
    "We ask whether a model that rests between batches learns more than one that does not. Over "
    "nine flocks and three pastures, short naps after every thousandth sheep lower the loss by a "
    "tenth, while long ones undo it. The shepherd's own sleep made no difference."
)


class Day:
    """The app at a moment that is chosen; it begins the day before."""

    app: App

    def __init__(self) -> None:
        self.moment = MORNING - DAY_BEFORE

    def now(self) -> datetime:
        """The moment it is."""
        return self.moment

    async def before(self) -> None:
        """What was listed until now."""
        await self._list(listing_day(HUGGINGFACE, MORNING), newest=False)

    async def morning(self) -> None:
        """The next morning comes: with its papers, the digests and the alerts."""
        self.moment = MORNING
        await self._list(listing_day(HUGGINGFACE, MORNING), newest=True)
        await self.app.newsroom.post_due(MORNING, MORNING - SINCE)
        await self.app.jobs.bring_alerts()
        while await self.app.postman.send_waiting():
            self.moment += SECOND  # a channel may get one message a second
        self.moment = MORNING

    async def _list(self, day: date, *, newest: bool) -> None:
        """Hugging Face lists the sample's papers, those of its newest day or those before."""
        batch = await SampleSource().fetch(day - SINCE, day)
        days = {each: state for each, state in batch.days.items() if (each == day) == newest}
        sightings = [replace(s, source=HUGGINGFACE) for s in batch.sightings if s.day in days]
        ids = {each.paper_id for each in sightings}
        papers = [replace(p, thumbnail_url=THUMBNAIL) for p in batch.papers if p.id in ids]
        if newest:
            made_up = replace(FIRST.paper, abstract=ABSTRACT, thumbnail_url=THUMBNAIL)
            papers.append(made_up)
            sightings.append(
                replace(sightings[0], paper_id=made_up.id, day=day, upvotes=42, comments=3)
            )
        whole = Batch(
            HUGGINGFACE, min(days), max(days), tuple(papers), tuple(sightings), days, len(papers)
        )
        await self.app.store.papers.add(whole, self.now())
        for source, state in ((HUGGINGFACE, PullState.NEW), (ARXIV, PullState.QUIET)):
            await self._record(source, day, state, len(papers) if source == HUGGINGFACE else 0)
        await self.app.store.completions.refresh()

    async def _record(self, source: str, day: date, state: PullState, entries: int) -> None:
        """A pull of a source has ended."""
        now = self.now()
        await self.app.store.pulls.record(
            Pull(source, day, day, now, now, state, entries, new=entries)
        )


@asynccontextmanager
async def open_day() -> AsyncIterator[Day]:
    """A day of its own, over a store of its own."""
    day = Day()
    with tempfile.TemporaryDirectory(prefix="paperboy-", ignore_cleanup_errors=True) as folder:
        settings = Settings(
            _env_file=None, paperboy_home=Path(folder), default_zone=ZONE, embedding_model="off"
        )
        async with open_app(settings, sample=True, clock=day.now) as day.app:
            yield day
