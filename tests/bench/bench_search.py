"""How well and how fast papers are found by words: `python bench_search.py [recorded data]`.

Quality: nDCG@10 of every collection in `relevance` and the mean reciprocal rank of known items (a
paper's title as the question, its abstract alone as the paper), beside the ways of others. Speed:
the recorded arXiv papers, and `PAPERS` (1,000,000) made of their sentences. Those are stored once,
which takes some minutes, in a file of the temporary folder; `PAPERS=0` leaves them out.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import asyncio
import gzip
import json
import os
import platform
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sqlite_utils import Database  # noqa: E402
from standins.relevance import (  # noqa: E402
    Collection,
    collections,
    known_items,
    ndcg,
    query_of,
    reciprocal_rank,
)

from adapters.console import TERMINAL  # noqa: E402
from adapters.console.render import pack  # noqa: E402
from bot.app import open_app  # noqa: E402
from bot.messages import Invocation, Message  # noqa: E402
from bot.models import ARXIV, Batch, Paper, Sighting, User  # noqa: E402
from bot.ports import PaperStore  # noqa: E402
from bot.settings import Settings  # noqa: E402
from storage import open_store  # noqa: E402

DATA = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
CACHE = Path(tempfile.gettempdir()) / "paperboy-bench-search-2"  # a new number: made anew
SIZES = (None, int(os.environ.get("PAPERS", "1000000")))  # None: as many as are recorded
NOW = datetime(2026, 8, 21, 9, tzinfo=UTC)
BATCH = 2_000
DEPTH = 200  # results: what a pager keeps
SHORT_QUESTIONS = 1_000
LONG_QUESTIONS = 300
WHOLE_ANSWERS = 100
FIRST_DAY = date(2024, 1, 1)

Way = Callable[[str], Awaitable[Sequence[str]]]


@dataclass(frozen=True)
class Measure:
    """What tells how good a search is: its name, and from what was found and the right grades."""

    name: str
    of: Callable[[Sequence[str], Mapping[str, int]], float]


async def main() -> None:
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )
    for collection in collections(DATA):
        await quality(collection, Measure("nDCG@10", ndcg))
    if (DATA / "hf_daily").exists():
        await quality(known_items(DATA), Measure("MRR", reciprocal_rank))
    if not (DATA / "arxiv_metadata.jsonl.gz").exists():
        print(f"  there are no recordings in {DATA}: no speed to measure")
        return
    for size in SIZES:
        if size != 0:
            await speed(size)


async def quality(collection: Collection, measure: Measure) -> None:
    """How good each way is on one collection."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "papers.db"
        store = open_store(f"sqlite:///{path}")
        day = NOW.date()
        await store.papers.add(Batch(ARXIV, day, day, tuple(collection.papers)), NOW)
        await store.completions.refresh()
        told = [f"{collection.name:12} {len(collection.questions):5,} questions  {measure.name:7}"]
        for name, way in (others(path) | ways(store.papers)).items():
            scores = [
                measure.of(await way(text), collection.grades[number])
                for number, text in collection.questions.items()
            ]
            told.append(f"{name} {statistics.mean(scores):.4f}")
        print("  " + "   ".join(told), flush=True)
        await store.close()


def ways(papers: PaperStore) -> dict[str, Way]:
    """Our ways to search."""

    async def by_words(text: str) -> Sequence[str]:
        return (await papers.find(query_of(text), DEPTH)).ids

    return {"ours": by_words}


def others(path: Path) -> dict[str, Way]:
    """How others search: for the text as it stands, for all words, and for any word."""
    db = Database(path)

    def matching(expression: str) -> Sequence[str]:
        sql = (
            "SELECT p.id FROM papers_fts CROSS JOIN papers p ON p.pk = papers_fts.rowid"
            " WHERE papers_fts MATCH ? ORDER BY papers_fts.rank LIMIT ?"
        )
        return [number for (number,) in db.execute(sql, (expression, DEPTH))]

    async def like(text: str) -> Sequence[str]:
        sql = "SELECT id FROM papers WHERE title LIKE ? OR abstract LIKE ? LIMIT ?"
        wanted = f"%{text.strip(' .?')}%"
        return [number for (number,) in db.execute(sql, (wanted, wanted, DEPTH))]

    async def every_word(text: str) -> Sequence[str]:
        return matching(db.quote_fts(text))

    async def any_word(text: str) -> Sequence[str]:
        return matching(" OR ".join(f'"{word}"' for word in re.findall(r"\w+", text)))

    return {"LIKE": like, "AND": every_word, "OR": any_word}


async def speed(size: int | None) -> None:
    """How long a search takes: in the store, and from an Invocation to what a console prints."""
    path = await stored(size)
    store = open_store(f"sqlite:///{path}")
    count = await store.papers.count()
    print(f"  {count:,} papers, {path.stat().st_size / 1e9:.1f} GB; p50 / p99 / worst in ms")
    for what, questions in {
        "2-4 words": short_questions(),
        "10-25 words": long_questions(),
    }.items():
        for name, way in ways(store.papers).items():
            await way("any words")  # what is read once and kept
            spans = [await _span(way(text)) for text in questions]
            print(f"    {what:12} {len(questions):5,} questions  {name} {_told(spans)}", flush=True)
    await store.close()
    await answers(path)


async def answers(path: Path) -> None:
    """From an Invocation to the payloads of its answer."""
    settings = Settings(database_url=f"sqlite:///{path}", paperboy_home=path.parent)
    chosen = {
        "2-4 words": short_questions()[:WHOLE_ANSWERS],
        "10-25 words": long_questions()[:WHOLE_ANSWERS],
    }
    async with open_app(settings, sample=True) as app:

        async def answer(text: str, key: str) -> None:
            user = User(TERMINAL.platform, "bench", "bench")
            asked = Invocation("search", {"query": text}, TERMINAL, user, app.clock(), key)
            said = await app.commands.answer(asked)
            assert isinstance(said, Message)
            assert pack(said)

        for what, questions in chosen.items():
            safe = [re.sub(r"[^\w\s]", " ", text) for text in questions]
            spans = [await _span(answer(text, f"{what}{n}")) for n, text in enumerate(safe)]
            print(f"    {what:12} {len(safe):5,} whole answers  {_told(spans)}", flush=True)


async def stored(size: int | None) -> Path:
    """A store of so many papers, made where it is not there yet."""
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"{size or 'recorded'}.db"
    if path.exists():
        return path
    began = time.perf_counter()
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    store = open_store(f"sqlite:///{unfinished}")
    found = made(size) if size else recorded()
    while papers := list(islice(found, BATCH)):
        await store.papers.add(_batch(papers), NOW)
    await store.completions.refresh()
    await store.close()
    unfinished.rename(path)
    print(f"  stored {size or 'what is recorded'} in {time.perf_counter() - began:.0f} s")
    return path


def _batch(papers: Sequence[Paper]) -> Batch:
    """Papers as they came in: a thousand a day."""
    day = FIRST_DAY + timedelta(days=int(papers[0].comment) // 1_000)
    sightings = tuple(Sighting(paper.id, ARXIV, day) for paper in papers)
    return Batch(ARXIV, day, day, tuple(papers), sightings)


def recorded() -> Iterator[Paper]:
    """The recorded papers of arXiv, numbered in their comments."""
    with gzip.open(DATA / "arxiv_metadata.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, about in enumerate(map(json.loads, lines)):
            yield Paper(
                about["id"],
                " ".join(about["title"].split()),
                " ".join(about["summary"].split()),
                tuple(about["authors"]),
                categories=tuple(about["categories"]),
                comment=str(number),
            )


def made(count: int) -> Iterator[Paper]:
    """As many papers as wanted: a title, with half of its abstract and half of another's."""
    papers = list(recorded())
    sentences = [re.split(r"(?<=[.!?]) (?=[A-Z])", paper.abstract) for paper in papers]
    chance = random.Random(7)
    for number in range(count):
        first, then, third = (chance.randrange(len(papers)) for _ in range(3))
        own, other = sentences[first], sentences[then]
        yield Paper(
            f"made:{number}",
            papers[first].title,
            " ".join(own[: max(1, len(own) // 2)] + other[len(other) // 2 :]),
            papers[third].authors,
            categories=papers[first].categories,
            comment=str(number),
        )


def short_questions() -> list[str]:
    """2 to 4 words that stand together in a title, small words counted out."""
    chance = random.Random(3)
    found = []
    for paper in _drawn(chance, SHORT_QUESTIONS):
        words = [word for word in re.findall(r"\w+", paper.title) if len(word) > 3]
        length = chance.randint(2, 4)
        start = chance.randrange(max(1, len(words) - length + 1))
        found.append(" ".join(words[start : start + length]))
    return found


def long_questions() -> list[str]:
    """Titles and sentences of abstracts, of 10 to 25 words."""
    chance = random.Random(5)
    texts = (
        sentence
        for paper in _drawn(chance, 5 * LONG_QUESTIONS)
        for sentence in (paper.title, *re.split(r"(?<=[.!?]) (?=[A-Z])", paper.abstract)[:2])
    )
    return list(islice((text for text in texts if 10 <= len(text.split()) <= 25), LONG_QUESTIONS))


def _drawn(chance: random.Random, count: int) -> list[Paper]:
    papers = list(recorded())
    return [chance.choice(papers) for _ in range(count)]


async def _span(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def _told(spans: Sequence[float]) -> str:
    ordered = sorted(spans)
    figures = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1])
    return " / ".join(f"{figure * 1000:.1f}" for figure in figures)


if __name__ == "__main__":
    asyncio.run(main())
