"""Two processes on one store, their clocks a little apart: neither robs the other."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.models import Channel, Payload
from storage import open_store

NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
SPAN = timedelta(seconds=60)
MOMENT = timedelta(milliseconds=30)  # between reading the clock and getting the write lock
WALL = Channel("wall", "lab", "papers")


@pytest.fixture
async def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield opened
    await opened.close()


async def claim(store, holder, now):
    return await store.deliveries.claim(["wall"], holder, now, SPAN, 5)


@pytest.mark.parametrize("behind", [MOMENT, timedelta(seconds=20)])
async def test_a_claim_of_a_clock_that_is_a_little_ahead_is_left_alone(store, behind):
    await store.deliveries.enqueue(WALL, "a", [Payload("{}", "")], NOW - SPAN)
    assert len(await claim(store, "first", NOW)) == 1
    assert await claim(store, "second", NOW - behind) == []
    assert len(await claim(store, "second", NOW + SPAN)) == 1


@pytest.mark.parametrize("behind", [MOMENT, timedelta(seconds=20)])
async def test_a_lease_of_a_clock_that_is_a_little_ahead_is_left_alone(store, behind):
    assert await store.leases.hold("scheduler", "first", NOW, SPAN)
    assert not await store.leases.hold("scheduler", "second", NOW - behind, SPAN)
    assert await store.leases.hold("scheduler", "second", NOW + SPAN, SPAN)


async def test_what_was_held_by_a_clock_that_was_set_back_since_is_free(store):
    await store.deliveries.enqueue(WALL, "a", [Payload("{}", "")], NOW - SPAN)
    ahead = NOW + timedelta(hours=3)
    assert await store.leases.hold("scheduler", "first", ahead, SPAN)
    assert len(await claim(store, "first", ahead)) == 1
    assert await store.leases.hold("scheduler", "second", NOW, SPAN)
    assert len(await claim(store, "second", NOW)) == 1
