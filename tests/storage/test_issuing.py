"""The port SubscriptionStore: editions are written with all that belongs to them, or left out."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from standins.stock import (
    DAY,
    DOOR,
    NOW,
    ONE_DAY,
    claim,
    ids,
    issue_of,
    message,
    shown,
    stocked,
    subscribed,
)

from bot.errors import StoreError
from bot.models import DeliveryState, SubscriptionState

SECOND = timedelta(seconds=1)
ON_DEMAND = {"due_at": NOW + SECOND, "made_at": NOW + SECOND}


async def issue(store, *issues):
    return await store.subscriptions.issue(issues)


async def test_an_edition_is_written_with_its_ledger_its_messages_and_its_progress(store):
    await stocked(store, 1, 2, 3)
    subscription = await subscribed(store, filter="")
    made = issue_of(subscription, ids(2, 1), ids(3))
    after = replace(made.subscription, empty_streak=2, told="holiday", due_from=DAY)
    assert await issue(store, replace(made, subscription=after)) == [subscription.id]
    assert await store.subscriptions.subscription(subscription.id) == after
    assert await store.subscriptions.editions(subscription.id, 9) == [made.edition]
    assert await shown(store, subscription, 1, 2, 3) == set(ids(1, 2, 3))
    waiting = await store.deliveries.of_edition(subscription.id, DAY)
    assert [each.payload for each in waiting] == [message(*ids(2, 1)), message(*ids(3))]
    assert [(each.part, each.parts) for each in waiting] == [(0, 2), (1, 2)]
    number = waiting[0].edition_id
    assert [each.key for each in waiting] == [f"edition:{number}:0", f"edition:{number}:1"]
    for each in waiting:
        assert (each.state, each.tries) == (DeliveryState.WAITING, 0)
        assert each.channel == subscription.channel
        assert each.subscription_id == subscription.id
        assert each.created_at == each.not_before == made.edition.made_at


async def test_an_edition_that_says_nothing_moves_the_subscription_on(store):
    subscription = await subscribed(store)
    silent = issue_of(subscription)
    assert await issue(store, silent) == [subscription.id]
    assert await store.subscriptions.subscription(subscription.id) == silent.subscription
    assert await store.deliveries.counts() == {}


async def test_settings_that_were_changed_meanwhile_stay_changed(store):
    await stocked(store, 1)
    subscription = await subscribed(store)
    made = issue_of(subscription, ids(1))
    await store.subscriptions.revise(subscription.id, lambda s: replace(s, size=3, filter="x"))
    assert await issue(store, made) == [subscription.id]
    found = await store.subscriptions.subscription(subscription.id)
    assert found == replace(made.subscription, size=3, filter="x")


async def assert_left_out(store, made, neighbour):
    """The edition leaves no trace, and the one written with it is whole."""
    before = await store.subscriptions.subscription(made.subscription.id)
    editions = await store.subscriptions.editions(made.subscription.id, 9)
    assert await issue(store, made, neighbour) == [neighbour.subscription.id]
    assert await store.subscriptions.subscription(made.subscription.id) == before
    assert await store.subscriptions.editions(made.subscription.id, 9) == editions
    assert await shown(store, neighbour.subscription, 8, 9) == set(ids(8, 9))
    waiting = await store.deliveries.of_edition(neighbour.subscription.id, DAY)
    assert [each.payload.paper_ids for each in waiting] == [ids(8), ids(9)]


@pytest.fixture
async def neighbour(store):
    await stocked(store, *range(1, 10))
    return issue_of(await subscribed(store, DOOR), ids(8), ids(9))


async def test_a_second_edition_of_a_day_is_left_out(store, neighbour):
    subscription = await subscribed(store)
    first = issue_of(subscription, ids(1))
    await issue(store, first)
    again = issue_of(first.subscription, ids(2), local_day=DAY, **ON_DEMAND)
    await assert_left_out(store, again, neighbour)
    assert await shown(store, subscription, 1, 2) == set(ids(1))


async def test_an_edition_for_an_hour_that_was_changed_meanwhile_is_left_out(store, neighbour):
    subscription = await subscribed(store)
    later = NOW + timedelta(hours=3)
    await store.subscriptions.revise(subscription.id, lambda s: replace(s, next_due_at=later))
    await assert_left_out(store, issue_of(subscription, ids(1)), neighbour)


@pytest.mark.parametrize("state", [SubscriptionState.PAUSED, SubscriptionState.REMOVED])
async def test_an_edition_of_a_subscription_that_was_stopped_meanwhile_is_left_out(
    store, neighbour, state
):
    subscription = await subscribed(store)
    await store.subscriptions.revise(subscription.id, lambda s: replace(s, state=state))
    await assert_left_out(store, issue_of(subscription, ids(1)), neighbour)


async def test_an_edition_with_a_paper_that_the_channel_was_shown_meanwhile_is_left_out(
    store, neighbour
):
    subscription, twin = await subscribed(store), await subscribed(store)
    await issue(store, issue_of(twin, ids(1)))
    await assert_left_out(store, issue_of(subscription, ids(2), ids(1)), neighbour)
    assert await shown(store, subscription, 1, 2) == set(ids(1))


async def test_of_two_that_show_one_paper_in_one_channel_at_once_the_first_is_written(store):
    await stocked(store, 1, 2, 3)
    first, twin = await subscribed(store), await subscribed(store)
    elsewhere = await subscribed(store, DOOR)
    made = [issue_of(each, ids(1)) for each in (first, twin, elsewhere)]
    assert await issue(store, *made) == [first.id, elsewhere.id]


async def test_an_edition_of_no_subscription_is_left_out(store, neighbour):
    stranger = replace(await subscribed(store), id=99)
    assert await issue(store, issue_of(stranger, ids(1)), neighbour) == [neighbour.subscription.id]
    assert await store.subscriptions.editions(99, 9) == []


async def test_an_edition_on_demand_needs_no_hour(store, neighbour):
    ahead = await subscribed(store, next_due_at=NOW + ONE_DAY)
    made = issue_of(ahead, ids(1), local_day=DAY, **ON_DEMAND)
    assert await issue(store, made, neighbour) == [ahead.id, neighbour.subscription.id]


async def test_an_hour_that_was_moved_to_one_that_has_passed_is_still_owed(store):
    subscription = await subscribed(store)
    passed = NOW - timedelta(minutes=5)
    await store.subscriptions.revise(subscription.id, lambda s: replace(s, next_due_at=passed))
    assert await issue(store, issue_of(subscription)) == [subscription.id]


async def test_an_edition_with_an_unknown_paper_is_refused_and_nothing_is_written(store, neighbour):
    subscription = await subscribed(store)
    with pytest.raises(StoreError, match="which is not stored"):
        await issue(store, neighbour, issue_of(subscription, ids(77)))
    assert await store.deliveries.counts() == {}
    assert await store.subscriptions.editions(neighbour.subscription.id, 9) == []
    assert await issue(store, neighbour) == [neighbour.subscription.id]


async def test_two_processes_that_issue_the_same_hours_write_each_edition_once(store, beside):
    await stocked(store, *range(1, 7))
    kept = [await subscribed(store) for _ in range(6)]
    made = [issue_of(each, ids(n + 1)) for n, each in enumerate(kept)]
    both = [each.subscriptions.issue([one]) for one in made for each in (store, beside)]
    written = [number for numbers in await asyncio.gather(*both) for number in numbers]
    assert sorted(written) == [each.id for each in kept]
    assert await store.deliveries.counts() == {"waiting": 6}


async def test_of_a_thread_the_later_parts_answer_the_first(store):
    await stocked(store, 1, 2, 3)
    threaded, flat = await subscribed(store), await subscribed(store, DOOR)
    await issue(
        store,
        issue_of(threaded, ids(1), ids(2), ids(3), threaded=True),
        issue_of(flat, ids(1), ids(2)),
    )
    at = NOW + SECOND
    for delivery in await claim(store, at=at):
        assert delivery.reply_to == ""
        await store.deliveries.sent(delivery, f"ref {delivery.channel.id}", at)
    by_channel = {each.channel.id: each for each in await claim(store, at=at)}
    assert by_channel["papers"].reply_to == "ref papers"
    assert by_channel["door"].reply_to == ""
    await store.deliveries.sent(by_channel["papers"], "ref of the second", at)
    [third] = await claim(store, at=at)
    assert third.reply_to == "ref papers"
