"""The port Keeper, and the end of a store."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from standins.stock import (
    DAY,
    DOOR,
    NOW,
    ONE_DAY,
    WALL,
    batch,
    claim,
    ids,
    issue_of,
    message,
    paper,
    send_all,
    shown,
    stocked,
    subscribed,
)

from bot.errors import StoreError
from bot.models import HUGGINGFACE, Pull, PullState
from bot.queries import parse_query
from storage import open_store

RETENTION, LEDGER = timedelta(days=90), timedelta(days=730)
SECOND = timedelta(seconds=1)


async def prune(store, at):
    await store.keeper.prune(at, RETENTION, LEDGER)


async def test_what_was_sent_or_given_up_is_forgotten_after_its_time(store):
    for number, channel in enumerate((WALL, DOOR)):
        await store.deliveries.enqueue(channel, f"m{number}", [message()], NOW - RETENTION)
    one, other = await claim(store)
    await store.deliveries.sent(one, "ref", NOW)
    await store.deliveries.fail(other, "no", NOW)
    await prune(store, NOW + RETENTION)
    assert await store.deliveries.counts() == {"failed": 1, "sent": 1}
    await prune(store, NOW + RETENTION + SECOND)
    assert await store.deliveries.counts() == {}


async def test_what_is_still_to_be_sent_is_never_forgotten(store):
    for number in range(2):
        await store.deliveries.enqueue(WALL, f"m{number}", [message()], NOW)
    [claimed] = await claim(store)
    await prune(store, NOW + 9 * LEDGER)
    assert await store.deliveries.counts() == {"sending": 1, "waiting": 1}
    await store.deliveries.sent(claimed, "ref", NOW + 9 * LEDGER)
    assert len(await send_all(store, NOW + 9 * LEDGER)) == 1


async def test_how_the_last_pulls_ended_is_never_forgotten(store):
    states = [PullState.NEW, PullState.QUIET, PullState.BROKEN, PullState.PARTIAL]
    for number, state in enumerate(states):
        at, day = NOW + number * ONE_DAY, DAY + number * ONE_DAY
        await store.pulls.record(Pull(HUGGINGFACE, day, day, at, at, state))
    backfilled = DAY - 99 * ONE_DAY  # a step back says nothing of how the source stands
    await store.pulls.record(Pull(HUGGINGFACE, backfilled, backfilled, at, at, PullState.NEW))
    await prune(store, NOW + 9 * RETENTION)
    assert (await store.pulls.latest(HUGGINGFACE)).state is PullState.PARTIAL
    assert await store.pulls.last_complete(HUGGINGFACE) == NOW + ONE_DAY


async def test_the_ledger_is_kept_for_a_time_of_its_own(store):
    await stocked(store, 1, 2)
    subscription = await subscribed(store)
    issue = issue_of(subscription, ids(1), passed=ids(1))
    await store.subscriptions.issue([issue])
    await store.subscriptions.issue([issue_of(issue.subscription, ids(2), passed=ids(2))])
    await send_all(store, NOW + ONE_DAY + SECOND)
    made_at = issue.edition.made_at

    async def passed():
        found = await store.subscriptions.passing("", parse_query(""), [HUGGINGFACE], DAY, DAY)
        return {each.paper_id for each in found if each.passed_at}

    await prune(store, made_at + LEDGER)
    assert await shown(store, subscription, 1, 2) == await passed() == set(ids(1, 2))
    await prune(store, made_at + LEDGER + SECOND)
    assert await shown(store, subscription, 1, 2) == await passed() == set(ids(2))
    assert len(await store.subscriptions.editions(subscription.id, 9)) == 1
    await prune(store, made_at + 9 * LEDGER)
    [newest] = await store.subscriptions.editions(subscription.id, 9)  # tells that its day is taken
    assert newest.local_day == DAY + ONE_DAY


async def test_papers_days_and_subscriptions_are_never_forgotten(store):
    await stocked(store, 1)
    kept = await subscribed(store)
    await prune(store, NOW + 99 * LEDGER)
    assert await store.papers.count() == await store.papers.count_listed(DAY, DAY, [HUGGINGFACE])
    assert len(await store.pulls.days(HUGGINGFACE, DAY, DAY)) == 1
    assert await store.subscriptions.every() == [kept]


async def test_a_sound_store_has_nothing_wrong_with_it(store):
    assert await store.keeper.check() == []
    await stocked(store, *range(50))
    await store.papers.add(batch([paper(n, title="New", version=1) for n in range(25)]), NOW)
    assert await store.keeper.check() == []


async def test_a_backup_is_a_store_as_it_was(store, url, tmp_path):
    await stocked(store, 1)
    kept = await subscribed(store)
    path = tmp_path / "copies" / "papers.copy"
    await store.keeper.backup(str(path))
    await stocked(store, 2)
    await store.subscriptions.revise(kept.id, lambda s: replace(s, size=3))
    engine = url.partition(":")[0]
    copy = open_store(f"{engine}:///{path}")
    assert await copy.keeper.check() == []
    assert await copy.papers.count() == 1
    assert await copy.papers.search(parse_query("paper"), 9) == [*ids(1)]
    assert await copy.subscriptions.every() == [kept]
    await copy.close()


async def test_a_backup_of_a_store_that_is_written_all_the_while_is_sound(store, url, tmp_path):
    wrote = asyncio.Event()

    async def write():
        for number in range(10_000):
            papers = [paper(20 * number + n) for n in range(20)]
            await store.papers.add(batch(papers), NOW)
            if number == 5:
                wrote.set()

    writing = asyncio.create_task(write())
    await wrote.wait()
    path = tmp_path / "papers.copy"
    await store.keeper.backup(str(path))
    before = await store.papers.count()
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    copy = open_store(f"{url.partition(':')[0]}:///{path}")
    assert await copy.keeper.check() == []
    count = await copy.papers.count()
    assert 120 <= count <= before
    assert count % 20 == 0
    await copy.close()


async def test_a_backup_never_replaces_a_file(store, tmp_path):
    path = tmp_path / "dear.txt"
    path.write_text("dear")
    with pytest.raises(StoreError, match=r"dear\.txt exists already"):
        await store.keeper.backup(str(path))
    assert path.read_text() == "dear"


async def test_a_backup_that_can_not_be_written_says_so_and_leaves_nothing(store, tmp_path):
    await stocked(store, 1)
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StoreError, match="the backup can't be written: "):
        await store.keeper.backup(str(tmp_path / "file" / "papers.copy"))
    assert sorted(tmp_path.iterdir()) == before
    assert await store.papers.count() == 1


async def test_what_was_asked_for_is_written_although_nobody_waits_for_it(store):
    kept, may_go_on = await subscribed(store), Event()

    def slow(subscription):
        assert may_go_on.wait(30)
        return subscription

    in_front = asyncio.create_task(store.subscriptions.revise(kept.id, slow))
    asking = asyncio.create_task(stocked(store, 1))
    await asyncio.sleep(0)  # both are asked for now, and the second has to wait its turn
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    may_go_on.set()
    await in_front
    await stocked(store, 2)
    assert await store.papers.count() == 2


async def test_a_closed_store_refuses_all_and_has_lost_nothing(url):
    store = open_store(url)
    writing = asyncio.create_task(stocked(store, 1))
    await asyncio.sleep(0)
    await store.close()
    await writing
    for asked in (store.papers.count(), stocked(store, 2), store.keeper.check()):
        try:
            problem = await asked
        except StoreError as error:
            problem = [str(error)]
        assert "is closed" in problem[0]
    await store.close()
    again = open_store(url)
    assert await again.papers.count() == 1
    await again.close()
