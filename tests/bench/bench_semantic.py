"""How well and how fast papers are found by sense: `python bench_semantic.py [recorded data]`.

Prints nDCG@10 of the relevance collections and MRR of known items (a paper's title as the query,
its abstract alone as the document) by words alone, by vectors alone and by both, then what vectors
add to a search, at 75,000 papers and at a million. The real small model embeds; the vectors are
kept in a file of the temporary folder, since they take twenty minutes. Speed does not depend on
what is in a vector: those of the large sets are the real ones, moved a little.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import os
import platform
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
from standins.model_folder import model_folder  # noqa: E402

from bot.embeddings.model import SentenceModel, load_model  # noqa: E402
from bot.embeddings.nearest import VectorsInMemory  # noqa: E402
from bot.errors import QueryError  # noqa: E402
from bot.models import HUGGINGFACE, Batch, Paper, Query  # noqa: E402
from bot.ports import Store  # noqa: E402
from bot.queries import parse_query, words_query  # noqa: E402
from bot.retrieval import Retrieval, Sense  # noqa: E402
from bot.sources.daily_papers import parse_daily_papers  # noqa: E402
from storage import open_store  # noqa: E402

DATA = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
CACHE = Path(tempfile.gettempdir()) / "paperboy-bench-vectors.db"
NOW = datetime(2026, 8, 21, 9, tzinfo=UTC)
DEPTH = 200
SIZES = (75_000, 1_000_000)
SPEED_QUERIES = 200

Way = Callable[[str], Awaitable[Sequence[str]]]


class CachedModel:
    """The model, which embeds each document once and for all runs."""

    def __init__(self, model: SentenceModel) -> None:
        self.model, self.name, self.width = model, model.name, model.width
        self._cache = sqlite3.connect(CACHE)
        self._cache.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )

    async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:  # noqa: ARG002
        return [self.known(text) or await self._made(text) for text in texts]

    def known(self, text: str) -> bytes:
        row = self._cache.execute("SELECT vector FROM vectors WHERE key = ?", (_key(text),))
        return (row.fetchone() or (b"",))[0]

    async def _made(self, text: str) -> bytes:
        [vector] = await self.model.embed([text])
        with self._cache:
            self._cache.execute("INSERT INTO vectors VALUES (?, ?)", (_key(text), vector))
        return vector


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Collection:
    """Papers, queries by id, and the grades of papers by query."""

    name: str
    papers: list[Paper]
    queries: dict[str, str]
    grades: dict[str, dict[str, int]]
    measure: str


def collections() -> Iterator[Collection]:
    for folder in sorted((DATA / "relevance").glob("*/")):
        corpus = _lines(folder / "corpus.jsonl")
        papers = [Paper(f"{folder.name}:{d['_id']}", d["title"], d["text"]) for d in corpus]
        grades: dict[str, dict[str, int]] = {}
        for text in (folder / "qrels.tsv").read_text().splitlines():
            query, document, grade = text.split("\t")
            if grade.isdecimal():
                grades.setdefault(query, {})[f"{folder.name}:{document}"] = int(grade)
        queries = {d["_id"]: d["text"] for d in _lines(folder / "queries.jsonl")}
        queries = {i: text for i, text in queries.items() if any(grades.get(i, {}).values())}
        yield Collection(folder.name, papers, queries, grades, "nDCG@10")
    found = list(recorded_papers())
    if found:
        abstracts = [Paper(each.id, "", each.abstract) for each in found]
        titles = {each.id: each.title for each in found}
        yield Collection("known item", abstracts, titles, {i: {i: 1} for i in titles}, "MRR")


def recorded_papers() -> Iterator[Paper]:
    papers: dict[str, Paper] = {}
    for path in sorted((DATA / "hf_daily").glob("*.json")):
        parsed = parse_daily_papers(path.read_bytes(), date.fromisoformat(path.stem))
        papers |= {each.id: each for each in parsed.papers if each.abstract}
    yield from papers.values()


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def filled(store: Store, papers: Sequence[Paper], model: CachedModel) -> VectorsInMemory:
    """Store papers and their vectors, and take these into memory."""
    batch = Batch(HUGGINGFACE, NOW.date(), NOW.date(), tuple(papers))
    await store.papers.add(batch, NOW)
    await store.vectors.use(model.name, model.width)
    while texts := dict(await store.vectors.lacking(500)):
        made = await model.embed(list(texts.values()))
        await store.vectors.keep(dict(zip(texts, made, strict=True)), NOW)
    memory = VectorsInMemory(store.vectors, model.name, model.width)
    await memory.catch_up()
    return memory


def ways(store: Store, memory: VectorsInMemory, model: CachedModel) -> dict[str, Way]:
    both = Retrieval(store.papers, patience=60)
    both.sense = Sense(model, memory)

    async def by_words(text: str) -> Sequence[str]:
        return (await store.papers.find(query_of(text), DEPTH)).ids

    async def by_vectors(text: str) -> Sequence[str]:
        [vector] = await model.embed([text])
        return [i for i, _ in await memory.near(vector, DEPTH)]

    async def by_both(text: str) -> Sequence[str]:
        return (await both.search(query_of(text), DEPTH)).ids

    return {"words": by_words, "vectors": by_vectors, "both": by_both}


def query_of(text: str) -> Query:
    """As a person's words are read; what the language refuses is taken as words."""
    try:
        return parse_query(text)
    except QueryError:
        return words_query(text)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    def gain(found: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(found[:10]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(i, 0) for i in ranked]) / best if best else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    return next((1 / place for place, i in enumerate(ranked, 1) if i in grades), 0.0)


async def quality(model: CachedModel) -> None:
    for each in collections():
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{folder}/papers.db")
            memory = await filled(store, each.papers, model)
            measure = ndcg if each.measure == "nDCG@10" else reciprocal_rank
            told = [f"{each.name:12}{each.measure:9}{len(each.queries):6,} queries"]
            for name, way in ways(store, memory, model).items():
                scores = [
                    measure(await way(text), each.grades[i]) for i, text in each.queries.items()
                ]
                told.append(f"{name} {statistics.mean(scores):.4f}")
            print("  " + "   ".join(told), flush=True)
            await memory.close()
            await store.close()


class Resampled:
    """A VectorStore's `changed` over as many vectors as wanted: real ones, moved a little."""

    def __init__(self, real: Sequence[bytes], count: int) -> None:
        self._real = np.stack([np.frombuffer(v, np.int8) for v in real]).astype(np.float32)
        self._count = count
        self._chance = np.random.default_rng(1)

    async def changed(self, _: str, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        count = min(limit, self._count - after)
        if count <= 0:
            return []
        rows = self._real[self._chance.integers(len(self._real), size=count)]
        rows = rows + self._chance.normal(0, 3, rows.shape)
        rows *= 127 / np.linalg.norm(rows, axis=1, keepdims=True)
        made = np.rint(rows).clip(-127, 127).astype(np.int8)
        return [(after + n + 1, f"p{after + n}", made[n].tobytes()) for n in range(count)]


async def speed(model: CachedModel) -> None:
    """What is added to a search by words: embedding its text, and the nearest vectors."""
    found = list(recorded_papers())
    real = [model.known(f"{p.title}\n{p.abstract}") or model.known(p.abstract) for p in found]
    texts = _questions(found)
    for size in SIZES:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory = VectorsInMemory(Resampled([v for v in real if v], size), "", model.width)
        await memory.catch_up()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        embedding, searching = [], []
        for text in texts:
            began = time.perf_counter()
            [vector] = await model.model.embed([text])
            embedded = time.perf_counter()
            await memory.near(vector, DEPTH)
            searching.append(time.perf_counter() - embedded)
            embedding.append(embedded - began)
        both = [one + other for one, other in zip(embedding, searching, strict=True)]
        told = "   ".join(
            f"{name} {_span(spans)}"
            for name, spans in {"embed": embedding, "nearest": searching, "both": both}.items()
        )
        print(f"  {size:9,} vectors, {grown:.0f} MB: p50 / p99 in ms: {told}", flush=True)
        await memory.close()


def _questions(papers: Sequence[Paper]) -> list[str]:
    """Half are 2–4 words of a title, half are 10–25 words of an abstract."""
    chance = random.Random(1)
    chosen = [chance.choice(papers) for _ in range(SPEED_QUERIES)]
    short = [" ".join(p.title.split()[: chance.randint(2, 4)]) for p in chosen[::2]]
    return short + [" ".join(p.abstract.split()[: chance.randint(10, 25)]) for p in chosen[1::2]]


def _span(seconds: Sequence[float]) -> str:
    spans = sorted(seconds)
    return f"{spans[len(spans) // 2] * 1e3:.1f} / {spans[int(len(spans) * 0.99)] * 1e3:.1f}"


async def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if not (DATA / "relevance").exists():
        print(f"  there are no recordings in {DATA}: nothing to measure by")
        return
    with tempfile.TemporaryDirectory() as folder:
        model = await load_model(model_folder(Path(folder) / "model"), "bench@1")
        cached = CachedModel(model)
        await quality(cached)
        await speed(cached)
        await model.close()


if __name__ == "__main__":
    asyncio.run(main())
