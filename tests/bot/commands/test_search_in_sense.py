"""Answers where papers match in part or in sense, and where words are put right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from standins.office import FRIDAY, Office, message, plain, titles

from bot.likeness import SCALE
from bot.models import HUGGINGFACE, Batch, Paper, Sighting
from bot.retrieval import Sense

pytest.importorskip("numpy", reason="the extra for semantic search is not installed")
pytest.importorskip("usearch", reason="the extra for semantic search is not installed")

TOPICS = (("sheep", "lamb", "flock"), ("car", "engine", "road"), ("proof", "lemma", "theorem"))
TITLES = ("A sheep", "A lamb on a road", "One flock", "A car", "An engine", "A proof", "A lemma")


class TopicModel:
    """An embedder whose directions are three topics."""

    name = "topics@1"
    width = 4  # one to spare: what is of no topic points there

    async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:  # noqa: ARG002
        return [_vector(text) for text in texts]


def _vector(text: str) -> bytes:
    words = text.lower().split()
    counts = [sum(words.count(word) for word in topic) for topic in TOPICS]
    parts = [*counts, 0 if any(counts) else 1]
    length = sum(part * part for part in parts) ** 0.5
    return bytes(round(part / length * SCALE) for part in parts)


@pytest.fixture
async def felt_office(empty_office: Office) -> AsyncIterator[Office]:
    """An office with seven papers and a model of what they mean."""
    from bot.embeddings.nearest import VectorsInMemory

    store = empty_office.store
    papers = tuple(Paper(f"2611.0000{n}", title) for n, title in enumerate(TITLES, 1))
    seen = tuple(Sighting(paper.id, HUGGINGFACE, FRIDAY, 1) for paper in papers)
    await store.papers.add(
        Batch(HUGGINGFACE, FRIDAY, FRIDAY, papers=papers, sightings=seen), empty_office.now
    )
    await store.completions.refresh()
    model = TopicModel()
    await store.vectors.use(model.name, model.width)
    await store.vectors.lacking(100)
    await store.vectors.keep({p.id: _vector(p.title) for p in papers}, empty_office.now)
    nearest = VectorsInMemory(store.vectors, model.name, model.width)
    await nearest.catch_up()
    empty_office.finder.sense = Sense(model, nearest)
    yield empty_office
    await nearest.close()


async def test_what_matches_in_part_or_in_sense_says_so(felt_office: Office) -> None:
    said = await felt_office.ask("search lamb road")
    assert said.title == "1 paper: lamb road"
    assert said.cards[0].listed.paper.title == "A lamb on a road"
    whys = {card.listed.paper.title: card.why for card in said.cards}
    assert whys["A lamb on a road"] == ""
    assert {why for title, why in whys.items() if title != "A lamb on a road"} == {"In sense"}
    assert "1 paper matches all of it; the others match in sense." in plain(said)


async def test_where_none_matches_all_of_it_the_rest_is_told(felt_office: Office) -> None:
    said = await felt_office.ask("search sheep proof")
    assert said.title == "No paper matches all of it: sheep proof"
    assert {"A sheep", "A proof"} <= {*titles(said)}
    assert "These match in part" in plain(said)
    assert "Alone: “sheep”: 1 paper and “proof”: 1 paper." in plain(said)


async def test_later_pages_still_say_who_matches_all_of_it(felt_office: Office) -> None:
    first = await felt_office.ask("search lamb road")
    [following] = [b.label for b in first.buttons if b.label.startswith("Next")]
    second = message(await felt_office.press(first, following))
    assert second.title == first.title
    assert {card.why for card in second.cards} == {"In sense"}
    assert not {*titles(first)} & {*titles(second)}


async def test_papers_like_one_come_by_sense_and_it_says_so(felt_office: Office) -> None:
    said = await felt_office.ask("similar 2611.00001")
    assert {*titles(said)[:2]} == {"One flock", "A lamb on a road"}
    assert "nearest in sense first" in said.subtitle
    found = await felt_office.ask("search like:2611.00001")
    assert "One flock" in titles(found)
    assert "A sheep" not in titles(found)


async def test_where_none_is_close_the_nearest_are_shown_and_said_to_be_far(
    felt_office: Office,
) -> None:
    await felt_office.store.papers.add(
        Batch(HUGGINGFACE, FRIDAY, FRIDAY, papers=(Paper("2611.00009", "Soup"),)), felt_office.now
    )
    said = await felt_office.ask("search like:2611.00009")
    assert "No paper is known to be close to 2611.00009; these are the most alike." in plain(said)
    assert {card.why for card in said.cards} == {"Alike"}
    assert not [b for b in said.buttons if b.label.startswith("Without")]


async def test_a_word_that_no_paper_holds_is_put_right_and_told(felt_office: Office) -> None:
    said = await felt_office.ask("search enginne")
    assert "No paper has “enginne”: searched engine instead." in plain(said)
    assert said.title == "1 paper: engine"
    assert said.cards[0].listed.paper.title == "An engine"
    following = [b for b in said.buttons if b.label.startswith("Next")]
    assert all(b.args["query"] == "engine" for b in following)
    exact = message(await felt_office.press(said, "Search the exact words"))
    assert exact.title == "No paper matches: enginne"


async def test_a_fault_of_the_model_leaves_the_words(felt_office: Office) -> None:
    class Broken(TopicModel):
        async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:  # noqa: ARG002
            from bot.errors import ModelError

            raise ModelError("no memory")

    sense = felt_office.finder.sense
    assert sense
    felt_office.finder.sense = Sense(Broken(), sense.nearest)
    assert titles(await felt_office.ask("search lamb road")) == ["A lamb on a road"]
