"""Use case: due subscriptions → editions → deliveries, in one transaction a page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import structlog

from bot.announcements import listing_day, previous_listing_days
from bot.digests import (
    AWAY_AFTER,
    CUT_DAYS,
    PATIENCE,
    Composed,
    Findings,
    Occasion,
    awaited,
    compose,
    compose_message,
    needed_sources,
    window_start,
)
from bot.errors import QueryError
from bot.messages import Message
from bot.models import (
    Edition,
    Layout,
    ListedPaper,
    Payload,
    SourceDay,
    Subscription,
    SubscriptionState,
)
from bot.ports import History, Issue, PaperStore, Passing, PullLog, SubscriptionStore
from bot.queries import parse_query, sources_of
from bot.schedules import is_scheduled, is_waking_hour, local_day, next_due, scheduled_day

PAGE = 200  # subscriptions decided and written together: bounds memory and the write lock
OUTLOOK_DAYS = 7

Pack = Callable[[str, Message], list[Payload]]
log = structlog.get_logger()


@dataclass(slots=True)
class Desk:
    """What the editions of one tick have in common, looked up once."""

    now: datetime
    passing: dict[tuple[str, date], list[Passing]] = field(default_factory=dict)
    counts: dict[tuple[frozenset[str], date], int] = field(default_factory=dict)
    days: dict[tuple[frozenset[str], date], list[SourceDay]] = field(default_factory=dict)
    listed: dict[str, ListedPaper] = field(default_factory=dict)
    recorded: set[tuple[str, date]] = field(default_factory=set)

    def first_passes(self, filter_text: str, since: date) -> tuple[str, ...]:
        """The papers that no edition saw pass before; named once a tick, for whoever asks first."""
        key = (filter_text, since)
        if key in self.recorded:
            return ()
        self.recorded.add(key)
        return tuple(p.paper_id for p in self.passing[key] if p.passed_at is None)


class Newsroom:
    """Makes editions: implements the port `Editor`.

    `pack` turns a message into the payloads of a platform, by the platform's name.
    """

    def __init__(
        self,
        papers: PaperStore,
        pulls: PullLog,
        subscriptions: SubscriptionStore,
        pack: Pack,
    ) -> None:
        self._papers = papers
        self._pulls = pulls
        self._subscriptions = subscriptions
        self._pack = pack

    async def post_due(self, now: datetime, serving_since: datetime) -> int:
        """Make every edition that is due; returns how many were written.

        `serving_since` is when this process began to make editions: an edition that was missed
        before waits for a broken source from then on, not from its hour.
        """
        desk, written = Desk(now), 0
        last: Subscription | None = None
        while page := await self._subscriptions.due(now, PAGE, last):
            last = page[-1]
            occasions = [o for s in page if (o := await self._occasion(desk, s, serving_since))]
            written += await self._write(desk, occasions)
        return written

    async def preview(self, subscription: Subscription, at: datetime) -> tuple[Edition, Message]:
        """The edition that would be made at `at`, and how it reads; nothing is kept."""
        desk = Desk(at)
        occasion = Occasion(subscription, at, at, local_day(at, subscription.zone))
        [composed] = await self._compose(desk, [occasion])
        return composed.edition, compose_message(composed, occasion, desk.listed)

    async def post_now(self, subscription: Subscription, at: datetime) -> Edition | None:
        """Make the edition of today at once; None where today's is out already or none is due."""
        desk = Desk(at)
        current = await self._subscriptions.subscription(subscription.id)
        if current is None or current.state is not SubscriptionState.ACTIVE:
            return None
        occasion = Occasion(current, at, at, local_day(at, current.zone))
        [composed] = await self._compose(desk, [occasion])
        if not composed.chosen:
            return None
        issue = await asyncio.to_thread(self._issue, desk, occasion, composed)
        return composed.edition if await self._subscriptions.issue([issue]) else None

    async def outlook(
        self, subscription: Subscription, at: datetime
    ) -> list[tuple[date, int, int]]:
        """What last week would have brought: (listing day, shown, passing), oldest first."""
        sources = sources_of(parse_query(subscription.filter))
        named = sorted(needed_sources(sources))
        days = (
            previous_listing_days(named[0], local_day(at, subscription.zone), OUTLOOK_DAYS)
            if named
            else []
        )
        since = min(days, default=local_day(at, subscription.zone))
        passing = await self._passing(Desk(at), subscription.filter, since)
        counts: dict[date, int] = {}
        for paper in passing:
            counts[paper.last_day] = counts.get(paper.last_day, 0) + 1
        return [
            (day, min(subscription.size, count), count) for day, count in sorted(counts.items())
        ]

    async def _occasion(
        self, desk: Desk, subscription: Subscription, serving_since: datetime
    ) -> Occasion | None:
        """What is to be made of a due subscription now; None where it waits or is put off."""
        now, due_at = desk.now, subscription.next_due_at
        late = subscription.away_since is not None or now - due_at > AWAY_AFTER
        if late and not self._may_post_late(subscription, now):
            await self._put_off(subscription, now)
            return None
        if now - max(due_at, serving_since) < PATIENCE and await self._must_wait(
            desk, subscription
        ):
            return None
        if late:
            day = local_day(now, subscription.zone)
        else:
            day = scheduled_day(due_at, subscription.hour, subscription.zone)
        return Occasion(subscription, now, due_at, day, away=late)

    @staticmethod
    def _may_post_late(subscription: Subscription, now: datetime) -> bool:
        """By day at once; by night only at the channel's own hour, should that be at night."""
        due_at = subscription.next_due_at
        own_hour = is_scheduled(due_at, subscription.hour, subscription.zone)
        on_time = own_hour and now - due_at <= AWAY_AFTER
        return on_time or is_waking_hour(now, subscription.zone)

    async def _put_off(self, subscription: Subscription, now: datetime) -> None:
        """Missed, and it is night there: the next hour brings the one edition for all of it."""
        there = replace(
            subscription,
            away_since=subscription.away_since or subscription.next_due_at,
            next_due_at=next_due(now, subscription.hour, subscription.zone, subscription.weekdays),
        )
        await self._subscriptions.update(there)

    async def _must_wait(self, desk: Desk, subscription: Subscription) -> bool:
        try:
            sources = sources_of(parse_query(subscription.filter))
        except QueryError:
            return False
        newest = min((listing_day(s, desk.now) for s in needed_sources(sources)), default=None)
        if newest is None:
            return False
        return awaited(await self._days(desk, sources, newest), desk.now) is not None

    async def _write(self, desk: Desk, occasions: Sequence[Occasion]) -> int:
        if not occasions:
            return 0
        written = 0
        for batch in _one_a_channel(occasions):
            composed = await self._compose(desk, batch)
            # Packing a page of digests is work for a thread: it must not hold up a heartbeat.
            issues = await asyncio.to_thread(self._issues, desk, batch, composed)
            done = set(await self._subscriptions.issue(issues))
            written += len(done)
            for occasion in batch:
                if occasion.subscription.id not in done:
                    await self._step_over(occasion)
        return written

    async def _step_over(self, occasion: Occasion) -> None:
        """An edition was left out: if its day has one already (the hour was changed after it),
        go on to the next day; else somebody changed the subscription, and the next tick sees.
        """
        made = await self._subscriptions.editions(occasion.subscription.id, 1)
        current = await self._subscriptions.subscription(occasion.subscription.id)
        if not made or current is None or made[0].local_day < occasion.day:
            return
        hour, zone, weekdays = current.hour, current.zone, current.weekdays
        moment = next_due(occasion.now, hour, zone, weekdays, later_than=made[0].local_day)
        await self._subscriptions.update(replace(current, next_due_at=moment))

    async def _compose(self, desk: Desk, occasions: Sequence[Occasion]) -> list[Composed]:
        """Gather what the editions need, decide them, and bring in the papers they show."""
        passing = [await self._passing(desk, o.subscription.filter, o.horizon) for o in occasions]
        histories = await self._histories(occasions, passing)
        findings = [
            Findings(
                found, histories.get(o.subscription.id, History()), *await self._window(desk, o)
            )
            for o, found in zip(occasions, passing, strict=True)
        ]
        composed = await asyncio.to_thread(
            lambda: [compose(o, f) for o, f in zip(occasions, findings, strict=True)]
        )
        lacking = {p.paper_id for c in composed for p in c.chosen} - desk.listed.keys()
        desk.listed |= {p.paper.id: p for p in await self._papers.get(sorted(lacking))}
        return composed

    async def _histories(
        self, occasions: Sequence[Occasion], passing: Sequence[Sequence[Passing]]
    ) -> Mapping[int, History]:
        wanted = [
            (o.subscription, o.day - CUT_DAYS, [paper.paper_id for paper in found])
            for o, found in zip(occasions, passing, strict=True)
        ]
        return await self._subscriptions.histories(wanted)

    async def _window(self, desk: Desk, occasion: Occasion) -> tuple[int, list[SourceDay]]:
        """How many papers the sources listed in the window, and how its listing days stand."""
        sources = sources_of(parse_query(occasion.subscription.filter))
        since = window_start(occasion)
        key = (sources, since)
        if key not in desk.counts:
            until = _latest(desk.now)
            desk.counts[key] = await self._papers.count_listed(since, until, sources)
        return desk.counts[key], await self._days(desk, sources, since)

    async def _days(self, desk: Desk, sources: frozenset[str], since: date) -> list[SourceDay]:
        key = (sources, since)
        if key not in desk.days:
            desk.days[key] = [
                day
                for source in sorted(needed_sources(sources))
                for day in await self._pulls.days(source, since, listing_day(source, desk.now))
            ]
        return desk.days[key]

    async def _passing(self, desk: Desk, text: str, since: date) -> list[Passing]:
        key = (text, since)
        if key not in desk.passing:
            query = parse_query(text)
            desk.passing[key] = await self._subscriptions.passing(
                text, query, sources_of(query), since, _latest(desk.now)
            )
        return desk.passing[key]

    def _issues(
        self, desk: Desk, occasions: Sequence[Occasion], composed: Sequence[Composed]
    ) -> list[Issue]:
        return [self._issue(desk, o, c) for o, c in zip(occasions, composed, strict=True)]

    def _issue(self, desk: Desk, occasion: Occasion, composed: Composed) -> Issue:
        """Pack an edition. Runs in a thread, one page at a time."""
        payloads: list[Payload] = []
        if composed.chosen or composed.notes:
            message = compose_message(composed, occasion, desk.listed)
            payloads = self._pack(occasion.subscription.channel.platform, message)
        return Issue(
            composed.edition,
            composed.subscription,
            tuple(payloads),
            desk.first_passes(occasion.subscription.filter, occasion.horizon),
            threaded=occasion.subscription.layout is Layout.THREAD,
        )


def _latest(now: datetime) -> date:
    """A day that no source has reached yet: Hugging Face's day is at most one ahead of UTC's."""
    return now.date() + timedelta(days=1)


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
