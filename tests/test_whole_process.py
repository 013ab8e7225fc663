"""Real processes through simulated weeks: killed at random moments, two at once, and stopped.

`PAPERBOY_LONG=1` takes four weeks and some two hundred kills, for several minutes.
"""

import os
import random
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from standins.counting import Said
from standins.daemon import LIBRARY, NO_LIBRARY, ROOT, House, comes, open_house, until
from standins.sources import Fault

from bot.models import (
    ARXIV,
    HUGGINGFACE,
    Channel,
    Layout,
    Ranking,
    Subscription,
    SubscriptionState,
    User,
)
from bot.schedules import next_due
from storage import open_store

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

LONG = os.environ.get("PAPERBOY_LONG") == "1"
WEEKDAYS = frozenset(range(5))
THURSDAY = datetime(2026, 11, 12, tzinfo=UTC)
MONDAY = THURSDAY + timedelta(days=4)
RECORDED = Path(os.environ.get("PAPERBOY_RECORDED_DATA", ROOT.parent / "shared" / "data"))
FAULTS = 0.08  # the share of requests that the sources answer badly
SPEED = 60  # a simulated minute a second
MINUTES = 14 if LONG else 9  # channels have hours from 09:00 on, a minute apart
KILLS_A_DAY = 9 if LONG else 6
PRINTS = "…"
# What a kill falls upon: something logged, a message on its way out, or any moment.
STEPS = (
    *("paperboy runs", "keeping the schedule", "pulled", "editions made", "editions made"),
    *(PRINTS, PRINTS, PRINTS, "", ""),
)
ENOUGH = 50  # papers an edition: more than any of these days lists


def wish(name: str, now: datetime, **changes: object) -> Subscription:
    plain = {
        "id": 0,
        "channel": Channel("console", "local", name, f"#{name}"),
        "hour": time(9),
        "zone": "UTC",
        "weekdays": WEEKDAYS,
        "filter": "",
        "size": ENOUGH,
        "ranking": Ranking.UPVOTES,
        "layout": Layout.COMPACT,
        "tell_empty": True,
        "contact": User("console", "ada", "Ada"),
        "state": SubscriptionState.ACTIVE,
        "created_at": now,
        "next_due_at": now,
    }
    made = Subscription(**plain | changes)
    return replace(made, next_due_at=next_due(now, made.hour, made.zone, made.weekdays))


async def subscribe(house: House, *wishes: Subscription) -> None:
    store = open_store(f"sqlite:///{house.home / 'papers.db'}")
    for each in wishes:
        await store.subscriptions.insert(each)
    await store.close()


def wishes_of_a_week(now: datetime) -> list[Subscription]:
    """Picks and arXiv for each minute, as threads of many messages too; two in one channel."""
    kinds = ({}, {"filter": "source:arxiv"}, {"layout": Layout.THREAD}, {"filter": "cat:cs.LG"})
    made = [
        wish(f"{number}-{minute}", now, hour=time(9, minute), **kind)
        for minute in range(MINUTES)
        for number, kind in enumerate(kinds)
    ]
    return [*made[1:], wish("0-0", now, hour=time(9, 1), filter="cat:cs.LG", size=5)]


def days_of_service(start: datetime) -> list[datetime]:
    """Weekdays over a weekend and more; one of them is left out: no process runs on it."""
    length, missed = (28, 12) if LONG else (6, 1)
    days = (start + timedelta(days=n) for n in range(length) if n != missed)
    return [day for day in days if day.weekday() < 5]


async def strike(house: House, chance: random.Random) -> None:
    """Start Paperboy and kill it: at some moment, or hard upon something that it did."""
    daemon, size = await house.start(), house.output.stat().st_size
    step = chance.choice(STEPS)
    if step == PRINTS:
        await comes(lambda: house.output.stat().st_size > size, within=2)
    else:
        await comes(lambda: step and daemon.said(step), within=2 if step else chance.random() * 2)
    await comes(lambda: False, within=chance.random() * 0.06)
    await house.kill(daemon)


async def one_day(house: House, day: datetime, chance: random.Random) -> None:
    """Kills through the hours of a day, then as long as it takes."""
    end = day.replace(hour=9, minute=MINUTES - 1, second=5)
    house.clock.jump(day.replace(hour=8, minute=59, second=chance.randint(0, 40)))
    for _ in range(KILLS_A_DAY):
        await strike(house, chance)
        if chance.random() < 0.7:  # the killed one's leases end; else the next waits for them
            house.clock.jump(house.clock.now() + timedelta(seconds=chance.randint(20, 75)))
    house.clock.jump(max(house.clock.now(), end - timedelta(seconds=30)))
    daemon = await house.start()
    await until(lambda: house.clock.now() > end and house.is_settled(), "the day's papers are out")
    await (house.kill(daemon) if chance.random() < 0.5 else house.stop(daemon))


def listed(house: House, days: list[datetime], source: str) -> set[str]:
    """What the sources have listed on these days by now."""
    if source == HUGGINGFACE:
        return {i["paper"]["id"] for day in days for i in house.standin.list_of(day.date())}
    return {
        paper.id
        for day in days
        for paper, kind in house.standin.announcement(day.date(), ["cs", "stat"])
        if kind in {"new", "cross"}
    }


def shown(said: list[Said], channel: str) -> set[str]:
    key = f"console:local:{channel}"
    return {i for message in said if message.channel == key for i in message.paper_ids}


async def carry_through(house: House, days: list[datetime]) -> None:
    """Kill Paperboy over and over on all these days, and count what it said."""
    chance = random.Random(20261112)
    size = f"size:{ENOUGH}"
    await house.ask("papers", "subscribe", "09:00", "UTC", size, "--channel", "0-0")
    await subscribe(house, *wishes_of_a_week(days[0]))
    for day in days:
        house.standin.rate = 0.0 if day == days[-1] else FAULTS
        await one_day(house, day, chance)
    said = house.said()
    print(house.outbox.tally(said), f"{house.torn} torn")  # noqa: T201 - shown with -s
    house.outbox.assert_nothing_is_told_twice(said)
    house.outbox.assert_every_message_is_out(said)
    house.outbox.assert_one_edition_a_day(days)
    house.outbox.assert_order_is_kept(said)
    # What the last day's lists held at the hour of its edition is not known that exactly.
    before = [days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days)]
    for minute in range(MINUTES):
        for number, source in ((0, HUGGINGFACE), (1, ARXIV), (2, HUGGINGFACE)):
            assert listed(house, before, source) - shown(said, f"{number}-{minute}") == set()


@pytest.mark.timeout(1800 if LONG else 120)
async def test_killed_over_and_over_it_tells_every_paper_once(tmp_path):
    async with open_house(tmp_path, THURSDAY, SPEED, seed=7) as house:
        await carry_through(house, days_of_service(THURSDAY))


@pytest.mark.timeout(1800)
@pytest.mark.skipif(not LONG, reason="takes minutes; PAPERBOY_LONG=1 runs it")
@pytest.mark.skipif(
    not (RECORDED / "hf_daily").is_dir(),
    reason="no recorded answers at hand; PAPERBOY_RECORDED_DATA names their folder",
)
async def test_killed_over_recorded_days_it_tells_every_paper_once(tmp_path):
    start = datetime(2025, 10, 16, tzinfo=UTC)  # from here on every weekday is there
    data = RECORDED / "hf_daily"
    async with open_house(tmp_path, start, SPEED, seed=8, data=data) as house:
        await carry_through(house, days_of_service(start))


def crowd(now: datetime, minute: int, count: int = 40) -> list[Subscription]:
    """Channels that are due together and get a thread of some ten messages each."""
    hour = time(9, minute)
    return [wish(f"c{n}", now, hour=hour, layout=Layout.THREAD) for n in range(count)]


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
    await subscribe(house, *crowd(MONDAY, 1))
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
    await subscribe(house, *crowd(MONDAY, 1))
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
    await subscribe(house, *crowd(MONDAY, 2, 3))
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
