"""The port PlaceStore, and what becomes of workspaces that leave and come back."""

from datetime import timedelta

import pytest
from standins.stock import DOOR, NOW, ONE_DAY, WALL, subscribed

from bot.models import Channel, SubscriptionState
from bot.places import LEFT, Places
from bot.ports import Press

ACTIVE, PAUSED, REMOVED = SubscriptionState
ELSEWHERE = Channel("wall", "office", "papers")
PRESS = Press("search", {"query": "強化学習 «é»", "cursor": "abc.5.200"})


@pytest.fixture
def places(store):
    return Places(store, lambda: NOW)


async def states(store):
    return [each.state for each in await store.subscriptions.every()]


async def test_a_press_is_found_by_its_token(places):
    await places.keep_presses({"a": PRESS, "b": Press("help", {})})
    await places.keep_presses({"a": PRESS})
    assert await places.press("a") == PRESS
    assert await places.press("b") == Press("help", {})
    assert await places.press("none") is None


async def test_a_press_is_kept_as_long_as_messages_are(store, places):
    await places.keep_presses({"a": PRESS})
    await store.keeper.prune(NOW + ONE_DAY, timedelta(days=2), timedelta(days=9))
    assert await places.press("a") == PRESS
    await store.keeper.prune(NOW + 3 * ONE_DAY, timedelta(days=2), timedelta(days=9))
    assert await places.press("a") is None


async def test_a_workspace_has_one_role_that_manages(store):
    await store.places.name_managers("wall", "lab", "7 Librarians")
    await store.places.name_managers("wall", "lab", "8 Readers")
    assert await store.places.managers("wall", "lab") == "8 Readers"
    assert await store.places.managers("wall", "office") == ""
    assert await store.places.managers("door", "lab") == ""


async def test_a_workspace_that_leaves_is_paused_and_kept(store, places):
    for channel in (WALL, DOOR):
        await subscribed(store, channel)
    await subscribed(store, ELSEWHERE)
    await places.left("wall", "lab")
    assert await states(store) == [PAUSED, PAUSED, ACTIVE]
    first = (await store.subscriptions.every())[0]
    assert (first.pause_reason, first.paused_at) == (LEFT, NOW)


async def test_what_comes_back_goes_on_but_for_what_people_paused(store, places):
    await subscribed(store)
    await subscribed(store, DOOR, state=PAUSED, pause_reason="paused by Ada", paused_at=NOW)
    await subscribed(store, WALL, state=REMOVED)
    await places.left("wall", "lab")
    resumed = await places.came_back("wall", "lab")
    assert [each.id for each in resumed] == [1]
    assert await states(store) == [ACTIVE, PAUSED]
    assert await places.came_back("wall", "lab") == []


async def test_an_hour_that_was_missed_meanwhile_is_due_at_once(store, places):
    missed = NOW - timedelta(hours=2)
    await subscribed(store, next_due_at=missed)
    await places.left("wall", "lab")
    [resumed] = await places.came_back("wall", "lab")
    assert resumed.next_due_at == NOW
    assert resumed.away_since == NOW


async def test_who_left_or_came_back_while_nobody_looked_is_noticed(store, places):
    await subscribed(store)
    await subscribed(store, ELSEWHERE)
    await subscribed(store, Channel("door", "lab", "papers"))
    await subscribed(store, Channel("wall", "@", "ada"))
    await places.served("wall", {"office"})
    assert await states(store) == [PAUSED, ACTIVE, ACTIVE, ACTIVE]
    await places.served("wall", {"lab", "office"})
    assert await states(store) == [ACTIVE] * 4
