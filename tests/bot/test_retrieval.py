"""Searching by words and by sense over the real store, with the real model where sense matters."""

import asyncio
import time

import pytest
import structlog
from standins.embedder import QuickEmbedder
from standins.model_folder import model_folder
from standins.stock import DAY, NOW, ONE_DAY, batch, paper

from bot import retrieval
from bot.embeddings.filling import Filling
from bot.embeddings.model import load_model
from bot.embeddings.nearest import VectorsInMemory
from bot.likeness import least_cosine
from bot.queries import parse_query
from bot.retrieval import Retrieval, Sense
from storage import open_store

LEAVES = paper(
    1,
    title="Photosynthesis in the leaves of shade plants",
    abstract="Chlorophyll turns sunlight into carbohydrates.",
    categories=("q-bio.PE",),
    authors=("Ada Abel",),
)
ALGAE = paper(
    2,
    title="Algae under light",
    abstract="How green algae grow by photosynthesis, and how chlorophyll captures sunlight.",
    categories=("q-bio.PE", "cs.LG"),
)
RATES = paper(
    3,
    title="Interest rates and bank lending",
    abstract="Central banks set rates; lending follows within a year.",
    categories=("econ.GN",),
)
MAMBA = paper(
    4,
    title="Mamba: state space models in linear time",
    abstract="A selective state space model handles long sequences.",
    categories=("cs.LG",),
)
ATTENTION = paper(
    5,
    title="Attention for long sequences",
    abstract="Transformers attend to every token, which is quadratic in the sequence's length.",
    categories=("cs.LG", "cs.CL"),
)
SUGAR = "how plants make sugar from light"  # no word of it but plants and light is in any paper


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    loaded = asyncio.run(load_model(model_folder(tmp_path_factory.mktemp("model")), "small@1"))
    yield loaded
    asyncio.run(loaded.close())


@pytest.fixture
async def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    await opened.papers.add(batch([LEAVES, ALGAE, RATES]), NOW)
    await opened.papers.add(batch([MAMBA, ATTENTION], day=DAY + ONE_DAY), NOW)
    yield opened
    await opened.close()


class Searching:
    """A Retrieval over a store whose papers have their vectors."""

    def __init__(self, store, embedder, patience=30.0):
        self.store = store
        self.embedder = embedder
        self.memory = VectorsInMemory(store.vectors, embedder.name, embedder.width)
        self.retrieval = Retrieval(store.papers, patience)
        self.retrieval.sense = Sense(embedder, self.memory)

    async def fill(self):
        await Filling(self.store.vectors, self.embedder, lambda: NOW).fill()
        await self.memory.catch_up()

    async def search(self, text, limit=10):
        return await self.retrieval.search(parse_query(text), limit)


@pytest.fixture
async def searching(store, model):
    made = Searching(store, model)
    await made.fill()
    yield made
    await made.memory.close()


@pytest.fixture
async def quick(store):
    """The same with vectors that mean nothing."""
    made = Searching(store, QuickEmbedder(), patience=0.2)
    await made.fill()
    yield made
    await made.memory.close()


async def test_a_paper_is_found_by_what_it_means(searching):
    found = await searching.search(SUGAR)
    assert set(found.ids[:2]) == {LEAVES.id, ALGAE.id}
    assert found.in_sense
    assert found.strict == 0
    assert found.strict_ids == frozenset()


async def test_what_matches_all_of_it_comes_before_what_is_like_it(searching):
    found = await searching.search("banks photosynthesis lending")
    assert found.strict == 0
    found = await searching.search("lending rates")
    assert found.ids[0] == RATES.id
    assert (found.strict, found.strict_ids) == (1, {RATES.id})
    assert len(found.ids) == 5, "filled up with the nearest"


async def test_no_paper_stands_in_it_twice_and_none_beyond_the_limit(searching):
    for text in ("photosynthesis", "long sequences", SUGAR, "banks OR mamba"):
        found = await searching.search(text, 3)
        assert len(found.ids) == len(set(found.ids)) == 3
        assert found.strict_ids <= set(found.ids)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (f"{SUGAR} cat:cs.LG", {ALGAE.id, MAMBA.id, ATTENTION.id}),
        (f"{SUGAR} -chlorophyll", {RATES.id, MAMBA.id, ATTENTION.id}),
        (f"{SUGAR} -cat:q-bio", {RATES.id, MAMBA.id, ATTENTION.id}),
        (f"{SUGAR} author:abel", {LEAVES.id}),
        (f"{SUGAR} date:<={DAY}", {LEAVES.id, ALGAE.id, RATES.id}),
        (f"{SUGAR} (cat:econ OR cat:cs.CL)", {RATES.id, ATTENTION.id}),
        (f"{SUGAR} source:arxiv", set()),
    ],
)
@pytest.mark.parametrize("wide", [1000, 2])
async def test_what_is_no_word_of_the_text_is_strict(searching, monkeypatch, wide, text, allowed):
    monkeypatch.setattr(retrieval, "WIDE", wide)  # so few that all that pass are compared
    monkeypatch.setattr(retrieval, "NEAR_DEPTH", 2 if wide == 2 else 400)
    found = await searching.search(text)
    assert set(found.ids) <= allowed
    assert len(found.ids) >= min(2, len(allowed))


async def test_a_filter_that_lets_too_many_pass_is_held_against_the_nearest(searching, monkeypatch):
    monkeypatch.setattr(retrieval, "WIDE", 3)
    monkeypatch.setattr(retrieval, "NEAR_DEPTH", 2)
    monkeypatch.setattr(retrieval, "SELECTIVE", 2)
    found = await searching.search(f"{SUGAR} cat:cs.LG")
    assert set(found.ids) <= {ALGAE.id, MAMBA.id, ATTENTION.id}
    assert ALGAE.id in found.ids


async def test_a_paper_without_a_vector_is_found_by_its_words(searching, store):
    fresh = paper(6, title="Chlorophyll and lending")
    await store.papers.add(batch([fresh]), NOW)
    found = await searching.search("chlorophyll lending")
    assert found.ids[0] == fresh.id
    assert found.in_sense


async def test_a_query_without_words_is_not_one_for_the_vectors(searching):
    found = await searching.search("cat:cs.LG")
    assert set(found.ids) == {ALGAE.id, MAMBA.id, ATTENTION.id}
    assert not found.in_sense


async def test_an_order_that_is_asked_for_is_kept(searching):
    found = await searching.search("photosynthesis OR sequences sort:new")
    assert set(found.ids[:2]) == {MAMBA.id, ATTENTION.id}
    assert set(found.ids) == {LEAVES.id, ALGAE.id, MAMBA.id, ATTENTION.id}
    assert not found.in_sense


async def test_without_a_model_the_words_answer(store):
    found = await Retrieval(store.papers).search(parse_query("photosynthesis"), 10)
    assert set(found.ids) == {LEAVES.id, ALGAE.id}
    assert not found.in_sense


async def test_papers_like_one_are_the_close_ones_then_the_nearest(searching):
    found = await searching.search(f"like:{LEAVES.id}")
    assert found.ids[0] == ALGAE.id
    assert LEAVES.id not in found.ids
    assert len(found.ids) == 4
    anchor = searching.memory.vector(LEAVES.id)
    near = dict(await searching.memory.near(anchor, 10))
    close = {i for i, cosine in near.items() if cosine >= least_cosine(loose=False)}
    assert found.strict_ids == close - {LEAVES.id}
    assert found.strict == len(found.strict_ids)
    loosely = await searching.search(f"like:~{LEAVES.id}")
    assert loosely.strict_ids >= found.strict_ids


async def test_papers_like_one_meet_what_else_is_asked(searching):
    found = await searching.search(f"like:{LEAVES.id} cat:cs.LG -mamba")
    assert found.ids == (ALGAE.id, ATTENTION.id)


async def test_words_beside_a_likeness_draw_it_their_way(searching):
    found = await searching.search(f"like:{ALGAE.id} transformers attention tokens")
    assert found.ids.index(ATTENTION.id) < found.ids.index(RATES.id)
    assert found.strict == 0


async def test_nothing_is_like_a_paper_that_is_not_kept(searching):
    found = await searching.search("like:2405.21060")
    assert found.ids == ()
    assert (await searching.retrieval.similar("2405.21060", 5)).ids == ()


async def test_a_paper_whose_vector_is_not_made_yet_can_be_liked(searching, store):
    fresh = paper(6, title="Chlorophyll", abstract="Photosynthesis of moss in sunlight.")
    await store.papers.add(batch([fresh]), NOW)
    found = await searching.search(f"like:{fresh.id}")
    assert set(found.ids[:2]) == {LEAVES.id, ALGAE.id}
    similar = await searching.retrieval.similar(fresh.id, 2)
    assert set(similar.ids) == {LEAVES.id, ALGAE.id}


async def test_similar_papers_are_the_nearest(searching):
    found = await searching.retrieval.similar(LEAVES.id, 3)
    assert found.ids[0] == ALGAE.id
    assert found.in_sense
    assert len(found.ids) == 3
    assert LEAVES.id not in found.ids


async def test_without_a_model_similar_papers_share_words(store):
    found = await Retrieval(store.papers).similar(LEAVES.id, 3)
    assert ALGAE.id in found.ids
    assert LEAVES.id not in found.ids
    assert not found.in_sense
    assert found.strict == 0


async def test_without_a_model_papers_like_one_share_words_and_meet_what_else_is_asked(store):
    retrieval = Retrieval(store.papers)
    found = await retrieval.search(parse_query(f"like:{LEAVES.id}"), 10)
    assert ALGAE.id in found.ids
    assert LEAVES.id not in found.ids
    assert found.strict == 0
    assert not found.in_sense
    without = await retrieval.search(parse_query(f"like:{LEAVES.id} -algae"), 10)
    assert ALGAE.id not in without.ids


async def test_a_fault_of_the_model_leaves_the_words_and_is_logged_once(quick):
    with structlog.testing.capture_logs() as logs:
        quick.embedder.fault = "it is broken"
        for _ in range(3):
            found = await quick.search("photosynthesis")
            assert set(found.ids) == {LEAVES.id, ALGAE.id}
            assert not found.in_sense
        quick.embedder.fault = ""
        assert (await quick.search("photosynthesis")).in_sense
        quick.embedder.fault = "it is broken again"
        assert not (await quick.search("photosynthesis")).in_sense
    assert [line["reason"] for line in logs] == ["it is broken", "it is broken again"]


async def test_a_model_that_hangs_holds_no_search_up(quick):
    quick.embedder.seconds = 60
    began = time.monotonic()
    with structlog.testing.capture_logs() as logs:
        found = await quick.search("photosynthesis")
    assert set(found.ids) == {LEAVES.id, ALGAE.id}
    assert time.monotonic() - began < 10
    assert [line["reason"] for line in logs] == ["no answer within 0.2 s"]


async def test_a_fault_of_the_vectors_leaves_the_words(quick):
    await quick.memory.close()
    with structlog.testing.capture_logs() as logs:
        found = await quick.search("photosynthesis")
        liked = await quick.search(f"like:{LEAVES.id}")
        similar = await quick.retrieval.similar(LEAVES.id, 3)
    assert set(found.ids) == {LEAVES.id, ALGAE.id}
    assert not found.in_sense
    assert not liked.in_sense
    assert ALGAE.id in similar.ids
    assert len(logs) == 1


async def test_what_is_typed_in_other_scripts_or_signs_is_an_answer(searching):
    for text in ("强化学习", "l’été", "C++", "🙂 light", "x" * 400):
        found = await searching.search(text)
        assert len(found.ids) <= 10
