"""What was asked lately stands apart: no pull holds it up, and its loss harms nobody."""

import asyncio
import threading
from datetime import timedelta

import pytest
from standins.stock import NOW, ONE_DAY

from bot.errors import StoreError
from bot.places import Places
from storage import open_store

PATIENCE = 20  # seconds that a broken store holds a test up


@pytest.fixture
async def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield opened
    await opened.close()


async def test_a_long_write_holds_no_asking_up(store):
    gate, began = threading.Event(), threading.Event()

    def pull(_):
        began.set()
        return gate.wait(PATIENCE)

    pulling = asyncio.create_task(store._engine.write(pull))
    await asyncio.to_thread(began.wait, PATIENCE)
    assert await store.places.first_time("a", NOW)
    assert not await store.places.first_time("a", NOW)
    assert not pulling.done()
    gate.set()
    assert await pulling


async def test_where_nothing_is_asked_there_is_no_file_of_it(store):
    await store.keeper.prune(NOW, ONE_DAY, ONE_DAY)
    assert not list(store.path.parent.glob("*askings*"))
    await store.places.first_time("a", NOW)
    assert list(store.path.parent.glob("*askings*"))


async def test_a_file_that_is_lost_is_made_anew_by_the_next_start(store):
    await store.places.first_time("a", NOW)
    await store.close()
    for path in store.path.parent.glob("*askings*"):
        path.unlink()
    again = open_store(f"sqlite:///{store.path}")
    assert await again.places.first_time("a", NOW)
    await again.close()


async def test_where_it_can_not_be_told_somebody_is_answered_rather_than_not(store):
    store.path.with_name("papers.db-askings").write_bytes(b"This was a database. " * 100)
    with pytest.raises(StoreError):
        await store.places.first_time("a", NOW)
    assert await Places(store, lambda: NOW).first_time("a")


async def test_an_asking_is_forgotten_a_day_later(store):
    await store.places.first_time("a", NOW)
    await store.places.first_time("b", NOW + timedelta(hours=1))
    await store.keeper.prune(NOW + ONE_DAY + timedelta(minutes=1), ONE_DAY, ONE_DAY)
    assert await store.places.first_time("a", NOW + ONE_DAY)
    assert not await store.places.first_time("b", NOW + ONE_DAY)
