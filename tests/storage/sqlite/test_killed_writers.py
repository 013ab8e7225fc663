"""A writer is killed at random moments: all or nothing, and nothing acknowledged is lost."""

import asyncio
import contextlib
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import date

from standins import writer
from standins.stock import DAY, DOOR, NOW, ONE_DAY, WALL, ids, subscribed
from standins.writer import MANY, PARTS, SHOWN

from bot.models import HUGGINGFACE, DeliveryState
from bot.queries import parse_query
from storage import open_store

KILLS = 60
LONGEST_LIFE = 0.1  # seconds of writing


@contextlib.contextmanager
def writing(folder, first_life=0):
    """A process that leads short lives of a writer, each as long as it is told."""
    command = [sys.executable, writer.__file__, str(folder), str(first_life)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def begin_life(process, seconds):
    print(seconds, file=process.stdin, flush=True)


def assert_killed(process):
    """It was killed while it was writing, and did not end by itself."""
    assert int(process.stdout.readline()) == -signal.SIGKILL


async def assert_rounds_are_whole(store, log):
    """Each round is there with one version: no less than was acknowledged, found by its words."""
    count = await store.papers.count()
    assert count % MANY == 0
    found = await store.papers.get(ids(*range(count)))
    assert len(found) == count
    versions = {}
    for number in range(count // MANY):
        papers = [each.paper for each in found[number * MANY : (number + 1) * MANY]]
        [versions[number]] = {each.version for each in papers}
        assert {each.title.split()[-1] for each in papers} == {f"word{versions[number]}"}
        day = DAY + number * ONE_DAY
        assert await store.papers.count_listed(day, day, [HUGGINGFACE]) == MANY
    for word in set(versions.values()):
        matches = await store.papers.search(parse_query(f"word{word}"), count)
        assert len(matches) == MANY * Counter(versions.values())[word]
    days = await store.pulls.days(HUGGINGFACE, date.min, date.max)
    assert [each.papers for each in days] == [MANY] * len(versions)
    for number, version in re.findall(r"^added (\d+) (\d+)$", log, re.MULTILINE):
        assert versions[int(number)] >= int(version)


async def assert_editions_are_whole(store, log):
    """An edition, its messages, its ledger, its passes and its progress are there together."""
    issued = 0
    for subscription in await store.subscriptions.every():
        editions = await store.subscriptions.editions(subscription.id, 10_000)
        issued += len(editions)
        assert (subscription.next_due_at - NOW).days == len(editions)
        everything = ids(*range((len(editions) + 1) * SHOWN))
        asked = (subscription, DAY, everything)
        [history] = (await store.subscriptions.histories([asked])).values()
        assert history.shown == set(everything[: len(editions) * SHOWN])
        for edition in editions:
            parts = await store.deliveries.of_edition(subscription.id, edition.local_day)
            assert len(parts) == PARTS
            assert sum((each.payload.paper_ids for each in parts), ()) == edition.paper_ids
        acknowledged = re.findall(rf"^issued {subscription.id} (\d+)$", log, re.MULTILINE)
        assert len(editions) >= len(set(acknowledged))
    assert sum((await store.deliveries.counts()).values()) == issued * PARTS


async def assert_order_is_kept(store, log):
    """In a channel, what is sent comes before what is being sent, and that before what waits."""
    rank = [DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.WAITING]
    acknowledged = set(re.findall(r"^sent (\S+)$", log, re.MULTILINE))
    for subscription in await store.subscriptions.every():
        deliveries = []
        for edition in reversed(await store.subscriptions.editions(subscription.id, 10_000)):
            deliveries += await store.deliveries.of_edition(subscription.id, edition.local_day)
        states = [each.state for each in deliveries]
        assert states == sorted(states, key=rank.index)
        assert states.count(DeliveryState.SENDING) <= 1
        sent = {each.key for each in deliveries if each.state is DeliveryState.SENT}
        acknowledged -= sent
        assert all(each.reference == each.key for each in deliveries if each.key in sent)
    assert acknowledged == set()


async def look(path):
    store = open_store(f"sqlite:///{path}/papers.db")
    log_file = path / "log"
    log = log_file.read_text() if log_file.exists() else ""
    assert await store.keeper.check() == []
    await assert_rounds_are_whole(store, log)
    await assert_editions_are_whole(store, log)
    await assert_order_is_kept(store, log)
    await store.close()


async def begin(path):
    store = open_store(f"sqlite:///{path}/papers.db")
    for channel in (WALL, DOOR):
        await subscribed(store, channel)
    await store.close()


def done_by(path):
    """How often each step was begun and done."""
    return Counter(line.split()[0] for line in (path / "log").read_text().splitlines())


def test_a_writer_that_is_killed_leaves_all_or_nothing_of_what_it_did(tmp_path):
    chance = random.Random(7)
    asyncio.run(begin(tmp_path))
    with writing(tmp_path) as process:
        for number in range(KILLS):
            begin_life(process, chance.uniform(0, LONGEST_LIFE))
            assert_killed(process)
            if number % 6 == 0:
                asyncio.run(look(tmp_path))
    asyncio.run(look(tmp_path))
    done = done_by(tmp_path)
    # Else this test has shown nothing.
    assert min(done["added"], done["issued"], done["sent"]) > KILLS // 6
    begun = done["add"] + done["issue"] + done["send"]
    assert begun - done["added"] - done["issued"] - done["sent"] > KILLS // 4


def test_processes_that_write_at_once_wait_for_each_other_and_lose_nothing(tmp_path):
    asyncio.run(begin(tmp_path))
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(writing(tmp_path, number)) for number in range(3)]
        for process in processes:
            begin_life(process, 1)
        for process in processes:
            assert_killed(process)
    asyncio.run(look(tmp_path))
    done = done_by(tmp_path)
    assert min(done["added"], done["issued"], done["sent"]) > 3
