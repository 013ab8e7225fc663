"""A process that writes papers with alerts on them is killed: each hit is there, and once."""

import asyncio
import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing

from standins import alerter
from standins.alerter import ENOUGH, ROUND, VOTED
from standins.askers import ADA, BERT, ask, caught, kept, meet
from standins.stock import ids

from storage import open_store

KILLS, MOST_KILLS = 30, 300
LONGEST_LIFE = 0.12  # seconds of writing


@contextlib.contextmanager
def writing(folder, first_life=0):
    """A process that leads short lives, each as long as it is told."""
    command = [sys.executable, alerter.__file__, str(folder), str(first_life)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def begin_life(process, seconds):
    print(seconds, file=process.stdin, flush=True)


def assert_killed(process):
    """It was killed while it was writing, and did not end by itself."""
    assert int(process.stdout.readline()) == -signal.SIGKILL


def in_messages(path, user):
    """How often each paper is in a message to a person, sent or not."""
    sql = "SELECT paper_ids FROM deliveries WHERE channel IN (SELECT pk FROM channels WHERE id = ?)"
    with closing(sqlite3.connect(path / "papers.db")) as db:
        rows = db.execute(sql, (user.id,)).fetchall()
    return Counter(paper_id for (paper_ids,) in rows for paper_id in json.loads(paper_ids))


async def begin(path):
    store = open_store(f"sqlite:///{path}/papers.db")
    for user, query in ((ADA, "study"), (BERT, f"upvotes:>={ENOUGH}")):
        await meet(store, user)
        await ask(store, query, user)
        await ask(store, query, user)
    await store.close()


async def look(path):
    """Every paper that an alert is met by has one hit: in a message, or waiting for one."""
    store = open_store(f"sqlite:///{path}/papers.db")
    assert await store.keeper.check() == []
    found = await store.papers.get(ids(*range(await store.papers.count())))
    wanted = {
        ADA: {each.paper.id for each in found},
        BERT: {each.paper.id for each in found if (each.upvotes or 0) >= ENOUGH},
    }
    for user, papers in wanted.items():
        waiting = await caught(store, user)
        assert in_messages(path, user) + Counter(waiting.keys()) == Counter(papers)
        assert await kept(store, user) == []
        assert all(len(alerts) == 2 for alerts in waiting.values())
    await store.close()
    return {user: len(papers) for user, papers in wanted.items()}


def done_by(path):
    """How often each step was begun and done."""
    return Counter(line.split()[0] for line in (path / "log").read_text().splitlines())


def has_shown_something(path):
    """Whether each step was done some times, and many were broken off."""
    done = done_by(path)
    begun = done["add"] + done["vote"] + done["bring"]
    broken_off = begun - done["added"] - done["voted"] - done["brought"]
    least = min(done["added"], done["voted"], done["brought"], done["sent"])
    return least > 3 and broken_off > KILLS // 5


def test_a_process_that_is_killed_leaves_one_hit_a_person_and_paper(tmp_path):
    chance = random.Random(7)
    asyncio.run(begin(tmp_path))
    with writing(tmp_path) as process:
        for number in range(MOST_KILLS):  # a busy machine does little in a life
            begin_life(process, chance.uniform(0, LONGEST_LIFE))
            assert_killed(process)
            if number % 10 == 0:
                asyncio.run(look(tmp_path))
            if number > KILLS and has_shown_something(tmp_path):
                break
    assert min(asyncio.run(look(tmp_path)).values()) > VOTED
    assert has_shown_something(tmp_path)


def test_processes_that_write_at_once_leave_one_hit_a_person_and_paper(tmp_path):
    asyncio.run(begin(tmp_path))
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(writing(tmp_path, number)) for number in range(3)]
        for process in processes:
            begin_life(process, 1)
        for process in processes:
            assert_killed(process)
    counts = asyncio.run(look(tmp_path))
    assert counts[ADA] > 3 * ROUND
    assert min(done_by(tmp_path)[step] for step in ("added", "voted", "brought", "sent")) > 3
