"""Slack beside a stand-in of it: `python bench_slack.py [recorded data]`.

Paperboy and the stand-in run each as a process of its own. Measured at the stand-in: how soon a
command is acknowledged and answered while a pull and 1,000 digests are under way, how fast these go
out beside Slack's limit of a message a second a channel, and how a start with many workspaces goes.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import asyncio
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

from bench_search import DATA, short_questions, stored  # noqa: E402
from standins.slack.apart import Apart, apart  # noqa: E402
from standins.slack_tenants import install, now, own_settings  # noqa: E402
from standins.sources import SourceStandin  # noqa: E402
from standins.wishes import wish  # noqa: E402

from adapters.slack.workspaces import Workspace  # noqa: E402
from bot.models import Channel, Layout  # noqa: E402
from storage import open_store  # noqa: E402

WORKSPACES, CHANNELS = 50, 20  # channels each
PARTS = 3  # messages of a digest: what its thread stands under, and two papers
ASKERS, ASKED_APART = 3, 0.1  # people, and seconds from an answer to their next search
STARTED_AT = 57  # seconds of a minute: the first pull and the digests, made at :00, fall together
MANY, SUBSCRIPTIONS = 200, 10_000
POST_SECONDS = 0.1  # from a post to its answer: the way to Slack and back, and its work
PATIENCE = 180.0  # seconds: digests are made at the full minute
LOOK_SECONDS = 0.25  # between two looks at how far it is


@dataclass
class Daemon:
    """`paperboy run`, and what it has logged."""

    process: asyncio.subprocess.Process
    began: float
    log: list[tuple[float, str]] = field(default_factory=list)

    async def read(self) -> None:
        assert self.process.stderr
        async for text in self.process.stderr:
            self.log.append((time.perf_counter(), text.decode()))

    async def says(self, text: str) -> float:
        """Seconds from its start until it logged this."""
        give_up = time.perf_counter() + PATIENCE
        while time.perf_counter() < give_up:
            for at, told in self.log:
                if text in told:
                    return at - self.began
            await asyncio.sleep(0.01)
        raise TimeoutError(f"it never said {text!r}: {self.log[-3:]}")

    def megabytes(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6

    def peak_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        [line] = [each for each in status.splitlines() if each.startswith("VmHWM")]
        return int(line.split()[1]) * 1024 / 1e6

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def daemon(
    home: Path, settings: dict[str, str], sources: SourceStandin
) -> AsyncIterator[Daemon]:
    env = (
        os.environ
        | settings
        | {
            "PAPERBOY_HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "HUGGINGFACE_URL": sources.url,
            "ARXIV_RSS_URL": sources.url,
            "ARXIV_API_URL": sources.url,
            "HUGGINGFACE_SPACING_SECONDS": "0",
            "ARXIV_SPACING_SECONDS": "0",
            "EMBEDDING_MODEL": "off",
            "BACKUP_DAYS": "0",
        }
    )
    command = (sys.executable, "-m", "bot", "run")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=home, env=env, stderr=asyncio.subprocess.PIPE
    )
    made = Daemon(process, time.perf_counter())
    reading = asyncio.create_task(made.read())
    try:
        yield made
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await reading


async def prepare(database: Path, slack: Apart, each: int, **changes: Any) -> dict[str, str]:
    """Install Paperboy in all workspaces, subscribe `each` channels of each; the settings."""
    key = await install(database, [Workspace(**about) for about in slack.told["workspaces"]])
    store = open_store(f"sqlite:///{database}")
    for team, channel in _spread(slack, each):
        made = wish(Channel("slack", team, channel), now(), **changes)
        await store.subscriptions.insert(replace(made, **changes))
    await store.close()
    return slack.told["settings"] | own_settings(key)


def _spread(slack: Apart, each: int) -> Sequence[tuple[str, str]]:
    """The channels of the stand-in; where more are wanted, some that it does not know."""
    there = [(team, channel) for team, channel in slack.told["channels"]]
    if there:
        return there
    return [(w["id"], f"C{n:010}") for w in slack.told["workspaces"] for n in range(each)]


async def busy(folder: Path) -> None:
    """Commands while everything else is under way, and how the digests go out."""
    shutil.copy(await stored(None), folder / "papers.db")
    async with (
        SourceStandin(remaining=10**6) as sources,
        apart(WORKSPACES, CHANNELS, check=None, check_view=None) as slack,
    ):
        settings = await prepare(
            folder / "papers.db",
            slack,
            0,
            weekdays=frozenset(range(7)),
            size=PARTS - 1,
            layout=Layout.THREAD,
            next_due_at=now(),
            created_at=now() - timedelta(days=4),
        )
        await slack.ask(do="delay", method="chat.postMessage", seconds=POST_SECONDS)
        texts = [f"search {text}" for text in short_questions()]
        await asyncio.sleep((STARTED_AT - time.time()) % 60)
        async with daemon(folder, settings, sources) as running:
            await running.says("slack: connected")
            begun = await slack.ask(do="begin", askers=ASKERS, texts=texts, apart=ASKED_APART)
            spent = await brought(slack, running)
            told = await slack.ask(do="end")
            memory = running.peak_megabytes()
    print_answers(told)
    print_digests(told)
    stand_in = told["cpu"] - begun["cpu"]
    late = sorted(told["late"])
    print(
        f"  cost          Paperboy {spent:.1f} s of a processor for the digests; the stand-in "
        f"{stand_in:.1f} s in all, its event loop late by {_at(late, 0.99) * 1000:.0f} ms (p99)"
    )
    print(f"  memory        at most {memory:.0f} MB")


async def brought(slack: Apart, running: Daemon) -> float:
    """Wait until all is posted; the processor's seconds that it took since it was connected."""
    before, give_up = running.cpu_seconds(), time.perf_counter() + PATIENCE
    while time.perf_counter() < give_up:
        count = await slack.ask(do="count")
        if count["messages"] >= WORKSPACES * CHANNELS * PARTS:
            return running.cpu_seconds() - before
        await asyncio.sleep(LOOK_SECONDS)
    raise TimeoutError(f"not all was posted: {count}, {running.log[-3:]}")


def print_answers(told: dict[str, Any]) -> None:
    for what, name in (("acks", "acknowledged"), ("answers", "answered")):
        seconds = sorted(each for each in told[what] if each is not None)
        figures = (_at(seconds, 0.5), _at(seconds, 0.99), seconds[-1])
        spread = " / ".join(f"{each * 1000:.0f}" for each in figures)
        lost = len(told[what]) - len(seconds)
        print(f"  {name:13} {len(seconds)} searches, p50 / p99 / worst: {spread} ms; {lost} never")


def print_digests(told: dict[str, Any]) -> None:
    posts = told["posts"]
    moments = sorted(at for place in posts for at, _, _ in place)
    seconds = moments[-1] - moments[0]
    gaps = sorted(b[0] - a[0] for place in posts for a, b in pairwise(place))
    print(
        f"  digests       {len(moments):,} messages in {seconds:.1f} s, "
        f"{len(moments) / seconds:.0f} a second; the last {moments[-1] % 60:.1f} s after the minute"
    )
    print(f"                messages a channel: {dict(Counter(map(len, posts)))}")
    print(
        f"                order {'kept' if is_in_order(posts) else 'LOST'}; shortest and longest "
        f"time between two in a channel {gaps[0]:.2f}, {gaps[-1]:.2f} s; 429s: {told['too_fast']}"
    )


def is_in_order(posts: Sequence[Sequence[Sequence[Any]]]) -> bool:
    """Whether each channel has what all have, in the same order, its replies under the first."""
    wanted = [text for _, _, text in posts[0]]
    return all(
        [text for _, _, text in place] == wanted
        and not place[0][1]
        and all(abs(float(thread) - place[0][0]) < 1e-5 for _, thread, _ in place[1:])
        for place in posts
    )


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


async def many(folder: Path) -> None:
    """A start with many workspaces."""
    async with SourceStandin(remaining=10**6) as sources, apart(MANY, 0) as slack:
        settings = await prepare(folder / "papers.db", slack, SUBSCRIPTIONS // MANY)
        async with daemon(folder, settings, sources) as running:
            runs = await running.says("paperboy runs")
            ready = await running.says("slack: connected")
            await asyncio.sleep(2)
            memory = running.megabytes()
    print(
        f"  start         {MANY} workspaces, {SUBSCRIPTIONS:,} subscriptions: {runs:.1f} s to run,"
    )
    print(f"                {ready:.1f} s to be connected; {memory:.0f} MB")


async def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        await many(Path(name))
    if not (DATA / "arxiv_metadata.jsonl.gz").exists():
        print(f"  there are no recordings in {DATA}: no commands to measure")
        return
    with tempfile.TemporaryDirectory() as name:
        await busy(Path(name))


if __name__ == "__main__":
    asyncio.run(main())
