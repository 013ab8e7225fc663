"""Real processes that bring people what their alerts caught, killed at random moments.

`PAPERBOY_LONG=1` takes three weeks of it.
"""

import asyncio
import os
import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from time import monotonic

import pytest
from standins.counting import Said
from standins.daemon import LIBRARY, NO_LIBRARY, House, comes, open_house, until

from bot.models import Alert, AlertState, Cadence, Reader, User
from storage import open_store

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

LONG = os.environ.get("PAPERBOY_LONG") == "1"
THURSDAY = datetime(2026, 11, 12, tzinfo=UTC)
DAYS = 15 if LONG else 5
SPEED = 60  # a simulated minute a second
MINUTES = 6  # people have hours from 09:00 on, a minute apart
KILLS_A_DAY = 9 if LONG else 5
PRINTS = "…"
STEPS = ("pulled", "pulled", "alerts brought", "alerts brought", PRINTS, PRINTS, PRINTS, "")
KINDS = {  # who asks for what, and how
    "all": ("source:arxiv OR source:huggingface", Cadence.DAILY),
    "votes": ("upvotes:>=30", Cadence.DAILY),
    "several": ("lanterns OR gradients OR orchards", Cadence.DAILY),
    "soon": ("cat:cs.LG OR cat:cs.CL", Cadence.AT_ONCE),
}
EVERY_DAY = frozenset(range(7))


async def people_ask(house: House) -> None:
    """Each kind at each minute; "several" have three alerts that catch many papers together."""
    store = open_store(f"sqlite:///{house.outbox.database}")
    for minute in range(MINUTES):
        for kind, (query, cadence) in KINDS.items():
            user = User("console", f"{kind}-{minute}")
            reader = Reader(user, "UTC", time(9, minute), EVERY_DAY, cap=50 if minute else 5)
            await store.alerts.keep_reader(reader, THURSDAY)
            texts = [query] if kind != "several" else [query, "cat:cs.LG", "source:huggingface"]
            for text in texts:
                alert = Alert(0, user, text, cadence, AlertState.ACTIVE, THURSDAY)
                await store.alerts.insert(alert)
    await store.close()


async def strike(house: House, chance: random.Random) -> None:
    """Start Paperboy and kill it hard upon something that it did, or at some moment."""
    daemon, size = await house.start(), house.output.stat().st_size
    step = chance.choice(STEPS)
    await daemon.says("paperboy runs")
    if step == PRINTS:
        give_up = monotonic() + 3
        while house.output.stat().st_size == size and monotonic() < give_up:  # noqa: ASYNC110
            await asyncio.sleep(0)  # a message is recorded a millisecond after it is said
    else:
        await comes(lambda: step and daemon.said(step), within=3 if step else chance.random() * 2)
        if chance.random() < 0.5:
            await comes(lambda: False, within=chance.random() * 0.06)
    await house.kill(daemon)


def is_brought(house: House) -> bool:
    """Whether nothing that was caught is due, and nothing waits to be sent."""
    now = f"{house.clock.now():%Y-%m-%dT%H:%M:%S.%f}Z"
    due = "SELECT count(*) FROM hits WHERE state = 'waiting' AND due_at <= ?"
    return house.outbox.read(due, now) == [(0,)] and house.is_settled()


async def one_day(house: House, day: datetime, chance: random.Random) -> None:
    """Kills through the hours of a day, then as long as it takes."""
    end = day.replace(hour=9, minute=MINUTES, second=5)
    house.clock.jump(day.replace(hour=8, minute=58, second=chance.randint(30, 59)))
    for _ in range(KILLS_A_DAY):
        await strike(house, chance)
        if chance.random() < 0.7:  # the killed one's leases end; else the next waits for them
            house.clock.jump(house.clock.now() + timedelta(seconds=chance.randint(20, 75)))
    house.clock.jump(max(house.clock.now(), end - timedelta(seconds=30)))
    daemon = await house.start()
    for source in ("huggingface", "arxiv"):
        await daemon.says(f"source={source}")
    await until(lambda: house.clock.now() > end and is_brought(house), "all of a day is brought")
    await (house.kill(daemon) if chance.random() < 0.5 else house.stop(daemon))


def told(said: list[Said], user: str) -> list[str]:
    """The papers that somebody was told of, a message that was said again counted once."""
    messages = {message.key: message for message in said if message.channel == f"console:@:{user}"}
    return [paper_id for message in messages.values() for paper_id in message.paper_ids]


def hits(house: House, user: str) -> dict[str, str]:
    """The papers that somebody's alerts caught, and where each stands."""
    rows = house.outbox.read(
        "SELECT p.id, h.state FROM hits h JOIN papers p ON p.pk = h.paper"
        " JOIN readers r ON r.pk = h.reader WHERE r.id = ?",
        user,
    )
    return dict(rows)


def kept_papers(house: House, where: str) -> set[str]:
    return {i for (i,) in house.outbox.read(f"SELECT id FROM papers WHERE {where}")}


@pytest.mark.timeout(1800 if LONG else 240)
async def test_killed_over_and_over_it_brings_each_person_each_paper_once(tmp_path):
    chance = random.Random(20261112)
    days = [day for n in range(DAYS) if (day := THURSDAY + timedelta(days=n)).weekday() < 5]
    async with open_house(tmp_path, THURSDAY, SPEED, seed=9) as house:
        await house.ask("status")  # makes the database
        await people_ask(house)
        for day in days:
            house.standin.rate = 0.0 if day == days[-1] else 0.05
            await one_day(house, day, chance)
        said = house.said()
        print(house.outbox.tally(said), f"{house.torn} torn")  # noqa: T201 - shown with -s
        assert [text for d in house.daemons for text in d.log if "job failed" in text] == []
        house.outbox.assert_nothing_is_told_twice(said)
        house.outbox.assert_every_message_is_out(said)
        house.outbox.assert_order_is_kept(said)
        everything = kept_papers(house, "last_day >= '2026-11-09'")
        risen = kept_papers(house, "last_day >= '2026-11-09' AND upvotes >= 30")
        for minute in range(MINUTES):
            for kind in KINDS:
                user = f"{kind}-{minute}"
                caught, brought = hits(house, user), told(said, user)
                assert [i for i, times in Counter(brought).items() if times > 1] == []
                assert set(brought) == {i for i, state in caught.items() if state == "packed"}
                assert set(caught.values()) <= {"packed", "kept", "waiting"}
            # Every paper that was stored was caught by who asks for all, and nobody lacks one.
            assert hits(house, f"all-{minute}").keys() >= everything
            assert hits(house, f"votes-{minute}").keys() >= risen
        assert len(everything) > 100
        assert len(risen) > 10
        # Else this test has shown nothing.
        assert house.outbox.kills >= len(days) * KILLS_A_DAY
        assert house.outbox.kills_while_sending > 0
