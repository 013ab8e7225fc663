"""The ports SubscriptionStore and DeliveryLog where something is paused, given up or undone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from standins.stock import (
    DAY,
    DOOR,
    NOW,
    ONE_DAY,
    WALL,
    claim,
    ids,
    issue_of,
    message,
    send_all,
    shown,
    stocked,
    subscribed,
)

from bot.models import SubscriptionState
from bot.ports import History

PAUSED = SubscriptionState.PAUSED
LATER = NOW + timedelta(minutes=5)


async def state_of(store, subscription):
    return await store.subscriptions.subscription(subscription.id)


async def test_a_pause_stops_all_of_a_channel_and_tells_what_it_stopped(store):
    first, second = await subscribed(store), await subscribed(store)
    resting = await subscribed(store, state=PAUSED, pause_reason="by Ada", paused_at=NOW)
    removed = await subscribed(store, state=SubscriptionState.REMOVED)
    elsewhere = await subscribed(store, DOOR)
    paused = await store.subscriptions.pause_channel(WALL, "closed to the bot", LATER)
    told = {"state": PAUSED, "pause_reason": "closed to the bot", "paused_at": LATER}
    assert paused == [replace(first, **told), replace(second, **told)]
    assert [await state_of(store, each) for each in (first, second)] == paused
    for untouched in (resting, removed, elsewhere):
        assert await state_of(store, untouched) == untouched
    assert await store.subscriptions.pause_channel(WALL, "again", LATER + ONE_DAY) == []


async def test_a_channel_that_nobody_knows_can_be_paused(store):
    assert await store.subscriptions.pause_channel(WALL, "closed", NOW) == []


async def test_nothing_of_a_paused_channel_is_sent(store):
    await stocked(store, 1, 2)
    here, there = await subscribed(store), await subscribed(store, DOOR)
    await store.subscriptions.issue(
        [issue_of(here, ids(1), ids(2)), issue_of(there, ids(1), ids(2))]
    )
    claimed = {each.channel.id: each for each in await claim(store, at=LATER)}
    await store.subscriptions.pause_channel(WALL, "closed", LATER)
    assert await store.deliveries.counts() == {"paused": 2, "sending": 1, "waiting": 1}
    await store.deliveries.retry(claimed["papers"], LATER, "late")
    await store.deliveries.sent(claimed["door"], "ref", LATER)
    assert [each.channel.id for each in await send_all(store, NOW + 9 * ONE_DAY)] == ["door"]
    assert await store.deliveries.counts() == {"paused": 2, "sent": 2}


async def test_what_arrived_just_before_the_pause_has_arrived(store):
    await stocked(store, 1)
    subscription = await subscribed(store)
    await store.subscriptions.issue([issue_of(subscription, ids(1))])
    [claimed] = await claim(store, at=LATER)
    await store.subscriptions.pause_channel(WALL, "closed", LATER)
    await store.deliveries.sent(claimed, "ref", LATER)
    assert await store.deliveries.counts() == {"sent": 1}
    assert not await store.subscriptions.free_unsent(subscription.id, LATER)


async def paused_after(store, *numbers_sent, parts):
    """A paused subscription of whose parts these have been sent."""
    await stocked(store, *range(1, 10))
    subscription = await subscribed(store, covered_until=NOW - ONE_DAY)
    issue = issue_of(subscription, *parts)
    await store.subscriptions.issue([issue])
    for _ in numbers_sent:
        [claimed] = await claim(store, at=LATER)
        await store.deliveries.sent(claimed, "ref", LATER)
    await store.subscriptions.pause_channel(WALL, "closed", LATER)
    return issue


async def test_an_edition_of_which_nothing_arrived_is_undone(store):
    issue = await paused_after(store, parts=[ids(1), ids(2)])
    subscription = issue.subscription
    assert await store.subscriptions.free_unsent(subscription.id, LATER)
    assert await shown(store, subscription, 1, 2) == set()
    assert await store.subscriptions.editions(subscription.id, 9) == []
    assert (await state_of(store, subscription)).covered_until == NOW - ONE_DAY
    found = await store.subscriptions.histories([(subscription, DAY + ONE_DAY, ids(1, 2))])
    assert found == {subscription.id: History()}
    assert await store.deliveries.failures(None, 9) == []
    assert not await store.subscriptions.free_unsent(subscription.id, LATER)


async def test_an_edition_of_which_a_part_arrived_stays(store):
    issue = await paused_after(store, 0, parts=[ids(1), ids(2), ids(3)])
    subscription = issue.subscription
    assert await store.subscriptions.free_unsent(subscription.id, LATER)
    assert await shown(store, subscription, 1, 2, 3) == set(ids(1))
    assert await store.subscriptions.editions(subscription.id, 9) == [issue.edition]
    assert (await state_of(store, subscription)).covered_until == issue.edition.window_until
    states = [each.state for each in await store.deliveries.of_edition(subscription.id, DAY)]
    assert states == ["sent", "failed", "failed"]
    assert await store.deliveries.failures(None, 9) == []  # it was given up on purpose


async def test_the_window_of_several_that_did_not_arrive_is_open_from_the_first(store):
    await stocked(store, 1, 2)
    subscription = await subscribed(store, covered_until=NOW - ONE_DAY)
    first = issue_of(subscription, ids(1))
    second = issue_of(first.subscription, ids(2))
    for issue in (first, second):
        await store.subscriptions.issue([issue])
    await store.subscriptions.pause_channel(WALL, "closed", LATER)
    await store.subscriptions.free_unsent(subscription.id, LATER)
    assert (await state_of(store, subscription)).covered_until == NOW - ONE_DAY
    assert await store.subscriptions.editions(subscription.id, 9) == []


async def test_what_others_have_paused_in_the_channel_is_left_to_them(store):
    await stocked(store, 1, 2)
    first, twin = await subscribed(store), await subscribed(store)
    await store.subscriptions.issue([issue_of(first, ids(1)), issue_of(twin, ids(2))])
    await store.subscriptions.pause_channel(WALL, "closed", LATER)
    assert await store.subscriptions.free_unsent(first.id, LATER)
    assert await store.deliveries.counts() == {"failed": 1, "paused": 1}
    assert await shown(store, twin, 1, 2) == set(ids(2))
    assert await store.subscriptions.free_unsent(twin.id, LATER)


async def test_the_keys_of_what_was_undone_never_come_back(store):
    """A platform may still remember them, and would drop the new message as a repeat."""
    issue = await paused_after(store, parts=[ids(1)])
    number = issue.subscription.id
    [old] = await store.deliveries.of_edition(number, DAY)
    await store.subscriptions.free_unsent(number, LATER)
    active = await store.subscriptions.revise(
        number, lambda s: replace(s, state=SubscriptionState.ACTIVE, next_due_at=LATER)
    )
    assert await store.subscriptions.issue([issue_of(active, ids(1))]) == [number]
    [new] = await store.deliveries.of_edition(number, DAY)
    assert new.key != old.key
    assert new.edition_id != old.edition_id
    assert [each.key for each in await send_all(store, NOW + ONE_DAY)] == [new.key]


async def test_all_that_is_left_behind_counts_as_shown(store):
    await stocked(store, 1, 2, 3)
    subscription, other = await subscribed(store), await subscribed(store, DOOR)
    await store.subscriptions.issue(
        [issue_of(subscription, ids(1), ids(2)), issue_of(other, ids(3))]
    )
    await store.deliveries.enqueue(WALL, "proof", [message()], NOW)
    await store.subscriptions.pause_channel(DOOR, "closed", NOW)
    assert len(await claim(store, at=LATER)) == 1
    await store.deliveries.abandon("left behind", LATER)
    assert await store.deliveries.counts() == {"failed": 4}
    assert await claim(store, "other", NOW + ONE_DAY) == []
    assert await shown(store, subscription, 1, 2, 3) == set(ids(1, 2))
    assert await shown(store, other, 3) == set(ids(3))
    assert not await store.subscriptions.free_unsent(other.id, LATER)
    assert await store.deliveries.failures(None, 9) == []
    found = await store.subscriptions.histories([(subscription, DAY, ())])
    assert found[subscription.id].failed_parts == 0
    [first, _] = await store.deliveries.of_edition(subscription.id, DAY)
    assert first.error == "left behind"


@pytest.mark.parametrize("retention", [timedelta(days=7), timedelta(days=90)])
async def test_what_is_paused_is_not_forgotten_with_what_was_sent(store, retention):
    issue = await paused_after(store, parts=[ids(1)])
    month = NOW + timedelta(days=31)  # how far back the edition after an absence looks
    await store.keeper.prune(month, retention, timedelta(days=730))
    assert await store.subscriptions.free_unsent(issue.subscription.id, month)
    assert await shown(store, issue.subscription, 1) == set()
