"""The words of the papers: counted in the background, never relied on."""

import asyncio
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.stock import NOW, batch, ids, paper

from bot.queries import parse_query
from storage import open_store
from storage.sqlite.vocabulary import Vocabulary

LETTERS = st.text("abcde", min_size=1, max_size=9)


def vocabulary(**words: int) -> Vocabulary:
    return Vocabulary(1, words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("difusion", "diffusion"),
        ("diffusoin", "diffusion"),
        ("dffusoin", "diffusion"),  # two slips in eight letters
        ("moddel", "model"),
        ("moodle", ""),  # two slips in six
        ("modle", "model"),
        ("mdl", ""),  # too short
        ("gpt4o", ""),
        ("xyzzy", ""),
    ],
)
def test_the_nearest_word_is_found(typed: str, meant: str) -> None:
    assert vocabulary(diffusion=90, model=500, infusion=3).nearest(typed) == meant


def test_of_words_as_near_that_of_most_papers_is_meant() -> None:
    assert vocabulary(lent=5, tent=50, cent=50, sent=7).nearest("bent") == "cent"


def test_a_nearer_word_is_meant_before_a_commoner_one() -> None:
    assert vocabulary(attention=1, attentional=900).nearest("attantion") == "attention"


@given(LETTERS, st.dictionaries(LETTERS, st.integers(1, 9), max_size=20))
def test_a_near_word_is_one_of_the_vocabulary(typed: str, words: dict[str, int]) -> None:
    found = Vocabulary(1, words).nearest(typed)
    assert found == "" or found in words
    if len(typed) >= 4 and typed in words:
        assert found == typed


async def mended(store, text):
    found = await store.papers.find(parse_query(text), 9)
    return dict(found.corrected)


async def test_it_is_counted_anew_as_papers_come_in(store):
    assert await store.completions.refresh() is False
    await store.papers.add(batch([paper(1, title="lanterns")]), NOW)
    assert await mended(store, "lantrens") == {}
    assert await store.completions.refresh() is True
    assert await mended(store, "lantrens") == {"lantrens": "lanterns"}
    assert await store.completions.refresh() is False
    await store.papers.add(batch([paper(2, title="orchards")]), NOW)
    await store.completions.refresh()
    assert await mended(store, "orchrads") == {"orchrads": "orchards"}


async def test_a_few_papers_more_are_not_worth_a_count(store):
    await store.papers.add(batch([paper(n, title="lantern") for n in range(100)]), NOW)
    await store.completions.refresh()
    await store.papers.add(batch([paper(n, title="orchard") for n in range(100, 104)]), NOW)
    await store.completions.refresh()
    assert await mended(store, "orchrad") == {}
    await store.papers.add(batch([paper(104, title="orchard")]), NOW)
    await store.completions.refresh()
    assert await mended(store, "orchrad") == {"orchrad": "orchard"}


async def test_another_process_sees_what_was_counted(store, beside):
    await store.papers.add(batch([paper(1, title="lantern")]), NOW)
    await beside.completions.refresh()
    assert await mended(store, "lantren") == {"lantren": "lantern"}
    await store.papers.add(batch([paper(2, title="orchard")]), NOW)
    await store.completions.refresh()
    assert await mended(beside, "orchrad") == {"orchrad": "orchard"}


async def test_it_is_counted_while_others_write_and_search(store, beside):
    async def write():
        for number in range(10):
            await store.papers.add(batch([paper(number, title=f"lantern word{number}")]), NOW)

    async def count():
        for _ in range(10):
            await store.completions.refresh()
            await beside.completions.refresh()

    async def search():
        for _ in range(20):
            await store.papers.find(parse_query("lantren of glass"), 9)

    await asyncio.gather(write(), count(), search())
    await store.completions.refresh()
    found = await store.papers.find(parse_query("lantren"), 9)
    assert found.corrected == {"lantren": "lantern"}
    assert len(found.ids) == 9


async def test_a_restart_forgets_nothing(url):
    store = open_store(url)
    await store.papers.add(batch([paper(1, title="lantern")]), NOW)
    await store.completions.refresh()
    await store.close()
    store = open_store(url)
    assert await mended(store, "lantren") == {"lantren": "lantern"}
    await store.close()


async def test_a_word_that_came_since_is_known_though_it_is_not_counted(store):
    await store.papers.add(batch([paper(n, title="lantern") for n in range(40)]), NOW)
    await store.completions.refresh()
    await store.papers.add(batch([paper(40, title="lantarn")]), NOW)
    found = await store.papers.find(parse_query("lantarn"), 9)
    assert found.corrected == {}
    assert found.ids == ids(40)


async def test_of_many_papers_a_word_of_one_alone_is_no_correction(store):
    papers = [paper(n, title="lantern" if n else "lantorn") for n in range(1000)]
    await store.papers.add(batch(papers), NOW)
    await store.completions.refresh()
    assert await mended(store, "lantorm") == {}
    assert await mended(store, "lanterm") == {"lanterm": "lantern"}


async def test_of_rare_stems_no_count_is_kept(store, tmp_path):
    await store.papers.add(batch([paper(n, title=f"lantern w{n}") for n in range(600)]), NOW)
    assert await store.completions.refresh()
    other = sqlite3.connect(tmp_path / "papers.db")
    kinds = other.execute("SELECT kind, papers FROM vocabulary ORDER BY kind").fetchall()
    assert kinds == [("stems", 600), ("words", 600)]
    [stems] = other.execute("SELECT terms FROM vocabulary WHERE kind = 'stems'").fetchone()
    assert stems == "lantern 600"
    other.close()
