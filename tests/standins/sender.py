"""Short lives of one Paperboy: each pulls, makes what is due and sends it, and may be killed.

    python tests/standins/sender.py HOME < lives

A line of input is a life: the moment at which it begins (ISO 8601), and how long it has: `-` for
as long as it wants, or a step (born, open, sent) and the seconds from there until it is killed.
Answered by a line with how it ended: 0, or minus the number of the signal. Lives are forked, so
that one takes milliseconds; each opens the store for itself. What they send is appended to
HOME/wall.jsonl, a line a message, with one write.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here
    sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]

from standins.papers import papers_of, weekday_before

from bot.app import open_app
from bot.messages import Message
from bot.models import HUGGINGFACE, Batch, Channel, Paper, Payload, PullState, Sighting
from bot.settings import Settings

CUT = 2  # papers a message


class Wall:
    """A platform that takes a few papers a message, and a message a channel in a while."""

    name = "wall"
    spacing, at_once = timedelta(milliseconds=5), 32

    def __init__(self, path: Path, steps: int) -> None:
        self._path = path
        self._steps = steps

    def pack(self, message: Message) -> list[Payload]:
        ids = [card.listed.paper.id for card in message.cards]
        parts = [tuple(ids[at : at + CUT]) for at in range(0, len(ids), CUT)]
        return [Payload("{}", message.title, part) for part in parts or [()]]

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:  # noqa: ARG002
        told = {"channel": channel.id, "key": key, "paper_ids": payload.paper_ids}
        wall = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(wall, f"{json.dumps(told)}\n".encode())
        finally:
            os.close(wall)
        os.write(self._steps, b"s")
        await asyncio.sleep(random.random() / 200)  # on its way back, where a kill may fall too
        return key

    async def serve(self) -> None:
        return


def settings_of(home: Path) -> Settings:
    return Settings(_env_file=None, paperboy_home=home, default_zone="UTC")


def picks_of(day: date) -> Batch:
    """What Hugging Face lists on the day, and on the one before it."""
    days = [weekday_before(day), day]
    listed = [(each, paper) for each in days for paper in papers_of(each)]
    return Batch(
        HUGGINGFACE,
        days[0],
        day,
        papers=tuple(Paper(paper.id, paper.title) for _, paper in listed),
        sightings=tuple(Sighting(paper.id, HUGGINGFACE, each, 10) for each, paper in listed),
        days=dict.fromkeys(days, PullState.NEW),
        entries=len(listed),
    )


async def live(home: Path, begin: datetime, steps: int) -> None:
    """One life; its steps are told by their first letters."""
    since = time.monotonic()

    def clock() -> datetime:
        return begin + timedelta(seconds=time.monotonic() - since)

    async with open_app(settings_of(home), sample=True, clock=clock) as app:
        os.write(steps, b"o")
        app.platforms["wall"] = Wall(home / "wall.jsonl", steps)
        await app.store.papers.add(picks_of(begin.date()), clock())
        await app.newsroom.post_due(clock(), begin)
        await app.postman.send_waiting()


def lead(home: Path, begin: datetime, step: str, seconds: float) -> int:
    """Let one life be lived, and end it in time."""
    steps, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(steps)
        os.write(told, b"b")
        asyncio.run(live(home, begin, told))
        os._exit(0)
    os.close(told)
    # Counted from a step, a kill falls where it is meant to on a busy machine too.
    while (letter := os.read(steps, 1)) and letter.decode() != step:
        pass
    if letter:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    os.close(steps)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    home = Path(sys.argv[1])
    for text in sys.stdin:
        begin, step, *seconds = text.split()
        moment = datetime.fromisoformat(begin).astimezone(UTC)
        ended = lead(home, moment, step[0], float(seconds[0]) if seconds else 0.0)
        print(ended, flush=True)  # noqa: T201 - whoever asked reads it


if __name__ == "__main__":
    main()
