"""The index of alerts beside the database: what fails leaves it right, old plans are mended."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from standins.askers import ADA, BERT, TOMORROW_AT_NINE, ask, caught, meet
from standins.stock import DAY, LEASE, NOW, ONE_DAY, batch, ids, paper, seen

from bot.alert_index import AlertIndex
from bot.errors import StoreError
from storage import open_store
from storage.sqlite import anchors
from storage.sqlite.alerting import REMADE_AT_ONCE

[FIRST, SECOND] = ids(1, 2)
MAMBA = paper(1, title="Mamba rules")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "papers.db"


@pytest.fixture
async def store(path):
    opened = open_store(f"sqlite:///{path}")
    yield opened
    await opened.close()


@pytest.fixture
async def beside(store, path):  # noqa: ARG001 - it stands beside that store
    opened = open_store(f"sqlite:///{path}")
    yield opened
    await opened.close()


def execute(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for sql in statements:
            db.execute(sql)


async def test_a_hit_that_can_not_be_written_undoes_the_batch_and_comes_with_the_next(store, path):
    await meet(store)
    alert = await ask(store, "mamba")
    execute(
        path,
        "CREATE TRIGGER full BEFORE INSERT ON hits BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )
    with pytest.raises(StoreError):
        await store.papers.add(batch([MAMBA, paper(2)]), NOW)
    assert await store.papers.count() == 0
    other = await ask(store, "rules")
    execute(path, "DROP TRIGGER full")
    await store.papers.add(batch([MAMBA, paper(2)]), NOW)
    assert await caught(store) == {FIRST: (alert.id, other.id)}


async def test_a_plan_of_another_version_is_made_anew(store, path):
    await meet(store)
    first, second = [await ask(store, query) for query in ("mamba", "rules upvotes:>=5")]
    plans = "SELECT plan FROM alerts ORDER BY id"
    with closing(sqlite3.connect(path)) as db:
        made = db.execute(plans).fetchall()
    execute(path, "UPDATE alerts SET plan = '0' || plan")
    await store.papers.add(batch([MAMBA]), NOW)
    assert await caught(store) == {FIRST: (first.id,)}
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(plans).fetchall() == made
    await store.papers.add(batch([], [seen(1, upvotes=5)]), NOW)
    assert await caught(store) == {FIRST: (first.id, second.id)}


async def test_many_plans_are_made_anew_in_steps_that_hold_up_nobody(store, path, beside):
    await meet(store)
    alert = await ask(store, "mamba")
    execute(
        path,
        "WITH RECURSIVE more (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM more LIMIT "
        f"{3 * REMADE_AT_ONCE}) INSERT INTO alerts SELECT n, reader, query, cadence, state,"
        " created_at, '0', 1, n FROM alerts, more",
    )
    adding = asyncio.create_task(beside.papers.add(batch([MAMBA]), NOW))
    came_between = 0
    while not adding.done():
        await asyncio.gather(
            *(s.leases.hold(name, "me", NOW, LEASE) for s, name in ((beside, "a"), (store, "b")))
        )
        came_between += 1
    assert came_between >= 3
    await adding
    assert len((await caught(store))[FIRST]) == 1 + 3 * REMADE_AT_ONCE
    assert alert.id in (await caught(store))[FIRST]


async def test_a_fault_of_matching_loses_nothing_for_good(store, monkeypatch, capsys):
    await meet(store)
    alert = await ask(store, "mamba")
    with monkeypatch.context() as broken:
        broken.setattr(AlertIndex, "matching", lambda *_: 1 / 0)
        await store.papers.add(batch([MAMBA, paper(2)]), NOW)
    assert await caught(store) == {}
    assert "alerts can't be matched" in capsys.readouterr().out
    late = await ask(store, "rules upvotes:>=5")
    await store.papers.add(batch([MAMBA, paper(2)]), NOW)
    assert await caught(store) == {FIRST: (alert.id,)}
    await store.papers.add(batch([], [seen(1, upvotes=5)]), NOW)
    assert await caught(store) == {FIRST: (alert.id, late.id)}


async def test_an_alert_that_can_not_be_read_is_left_out_and_stops_nobody(store, path, capsys):
    await meet(store)
    broken, sound = [await ask(store, query) for query in ("mamba", "rules")]
    execute(path, f"UPDATE alerts SET plan = '', query = 'cat:none' WHERE id = {broken.id}")
    await store.papers.add(batch([MAMBA]), NOW)
    assert await caught(store) == {FIRST: (sound.id,)}
    assert "can't be read" in capsys.readouterr().out
    await store.alerts.revise(broken.id, lambda now: replace(now, query="mamba"))
    await store.papers.add(batch([paper(2, title="Mamba")]), NOW)
    assert SECOND in await caught(store)


async def test_hours_in_a_zone_that_there_is_no_more_stop_no_pull(store, path):
    await meet(store)
    await ask(store, "mamba")
    await ask(store, "mamba", BERT)
    execute(path, "UPDATE readers SET zone = 'Europe/Atlantis' WHERE id = 'ada'")
    await store.papers.add(batch([MAMBA]), NOW)
    assert set(await caught(store, at=TOMORROW_AT_NINE)) == {FIRST}, "by UTC"
    assert set(await caught(store, BERT)) == {FIRST}
    await store.alerts.put_off([ADA], NOW)
    with closing(sqlite3.connect(path)) as db:
        zones = db.execute("SELECT zone FROM readers WHERE id = 'ada'").fetchone()
    assert zones == ("Europe/Atlantis",), "it may be known again after an update"


async def give(store, cosines, at=NOW):
    """Papers, by number, get a vector of two dimensions at a cosine to the first axis."""
    await store.vectors.use("small@1", 2)
    vectors = {n: [round(127 * c), round(127 * (1 - c * c) ** 0.5)] for n, c in cosines.items()}
    await store.vectors.keep({ids(n)[0]: bytes(vector) for n, vector in vectors.items()}, at)


@pytest.mark.parametrize("most", [0, 1, 100])
@pytest.mark.parametrize("is_plain", [True, False])
async def test_papers_are_compared_alike_however_it_is_done(store, monkeypatch, most, is_plain):
    monkeypatch.setattr(anchors, "MOST", most)
    if is_plain:
        monkeypatch.setattr(anchors, "numpy", lambda: None)
    await meet(store)
    close = [await ask(store, f"like:{i}") for i in (FIRST, SECOND, *ids(99))]
    loose = await ask(store, f"like:~{FIRST} OR like:~{SECOND}")
    unlike = await ask(store, f"title:paper -like:{FIRST}")
    await store.papers.add(batch([paper(n) for n in (1, 2, 3)], day=DAY - 90 * ONE_DAY), NOW)
    await give(store, {1: 1, 2: 0.3, 3: 0.6})
    fourth, fifth = ids(4, 5)
    await store.papers.add(batch([paper(4), paper(5)]), NOW)
    assert await caught(store) == {fourth: (unlike.id,), fifth: (unlike.id,)}
    await give(store, {4: 0.97, 5: 0.64})
    assert await caught(store) == {
        fourth: (close[0].id, loose.id, unlike.id),
        fifth: (close[1].id, loose.id, unlike.id),
    }


async def test_anchors_are_read_once_for_all_papers_of_a_transaction(store):
    await meet(store)
    for number in range(1, 40):
        await ask(store, f"like:{ids(number)[0]}")
    old = dict.fromkeys(range(1, 40), 1)
    await store.papers.add(batch([paper(n) for n in old], day=DAY - 90 * ONE_DAY), NOW)
    await give(store, old)
    await store.papers.add(batch([paper(n) for n in range(41, 60)]), NOW)
    asked = []
    for db in store._engine._open:
        db.conn.set_trace_callback(asked.append)
    await give(store, dict.fromkeys(range(41, 60), 0.9))
    assert len(await caught(store)) == 19
    assert 0 < len([sql for sql in asked if "vector" in sql and sql.startswith("SELECT")]) < 20
