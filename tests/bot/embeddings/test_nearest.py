"""Vectors in memory: what is nearest by hand is nearest here, over the real store."""

import asyncio
import random

import pytest
from standins.stock import NOW, batch, ids, paper

from bot.embeddings import nearest
from bot.embeddings.nearest import VectorsInMemory
from bot.errors import ModelError
from bot.likeness import SCALE, similarity
from storage import open_store

MODEL = "made up@1"
WIDTH = 16


def chance_vector(chance):
    numbers = [chance.gauss(0, 1) for _ in range(WIDTH)]
    length = sum(n * n for n in numbers) ** 0.5
    return bytes(round(n / length * SCALE) & 0xFF for n in numbers)


def vectors(*numbers, seed=1):
    return {ids(n)[0]: chance_vector(random.Random(f"{n}/{seed}")) for n in numbers}


@pytest.fixture
async def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    await opened.papers.add(batch([paper(n) for n in range(1, 301)]), NOW)
    await opened.vectors.use(MODEL, WIDTH)
    yield opened
    await opened.close()


@pytest.fixture
async def memory(store, monkeypatch):
    monkeypatch.setattr(nearest, "BLOCK", 64)  # a few hundred papers fill several blocks
    monkeypatch.setattr(nearest, "PAGE", 50)
    opened = VectorsInMemory(store.vectors, MODEL, WIDTH)
    yield opened
    await opened.close()


def by_hand(vector, known, limit):
    scored = [(similarity(vector, each) / SCALE**2, paper_id) for paper_id, each in known.items()]
    return [(paper_id, score) for score, paper_id in sorted(scored, reverse=True)[:limit]]


def same(found, wanted):
    """Scores agree, and where they differ among themselves so do the papers."""
    assert [score for _, score in found] == pytest.approx([score for _, score in wanted])
    assert {i for i, score in found if score > found[-1][1]} == {
        i for i, score in wanted if score > wanted[-1][1]
    }


async def test_the_nearest_are_those_that_are_found_by_hand(store, memory):
    known = vectors(*range(1, 301))
    await store.vectors.keep(known, NOW)
    await memory.catch_up()
    assert len(memory) == 300
    for number in range(20):
        vector = chance_vector(random.Random(number))
        same(await memory.near(vector, 10), by_hand(vector, known, 10))


async def test_looking_among_some_finds_the_nearest_of_those(store, memory):
    known = vectors(*range(1, 301))
    await store.vectors.keep(known, NOW)
    await memory.catch_up()
    chosen = {*ids(3, 60, 64, 65, 128, 299), "unknown"}
    vector = chance_vector(random.Random(5))
    few = {i: known[i] for i in chosen if i in known}
    same(await memory.near(vector, 10, chosen), by_hand(vector, few, 10))
    assert await memory.near(vector, 10, []) == []


async def test_what_is_kept_later_is_found_after_catching_up(store, memory):
    await memory.catch_up()
    [vector] = vectors(7).values()
    assert await memory.near(vector, 3) == []
    await store.vectors.keep(vectors(7), NOW)
    await memory.catch_up()
    [(paper_id, score)] = await memory.near(vector, 3)
    assert paper_id == ids(7)[0]
    assert score == pytest.approx(1, abs=0.05)


async def test_a_newer_vector_takes_the_place_of_the_older(store, memory):
    await store.vectors.keep(vectors(*range(1, 101)), NOW)
    await memory.catch_up()
    await store.vectors.keep(vectors(70, seed=2), NOW)
    await memory.catch_up()
    assert len(memory) == 100
    assert memory.vector(*ids(70)) == vectors(70, seed=2)[ids(70)[0]]


async def test_a_paper_without_a_vector_has_none(memory):
    assert memory.vector("2611.00001") == b""


async def test_the_vectors_of_another_model_are_not_taken_in(store, memory):
    await store.vectors.use("another@1", WIDTH)
    await store.vectors.keep(vectors(1, 2), NOW)
    await memory.catch_up()
    assert len(memory) == 0


async def test_a_vector_of_another_width_is_passed_over(store, memory):
    await store.vectors.keep({ids(1)[0]: b"short", **vectors(2)}, NOW)
    await memory.catch_up()
    assert memory.vector(*ids(1)) == b""
    assert memory.vector(*ids(2)) == vectors(2)[ids(2)[0]]


async def test_catching_up_while_it_is_searched_finds_only_what_is_there(store, memory):
    known = vectors(*range(1, 301))
    vector = chance_vector(random.Random(1))

    async def search():
        for _ in range(100):
            for paper_id, score in await memory.near(vector, 5):
                assert score == pytest.approx(similarity(vector, known[paper_id]) / SCALE**2)

    searching = asyncio.create_task(search())
    for start in range(1, 301, 10):
        await store.vectors.keep({i: known[i] for i in ids(*range(start, start + 10))}, NOW)
        await memory.catch_up()
    await searching
    assert len(memory) == 300


async def test_a_query_of_another_width_is_a_model_error(store, memory):
    await store.vectors.keep(vectors(1), NOW)
    await memory.catch_up()
    with pytest.raises(ModelError):
        await memory.near(b"short", 3)
