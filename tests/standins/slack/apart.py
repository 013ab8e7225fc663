"""The stand-in of Slack in a process of its own, for who measures: `apart()`.

It is told what to do by lines of JSON and answers in such lines, so that neither its work nor its
people's waiting shares an event loop with the measurer. Times are measured here, where the
messages arrive: by the performance counter, in seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run by itself, it finds its neighbours from here, and they theirs
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    sys.path.append(str(Path(__file__).resolve().parents[3]))

from standins.slack import faults
from standins.slack.asked import Asked
from standins.slack.server import SlackStandin
from standins.slack.world import Channel, Message
from standins.slack_tenants import app_settings, installation

Json = dict[str, Any]
LONGEST_LINE = 64 * 1024 * 1024
HEARTBEAT = 0.005  # seconds between two looks at how late this process's event loop is
PATIENCE = 10.0  # seconds for an answer
WORKS_AT = 128  # characters of a text that are told


@dataclass
class Apart:
    """The stand-in in the other process. `told` is what it said of itself at first."""

    process: asyncio.subprocess.Process
    told: Json

    async def ask(self, **what: Any) -> Json:
        """Tell it to do something, and wait for its answer."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        await self.process.stdin.drain()
        return await _line(self.process)


@asynccontextmanager
async def apart(workspaces: int, channels: int, **more: Any) -> AsyncIterator[Apart]:
    """A stand-in of so many workspaces, each with so many channels, that runs until it is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, json.dumps([workspaces, channels, more])),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        yield Apart(process, await _line(process))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> Json:
    assert process.stdout
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the stand-in of Slack has ended")
    return json.loads(line)


# --- what runs in the other process


@dataclass
class _Yard:
    """The stand-in, what its people have asked, and how late its own event loop was."""

    slack: SlackStandin
    places: list[Channel]

    def __post_init__(self) -> None:
        self.asked: list[Asked] = []
        self.late: list[float] = []
        self.is_over = False
        self.tasks: list[asyncio.Task[None]] = []

    def introduction(self) -> Json:
        return {
            "settings": app_settings(self.slack),
            "workspaces": [asdict(installation(each)) for each in self.slack.workspaces],
            "channels": [[each.workspace.id, each.id] for each in self.places],
        }

    async def beat(self) -> None:
        """Notice how late the event loop is."""
        while True:
            due = time.perf_counter() + HEARTBEAT
            await asyncio.sleep(HEARTBEAT)
            self.late.append(time.perf_counter() - due)

    async def do(self, told: Json) -> Json:
        match told["do"]:
            case "begin":
                self.tasks = [asyncio.create_task(self.beat())]
                for number in range(told["askers"]):
                    asking = self.wonder(number, told["texts"], told["apart"])
                    self.tasks.append(asyncio.create_task(asking))
                return {"cpu": _cpu()}
            case "delay":  # every request of a method from now on
                self.slack.fault(told["method"], faults.HANG, None, seconds=told["seconds"])
                return {}
            case "count":
                return {"messages": sum(len(each.messages) for each in self.places)}
            case "end":
                self.is_over = True
                await asyncio.wait(self.tasks[1:])
                self.tasks[0].cancel()
                return self.report()
            case other:
                raise ValueError(other)

    async def wonder(self, number: int, texts: list[str], apart: float) -> None:
        """One person of several asks these, each so many seconds after the answer to the last."""
        place = self.places[number]
        user = next(each for each in place.members if not each.is_bot)
        for text in itertools.islice(itertools.cycle(texts), number, None):
            if self.is_over:
                return
            asked = self.slack.slash(user, place, text)
            self.asked.append(asked)
            with contextlib.suppress(AssertionError):
                await asked.message(within=PATIENCE)
            await asyncio.sleep(apart)

    def report(self) -> Json:
        answered = {each.token: each.at for each in reversed(self.slack.calls("response_url"))}
        return {
            "acks": [each.seconds for each in self.asked],
            "answers": [_answer(each, answered) for each in self.asked],
            "posts": [[_post(m) for m in self.slack.messages(each)] for each in self.places],
            "too_fast": self.slack.status_count(429),
            "statuses": {str(s): n for s, n in self.slack.front.statuses.items()},
            "late": self.late,
            "cpu": _cpu(),
        }


def _answer(asked: Asked, answered: dict[str, float]) -> float | None:
    """Seconds from the asking until the first request to its response_url; None for never."""
    at = answered.get(asked.hook.token) if asked.hook else None
    return at - asked.delivery.sent if at else None


def _post(message: Message) -> list[Any]:
    return [float(message.ts), message.thread_ts or "", message.text[:WORKS_AT]]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peopled(slack: SlackStandin, channels: int) -> list[Channel]:
    """Channels that the app and one person are in."""
    places = []
    for workspace in slack.workspaces:
        person = slack.world.add_user("grace", workspace)
        members = (person, workspace.bot)
        places += [
            slack.world.add_channel(f"c{n}", workspace, "channel", members) for n in range(channels)
        ]
    return places


def _say(told: Json) -> None:
    print(json.dumps(told), flush=True)  # noqa: T201 - whoever started it reads this


async def _run(workspaces: int, channels: int, more: Json) -> None:
    async with SlackStandin(workspaces, **more) as slack:
        yard = _Yard(slack, _peopled(slack, channels))
        _say(yard.introduction())
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while line := await reader.readline():
            _say(await yard.do(json.loads(line)))
        for task in yard.tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(_run(*json.loads(sys.argv[1])))
