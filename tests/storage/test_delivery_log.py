"""The port DeliveryLog: claim, send, record."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from standins.stock import (
    DAY,
    DOOR,
    LEASE,
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

from bot.models import Channel, Delivery, DeliveryState, Payload

SECOND = timedelta(seconds=1)
EXPIRED = NOW + LEASE


async def enqueue(store, key, channel=WALL, at=NOW, *, parts=1):
    payloads = [message(text=f"{key} {part}") for part in range(parts)]
    await store.deliveries.enqueue(channel, key, payloads, at)


def keys(deliveries):
    return [each.key for each in deliveries]


async def test_a_message_waits_as_one_delivery_a_part(store):
    payloads = [Payload('{"text": "“a”"}', "a", ("x", "y")), Payload("{}", "")]
    await store.deliveries.enqueue(WALL, "proof", payloads, NOW)
    [first] = await claim(store, at=NOW + SECOND)
    assert first == Delivery(
        first.id,
        "proof:0",
        WALL,
        payloads[0],
        DeliveryState.SENDING,
        tries=1,
        created_at=NOW,
        not_before=NOW,
        parts=2,
        lease_until=NOW + SECOND + LEASE,
    )
    await store.deliveries.sent(first, "ref", NOW)
    [second] = await claim(store)
    assert (second.key, second.payload, second.part) == ("proof:1", payloads[1], 1)
    assert second.reply_to == ""


async def test_a_message_whose_key_is_known_is_left_as_it_is(store):
    await enqueue(store, "proof", parts=2)
    await enqueue(store, "proof", DOOR, parts=3)
    assert await store.deliveries.counts() == {"waiting": 2}
    await send_all(store, NOW)
    await enqueue(store, "proof")
    assert await store.deliveries.counts() == {"sent": 2}


async def test_text_that_no_file_can_hold_does_not_stop_a_message(store):
    await store.deliveries.enqueue(WALL, "odd", [Payload("{\ud800}", "\ud800")], NOW)
    [found] = await claim(store)
    assert found.payload == Payload("{?}", "?")


async def test_nothing_is_claimed_before_its_time_or_for_another_platform(store):
    await enqueue(store, "later", at=NOW + SECOND)
    await enqueue(store, "elsewhere", Channel("door", "lab", "papers"))
    assert await claim(store) == []
    assert await store.deliveries.claim([], "me", NOW + ONE_DAY, LEASE, 9) == []
    found = await store.deliveries.claim(["door", "wall"], "me", NOW + SECOND, LEASE, 9)
    assert sorted(keys(found)) == ["elsewhere:0", "later:0"]


async def test_only_the_oldest_open_delivery_of_a_channel_is_claimed(store):
    await enqueue(store, "first", at=NOW + 30 * SECOND)
    await enqueue(store, "second")
    await enqueue(store, "beside", DOOR)
    assert keys(await claim(store)) == ["beside:0"]  # the first is not due, the second not its turn
    [first] = await claim(store, at=NOW + 30 * SECOND)
    assert first.key == "first:0"
    assert await claim(store, "other", NOW + 30 * SECOND) == []
    await store.deliveries.sent(first, "ref", NOW)
    assert keys(await claim(store, "other", NOW + 30 * SECOND)) == ["second:0"]


async def test_no_more_is_claimed_than_was_asked_for(store):
    for number in range(5):
        await enqueue(store, f"m{number}", replace(WALL, id=f"c{number}"))
    found = [await claim(store, limit=2) for _ in range(4)]
    assert [len(each) for each in found] == [2, 2, 1, 0]
    assert len({each.key for page in found for each in page}) == 5


async def test_a_claim_whose_lease_ended_goes_to_another_and_never_back_to_its_holder(store):
    await enqueue(store, "a")
    [first] = await claim(store)
    assert await claim(store, "other", EXPIRED - SECOND) == []
    assert await claim(store, "me", EXPIRED) == []  # it may still be on its way from there
    [again] = await claim(store, "other", EXPIRED)
    assert (again.id, again.tries) == (first.id, 2)
    assert await claim(store, "third", EXPIRED) == []


async def test_a_lease_that_is_renewed_does_not_end(store):
    await enqueue(store, "a")
    [first] = await claim(store)
    await store.deliveries.renew([first.id], "me", EXPIRED + LEASE)
    assert await claim(store, "other", EXPIRED) == []
    assert len(await claim(store, "other", EXPIRED + LEASE)) == 1


async def test_only_its_holder_renews_a_lease_and_only_of_what_is_named(store):
    await enqueue(store, "a")
    [first] = await claim(store)
    await store.deliveries.renew([first.id], "other", EXPIRED + LEASE)
    await store.deliveries.renew([], "me", EXPIRED + LEASE)
    await store.deliveries.renew([first.id + 1], "me", EXPIRED + LEASE)
    assert len(await claim(store, "other", EXPIRED)) == 1


async def test_a_lease_of_what_is_done_can_not_be_renewed(store):
    await enqueue(store, "a")
    [first] = await claim(store)
    await store.deliveries.retry(first, NOW, "later")
    await store.deliveries.renew([first.id], "me", EXPIRED + ONE_DAY)
    assert len(await claim(store, "other")) == 1


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(hours=5), 400 * ONE_DAY])
async def test_a_claim_by_a_clock_that_was_set_back_since_is_free(store, ahead):
    await enqueue(store, "a")
    assert len(await claim(store, at=NOW + ahead)) == 1
    assert len(await claim(store, "other")) == 1


async def test_what_was_put_off_by_a_clock_that_was_set_back_since_is_due(store):
    await enqueue(store, "a", at=NOW + ONE_DAY)
    await enqueue(store, "b", DOOR, at=NOW + timedelta(hours=3, minutes=45))  # the longest wait
    assert keys(await claim(store)) == ["a:0"]


async def test_what_was_sent_is_told_with_its_reference(store):
    await stocked(store, 1)
    subscription = await subscribed(store)
    await store.subscriptions.issue([issue_of(subscription, ids(1))])
    [claimed] = await claim(store, at=NOW + SECOND)
    await store.deliveries.sent(claimed, "ref 1", NOW + 2 * SECOND)
    [found] = await store.deliveries.of_edition(subscription.id, DAY)
    sent = {"state": DeliveryState.SENT, "sent_at": NOW + 2 * SECOND, "reference": "ref 1"}
    assert found == replace(claimed, **sent, lease_until=None)
    assert await claim(store, "other", NOW + ONE_DAY) == []


async def test_the_first_record_of_a_sending_stands(store):
    await stocked(store, 1)
    subscription = await subscribed(store)
    await store.subscriptions.issue([issue_of(subscription, ids(1))])
    [claimed] = await claim(store, at=NOW + SECOND)
    await store.deliveries.sent(claimed, "ref 1", NOW + SECOND)
    await store.deliveries.sent(claimed, "ref 2", NOW + ONE_DAY)
    await store.deliveries.retry(claimed, NOW, "late")
    await store.deliveries.fail(claimed, "late", NOW)
    [found] = await store.deliveries.of_edition(subscription.id, DAY)
    assert (found.state, found.reference) == (DeliveryState.SENT, "ref 1")
    assert (found.sent_at, found.error) == (NOW + SECOND, "")
    assert await shown(store, subscription, 1) == set(ids(1))


async def test_what_is_to_be_tried_again_waits_for_its_time(store):
    await enqueue(store, "a")
    [first] = await claim(store)
    await store.deliveries.retry(first, NOW + timedelta(minutes=5), "rate \ud800 limited")
    assert await store.deliveries.counts() == {"waiting": 1}
    assert await claim(store, at=NOW + timedelta(minutes=4)) == []
    [again] = await claim(store, at=NOW + timedelta(minutes=5))
    assert (again.tries, again.error, again.created_at) == (2, "rate ? limited", NOW)


async def test_a_claim_that_was_lost_is_not_given_back(store):
    await enqueue(store, "a")
    [lost] = await claim(store)
    [again] = await claim(store, "other", EXPIRED)
    await store.deliveries.retry(lost, NOW, "late")
    await store.deliveries.fail(lost, "late", NOW)
    assert await store.deliveries.counts() == {"sending": 1}
    await store.deliveries.retry(again, EXPIRED, "later")
    assert await store.deliveries.counts() == {"waiting": 1}


async def test_what_somebody_sent_is_sent_whoever_holds_it_now(store):
    await enqueue(store, "a")
    [lost] = await claim(store)
    [again] = await claim(store, "other", EXPIRED)
    await store.deliveries.sent(lost, "ref", EXPIRED)
    await store.deliveries.retry(again, EXPIRED, "later")
    await store.deliveries.fail(again, "no", EXPIRED)
    assert await store.deliveries.counts() == {"sent": 1}


async def test_papers_of_what_was_given_up_are_due_again(store):
    await stocked(store, 1, 2, 3)
    subscription = await subscribed(store)
    await store.subscriptions.issue([issue_of(subscription, ids(1, 2), ids(3))])
    [first] = await claim(store, at=NOW + SECOND)
    await store.deliveries.fail(first, "it can't be sent", NOW + 2 * SECOND)
    assert await shown(store, subscription, 1, 2, 3) == set(ids(3))
    [failed] = await store.deliveries.failures(None, 9)
    assert (failed.id, failed.state) == (first.id, DeliveryState.FAILED)
    assert (failed.error, failed.sent_at) == ("it can't be sent", None)
    [following] = await claim(store, at=NOW + 2 * SECOND)
    assert following.part == 1


async def test_what_arrived_although_it_was_given_up_has_been_shown(store):
    await stocked(store, 1)
    subscription = await subscribed(store)
    await store.subscriptions.issue([issue_of(subscription, ids(1))])
    [claimed] = await claim(store, at=NOW + SECOND)
    await store.deliveries.fail(claimed, "no answer", NOW + SECOND)
    await store.deliveries.sent(claimed, "ref", NOW + 2 * SECOND)
    assert await shown(store, subscription, 1) == set(ids(1))
    assert await store.deliveries.failures(None, 9) == []
    assert await store.deliveries.counts() == {"sent": 1}


async def test_failures_are_told_for_a_channel_or_for_all_the_latest_first(store):
    for number, channel in enumerate((WALL, DOOR, WALL)):
        at = NOW + number * SECOND
        await enqueue(store, f"m{number}", channel, at)
        [claimed] = await claim(store, at=at)
        await store.deliveries.fail(claimed, "no", at)
    failures = store.deliveries.failures
    assert keys(await failures(None, 9)) == ["m2:0", "m1:0", "m0:0"]
    assert keys(await failures(None, 2)) == ["m2:0", "m1:0"]
    assert keys(await failures(WALL, 9)) == ["m2:0", "m0:0"]
    assert await failures(Channel("wall", "lab", "nowhere"), 9) == []


async def test_a_channel_rests_after_a_message_and_no_other_does(store, beside):
    await enqueue(store, "first", parts=2)
    await enqueue(store, "beside", DOOR, parts=2)
    first, other = await claim(store)
    await store.deliveries.sent(first, "ref", NOW + SECOND, rest=2 * SECOND)
    await store.deliveries.sent(other, "ref", NOW + SECOND)
    await enqueue(store, "later")  # what comes later waits as well, whoever asks
    assert keys(await claim(beside, "other", NOW + SECOND)) == ["beside:1"]
    assert await claim(beside, "other", NOW + 2.9 * SECOND) == []
    assert keys(await claim(beside, "other", NOW + 3 * SECOND)) == ["first:1"]


async def test_a_channel_rests_after_what_was_given_up_too(store):
    await enqueue(store, "first", parts=2)
    [first] = await claim(store)
    await store.deliveries.fail(first, "no", NOW, rest=SECOND)
    assert await claim(store) == []
    assert keys(await claim(store, at=NOW + SECOND)) == ["first:1"]


async def test_a_rest_is_not_shortened(store):
    await enqueue(store, "first", parts=2)
    [first] = await claim(store)
    await store.deliveries.let_rest(WALL, NOW + 9 * SECOND)
    await store.deliveries.sent(first, "ref", NOW, rest=SECOND)
    assert await claim(store, at=NOW + 8 * SECOND) == []
    assert len(await claim(store, at=NOW + 9 * SECOND)) == 1


async def test_a_rest_by_a_clock_that_was_set_back_since_is_over(store):
    await enqueue(store, "first", parts=2)
    [first] = await claim(store, at=NOW + ONE_DAY)
    await store.deliveries.sent(first, "ref", NOW + ONE_DAY, rest=SECOND)
    [second] = await claim(store)
    await store.deliveries.sent(second, "ref", NOW, rest=SECOND)
    await enqueue(store, "third")
    assert await claim(store) == []
    assert len(await claim(store, at=NOW + SECOND)) == 1


async def test_messages_past_the_outbox_take_turns(store):
    known, unknown = DOOR, Channel("wall", "lab", "new")
    await enqueue(store, "first", known)
    for channel in (known, unknown):
        turns = [await store.deliveries.take_turn(channel, NOW, SECOND) for _ in range(3)]
        assert turns == [NOW, NOW + SECOND, NOW + 2 * SECOND]
    await store.deliveries.take_turn(known, NOW, timedelta(0))
    assert await claim(store, at=NOW + 2 * SECOND) == []
    assert len(await claim(store, at=NOW + 3 * SECOND)) == 1


async def test_what_was_put_off_is_told_from_failed_tries(store):
    await enqueue(store, "a")
    for counts in (True, False, False):
        [claimed] = await claim(store)
        await store.deliveries.retry(claimed, NOW, "later", counts=counts)
    [claimed] = await claim(store)
    assert (claimed.tries, claimed.put_off) == (4, 2)


async def test_what_is_sent_side_by_side_is_all_recorded(store):
    for number in range(40):
        await enqueue(store, f"m{number}", replace(WALL, id=f"c{number}"), parts=2)
    claimed = await claim(store, limit=40)
    await asyncio.gather(*(store.deliveries.sent(each, f"ref {each.id}", NOW) for each in claimed))
    assert await store.deliveries.counts() == {"sent": 40, "waiting": 40}


async def test_what_waits_for_another_platform_is_no_work(store):
    await enqueue(store, "ours")
    await enqueue(store, "elsewhere", Channel("door", "lab", "papers"))
    assert keys(await store.deliveries.claim(["door"], "me", NOW, LEASE, 1)) == ["elsewhere:0"]
    both = await store.deliveries.claim(["door", "wall"], "me", NOW, LEASE, 1)
    assert keys(both) == ["ours:0"]


async def test_two_processes_never_claim_the_same(store, beside):
    for number in range(40):
        await enqueue(store, f"m{number}", replace(WALL, id=f"c{number}"))
    asking = [claim(each, name, limit=3) for each, name in ((store, "a"), (beside, "b")) * 10]
    found = [each.key for page in await asyncio.gather(*asking) for each in page]
    assert len(found) == len(set(found)) == 40
