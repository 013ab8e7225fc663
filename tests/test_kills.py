"""Killed some hundred times between claim, send and record, and counted afterwards."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from standins import sender
from standins.counting import Outbox, Said
from standins.papers import papers_of
from standins.wishes import subscribe, wish

from bot.models import Channel

LONG = os.environ.get("PAPERBOY_LONG") == "1"
CHANNELS = 60
DAYS = 15 if LONG else 3
KILLS_A_DAY = 60 if LONG else 30
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
LONGEST_LIFE = timedelta(seconds=5)


@dataclass
class Lives:
    """The lives of one Paperboy; what was said in them, and what was in doubt at each death."""

    home: Path
    process: subprocess.Popen[str]

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.home / "papers.db")

    def lead(self, begin: datetime, how_long: str = "-") -> int:
        """One life; returns how it ended."""
        assert self.process.stdin
        assert self.process.stdout
        print(begin.isoformat(), how_long, file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def lead_and_count(self, begin: datetime, how_long: str) -> None:
        """One life, with what it leaves in doubt; nothing is said that a dead one still holds."""
        before, held = len(self.said()), self.outbox.held_at(begin + LONGEST_LIFE)
        if self.lead(begin, how_long) == -signal.SIGKILL:
            self.outbox.take_down_a_kill(self.said())
        assert {message.key for message in self.said()[before:]} & held == set()

    def said(self) -> list[Said]:
        path = self.home / "wall.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        told = [json.loads(text) for text in lines]
        return [Said(each["channel"], each["key"], tuple(each["paper_ids"])) for each in told]


@pytest.fixture
async def home(tmp_path):
    made = []
    for number in range(CHANNELS):
        channel, hour = Channel("wall", "lab", f"c{number}"), time(9, number % 25)
        made.append(wish(channel, MONDAY, hour=hour))
        if number % 3 == 0:  # two that overlap in one channel
            made.append(wish(channel, MONDAY, hour=hour, size=4))
    await subscribe(tmp_path / "papers.db", *made)
    return tmp_path


@contextlib.contextmanager
def lives_in(home: Path) -> Iterator[Lives]:
    command = [sys.executable, sender.__file__, str(home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield Lives(home, process)


@pytest.fixture
def lives(home):
    with lives_in(home) as made:
        yield made


def one_day(lives: Lives, day: datetime, chance: random.Random) -> None:
    """Lives through the hour, each some seconds or a few minutes after the last; one in peace."""
    now = day.replace(hour=8, minute=59)
    for _ in range(KILLS_A_DAY):
        step = chance.choice(("born", "open", "sent", "sent"))
        lives.lead_and_count(now, f"{step} {chance.uniform(0, 0.04):.4f}")
        # Shorter than the lease of 60 s too: then nobody may touch what the dead one claimed.
        now += timedelta(seconds=chance.choice((5, 40, 61, 65)))
    assert lives.lead(max(now, day.replace(hour=9, minute=25)) + timedelta(minutes=2)) == 0


@pytest.mark.timeout(1800 if LONG else 120)
def test_killed_between_claim_send_and_record_it_tells_every_paper_once(lives):
    chance = random.Random(5)
    days = [MONDAY + timedelta(days=n) for n in range(DAYS) if n % 7 < 5]
    for day in days:
        one_day(lives, day, chance)
    said, outbox = lives.said(), lives.outbox
    print(outbox.tally(said))  # noqa: T201 - shown with -s
    outbox.assert_nothing_is_told_twice(said)
    outbox.assert_every_message_is_out(said)
    outbox.assert_one_edition_a_day(days)
    outbox.assert_order_is_kept(said)
    listed = {paper.id for day in days for paper in papers_of(day.date())}
    for number in range(CHANNELS):
        shown = {
            i for message in said if message.channel == f"c{number}" for i in message.paper_ids
        }
        assert listed - shown == set()
    # Else this test has shown nothing.
    assert outbox.kills_while_sending > len(days) * KILLS_A_DAY // 4
    assert outbox.in_doubt.total() > 0


def test_killed_while_the_database_is_made_it_is_made_by_the_next(tmp_path):
    chance, killed = random.Random(6), 0
    with lives_in(tmp_path) as lives:
        for _ in range(60 if LONG else 20):
            killed += lives.lead(MONDAY, f"born {chance.uniform(0, 0.05):.4f}") != 0
            assert lives.lead(MONDAY) == 0
            assert lives.outbox.read("PRAGMA integrity_check") == [("ok",)]
            for file in tmp_path.glob("papers.db*"):
                file.unlink()
    assert killed > 5
