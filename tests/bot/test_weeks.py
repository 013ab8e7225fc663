"""Whole weeks of pulling, posting and sending: real store, real HTTP, the clock an argument."""

import random
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest
from standins.sources import Fault, SourceStandin

from bot.app import App, open_app
from bot.errors import ChannelGoneError, DeliveryError, TemporaryDeliveryError
from bot.messages import Invocation, Message
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    Channel,
    EditionKind,
    Layout,
    Payload,
    Ranking,
    Subscription,
    SubscriptionState,
    User,
)
from bot.schedules import local_day, next_due
from bot.settings import Settings
from bot.sources.client import PoliteClient

EVERY_DAY = frozenset(range(7))
STEP = timedelta(minutes=15)
PULL_EVERY = timedelta(hours=3)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
KINDS = ("503", "half", "html", "empty", "drop", "cut")


@dataclass
class Wall:
    """A platform that pins every message to a wall, with the time; `refuse` is raised instead."""

    clock: object
    name: str = "wall"
    posts: list[tuple[datetime, str, Payload]] = field(default_factory=list)
    refuse: DeliveryError | None = None

    def pack(self, message: Message) -> list[Payload]:
        ids = tuple(card.listed.paper.id for card in message.cards)
        notes = " ".join(span.text for line in (*message.lines, *message.notes) for span in line)
        return [Payload("{}", f"{message.title} | {message.subtitle} | {notes}", ids)]

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:  # noqa: ARG002
        if self.refuse:
            raise self.refuse
        self.posts.append((self.clock(), channel.id, payload))
        return key

    async def serve(self) -> None:
        return

    def papers(self, channel: str) -> list[str]:
        return [
            i for _, place, payload in self.posts if place == channel for i in payload.paper_ids
        ]


@dataclass
class World:
    """Paperboy at a moment that we choose, beside sources that live in the same moment."""

    home: Path
    now: datetime
    standin: SourceStandin = field(init=False)
    wall: Wall = field(init=False)
    app: App = field(init=False)
    last_pull: datetime = LONG_AGO
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    fault_rate: float = 0.0

    def timestamp(self) -> float:
        return self.now.timestamp()

    def settings(self) -> Settings:
        return Settings(
            _env_file=None,
            paperboy_home=self.home,
            huggingface_url=self.standin.url,
            arxiv_rss_url=self.standin.url,
            arxiv_api_url=self.standin.url,
            huggingface_spacing_seconds=0,
            arxiv_spacing_seconds=0,
            default_zone="UTC",
        )

    @asynccontextmanager
    async def running(self):
        client = partial(PoliteClient, first_wait=timedelta(0), longest_wait=timedelta(0))
        async with open_app(
            self.settings(), clock=lambda: self.now, make_client=client
        ) as self.app:
            self.app.platforms["wall"] = self.wall
            self.app.jobs.steady = self.timestamp
            await self.app.jobs.hold_lease()
            yield self

    async def until(self, end: datetime) -> None:
        """Let the clock run: pulls every three hours, editions and the outbox every quarter."""
        while self.now < end:
            if self.fault_rate and not self.standin.faults:
                self.standin.faults.extend(self._faults())
            if self.now - self.last_pull >= PULL_EVERY:
                self.last_pull = self.now
                for name in self.app.ingest.sources:
                    await self.app.jobs.pull(name)
            await self.app.jobs.hold_lease()
            await self.app.jobs.post_due()
            await self.app.postman.send_waiting()
            self.now += STEP

    def _faults(self) -> list[Fault | None]:
        return [
            Fault(self.chance.choice(KINDS)) if self.chance.random() < self.fault_rate else None
            for _ in range(50)
        ]

    async def subscribe(self, name: str, **changes) -> Subscription:
        plain = {
            "id": 0,
            "channel": Channel("wall", "lab", name, f"#{name}"),
            "hour": time(9),
            "zone": "UTC",
            "weekdays": EVERY_DAY,
            "filter": "",
            "size": 50,
            "ranking": Ranking.UPVOTES,
            "layout": Layout.COMPACT,
            "tell_empty": True,
            "contact": User("wall", "ada", "Ada"),
            "state": SubscriptionState.ACTIVE,
            "created_at": self.now,
        } | changes
        due = next_due(self.now, plain["hour"], plain["zone"], plain["weekdays"])
        return await self.app.store.subscriptions.insert(Subscription(**plain, next_due_at=due))


@pytest.fixture
async def world(tmp_path):
    made = World(tmp_path, datetime(2026, 10, 19, 6, tzinfo=UTC))
    # Its own limit of 500 requests in 5 minutes would be met by a clock that runs so fast.
    made.standin = SourceStandin(clock=made.timestamp, remaining=10**6)
    made.wall = Wall(lambda: made.now)
    async with made.standin:
        yield made


def listed(world: World, first: date, last: date, source: str) -> set[str]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if source == HUGGINGFACE:
        return {item["paper"]["id"] for day in days for item in world.standin.list_of(day)}
    return {
        paper.id
        for day in days
        for paper, kind in world.standin.announcement(day, ["cs", "stat"])
        if kind in {"new", "cross"}
    }


async def test_twelve_days_with_faults_lose_nothing_and_repeat_nothing(world):
    async with world.running():
        await world.subscribe("picks")
        await world.subscribe("arxiv", filter="source:arxiv")
        world.fault_rate = 0.2
        start = world.now.date()
        await world.until(world.now + timedelta(days=9))
        world.fault_rate = 0.0
        world.standin.faults.clear()
        await world.until(world.now + timedelta(days=3, hours=4))
    # What was listed up to the day before the last edition has had its edition.
    end = world.now.date() - timedelta(days=1)
    for channel, source in (("picks", HUGGINGFACE), ("arxiv", ARXIV)):
        shown = world.wall.papers(channel)
        assert [i for i, times in Counter(shown).items() if times > 1] == []
        assert listed(world, start, end, source) - set(shown) == set()


async def test_a_small_digest_is_cut_by_votes_and_never_repeats(world):
    async with world.running():
        await world.subscribe("top", size=3)
        await world.until(world.now + timedelta(days=7))
    shown = world.wall.papers("top")
    assert len(shown) == len(set(shown)) > 10
    assert all(len(payload.paper_ids) <= 3 for _, _, payload in world.wall.posts)
    assert any(" of " in payload.plain for _, _, payload in world.wall.posts)


async def test_overlapping_subscriptions_of_a_channel_show_a_paper_once(world):
    async with world.running():
        await world.subscribe("both")
        await world.subscribe("both", filter="source:arxiv")
        await world.subscribe("both", filter="cat:cs.LG")
        await world.until(world.now + timedelta(days=4))
    shown = world.wall.papers("both")
    assert len(shown) == len(set(shown)) > 50


async def test_a_paper_of_arxiv_that_is_picked_later_is_shown_once(world):
    async with world.running():
        await world.subscribe("all", filter="cat:cs cat:cs.LG")
        await world.until(world.now + timedelta(days=6))
    shown = world.wall.papers("all")
    assert len(shown) == len(set(shown)) > 10


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Kathmandu", datetime(2026, 10, 24, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 6, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 2, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 3, tzinfo=UTC)),
    ],
)
async def test_each_local_day_has_its_edition_over_a_clock_change(world, zone, start):
    world.now = start
    async with world.running():
        there = await world.subscribe("far", zone=zone, hour=time(9, 30))
        await world.until(start + timedelta(days=5))
        editions = await world.app.store.subscriptions.editions(there.id, 20)
    days = sorted(edition.local_day for edition in editions)
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(days) == 5
    for edition in editions:
        assert edition.made_at - edition.due_at < timedelta(minutes=91)
        assert local_day(edition.due_at, zone) == edition.local_day


async def test_after_an_absence_there_is_one_edition_for_all_of_it(world):
    async with world.running():
        there = await world.subscribe("lab", size=10)
        await world.until(world.now + timedelta(days=2))
    before = len(world.wall.posts)
    world.now = datetime(2026, 10, 30, 8, tzinfo=UTC)
    async with world.running():
        await world.until(world.now + timedelta(minutes=45))
        editions = await world.app.store.subscriptions.editions(there.id, 3)
    assert len(world.wall.posts) == before + 1
    assert editions[0].kind is EditionKind.AWAY
    assert editions[0].shown == 20
    assert world.wall.posts[-1][2].plain.startswith("While Paperboy was away, 21–30 Oct: top 20 of")


async def test_an_absence_that_ends_at_night_waits_for_the_channels_hour(world):
    async with world.running():
        await world.subscribe("lab")
        await world.until(world.now + timedelta(days=1))
    world.now = datetime(2026, 10, 24, 2, tzinfo=UTC)
    before = len(world.wall.posts)
    async with world.running():
        await world.until(datetime(2026, 10, 24, 9, tzinfo=UTC))
        assert len(world.wall.posts) == before
        await world.until(datetime(2026, 10, 24, 9, 15, tzinfo=UTC))
    assert len(world.wall.posts) == before + 1
    assert world.wall.posts[-1][2].plain.startswith("While Paperboy was away")


async def test_a_broken_source_is_waited_for_and_then_told(world):
    async with world.running():
        await world.subscribe("lab")
        await world.until(datetime(2026, 10, 21, 8, 45, tzinfo=UTC))
        world.standin.pages["/api/daily_papers"] = (503, {}, b"no")
        await world.until(datetime(2026, 10, 21, 10, 30, tzinfo=UTC))
        posted = [at for at, _, _ in world.wall.posts if at.date() == date(2026, 10, 21)]
        assert posted == []
        await world.until(datetime(2026, 10, 21, 10, 45, tzinfo=UTC))
    at, _, payload = world.wall.posts[-1]
    assert at == datetime(2026, 10, 21, 10, 30, tzinfo=UTC)
    assert "gave no valid answer" in payload.plain


async def test_a_source_that_comes_back_ends_the_wait_at_once(world):
    async with world.running():
        await world.subscribe("lab")
        await world.until(datetime(2026, 10, 21, 8, 45, tzinfo=UTC))
        world.standin.pages["/api/daily_papers"] = (503, {}, b"no")
        await world.until(datetime(2026, 10, 21, 9, 30, tzinfo=UTC))
        del world.standin.pages["/api/daily_papers"]
        await world.until(datetime(2026, 10, 21, 9, 45, tzinfo=UTC))
    at, _, payload = world.wall.posts[-1]
    assert datetime(2026, 10, 21, 9, 30, tzinfo=UTC) <= at
    assert payload.paper_ids


async def test_a_closed_channel_is_paused_and_its_papers_come_after_it_opens(world):
    async with world.running():
        there = await world.subscribe("lab")
        await world.until(world.now + timedelta(days=1, hours=1))
        world.wall.refuse = ChannelGoneError("the channel is closed to the bot")
        await world.until(world.now + timedelta(days=1))
        paused = await world.app.store.subscriptions.subscription(there.id)
        assert paused.state is SubscriptionState.PAUSED
        assert "closed to the bot" in paused.pause_reason
        world.wall.refuse = None
        before = set(world.wall.papers("lab"))
        await world.app.commands.answer(_asked(world, there, "subscriptions resume"))
        await world.until(world.now + timedelta(hours=1))
    shown = world.wall.papers("lab")
    assert len(shown) == len(set(shown))
    missed = listed(world, date(2026, 10, 20), date(2026, 10, 20), HUGGINGFACE)
    assert missed <= set(shown) | before


async def test_a_message_that_can_not_be_sent_for_a_while_is_sent_later_and_once(world):
    async with world.running():
        await world.subscribe("lab")
        world.wall.refuse = TemporaryDeliveryError("503")
        await world.until(world.now + timedelta(hours=5))
        assert world.wall.posts == []
        world.wall.refuse = None
        await world.until(world.now + timedelta(hours=5))
    assert len([p for _, place, p in world.wall.posts if place == "lab"]) == 1


async def test_a_source_that_hangs_holds_up_only_what_needs_it(world):
    async with world.running():
        plain = await world.subscribe("picks")
        category = await world.subscribe("lab", filter="cat:cs.LG")
        await world.until(datetime(2026, 10, 20, 8, 45, tzinfo=UTC))
        world.now = datetime(2026, 10, 20, 9, tzinfo=UTC)
        newsroom, store = world.app.newsroom, world.app.store.subscriptions
        assert await newsroom.post_due(world.now, world.now, frozenset({ARXIV})) == 1
        waiting = await store.subscription(category.id)
        assert waiting.next_due_at == world.now
        assert (await store.subscription(plain.id)).next_due_at > world.now
        assert await newsroom.post_due(world.now, world.now) == 1


async def test_what_waits_to_be_sent_at_a_pause_comes_after_it_once(world):
    async with world.running():
        there = await world.subscribe("lab")
        world.wall.refuse = TemporaryDeliveryError("503")
        await world.until(world.now + timedelta(hours=4))
        await world.app.commands.answer(_asked(world, there, "subscriptions pause"))
        world.wall.refuse = None
        await world.until(world.now + timedelta(hours=2))
        assert world.wall.posts == []
        await world.app.commands.answer(_asked(world, there, "subscriptions resume"))
        await world.until(world.now + timedelta(hours=2))
    shown = world.wall.papers("lab")
    assert len(shown) == len(set(shown)) > 0


def _asked(world: World, subscription: Subscription, verb: str) -> Invocation:
    args = {"subscription": str(subscription.id)}
    channel, user = subscription.channel, subscription.contact
    return Invocation(verb, args, channel, user, world.now, verb, may_manage=True)
