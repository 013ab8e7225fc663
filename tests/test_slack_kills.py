"""Paperboy as a process of its own in Slack, killed at random moments, and beside Slack's faults.

Slack knows no key by which a message would be the same as one before (README, "What is promised"):
what it stored and Paperboy could not hear of comes once more, and nothing else does.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from standins.daemon import LIBRARY, NO_LIBRARY, House, comes, open_house, until
from standins.slack.server import SlackStandin
from standins.slack.world import Message
from standins.slack_ledger import Ledger
from standins.slack_tenants import app_settings, install, installation, own_settings

from adapters.slack.render import pack
from bot.messages import Message as News
from bot.messages import line
from bot.models import Channel
from storage import open_store

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

NOW = datetime(2026, 11, 12, 10, tzinfo=UTC)
SPEED = 10  # its 20 s for a request are 2 s here
LONG = os.environ.get("PAPERBOY_LONG") == "1"
WORKSPACES, CHANNELS, MESSAGES, KILLS = 2, 15, 60 if LONG else 20, 60 if LONG else 14
LONGEST_WAIT = timedelta(hours=4)  # between two tries
MOST_SENT = 9  # messages of a life, after which it is killed
OPEN = "SELECT count(*) FROM deliveries WHERE state <> 'sent'"
POST = "chat.postMessage"
FAULTS = ("429", "503", "reset", "stored and reset", "internal_error")


@dataclass
class Slack:
    """The channels at the stand-in, and what arrived there."""

    standin: SlackStandin

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.standin, key_of)
        world = self.standin.world
        self.places = [
            world.add_channel(f"c{n}", place, members=[place.bot])
            for place in self.standin.workspaces
            for n in range(CHANNELS)
        ]

    def count(self) -> int:
        return len(self.ledger.stored)


def number_of(message: Message) -> int:
    return int(message.text.removeprefix("Number ").removesuffix("."))


def key_of(message: Message) -> str:
    """The key in the outbox, of the message's one part."""
    return f"{message.channel.id}:{number_of(message)}:0"


async def fill(database, places) -> None:
    """Some messages for each channel, numbered in the order in which they are to come."""
    store = open_store(f"sqlite:///{database}")
    for which in range(MESSAGES):
        payloads = pack(News(lines=(line(f"Number {which}."),), silent=True))
        for place in places:
            channel = Channel("slack", place.workspace.id, place.id)
            await store.deliveries.enqueue(channel, f"{place.id}:{which}", payloads, NOW)
    await store.close()


async def one_life(house: House, slack: Slack, chance: random.Random) -> None:
    """Start Paperboy, and kill it once it has said some things."""
    enough = slack.count() + chance.randint(1, MOST_SENT)
    daemon = await house.start()
    assert await comes(lambda: slack.count() >= enough, within=30), daemon.log[-3:]
    await daemon.kill()
    await slack.ledger.settle()
    slack.ledger.take_down_a_kill(house.outbox)
    # Shorter than the lease of 60 s too: then nobody may touch what the dead one claimed.
    house.clock.jump(house.clock.now() + timedelta(seconds=chance.choice((5, 70, 900))))


def misbehave(slack: SlackStandin, chance: random.Random) -> None:
    """Some of Slack's faults for the next requests, and often a connection that ends."""
    for _ in range(chance.randint(0, 3)):
        slack.fault(POST, chance.choice(FAULTS), retry_after=chance.randint(1, 4))
    match chance.choice(("refresh", "cut", "close", "")):
        case "refresh":
            slack.disconnect("refresh_requested")
        case "cut":
            slack.cut()
        case "close":
            slack.close_sockets()


@pytest.fixture
async def house(tmp_path):
    async with open_house(tmp_path, NOW, SPEED) as made:
        yield made


@pytest.fixture
async def slack(house, tmp_path):
    # One message a second a channel is Slack's limit, and this clock's.
    async with SlackStandin(WORKSPACES, clock=house.clock.timestamp) as standin:
        standin.limits.clock = house.clock.timestamp
        key = await install(tmp_path / "papers.db", map(installation, standin.workspaces))
        house.settings |= app_settings(standin) | own_settings(key)
        yield Slack(standin)


async def ends_well(house: House, slack: Slack) -> None:
    """One life in peace; then everything is there, and what came twice had to."""
    house.clock.jump(house.clock.now() + LONGEST_WAIT)  # whatever waits to be tried again is due
    daemon = await house.start()
    await until(lambda: house.outbox.read(OPEN) == [(0,)], "everything is said")
    await house.stop(daemon)
    ledger = slack.ledger
    lost = ledger.lost()
    print(  # noqa: T201 - shown with -s
        f"{ledger.kills} kills, {ledger.kills_while_sending} while sending; "
        f"{len(ledger.stored)} messages, {lost.total()} answers lost"
    )
    assert {key: n for key, n in ledger.times().items() if n != 1 + lost[key]} == {}
    for place in slack.places:
        numbers = [number_of(each) for each in slack.standin.messages(place)]
        assert sorted(set(numbers)) == list(range(MESSAGES))
        assert numbers == sorted(numbers), "what comes again stands right behind its first"
    assert slack.standin.refused == []


@pytest.mark.timeout(900 if LONG else 240)
async def test_killed_over_and_over_it_repeats_what_was_under_way_and_loses_nothing(
    house, slack, tmp_path
):
    chance = random.Random(13)
    await fill(tmp_path / "papers.db", slack.places)
    for _ in range(KILLS):
        await one_life(house, slack, chance)
    assert slack.count() < len(slack.places) * MESSAGES, "else it was never killed at work"
    await ends_well(house, slack)
    assert slack.ledger.kills_while_sending > KILLS // 3
    assert slack.standin.status_count(429) == 0


@pytest.mark.timeout(900 if LONG else 240)
async def test_killed_while_slack_misbehaves_it_repeats_what_it_could_not_hear_of(
    house, slack, tmp_path
):
    chance = random.Random(14)
    await fill(tmp_path / "papers.db", slack.places)
    for _ in range(KILLS):
        misbehave(slack.standin, chance)
        await one_life(house, slack, chance)
    met = Counter(each.kind for each in slack.standin.front.faults.waiting if each.met)
    for each in slack.standin.front.faults.waiting:
        each.lift()
    await ends_well(house, slack)
    assert len(met) >= 4
    assert slack.ledger.lost().total() > 0
