"""The port PaperStore: what a query finds, whatever is typed and whatever papers hold."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper, seen

from bot.errors import QueryError
from bot.models import ARXIV, HUGGINGFACE, And, Category, ListedBy, Not, Or, Query, TextField, Word
from bot.queries import MAX_QUERY_CHARACTERS, parse_query
from storage import engines, open_store

# One store serves all examples: what an earlier one put in is in nobody's way.
FEWER = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

HOSTILE = (
    '"',
    '""',
    '"unclosed',
    'a" OR "b',
    "') OR 1=1 --",
    "; DROP TABLE papers; --",
    "NEAR(turtle pond, 5)",
    "turtle AND NOT pond",
    "title : turtle",
    "{title abstract} : turtle",
    "- title : turtle",
    "turt*",
    "a + b",
    "%",
    "_",
    "\\",
    "?1",
    ":name",
    "\x00",
    "tur\x00tle",
    "\ud800",
    "🐢",
    "ﬁ",
    "\u0301",
    "a" * 5000,
    "a " * 2000,
)


def words(*texts):
    """A query of words as they are, past the parser that would refuse many of them."""
    return Query(And(tuple(Word(text) for text in texts)))


async def found(store, text, limit=99):
    return await store.papers.search(parse_query(text), limit)


async def fill(store):
    papers = [
        paper(1, title="Slow turtles", abstract="They optimize ponds.", categories=("cs.LG",)),
        paper(2, title="Fast hares", abstract="A turtle wins.", categories=("cs.CL", "stat.ML")),
        paper(3, title="On GPT-4o and C++", authors=("Zoë Ñandú",), keywords=("slow reading",)),
        paper(4, title="深層学習の基礎", abstract="入門", organisation="Pond Institute"),
        paper(5, title="The state of the art", categories=("cs",)),
    ]
    sightings = [*(seen(n) for n in (1, 3)), *(seen(n, source=ARXIV) for n in (2, 4, 5))]
    await store.papers.add(batch(papers, sightings), NOW)


@pytest.fixture(scope="module", params=engines())
def pond(request, tmp_path_factory):
    """Five papers that the tests here only look at: opened once."""
    store = open_store(f"{request.param}:///{tmp_path_factory.mktemp('pond')}/papers.db")
    asyncio.run(fill(store))
    yield store
    asyncio.run(store.close())


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("turtle", (1, 2)),  # what the title says comes first
        ("TURTLES", (1, 2)),
        ("optimizing", (1,)),
        ("turtle pond", (1,)),
        ("turtle hare", (2,)),
        ("turtle nothing", ()),
        ("zoe", (3,)),
        ("Nandu", (3,)),
        ("ÑANDÚ", (3,)),
        ("Ñandu\u0301", (3,)),
        ('"slow reading"', (3,)),
        ('"reading slow"', ()),
        ("reading slow", (3,)),
        ("gpt-4o", (3,)),
        ("4o gpt", (3,)),
        ("4o-gpt", ()),
        ("c++", (3,)),
        ("institute", (4,)),
        ("深層学習の基礎", (4,)),
        ("入門", (4,)),
        ("the state of art", (5,)),
        ('"the state of the art"', (5,)),
        ('"the state of art"', ()),
        ("cat:cs.LG", (1,)),
        ("cat:stat", (2,)),
        ("cat:stat.ml turtle", (2,)),
        ("cat:cs cat:stat", (2,)),
        ("cat:cs.LG cat:stat", ()),
        ("cat:math", ()),
        ("source:hf", (3, 1)),
        ("source:arxiv turtle", (2,)),
        ("source:arxiv source:hf", ()),
        ("“slow　reading”", (3,)),
    ],
)
async def test_a_query_finds_the_papers_that_match_all_of_it(pond, text, numbers):
    assert await found(pond, text) == [*ids(*numbers)]


async def test_an_archive_is_itself_and_all_its_categories(pond):
    assert set(await found(pond, "cat:cs")) == set(ids(1, 2, 5))
    assert set(await found(pond, "cat:cs.*")) == set(ids(1, 2, 5))


async def test_a_query_of_nothing_finds_every_paper_newest_first(store):
    sightings = [seen(1), seen(2, DAY + ONE_DAY), seen(3, DAY - ONE_DAY), seen(4, upvotes=3)]
    await store.papers.add(batch([paper(n) for n in range(1, 5)], sightings), NOW)
    assert await found(store, "") == [*ids(2, 4, 1, 3)]


async def test_no_more_is_found_than_was_asked_for(pond):
    assert await found(pond, "turtle", 1) == [*ids(1)]
    assert len(await found(pond, "", 2)) == 2


async def test_the_parts_of_a_query_may_be_nested(pond):
    nested = Query(And((And((Word("turtle"), And(()))), And((ListedBy(ARXIV),)))))
    assert await pond.papers.search(nested, 9) == [*ids(2)]


@pytest.mark.parametrize("text", HOSTILE)
async def test_what_looks_like_syntax_is_only_words(pond, text):
    """Each is a phrase that no paper here has, or holds no word at all."""
    for field in TextField:
        word = Word(text, field=field)
        assert await pond.papers.search(Query(And((word,))), 99) == []
        assert await pond.papers.search(Query(And((word, ListedBy(HUGGINGFACE)))), 99) == []
        begun = Query(And((replace(word, prefix=True),)))
        assert set(await pond.papers.search(begun, 99)) <= set(ids(1, 2))  # `a` begins "a turtle"
        assert list(await pond.papers.excerpts(begun, ids(1))) == [*ids(1)]
    assert await found(pond, "turtle") == [*ids(1, 2)]
    assert await pond.papers.count() == 5


@pytest.mark.parametrize("text", ["^turtle", "(turtle", "turtle)", '"turtle', "-turtle", "turtle:"])
async def test_signs_around_a_word_are_no_part_of_it(pond, text):
    assert await pond.papers.search(words(text), 99) == [*ids(1, 2)]


@pytest.mark.parametrize("text", ["—", '"', "()", "\x00", "🐢"])
async def test_what_holds_no_word_is_met_by_no_paper(pond, text):
    assert await pond.papers.search(words(text, "turtle"), 9) == []
    assert await pond.papers.search(words("turtle", text), 9) == []


async def test_the_longest_query_is_answered(store):
    text = "".join(chr(0x4E00 + n) for n in range(MAX_QUERY_CHARACTERS))
    assert await found(store, text) == []
    await store.papers.add(batch([paper(7, abstract=text)]), NOW)
    assert await found(store, text) == [*ids(7)]


@pytest.mark.parametrize("group", [And, Or])
async def test_a_query_of_very_many_parts_is_answered(pond, group):
    parts = [Word(f"turtle{n}") for n in range(1000)]
    mixed = [Category(f"cs.{n}") if n % 2 else part for n, part in enumerate(parts)]
    for some in (parts, mixed, [Not(part) for part in parts]):
        found = await pond.papers.search(Query(And((group(tuple(some)),))), 99)
        assert len(found) == (5 if isinstance(some[0], Not) else 0)


@pytest.mark.parametrize("depth", [5, 20, 40])
async def test_a_query_of_very_many_brackets_is_answered(pond, depth):
    tree = Word("turtle")
    for level in range(depth):
        other = Word("nowhere", field=TextField.AUTHOR if level % 3 else TextField.ANY)
        tree = And((Or((Not(tree), other)), Not(other))) if level % 2 else Not(And((tree,)))
    assert set(await pond.papers.search(Query(And((tree,))), 99)) in (
        set(ids(1, 2)),
        set(ids(3, 4, 5)),
    )


@FEWER
@given(st.text(max_size=60))
async def test_whatever_is_typed_is_answered_or_refused(pond, text):
    try:
        query = parse_query(text)
    except QueryError:
        query = words(*text.split())
    assert set(await pond.papers.search(query, 99)) <= set(ids(*range(1, 6)))


SIGNS = "ab1é\"'*()^:-+{}[]~.,;\\/ %_\n\x00|&<>=🐢深"


@FEWER
@given(st.text(SIGNS, max_size=30), st.sampled_from("ab1é"), st.text(SIGNS, max_size=30))
async def test_a_text_finds_the_paper_that_has_it(store, before, sign, after):
    text, number = f"{before}{sign}{after}", await store.papers.count()
    await store.papers.add(batch([paper(number, title=text, raw_title=text)]), NOW)
    assert (await store.papers.get(ids(number)))[0].paper.title == text
    assert ids(number)[0] in await store.papers.search(words(text), number + 1)


async def test_a_reworded_paper_is_found_by_its_new_words_only(store):
    await store.papers.add(batch([paper(1, title="Slow turtles", version=1)]), NOW)
    newer = paper(1, title="Fast hares", version=2, keywords=("racing",))
    await store.papers.add(batch([newer]), NOW + timedelta(days=3))
    assert await found(store, "turtle") == []
    assert await found(store, "hare racing") == [*ids(1)]
    await store.papers.add(batch([paper(1, title="Slow turtles", version=1)]), NOW)
    assert await found(store, "turtle") == []


async def test_a_reworded_paper_is_forgotten_under_its_old_names_and_signs(store):
    older = paper(1, title="强化学习", authors=("Wei Li",), version=1)
    old = [Word("化学"), Word("turt", prefix=True), Word("Wei Li", field=TextField.AUTHOR)]
    new = [Word("ニューラル"), Word("har", prefix=True), Word("Li Wei", field=TextField.AUTHOR)]
    await store.papers.add(batch([older, paper(2, title="A turtle", version=1)]), NOW)
    assert [len(await store.papers.search(Query(And((word,))), 9)) for word in old] == [1, 1, 1]
    newer = paper(1, title="ニューラルネット", authors=("Li Wei",), version=2)
    await store.papers.add(batch([newer, paper(2, title="A hare", version=2)]), NOW)
    assert [len(await store.papers.search(Query(And((word,))), 9)) for word in old] == [0, 0, 0]
    assert [len(await store.papers.search(Query(And((word,))), 9)) for word in new] == [1, 1, 1]
    await store.papers.add(batch([replace(newer, title="Plain", version=3)]), NOW)
    assert await store.papers.search(Query(And((new[0],))), 9) == []
    assert await store.keeper.check() == []


async def test_categories_that_come_later_are_found(store):
    await store.papers.add(batch([paper(1)]), NOW)
    assert await found(store, "cat:cs.LG") == []
    await store.papers.add(batch([paper(1, categories=("cs.CL", "cs.LG"))], []), NOW)
    assert await found(store, "cat:cs.LG") == [*ids(1)]
