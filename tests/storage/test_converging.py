"""However often, and in whichever order, the same answers come in: the store ends up the same."""

import asyncio
import itertools
from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper, seen

from bot.models import ARXIV, HUGGINGFACE
from bot.queries import parse_query
from storage import engines, open_store

NUMBERS = range(4)
DAYS = [DAY + n * ONE_DAY for n in range(3)]
CATEGORIES = ("cs.LG", "stat.ML", "math.ST")
GUESSED = {number: DAYS[number % 3] for number in NUMBERS}  # from the submission time: always one


def told(number, version, known):
    """What a source says of a paper: always the texts of a version, and the rest if it knows it.

    Sources do not contradict each other; one without versions knows the first title alone.
    """
    rest = {
        "authors": (f"Author {number}", "Zoë"),
        "categories": CATEGORIES[: number + 1],
        "keywords": (f"keyword {number}",),
        "organisation": f"Lab {number}",
        "code_url": f"https://example.org/{number}",
        "code_stars": number,
        "published_at": NOW,
    }
    about = {name: rest[name] for name in sorted(known)}
    if version:
        about["abstract"] = f"abstract of {number} in {version}"
    elif number == 1:  # only this source knows who is not to be shown
        about |= {"hidden_authors": ("Zoë",), "authors": (f"Author {number}",)}
    return paper(number, title=f"Paper {number} word{version or 1}", version=version, **about)


@st.composite
def answers(draw):
    """One answer of one source about one day."""
    source, day = draw(st.sampled_from([HUGGINGFACE, ARXIV])), draw(st.sampled_from(DAYS))
    numbers = draw(st.lists(st.sampled_from(NUMBERS), unique=True))
    version = st.sampled_from([1, 2, 3]) if source == ARXIV else st.just(0)
    rest = "authors categories keywords organisation code_url code_stars published_at"
    known = st.sets(st.sampled_from(rest.split()))
    papers = [told(n, draw(version), draw(known)) for n in numbers]
    votes = {n: n * 10 for n in numbers} if source == HUGGINGFACE else {}
    listed = []
    for n in numbers:
        guess = source == ARXIV and draw(st.booleans())
        told_on = GUESSED[n] if guess else day
        listed.append(seen(n, told_on, source, upvotes=votes.get(n), estimated=guess))
    return batch(papers, listed, source=source, day=day)


async def outcome(store):
    """All that the store tells of its papers, in words that compare."""
    found = await store.papers.get(ids(*NUMBERS))
    listed = [
        await store.papers.count_listed(day, day, [source])
        for day, source in itertools.product(DAYS, (HUGGINGFACE, ARXIV))
    ]
    words = [await store.papers.search(parse_query(f"word{n}"), 99) for n in (1, 2, 3)]
    named = [await store.papers.search(parse_query(f"cat:{name}"), 99) for name in CATEGORIES]
    return found, listed, [sorted(each) for each in (*words, *named)]


async def after(engine, folder, batches):
    store = open_store(f"{engine}:///{folder}/papers.db")
    changes = [await store.papers.add(each, NOW) for each in batches]
    told_of = await outcome(store)
    assert await store.keeper.check() == []
    await store.close()
    new = Counter(number for change in changes for number in change.new_ids)
    assert all(count == 1 for count in new.values())
    assert set(new) == {each.paper.id for each in told_of[0]}
    return told_of


@pytest.mark.parametrize("engine", engines())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=st.lists(answers(), min_size=1, max_size=5), data=st.data())
def test_shuffled_and_repeated_answers_come_to_the_same(engine, batches, data, tmp_path_factory):
    again = data.draw(st.lists(st.sampled_from(batches), max_size=4))
    shuffled = data.draw(st.permutations([*batches, *again]))
    folders = [tmp_path_factory.mktemp("store") for _ in range(2)]
    runs = [after(engine, *each) for each in zip(folders, (batches, shuffled), strict=True)]
    straight, mixed = (asyncio.run(each) for each in runs)
    assert straight == mixed


@pytest.mark.parametrize("engine", engines())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=st.lists(answers(), min_size=1, max_size=4))
def test_an_answer_that_was_taken_in_changes_nothing_again(engine, batches, tmp_path_factory):
    async def add_all_twice():
        store = open_store(f"{engine}:///{tmp_path_factory.mktemp('store')}/papers.db")
        for each in batches:
            await store.papers.add(each, NOW)
            before = await outcome(store), await store.pulls.days(each.source, date.min, date.max)
            done = await store.papers.add(each, NOW)
            assert (done.new_ids, done.updated, done.new_sightings) == ((), 0, 0)
            assert done.unchanged == len(each.papers)
            now = await outcome(store), await store.pulls.days(each.source, date.min, date.max)
            assert now == before
        await store.close()

    asyncio.run(add_all_twice())
