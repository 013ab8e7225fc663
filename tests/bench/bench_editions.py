"""How fast editions are made, and how free the event loop stays.

Prints the machine, the sizes, the figures, and beside them the naive ways: a job per subscription,
and a question per filter.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import asyncio
import json
import os
import platform
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time as clock
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from standins.sources import SourceStandin  # noqa: E402

from adapters.console.render import pack  # noqa: E402
from bot.app import App, open_app  # noqa: E402
from bot.logs import set_up_logs  # noqa: E402
from bot.messages import Message  # noqa: E402
from bot.models import (  # noqa: E402
    ARXIV,
    HUGGINGFACE,
    Batch,
    Channel,
    Layout,
    Paper,
    Payload,
    PullState,
    Ranking,
    Sighting,
    Subscription,
    SubscriptionState,
    User,
)
from bot.operations.daemon import keep_loop_free  # noqa: E402
from bot.queries import parse_query, sources_of  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.sources.daily_papers import parse_daily_papers  # noqa: E402

SUBSCRIPTIONS = 10_000
NAIVE = 200
ASKED = 200  # filters that are asked one by one, to tell how long all would take
DAY_PAPERS = 50
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SPAN = (NOW.date() - timedelta(days=7), NOW.date() + timedelta(days=1))
ADA = User("wall", "ada", "Ada")
WORDS = "sparse gradient kernel attention diffusion robot graph proof token reward".split()
# Made-up words, the n-th as common as 1/n: so it is in any language.
VOCABULARY = [f"{one}{other}{n}" for n in range(100) for one in WORDS for other in WORDS]
COMMONNESS = list(accumulate(1 / n for n in range(1, len(VOCABULARY) + 1)))


class Wall:
    """A platform that takes everything at once, in the console's form."""

    name = "wall"

    def pack(self, message: Message) -> list[Payload]:
        return pack(message)

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:  # noqa: ARG002
        return key

    async def serve(self) -> None:
        return


def say(name: str, text: str) -> None:
    print(f"  {name:<13} {text}", flush=True)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def paper(number: int, chance: random.Random) -> Paper:
    words = " ".join(chance.choices(WORDS, k=180))
    return Paper(
        f"2611.{number:05}",
        f"On {' '.join(chance.choices(WORDS, k=8))} {number}",
        words,
        tuple(f"Author {chance.randrange(5000)}" for _ in range(7)),
        categories=("cs.LG", "cs.AI"),
        published_at=NOW,
    )


def week(count: int) -> Batch:
    """A week of Hugging Face's picks: `count` papers a day."""
    chance = random.Random(1)
    days = [NOW.date() - timedelta(days=n) for n in range(7)]
    papers = [paper(n, chance) for n in range(count * 7)]
    sightings = [
        Sighting(p.id, HUGGINGFACE, days[n // count], chance.randrange(200), 3)
        for n, p in enumerate(papers)
    ]
    states = dict.fromkeys(days, PullState.NEW)
    return Batch(HUGGINGFACE, days[-1], days[0], tuple(papers), tuple(sightings), states)


def announced(count: int) -> tuple[list[str], Batch]:
    """A week of arXiv, `count` papers a day, of many words; and a different filter a channel."""
    chance = random.Random(2)

    def words(most: int) -> list[str]:
        return chance.choices(VOCABULARY, cum_weights=COMMONNESS, k=most)

    drawn = week(count)
    papers = [
        replace(each, id=f"2610.{n:05}", title=" ".join(words(9)), abstract=" ".join(words(180)))
        for n, each in enumerate(drawn.papers)
    ]
    sightings = [Sighting(p.id, ARXIV, s.day) for p, s in zip(papers, drawn.sightings, strict=True)]
    filters: dict[str, None] = {}
    while len(filters) < SUBSCRIPTIONS:
        asked = [*dict.fromkeys(words(chance.choice((1, 2, 2, 3))))]
        said = "({})".format(" OR ".join(asked)) if chance.random() < 0.2 else " ".join(asked)
        filters[said + chance.choice(("", " cat:cs.LG", " source:arxiv", " upvotes:>5"))] = None
    batch = replace(drawn, source=ARXIV, papers=tuple(papers), sightings=tuple(sightings))
    return list(filters), batch


def subscription(number: int) -> Subscription:
    return Subscription(
        id=0,
        channel=Channel("wall", f"team{number % 300}", f"c{number}", f"#c{number}"),
        hour=time(9),
        zone="UTC",
        weekdays=frozenset(range(7)),
        filter="",
        size=10,
        ranking=Ranking.UPVOTES,
        layout=Layout.COMPACT,
        tell_empty=True,
        contact=ADA,
        state=SubscriptionState.ACTIVE,
        next_due_at=NOW,
        created_at=NOW - timedelta(days=1),
        due_from=NOW.date() - timedelta(days=3),
    )


@asynccontextmanager
async def opened(url: str = "http://127.0.0.1:9") -> AsyncIterator[App]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,
            paperboy_home=Path(folder),
            huggingface_url=url,
            arxiv_rss_url=url,
            arxiv_api_url=url,
            huggingface_spacing_seconds=0,
            arxiv_spacing_seconds=0,
            default_zone="UTC",
        )
        async with open_app(settings, clock=lambda: NOW) as app:
            app.platforms["wall"] = Wall()
            yield app


class LoopWatch:
    """How long the event loop was held at most."""

    def __init__(self) -> None:
        self.held: list[float] = []

    async def run(self) -> None:
        while True:
            began = clock.perf_counter()
            await asyncio.sleep(0.001)
            self.held.append((clock.perf_counter() - began - 0.001) * 1000)

    def told(self) -> str:
        held = sorted(self.held)
        return f"at most {held[-1]:.1f} ms, 99.9 % under {held[int(len(held) * 0.999)]:.1f} ms"


async def subscribe(app: App, count: int) -> list[Subscription]:
    return [await app.store.subscriptions.insert(subscription(n)) for n in range(count)]


async def editions() -> float:
    """10,000 subscriptions due in the same minute; returns editions a second."""
    async with opened() as app:
        await app.store.papers.add(week(31), NOW)
        await subscribe(app, SUBSCRIPTIONS)
        before = peak()
        watch = LoopWatch()
        watching = asyncio.create_task(watch.run())
        began = clock.perf_counter()
        written = await app.newsroom.post_due(NOW, NOW)
        took = clock.perf_counter() - began
        watching.cancel()
        counts = await app.store.deliveries.counts()
        say("editions", f"{written:,} made, {counts['waiting']:,} messages written in {took:.1f} s")
        say("memory", f"peak {peak()} MB, {before} MB before")
        say("event loop", f"held {watch.told()}")
        began = clock.perf_counter()
        sent = await app.postman.send_waiting()
        say("sending", f"{sent:,} claimed, sent, recorded in {clock.perf_counter() - began:.1f} s")
    return written / took


async def different_filters() -> None:
    """10,000 subscriptions, each with a filter of its own, due in the same minute."""
    async with opened() as app:
        filters, batch = announced(300)
        await app.store.papers.add(week(31), NOW)
        await app.store.papers.add(batch, NOW)
        for number, text in enumerate(filters):
            await app.store.subscriptions.insert(replace(subscription(number), filter=text))
        alone = await ask_alone(app, filters[:ASKED]) * len(filters) / ASKED
        together = await ask_together(app, filters)
        before, watch = peak(), LoopWatch()
        watching = asyncio.create_task(watch.run())
        began = clock.perf_counter()
        written = await app.newsroom.post_due(NOW, NOW)
        took = clock.perf_counter() - began
        watching.cancel()
        say("filters", f"{written:,} editions of as many different filters made in {took:.1f} s")
        naive = f"one by one {alone:.1f} s (scaled from {ASKED})"
        say("asked for", f"together in {together:.1f} s, {naive}: {alone / together:.1f} times")
        say("memory", f"peak {peak()} MB, {before} MB before")
        say("event loop", f"held {watch.told()}")


async def ask_alone(app: App, filters: Iterable[str]) -> float:
    """Seconds that it takes to ask for what passes these filters, one after another."""
    began = clock.perf_counter()
    for text in filters:
        query = parse_query(text)
        await app.store.subscriptions.passing(text, query, sources_of(query), *SPAN)
    return clock.perf_counter() - began


async def ask_together(app: App, filters: Iterable[str]) -> float:
    """Seconds that it takes to ask for what passes these filters at once."""
    began = clock.perf_counter()
    queries = {text: parse_query(text) for text in filters}
    await app.store.subscriptions.passing_all(queries, *SPAN)
    return clock.perf_counter() - began


async def naive() -> float:
    """A job per subscription: each looks up, decides and writes for itself."""
    async with opened() as app:
        await app.store.papers.add(week(31), NOW)
        subscribed = await subscribe(app, NAIVE)
        began = clock.perf_counter()
        for each in subscribed:
            await app.newsroom.post_now(each, NOW)
        return NAIVE / (clock.perf_counter() - began)


async def a_day() -> None:
    """50 papers of Hugging Face, from the answer's bytes to the commit."""
    standin = SourceStandin(clock=NOW.timestamp, grows=False)
    items = [item for n in range(14) for item in standin.list_of(date(2026, 11, 2 + n))]
    async with opened() as app:
        took = []
        for n in range(20):
            day = date(2026, 10, 1) + timedelta(days=n)
            body = json.dumps([renamed(item, n, k) for k, item in enumerate(items[:DAY_PAPERS])])
            began = clock.perf_counter()
            parsed = parse_daily_papers(body.encode(), day)
            batch = Batch(HUGGINGFACE, day, day, parsed.papers, parsed.sightings)
            stored = await app.store.papers.add(batch, NOW)
            took.append((clock.perf_counter() - began) * 1000)
        took.sort()
        text = f"parse to commit: median {took[10]:.1f} ms, worst {took[-1]:.1f} ms"
        say(f"a day of {len(stored.new_ids)}", text)


def renamed(item: dict, day: int, place: int) -> dict:
    """The item as another paper, so that every day brings new ones."""
    return item | {"paper": item["paper"] | {"id": f"2510.{day:02}{place:03}"}}


async def together() -> None:
    """A pull of both sources, a digest of 1,000 channels and searches, side by side."""
    with served() as url:
        async with opened(url) as app:
            await app.store.papers.add(week(500), NOW)
            await subscribe(app, 1_000)
            watch = LoopWatch()
            watching = asyncio.create_task(watch.run())

            async def search() -> None:
                for word in WORDS * 5:
                    await app.store.papers.search(parse_query(word), 200)

            await asyncio.gather(
                *(app.ingest.pull_recent(name) for name in app.ingest.sources),
                app.newsroom.post_due(NOW, NOW),
                search(),
            )
            watching.cancel()
            say("event loop", f"held {watch.told()}, with a pull, 1,000 digests and 50 searches")


@contextmanager
def served() -> Iterator[str]:
    """The stand-in of the sources in a process of its own: its work is not ours."""
    command = [sys.executable, str(ROOT / "tests/standins/sources.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def whole_process(name: str, *words: str) -> None:
    """The wall time of a command, five times, its files warm."""
    took = []
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"PAPERBOY_HOME": folder, "HUGGINGFACE_URL": "http://127.0.0.1:9"}
        for _ in range(6):
            began = clock.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "bot", *words],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                check=True,
            )
            took.append(clock.perf_counter() - began)
    took = sorted(took[1:])
    say(name, f"median {took[2]:.2f} s, worst {took[-1]:.2f} s, of 5")


async def main() -> None:
    machine = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, SQLite {sqlite3.sqlite_version}")
    await keep_loop_free()
    set_up_logs("ERROR")
    whole_process("paperboy", "--help")
    whole_process("demo", "demo")
    await a_day()
    fast = await editions()
    slow = await naive()
    say("naive", f"{slow:.0f}/s, a job each: the newsroom is {fast / slow:.1f} times as fast")
    await different_filters()
    await together()


if __name__ == "__main__":
    asyncio.run(main())
