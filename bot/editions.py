"""Use case: due subscriptions → editions → deliveries, in one transaction a page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from bot.announcements import listing_day, previous_listing_days
from bot.digests import Composed, compose_message
from bot.due import AWAY_AFTER, PATIENCE, Occasion, awaited, missing_days, needed_sources
from bot.errors import QueryError
from bot.lookups import Lookups
from bot.messages import Message
from bot.models import Edition, Layout, Payload, Subscription, SubscriptionState
from bot.ports import Issue, PaperStore, PullLog, SubscriptionStore
from bot.queries import parse_query, sources_of
from bot.schedules import is_waking_hour, local_day, next_due, scheduled_day

PAGE = 200  # subscriptions decided and written together: bounds memory and the write lock
# Pages whose filters are looked up together: each time every paper of the days is taken apart anew,
# which takes seconds. Ten thousand subscriptions are some megabytes.
AHEAD = 50
OUTLOOK_DAYS = 7
_AMONG_EDITIONS = 10  # how many of the latest are looked through: a clock far ahead makes some too

Pack = Callable[[str, Message], list[Payload]]


class Newsroom:
    """Makes editions: implements the port `Editor`.

    `pack` turns a message into the payloads of a platform, by the platform's name.
    """

    def __init__(
        self, papers: PaperStore, pulls: PullLog, subscriptions: SubscriptionStore, pack: Pack
    ) -> None:
        self._subscriptions = subscriptions
        self._pack = pack
        self._lookups = partial(Lookups, papers, pulls, subscriptions)

    async def post_due(
        self, now: datetime, serving_since: datetime, late: frozenset[str] = frozenset()
    ) -> int:
        """Make every edition that is due; returns how many were written.

        `serving_since` is when this process began to make editions: an edition that was missed
        before waits for a broken source from then on, not from its hour. `late` are the sources
        that are being pulled yet: what needs them waits for the next tick.
        """
        lookups, written, ahead = self._lookups(now, late), 0, list[list[Occasion]]()
        last: Subscription | None = None
        while page := await self._subscriptions.due(now, PAGE, last):
            last = page[-1]
            occasions = [o for s in page if (o := await self._occasion(lookups, s, serving_since))]
            ahead.append(occasions)
            if len(ahead) == AHEAD:
                written += await self._write_pages(lookups, ahead)
                ahead = []
        return written + await self._write_pages(lookups, ahead)

    async def preview(self, subscription: Subscription, at: datetime) -> tuple[Edition, Message]:
        """The edition that would be made at `at`, and how it reads; nothing is kept."""
        lookups = self._lookups(at)
        occasion = _on_demand(subscription, at)
        [composed] = await lookups.compose([occasion])
        return composed.edition, compose_message(composed, occasion, lookups.listed)

    async def post_now(self, subscription: Subscription, at: datetime) -> Edition | None:
        """Make the edition of today at once; None where today's is out already or none is due."""
        current = await self._subscriptions.subscription(subscription.id)
        if current is None or current.state is not SubscriptionState.ACTIVE:
            return None
        lookups = self._lookups(at)
        occasion = _on_demand(current, at)
        [composed] = await lookups.compose([occasion])
        if not composed.chosen:
            return None
        issue = self._issue(lookups, occasion, composed)
        return composed.edition if await self._subscriptions.issue([issue]) else None

    async def outlook(
        self, subscription: Subscription, at: datetime
    ) -> list[tuple[date, int, int]]:
        """What last week would have brought: (listing day, shown, passing), oldest first."""
        today = local_day(at, subscription.zone)
        named = sorted(needed_sources(sources_of(parse_query(subscription.filter))))
        days = previous_listing_days(named[0], today, OUTLOOK_DAYS) if named else []
        counts: dict[date, int] = {}
        for paper in await self._lookups(at).passing(subscription.filter, min(days, default=today)):
            counts[paper.last_day] = counts.get(paper.last_day, 0) + 1
        return [
            (day, min(subscription.size, count), count) for day, count in sorted(counts.items())
        ]

    async def _occasion(
        self, lookups: Lookups, subscription: Subscription, serving_since: datetime
    ) -> Occasion | None:
        """What is to be made of a due subscription now; None where it waits or is put off."""
        now, due_at, zone = lookups.now, subscription.next_due_at, subscription.zone
        try:
            parse_query(subscription.filter)
        except QueryError as error:  # kept by another version: one such row must not stop the rest
            change = partial(_unreadable, problem=str(error), now=now)
            await self._subscriptions.revise(subscription.id, change)
            return None
        late = _is_late(subscription, now)
        if late and not _may_post_late(subscription, now):
            await self._subscriptions.revise(subscription.id, partial(_put_off, now=now))
            return None
        day = local_day(now, zone) if late else scheduled_day(due_at, subscription.hour, zone)
        occasion = Occasion(subscription, now, due_at, day, away=late)
        patient = now - max(due_at, serving_since) < PATIENCE
        return None if patient and await _must_wait(lookups, occasion) else occasion

    async def _write_pages(self, lookups: Lookups, pages: Sequence[Sequence[Occasion]]) -> int:
        """Write the editions of some pages, their filters looked up together."""
        await lookups.look_up([occasion for page in pages for occasion in page])
        batches = [batch for page in pages for batch in _one_a_channel(page)]
        return sum([await self._write(lookups, batch) for batch in batches])

    async def _write(self, lookups: Lookups, occasions: Sequence[Occasion]) -> int:
        composed = await lookups.compose(occasions)
        issues = await asyncio.to_thread(self._issues, lookups, occasions, composed)
        done = set(await self._subscriptions.issue(issues))
        for occasion in occasions:
            if occasion.subscription.id not in done:
                await self._step_over(occasion)
        return len(done)

    async def _step_over(self, occasion: Occasion) -> None:
        """An edition was left out: if its day has one already (the hour was changed after it),
        go on to the next day; else somebody changed the subscription, and the next tick sees.
        """
        made = await self._subscriptions.editions(occasion.subscription.id, _AMONG_EDITIONS)
        if any(edition.local_day == occasion.day for edition in made):
            change = partial(_after_day, now=occasion.now, day=occasion.day)
            await self._subscriptions.revise(occasion.subscription.id, change)

    def _issues(
        self, lookups: Lookups, occasions: Sequence[Occasion], composed: Sequence[Composed]
    ) -> list[Issue]:
        """Pack a page of editions: work for a thread, it must not hold up a heartbeat."""
        return [self._issue(lookups, o, c) for o, c in zip(occasions, composed, strict=True)]

    def _issue(self, lookups: Lookups, occasion: Occasion, composed: Composed) -> Issue:
        subscription, payloads = occasion.subscription, list[Payload]()
        if composed.chosen or composed.notes:
            message = compose_message(composed, occasion, lookups.listed)
            payloads = self._pack(subscription.channel.platform, message)
        return Issue(
            composed.edition,
            composed.subscription,
            tuple(payloads),
            lookups.first_passes(subscription.filter, occasion.horizon),
            threaded=subscription.layout is Layout.THREAD,
        )


def _on_demand(subscription: Subscription, at: datetime) -> Occasion:
    """The edition of today, made at once; where one was missed, that for the time away."""
    away = _is_late(subscription, at)
    return Occasion(subscription, at, at, local_day(at, subscription.zone), away=away)


def _is_late(subscription: Subscription, now: datetime) -> bool:
    return subscription.away_since is not None or now - subscription.next_due_at > AWAY_AFTER


async def _must_wait(lookups: Lookups, occasion: Occasion) -> bool:
    """Whether a source is late that the filter needs; after an absence also whether days of it
    were not had yet: a long one takes minutes to pull, and what comes later would be too old.
    """
    sources = sources_of(parse_query(occasion.subscription.filter))
    newest = min((listing_day(s, lookups.now) for s in needed_sources(sources)), default=None)
    if newest is None or sources & lookups.late:
        return newest is not None
    since = min(newest, _gap_start(occasion)) if occasion.away else newest
    days = await lookups.days(sources, since)
    if occasion.away and missing_days(sources, days, since, lookups.now):
        return True
    return awaited(days, lookups.now) is not None


def _gap_start(occasion: Occasion) -> date:
    """The first day of a time away; from before a subscription nothing can be missing for it."""
    subscription = occasion.subscription
    since = subscription.covered_until or subscription.created_at
    return max(occasion.horizon, local_day(since, subscription.zone))


def _may_post_late(subscription: Subscription, now: datetime) -> bool:
    """By day at once; by night only at the channel's own hour, should that be at night."""
    hour, zone, weekdays = subscription.hour, subscription.zone, subscription.weekdays
    own_hour_was_lately = next_due(now - AWAY_AFTER, hour, zone, weekdays) <= now
    return own_hour_was_lately or is_waking_hour(now, zone)


def _put_off(subscription: Subscription, now: datetime) -> Subscription:
    """Missed, and it is night there: the next hour brings the one edition for all of it."""
    hour, zone, weekdays = subscription.hour, subscription.zone, subscription.weekdays
    missed = subscription.away_since or subscription.next_due_at
    return replace(subscription, away_since=missed, next_due_at=next_due(now, hour, zone, weekdays))


def _unreadable(subscription: Subscription, problem: str, now: datetime) -> Subscription:
    reason = f"its filter can't be read: {problem}"
    state = SubscriptionState.PAUSED
    return replace(subscription, state=state, pause_reason=reason, paused_at=now)


def _after_day(subscription: Subscription, now: datetime, day: date) -> Subscription:
    hour, zone, weekdays = subscription.hour, subscription.zone, subscription.weekdays
    moment = next_due(now, hour, zone, weekdays, later_than=day)
    return replace(subscription, next_due_at=moment)


def _one_a_channel(occasions: Sequence[Occasion]) -> list[list[Occasion]]:
    """Occasions in rounds that hold each channel once, so that a later one sees what was shown."""
    rounds: list[list[Occasion]] = []
    place: dict[str, int] = {}
    for occasion in occasions:
        number = place.get(occasion.subscription.channel.key, 0)
        place[occasion.subscription.channel.key] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(occasion)
    return rounds
