"""The port SubscriptionStore: many filters asked at once find what each finds alone."""

import asyncio
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, issue_of, paper, seen, subscribed
from standins.trees import NODES

from bot.models import (
    ARXIV,
    HUGGINGFACE,
    SAMPLE,
    And,
    Category,
    FirstListed,
    Like,
    ListedBy,
    Query,
    TextField,
    Upvotes,
    Word,
)
from bot.queries import parse_query, print_query, resolve, sources_of
from bot.query_trees import all_of, any_of, negation
from storage import engines, open_store

PAPERS = 60
SOURCES = (HUGGINGFACE, ARXIV, SAMPLE)
WORDS = "mamba GPT-4o C++ l'été 强化学习 state-of-the-art x1 x1y state space hares".split()
CATEGORIES = ("cs.LG", "cs.CL", "stat.ML", "hep-th")
PASSED = ("", "mamba", "source:arxiv", "cat:cs")  # filters of which some papers have passed


def made_up(number):
    """A paper by chance, its listings, and its vector."""
    chance = random.Random(number)
    made = paper(
        number,
        title=" ".join(chance.choices(WORDS, k=3)),
        abstract=" ".join(chance.choices(WORDS, k=6)),
        authors=tuple(chance.sample(("Ada Mamba", "Été X1", "Bo Lind"), 2)),
        organisation=chance.choice(("", "Space House")),
        categories=tuple(chance.sample(CATEGORIES, chance.randint(0, 2))),
        code_url=chance.choice(("", "https://code.example/1")),
        published_at=chance.choice((None, NOW - number * ONE_DAY)),
    )
    listings = [
        seen(number, DAY - chance.randint(0, 9) * ONE_DAY, source, upvotes=votes)
        for source in SOURCES
        for votes in chance.sample((None, 0, 3, 20), 2)
        if chance.random() < 0.5
    ]
    return made, listings, bytes(chance.randrange(128) for _ in range(2))


async def fill(store):
    made = [made_up(number) for number in range(PAPERS)]
    listings = [each for _, some, _ in made for each in some]
    await store.papers.add(batch([each for each, _, _ in made], listings), NOW)
    await store.vectors.use("model@1", 2)
    await store.vectors.lacking(PAPERS)
    await store.vectors.keep({each.id: vector for each, _, vector in made[: PAPERS // 2]}, NOW)
    for text in PASSED:
        subscription = await subscribed(store, filter=text)
        await store.subscriptions.issue([issue_of(subscription, passed=ids(*range(0, PAPERS, 3)))])


@pytest.fixture(scope="module", params=engines())
def stocked(request, tmp_path_factory):
    store = open_store(f"{request.param}:///{tmp_path_factory.mktemp('stocked')}/papers.db")
    asyncio.run(fill(store))
    yield store
    asyncio.run(store.close())


async def one_by_one(store, filters, since, until):
    return {
        text: await store.subscriptions.passing(text, query, sources_of(query), since, until)
        for text, query in filters.items()
    }


met = st.one_of(  # what papers of this stock meet
    st.builds(Word, st.sampled_from(WORDS), field=st.sampled_from(TextField)),
    st.builds(Category, st.sampled_from((*CATEGORIES, "cs"))),
    st.builds(ListedBy, st.sampled_from(SOURCES)),
    st.builds(Upvotes, st.integers(0, 21), st.none()),
    st.builds(FirstListed, st.integers(0, 9).map(lambda back: DAY - back * ONE_DAY), st.none()),
    st.builds(Like, st.sampled_from(ids(0, 3, PAPERS - 1, 99)), st.booleans()),
)
nodes = st.one_of(
    met,
    NODES,
    st.lists(met | met.map(negation), min_size=2, max_size=3).map(all_of),
    st.lists(met | NODES, min_size=2, max_size=3).map(any_of),
)
days = st.integers(-1, 10).map(lambda back: DAY - timedelta(days=back))


@settings(max_examples=150, deadline=None)
@given(trees=st.lists(nodes, max_size=8), since=days, until=days)
async def test_many_filters_pass_what_each_passes_alone(stocked, trees, since, until):
    queries = [resolve(Query(And((tree,))), DAY) for tree in trees]
    filters = {f"{n} {print_query(q)}": q for n, q in enumerate(queries)}
    filters |= {text: parse_query(text) for text in PASSED}
    together = await stocked.subscriptions.passing_all(filters, since, until)
    assert together == await one_by_one(stocked, filters, since, until)


async def test_when_a_paper_first_passed_is_told_of_each_filter_by_itself(stocked):
    since = DAY - 9 * ONE_DAY
    filters = {text: parse_query(text) for text in ("", "source:huggingface", "source:arxiv")}
    found = await stocked.subscriptions.passing_all(filters, since, DAY)
    passed = {text: {p.passed_at for p in papers} for text, papers in found.items()}
    at = NOW + timedelta(seconds=1)
    assert passed == {"": {None, at}, "source:huggingface": {None}, "source:arxiv": {None, at}}


async def test_more_papers_than_are_read_at_once_all_pass(store):
    await store.papers.add(batch([paper(number) for number in range(1_100)]), NOW)
    filters = {text: parse_query(text) for text in ("", "paper", "title:7")}
    found = await store.subscriptions.passing_all(filters, DAY, DAY)
    assert found == await one_by_one(store, filters, DAY, DAY)
    assert [len(found[text]) for text in filters] == [1_100, 1_100, 1]


async def test_filters_of_an_empty_span_pass_nothing(store):
    filters = {"": parse_query(""), "mamba": parse_query("mamba")}
    assert await store.subscriptions.passing_all(filters, DAY, DAY) == {"": [], "mamba": []}
    assert await store.subscriptions.passing_all({}, DAY, DAY) == {}
