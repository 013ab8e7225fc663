"""`PaperStore.find`: the ranked search, whatever is typed."""

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.stock import DAY, NOW, batch, ids, paper, seen

from bot.errors import QueryError
from bot.models import (
    And,
    Category,
    FirstListed,
    Not,
    Or,
    Query,
    Sort,
    TextField,
    Upvotes,
    Word,
)
from bot.queries import parse_query, words_query
from storage import engines, open_store

# One store serves all examples: they only look.
LOOKING = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

WORDS = "turtle pond gradient descent lantern orchard kernel bridge reward graph".split()


async def find(store, text, limit=99):
    return await store.papers.find(parse_query(text), limit)


async def fill(store):
    papers = [
        paper(1, title="Slow turtles", abstract="They cross the pond.", categories=("cs.LG",)),
        paper(2, title="Fast hares", abstract="A turtle sleeps.", categories=("cs.CL",)),
        paper(3, title="Ponds of the north", authors=("Zoë Ñandú", "Hao Wei")),
        paper(4, title="深層学習の基礎", abstract="画像認識の入門"),
        paper(5, title="強化学習とロボット"),
        paper(6, title="Lanterns", abstract="We descend a gradient of light.", keywords=("light",)),
        paper(7, title="Gradient descent revisited", abstract="Nothing else."),
        paper(8, title="On descent", abstract="Every gradient is small here."),
    ]
    votes = {1: 3, 2: 40, 3: 7}
    sightings = [seen(n, DAY - timedelta(days=9 - n), upvotes=votes.get(n)) for n in range(1, 9)]
    await store.papers.add(batch(papers, sightings), NOW)
    await store.completions.refresh()


@pytest.fixture(scope="module", params=engines())
def pond(request, tmp_path_factory):
    """Eight papers that the tests here only look at: opened once."""
    store = open_store(f"{request.param}:///{tmp_path_factory.mktemp('pond')}/papers.db")
    asyncio.run(fill(store))
    yield store
    asyncio.run(store.close())


async def test_papers_with_all_words_come_before_those_with_some(pond):
    found = await find(pond, "turtle pond")
    assert found.ids[0] == ids(1)[0]
    assert found.strict_ids == {*ids(1)}
    assert found.strict == 1
    assert {*found.ids[1:]} == {*ids(2, 3)}


async def test_scores_fall_from_the_first_to_the_last(pond):
    for text in ("turtle pond", "gradient descent", "sort:new gradient", "cat:cs", "学習の基礎"):
        found = await find(pond, text)
        assert len(found.scores) == len(found.ids) > 1 or text == "cat:cs"
        assert [*found.scores] == sorted(found.scores, reverse=True)


async def test_ten_papers_with_all_words_are_enough(store):
    papers = [paper(n, title="turtle pond") for n in range(10)]
    await store.papers.add(batch([*papers, paper(99, title="turtle")]), NOW)
    found = await find(store, "turtle pond")
    assert {*found.ids} == found.strict_ids == {*ids(*range(10))}


async def test_nine_papers_with_all_words_are_not_enough(store):
    papers = [paper(n, title="turtle pond") for n in range(9)]
    await store.papers.add(batch([*papers, paper(99, title="turtle")]), NOW)
    found = await find(store, "turtle pond")
    assert found.ids[-1:] == ids(99)
    assert found.strict_ids == {*ids(*range(9))}


async def test_a_short_page_asks_for_no_more_than_it_holds(pond):
    found = await find(pond, "turtle", limit=1)
    assert len(found.ids) == len(found.scores) == found.strict == 1
    found = await find(pond, "turtle pond gradient", limit=2)
    assert len(found.ids) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turtle orchard cat:cs.LG", (1,)),
        ("turtle orchard -sleeps", (1,)),
        ('pond orchard author:"Ñandú"', (3,)),
        ("turtle orchard upvotes:>=10", (2,)),
        ("turtle pond orchard upvotes:<5", (1,)),
        ("gradient orchard -(lantern OR revisited)", (8,)),
        ("(turtle OR pond) -turtle", (3,)),
    ],
)
async def test_what_is_no_word_of_the_text_stays_strict(pond, text, expected):
    found = await find(pond, text)
    assert {*found.ids} <= {*ids(*expected)}
    assert ids(expected[0])[0] in found.ids


async def test_days_stay_strict(pond):
    since = FirstListed(since=DAY - timedelta(days=7), until=date.max)
    query = Query(And((Word("turtle"), Word("orchard"), since)))
    found = await pond.papers.find(query, 99)
    assert found.ids == ids(2)


async def test_words_that_stand_side_by_side_as_asked_say_more(pond):
    found = await find(pond, "gradient descent")
    assert found.ids[0] == ids(7)[0]


async def test_a_match_in_the_title_says_more_than_one_in_the_abstract(store):
    filling = "They cross it slowly."
    await store.papers.add(
        batch(
            [
                paper(1, title="Other things", abstract=f"A turtle. {filling}"),
                paper(2, title="A turtle", abstract=f"Other things. {filling}"),
            ]
        ),
        NOW,
    )
    assert (await find(store, "turtle")).ids == ids(2, 1)


async def test_upvotes_and_days_decide_between_equals_alone(store):
    same = {"title": "A turtle", "abstract": "It swims."}
    await store.papers.add(
        batch(
            [
                paper(1, **same),
                paper(2, **same),
                paper(3, title="Birds", abstract="A turtle, once."),
                paper(4, **same),
            ],
            [seen(1, upvotes=5), seen(2, upvotes=90), seen(3, upvotes=900), seen(4, upvotes=5)],
        ),
        NOW,
    )
    later = [seen(4, DAY + timedelta(days=200), upvotes=5)]
    await store.papers.add(batch([], later, day=DAY + timedelta(days=200)), NOW)
    assert (await find(store, "turtle")).ids == ids(2, 4, 1, 3)


async def test_an_order_that_is_asked_for_overrides(pond):
    newest = await find(pond, "turtle pond sort:new")
    assert newest.ids == ids(1, 3, 2)  # who has both words is first all the same
    liked = await find(pond, "turtle sort:upvotes")
    assert liked.ids == ids(2, 1)


async def test_the_same_question_gets_the_same_answer(pond):
    for text in ("turtle pond gradient", "学習", "descent of light"):
        assert await find(pond, text) == await find(pond, text)


@pytest.mark.parametrize(
    ("typed", "corrected", "expected"),
    [
        ("turtel", {"turtel": "turtle"}, (1, 2)),
        ("gradeint", {"gradeint": "gradient"}, (6, 7, 8)),
        ("revsited descent", {"revsited": "revisited"}, (7,)),
        ("author:Nandu", {}, (3,)),
        ("author:Nandy", {"Nandy": "nandu"}, (3,)),
        ("Ñandy", {"Ñandy": "nandu"}, (3,)),
        ("turtels", {}, (1, 2)),
    ],
)
async def test_a_word_that_no_paper_holds_is_taken_for_the_nearest(
    pond, typed, corrected, expected
):
    found = await find(pond, typed)
    if typed == "turtels":  # its stem is unknown too, so this is a slip as well
        corrected = {"turtels": "turtles"}
    assert found.corrected == corrected
    assert {*ids(*expected)} <= {*found.ids}


@pytest.mark.parametrize(
    "typed", ["hare", "Hao", "gradients", '"turtel"', "zzzzzzz", "pnd", "-turtel pond"]
)
async def test_no_other_word_is_touched(pond, typed):
    assert (await find(pond, typed)).corrected == {}


async def test_without_a_vocabulary_nothing_is_mended_and_all_is_found(store):
    await store.papers.add(batch([paper(1, title="turtle")]), NOW)
    assert (await find(store, "turtel")).ids == ()
    assert (await find(store, "turtle orchard")).ids == ids(1)


async def test_chinese_and_japanese_match_in_part_by_pairs_of_signs(pond):
    found = await find(pond, "深層学習入門")
    assert found.strict == 0
    assert found.ids[0] == ids(4)[0]
    assert {*found.ids} == {*ids(4, 5)}  # 学習 is a pair of both
    assert (await find(pond, "基層")).ids == ()  # its signs are there, but not side by side


async def test_words_of_questions_count_only_where_there_are_no_others(store):
    await store.papers.add(
        batch([paper(1, title="What can be"), paper(2, title="The turtle")]), NOW
    )
    assert (await find(store, "what can a turtle be")).ids == ids(2)
    assert (await find(store, "what can")).ids == ids(1)


async def test_what_is_typed_twice_counts_twice(store):
    await store.papers.add(batch([paper(1, title="turtle nest"), paper(2, title="pond nest")]), NOW)
    for text, first in (("turtle pond pond", 2), ("turtle turtle pond", 1)):
        found = await store.papers.find(words_query(text), 9)
        assert found.ids[0] == ids(first)[0]


async def test_beginnings_of_words_count_too_where_any_word_will_do(pond):
    found = await find(pond, "turt* gradi*")
    assert {*ids(1, 2, 6, 7, 8)} <= {*found.ids}


async def test_beginnings_are_ranked_by_where_and_how_often_they_stand(store):
    papers = [
        paper(1, title="Mamba", abstract="A mamba."),
        paper(2, title="Snakes", abstract="Mambas, a mamba, mambas: more of it."),
        paper(3, title="Snakes", abstract="One mamba, and much else of other kinds."),
        paper(4, title="Mambas of a kind", abstract="A mamba."),
        paper(5, title="Other things", abstract="No snake."),
    ]
    await store.papers.add(
        batch(papers, [seen(n, DAY + timedelta(days=n)) for n in range(1, 6)]), NOW
    )
    for text in ("mamb*", "title:mamb* OR abstract:mamb*", '"mamb*"'):
        assert (await find(store, text)).ids == ids(1, 4, 2, 3)
    assert (await find(store, "title:mamb*")).ids == ids(1, 4)
    assert (await find(store, "mamb* sort:new")).ids == ids(4, 3, 2, 1)
    assert (await find(store, "snak* mamb*")).ids[:2] == ids(2, 3)
    assert (await find(store, "turtle mamb*")).ids == ids(1, 4, 2, 3)


async def test_of_beginnings_that_fit_alike_the_newest_comes_first(store):
    papers = [paper(n, title="A mamba") for n in range(60)]
    days = [seen(n, DAY + timedelta(days=n * 7 % 60)) for n in range(60)]
    await store.papers.add(batch(papers, days), NOW)
    found = await find(store, "mamb*")
    assert found.strict == 60
    assert len(found.ids) == 60


async def test_who_bears_a_name_that_is_asked_for_comes_by_day(store):
    papers = [paper(n, title=f"T{n}", authors=("Ann Lee",) * n) for n in (1, 2, 3)]
    days = [seen(n, DAY + timedelta(days=n)) for n in (1, 2, 3)]
    await store.papers.add(batch(papers, days), NOW)
    assert (await find(store, 'author:"Ann Lee"')).ids == ids(3, 2, 1)


async def test_conditions_alone_are_in_the_order_of_days(pond):
    found = await find(pond, "-orchard")
    assert found.ids == ids(8, 7, 6, 5, 4, 3, 2, 1)
    assert found.strict == 8


async def test_a_common_word_is_still_found_and_told(store):
    common = [paper(n, title=f"A model of turtle{n}") for n in range(300)]
    await store.papers.add(batch(common), NOW)
    await store.completions.refresh()
    found = await find(store, "model", limit=50)
    assert len(found.ids) == found.strict == 50
    assert (await find(store, "model turtle7 nowhere")).ids[0] == ids(7)[0]


LEAVES = st.one_of(
    st.builds(
        Word,
        st.sampled_from([*WORDS, "gradient descent", "学習", "🐢", "", "\0", 'a"b', "\ud800"])
        | st.text(max_size=8),
        st.booleans(),
        st.sampled_from(TextField),
        st.booleans(),
    ),
    st.builds(Category, st.sampled_from(["cs", "cs.LG", "x"])),
    st.builds(Upvotes, st.none() | st.integers(0, 50), st.none() | st.integers(0, 50)),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(And, st.lists(inner, max_size=4).map(tuple))
        | st.builds(Or, st.lists(inner, max_size=4).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=12,
)


@LOOKING
@given(parts=st.lists(TREES, max_size=4).map(tuple), sort=st.sampled_from(Sort))
async def test_what_matches_strictly_is_all_there_and_first(pond, parts, sort):
    query = Query(And(parts), sort)
    found = await pond.papers.find(query, 99)
    assert len(set(found.ids)) == len(found.ids) == len(found.scores)
    assert found.strict_ids == {*found.ids[: found.strict]}
    if not found.corrected:
        assert found.strict_ids == {*await pond.papers.search(query, 99)}


@LOOKING
@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from([*WORDS, "OR", "-", '"', "(", "*"]), max_size=30).map(" ".join)
)
async def test_whatever_is_typed_has_an_answer(pond, text):
    try:
        query = parse_query(text)
    except QueryError:
        query = words_query(text)
    found = await pond.papers.find(query, 20)
    assert {*found.ids} <= {*ids(*range(1, 9))}
