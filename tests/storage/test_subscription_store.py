"""The port SubscriptionStore: who wants what, and whose hour has come."""

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from standins.stock import DOOR, NOW, ONE_DAY, WALL, subscribed
from standins.wishes import wish

from bot.models import Channel, Layout, Ranking, SubscriptionState, User

ACTIVE, PAUSED, REMOVED = SubscriptionState
FULL = {
    "hour": time(21, 45),
    "zone": "Asia/Kathmandu",
    "weekdays": frozenset({0, 6}),
    "filter": 'cat:cs.LG "state space"',
    "size": 25,
    "ranking": Ranking.NEWEST,
    "layout": Layout.THREAD,
    "tell_empty": False,
    "contact": User("wall", "bo", "Bo — «bó»"),
    "state": PAUSED,
    "pause_reason": "closed to the bot",
    "paused_at": NOW,
    "covered_until": NOW - ONE_DAY,
    "due_from": date(2026, 11, 2),
    "away_since": NOW - timedelta(hours=3, microseconds=7),
    "empty_streak": 4,
    "told": "holiday",
}


@pytest.mark.parametrize("settings", [{}, FULL, {"weekdays": frozenset()}])
async def test_a_subscription_comes_back_as_it_was_given(store, settings):
    kept = await subscribed(store, **settings)
    assert kept == replace(wish(WALL, NOW - ONE_DAY), next_due_at=NOW, id=kept.id, **settings)
    assert await store.subscriptions.subscription(kept.id) == kept


async def test_every_subscription_gets_an_id_of_its_own(store):
    kept = [await subscribed(store, id=7) for _ in range(3)]
    assert len({each.id for each in kept}) == 3
    assert await store.subscriptions.of_channel(WALL) == kept
    assert await store.subscriptions.subscription(kept[-1].id + 1) is None


async def test_lists_hold_what_is_not_removed_by_id(store):
    elsewhere = Channel("wall", "office", "papers")
    other_platform = Channel("door", "lab", "papers")
    first = await subscribed(store)
    gone = await subscribed(store, state=REMOVED)
    beside = await subscribed(store, DOOR, state=PAUSED)
    far = await subscribed(store, elsewhere)
    other = await subscribed(store, other_platform)
    last = await subscribed(store)
    subscriptions = store.subscriptions
    assert await subscriptions.of_channel(WALL) == [first, last]
    assert await subscriptions.of_channel(Channel("wall", "lab", "nowhere")) == []
    assert await subscriptions.of_workspace("wall", "lab") == [first, beside, last]
    assert await subscriptions.of_workspace("door", "lab") == [other]
    assert await subscriptions.every() == [first, beside, far, other, last]
    assert await subscriptions.subscription(gone.id) == gone


async def test_the_name_of_a_channel_is_its_newest_one(store):
    first = await subscribed(store)
    await subscribed(store, replace(WALL, name="New papers"))
    await subscribed(store, replace(WALL, name=""))
    found = await store.subscriptions.subscription(first.id)
    assert found.channel == replace(WALL, name="New papers")
    assert len(await store.subscriptions.of_channel(WALL)) == 3


async def test_a_subscription_becomes_what_was_made_of_it(store):
    kept = await subscribed(store)
    other = await subscribed(store)

    def changed(known):
        assert known == kept
        return replace(known, **FULL)

    revised = await store.subscriptions.revise(kept.id, changed)
    assert revised == replace(kept, **FULL)
    assert await store.subscriptions.subscription(kept.id) == revised
    assert await store.subscriptions.subscription(other.id) == other


async def test_there_is_nothing_to_revise_where_there_is_no_subscription(store):
    assert await store.subscriptions.revise(99, lambda known: known) is None


async def test_a_change_that_fails_changes_nothing(store):
    kept = await subscribed(store)

    def failing(known):
        raise ValueError(known.zone)

    with pytest.raises(ValueError, match="UTC"):
        await store.subscriptions.revise(kept.id, failing)
    assert await store.subscriptions.subscription(kept.id) == kept


async def test_of_many_changes_at_once_none_is_lost(store, beside):
    kept = await subscribed(store)

    def raised(known):
        return replace(known, size=known.size + 1)

    both = [each.subscriptions.revise(kept.id, raised) for each in (store, beside) * 20]
    revised = await asyncio.gather(*both)
    assert {each.size for each in revised} == set(range(kept.size + 1, kept.size + 41))
    assert (await store.subscriptions.subscription(kept.id)).size == kept.size + 40


async def test_the_longest_due_come_first_and_only_those_that_are_due(store):
    ahead = await subscribed(store, next_due_at=NOW + timedelta(microseconds=1))
    now = await subscribed(store)
    long_ago = await subscribed(store, next_due_at=NOW - 9 * ONE_DAY)
    await subscribed(store, state=PAUSED)
    await subscribed(store, state=REMOVED)
    assert await store.subscriptions.due(NOW, 9) == [long_ago, now]
    assert await store.subscriptions.due(NOW, 1) == [long_ago]
    assert await store.subscriptions.due(NOW + ONE_DAY, 9) == [long_ago, now, ahead]


async def test_pages_hold_each_of_those_due_once(store):
    hours = [2, 0, 1, 0, 2, 1, 0]
    kept = [await subscribed(store, next_due_at=NOW - timedelta(hours=h)) for h in hours]
    found, after = [], None
    while page := await store.subscriptions.due(NOW, 2, after):
        assert len(page) <= 2
        found += page
        after = page[-1]
    assert found == sorted(kept, key=lambda each: (each.next_due_at, each.id))


async def test_a_page_goes_on_where_its_last_one_is_not_due_any_more(store):
    kept = [await subscribed(store) for _ in range(3)]
    [first] = await store.subscriptions.due(NOW, 1)
    await store.subscriptions.revise(first.id, lambda s: replace(s, next_due_at=NOW + ONE_DAY))
    assert await store.subscriptions.due(NOW, 9, first) == kept[1:]


async def test_an_hour_too_far_ahead_is_seen(store):
    """What a clock that ran ahead left behind."""
    await subscribed(store, next_due_at=NOW + ONE_DAY)
    far = await subscribed(store, next_due_at=NOW + 40 * ONE_DAY)
    await subscribed(store, next_due_at=NOW + 40 * ONE_DAY, state=PAUSED)
    farther = await subscribed(store, next_due_at=NOW + 41 * ONE_DAY)
    assert await store.subscriptions.overlong(NOW + ONE_DAY) == [far, farther]
    assert await store.subscriptions.overlong(NOW + 41 * ONE_DAY) == []
