"""Real processes side by side on one store, and how they end: nothing is lost, nothing repeated."""

from datetime import UTC, datetime, time, timedelta

import pytest
from standins.daemon import LIBRARY, NO_LIBRARY, House, open_house, until
from standins.sources import Fault
from standins.wishes import subscribe, wish

from bot.models import Channel, Layout, Subscription

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def crowd(now: datetime, minute: int, count: int = 40) -> list[Subscription]:
    """Channels that are due together and get a thread of some ten messages each."""
    hour = time(9, minute)
    return [
        wish(Channel("console", "local", f"c{n}"), now, hour=hour, layout=Layout.THREAD)
        for n in range(count)
    ]


def assert_all_is_said_once(house: House) -> None:
    said = house.said()
    house.outbox.assert_every_message_is_out(said)
    assert len(said) == len({message.key for message in said})


@pytest.fixture
async def house(tmp_path):
    """Monday, just after nine; a slower clock: a lease of 60 s is to outlive a busy machine."""
    async with open_house(tmp_path, MONDAY.replace(hour=9, second=15), 15) as made:
        yield made


async def test_of_two_processes_one_ends_in_the_midst_of_sending_and_nothing_is_lost(house):
    # Enough that they can't all be sent while the first one is being stopped.
    await subscribe(house.outbox.database, *crowd(MONDAY, 1, 100))
    first = await house.start()
    await first.says("keeping the schedule")
    second = await house.start()
    await second.says("paperboy runs")
    await until(lambda: len(house.said()) > 60, "both send")
    assert not second.said("keeping the schedule")
    await house.stop(first)
    stopped_at = house.clock.now()
    assert not house.is_settled()
    await second.says("keeping the schedule")
    assert house.clock.now() - stopped_at < timedelta(seconds=20 + 15)  # it asks every 20 s
    await until(house.is_settled, "the second one has sent the rest")
    await house.stop(second)
    assert_all_is_said_once(house)
    house.outbox.assert_one_edition_a_day([MONDAY])


async def test_stopped_again_and_again_while_it_sends_it_repeats_nothing(house):
    await subscribe(house.outbox.database, *crowd(MONDAY, 1))
    for some in (10, 120, 230):
        daemon = await house.start()
        await until(lambda enough=some: len(house.said()) > enough, "it sends")
        await house.stop(daemon)
    assert not house.is_settled()
    daemon = await house.start()
    await until(house.is_settled, "the rest is sent")
    await house.stop(daemon)
    assert_all_is_said_once(house)


async def test_a_source_that_hangs_does_not_hold_up_the_end(house):
    house.standin.faults.extend([Fault("slow", "40")] * 9)
    daemon = await house.start()
    await until(lambda: len(house.standin.requests) > 0, "a source is asked")
    await house.stop(daemon)
    assert daemon.said("broken off")


async def test_three_that_start_at_once_in_an_empty_folder_agree_who_leads(house):
    daemons = [await house.start() for _ in range(3)]
    for daemon in daemons:
        await daemon.says("paperboy runs")
    await until(lambda: any(d.said("keeping the schedule") for d in daemons), "one leads")
    for daemon in sorted(daemons, key=lambda each: each.said("keeping the schedule")):
        await house.stop(daemon)
    assert sum(each.said("keeping the schedule") for each in daemons) == 1


async def test_a_second_process_takes_the_schedule_over_from_one_that_was_killed(house):
    await subscribe(house.outbox.database, *crowd(MONDAY, 2, 3))
    first = await house.start()
    await first.says("keeping the schedule")
    second = await house.start()
    await second.says("paperboy runs")
    killed_at = house.clock.now()
    await house.kill(first)
    await second.says("keeping the schedule")
    # The lease of 60 s, and until it is asked for again, every 20 s.
    assert house.clock.now() - killed_at < timedelta(seconds=60 + 20 + 15)
    await until(lambda: house.said() and house.is_settled(), "the editions are sent")
    await house.stop(second)
    assert_all_is_said_once(house)
    house.outbox.assert_one_edition_a_day([MONDAY])
