"""What runs when: a handful of APScheduler jobs, no logic, no job per subscription (DESIGN §2)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.alerting import Bundler
from bot.announcements import calendar_warning, listing_day
from bot.delivery import Postman
from bot.editions import Newsroom
from bot.errors import BotError
from bot.ingest import ABSENCE, Ingest
from bot.models import ARXIV, HUGGINGFACE, Subscription
from bot.ports import Clock, Store
from bot.schedules import next_due

LEASE = timedelta(seconds=60)  # a process that was killed is replaced within this
RENEW_SECONDS = 20
PULL_MINUTES = 15
FRESH = timedelta(minutes=5)  # votes younger than this are not asked for again before an edition
REFRESH_SECONDS = 20  # then the editions go out that need none of the sources still under way
BACKFILL_SECONDS = 30
WORDS_SECONDS = 300  # how far the words and names that are offered lag behind the papers
FIRST_WORDS = timedelta(seconds=60)  # the first pulls are over by then
BACKFILL_STINT = timedelta(seconds=25)
BACKFILL_PAUSE_SECONDS = 0.6  # leaves most of Hugging Face's 500 requests in 5 minutes to the day
VECTORS_SECONDS = 30
LONGEST_GAP = timedelta(days=8)  # no schedule is further off; the clock was ahead when it was made
CLOCK_JUMP = timedelta(minutes=2)
# A tick that comes an hour late still finds everything that is due: the schedule is in the store.
MISFIRE_GRACE_SECONDS = 3600

log = structlog.get_logger()


class KeepVectors(Protocol):
    """Keeps the vectors of this process up to date; with `fill` it also makes some that lack."""

    async def __call__(self, *, fill: bool) -> object:
        """Work for less than the time between two runs."""
        ...


class Jobs:
    """The clockwork of the one process that holds the `scheduler` lease.

    A second process on the same store (started by mistake, or at a deploy) runs this too, does
    nothing but ask for the lease, and takes over when it ends. `steady` counts seconds that no
    change of the wall clock touches.
    """

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        newsroom: Newsroom,
        bundler: Bundler,
        postman: Postman,
        *,
        keep_vectors: KeepVectors,
        holder: str,
        clock: Clock,
        steady: Callable[[], float] = time.monotonic,
        backups: Path | None = None,
        backup_days: int = 0,
        retention: timedelta = timedelta(days=90),
        ledger: timedelta = timedelta(days=730),
    ) -> None:
        self._store = store
        self._ingest = ingest
        self._newsroom = newsroom
        self._bundler = bundler
        self._postman = postman
        self._keep_vectors = keep_vectors
        self._holder = holder
        self._clock = clock
        self._backups = backups
        self._backup_days = backup_days
        self._retention = retention
        self._ledger = ledger
        self._serving_since: datetime | None = None
        self._refreshing: dict[str, asyncio.Task[None]] = {}
        self.steady = steady
        self._clock_check = (clock(), steady())

    async def run(self) -> None:
        """Run the jobs until cancelled, then give the lease back."""
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            executors={"default": AsyncIOExecutor()},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": MISFIRE_GRACE_SECONDS,
            },
        )
        await self.hold_lease()
        self._add(scheduler)
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
            await asyncio.shield(self._store.leases.release("scheduler", self._holder))

    def _add(self, scheduler: AsyncIOScheduler) -> None:
        now = datetime.now(UTC)  # APScheduler reads the clock itself
        minutely = CronTrigger(second=0, timezone=UTC)  # UTC has no clock changes to trip over
        nightly = CronTrigger(hour=3, minute=17, jitter=600, timezone=UTC)
        pulls = IntervalTrigger(minutes=PULL_MINUTES, jitter=30, timezone=UTC)
        scheduler.add_job(self.hold_lease, IntervalTrigger(seconds=RENEW_SECONDS, timezone=UTC))
        for name in self._ingest.sources:
            job = self._led(partial(self.pull, name))
            scheduler.add_job(job, pulls, id=f"pull {name}", next_run_time=now)
        scheduler.add_job(self._led(self.post_due), minutely, id="post due")
        scheduler.add_job(self._led(self.bring_alerts), minutely, id="bring alerts")
        scheduler.add_job(
            self._led(self.backfill),
            IntervalTrigger(seconds=BACKFILL_SECONDS, timezone=UTC),
            id="backfill",
        )
        scheduler.add_job(
            self._led(self._store.completions.refresh),
            IntervalTrigger(seconds=WORDS_SECONDS, timezone=UTC),
            id="keep words",
            next_run_time=now + FIRST_WORDS,
        )
        scheduler.add_job(
            self._guarded(self.keep_vectors),
            IntervalTrigger(seconds=VECTORS_SECONDS, timezone=UTC),
            id="keep vectors",
        )
        scheduler.add_job(self._led(self.keep_house), nightly, id="keep house")
        scheduler.add_job(self._led(self.mend_schedule), None, id="mend schedule")

    def _led(self, job: Callable[[], Awaitable[object]]) -> Callable[[], Coroutine[Any, Any, None]]:
        """The job, run only where this process holds the lease."""

        async def run_leading() -> None:
            if self._serving_since is not None:
                await job()

        return self._guarded(run_leading)

    def _guarded(
        self, job: Callable[[], Awaitable[object]]
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        """The job, whose faults are logged, never fatal."""

        async def run() -> None:
            try:
                await job()
            except asyncio.CancelledError:
                # Paperboy is told to stop: APScheduler would log that with a traceback.
                log.info("a job was broken off")
            except BotError as error:
                log.error("a job failed", reason=str(error))
            except Exception:
                log.exception("a job failed here")

        return run

    async def hold_lease(self) -> None:
        """Take or renew the lease on the schedule."""
        now = self._clock()
        try:
            leading = await self._store.leases.hold("scheduler", self._holder, now, LEASE)
        except BotError as error:
            log.error("the lease can't be renewed", reason=str(error))
            return
        if leading and self._serving_since is None:
            self._serving_since = now
            log.info("keeping the schedule", holder=self._holder)
        elif not leading and self._serving_since is not None:
            self._serving_since = None
            log.warning("another process keeps the schedule now")

    async def pull(self, name: str) -> None:
        """Pull what is recent; with arXiv come the categories that Hugging Face's papers lack."""
        await self._ingest.pull_recent(name, self._clock() - FRESH)
        if name == ARXIV:
            # What is being listed just now is to have its categories before it is matched.
            if picks := self._refreshing.get(HUGGINGFACE):
                await asyncio.wait({picks})
            await self._ingest.enrich(listing_day(HUGGINGFACE, self._clock()) - ABSENCE)

    async def post_due(self) -> None:
        """Make the editions that are due, with votes as they are now."""
        await self._watch_clock()
        now = self._clock()
        if not await self._store.subscriptions.due(now, 1):
            return
        late = await self._refresh()
        since = self._serving_since or now
        written = await self._newsroom.post_due(self._clock(), since, late)
        if written:
            log.info("editions made", count=written)
            self._postman.ring()

    async def bring_alerts(self) -> None:
        """Bring people what their alerts caught. No source is asked first: what is caught later
        comes later.
        """
        brought = await self._bundler.bring_due(self._clock())
        if brought:
            log.info("alerts brought", people=brought)
            self._postman.ring()

    async def backfill(self) -> None:
        """Fill the archive, newest first, for a while; what is left goes on at the next stint."""
        until = self._clock() + BACKFILL_STINT
        names = list(self._ingest.sources)
        while names and self._clock() < until:
            for name in list(names):
                step = await self._ingest.backfill_step(name)
                if step is None or step.pull.problem:
                    names.remove(name)
            await asyncio.sleep(BACKFILL_PAUSE_SECONDS)
        if not names:
            await self._ingest.enrich(date.min, batches=3)

    async def keep_vectors(self) -> None:
        """Take in new vectors; the one that leads makes those that papers lack."""
        await self._keep_vectors(fill=self._serving_since is not None)

    async def keep_house(self) -> None:
        """Back up, forget what is old, warn before the holiday calendar ends."""
        now = self._clock()
        if self._backups is not None and self._backup_days:
            await self._back_up(self._backups, now)
        await self._store.keeper.prune(now, self._retention, self._ledger)
        await self.mend_schedule()
        if warning := calendar_warning(now.date()):
            log.warning("calendar", reason=warning)

    async def mend_schedule(self) -> None:
        """Bring back hours that were worked out while the clock was far ahead."""
        now = self._clock()
        for subscription in await self._store.subscriptions.overlong(now + LONGEST_GAP):
            await self._store.subscriptions.revise(subscription.id, partial(_rescheduled, now=now))
            log.warning("schedule mended", subscription=subscription.id)
        if people := await self._store.alerts.mend_hours(now):
            log.warning("alerts mended", people=people)

    async def _refresh(self) -> frozenset[str]:
        """Pull every source that was not pulled in the last minutes; returns those that are still
        under way after a while. They go on: one that hangs holds up only what needs it.
        """
        for name in self._ingest.sources:
            task = self._refreshing.get(name)
            if task is None or task.done():
                self._refreshing[name] = asyncio.create_task(self._led(partial(self.pull, name))())
        _, late = await asyncio.wait(self._refreshing.values(), timeout=REFRESH_SECONDS)
        return frozenset(name for name, task in self._refreshing.items() if task in late)

    async def _watch_clock(self) -> None:
        """Say it when the wall clock jumps, and mend what it would leave behind."""
        wall, steady = self._clock_check
        now, ticks = self._clock(), self.steady()
        self._clock_check = (now, ticks)
        jump = (now - wall) - timedelta(seconds=ticks - steady)
        if abs(jump) > CLOCK_JUMP:
            log.warning("the clock jumped", minutes=round(jump.total_seconds() / 60))
            await self.mend_schedule()

    async def _back_up(self, folder: Path, now: datetime) -> None:
        target = folder / f"papers-{now:%Y-%m-%d}.db"
        if await asyncio.to_thread(_make_room, folder, target, self._backup_days):
            await self._store.keeper.backup(str(target))


def _rescheduled(subscription: Subscription, now: datetime) -> Subscription:
    hour, zone, weekdays = subscription.hour, subscription.zone, subscription.weekdays
    return replace(subscription, next_due_at=next_due(now, hour, zone, weekdays))


def _make_room(folder: Path, target: Path, keep: int) -> bool:
    """Drop the oldest backups so that `keep` remain with the new one; False if it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return False
    for old in sorted(folder.glob("papers-????-??-??.db"))[: 1 - keep or None]:
        old.unlink()
    return True
