"""Small writes that come side by side are written together, and none is lost."""

import asyncio
import threading

import pytest

from bot.errors import StoreError
from storage.sqlite.engine import Engine
from storage.sqlite.together import Together

PATIENCE = 20  # seconds that a broken engine holds a test up


@pytest.fixture
async def engine(tmp_path):
    made = Engine(tmp_path / "papers.db")
    await made.write(lambda db: db.execute("CREATE TABLE marks (mark TEXT NOT NULL) STRICT"))
    yield made
    await made.close()


class Writer:
    """Writes marks, and tells which came together; it waits at its gate."""

    def __init__(self, engine):
        self.gate = threading.Event()
        self.began = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.groups = []
        self.together = Together(engine, self.write)

    def write(self, db, marks):
        self.loop.call_soon_threadsafe(self.began.set)
        assert self.gate.wait(PATIENCE)
        self.groups.append(list(marks))
        db.conn.executemany("INSERT INTO marks VALUES (?)", [(mark,) for mark in marks])


async def marks(engine):
    rows = await engine.read(lambda db: db.execute("SELECT mark FROM marks").fetchall())
    return [mark for (mark,) in rows]


async def test_what_comes_while_one_is_written_is_written_together(engine):
    writer = Writer(engine)
    first = asyncio.create_task(writer.together.write("a"))
    await writer.began.wait()
    rest = [asyncio.create_task(writer.together.write(mark)) for mark in "bcd"]
    await asyncio.sleep(0)
    writer.gate.set()
    await asyncio.gather(first, *rest)
    await writer.together.write("e")
    assert writer.groups == [["a"], ["b", "c", "d"], ["e"]]
    assert await marks(engine) == list("abcde")


async def test_nobody_is_told_before_it_is_written(engine):
    writer = Writer(engine)
    writing = asyncio.create_task(writer.together.write("a"))
    await writer.began.wait()
    assert not writing.done()
    writer.gate.set()
    await writing


async def test_what_a_cancelled_caller_asked_for_is_written_with_the_rest(engine):
    writer = Writer(engine)
    tasks = [asyncio.create_task(writer.together.write("a"))]
    await writer.began.wait()
    tasks += [asyncio.create_task(writer.together.write(mark)) for mark in "bc"]
    await asyncio.sleep(0)
    for task in tasks[:2]:
        task.cancel()
    writer.gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await marks(engine) == list("abc")


async def test_all_of_a_group_hear_of_its_fault_and_the_next_is_unharmed(engine):
    writer = Writer(engine)
    writer.gate.set()
    ended = await asyncio.gather(
        *(writer.together.write(mark) for mark in ("a", None)), return_exceptions=True
    )
    assert [type(each) for each in ended] == [StoreError, StoreError]
    assert await marks(engine) == []
    await writer.together.write("b")
    assert await marks(engine) == ["b"]
