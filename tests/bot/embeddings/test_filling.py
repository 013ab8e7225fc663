"""Every paper gets its vector, the newest first, whatever breaks it off."""

import asyncio
import random
import signal
import subprocess
import sys
import time

import pytest
import structlog
from standins import filler
from standins.embedder import WIDTH, QuickEmbedder, vector_of
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper

from bot.embeddings.filling import KEPT_AT_ONCE, Filling
from bot.errors import ModelError
from bot.models import Paper
from storage import open_store

KILLS = 12
MOST_MADE = 100  # texts that a life embeds before it is killed
MANY = 900


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/papers.db"


@pytest.fixture
async def store(url):
    opened = open_store(url)
    yield opened
    await opened.close()


def papers(count):
    return [paper(n, abstract=f"About {n}.") for n in range(1, count + 1)]


async def vectors(store, model="quick@1"):
    return {i: vector for _, i, vector in await store.vectors.changed(model, 0, 100_000)}


def filling(store, embedder, steady=time.monotonic):
    return Filling(store.vectors, embedder, lambda: NOW, steady)


async def test_every_paper_gets_the_vector_of_its_title_and_abstract(store):
    await store.papers.add(batch(papers(3)), NOW)
    assert await filling(store, QuickEmbedder()).fill() is False
    assert await vectors(store) == {
        ids(n)[0]: vector_of(f"Paper {n}\nAbout {n}.") for n in (1, 2, 3)
    }


async def test_the_newest_come_first(store):
    for number in (1, 2, 3):
        await store.papers.add(batch([paper(number)], day=DAY + number * ONE_DAY), NOW)
    embedder = QuickEmbedder()
    await filling(store, embedder).fill()
    assert embedder.asked == ["Paper 3", "Paper 2", "Paper 1"]


async def test_a_stint_ends_in_time_and_the_next_goes_on(store):
    await store.papers.add(batch(papers(100)), NOW)
    ticks = iter(range(1_000_000))
    embedder = QuickEmbedder()
    work = filling(store, embedder, lambda: next(ticks) * 0.001)
    assert await work.fill(seconds=0.008) is True
    done = len(await vectors(store))
    assert 0 < done < 100
    while await work.fill(seconds=0.008):
        assert len(await vectors(store)) > done
        done = len(await vectors(store))
    assert len(await vectors(store)) == 100
    assert len(embedder.asked) == 100, "none is embedded twice"


async def test_new_papers_are_taken_up_by_the_next_stint(store):
    await store.papers.add(batch(papers(2)), NOW)
    work = filling(store, QuickEmbedder())
    await work.fill()
    await store.papers.add(batch([paper(3)]), NOW)
    await work.fill()
    assert len(await vectors(store)) == 3


async def test_a_fault_of_the_model_loses_nothing_that_was_kept(store):
    await store.papers.add(batch(papers(KEPT_AT_ONCE)), NOW)
    embedder = QuickEmbedder()
    work = filling(store, embedder)
    await work.fill()
    await store.papers.add(batch([paper(500)]), NOW)
    embedder.fault = "it is broken"
    with pytest.raises(ModelError, match="it is broken"):
        await work.fill()
    assert len(await vectors(store)) == KEPT_AT_ONCE


async def test_a_text_that_the_model_refuses_stops_no_other(store):
    refused = paper(99, title="Refused")
    await store.papers.add(batch([*papers(40), refused]), NOW)
    embedder = QuickEmbedder(refused={"Refused"})
    with structlog.testing.capture_logs() as logs:
        assert await filling(store, embedder).fill() is False
    assert set(await vectors(store)) == set(ids(*range(1, 41)))
    assert [(line["event"], line["paper"]) for line in logs] == [
        ("a text can't be embedded", refused.id)
    ]


async def test_what_was_refused_is_tried_again_ever_later_and_at_once_where_it_is_reworded(store):
    await store.papers.add(batch([paper(1, title="Refused"), paper(2)]), NOW)
    seconds, embedder = 0.0, QuickEmbedder(refused={"Refused"})
    work = filling(store, embedder, lambda: seconds)
    tried = []
    for _ in range(200):
        before = embedder.tried.count("Refused")
        assert await work.fill() is False
        tried.append(embedder.tried.count("Refused") > before)
        seconds += 1800.0
    assert tried[:8] == [True, False, True, False, False, False, True, False]
    assert sum(tried[8:]) in range(3, 8), "at least once a day"
    await store.papers.add(batch([paper(1, title="Reworded", version=2)]), NOW)
    await work.fill()
    assert set(await vectors(store)) == {*ids(1, 2)}


async def test_as_many_refused_texts_as_are_asked_for_at_once_hide_no_paper(store, monkeypatch):
    monkeypatch.setattr("bot.embeddings.filling.ASKED_AT_ONCE", 4)
    await store.papers.add(batch(papers(3), day=DAY - ONE_DAY), NOW)
    newest = [paper(n, title=f"Refused {n}") for n in range(50, 60)]
    await store.papers.add(batch(newest), NOW)
    embedder = QuickEmbedder(refused={each.title for each in newest})
    assert await filling(store, embedder).fill() is False
    assert set(await vectors(store)) == {*ids(1, 2, 3)}


async def test_another_model_makes_all_vectors_anew(store):
    await store.papers.add(batch(papers(40)), NOW)
    await filling(store, QuickEmbedder()).fill()
    await filling(store, QuickEmbedder("other@2", WIDTH)).fill()
    assert len(await vectors(store, "other@2")) == 40
    assert await vectors(store) == {}


def live_for(database, texts):
    """A process that makes vectors, killed once it has embedded so many texts."""
    command = [sys.executable, filler.__file__, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert len(process.stdout.read(texts)) == texts
        process.kill()
    assert process.returncode == -signal.SIGKILL


async def test_a_process_that_is_killed_is_gone_on_from(store, tmp_path):
    await store.papers.add(batch(papers(MANY)), NOW)
    chance, done = random.Random(1), 0
    for life in range(KILLS):
        await asyncio.to_thread(live_for, tmp_path / "papers.db", chance.randint(1, MOST_MADE))
        made = await vectors(store)
        assert len(made) < MANY or life > 0, "else it was never killed at work"
        assert len(made) >= done, "what was kept is never lost"
        # The text of a paper changes while nobody embeds: its vector goes.
        changed = next(iter(made), ids(1)[0])
        await store.papers.add(batch([Paper(changed, "New words", version=2)]), NOW)
        done = len(made.keys() - {changed})
    assert done > 0
    await filling(store, QuickEmbedder()).fill()
    known = await store.papers.get(ids(*range(1, MANY + 1)))
    assert await vectors(store) == {
        each.paper.id: vector_of(f"{each.paper.title}\n{each.paper.abstract}") for each in known
    }
