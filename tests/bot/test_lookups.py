"""What the editions of one tick look up: together or one by one, it comes to the same."""

from dataclasses import replace

import pytest
from standins.office import Wall
from standins.stock import NOW, batch, ids, paper, seen, subscribed
from standins.wishes import wish

from bot.due import Occasion
from bot.editions import Newsroom
from bot.lookups import TOGETHER, Lookups
from bot.models import Channel
from bot.ports import Store
from storage import open_store

FORMS = ("p{}", "title:p{}", "-p{}", "p{} OR q3")
FILTERS = [form.format(n) for n in range(TOGETHER // len(FORMS) + 1) for form in FORMS]
PAPERS = 20


class Asked:
    """The subscriptions of a store, with a tally of how their filters are asked."""

    def __init__(self, store: Store) -> None:
        self._subscriptions = store.subscriptions
        self.alone = 0
        self.together: list[int] = []

    def __getattr__(self, name: str):
        return getattr(self._subscriptions, name)

    async def passing(self, *asked):
        self.alone += 1
        return await self._subscriptions.passing(*asked)

    async def passing_all(self, filters, since, until):
        self.together.append(len(filters))
        return await self._subscriptions.passing_all(filters, since, until)


@pytest.fixture
async def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    papers = [paper(n, title=f"P{n} q{n % 5}") for n in range(PAPERS)]
    await opened.papers.add(batch(papers, [seen(n, upvotes=n) for n in range(PAPERS)]), NOW)
    yield opened
    await opened.close()


def newsroom(store: Store, asked: Asked) -> Newsroom:
    return Newsroom(store.papers, store.pulls, asked, lambda _, message: Wall().pack(message))


async def test_a_tick_of_many_filters_asks_once_and_makes_the_editions_that_each_gets_alone(store):
    asked = Asked(store)
    house = newsroom(store, asked)
    subscriptions = [
        await subscribed(store, Channel("wall", "lab", text), filter=text) for text in FILTERS
    ]
    alone = [(await house.preview(each, NOW))[0] for each in subscriptions]
    assert (asked.alone, asked.together) == (len(FILTERS), [])
    assert await house.post_due(NOW, NOW) == len(FILTERS)
    assert (asked.alone, asked.together) == (len(FILTERS), [len(FILTERS)])
    made = [await store.subscriptions.editions(each.id, 1) for each in subscriptions]
    assert [edition for [edition] in made] == alone
    assert {edition.paper_ids for edition in alone} > {(), *((i,) for i in ids(*range(PAPERS)))}


@pytest.mark.parametrize(("different", "together"), [(TOGETHER - 1, []), (TOGETHER, [TOGETHER])])
async def test_filters_are_asked_together_where_many_are_different(store, different, together):
    asked = Asked(store)
    there = replace(wish(Channel("wall", "lab", "papers"), NOW), next_due_at=NOW)
    occasions = [
        Occasion(replace(there, id=n, filter=FILTERS[n % different]), NOW, NOW, NOW.date())
        for n in range(TOGETHER + 9)
    ]
    lookups = Lookups(store.papers, store.pulls, asked, NOW)
    await lookups.look_up(occasions)
    await lookups.look_up(occasions)
    assert (asked.alone, asked.together) == (0, together)
