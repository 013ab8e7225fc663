"""The index of alerts beside the database: what fails leaves it right, old plans are mended."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from standins.askers import BERT, ask, caught, meet
from standins.stock import NOW, batch, ids, paper, seen

from bot.errors import StoreError
from storage import open_store

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
    assert set(await caught(store, at=NOW)) == {FIRST}
    assert set(await caught(store, BERT)) == {FIRST}
