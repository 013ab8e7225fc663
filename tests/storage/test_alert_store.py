"""The port AlertStore: alerts, people, and what is brought to whom and when."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest
from standins.askers import (
    ADA,
    BERT,
    EVERYTHING,
    MUCH_LATER,
    TOMORROW_AT_NINE,
    ask,
    bring,
    bundle_of,
    caught,
    kept,
    meet,
    put,
    waiting,
)
from standins.stock import NOW, ONE_DAY, batch, claim, ids, message, paper, seen, send_all

from bot.errors import QueryError
from bot.models import DIRECT, AlertState, Cadence, Channel, Reader, User

WALL_ONLY = ["wall"]
LEDGER = timedelta(days=730)
RETENTION = timedelta(days=90)


async def hit(store, *numbers, user=ADA, at=NOW, query="word", cadence=Cadence.DAILY):
    """Papers with these numbers, caught by a new alert of a person at a moment."""
    alert = await ask(store, query, user, cadence, at)
    papers = [paper(number, title=f"Word {number}") for number in numbers]
    await store.papers.add(batch(papers, day=at.date()), at)
    return alert


async def test_an_alert_comes_back_as_it_was_kept(store):
    alert = await ask(store, 'cat:cs.LG "state space" -survey', cadence=Cadence.AT_ONCE)
    assert alert.id
    assert await store.alerts.alert(alert.id) == alert
    assert await store.alerts.alert(alert.id + 1) is None


async def test_a_query_that_can_not_be_read_makes_no_alert(store):
    alert = await ask(store, "mamba")
    with pytest.raises(QueryError):
        await ask(store, "cat:nothing.LG")
    with pytest.raises(QueryError):
        await store.alerts.revise(alert.id, lambda now: replace(now, query="cat:nothing.LG"))
    assert await store.alerts.of_user(ADA) == [alert]


async def test_a_person_has_their_own_alerts_but_for_the_removed(store):
    first, second, third = [await ask(store, "mamba") for _ in range(3)]
    await ask(store, "mamba", BERT)
    paused = await put(store, second, AlertState.PAUSED)
    removed = await put(store, third, AlertState.REMOVED)
    assert await store.alerts.of_user(ADA) == [first, paused]
    assert await store.alerts.alert(third.id) == removed
    assert await store.alerts.revise(999, lambda now: now) is None


async def test_two_processes_that_revise_an_alert_do_not_undo_each_other(store, beside):
    alert = await ask(store, "mamba")
    await asyncio.gather(
        put(store, alert, AlertState.PAUSED),
        beside.alerts.revise(alert.id, lambda now: replace(now, query="rules")),
    )
    assert await store.alerts.alert(alert.id) == replace(
        alert, state=AlertState.PAUSED, query="rules"
    )


async def test_a_persons_hours_come_back_as_they_were_kept(store):
    assert await store.alerts.reader(ADA) is None
    await ask(store, "mamba")
    assert await store.alerts.reader(ADA) is None
    reader = Reader(
        ADA, "Asia/Kathmandu", time(7, 45), frozenset({2, 6}), 25, MUCH_LATER, "turned away"
    )
    await store.alerts.keep_reader(reader, NOW)
    assert await store.alerts.reader(ADA) == reader
    assert await store.alerts.reader(BERT) is None


async def test_what_is_due_comes_by_person_the_longest_due_first(store):
    await meet(store, ADA)
    await meet(store, BERT, hour=time(8))
    at_eight = TOMORROW_AT_NINE - timedelta(hours=1)
    await hit(store, 1)
    await hit(store, 2, user=BERT)
    await store.papers.add(batch([paper(3, title="Word 3")]), NOW + timedelta(minutes=1))
    assert await store.alerts.due(WALL_ONLY, at_eight - timedelta(seconds=1), 9) == []
    [his] = await store.alerts.due(WALL_ONLY, at_eight, 9)
    assert (his.reader.user, [each.paper_id for each in his.hits]) == (BERT, [*ids(2, 3)])
    both = await store.alerts.due(WALL_ONLY, TOMORROW_AT_NINE, 9)
    assert [each.reader.user for each in both] == [BERT, ADA]
    [first] = await store.alerts.due(WALL_ONLY, MUCH_LATER, 1)
    assert first.reader.user == BERT
    hits = both[1].hits
    assert [each.paper_id for each in hits] == [*ids(1, 2, 3)]
    assert {each.seen_at for each in hits} == {NOW, NOW + timedelta(minutes=1)}
    assert {each.due_at for each in hits} == {TOMORROW_AT_NINE}


async def test_people_of_other_platforms_are_not_asked_for(store):
    there = User("far", "ada", "Ada")
    await hit(store, 1, query="1", user=there)
    await hit(store, 2, query="2", user=BERT, at=NOW + timedelta(hours=1))
    assert [w.reader.user for w in await store.alerts.due(WALL_ONLY, MUCH_LATER, 1)] == [BERT]
    assert [w.reader.user for w in await store.alerts.due(["far"], MUCH_LATER, 9)] == [there]
    assert len(await store.alerts.due(["far", "wall"], MUCH_LATER, 9)) == 2
    assert await store.alerts.due([], MUCH_LATER, 9) == []


async def test_what_is_put_off_is_due_as_hours_say_from_then_on(store):
    await meet(store, hour=time(7))
    await hit(store, 1, query="1")
    await hit(store, 2, query="2", user=BERT)
    await store.alerts.put_off([ADA, User("wall", "nobody", "Nobody")], NOW + ONE_DAY)
    assert [h.due_at for h in await waiting(store)] == [NOW + 2 * ONE_DAY - timedelta(hours=2)]
    assert [h.due_at for h in await waiting(store, BERT)] == [TOMORROW_AT_NINE]
    assert (await store.alerts.reader(ADA)).hour == time(7)


async def test_what_was_caught_while_the_clock_was_ahead_is_brought_by_the_right_one(store):
    await meet(store)
    await hit(store, 1, query="1", at=NOW + 6 * ONE_DAY)
    await hit(store, 2, query="2", user=BERT)
    await hit(store, 3, query="3", user=BERT, at=NOW + timedelta(seconds=30))
    before = await waiting(store, BERT)
    assert await store.alerts.mend_hours(NOW) == 1
    assert [(h.due_at, h.seen_at) for h in await waiting(store)] == [(TOMORROW_AT_NINE, NOW)]
    assert await waiting(store, BERT) == before
    assert await store.alerts.mend_hours(NOW) == 0


async def test_what_is_not_due_yet_stays_behind(store):
    await meet(store)
    await hit(store, 1, cadence=Cadence.AT_ONCE)
    await store.alerts.revise(1, lambda now: replace(now, cadence=Cadence.DAILY))
    await store.papers.add(batch([paper(2, title="Word 2")]), NOW)
    assert set(await caught(store, at=NOW)) == {*ids(1)}
    assert await bring(store, NOW, ids(1)) == 1
    assert set(await caught(store)) == {*ids(2)}


async def test_a_bundle_is_one_message_a_part_to_the_person_themselves(store):
    await meet(store)
    await hit(store, 1, 2, 3)
    assert await bring(store, TOMORROW_AT_NINE, ids(1, 2), ids(3)) == 1
    sent = await send_all(store, TOMORROW_AT_NINE)
    assert [each.payload.paper_ids for each in sent] == [ids(1, 2), ids(3)]
    assert {each.channel for each in sent} == {Channel("wall", DIRECT, "ada", "Ada")}
    assert [(each.part, each.parts) for each in sent] == [(0, 2), (1, 2)]
    keys = [each.key.rsplit(":", 1) for each in sent]
    assert [part for _, part in keys] == ["0", "1"]
    assert len({bundle for bundle, _ in keys}) == 1
    assert keys[0][0].startswith("alerts:")
    assert await caught(store) == {}
    assert await kept(store) == []


async def test_what_a_bundle_left_out_is_in_the_inbox(store):
    await meet(store)
    alert = await hit(store, 1, 2, 3)
    await bring(store, TOMORROW_AT_NINE, ids(2))
    assert await kept(store) == [*ids(3, 1)]
    [newest, _] = await store.alerts.inbox(ADA, 9)
    assert newest.alert_ids == (alert.id,)
    assert newest.bundle is not None
    assert [each.paper_id for each in await store.alerts.inbox(ADA, 1)] == [*ids(3)]
    await store.alerts.clear_inbox(ADA)
    assert await kept(store) == []


async def test_the_inbox_holds_the_newest_bundle_first_and_each_in_its_own_order(store):
    await meet(store)
    await hit(store, 1, 2, 3)
    votes = [seen(number, upvotes=votes) for number, votes in ((1, 2), (2, 9), (3, 5))]
    await store.papers.add(batch([paper(n, title=f"Word {n}") for n in (1, 2, 3)], votes), NOW)
    await bring(store, TOMORROW_AT_NINE)
    later = NOW + timedelta(hours=1)
    await store.papers.add(batch([paper(4, title="Word 4")]), later)
    await bring(store, TOMORROW_AT_NINE + ONE_DAY)
    assert await kept(store) == [*ids(4, 2, 3, 1)]


async def test_a_bundle_without_messages_is_for_the_inbox_alone(store):
    await meet(store)
    await hit(store, 1)
    assert await bring(store, TOMORROW_AT_NINE) == 1
    assert await kept(store) == [*ids(1)]
    assert await store.deliveries.counts() == {}


async def test_of_two_processes_that_bundle_the_same_one_brings_it(store, beside):
    await meet(store)
    await hit(store, 1, 2)
    [due] = await store.alerts.due(WALL_ONLY, TOMORROW_AT_NINE, 9)
    bundle = bundle_of(due, ids(1, 2))
    written = await asyncio.gather(
        *(each.alerts.issue([bundle], TOMORROW_AT_NINE) for each in (store, beside))
    )
    assert sorted(written) == [0, 1]
    assert len(await send_all(store, TOMORROW_AT_NINE)) == 1


async def test_what_is_muted_or_paused_before_it_is_bundled_is_not_brought(store):
    reader = await meet(store)
    alert = await hit(store, 1)
    [due] = await store.alerts.due(WALL_ONLY, TOMORROW_AT_NINE, 9)
    await store.alerts.keep_reader(replace(reader, muted_until=MUCH_LATER), TOMORROW_AT_NINE)
    assert await store.alerts.issue([bundle_of(due, ids(1))], TOMORROW_AT_NINE) == 0
    await store.alerts.keep_reader(reader, NOW)
    await put(store, alert, AlertState.PAUSED)
    assert await store.alerts.issue([bundle_of(due, ids(1))], TOMORROW_AT_NINE) == 0
    await put(store, alert, AlertState.ACTIVE)
    assert await store.alerts.issue([bundle_of(due, ids(1))], TOMORROW_AT_NINE) == 1


async def test_a_bundle_of_which_a_part_is_withdrawn_meanwhile_is_left_out(store):
    await meet(store)
    await hit(store, 1, query='"word 1"')
    other = await hit(store, 2, query='"word 2"')
    [due] = await store.alerts.due(WALL_ONLY, TOMORROW_AT_NINE, 9)
    await put(store, other, AlertState.PAUSED)
    assert await store.alerts.issue([bundle_of(due, ids(1, 2))], TOMORROW_AT_NINE) == 0
    assert await bring(store, TOMORROW_AT_NINE, ids(1)) == 1


@pytest.mark.parametrize("state", [AlertState.PAUSED, AlertState.REMOVED])
async def test_what_waits_for_no_active_alert_is_withdrawn_until_one_is_active_again(store, state):
    await meet(store)
    alert = await hit(store, 1)
    await put(store, alert, state)
    assert await caught(store) == {}
    assert await kept(store) == []
    assert (await store.alerts.counts())["waiting"] == 0
    await put(store, alert, AlertState.ACTIVE)
    assert await caught(store) == {ids(1)[0]: (alert.id,)}


async def test_what_waits_for_another_alert_too_is_not_withdrawn(store):
    await meet(store)
    other = await ask(store, "word")
    alert = await hit(store, 1)
    await put(store, other, AlertState.REMOVED)
    assert await caught(store) == {ids(1)[0]: (other.id, alert.id)}


async def test_what_was_withdrawn_is_brought_where_another_alert_catches_it(store):
    await meet(store)
    alert = await hit(store, 1)
    await put(store, alert, AlertState.REMOVED)
    await ask(store, "upvotes:>=5", cadence=Cadence.AT_ONCE)
    await store.papers.add(batch([], [seen(1, upvotes=5)]), NOW)
    assert set(await caught(store, at=NOW)) == {*ids(1)}


async def test_a_narrower_query_withdraws_what_it_would_not_have_caught(store):
    await meet(store)
    alert = await hit(store, 1, 2)
    other = await ask(store, "2")
    await store.papers.add(batch([paper(2, title="Word 2", version=1, abstract="New.")]), NOW)
    await store.alerts.revise(alert.id, lambda now: replace(now, query="word -new"))
    assert await caught(store) == {ids(1)[0]: (alert.id,)}
    await store.alerts.revise(other.id, lambda now: replace(now, query="nothing"))
    assert await caught(store) == {ids(1)[0]: (alert.id,)}


async def test_a_query_that_asks_for_days_is_held_against_the_day_of_the_hit(store):
    await meet(store)
    alert = await hit(store, 1)
    late = NOW + 3 * ONE_DAY
    await store.papers.add(batch([paper(2, title="Word 2")], day=NOW.date()), late)
    await store.alerts.revise(alert.id, lambda now: replace(now, query="word date:today"))
    assert set(await caught(store)) == {*ids(1)}


async def test_what_the_inbox_holds_for_want_of_a_message_is_named_by_later_alerts_too(store):
    await meet(store)
    first = await hit(store, 1, 2)
    await bring(store, TOMORROW_AT_NINE, ids(1))
    await send_all(store, TOMORROW_AT_NINE)
    await store.papers.add(batch([paper(3, title="Word 3")]), NOW)
    await store.alerts.close_door(ADA, "messages are off")
    second = await ask(store, "upvotes:>=5")
    await store.papers.add(batch([], [seen(n, upvotes=5) for n in (1, 2, 3)]), NOW)
    found = {hit.paper_id: hit.alert_ids for hit in await store.alerts.inbox(ADA, 9)}
    assert found == {ids(2)[0]: (first.id,), ids(3)[0]: (first.id, second.id)}


async def test_hours_that_change_move_what_waits(store):
    reader = await meet(store)
    await hit(store, 1)
    await store.alerts.keep_reader(replace(reader, hour=time(18)), NOW)
    assert [each.due_at for each in await waiting(store)] == [NOW + timedelta(hours=9)]
    await store.alerts.keep_reader(replace(reader, zone="America/New_York"), NOW)
    assert [each.due_at for each in await waiting(store)] == [NOW + timedelta(hours=5)]
    await store.alerts.keep_reader(reader, TOMORROW_AT_NINE)
    assert [each.due_at for each in await waiting(store)] == [TOMORROW_AT_NINE + ONE_DAY]


async def test_what_is_to_come_at_once_is_moved_by_its_own_hours(store):
    reader = await meet(store, zone="America/New_York")  # 04:00 there
    await hit(store, 1, query='"word 1"', cadence=Cadence.AT_ONCE)
    await hit(store, 2, query='"word 2"')
    await store.alerts.keep_reader(replace(reader, zone="UTC"), NOW)
    assert set(await caught(store, at=NOW)) == {*ids(1)}


async def test_a_mute_holds_all_back_and_its_end_brings_all_as_one(store):
    reader = await meet(store)
    await hit(store, 1, cadence=Cadence.AT_ONCE)
    until = NOW + timedelta(days=10, hours=3)  # a Thursday at noon
    await store.alerts.keep_reader(replace(reader, muted_until=until), NOW)
    for day in range(1, 10):
        found = [paper(10 + day, title="Word")]
        at = NOW + day * ONE_DAY
        await store.papers.add(batch(found, day=at.date()), at)
    friday = NOW + 11 * ONE_DAY
    assert await store.alerts.due(WALL_ONLY, friday - timedelta(seconds=1), 9) == []
    [due] = await store.alerts.due(WALL_ONLY, friday, 9)
    assert len(due.hits) == 10
    await store.alerts.keep_reader(reader, NOW)
    assert [each.due_at for each in await waiting(store)].count(NOW) == 10


async def test_a_closed_door_keeps_all_for_the_inbox_until_it_is_opened(store):
    reader = await meet(store)
    await hit(store, 1)
    await store.alerts.close_door(ADA, "messages are off")
    assert await store.alerts.reader(ADA) == replace(reader, closed="messages are off")
    await store.papers.add(batch([paper(2, title="Word 2")]), NOW)
    assert await store.alerts.due(WALL_ONLY, MUCH_LATER, 9) == []
    assert await kept(store) == [*ids(2, 1)]
    await store.alerts.keep_reader(reader, NOW)
    assert set(await caught(store, at=TOMORROW_AT_NINE)) == {*ids(1, 2)}
    assert await kept(store) == []


async def test_what_was_read_in_the_inbox_does_not_come_when_the_door_opens(store):
    reader = await meet(store)
    await hit(store, 1)
    await store.alerts.close_door(ADA, "messages are off")
    await store.alerts.clear_inbox(ADA)
    await store.papers.add(batch([paper(2, title="Word 2")]), NOW)
    await store.alerts.keep_reader(reader, NOW)
    assert set(await caught(store)) == {*ids(2)}


async def test_a_door_that_closes_takes_unsent_messages_back(store):
    reader = await meet(store)
    await hit(store, 1, 2, 3)
    await bring(store, TOMORROW_AT_NINE, ids(1), ids(2), ids(3))
    [first] = await claim(store, at=TOMORROW_AT_NINE)
    await store.deliveries.sent(first, "ref", TOMORROW_AT_NINE)
    [second] = await claim(store, at=TOMORROW_AT_NINE)
    await store.alerts.close_door(ADA, "messages are off")
    await store.deliveries.fail(second, "messages are off", TOMORROW_AT_NINE)
    assert await store.deliveries.counts() == {"sent": 1, "failed": 1}
    assert await kept(store) == [*ids(3, 2)]
    await store.alerts.keep_reader(reader, TOMORROW_AT_NINE)
    assert set(await caught(store)) == {*ids(2, 3)}
    assert await bring(store, MUCH_LATER, ids(2, 3)) == 1
    [last] = await send_all(store, MUCH_LATER)
    assert last.payload.paper_ids == ids(2, 3)


async def test_a_door_can_be_closed_to_somebody_who_has_no_hours_yet(store):
    await store.alerts.close_door(ADA, "messages are off")
    await hit(store, 1)
    assert await store.alerts.due(WALL_ONLY, MUCH_LATER, 9) == []
    assert await kept(store) == [*ids(1)]


async def test_messages_that_are_not_of_alerts_stay_when_a_door_closes(store):
    await meet(store)
    direct = Channel("wall", DIRECT, "ada", "Ada")
    await store.deliveries.enqueue(direct, "alerts:hello", [message(text="hello")], NOW)
    await store.alerts.close_door(ADA, "messages are off")
    [delivery] = await claim(store)
    await store.deliveries.fail(delivery, "messages are off", NOW)
    assert await store.deliveries.counts() == {"failed": 1}


async def test_a_message_that_is_given_up_leaves_its_papers_to_the_inbox(store):
    await meet(store)
    await hit(store, 1, 2)
    await bring(store, TOMORROW_AT_NINE, ids(1), ids(2))
    [delivery] = await claim(store, at=TOMORROW_AT_NINE)
    assert await kept(store) == []
    await store.deliveries.fail(delivery, "no answer", TOMORROW_AT_NINE)
    assert await kept(store) == [*ids(1)]
    assert await caught(store) == {}


async def test_a_message_that_arrives_though_it_was_given_up_counts_as_brought(store):
    await meet(store)
    await hit(store, 1)
    await bring(store, TOMORROW_AT_NINE, ids(1))
    [delivery] = await claim(store, at=TOMORROW_AT_NINE)
    await store.deliveries.fail(delivery, "no answer", TOMORROW_AT_NINE)
    await store.deliveries.sent(delivery, "ref", TOMORROW_AT_NINE)
    assert await kept(store) == []
    assert await caught(store) == {}


async def test_what_is_abandoned_is_sent_to_nobody_and_kept_for_the_inbox(store):
    await meet(store)
    await hit(store, 1)
    await store.deliveries.abandon("left behind by a restore", NOW)
    # What was listed until then may have been brought by the database that was replaced.
    await store.papers.add(batch([paper(2, title="Word 2")]), NOW + timedelta(hours=1))
    await store.papers.add(
        batch([paper(3, title="Word 3")], day=NOW.date() + ONE_DAY), NOW + ONE_DAY
    )
    assert set(await caught(store)) == {*ids(3)}
    assert await kept(store) == [*ids(2, 1)]


async def test_alerts_are_counted(store):
    await meet(store)
    assert await store.alerts.counts() == {"active": 0, "unkeyed": 0, "waiting": 0}
    await ask(store, "upvotes:>=50")
    gone = await ask(store, "-survey")
    await put(store, gone, AlertState.REMOVED)
    await hit(store, 1, 2)
    assert await store.alerts.counts() == {"active": 2, "unkeyed": 1, "waiting": 2}
    await store.alerts.revise(1, lambda now: replace(now, query="mamba"))
    assert (await store.alerts.counts())["unkeyed"] == 0


async def test_the_inbox_keeps_for_thirty_days_and_a_mute_for_as_long_as_it_lasts(store):
    reader = await meet(store, ADA)
    await meet(store, BERT)
    await store.alerts.keep_reader(replace(reader, muted_until=MUCH_LATER), NOW)
    await hit(store, 1)
    await hit(store, 1, user=BERT)
    withdrawn = await ask(store, '"word 2"', replace(ADA, id="cora"))
    await store.papers.add(batch([paper(2, title="Word 2")]), NOW)
    await put(store, withdrawn, AlertState.PAUSED)
    await store.alerts.close_door(BERT, "messages are off")
    await store.keeper.prune(NOW + timedelta(days=29), RETENTION, LEDGER)
    assert await kept(store, BERT) == [*ids(2)]
    await store.keeper.prune(NOW + timedelta(days=31), RETENTION, LEDGER)
    assert await kept(store, BERT) == []
    await put(store, withdrawn, AlertState.ACTIVE)
    assert await caught(store, replace(ADA, id="cora")) == {}
    await store.keeper.prune(NOW + 2 * LEDGER, RETENTION, LEDGER)
    assert [each.paper_id for each in await waiting(store, ADA, NOW + 3 * LEDGER)] == [*ids(1, 2)]


async def test_what_was_brought_is_forgotten_with_the_ledger(store):
    await meet(store)
    await hit(store, 1)
    await bring(store, TOMORROW_AT_NINE, ids(1))
    later = NOW + LEDGER - ONE_DAY
    await store.keeper.prune(later, RETENTION, LEDGER)
    await store.papers.add(batch([], [seen(1, later.date())]), later)
    assert await caught(store) == {}
    later = NOW + LEDGER + 30 * ONE_DAY
    await store.keeper.prune(later, RETENTION, LEDGER)
    await store.papers.add(batch([], [seen(1, later.date())]), later)
    assert set(await caught(store, at=later + 9 * ONE_DAY)) == {*ids(1)}


async def test_names_and_reasons_of_any_kind_are_kept_as_text(store):
    odd = replace(ADA, name="\ud800 \0 Ada")
    await meet(store, odd)
    await hit(store, 1, user=odd)
    await store.alerts.close_door(odd, "\udfff")
    await store.alerts.keep_reader(Reader(odd, "UTC"), NOW)
    await bring(store, MUCH_LATER, ids(1))
    assert len(await store.alerts.due(WALL_ONLY, MUCH_LATER, EVERYTHING)) == 0
    assert len(await send_all(store, MUCH_LATER)) == 1
