"""What platforms notice is told by `status`, here and in another process, as long as it holds."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from standins.office import CHANNEL, Office, message, plain

from bot.commands import Commands
from bot.errors import StoreError
from bot.health import KEPT_EVERY, HealthWatch, kept_remarks
from bot.ports import Remarks
from storage import open_store

COPIES = "Two copies of Paperboy are connected; stop one of them"


class Wary:
    """A platform with something to remark."""

    def __init__(self, *said):
        self.said = list(said)

    def remarks(self):
        return self.said


@pytest.fixture
async def office(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield Office(store)
    await store.close()


def watch_of(office, platforms, holder="one", stopped=None, sleep=asyncio.sleep):
    return HealthWatch(
        office.store.places,
        platforms,
        lambda: stopped or {},
        holder=holder,
        clock=office.clock,
        sleep=sleep,
    )


async def status(office, health, *, runs_it=False):
    commands = Commands(replace(office.desk, health=health))
    asked = replace(office.invocation("status", {}), runs_it=runs_it)
    return plain(message(await commands.answer(asked))).splitlines()


def told(lines):
    return [line for line in lines if line.startswith("To be looked into: ")]


async def test_status_tells_what_its_platform_notices_and_an_operator_all(office):
    assert isinstance(Wary(), Remarks)
    platforms = {"wall": Wary(COPIES), "door": Wary("It is shut"), "mute": object()}
    health = watch_of(office, platforms)
    assert CHANNEL.platform == "wall"
    assert told(await status(office, health)) == [f"To be looked into: {COPIES}."]
    assert told(await status(office, health, runs_it=True)) == [
        f"To be looked into: {COPIES}.",
        "To be looked into: It is shut.",
    ]


async def test_where_all_is_well_nothing_is_told(office):
    assert told(await status(office, watch_of(office, {"wall": Wary()}))) == []
    assert told(await status(office, None)) == []


async def test_a_platform_that_is_stopped_is_told(office):
    health = watch_of(office, {}, stopped={"wall": "the token is refused"})
    [line] = told(await status(office, health))
    assert "Nothing is sent to wall any more: the token is refused; mend that" in line
    by_itself = {"wall": Wary("The token is refused; make a new one")}
    health = watch_of(office, by_itself, stopped={"wall": "the token is refused"})
    [line] = told(await status(office, health))
    assert line.endswith("The token is refused; make a new one.")


async def test_another_process_is_told_until_it_is_mended(office):
    turn, turned = asyncio.Event(), asyncio.Event()

    async def sleep(seconds):
        assert seconds == KEPT_EVERY
        turned.set()
        await turn.wait()
        turn.clear()

    wary = Wary(COPIES)
    running = asyncio.create_task(watch_of(office, {"wall": wary}, sleep=sleep).run())
    await turned.wait()
    beside = watch_of(office, {}, "two")
    assert await beside.remarks("wall") == [COPIES]
    assert await beside.remarks("door") == []
    wary.said = []
    turned.clear()
    turn.set()
    await turned.wait()
    assert await beside.remarks() == []
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_a_process_that_ended_had_to_remark_is_told_no_more(office):
    is_kept = asyncio.Event()

    async def sleep(_):
        is_kept.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(watch_of(office, {"wall": Wary(COPIES)}, sleep=sleep).run())
    await is_kept.wait()
    assert await kept_remarks(office.store.places, office.now) == [("wall", COPIES)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await kept_remarks(office.store.places, office.now) == []


async def test_what_a_process_that_was_killed_had_to_remark_is_told_for_a_while(office):
    await office.store.places.keep_remarks("killed", [("wall", COPIES)], office.now)
    office.now += timedelta(seconds=90)
    assert await watch_of(office, {}).remarks() == [COPIES]
    office.now += timedelta(seconds=1)
    assert await watch_of(office, {}).remarks() == []


async def test_a_remark_that_two_processes_make_is_told_once(office):
    await office.store.places.keep_remarks("two", [("wall", COPIES)], office.now)
    assert await watch_of(office, {"wall": Wary(COPIES)}).remarks() == [COPIES]


async def test_a_store_or_a_platform_at_fault_does_not_end_the_watch(office):
    turns = []

    async def sleep(_):
        turns.append(1)
        if len(turns) == 3:
            raise StoreError("the end of the test")

    class Broken(Wary):
        def remarks(self):
            raise ZeroDivisionError

    with pytest.raises(StoreError, match="the end"):
        await watch_of(office, {"wall": Broken()}, sleep=sleep).run()
