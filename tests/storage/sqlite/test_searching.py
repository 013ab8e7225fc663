"""A search takes another way where many papers hold its words: it finds the same."""

import asyncio
from datetime import timedelta

import pytest
from standins.stock import DAY, NOW, batch, paper, seen

from bot.models import And, FirstListed, Not, Query, Sort, TextField, Upvotes, Word
from storage import open_store
from storage.sqlite.searching import RARE, SOME

COUNT = RARE + RARE // 2
DAYS = 30
NEWEST, TURTLE = DAY + timedelta(days=DAYS - 1), Word("turtle")


def number_of(paper_id):
    return int(paper_id.rpartition(".")[2])


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Papers that all hold one word, every seventh another, listed over a month out of order."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('many')}/papers.db")
    papers = [
        paper(n, title="Turtles", abstract="A hare." if n % 7 == 0 else "", authors=("Bo Lind",))
        for n in range(COUNT)
    ]
    listings = [
        seen(n, DAY + timedelta(days=n * 11 % DAYS), upvotes=n % 100 if n % 3 else None)
        for n in range(COUNT)
    ]
    asyncio.run(store.papers.add(batch(papers, listings), NOW))
    yield store
    asyncio.run(store.close())


def by_day(number):
    return number * 11 % DAYS, number % 100 if number % 3 else -1, number


def by_votes(number):
    day, votes, _ = by_day(number)
    return votes, day, number


@pytest.mark.parametrize(
    ("parts", "held"),
    [
        ((TURTLE,), lambda _: True),
        ((Word("lind", field=TextField.AUTHOR),), lambda _: True),
        ((TURTLE, Not(Word("hare"))), lambda n: n % 7),
        ((TURTLE, Upvotes(low=95)), lambda n: n % 3 and n % 100 >= 95),
        ((TURTLE, FirstListed(since=NEWEST)), lambda n: n * 11 % DAYS == DAYS - 1),
        ((FirstListed(since=NEWEST), Not(Word("hare"))), lambda n: n * 11 % DAYS == 29 and n % 7),
    ],
)
async def test_what_most_papers_hold_is_found_in_the_order_asked_for(many, parts, held):
    numbers = [n for n in range(COUNT) if held(n)]
    for sort, key in ((Sort.NEW, by_day), (Sort.UPVOTES, by_votes)):
        found = await many.papers.search(Query(And(parts), sort), 50)
        assert [number_of(i) for i in found] == sorted(numbers, key=key, reverse=True)[:50]
    assert await many.papers.count_matches(Query(And(parts)), 2 * COUNT) == len(numbers)
    assert set(map(number_of, await many.papers.search(Query(And(parts)), COUNT))) == set(numbers)


@pytest.mark.parametrize("count", [SOME, SOME + 1])
async def test_some_papers_or_many_are_tested_alike(many, count):
    asked = [paper(n).id for n in range(count)]
    query = Query(And((TURTLE, Not(Word("hare")), Word("lind", field=TextField.AUTHOR))))
    found = await many.papers.matching(query, asked)
    assert [number_of(i) for i in found] == [n for n in range(count) if n % 7]
