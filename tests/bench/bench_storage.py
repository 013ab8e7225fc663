"""How fast the SQLite store is: `python tests/bench/bench_storage.py [folder of recorded data]`.

Prints the machine, the sizes, the figures and their ratio to the naive way. It reads
`arxiv_metadata.jsonl.gz` in the folder of recordings where that is there, else it makes up texts of
the same sizes.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import asyncio
import gzip
import json
import os
import platform
import random
import resource
import sqlite3
import sys
import tempfile
import time as clock
from collections.abc import Awaitable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.models import (  # noqa: E402
    ARXIV,
    HUGGINGFACE,
    Batch,
    Channel,
    Edition,
    EditionKind,
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
from bot.ports import Issue, Store  # noqa: E402
from bot.queries import parse_query, sources_of  # noqa: E402
from storage import open_store  # noqa: E402

DATA = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
PAPERS = 74_715
BATCH = 2_000
NAIVE = 1_000
SUBSCRIPTIONS = 10_000
NOW = datetime(2026, 8, 21, 9, tzinfo=UTC)
DAY = date(2026, 8, 21)
SEARCHES = (
    "transformer",
    "model",
    "we propose a model of learning",
    "cat:cs.LG",
    "cat:cs bayesian",
)


def papers() -> Iterator[tuple[Paper, date]]:
    """Papers and listing days: recorded ones, else made up."""
    recorded = DATA / "arxiv_metadata.jsonl.gz"
    if not recorded.exists():
        yield from _made_up()
        return
    with gzip.open(recorded, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            paper = Paper(
                row["id"],
                " ".join(row["title"].split()),
                " ".join(row["summary"].split()),
                tuple(row["authors"]),
                categories=tuple(row["categories"]),
                comment=row["comment"] or "",
                raw_title=row["title"],
                raw_abstract=row["summary"],
            )
            yield paper, date.fromisoformat(row["_listed_on"])


def _made_up() -> Iterator[tuple[Paper, date]]:
    chance = random.Random(1)
    letters = "aeionrstlmcdpu"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(40_000)]
    weights = [1 / (place + 10) for place in range(len(words))]  # few words are most of a text
    for number in range(PAPERS):
        text = " ".join(chance.choices(words, weights, k=190))
        paper = Paper(
            f"25{number // 10**5:02}.{number % 10**5:05}", text[:80], text, ("A B", "C D")
        )
        yield paper, date(2025, 1, 1) + timedelta(days=number % 365)


def batches() -> Iterator[Batch]:
    """All papers in batches."""
    found = papers()
    while chunk := list(islice(found, BATCH)):
        days = {day: PullState.NEW for _, day in chunk}
        sightings = tuple(Sighting(paper.id, ARXIV, day) for paper, day in chunk)
        yield Batch(
            ARXIV, min(days), max(days), tuple(p for p, _ in chunk), sightings, days, len(chunk)
        )


async def add_all(store: Store) -> float:
    """Store everything; returns papers a second, reading the recording not counted."""
    spent, count = 0.0, 0
    found = batches()
    while batch := await asyncio.to_thread(next, found, None):
        began = clock.perf_counter()
        await store.papers.add(batch, NOW)
        spent += clock.perf_counter() - began
        count += len(batch.papers)
    print(f"  add           {count:,} papers in {spent:.1f} s: {count / spent:,.0f}/s")
    return count / spent


def add_naively(folder: Path) -> float:
    """Row by row, each its own commit, the index kept by a trigger; returns papers a second."""
    db = sqlite3.connect(folder / "naive.db", isolation_level=None)
    db.executescript(
        """
        CREATE TABLE papers (pk INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, abstract TEXT);
        CREATE TABLE sightings (
            paper TEXT, source TEXT, day TEXT, PRIMARY KEY (paper, source, day)
        );
        CREATE VIRTUAL TABLE fts USING fts5(title, abstract, content='papers', content_rowid='pk',
            tokenize='porter unicode61 remove_diacritics 2');
        CREATE TRIGGER filled AFTER INSERT ON papers BEGIN
            INSERT INTO fts (rowid, title, abstract) VALUES (new.pk, new.title, new.abstract);
        END;
        """
    )
    some = list(islice(papers(), NAIVE))
    began = clock.perf_counter()
    for paper, day in some:
        if not db.execute("SELECT 1 FROM papers WHERE id = ?", (paper.id,)).fetchone():
            db.execute(
                "INSERT INTO papers (id, title, abstract) VALUES (?, ?, ?)",
                (paper.id, paper.title, paper.abstract),
            )
        db.execute("INSERT INTO sightings VALUES (?, ?, ?)", (paper.id, ARXIV, day.isoformat()))
    rate = NAIVE / (clock.perf_counter() - began)
    db.close()
    return rate


async def add_a_day(store: Store) -> None:
    """A day's batch of 50 papers into the full store, then the same again with moved votes."""
    news = [Paper(f"2699.{n:05}", p.title, p.abstract, p.authors) for n, (p, _) in _some(50)]
    for what, votes in (("new", 3), ("votes moved", 8)):
        times = []
        for day in range(10):
            listed = DAY - timedelta(days=day)
            mine = tuple(Paper(f"{p.id}{day}", p.title, p.abstract, p.authors) for p in news)
            sightings = tuple(Sighting(p.id, HUGGINGFACE, listed, votes) for p in mine)
            days = {listed: PullState.NEW}
            batch = Batch(HUGGINGFACE, listed, listed, mine, sightings, days, 50)
            times.append(await _timed(store.papers.add(batch, NOW)))
        print(f"  a day of 50   {what}: {_spread(times)}")


async def search(store: Store) -> None:
    """Typical searches, and those that half of all papers match."""
    for text in SEARCHES:
        query = parse_query(text)
        times = [await _timed(store.papers.search(query, 200)) for _ in range(5)]
        print(
            f"  search        {text!r}: {len(await store.papers.search(query, 200))} found, "
            f"{_spread(times)}"
        )


async def deliver(store: Store) -> None:
    """10,000 subscriptions: their passing papers, histories, editions and claims."""
    began = clock.perf_counter()
    subscriptions = [
        await store.subscriptions.insert(_subscription(n)) for n in range(SUBSCRIPTIONS)
    ]
    print(f"  subscribe     {SUBSCRIPTIONS:,}: {clock.perf_counter() - began:.1f} s")
    query = parse_query("")
    since = DAY - timedelta(days=7)
    began = clock.perf_counter()
    passing = await store.subscriptions.passing("", query, sources_of(query), since, DAY)
    ids = [paper.paper_id for paper in passing]
    print(f"  passing       {len(ids)} papers: {(clock.perf_counter() - began) * 1000:.1f} ms")
    page, spent_reading, spent_writing, number = 200, 0.0, 0.0, 0
    for start in range(0, SUBSCRIPTIONS, page):
        some = subscriptions[start : start + page]
        spent_reading += await _timed(store.subscriptions.histories([(s, DAY, ids) for s in some]))
        issues = [_issue(s, ids, first=not start) for s in some]
        began = clock.perf_counter()
        number += len(await store.subscriptions.issue(issues))
        spent_writing += clock.perf_counter() - began
    print(f"  histories     {SUBSCRIPTIONS:,} by pages of {page}: {spent_reading:.1f} s")
    print(f"  issue         {number:,} editions by pages of {page}: {spent_writing:.1f} s")
    await _empty_outbox(store)


async def _empty_outbox(store: Store) -> None:
    claims: list[float] = []
    records: list[float] = []
    claimed = 0
    while claimed < 1_000:
        began = clock.perf_counter()
        mine = await store.deliveries.claim({"console"}, "me", NOW, timedelta(minutes=1), 32)
        claims.append(clock.perf_counter() - began)
        records += [await _timed(store.deliveries.sent(each, "r", NOW)) for each in mine]
        claimed += len(mine)
    print(f"  claim         32 of {SUBSCRIPTIONS:,} waiting: {_spread(claims)}")
    print(f"  record sent   {_spread(records)}")


def _subscription(number: int) -> Subscription:
    return Subscription(
        0,
        Channel("console", "w", f"c{number}"),
        time(9),
        "UTC",
        frozenset(range(5)),
        "",
        10,
        Ranking.UPVOTES,
        Layout.COMPACT,
        tell_empty=True,
        contact=User("console", "u"),
        state=SubscriptionState.ACTIVE,
        next_due_at=NOW,
        created_at=NOW,
    )


def _issue(subscription: Subscription, ids: list[str], *, first: bool) -> Issue:
    shown = tuple(ids[:10])
    edition = Edition(
        subscription.id, DAY, EditionKind.REGULAR, NOW, NOW, None, NOW, len(ids), len(ids), shown
    )
    payload = Payload("b" * 3000, "p" * 2000, shown)
    return Issue(edition, subscription, (payload,), tuple(ids) if first else ())


def _some(count: int) -> Iterator[tuple[int, tuple[Paper, date]]]:
    return enumerate(islice(papers(), count))


async def _timed(work: Awaitable[object]) -> float:
    began = clock.perf_counter()
    await work
    return clock.perf_counter() - began


def _spread(times: list[float]) -> str:
    return (
        f"median {sorted(times)[len(times) // 2] * 1000:.1f} ms, worst {max(times) * 1000:.1f} ms"
    )


async def _held(worst: list[float]) -> None:
    """How long the event loop was held at most."""
    while True:
        began = clock.perf_counter()
        await asyncio.sleep(0.001)
        worst[0] = max(worst[0], clock.perf_counter() - began - 0.001)


async def main() -> None:
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        naive = add_naively(folder)
        store = open_store(f"sqlite:///{folder}/papers.db")
        worst = [0.0]
        watch = asyncio.create_task(_held(worst))
        rate = await add_all(store)
        print(
            f"  naive         {naive:,.0f}/s over {NAIVE:,} (row by row, no transaction): "
            f"the store is {rate / naive:.1f} times as fast"
        )
        print(
            f"  memory        peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"
            f" MB, file {(folder / 'papers.db').stat().st_size / 1e6:.0f} MB"
        )
        await add_a_day(store)
        await search(store)
        await deliver(store)
        watch.cancel()
        print(f"  event loop    held at most {worst[0] * 1000:.1f} ms meanwhile")
        began = clock.perf_counter()
        await store.keeper.backup(str(folder / "copy.db"))
        print(f"  backup        {clock.perf_counter() - began:.1f} s")
        began = clock.perf_counter()
        print(
            f"  check         {await store.keeper.check() or 'sound'}, "
            f"{clock.perf_counter() - began:.1f} s"
        )
        print(
            f"  memory        peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"
            " MB in the end"
        )
        await store.close()


asyncio.run(main())
