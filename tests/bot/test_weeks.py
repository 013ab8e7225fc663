"""Whole weeks of pulling, posting and sending: real store, real HTTP, the clock an argument."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from standins.world import World, open_world

from bot.errors import ChannelGoneError, TemporaryDeliveryError
from bot.messages import Invocation
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    EditionKind,
    Subscription,
    SubscriptionState,
)
from bot.schedules import local_day


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path, datetime(2026, 10, 19, 6, tzinfo=UTC)) as made:
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
