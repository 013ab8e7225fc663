from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.stock import DAY, NOW, batch, paper, seen

from bot.models import Paper
from bot.narrowing import (
    MOST_COUNTED,
    Outlook,
    in_titles,
    lately,
    look_back,
    with_upvotes,
    words_to_leave_out,
)
from bot.ports import Store
from bot.queries import parse_query, parse_standing, print_query
from storage import open_store

SUBJECTS = ("pasture", "meadow", "stile", "fence", "barn", "hedge", "brook", "lane")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield made
    await made.close()


async def keep(store: Store, *papers: Paper, votes: int = 0, day: date = DAY) -> None:
    sightings = [seen(int(p.id[5:]), day, upvotes=votes) for p in papers]
    await store.papers.add(batch(papers, sightings, day=day), NOW)


async def labels(store: Store, text: str) -> list[str]:
    outlook = await look_back(store.papers, parse_query(text), DAY)
    return [narrowing.label for narrowing in outlook.narrowings]


async def test_every_count_is_that_of_its_query(store: Store) -> None:
    for number in range(24):
        kind = "A survey of sheep" if number % 4 == 0 else "Sheep" if number % 2 else "Wool"
        title = f"{kind} at the {SUBJECTS[number % 8]}"
        made = paper(number, title=title, abstract="We count sheep.")
        await keep(store, made, votes=20 if number % 8 == 3 else 1)
    outlook = await look_back(store.papers, parse_query("sheep"), DAY)
    assert outlook.papers == 24
    assert [n.label for n in outlook.narrowings] == [
        "≥ 5 upvotes: 3",
        "in the title: 18",
        "not survey: 18",
    ]
    for narrowing in outlook.narrowings:
        narrower = parse_standing(narrowing.query)
        assert await store.papers.count_matches(lately(narrower, DAY), 99) == narrowing.papers


async def test_only_what_really_narrows_and_still_brings_something_is_offered(
    store: Store,
) -> None:
    await keep(store, *(paper(n, title=f"Sheep {SUBJECTS[n]}") for n in range(8)))
    assert await labels(store, "sheep") == []


async def test_what_leaves_nearly_all_is_no_way_to_narrow(store: Store) -> None:
    for number in range(40):
        kind = "A survey of sheep" if number < 3 else "Sheep" if number % 8 else "Wool"
        title = f"{kind} at the {SUBJECTS[number % 8]}"
        await keep(store, paper(number, title=title, abstract="We count sheep."))
    assert await labels(store, "sheep") == []


async def test_few_papers_need_no_narrowing(store: Store) -> None:
    await keep(store, *(paper(n, title=f"Survey of sheep {n % 2}") for n in range(4)))
    assert await labels(store, "sheep") == []


async def test_upvotes_step_up_until_half_is_left(store: Store) -> None:
    await keep(store, *(paper(n, title="Sheep") for n in range(10)), votes=30)
    await keep(store, *(paper(n, title="Sheep") for n in range(10, 14)), votes=70)
    assert await labels(store, "sheep") == ["≥ 50 upvotes: 4"]
    assert await labels(store, "sheep upvotes:>=20") == ["≥ 50 upvotes: 4"]
    assert await labels(store, "sheep upvotes:>=50") == []


async def test_a_word_that_would_take_nearly_all_away_is_not_left_out(store: Store) -> None:
    """It is in few titles, but in nearly every abstract."""
    for number in range(12):
        title = f"Sheep {'flocks ' if number < 4 else ''}{SUBJECTS[number % 8]}"
        abstract = "On flocks." if number < 11 else ""
        await keep(store, paper(number, title=title, abstract=abstract))
    assert not [label for label in await labels(store, "sheep") if "flocks" in label]


async def test_only_the_last_seven_days_count(store: Store) -> None:
    await keep(store, paper(1, title="Sheep"), day=DAY - timedelta(days=7))
    await keep(store, paper(2, title="Sheep"), day=DAY - timedelta(days=6))
    assert await look_back(store.papers, parse_query("sheep"), DAY) == Outlook(1)


async def test_a_query_of_days_is_counted_as_it_is_meant_today(store: Store) -> None:
    await keep(store, paper(1, title="Sheep"), day=DAY - timedelta(days=3))
    await keep(store, paper(2, title="Sheep"))
    assert (await look_back(store.papers, parse_query("sheep date:2d"), DAY)).papers == 1


@pytest.mark.parametrize(
    ("text", "narrower"),
    [
        ("sheep", "title:sheep"),
        ('"mountain goats" -sheep', 'title:"mountain goats" -sheep'),
        ("sheep OR goats*", "title:sheep OR title:goats*"),
        ("author:Lind cat:cs.LG", "author:Lind cat:cs.LG"),
    ],
)
def test_words_move_to_titles_and_the_rest_stays(text: str, narrower: str) -> None:
    assert in_titles(parse_query(text)) == parse_query(narrower)


def test_a_bound_of_upvotes_is_replaced_by_a_higher_one() -> None:
    higher = with_upvotes(parse_query("sheep upvotes:>=5"), 10)
    assert higher == parse_query("sheep upvotes:>=10")
    assert with_upvotes(parse_query("upvotes:>=10"), 10) is None
    assert with_upvotes(parse_query("upvotes:<10"), 5) is None


def test_kinds_of_papers_are_left_out_first_and_words_of_the_query_never() -> None:
    titles = [
        "A Survey of Sheep Herding",
        "Herding Dogs: A Survey",
        "Herding at Scale",
        "Learning to Herd with Models",
        "Deep Models of Wool",
        "Wool, Sheep and Sleep",
    ]
    assert words_to_leave_out(titles, parse_query("sheep")) == ["survey", "herding", "wool"]
    assert words_to_leave_out(titles, parse_query("herds -survey")) == ["sheep", "wool"]


def test_beyond_a_limit_it_is_simply_a_lot() -> None:
    assert Outlook(MOST_COUNTED + 1).is_loud
    assert Outlook(71).is_loud
    assert not Outlook(70).is_loud
    assert (Outlook(41).a_day, Outlook(3).a_day) == (6, 0)


@given(st.text(max_size=60))
def test_whatever_is_asked_for_its_narrower_forms_can_be_read_again(text: str) -> None:
    try:
        query = parse_standing(text)
    except Exception:  # noqa: BLE001 - another test's matter
        return
    for narrower in (in_titles(query), with_upvotes(query, 20)):
        if narrower is not None and len(print_query(narrower)) <= 500:
            assert parse_standing(print_query(narrower)) == narrower
