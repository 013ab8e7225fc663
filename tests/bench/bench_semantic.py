"""How well and how fast papers are found by sense: `python bench_semantic.py [recorded data]`.

Quality: the collections of bench_search.py by words alone, by vectors alone and by both. Speed:
what vectors add to a search by words, question by question, in the stores of that bench. The real
small model embeds. Vectors are kept in a file of the temporary folder, since they take twenty
minutes. Speed does not depend on what is in a vector: those of the large stores are real ones,
moved a little. `PAPERS=0` leaves out the million.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

import numpy as np  # noqa: E402
from bench_search import (  # noqa: E402
    DATA,
    DEPTH,
    NOW,
    SIZES,
    long_questions,
    short_questions,
    stored,
)
from standins.model_folder import model_folder  # noqa: E402
from standins.relevance import (  # noqa: E402
    Collection,
    collections,
    known_items,
    ndcg,
    query_of,
    reciprocal_rank,
)

from bot.embeddings.model import SentenceModel, load_model  # noqa: E402
from bot.embeddings.nearest import VectorsInMemory  # noqa: E402
from bot.models import ARXIV, Batch, Paper  # noqa: E402
from bot.ports import Embedder, Store  # noqa: E402
from bot.retrieval import Retrieval, Sense  # noqa: E402
from storage import open_store  # noqa: E402

CACHE = Path(tempfile.gettempdir()) / "paperboy-bench-vectors.db"
QUESTIONS = 200  # of each kind, for the speed
MOVED = 3  # of 127: the spread by which real vectors are moved

Way = Callable[[str], Awaitable[Sequence[str]]]


class CachedModel:
    """The model, which embeds each text once and for all runs."""

    def __init__(self, model: SentenceModel) -> None:
        self.name, self.width = model.name, model.width
        self._model = model
        self._cache = sqlite3.connect(CACHE)
        self._cache.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )

    async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:  # noqa: ARG002
        return [self._known(text) or await self._made(text) for text in texts]

    def sample(self, count: int) -> list[bytes]:
        """So many of the vectors that are kept."""
        rows = self._cache.execute("SELECT vector FROM vectors LIMIT ?", (count,))
        return [vector for (vector,) in rows]

    def _known(self, text: str) -> bytes:
        rows = self._cache.execute("SELECT vector FROM vectors WHERE key = ?", (_key(text),))
        return (rows.fetchone() or (b"",))[0]

    async def _made(self, text: str) -> bytes:
        [vector] = await self._model.embed([text])
        with self._cache:
            self._cache.execute("INSERT INTO vectors VALUES (?, ?)", (_key(text), vector))
        return vector


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class MovedVectors:
    """A VectorStore's `changed` for papers that were never embedded."""

    def __init__(self, real: Sequence[bytes], papers: Sequence[str]) -> None:
        self._real = np.stack([np.frombuffer(v, np.int8) for v in real]).astype(np.float32)
        self._papers = papers
        self._chance = np.random.default_rng(1)

    async def changed(self, _: str, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        papers = self._papers[after : after + limit]
        rows = self._real[self._chance.integers(len(self._real), size=len(papers))]
        rows = rows + self._chance.normal(0, MOVED, rows.shape)
        rows *= 127 / np.linalg.norm(rows, axis=1, keepdims=True)
        made = np.rint(rows).clip(-127, 127).astype(np.int8)
        return [(after + n, each, made[n - 1].tobytes()) for n, each in enumerate(papers, 1)]


async def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if not (DATA / "hf_daily").exists():
        print(f"  there are no recordings in {DATA}: nothing to measure by")
        return
    with tempfile.TemporaryDirectory() as folder:
        model = await load_model(model_folder(Path(folder) / "model"), "bench@1")
        cached = CachedModel(model)
        for collection in collections(DATA):
            await quality(collection, cached, "nDCG@10", ndcg)
        await quality(known_items(DATA), cached, "MRR", reciprocal_rank)
        for size in SIZES:
            if size != 0:
                await speed(size, model, cached)
        await model.close()


async def quality(
    collection: Collection,
    model: CachedModel,
    name: str,
    measure: Callable[[Sequence[str], dict[str, int]], float],
) -> None:
    """How good each way is on one collection."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/papers.db")
        memory = await filled(store, collection.papers, model)
        told = [f"{collection.name:12} {len(collection.questions):5,} questions  {name:7}"]
        for way, search in ways(store, memory, model).items():
            scores = [
                measure(await search(text), collection.grades[number])
                for number, text in collection.questions.items()
            ]
            told.append(f"{way} {statistics.mean(scores):.4f}")
        print("  " + "   ".join(told), flush=True)
        await memory.close()
        await store.close()


async def filled(store: Store, papers: Sequence[Paper], model: CachedModel) -> VectorsInMemory:
    """Store papers and their vectors, and take these into memory."""
    await store.papers.add(Batch(ARXIV, NOW.date(), NOW.date(), tuple(papers)), NOW)
    await store.completions.refresh()
    await store.vectors.use(model.name, model.width)
    while texts := dict(await store.vectors.lacking(500)):
        made = await model.embed(list(texts.values()))
        await store.vectors.keep(dict(zip(texts, made, strict=True)), NOW)
    memory = VectorsInMemory(store.vectors, model.name, model.width)
    await memory.catch_up()
    return memory


def ways(store: Store, memory: VectorsInMemory, model: Embedder) -> dict[str, Way]:
    """By words alone, by vectors alone, and by both."""
    retrieval = Retrieval(store.papers, patience=60)
    retrieval.sense = Sense(model, memory)

    async def by_words(text: str) -> Sequence[str]:
        return (await store.papers.find(query_of(text), DEPTH)).ids

    async def by_vectors(text: str) -> Sequence[str]:
        [vector] = await model.embed([text])
        return [i for i, _ in await memory.near(vector, DEPTH)]

    async def by_both(text: str) -> Sequence[str]:
        return (await retrieval.search(query_of(text), DEPTH)).ids

    return {"words": by_words, "vectors": by_vectors, "both": by_both}


async def speed(size: int | None, model: SentenceModel, cached: CachedModel) -> None:
    """How long each way takes, and how much longer both take than the words."""
    path = await stored(size)
    with closing(sqlite3.connect(path)) as connection:
        papers = [paper_id for (paper_id,) in connection.execute("SELECT id FROM papers")]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory = VectorsInMemory(MovedVectors(cached.sample(5_000), papers), "", model.width)
    began = time.perf_counter()
    await memory.catch_up()
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"  {len(papers):,} vectors, {grown:.0f} MB, made in {took:.0f} s; p50 / p99 in ms")
    store = open_store(f"sqlite:///{path}")
    searches = ways(store, memory, model)
    for what, texts in {"2-4 words": short_questions(), "10-25 words": long_questions()}.items():
        spans: dict[str, list[float]] = {"words": [], "vectors": [], "both": []}
        for text in texts[:QUESTIONS]:
            await searches["words"](text)  # what is read from the disk is read before
            for name, search in searches.items():
                spans[name].append(await _span(search(text)))
        pairs = zip(spans["words"], spans["both"], strict=True)
        added = [both - words for words, both in pairs]
        told = "   ".join(
            f"{n} {_told(s)}" for n, s in {**spans, "added by vectors": added}.items()
        )
        print(f"    {what:12} {told}", flush=True)
    await memory.close()
    await store.close()


async def _span(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def _told(spans: Sequence[float]) -> str:
    ordered = sorted(spans)
    middle, slow = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"{middle * 1000:.1f} / {slow * 1000:.1f}"


if __name__ == "__main__":
    asyncio.run(main())
