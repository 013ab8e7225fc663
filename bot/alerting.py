"""Use case: what alerts caught → bundles → deliveries, a page of people in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.bundles import best_first, compose_bundle, loudest, muted_since
from bot.catches import Catches
from bot.messages import Message
from bot.models import Payload, Reader, User
from bot.ports import AlertStore, Bundle, PaperStore, Platform, Waiting
from bot.schedules import is_waking_hour, local_day

PAGE = 100  # people written together: bounds memory and the write lock
MISSED_AFTER = timedelta(hours=1)  # what comes later than this must not wake anybody


class Bundler:
    """Brings people what their alerts caught.

    `platforms` is filled while the app is put together.
    """

    def __init__(
        self, alerts: AlertStore, papers: PaperStore, platforms: Mapping[str, Platform]
    ) -> None:
        self._alerts = alerts
        self._papers = papers
        self._platforms = platforms

    async def bring_due(self, now: datetime) -> int:
        """Freeze what is due into messages; returns for how many people."""
        brought, lookup, seen = 0, Catches(self._alerts, self._papers, now), set[User]()
        while page := await self._alerts.due(now, PAGE):
            fresh = [waiting for waiting in page if waiting.reader.user not in seen]
            if not fresh:  # put off, and due again by day: the next tick looks again
                break
            seen |= {waiting.reader.user for waiting in fresh}
            ready = [waiting for waiting in fresh if not self._must_wait(waiting, now)]
            for waiting in fresh:
                if waiting not in ready:
                    await self._put_off(waiting.reader, now)
            bundles = [await self._bundle(lookup, waiting) for waiting in ready]
            brought += await self._alerts.issue(bundles, now) if bundles else 0
        return brought

    def _must_wait(self, waiting: Waiting, now: datetime) -> bool:
        """Whether it was missed and it is night there, or its platform is not connected."""
        if waiting.reader.user.platform not in self._platforms:
            return True
        due_at = min(hit.due_at for hit in waiting.hits)
        return now - due_at > MISSED_AFTER and not is_waking_hour(now, waiting.reader.zone)

    async def _put_off(self, reader: Reader, now: datetime) -> None:
        """To the person's next hour: their hours kept anew move what waits."""
        current = await self._alerts.reader(reader.user)
        await self._alerts.keep_reader(current or reader, now)

    async def _bundle(self, lookup: Catches, waiting: Waiting) -> Bundle:
        reader = waiting.reader
        catches = best_first(await lookup.of(reader.user, waiting.hits))
        if not catches:  # none of its papers is kept any more
            return Bundle(reader, waiting.hits, ())
        shown, rest = catches[: reader.cap], catches[reader.cap :]
        loud = loudest(catches, reader.cap)
        message = compose_bundle(
            reader,
            [*await lookup.marked(shown), *rest],
            lookup.now,
            since=muted_since(reader, waiting.hits),
            advice=await lookup.advice(loud, local_day(lookup.now, reader.zone)) if loud else None,
        )
        return Bundle(reader, waiting.hits, await self._pack(reader, message))

    async def _pack(self, reader: Reader, message: Message) -> tuple[Payload, ...]:
        # Work for a thread: it must not hold up a heartbeat.
        pack = self._platforms[reader.user.platform].pack
        return tuple(await asyncio.to_thread(pack, message))
