"""The port SubscriptionStore: what passes a filter, and what an edition must know before it."""

from datetime import timedelta

import pytest
from standins.stock import (
    DAY,
    DOOR,
    NOW,
    ONE_DAY,
    batch,
    claim,
    edition_of,
    ids,
    issue_of,
    paper,
    seen,
    send_all,
    shown,
    stocked,
    subscribed,
)

from bot.models import ARXIV, HUGGINGFACE, EditionKind
from bot.ports import History, Passing
from bot.queries import parse_query


async def passing(store, text="", sources=(HUGGINGFACE,), since=DAY, until=DAY):
    return await store.subscriptions.passing(text, parse_query(text), sources, since, until)


def names(found):
    return sorted(each.paper_id for each in found)


async def test_what_passes_was_listed_in_the_span_and_matches(store):
    papers = [paper(n, title="Slow turtles" if n < 4 else "Hares") for n in range(1, 6)]
    sightings = [seen(1), seen(2, DAY - ONE_DAY), seen(3, source=ARXIV), seen(4), seen(5)]
    await store.papers.add(batch(papers, sightings), NOW)
    assert names(await passing(store, "turtle")) == [*ids(1)]
    assert names(await passing(store, "turtle", since=DAY - ONE_DAY)) == [*ids(1, 2)]
    assert names(await passing(store, "turtle", (HUGGINGFACE, ARXIV))) == [*ids(1, 3)]
    assert names(await passing(store)) == [*ids(1, 4, 5)]
    assert await passing(store, since=DAY + ONE_DAY, until=DAY + 9 * ONE_DAY) == []
    assert await passing(store, sources=()) == []


async def test_what_passes_is_told_with_the_day_of_the_sources_asked_for_and_the_newest_votes(
    store,
):
    published = NOW - timedelta(hours=70)
    sightings = [
        seen(1, DAY - ONE_DAY, upvotes=60),
        seen(1, upvotes=3),
        seen(1, DAY + ONE_DAY, ARXIV),
    ]
    await store.papers.add(batch([paper(1, published_at=published)], sightings), NOW)
    plain = {"published_at": published, "passed_at": None}
    [ours] = await passing(store, since=DAY - ONE_DAY)
    assert ours == Passing(ids(1)[0], DAY, 3, **plain)
    [announced] = await passing(store, "source:arxiv", (ARXIV,), until=DAY + ONE_DAY)
    assert announced == Passing(ids(1)[0], DAY + ONE_DAY, 3, **plain)  # arXiv has no votes


async def test_the_votes_of_what_passes_are_the_newest_that_were_told(store):
    for told, expected in ((60, 60), (None, 60), (3, 3)):
        await store.papers.add(batch([paper(1)], [seen(1, upvotes=told)]), NOW)
        assert [each.upvotes for each in await passing(store)] == [expected]


async def test_a_paper_has_passed_when_an_edition_first_saw_it_pass(store):
    await stocked(store, 1, 2, 3)
    first = await subscribed(store, filter="")
    other = await subscribed(store, DOOR, filter="paper")
    await store.subscriptions.issue([issue_of(first, passed=ids(1, 2))])
    later = {"local_day": DAY + ONE_DAY, "made_at": NOW + ONE_DAY, "due_at": NOW + ONE_DAY}
    await store.subscriptions.issue([issue_of(first, passed=ids(2, 3), **later)])
    passed = {each.paper_id: each.passed_at for each in await passing(store)}
    made_at = NOW + timedelta(seconds=1)
    assert passed == dict(zip(ids(1, 2, 3), (made_at, made_at, NOW + ONE_DAY), strict=True))
    assert all(each.passed_at is None for each in await passing(store, other.filter))


async def test_what_passed_has_passed_also_where_its_edition_is_left_out(store):
    await stocked(store, 1)
    subscription = await subscribed(store)
    await store.subscriptions.issue([issue_of(subscription)])
    assert await store.subscriptions.issue([issue_of(subscription, passed=ids(1))]) == []
    [found] = await passing(store)
    assert found.passed_at == NOW + timedelta(seconds=1)


async def histories(store, *wanted):
    return await store.subscriptions.histories(wanted)


async def test_a_subscription_without_editions_has_no_history(store):
    subscription = await subscribed(store)
    assert await histories(store, (subscription, DAY, ids(1))) == {subscription.id: History()}
    assert await histories(store) == {}


async def test_what_was_shown_is_shown_to_the_whole_channel(store):
    await stocked(store, *range(1, 5))
    first, twin = await subscribed(store), await subscribed(store, filter="paper")
    elsewhere = await subscribed(store, DOOR)
    await store.subscriptions.issue([issue_of(first, ids(1, 2)), issue_of(elsewhere, ids(3))])
    for subscription, numbers in ((first, (1, 2)), (twin, (1, 2)), (elsewhere, (3,))):
        assert await shown(store, subscription, *range(1, 5)) == set(ids(*numbers))
        assert await shown(store, subscription, 2, 4, 99) == set(ids(2)) & set(ids(*numbers))


async def test_the_histories_of_many_are_told_apart(store):
    await stocked(store, *range(1, 700))
    one, two = await subscribed(store), await subscribed(store, DOOR)
    some, all_of_them = ids(*range(1, 20)), ids(*range(1, 700))
    await store.subscriptions.issue([issue_of(one, some), issue_of(two, all_of_them)])
    found = await histories(store, (one, DAY, all_of_them), (two, DAY, all_of_them))
    assert found[one.id].shown == set(some)
    assert found[two.id].shown == set(all_of_them)


async def three_days(store, *kinds):
    """A subscription with an edition a day from DAY on, each with one message."""
    subscription = await subscribed(store)
    await stocked(store, *range(len(kinds)))
    issues = []
    for number, kind in enumerate(kinds):
        issues.append(issue_of(subscription, ids(number), kind=kind))
        subscription = issues[-1].subscription
        await store.subscriptions.issue([issues[-1]])
    return subscription


REGULAR, AWAY, SILENT = EditionKind


async def test_what_came_before_the_cut_off_day_is_settled(store):
    subscription = await three_days(store, REGULAR, SILENT, REGULAR)
    for days, settled in enumerate([None, NOW, NOW + ONE_DAY, NOW + 2 * ONE_DAY]):
        found = await histories(store, (subscription, DAY + days * ONE_DAY, ()))
        made_at = settled and settled + timedelta(seconds=1)
        assert found == {subscription.id: History(frozenset(), made_at, DAY + 2 * ONE_DAY)}


async def test_an_edition_that_did_not_arrive_whole_settles_nothing(store):
    subscription = await three_days(store, REGULAR, REGULAR)
    last = NOW + 2 * ONE_DAY
    [first] = await claim(store, at=last)
    await store.deliveries.sent(first, "ref", last)
    [second] = await claim(store, at=last)
    await store.deliveries.fail(second, "it can't be sent", last)
    found = await histories(store, (subscription, DAY + 3 * ONE_DAY, ids(0, 1)))
    history = found[subscription.id]
    assert history.settled_at == NOW + timedelta(seconds=1)
    assert history.shown == set(ids(0))
    assert history.last_local_day == DAY + ONE_DAY
    assert history.failed_parts == 1


async def failed_parts(store, subscription):
    found = await histories(store, (subscription, DAY, ()))
    return found[subscription.id].failed_parts


async def test_parts_given_up_are_told_by_the_next_edition_that_says_anything(store):
    subscription = await subscribed(store)
    await stocked(store, 1, 2, 3, 4)
    issue = issue_of(subscription, ids(1), ids(2), ids(3))
    await store.subscriptions.issue([issue])
    for number in range(2):
        [part] = await claim(store, at=NOW + timedelta(minutes=number + 1))
        await store.deliveries.fail(part, "no", NOW + timedelta(minutes=number + 1))
    await send_all(store, NOW + timedelta(hours=1))
    assert await failed_parts(store, subscription) == 2
    silent = issue_of(issue.subscription, kind=SILENT)
    await store.subscriptions.issue([silent])
    assert await failed_parts(store, subscription) == 2
    await store.subscriptions.issue([issue_of(silent.subscription, ids(4))])
    assert await failed_parts(store, subscription) == 0


async def test_editions_come_back_as_they_were_made_newest_first(store):
    await stocked(store, 1, 2)
    subscription = await subscribed(store, covered_until=NOW - 3 * ONE_DAY)
    told = {
        "kind": AWAY,
        "candidates": 31,
        "due": 12,
        "heading": "While away — top 2 of 12",
        "note": "arXiv was late",
        "states": ("arxiv 2026-11-09 stale", "huggingface 2026-11-08 holiday"),
    }
    first = issue_of(subscription, ids(2), ids(1), **told)
    second = issue_of(first.subscription)
    for issue in (first, second):
        await store.subscriptions.issue([issue])
    editions = [second.edition, edition_of(subscription, ids(2, 1), **told)]
    assert await store.subscriptions.editions(subscription.id, 9) == editions
    assert await store.subscriptions.editions(subscription.id, 1) == editions[:1]
    assert await store.subscriptions.editions(subscription.id + 1, 9) == []


@pytest.mark.parametrize("day", [DAY - ONE_DAY, DAY + ONE_DAY])
async def test_a_day_without_an_edition_has_no_deliveries(store, day):
    await stocked(store, 1)
    subscription = await subscribed(store)
    await store.subscriptions.issue([issue_of(subscription, ids(1))])
    assert len(await store.deliveries.of_edition(subscription.id, DAY)) == 1
    assert await store.deliveries.of_edition(subscription.id, day) == []
    assert await store.deliveries.of_edition(subscription.id + 1, DAY) == []
