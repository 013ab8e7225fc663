"""The port PaperStore: any query finds what it means, by whatever way it is asked."""

import asyncio
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.meaning import is_met
from standins.stock import DAY, NOW, batch, ids, paper, seen

from bot.models import (
    ARXIV,
    HUGGINGFACE,
    And,
    Category,
    FirstListed,
    HasCode,
    Like,
    ListedBy,
    Not,
    Or,
    Query,
    Sort,
    TextField,
    Upvotes,
    Word,
)
from storage import engines, open_store

PAPERS = 60
NUMBERS = range(PAPERS)
WORDS = "pond ponds hare hares moss fern 4o 強 化 学 안 녕".split()
NAMES = ("Ada Pond", "Bo Lind", "Lind Bo", "Pond Ada Moss", "王 小明")
CATEGORIES = ("cs.LG", "cs.CL", "cs", "stat.ML", "hep-th")
MODEL = "model@1"


def made_up(number):
    """A paper as small as chance has it, a few days and votes to it, and its vector."""
    chance = random.Random(number)

    def text(most):
        glue = chance.choice(("", "-", " ", " ", " "))
        return glue.join(chance.choices(WORDS, k=chance.randint(0, most)))

    made = paper(
        number,
        title=text(4) or "-",
        abstract=text(9),
        authors=tuple(chance.sample(NAMES, chance.randint(0, 3))),
        keywords=tuple(text(2) for _ in range(chance.randint(0, 2))),
        organisation=chance.choice(("", "Pond House", "moss")),
        categories=tuple(chance.sample(CATEGORIES, chance.randint(0, 2))),
        code_url=chance.choice(("", "https://code.example/1")),
    )
    listings = [
        seen(number, DAY - timedelta(days=chance.randint(0, 5)), source, upvotes=votes)
        for source, votes in ((HUGGINGFACE, chance.choice((None, 0, 3, 9))), (ARXIV, None))
        if chance.random() < 0.6
    ]
    return made, listings, bytes(chance.randrange(128) for _ in range(2))


@pytest.fixture(scope="module", params=engines())
def stocked(request, tmp_path_factory):
    """A store of small papers, they themselves, and the vectors of most of them."""
    store = open_store(f"{request.param}:///{tmp_path_factory.mktemp('stocked')}/papers.db")
    made = [made_up(number) for number in NUMBERS]
    vectors = {made_paper.id: vector for made_paper, _, vector in made[: PAPERS // 2]}

    async def fill():
        papers, listings = [p for p, _, _ in made], [s for _, some, _ in made for s in some]
        await store.papers.add(batch(papers, listings), NOW)
        await store.vectors.use(MODEL, 2)
        await store.vectors.keep(vectors, NOW)
        return await store.papers.get(ids(*NUMBERS))

    yield store, asyncio.run(fill()), vectors
    asyncio.run(store.close())


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
begun = st.sampled_from(("po", "pond", "h", "fe", "4", "moss f", "強", "強 化", "li", "bo li"))
fields = st.sampled_from(TextField)
figures = st.one_of(st.none(), st.integers(-1, 10))
days = st.one_of(st.none(), st.integers(-1, 6).map(lambda n: DAY - timedelta(days=n)))
words = st.one_of(
    st.builds(Word, texts, st.booleans(), fields),
    st.builds(Word, st.sampled_from(("🐢", "", '"', "ada", "lind bo", "王", "小")), field=fields),
    st.builds(Word, begun, field=fields, prefix=st.just(value=True)),
)
conditions = st.one_of(
    st.builds(Category, st.sampled_from((*CATEGORIES, "stat", "math"))),
    st.builds(ListedBy, st.sampled_from((ARXIV, HUGGINGFACE, "nobody"))),
    st.builds(Upvotes, figures, figures),
    st.builds(FirstListed, days, days),
    st.builds(HasCode),
    st.builds(Like, st.sampled_from(ids(0, 3, PAPERS - 1, 99)), st.booleans()),
)
trees = st.recursive(
    st.one_of(words, st.builds(Not, words), conditions),
    lambda parts: st.one_of(
        st.builds(And, st.lists(parts, max_size=4).map(tuple)),
        st.builds(Or, st.lists(parts, max_size=4).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(tree=trees, sort=st.sampled_from(Sort), limit=st.integers(1, PAPERS))
async def test_a_query_finds_the_papers_that_meet_it(stocked, tree, sort, limit):
    store, listed, vectors = stocked
    query = Query(And((tree,)), sort)
    met = [each for each in listed if is_met(tree, each, vectors)]
    met_ids = [each.paper.id for each in met]
    found = await store.papers.search(query, PAPERS)
    assert sorted(found) == met_ids
    assert await store.papers.search(query, limit) == found[:limit]
    assert await store.papers.count_matches(query, limit) == min(limit, len(met))
    everyone = [*ids(*reversed(NUMBERS)), "unknown"]
    assert await store.papers.matching(query, everyone) == met_ids[::-1]


@settings(max_examples=50, deadline=None)
@given(tree=trees, sort=st.sampled_from((Sort.NEW, Sort.UPVOTES)))
async def test_an_order_that_is_asked_for_is_kept(stocked, tree, sort):
    store, listed, _ = stocked
    about = {each.paper.id: each for each in listed}

    def place(paper_id):
        day, votes = about[paper_id].last_day, about[paper_id].upvotes
        figures = (day.toordinal() if day else -1, -1 if votes is None else votes)
        return figures if sort is Sort.NEW else figures[::-1]

    found = [place(i) for i in await store.papers.search(Query(And((tree,)), sort), PAPERS)]
    assert found == sorted(found, reverse=True)


@settings(max_examples=100, deadline=None)
@given(tree=trees)
async def test_a_filter_passes_what_a_search_of_its_days_finds(stocked, tree):
    store, _, vectors = stocked
    since, until = DAY - timedelta(days=3), DAY
    passing = await store.subscriptions.passing("", Query(And((tree,))), [ARXIV], since, until)
    lately = await store.papers.listed(since, until, [ARXIV], PAPERS)
    met = {each.paper.id for each in lately if is_met(tree, each, vectors)}
    assert {each.paper_id for each in passing} == met
