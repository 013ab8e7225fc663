"""Real processes through simulated weeks: killed at random moments, and counted.

`PAPERBOY_LONG=1` takes four weeks and some two hundred kills, for several minutes.
"""

import os
import random
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from standins.counting import Said
from standins.daemon import LIBRARY, NO_LIBRARY, ROOT, House, comes, open_house, until
from standins.wishes import ENOUGH, subscribe, wish

from bot.models import ARXIV, HUGGINGFACE, Channel, Layout, Subscription

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

LONG = os.environ.get("PAPERBOY_LONG") == "1"
THURSDAY = datetime(2026, 11, 12, tzinfo=UTC)
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


def console(name: str) -> Channel:
    return Channel("console", "local", name, f"#{name}")


def wishes_of_a_week(now: datetime) -> list[Subscription]:
    """Picks and arXiv for each minute, as threads of many messages too; two in one channel."""
    kinds = ({}, {"filter": "source:arxiv"}, {"layout": Layout.THREAD}, {"filter": "cat:cs.LG"})
    made = [
        wish(console(f"{number}-{minute}"), now, hour=time(9, minute), **kind)
        for minute in range(MINUTES)
        for number, kind in enumerate(kinds)
    ]
    return [*made[1:], wish(console("0-0"), now, hour=time(9, 1), filter="cat:cs.LG", size=5)]


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
    key = console(channel).key
    return {i for message in said if message.channel == key for i in message.paper_ids}


async def carry_through(house: House, days: list[datetime]) -> None:
    """Kill Paperboy over and over on all these days, and count what it said."""
    chance = random.Random(20261112)
    size = f"size:{ENOUGH}"
    await house.ask("papers", "subscribe", "09:00", "UTC", size, "--channel", "0-0")
    await subscribe(house.outbox.database, *wishes_of_a_week(days[0]))
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
