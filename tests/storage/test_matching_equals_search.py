"""Strict search finds a paper if and only if `matches` says so, and if the index lists it."""

import asyncio
import random
from datetime import timedelta
from itertools import count
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.stock import DAY, NOW, batch, ids, paper, seen

from bot.matching import AlertIndex, Anchors, Document, documents, matches, plan_of
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    And,
    Category,
    FirstListed,
    HasCode,
    Lately,
    Like,
    ListedBy,
    Not,
    Or,
    Query,
    TextField,
    Upvotes,
    Word,
)
from bot.ports import Store
from bot.queries import resolve
from storage import engines, open_store
from storage.sqlite.analyzer import SqliteAnalyzer

PAPERS = 80
NUMBERS = range(PAPERS)
MODEL = "model@1"
WORDS = (
    "diffusion diffuse diffusing graphs graph of the state space C++ GPT-4o l'été Été ÉTÉ naïve "
    "code coding codes has source title cat like "  # what facts are called, and their kin
    "naive 强化 学习 强化学习 GPT强化 ガ グラフ 안녕 x² ﬁne İstanbul straße 3.5 state-of-the-art ⅷ "
    "e\u0301te"
).split()
NAMES = (
    "Zoë Ñandú",
    "Wei Li",
    "Hao Wei",
    "Li Zhang",
    "王 小明",
    "Diffusion Graph",
    "O'Neill-Smith",
)
CATEGORIES = ("cs.LG", "cs.CL", "cs", "stat.ML", "math-ph", "q-bio.NC", "cs.")
ANALYZE = SqliteAnalyzer()


def made_up(number):
    """A paper by chance: its texts, who listed it when, and its vector."""
    chance = random.Random(number)

    def text(most):
        words = chance.choices(WORDS, k=chance.randint(0, most))
        return chance.choice((" ", " ", "-", "", "\u200b", " … ")).join(words)

    made = paper(
        number,
        title=text(5) or "-",
        abstract=text(12),
        authors=tuple(chance.sample(NAMES, chance.randint(0, 4))),
        keywords=tuple(text(2) for _ in range(chance.randint(0, 3))),
        organisation=chance.choice(("", "Graph Lab", "été")),
        categories=tuple(chance.sample(CATEGORIES, chance.randint(0, 3))),
        code_url=chance.choice(("", "https://code.example/1")),
    )
    listings = [
        seen(number, DAY - timedelta(days=chance.randint(0, 9)), source, upvotes=votes)
        for source, votes in ((HUGGINGFACE, chance.choice((None, 0, 3, 20))), (ARXIV, None))
        if chance.random() < 0.6
    ]
    return made, listings, bytes(chance.randrange(256) for _ in range(2))


class Stocked:
    """A store, its papers as matching sees them, and their vectors."""

    def __init__(self, store: Store, documents: list[Document], anchors: Anchors) -> None:
        self.store = store
        self.documents = documents
        self.anchors = anchors


@pytest.fixture(scope="module", params=engines())
def stocked(request, tmp_path_factory):
    """A store of small papers, most of them with a vector."""
    store = open_store(f"{request.param}:///{tmp_path_factory.mktemp('stocked')}/papers.db")
    made = [made_up(number) for number in NUMBERS]
    vectors = {each.id: vector for each, _, vector in made[: PAPERS * 2 // 3]}

    async def fill():
        papers, listings = [p for p, _, _ in made], [s for _, some, _ in made for s in some]
        await store.papers.add(batch(papers, listings), NOW)
        await store.vectors.use(MODEL, 2)
        await store.vectors.lacking(PAPERS)
        await store.vectors.keep(vectors, NOW)
        return await store.papers.get(ids(*NUMBERS))

    listed = asyncio.run(fill())
    anchors = lambda paper_id: vectors.get(paper_id, b"")  # noqa: E731
    yield Stocked(store, documents(listed, ANALYZE, vectors), anchors)
    asyncio.run(store.close())


def rarity(seed):
    """Any stem may be the rarest: what is found must not hang on it."""
    return lambda stem: crc32(f"{seed} {stem}".encode()) % 5


fields = st.sampled_from(TextField)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
named = st.sampled_from((*NAMES, "wei", "li wei", "ñandú", "王", "oneill", "graph", "lab", "neill"))
begun = st.sampled_from(
    ("diff", "g", "gra", "state sp", "ét", "强", "强 化", "gpt 4", "li", "wei l", "x", "3 5", "")
)
odd = st.sampled_from(("🐢", "", '"', "\x00", "\ud800", "a\x00b", "*", "\uefff", "\n", "wei\nli"))
words = st.one_of(
    st.builds(Word, texts, st.booleans(), fields),
    st.builds(Word, named, st.booleans(), fields),
    st.builds(Word, begun, st.booleans(), fields, st.just(value=True)),
    st.builds(Word, odd, st.booleans(), fields, st.booleans()),
)
bounds = st.one_of(st.none(), st.integers(-1, 21))
days = st.one_of(st.none(), st.integers(-1, 10).map(lambda back: DAY - timedelta(days=back)))
facts = {
    "category": st.builds(Category, st.sampled_from((*CATEGORIES, "math", "stat", "a\tb", "\n"))),
    "source": st.builds(ListedBy, st.sampled_from((ARXIV, HUGGINGFACE, "nobody", "a b", ""))),
    "upvotes": st.builds(Upvotes, bounds, bounds),
    "first listed": st.builds(FirstListed, days, days),
    "lately": st.builds(Lately, st.integers(1, 12)),
    "code": st.builds(HasCode),
    "like": st.builds(Like, st.sampled_from(ids(0, 3, PAPERS - 1, 9_999)), st.booleans()),
}
trees = st.recursive(
    st.one_of(words, words, *facts.values()),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=4).map(lambda some: And(tuple(some))),
        st.lists(parts, min_size=1, max_size=4).map(lambda some: Or(tuple(some))),
        st.builds(Not, parts),
    ),
    max_leaves=12,
)


async def agree(stocked, tree, seed=0):
    """Search, `matches` and the index have the same papers for a tree."""
    read, anchors = stocked.documents, stocked.anchors
    query = Query(And((tree,)))
    found = set(await stocked.store.papers.search(resolve(query, DAY), PAPERS))
    assert found == {d.paper_id for d in read if matches(query, d, ANALYZE, anchors, DAY)}
    index = AlertIndex(anchors)
    index.add(7, plan_of(query, ANALYZE, rarity(seed)))
    assert found == {d.paper_id for d in read if list(index.matching(d, DAY)) == [7]}


@settings(max_examples=200, deadline=None)
@given(word=words)
async def test_they_agree_on_a_word(stocked, word):
    await agree(stocked, word)


@pytest.mark.parametrize("kind", facts)
async def test_they_agree_on_a_fact(stocked, kind):
    @settings(max_examples=40, deadline=None)
    @given(node=facts[kind])
    def of_this_kind(node):
        found.append(node)

    found = []
    of_this_kind()
    for node in dict.fromkeys(found):
        await agree(stocked, node)
        await agree(stocked, Not(node))


@settings(max_examples=600, deadline=None)
@given(tree=trees, seed=st.integers(0, 9))
async def test_they_agree_on_any_tree(stocked, tree, seed):
    await agree(stocked, tree, seed)


@settings(max_examples=100, deadline=None)
@given(asked=st.lists(trees, min_size=1, max_size=8), seed=st.integers(0, 9))
async def test_an_index_of_many_lists_those_that_a_search_each_would_find(stocked, asked, seed):
    index = AlertIndex(stocked.anchors)
    met = {paper_id: set() for paper_id in ids(*NUMBERS)}
    for number, tree in enumerate(asked):
        query = Query(And((tree,)))
        index.add(number, plan_of(query, ANALYZE, rarity(seed)))
        for paper_id in await stocked.store.papers.search(resolve(query, DAY), PAPERS):
            met[paper_id].add(number)
    for document in stocked.documents:
        assert sorted(index.matching(document, DAY)) == sorted(met[document.paper_id])


signs = st.one_of(
    st.sampled_from("aàÀeézZßﬁ 　-'’\"+.,/_@#\n\t强化ガ안กİıſK🐢²½\u0301\u200b\u00ad\ue000\uefff"),
    st.characters(exclude_categories=["Cs"]),
)
anything = st.text(signs, max_size=12)


@pytest.fixture(scope="module", params=engines())
def growing(request, tmp_path_factory):
    """A store that each example puts a paper of its own into."""
    store = open_store(f"{request.param}:///{tmp_path_factory.mktemp('growing')}/papers.db")
    yield store, count(1)
    asyncio.run(store.close())


@settings(max_examples=300, deadline=None)
@given(text=anything, others=st.lists(anything, max_size=3), asked=anything, data=st.data())
async def test_they_agree_on_whatever_signs_a_text_holds(growing, text, others, asked, data):
    store, numbers = growing
    part = data.draw(st.slices(len(text)).map(lambda cut: text[cut]))
    made = paper(
        next(numbers), title=text or "-", abstract=f"{text} {asked}", authors=tuple(others)
    )
    await store.papers.add(batch([made]), NOW)
    [document] = documents(await store.papers.get([made.id]), ANALYZE, {})
    for wanted in dict.fromkeys((text, asked, part, *others)):
        for word in (
            Word(wanted),
            Word(wanted, field=TextField.TITLE),
            Word(wanted, field=TextField.AUTHOR),
            Word(wanted, prefix=True),
        ):
            query = Query(And((word,)))
            found = await store.papers.matching(query, [made.id]) == [made.id]
            assert found == matches(query, document, ANALYZE, lambda _: b"", DAY)
            index = AlertIndex(lambda _: b"")
            index.add(1, plan_of(query, ANALYZE, rarity(0)))
            assert found == (list(index.matching(document, DAY)) == [1])
