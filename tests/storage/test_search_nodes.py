"""The port PaperStore: each part of a query asks for what bot.models says."""

import asyncio
from datetime import timedelta

import pytest
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper, seen

from bot.likeness import CLOSE, LOOSE, SCALE
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
    Sort,
    TextField,
    Upvotes,
    Word,
)
from storage import engines, open_store

TITLE, ABSTRACT, AUTHOR = TextField.TITLE, TextField.ABSTRACT, TextField.AUTHOR
KEYWORD, ORGANISATION = TextField.KEYWORD, TextField.ORGANISATION
LONG_AGO = DAY - timedelta(days=400)
BETWEEN = (CLOSE + LOOSE) / 2  # alike, but not close
ALIKE = bytes((round(SCALE * BETWEEN), round(SCALE * (1 - BETWEEN**2) ** 0.5)))

PAPERS = [
    paper(
        1,
        title="Slow turtles",
        abstract="They optimize ponds. L’été, it is optimal.",
        authors=("Hao Wei", "Li Zhang", "Yann LeCun"),
        categories=("cs.LG",),
        code_url="https://code.example/turtle",
    ),
    paper(
        2,
        title="Fast hares",
        abstract="A turtle wins. Its optimization by C++ and GPT-4o.",
        authors=("Wei Li", "Jürgen Müller"),
        keywords=("state space", "model"),
        categories=("cs.CL", "stat.ML"),
        organisation="Pond Institute",
    ),
    paper(
        3,
        title="面向GPT强化学习的模型",
        abstract="本文研究深层神经网络。",
        authors=("王小明", "김철수"),
        keywords=("强化", "学习"),
        categories=("cs",),
    ),
    paper(
        4,
        title="深層学習の基礎とディープラーニング",
        abstract="การเรียนรู้ของเครื่อง",
        authors=("山田 太郎",),
    ),
    paper(
        5,
        title="The state of the art",
        abstract="기계 학습을 위한 신경망",
        organisation="Turtle Lab",
    ),
]
LISTINGS = [
    seen(1, DAY, upvotes=5),
    seen(1, DAY - ONE_DAY, ARXIV),
    seen(2, DAY, ARXIV),
    seen(3, DAY - ONE_DAY, upvotes=9),
    seen(4, LONG_AGO, upvotes=0),
]
VECTORS = dict(zip(ids(1, 2, 3), (bytes((SCALE, 0)), bytes((SCALE, 0)), ALIKE), strict=True))


@pytest.fixture(scope="module", params=engines())
def pond(request, tmp_path_factory):
    """A store of a few papers that the tests here only look at."""
    store = open_store(f"{request.param}:///{tmp_path_factory.mktemp('pond')}/papers.db")

    async def fill():
        await store.papers.add(batch(PAPERS, LISTINGS), NOW)
        await store.vectors.use("model@1", 2)
        await store.vectors.keep(VECTORS, NOW)

    asyncio.run(fill())
    yield store
    asyncio.run(store.close())


async def met(store, *parts, sort=Sort.RELEVANCE):
    """The numbers of the papers that meet all of the parts."""
    found = await store.papers.search(Query(And(parts), sort), 99)
    return [ids(*range(9)).index(paper_id) for paper_id in found]


def begun(text, field=TextField.ANY):
    return Word(text, field=field, prefix=True)


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        (Word("turtle"), {1, 2, 5}),
        (Word("turtle", field=TITLE), {1}),
        (Word("turtles", field=ABSTRACT), {2}),
        (Word("turtle", field=KEYWORD), set()),
        (Word("turtle", field=ORGANISATION), {5}),
        (Word("turtles", field=ORGANISATION), set()),  # a name is not stemmed
        (Word("optimizing", field=ABSTRACT), {1, 2}),
        (begun("optimiz"), {1, 2}),
        (begun("optimization"), {2}),
        (begun("OPTIMAL"), {1}),
        (begun("optimiz", TITLE), set()),
        (begun("turt", TITLE), {1}),
        (begun("slow tur"), {1}),
        (begun("low tur"), set()),
        (begun("gpt-4"), {2}),
        (begun("GPT"), {2, 3}),
        (begun("pond inst", ORGANISATION), {2}),
        (Word("c++"), {2}),
        (begun("c++"), {2}),
        (Word("GPT-4o", quoted=True), {2}),
        (Word("l'été"), {1}),
        (Word("l’ete"), {1}),
        (Word("été"), {1}),
        (Word("e\u0301te\u0301"), {1}),
        (Word("the state of the art", quoted=True), {5}),
        (Word("state of art", quoted=True), set()),
        (Word("of the", quoted=True), {5}),
        (Word("it is", quoted=True), {1}),
    ],
)
async def test_a_word_is_met_where_a_field_holds_it(pond, word, numbers):
    assert set(await met(pond, word)) == numbers


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Wei Li", {2}),  # not Hao Wei, Li Zhang
        ("wei", {1, 2}),
        ("Yann LeCun", {1}),
        ("lecun", {1}),
        ("LeCun Yann", set()),
        ("muller", {2}),
        ("Jurgen Müller", {2}),
        ("小明", {3}),
        ("王小明", {3}),
        ("철수", {3}),
        ("太郎", {4}),
        ("山田太郎", {4}),
    ],
)
async def test_an_author_is_found_by_a_whole_name_or_a_part_of_one(pond, name, numbers):
    assert set(await met(pond, Word(name, field=AUTHOR))) == numbers
    assert numbers <= set(await met(pond, begun(name, AUTHOR)))
    assert set(await met(pond, Word(name, field=TITLE))) == set()


async def test_a_phrase_does_not_run_from_one_name_or_keyword_into_the_next(pond):
    assert await met(pond, Word("Zhang Yann", quoted=True)) == []
    assert await met(pond, Word("space model", field=KEYWORD)) == []
    assert await met(pond, Word("state space", field=KEYWORD)) == [2]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("强化学习", {3}),
        ("强化", {3}),
        ("化学", {3}),  # chemistry too: where words end, only a reader knows
        ("学习", {3}),
        ("习学", set()),
        ("GPT强化", {3}),
        ("GPT", {2, 3}),
        ("gpt 强化", {3}),
        ("神经网络", {3}),
        ("学習", {4}),
        ("学", {3, 4}),
        ("深層学習", {4}),
        ("基礎", {4}),
        ("の基", {4}),
        ("ラーニング", {4}),
        ("ディープ", {4}),
        ("เรียน", {4}),
        ("학습", {5}),
        ("신경망", {5}),
        ("기계 학습", {5}),
    ],
)
async def test_a_part_of_a_text_without_spaces_is_found(pond, text, numbers):
    assert set(await met(pond, Word(text))) == numbers
    assert set(await met(pond, Word(text, quoted=True))) == numbers
    assert set(await met(pond, begun(text))) == numbers


@pytest.mark.parametrize(
    ("node", "numbers"),
    [
        (Category("cs.LG"), {1}),
        (Category("cs"), {1, 2, 3}),
        (Category("stat"), {2}),
        (ListedBy(ARXIV), {1, 2}),
        (ListedBy(HUGGINGFACE), {1, 3, 4}),
        (Upvotes(low=5), {1, 3}),
        (Upvotes(high=5), {1, 4}),
        (Upvotes(0, 5), {1, 4}),
        (Upvotes(6, 5), set()),
        (Upvotes(), {1, 3, 4}),
        (Upvotes(low=10**30), set()),
        (Upvotes(-(10**30), 10**30), {1, 3, 4}),
        (Not(Upvotes(low=5)), {2, 4, 5}),
        (FirstListed(since=DAY), {2}),
        (FirstListed(until=DAY - ONE_DAY), {1, 3, 4}),
        (FirstListed(DAY - ONE_DAY, DAY), {1, 2, 3}),
        (FirstListed(), {1, 2, 3, 4}),
        (Not(FirstListed(since=DAY)), {1, 3, 4, 5}),
        (HasCode(), {1}),
        (Not(HasCode()), {2, 3, 4, 5}),
        (Like(ids(1)[0]), {2}),
        (Like(ids(1)[0], loose=True), {2, 3}),
        (Like(ids(3)[0]), set()),
        (Like(ids(4)[0]), set()),
        (Like("no such paper"), set()),
        (Not(Like(ids(1)[0])), {1, 3, 4, 5}),
        (And(), {1, 2, 3, 4, 5}),
        (Or(), set()),
        (Not(And()), set()),
        (Not(Or()), {1, 2, 3, 4, 5}),
        (Or((Word("hare"), HasCode())), {1, 2}),
        (Or((Word("hare"), Word("Wei", field=AUTHOR), Category("cs"))), {1, 2, 3}),
        (Or((Word("hare"), Not(Word("turtle")))), {2, 3, 4}),
        (Not(Or((Word("hare"), Word("学")))), {1, 5}),
        (Not(Not(Word("hare"))), {2}),
        (And((Word("turtle"), Not(Word("hare")))), {1, 5}),
        (And((Word("turtle"), Not(Word("hare")), Not(Word("art")))), {1}),
        (And((Word("turtle"), Not(Word("hare", field=ABSTRACT)))), {1, 2, 5}),
        (And((Word("turtle"), Not(Word("Wei Li", field=AUTHOR)))), {1, 5}),
        (And((Word("Wei", field=AUTHOR), Not(Word("LeCun", field=AUTHOR)))), {2}),
        (And((Word("turtle"), begun("optimiz"), Not(Upvotes(low=1)))), {2}),
        (And((Not(Word("turtle")), Not(Word("学")))), set()),
        (Word(""), set()),
        (Not(Word("🐢")), {1, 2, 3, 4, 5}),
        (And((Word("turtle"), Not(Word("🐢")))), {1, 2, 5}),
        (Or((Word("🐢"), Word("hare"))), {2}),
    ],
)
async def test_a_condition_is_met_or_not_and_never_in_between(pond, node, numbers):
    assert set(await met(pond, node)) == numbers
    assert set(await met(pond, Not(node))) == {1, 2, 3, 4, 5} - numbers
    assert set(await met(pond, node, Word("turtle"))) == numbers & {1, 2, 5}


async def test_a_search_is_ordered_as_it_asks(pond):
    assert await met(pond, sort=Sort.NEW) == await met(pond) == [1, 2, 3, 4, 5]
    assert await met(pond, sort=Sort.UPVOTES) == [3, 1, 4, 2, 5]
    assert (await met(pond, Word("turtle")))[0] == 1  # what the title says comes first
    assert await met(pond, Word("turtle"), sort=Sort.NEW) == [1, 2, 5]
    assert await met(pond, Or((Word("turtle"), Word("学"))), sort=Sort.UPVOTES) == [3, 1, 4, 2, 5]


async def test_matches_are_counted_no_further_than_asked_for(pond):
    for query, count in ((Query(), 5), (Query(And((Word("turtle"),))), 3)):
        assert await pond.papers.count_matches(query, 99) == count
        assert await pond.papers.count_matches(query, 2) == 2


async def test_of_many_ids_those_that_match_are_told_in_their_order(pond):
    asked = [*(f"unknown-{n}" for n in range(2000)), *ids(5, 3, 2, 1)]
    assert await pond.papers.matching(Query(And((Word("turtle"),))), asked) == [*ids(5, 2, 1)]
    assert await pond.papers.matching(Query(), []) == []


async def test_the_last_days_mean_nothing_without_today(pond):
    with pytest.raises(TypeError, match="resolve the query first"):
        await pond.papers.search(Query(And((Lately(7),))), 9)
