"""The ports LeaseStore and Gate, between the processes of one store."""

import asyncio
from datetime import timedelta

import pytest
from standins.stock import LEASE, NOW, ONE_DAY

SECOND = timedelta(seconds=1)
SPACING = timedelta(seconds=3)


async def hold(store, holder, at=NOW, name="scheduler"):
    return await store.leases.hold(name, holder, at, LEASE)


async def test_a_lease_is_held_by_one_until_it_ends(store, beside):
    assert await hold(store, "first")
    assert not await hold(beside, "second", NOW + LEASE - SECOND)
    assert await hold(beside, "second", NOW + LEASE)
    assert not await hold(store, "first", NOW + LEASE)


async def test_a_lease_is_renewed_by_its_holder(store):
    assert await hold(store, "first")
    assert await hold(store, "first", NOW + 40 * SECOND)
    assert not await hold(store, "second", NOW + LEASE)
    assert await hold(store, "second", NOW + 40 * SECOND + LEASE)


async def test_leases_of_different_names_do_not_meet(store):
    assert await hold(store, "first")
    assert await hold(store, "second", name="restore")


async def test_only_its_holder_ends_a_lease_early(store):
    assert await hold(store, "first")
    await store.leases.release("scheduler", "second")
    assert not await hold(store, "second")
    await store.leases.release("scheduler", "first")
    await store.leases.release("scheduler", "first")
    assert await hold(store, "second")


@pytest.mark.parametrize("back", [timedelta(seconds=61), timedelta(hours=1), 400 * ONE_DAY])
async def test_a_lease_of_a_clock_that_was_set_back_since_has_ended(store, back):
    assert await hold(store, "first")
    assert await hold(store, "second", NOW - back)


async def test_a_lease_of_a_clock_that_is_a_little_ahead_stands(store):
    assert await hold(store, "first")
    assert not await hold(store, "second", NOW - timedelta(minutes=1))


async def test_of_many_that_ask_at_once_one_holds_the_lease(store, beside):
    asking = [hold(each, f"{n} {each is store}") for n in range(8) for each in (store, beside)]
    assert sum(await asyncio.gather(*asking)) == 1


async def reserve(store, at=NOW, service="arxiv"):
    return await store.gate.reserve(service, SPACING, at)


async def test_a_free_service_is_asked_at_once(store):
    assert await reserve(store) == NOW
    assert await reserve(store, service="huggingface") == NOW
    assert await reserve(store, NOW + SPACING) == NOW + SPACING
    assert await reserve(store, NOW + ONE_DAY) == NOW + ONE_DAY


async def test_requests_of_all_processes_keep_their_distance(store, beside):
    asking = [reserve(each) for each in (store, beside) * 10]
    moments = sorted(await asyncio.gather(*asking))
    assert moments == [NOW + n * SPACING for n in range(20)]


async def test_a_service_that_asks_for_quiet_gets_it(store, beside):
    until = NOW + timedelta(minutes=5)
    await reserve(store)
    await store.gate.hold_off("arxiv", until)
    await store.gate.hold_off("arxiv", NOW + SECOND)  # an older answer must not shorten it
    assert await reserve(beside, NOW + SPACING) == until
    assert await reserve(store, NOW + SPACING) == until + SPACING


async def test_quiet_may_be_asked_for_before_anything_else(store):
    await store.gate.hold_off("arxiv", NOW + SECOND)
    assert await reserve(store) == NOW + SECOND


@pytest.mark.parametrize("back", [timedelta(minutes=2), timedelta(hours=1), 400 * ONE_DAY])
async def test_after_a_clock_was_set_back_nobody_waits_until_it_catches_up(store, back):
    await reserve(store)
    await store.gate.hold_off("arxiv", NOW + timedelta(minutes=5))
    before = NOW - back
    assert await reserve(store, before) == before + SPACING
    assert await reserve(store, before) == before + 2 * SPACING
