"""One try to send one message, and what is made of how it ended (DESIGN §3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
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
from bot.models import DIRECT, Delivery, Subscription, User
from bot.notices import Notices
from bot.ports import (
    NO_REST,
    AlertStore,
    Clock,
    DeliveryLog,
    Paced,
    Platform,
    Recalls,
    SubscriptionStore,
)

GIVE_UP_AFTER = timedelta(hours=24)
MAX_TRIES = 12
# 5 s, 15 s, 45 s … 3 h: twelve tries span about 16 hours, so an outage of an evening is outlived.
FIRST_WAIT = timedelta(seconds=5)
WAIT_FACTOR = 3
LONGEST_WAIT = timedelta(hours=3)
SHORTEST_WAIT = timedelta(seconds=1)  # whatever a platform names: it is asked for 24 hours
KEYS_REMEMBERED = timedelta(minutes=2)  # by any platform that knows keys (DESIGN §3)
STORE_PAUSE = 5.0  # seconds until the store is tried again

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
log = structlog.get_logger()


def spacing_of(platform: Platform) -> timedelta:
    """What passes between two messages of one of its channels, at least."""
    return platform.spacing if isinstance(platform, Paced) else NO_REST


class Attempts:
    """Tries deliveries, and records what became of them.

    `stopped` says by platform why nothing is sent there any more.
    """

    def __init__(
        self,
        deliveries: DeliveryLog,
        subscriptions: SubscriptionStore,
        alerts: AlertStore,
        platforms: Mapping[str, Platform],
        *,
        clock: Clock,
        random: Random | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._deliveries = deliveries
        self._subscriptions = subscriptions
        self._alerts = alerts
        self._platforms = platforms  # filled while the app is put together
        self._notices = Notices(deliveries, subscriptions, platforms)
        self._clock = clock
        self._random = random or Random()  # noqa: S311 - it spreads retries, it guards nothing
        self._sleep = sleep
        self.stopped: dict[str, str] = {}

    async def deliver(self, delivery: Delivery) -> datetime:
        """Try to send a message, and record how it ended; when its channel is to be looked at
        again.
        """
        rest = spacing_of(self._platforms[delivery.channel.platform])
        try:
            reference = await self._send(delivery)
        except ChannelGoneError as error:
            await self._close_channel(delivery, error)
        except CredentialsError as error:
            await self._stop_platform(delivery, error)
        except RenderError as error:
            await self._give_up(delivery, f"refused as plain text too: {error}", rest)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not lose the message
            return await self._later(delivery, error, rest)
        else:
            now = self._clock()
            await self._record(lambda: self._deliveries.sent(delivery, reference, now, rest))
        return self._clock() + rest

    async def _record(self, write: Callable[[], Awaitable[T]]) -> T:
        """Write what became of a message, however long the store can't: a full disk must not make
        a sent message look unsent.
        """
        while True:
            try:
                return await write()
            except StoreError as error:
                log.error("what was sent can't be recorded yet", reason=str(error))
                await self._sleep(STORE_PAUSE)

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

    async def _later(self, delivery: Delivery, error: Exception, rest: timedelta) -> datetime:
        """Wait and try again, or give up after 24 hours or 12 failed tries; when to look again.

        What the platform itself puts off, by naming a time, is no failed try.
        """
        if not isinstance(error, DeliveryError):
            log.error("sending failed here", key=delivery.key, exc_info=error)
        now = self._clock()
        named = error.retry_after if isinstance(error, TemporaryDeliveryError) else None
        failed = delivery.tries - delivery.put_off - (named is not None)
        if failed >= MAX_TRIES or now - delivery.created_at > GIVE_UP_AFTER:
            log.warning("given up", key=delivery.key, tries=delivery.tries, reason=str(error))
            await self._give_up(delivery, str(error), rest)
            return now + rest
        again = now + max(self._wait(failed, named), rest)
        counts = named is None
        await self._record(
            lambda: self._deliveries.retry(delivery, again, str(error), counts=counts)
        )
        return again

    def _wait(self, failed: int, named: timedelta | None) -> timedelta:
        """The platform's own figure first, else exponential; jittered upwards, capped."""
        if named is None:
            named = FIRST_WAIT * WAIT_FACTOR ** max(failed - 1, 0)
        wait = min(max(named, SHORTEST_WAIT), LONGEST_WAIT)
        return wait * (1 + self._random.random() / 4)

    async def _give_up(self, delivery: Delivery, reason: str, rest: timedelta) -> None:
        now = self._clock()
        await self._record(lambda: self._deliveries.fail(delivery, reason, now, rest))

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
        now = self._clock()
        await self._record(lambda: self._deliveries.retry(delivery, now, str(error), counts=False))
