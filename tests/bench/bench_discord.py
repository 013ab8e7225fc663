"""Discord beside a stand-in of it: `python bench_discord.py [recorded data]`.

Paperboy runs as a process of its own. Measured from outside: how soon a search is answered while
a pull and 1,000 digests are under way, how fast these go out beside a limit of 50 requests a
second, and how a start with 2,500 servers goes.
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
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

from bench_search import DATA, short_questions, stored  # noqa: E402
from standins.discord.library import discord as _  # noqa: E402, F401 - without its warning
from standins.discord.server import DiscordStandin  # noqa: E402
from standins.sources import SourceStandin  # noqa: E402
from standins.wishes import wish  # noqa: E402

from bot.models import Channel  # noqa: E402
from storage import open_store  # noqa: E402

CHANNELS = 1_000
ALLOWED = 50  # requests a second
ASKED = 300  # searches, spread over the digests
SERVERS, SUBSCRIPTIONS = 2_500, 10_000
PATIENCE = 180.0  # seconds: digests are made at the full minute


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


@asynccontextmanager
async def daemon(
    home: Path, discord: DiscordStandin, sources: SourceStandin
) -> AsyncIterator[Daemon]:
    env = os.environ | {
        "PAPERBOY_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": discord.bot_token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "HUGGINGFACE_URL": sources.url,
        "ARXIV_RSS_URL": sources.url,
        "ARXIV_API_URL": sources.url,
        "HUGGINGFACE_SPACING_SECONDS": "0",
        "ARXIV_SPACING_SECONDS": "0",
        "EMBEDDING_MODEL": "off",
        "BACKUP_DAYS": "0",
    }
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


async def subscribe(database: Path, channels: Sequence[Channel]) -> None:
    now = datetime.now(UTC)
    store = open_store(f"sqlite:///{database}")
    every_day = frozenset(range(7))
    for channel in channels:
        made = wish(channel, now, weekdays=every_day, size=10)
        await store.subscriptions.insert(replace(made, next_due_at=now))
    await store.close()


async def busy(folder: Path) -> None:
    """Searches while everything else is under way, and how the digests go out."""
    shutil.copy(await stored(None), folder / "papers.db")
    async with SourceStandin(remaining=10**6) as sources, DiscordStandin(rate=ALLOWED) as discord:
        guild, member = discord.guilds[0], discord.add_user("grace", discord.guilds[0])
        places = [discord.add_channel(guild, f"c{n}") for n in range(CHANNELS)]
        channels = [Channel("discord", str(guild.id), str(each.id)) for each in places]
        await subscribe(folder / "papers.db", channels)
        async with daemon(folder, discord, sources) as running:
            await running.says("discord: ready")
            asking = asyncio.create_task(ask(discord, member))
            await discord.until(lambda: all(map(discord.messages, places)), PATIENCE)
            seconds = await asking
            memory = running.megabytes()
    told(discord, places, seconds, memory)


async def ask(discord: DiscordStandin, member: object) -> list[float]:
    """Seconds from a search to its first answer, one search after another, evenly spread."""
    seconds = []
    for text in short_questions()[:ASKED]:
        asked = discord.slash(member, discord.channel("papers"), "papers search", {"query": text})
        await asked.answer(within=10)
        seconds.append(asked.seconds)
        await asyncio.sleep(0.2)
    return seconds


def told(
    discord: DiscordStandin, places: Sequence[object], seconds: list[float], memory: float
) -> None:
    ordered = sorted(seconds)
    figures = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1])
    spread = " / ".join(f"{figure * 1000:.0f}" for figure in figures)
    print(f"  answers       {len(ordered)} searches, p50 / p99 / worst: {spread} ms")
    counts = Counter(len(discord.messages(place)) for place in places)
    moments = sorted(m.made_at for place in places for m in discord.messages(place))
    rate = (len(moments) - 1) / (moments[-1] - moments[0])
    print(
        f"  digests       {len(moments):,} in {moments[-1] - moments[0]:.1f} s: {rate:.1f}/s of "
        f"{ALLOWED} allowed; messages a channel: {dict(counts)}; 429s: {discord.status_count(429)}"
    )
    print(f"  memory        {memory:.0f} MB")


async def many(folder: Path) -> None:
    """A start with many servers."""
    async with (
        SourceStandin(remaining=10**6) as sources,
        DiscordStandin(SERVERS, shards=1) as discord,
    ):
        each = SUBSCRIPTIONS // SERVERS
        channels = [
            Channel("discord", str(guild.id), str(guild.id + n))
            for guild in discord.guilds
            for n in range(each)
        ]
        store = open_store(f"sqlite:///{folder}/papers.db")
        now = datetime.now(UTC)
        for channel in channels:
            await store.subscriptions.insert(wish(channel, now))
        await store.close()
        async with daemon(folder, discord, sources) as running:
            runs = await running.says("paperboy runs")
            ready = await running.says("discord: ready")
            await asyncio.sleep(2)
            memory = running.megabytes()
    print(f"  start         {SERVERS:,} servers, {SUBSCRIPTIONS:,} subscriptions: {runs:.1f} s")
    print(f"                to run, {ready:.1f} s to be ready (2 s of it discord.py waits for more")
    print(f"                servers); {memory:.0f} MB")


async def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        await many(Path(name))
    if not (DATA / "arxiv_metadata.jsonl.gz").exists():
        print(f"  there are no recordings in {DATA}: no searches to measure")
        return
    with tempfile.TemporaryDirectory() as name:
        await busy(Path(name))


if __name__ == "__main__":
    asyncio.run(main())
