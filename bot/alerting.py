"""Use case: what alerts caught → bundles → deliveries, a page of people in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.bundles import best_first, compose_bundle, loudest, muted_since
from bot.catches import Catches
from bot.messages import Message
from bot.models import Payload, Reader, User
from bot.ports import AlertStore, Bundle, PaperStore, Platform, Waiting
from bot.schedules import is_waking_hour, local_day

PAGE = 100  # people written together: bounds memory and the write lock
MISSED_AFTER = timedelta(hours=1)  # what comes later than this must not wake anybody
FAULT_PAUSE = timedelta(hours=1)  # a bundle that can't be made is tried again no sooner

log = structlog.get_logger()


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
        while page := await self._alerts.due(self._platforms.keys(), now, PAGE):
            fresh = [waiting for waiting in page if waiting.reader.user not in seen]
            if not fresh:  # put off, and due again by day: the next tick looks again
                break
            seen |= {waiting.reader.user for waiting in fresh}
            ready = [waiting for waiting in fresh if not _must_wait(waiting, now)]
            await self._put_off([waiting for waiting in fresh if waiting not in ready], now)
            bundles = [await self._bundle_or_none(lookup, waiting) for waiting in ready]
            made = [bundle for bundle in bundles if bundle is not None]
            brought += await self._alerts.issue(made, now) if made else 0
            faulty = [w for w, bundle in zip(ready, bundles, strict=True) if bundle is None]
            await self._put_off(faulty, now + FAULT_PAUSE)
        return brought

    async def _put_off(self, waiting: Sequence[Waiting], after: datetime) -> None:
        """To each person's next hour after a moment."""
        if waiting:
            await self._alerts.put_off([each.reader.user for each in waiting], after)

    async def _bundle_or_none(self, lookup: Catches, waiting: Waiting) -> Bundle | None:
        """A person's bundle; None where it can't be made, which must stop nobody else's."""
        try:
            return await self._bundle(lookup, waiting)
        except Exception as error:
            user = waiting.reader.user
            log.error("a bundle can't be made", user=f"{user.platform}:{user.id}", exc_info=error)
            return None

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


def _must_wait(waiting: Waiting, now: datetime) -> bool:
    """Whether it was missed, and it is night where the person is."""
    due_at = min(hit.due_at for hit in waiting.hits)
    return now - due_at > MISSED_AFTER and not is_waking_hour(now, waiting.reader.zone)
