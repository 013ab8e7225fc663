"""Semantic search in one process: opened, filled, followed, and off with its reason."""

import json
import shutil

import pytest
import structlog
from standins.stock import NOW, batch, ids, paper

from bot.embeddings.semantics import Semantics, checked_model, describe, is_missing, why_off
from bot.errors import ModelError, StoreError
from bot.queries import parse_query
from bot.retrieval import Retrieval
from bot.settings import Settings
from storage import open_store


@pytest.fixture
async def store(tmp_path):
    opened = open_at(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def beside(store, tmp_path):  # noqa: ARG001 - it stands beside that store
    opened = open_at(tmp_path)
    yield opened
    await opened.close()


def open_at(home):
    return open_store(f"sqlite:///{home}/papers.db")


def settings_of(home, **known):
    return Settings(_env_file=None, paperboy_home=home, **known)


async def locked(*_):
    raise StoreError("the database is locked")


class Process:
    """What one process has of it."""

    def __init__(self, store, settings):
        self.retrieval = Retrieval(store.papers, patience=30)
        self.semantics = Semantics(settings, store.vectors, self.retrieval, lambda: NOW)

    @property
    def is_on(self):
        return self.retrieval.sense is not None

    async def near(self, text):
        """Papers by sense alone: similar to nothing that is kept but the text."""
        [vector] = await self.retrieval.sense.embedder.embed([text])
        return [i for i, _ in await self.retrieval.sense.nearest.near(vector, 5)]


async def test_a_model_is_opened_and_papers_are_found_once_it_has_filled(store, folder, tmp_path):
    await store.papers.add(batch([paper(1, title="Photosynthesis"), paper(2, title="Banks")]), NOW)
    process = Process(store, settings_of(tmp_path, embedding_model=str(folder)))
    assert not process.is_on
    await process.semantics.open()
    assert process.is_on
    assert await process.semantics.work(fill=True) is False
    assert await process.near("how plants make sugar") == [*ids(1, 2)]
    await process.semantics.close()
    assert not process.is_on


async def test_a_process_that_does_not_lead_makes_none_and_takes_in_what_another_makes(
    store, beside, folder, tmp_path
):
    await store.papers.add(batch([paper(1), paper(2)]), NOW)
    settings = settings_of(tmp_path, embedding_model=str(folder))
    leader, other = Process(store, settings), Process(beside, settings)
    for process in (leader, other):
        await process.semantics.open()
    await other.semantics.work(fill=False)
    assert await other.near("a paper") == []
    await leader.semantics.work(fill=True)
    await other.semantics.work(fill=False)
    assert set(await other.near("a paper")) == {*ids(1, 2)}
    for process in (leader, other):
        await process.semantics.close()


async def test_a_start_finds_the_vectors_that_are_kept(store, folder, tmp_path):
    await store.papers.add(batch([paper(1)]), NOW)
    settings = settings_of(tmp_path, embedding_model=str(folder))
    for fill in (True, False):
        process = Process(store, settings)
        await process.semantics.open()
        await process.semantics.work(fill=fill)
        assert await process.near("a paper") == [*ids(1)]
        await process.semantics.close()


async def test_vectors_that_can_not_be_read_at_once_are_read_later(store, folder, tmp_path):
    await store.papers.add(batch([paper(1)]), NOW)
    process = Process(store, settings_of(tmp_path, embedding_model=str(folder)))
    await process.semantics.open()
    await process.semantics.work(fill=True)
    await process.semantics.close()
    again = Process(store, process.semantics._settings)
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs() as logs:
        patch.setattr(store.vectors, "changed", locked)
        await again.semantics.open()
    assert [line["event"] for line in logs] == ["vectors are read later", "search by sense"]
    assert again.is_on
    assert await again.near("a paper") == []
    await again.semantics.work(fill=False)
    assert await again.near("a paper") == [*ids(1)]
    await again.semantics.close()


async def test_without_a_model_the_reason_is_logged_and_words_answer(store, tmp_path):
    await store.papers.add(batch([paper(1)]), NOW)
    process = Process(store, settings_of(tmp_path))
    with structlog.testing.capture_logs() as logs:
        await process.semantics.open()
    assert not process.is_on
    assert [(line["event"], line["reason"]) for line in logs] == [
        ("no search by sense", "the model is missing: run paperboy model pull")
    ]
    assert await process.semantics.work(fill=True) is False
    assert (await process.retrieval.search(parse_query("paper"), 5)).ids == ids(1)
    await process.semantics.close()


def test_off_is_off(tmp_path):
    settings = settings_of(tmp_path, embedding_model="off")
    assert why_off(settings) == "EMBEDDING_MODEL is off"
    assert not is_missing(settings)
    with pytest.raises(ModelError, match=r"^EMBEDDING_MODEL is off$"):
        checked_model(settings)


def test_a_model_of_the_hub_that_is_not_here_is_missing(tmp_path):
    assert is_missing(settings_of(tmp_path))


def test_a_folder_is_known_by_its_checksum(folder, tmp_path):
    settings = settings_of(tmp_path, embedding_model=str(folder))
    name, _, mark = checked_model(settings).partition("@")
    assert name == folder.name
    assert "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6".startswith(mark)


def test_a_model_that_is_not_the_pinned_one_is_not_used(folder, tmp_path):
    settings = settings_of(tmp_path)
    shutil.copytree(folder, settings.model_folder)
    with pytest.raises(ModelError, match="differs from EMBEDDING_SHA256: paperboy model pull"):
        checked_model(settings)


async def test_how_many_papers_have_their_vector_is_told(store, folder, tmp_path):
    settings = settings_of(tmp_path, embedding_model=str(folder))
    await store.papers.add(batch([paper(1), paper(2)]), NOW)
    await store.vectors.use(checked_model(settings), 384)
    await store.vectors.keep({ids(1)[0]: bytes(384)}, NOW)
    told = await describe(settings, store.vectors)
    assert told == f"{checked_model(settings)}, 1 of 2 papers embedded"


async def test_a_model_that_can_embed_no_more_leaves_what_there_is(store, folder, tmp_path):
    await store.papers.add(batch([paper(1)]), NOW)
    process = Process(store, settings_of(tmp_path, embedding_model=str(folder)))
    await process.semantics.open()
    await process.semantics.work(fill=True)
    await store.papers.add(batch([paper(2)]), NOW)
    await process.retrieval.sense.embedder.close()
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            assert await process.semantics.work(fill=True) is False
    assert [line["event"] for line in logs] == ["vectors are made no longer"]
    await process.semantics.close()


async def test_a_model_whose_tokenizer_is_damaged_is_a_reason_not_a_crash(store, folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken, symlinks=True)
    (broken / "tokenizer_config.json").write_text(json.dumps({"model_max_length": "many"}))
    process = Process(store, settings_of(tmp_path, embedding_model=str(broken)))
    with structlog.testing.capture_logs() as logs:
        await process.semantics.open()
    assert not process.is_on
    assert logs[0]["reason"].startswith(f"the model in {broken} can't be read: ")
