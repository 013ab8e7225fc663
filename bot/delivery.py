"""Use case: claim → send → record. Each platform message is sent once (DESIGN §3)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from random import Random

import structlog

from bot.attempts import Attempts, Sleep, spacing_of
from bot.errors import StoreError
from bot.messages import Message
from bot.models import Channel, Delivery, Layout
from bot.ports import (
    AlertStore,
    Clock,
    Connects,
    DeliveryLog,
    Paced,
    Platform,
    SubscriptionStore,
)

LEASE = timedelta(seconds=60)
RENEW_EVERY = timedelta(seconds=20)
AT_ONCE = 32  # sends of a platform under way together, where it names no number of its own
IDLE = 5.0  # seconds between looks at the outbox when nobody rings
# Seconds between two looks: what is freed meanwhile is claimed together. A claim costs about 2 ms,
# however much it takes.
LOOKS_APART = 0.02

log = structlog.get_logger()


@dataclass(slots=True)
class _Round:
    """What a postman has in hand on one platform, and when it looks there again.

    `due_at` is a heap of moments at which more may be due; `looked_at` is in seconds that no change
    of the wall clock touches.
    """

    under_way: dict[int, asyncio.Task[datetime]] = field(default_factory=dict)
    due_at: list[datetime] = field(default_factory=list)
    looked_at: float = 0.0
    is_rung: bool = True

    def seconds_left(self, now: datetime) -> float:
        """Until it is to look again; 0 or less: at once."""
        left = self.looked_at + IDLE - time.monotonic()
        if self.due_at:
            left = min(left, (self.due_at[0] - now).total_seconds())
        return 0.0 if self.is_rung else left

    def looks(self, now: datetime) -> None:
        """It looks just now."""
        self.looked_at, self.is_rung = time.monotonic(), False
        while self.due_at and self.due_at[0] <= now:
            heappop(self.due_at)


class Postman:
    """Empties the outbox. `holder` names this process among those that share a store."""

    def __init__(
        self,
        deliveries: DeliveryLog,
        subscriptions: SubscriptionStore,
        alerts: AlertStore,
        platforms: Mapping[str, Platform],
        *,
        holder: str,
        clock: Clock,
        random: Random | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._deliveries = deliveries
        self._platforms = platforms  # filled while the app is put together
        self._attempts = Attempts(
            deliveries,
            subscriptions,
            alerts,
            platforms,
            clock=clock,
            random=random,
            sleep=sleep,
        )
        self._holder = holder
        self._clock = clock
        self._sleep = sleep
        self._rounds: dict[str, _Round] = {}
        self._taking_up: asyncio.Task[None] | None = None
        self._bell = asyncio.Event()

    @property
    def stopped(self) -> Mapping[str, str]:
        """By platform why nothing is sent there any more."""
        return self._attempts.stopped

    def ring(self, at: datetime | None = None) -> None:
        """Something was put in the outbox: look now, or at a moment."""
        for each in self._rounds.values():
            if at is None:
                each.is_rung = True
            else:
                heappush(each.due_at, at)
        self._bell.set()

    async def run(self) -> None:
        """Send what waits until cancelled; what is under way then is finished first."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                try:
                    await self._look()
                except StoreError as error:
                    log.error("the outbox can't be read", reason=str(error))
                    await self._sleep(IDLE)
        finally:
            renewing.cancel()
            await asyncio.shield(self._finish())

    async def send_waiting(self) -> int:
        """Send all that is due now, at the pace of its platform; returns how many were tried."""
        tried, pause = 0, timedelta(0)
        while True:
            claimed = [each for name in self._open() for each in await self._claim(name)]
            tried += len(claimed)
            await asyncio.gather(*(self._attempts.deliver(delivery) for delivery in claimed))
            if not claimed and not pause:
                return tried
            if not claimed:
                await self._sleep(pause.total_seconds())
            pause = max((self._spacing(each) for each in claimed), default=timedelta(0))

    async def _look(self) -> None:
        """Take up what is due, and wait until more may be."""
        self._bell.clear()
        # Told to stop in between, what the store claims for us must not lie until its lease ends.
        self._taking_up = asyncio.create_task(self._take_up())
        await asyncio.shield(self._taking_up)
        await self._sleep(LOOKS_APART)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience()):
                await self._bell.wait()

    def _patience(self) -> float:
        """Seconds until the next look, if nobody rings."""
        now = self._clock()
        rounds = [self._round(name) for name in self._platforms if self._room(name)]
        return max(min((each.seconds_left(now) for each in rounds), default=IDLE), 0.0)

    async def _take_up(self) -> None:
        """Claim what is due on each platform that is to be looked at, and begin to send it."""
        names, now = self._open(), self._clock()
        for name in self._platforms:
            each = self._round(name)
            if each.seconds_left(now) > 0 or not self._room(name):
                continue
            each.looks(now)
            if name in names:
                for delivery in await self._claim(name):
                    self._begin(name, delivery)

    def _begin(self, name: str, delivery: Delivery) -> None:
        task = asyncio.create_task(self._attempts.deliver(delivery))
        self._round(name).under_way[delivery.id] = task
        task.add_done_callback(partial(self._done, name, delivery.id))

    def _done(self, name: str, number: int, task: asyncio.Task[datetime]) -> None:
        each = self._round(name)
        each.under_way.pop(number, None)
        each.is_rung = True
        if not task.cancelled():
            if error := task.exception():
                log.error("delivering failed here", delivery=number, exc_info=error)
            else:
                heappush(each.due_at, task.result())
        self._bell.set()

    async def _finish(self) -> None:
        if self._taking_up:
            with contextlib.suppress(StoreError):
                await self._taking_up
        if under_way := self._under_way():
            await asyncio.wait(under_way.values(), timeout=10)

    async def _renew(self) -> None:
        while True:
            await self._sleep(RENEW_EVERY.total_seconds())
            if under_way := self._under_way():
                with contextlib.suppress(StoreError):
                    until = self._clock() + LEASE
                    await self._deliveries.renew(list(under_way), self._holder, until)

    def _under_way(self) -> dict[int, asyncio.Task[datetime]]:
        return {number: t for each in self._rounds.values() for number, t in each.under_way.items()}

    def _open(self) -> Collection[str]:
        """The platforms that can be sent to: what can't even be tried must not use up its tries,
        and an outage may last for hours.
        """
        return {
            name
            for name, platform in self._platforms.items()
            if name not in self.stopped
            and (not isinstance(platform, Connects) or platform.connected)
        }

    def _room(self, name: str) -> int:
        """How many more may be sent on a platform; those of another take none of it."""
        platform = self._platforms[name]
        at_once = platform.at_once if isinstance(platform, Paced) else AT_ONCE
        return max(at_once - len(self._round(name).under_way), 0)

    def _round(self, name: str) -> _Round:
        return self._rounds.setdefault(name, _Round())

    def _spacing(self, delivery: Delivery) -> timedelta:
        return spacing_of(self._platforms[delivery.channel.platform])

    async def _claim(self, name: str) -> list[Delivery]:
        return await self._deliveries.claim(
            [name], self._holder, self._clock(), LEASE, self._room(name)
        )


class Messenger:
    """Sends what somebody asked for: implements the port `Courier`."""

    def __init__(
        self,
        deliveries: DeliveryLog,
        platforms: Mapping[str, Platform],
        clock: Clock,
        ring: Callable[[datetime], None],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._deliveries = deliveries
        self._platforms = platforms  # filled while the app is put together
        self._clock = clock
        self._ring = ring
        self._sleep = sleep

    async def prove(self, channel: Channel, message: Message, key: str) -> None:
        """Send the message now, past the outbox. Raises DeliveryError."""
        platform = self._platforms[channel.platform]
        rest = spacing_of(platform)
        for payload in platform.pack(message):
            if rest:
                now = self._clock()
                turn = await self._deliveries.take_turn(channel, now, rest)
                await self._sleep((turn - now).total_seconds())
            await platform.send(channel, payload, key, "")
            if rest:
                until = self._clock() + rest
                with contextlib.suppress(StoreError):  # it is sent: that counts
                    await self._deliveries.let_rest(channel, until)
                self._ring(until)

    async def post(self, channel: Channel, message: Message, key: str) -> None:
        """Put the message in the outbox; a key that was posted before is left as it is."""
        payloads = self._platforms[channel.platform].pack(message)
        now = self._clock()
        threaded = message.layout is Layout.THREAD
        await self._deliveries.enqueue(channel, key, payloads, now, threaded=threaded)
        self._ring(now)
