"""One writer, several readers, none of them on the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import StoreError
from storage.sqlite.engine import READERS, Engine

PATIENCE = 20  # seconds that a broken engine holds a test up


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    engine = Engine(tmp_path / "papers.db")
    await engine.write(lambda db: db.execute("CREATE TABLE marks (mark TEXT) STRICT"))
    yield engine
    await engine.close()


def put(mark: object):
    return lambda db: db.execute("INSERT INTO marks VALUES (?)", (mark,))


def marks(db: Database) -> list[str]:
    return [mark for (mark,) in db.execute("SELECT mark FROM marks ORDER BY rowid")]


async def test_a_write_whose_caller_is_cancelled_while_it_waits_its_turn_is_carried_out(engine):
    gate = threading.Event()
    ahead = asyncio.create_task(engine.write(lambda _: gate.wait(PATIENCE)))
    behind = asyncio.create_task(engine.write(put("was sent")))
    await asyncio.sleep(0)  # both are in the writer's queue now
    behind.cancel()
    with pytest.raises(asyncio.CancelledError):
        await behind
    gate.set()
    assert await ahead
    await engine.write(lambda _: None)  # the writer works in order: what was before it is done
    assert await engine.read(marks) == ["was sent"]


async def test_a_write_that_fails_leaves_nothing_and_the_next_one_is_unharmed(engine):
    def half(db: Database) -> None:
        put("half")(db)
        raise KeyError("halfway")

    with pytest.raises(KeyError):
        await engine.write(half)
    await engine.write(put("whole"))
    assert await engine.read(marks) == ["whole"]


async def test_a_read_of_several_statements_sees_one_moment(engine):
    seen, written = threading.Event(), threading.Event()

    def twice(db: Database) -> tuple[list[str], list[str]]:
        before = marks(db)
        seen.set()
        assert written.wait(PATIENCE)
        return before, marks(db)

    reading = asyncio.create_task(engine.read(twice))
    assert await asyncio.to_thread(seen.wait, PATIENCE)
    await engine.write(put("meanwhile"))
    written.set()
    assert await reading == ([], [])
    assert await engine.read(marks) == ["meanwhile"]


async def test_slow_reads_hold_up_neither_writes_nor_the_event_loop(engine):
    gate = threading.Event()
    slow = [
        asyncio.create_task(engine.read(lambda _: gate.wait(PATIENCE))) for _ in range(READERS - 1)
    ]
    async with asyncio.timeout(PATIENCE / 2):
        await engine.write(put("done"))
        assert await engine.read(marks) == ["done"]
    assert not any(task.done() for task in slow)
    gate.set()
    assert all(await asyncio.gather(*slow))


async def test_a_read_can_write_nothing(engine):
    with pytest.raises(StoreError):
        await engine.read(put("by a reader"))
    assert await engine.read(marks) == []


@pytest.mark.parametrize("value", [10**30, "\ud800"], ids=["too large", "half a character"])
async def test_what_sqlite_can_not_hold_is_a_clear_error_and_leaves_nothing(engine, value):
    with pytest.raises(StoreError, match="can't be stored"):
        await engine.write(put(value))
    assert await engine.read(marks) == []


async def test_what_was_asked_for_before_closing_is_finished(tmp_path):
    engine = Engine(tmp_path / "papers.db")
    await engine.write(lambda db: db.execute("CREATE TABLE marks (mark TEXT) STRICT"))
    writes = [asyncio.create_task(engine.write(put(str(n)))) for n in range(50)]
    await asyncio.sleep(0)  # all are in the queue now
    await engine.close()
    await asyncio.gather(*writes)
    with pytest.raises(StoreError, match="closed"):
        await engine.write(put("late"))
    again = Engine(tmp_path / "papers.db")
    assert await again.read(marks) == [str(n) for n in range(50)]
    await again.close()
