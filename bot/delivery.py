"""Use case: claim → send → record. Each platform message is sent once (DESIGN §3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TypeVar

import structlog

from bot.errors import (
    ChannelGoneError,
    CredentialsError,
    DeliveryError,
    RenderError,
    StoreError,
    TemporaryDeliveryError,
)
from bot.messages import Message
from bot.models import DIRECT, Channel, Delivery, Subscription, User
from bot.notices import Notices
from bot.ports import (
    AlertStore,
    Clock,
    Connects,
    DeliveryLog,
    Platform,
    Recalls,
    SubscriptionStore,
)

LEASE = timedelta(seconds=60)
RENEW_EVERY = timedelta(seconds=20)
GIVE_UP_AFTER = timedelta(hours=24)
MAX_TRIES = 12
# 5 s, 15 s, 45 s … 3 h: twelve tries span about 16 hours, so an outage of an evening is outlived.
FIRST_WAIT = timedelta(seconds=5)
WAIT_FACTOR = 3
LONGEST_WAIT = timedelta(hours=3)
KEYS_REMEMBERED = timedelta(minutes=2)  # by any platform that knows keys (DESIGN §3)
AT_ONCE = 32  # sends under way together; a platform's own pacer stands behind
IDLE = 5.0  # seconds between looks at the outbox when nobody rings

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
log = structlog.get_logger()


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
        self._subscriptions = subscriptions
        self._alerts = alerts
        self._platforms = platforms  # filled while the app is put together
        self._notices = Notices(deliveries, subscriptions, platforms)
        self._holder = holder
        self._clock = clock
        self._random = random or Random()  # noqa: S311 - it spreads retries, it guards nothing
        self._sleep = sleep
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._taking_up: asyncio.Task[None] | None = None
        self._bell = asyncio.Event()
        self.stopped: dict[str, str] = {}

    def ring(self) -> None:
        """Something was put in the outbox: look now."""
        self._bell.set()

    async def run(self) -> None:
        """Send what waits until cancelled; what is under way then is finished first."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                try:
                    await self._round()
                except StoreError as error:
                    log.error("the outbox can't be read", reason=str(error))
                    await self._sleep(IDLE)
        finally:
            renewing.cancel()
            await asyncio.shield(self._finish())

    async def send_waiting(self) -> int:
        """Send all that is due now and return how many were tried."""
        tried = 0
        while claimed := await self._claim(AT_ONCE):
            tried += len(claimed)
            await asyncio.gather(*(self._deliver(delivery) for delivery in claimed))
        return tried

    async def _round(self) -> None:
        self._bell.clear()
        # Told to stop in between, what the store claims for us must not lie until its lease ends.
        self._taking_up = asyncio.create_task(self._take_up())
        await asyncio.shield(self._taking_up)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE):
                await self._bell.wait()

    async def _take_up(self) -> None:
        """Claim what is due, and begin to send it."""
        room = AT_ONCE - len(self._under_way)
        for delivery in await self._claim(room) if room else []:
            task = asyncio.create_task(self._deliver(delivery))
            self._under_way[delivery.id] = task
            task.add_done_callback(partial(self._done, delivery.id))

    def _done(self, number: int, task: asyncio.Task[None]) -> None:
        self._under_way.pop(number, None)
        if not task.cancelled() and task.exception():
            log.error("delivering failed here", delivery=number, exc_info=task.exception())
        self.ring()

    async def _finish(self) -> None:
        if self._taking_up:
            with contextlib.suppress(StoreError):
                await self._taking_up
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=10)

    async def _renew(self) -> None:
        while True:
            await self._sleep(RENEW_EVERY.total_seconds())
            if self._under_way:
                with contextlib.suppress(StoreError):
                    await self._deliveries.renew(
                        list(self._under_way), self._holder, self._clock() + LEASE
                    )

    async def _claim(self, limit: int) -> list[Delivery]:
        # What can't even be tried must not use up its tries: an outage may last for hours.
        open_platforms = {
            name
            for name, platform in self._platforms.items()
            if name not in self.stopped
            and (not isinstance(platform, Connects) or platform.connected)
        }
        if not open_platforms:
            return []
        return await self._deliveries.claim(
            open_platforms, self._holder, self._clock(), LEASE, limit
        )

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            reference = await self._send(delivery)
        except ChannelGoneError as error:
            await self._close_channel(delivery, error)
        except CredentialsError as error:
            await self._stop_platform(delivery, error)
        except RenderError as error:
            reason = f"refused as plain text too: {error}"
            await self._record(lambda: self._deliveries.fail(delivery, reason, self._clock()))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not lose the message
            await self._later(delivery, error)
        else:
            await self._record(lambda: self._deliveries.sent(delivery, reference, self._clock()))

    async def _record(self, write: Callable[[], Awaitable[T]]) -> T:
        """Write what became of a message, however long the store can't: a full disk must not make
        a sent message look unsent.
        """
        while True:
            try:
                return await write()
            except StoreError as error:
                log.error("what was sent can't be recorded yet", reason=str(error))
                await self._sleep(IDLE)

    async def _send(self, delivery: Delivery) -> str:
        """Send one message; where the platform refuses its form, as plain text."""
        platform, payload = self._platforms[delivery.channel.platform], delivery.payload
        if reference := await self._recalled(platform, delivery):
            log.info("found again what was sent before", key=delivery.key)
            return reference
        try:
            return await platform.send(delivery.channel, payload, delivery.key, delivery.reply_to)
        except RenderError as error:
            log.error("sent as plain text", key=delivery.key, reason=str(error), body=payload.body)
            plain = replace(payload, body="")
            return await platform.send(delivery.channel, plain, delivery.key, delivery.reply_to)

    async def _recalled(self, platform: Platform, delivery: Delivery) -> str:
        """The reference of a message that an earlier try has sent unseen; "" for none.

        It is looked for where a key alone does not tell any more: platforms remember keys for
        some minutes only.
        """
        is_late = self._clock() - delivery.created_at > KEYS_REMEMBERED
        if delivery.tries < 2 or not is_late or not isinstance(platform, Recalls):
            return ""
        return await platform.recall(
            delivery.channel, delivery.payload, delivery.reply_to, delivery.created_at
        )

    async def _later(self, delivery: Delivery, error: Exception) -> None:
        """Wait and try again, or give up after 24 hours or 12 tries."""
        if not isinstance(error, DeliveryError):
            log.error("sending failed here", key=delivery.key, exc_info=error)
        now = self._clock()
        if delivery.tries >= MAX_TRIES or now - delivery.created_at > GIVE_UP_AFTER:
            log.warning("given up", key=delivery.key, tries=delivery.tries, reason=str(error))
            await self._record(lambda: self._deliveries.fail(delivery, str(error), now))
            return
        again = now + self._wait(delivery.tries, error)
        await self._record(lambda: self._deliveries.retry(delivery, again, str(error)))

    def _wait(self, tries: int, error: Exception) -> timedelta:
        """The platform's own figure first, else exponential; jittered upwards, capped."""
        named = error.retry_after if isinstance(error, TemporaryDeliveryError) else None
        if named is None:
            named = min(FIRST_WAIT * WAIT_FACTOR ** max(tries - 1, 0), LONGEST_WAIT)
        return min(named, LONGEST_WAIT) * (1 + self._random.random() / 4)

    async def _close_channel(self, delivery: Delivery, error: ChannelGoneError) -> None:
        """The place is closed to us: pause it, keep everything, tell whoever looks after it."""
        if not await self._record(lambda: self._deliveries.stands(delivery)):
            return  # whom it was for was erased, or another has it: nothing of them is written
        now = self._clock()
        log.warning("channel closed", channel=delivery.channel.key, reason=str(error))
        paused = await self._record(
            lambda: self._subscriptions.pause_channel(delivery.channel, str(error), now)
        )
        if delivery.channel.workspace == DIRECT:
            await self._close_door(delivery, str(error), now)
        await self._record(lambda: self._notices.go_on(delivery, now))
        for subscription in paused:
            await self._tell(subscription, str(error), now)

    async def _tell(self, subscription: Subscription, reason: str, now: datetime) -> None:
        await self._record(lambda: self._notices.tell(subscription, reason, now))

    async def _close_door(self, delivery: Delivery, reason: str, now: datetime) -> None:
        """This person can't be written to: what their alerts catch is kept for their inbox. What
        their subscription posts waits, paused, until it is resumed.
        """
        if delivery.subscription_id is None:
            await self._record(lambda: self._deliveries.fail(delivery, reason, now))
        channel = delivery.channel
        user = User(channel.platform, channel.id, channel.name)
        await self._record(lambda: self._alerts.close_door(user, reason))

    async def _stop_platform(self, delivery: Delivery, error: CredentialsError) -> None:
        """Our credentials are gone: stop this platform and no other, and lose nothing of it."""
        self.stopped[delivery.channel.platform] = str(error)
        log.error("platform stopped", platform=delivery.channel.platform, reason=str(error))
        await self._record(lambda: self._deliveries.retry(delivery, self._clock(), str(error)))


class Messenger:
    """Sends what somebody asked for: implements the port `Courier`."""

    def __init__(
        self,
        deliveries: DeliveryLog,
        platforms: Mapping[str, Platform],
        clock: Clock,
        ring: Callable[[], None],
    ) -> None:
        self._deliveries = deliveries
        self._platforms = platforms  # filled while the app is put together
        self._clock = clock
        self._ring = ring

    async def prove(self, channel: Channel, message: Message, key: str) -> None:
        """Send the message now, past the outbox. Raises DeliveryError."""
        for payload in self._platforms[channel.platform].pack(message):
            await self._platforms[channel.platform].send(channel, payload, key, "")

    async def post(self, channel: Channel, message: Message, key: str) -> None:
        """Put the message in the outbox; a key that was posted before is left as it is."""
        payloads = self._platforms[channel.platform].pack(message)
        await self._deliveries.enqueue(channel, key, payloads, self._clock())
        self._ring()
