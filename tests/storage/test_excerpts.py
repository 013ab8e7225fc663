"""The port PaperStore: where a paper holds the words of a query, and nothing but its own text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.stock import NOW, batch, ids, paper

from bot.models import And, Like, Not, Or, Query, TextField, Word
from bot.queries import parse_query

LONG = "It begins here. " + "Nothing to see in this part of it. " * 9
PAPERS = [
    paper(1, title="Slow Turtles", abstract="They optimize ponds. Optimal turtles, GPT-4o."),
    paper(2, title="面向GPT强化学习", abstract="强化学习的 turtle 与学习。"),
    paper(3, title="Plain", authors=("Turtle Ada",)),
    paper(4, title="Long", abstract=f"{LONG}A turtle and a pond. {LONG}A turtle too. {LONG}"),
]


@pytest.fixture
async def pond(store):
    await store.papers.add(batch(PAPERS), NOW)
    return store.papers


def shown(runs):
    """The runs as one text, the marks in brackets."""
    return "".join(f"[{text}]" if marked else text for text, marked in runs)


async def excerpt(papers, text, number):
    query = parse_query(text) if isinstance(text, str) else text
    [(paper_id, found)] = (await papers.excerpts(query, ids(number))).items()
    assert paper_id == ids(number)[0]
    return shown(found.title), shown(found.passage)


@pytest.mark.parametrize(
    ("text", "number", "title", "passage"),
    [
        ("turtle", 1, "Slow [Turtles]", "They optimize ponds. Optimal [turtles], GPT-4o."),
        ("SLOW", 1, "[Slow] Turtles", "They optimize ponds. Optimal turtles, GPT-4o."),
        ('"slow turtle"', 1, "[Slow Turtles]", "They optimize ponds. Optimal turtles, GPT-4o."),
        ("optimiz*", 1, "Slow Turtles", "They [optimize] ponds. Optimal turtles, GPT-4o."),
        ("optim* opt*", 1, "Slow Turtles", "They [optimize] ponds. [Optimal] turtles, GPT-4o."),
        ("gpt-4o", 1, "Slow Turtles", "They optimize ponds. Optimal turtles, [GPT-4o]."),
        ("title:turtle", 1, "Slow [Turtles]", "They optimize ponds. Optimal turtles, GPT-4o."),
        ("abstract:turtle", 1, "Slow Turtles", "They optimize ponds. Optimal [turtles], GPT-4o."),
        (
            "turtle OR pond",
            1,
            "Slow [Turtles]",
            "They optimize [ponds]. Optimal [turtles], GPT-4o.",
        ),
        ("slow -pond", 1, "[Slow] Turtles", "They optimize ponds. Optimal turtles, GPT-4o."),
        ("turtle nowhere", 1, "Slow [Turtles]", "They optimize ponds. Optimal [turtles], GPT-4o."),
        ("cat:cs.LG", 1, "Slow Turtles", "They optimize ponds. Optimal turtles, GPT-4o."),
        ("强化", 2, "面向GPT[强化]学习", "[强化]学习的 turtle 与学习。"),
        ("学习 turtle", 2, "面向GPT强化[学习]", "强化[学习]的 [turtle] 与[学习]。"),
        ("GPT强化", 2, "面向[GPT强化]学习", "强化学习的 turtle 与学习。"),
        ("turtle", 3, "Plain", ""),
        ("author:turtle", 3, "Plain", ""),
    ],
)
async def test_the_words_of_a_query_are_marked_where_they_stand(pond, text, number, title, passage):
    assert await excerpt(pond, text, number) == (title, passage)


async def test_a_long_abstract_gives_the_passage_with_the_most_words(pond):
    _, passage = await excerpt(pond, "turtle pond", 4)
    assert passage.startswith("…A [turtle] and a [pond]. It begins here.")
    assert passage.endswith("…")
    assert len(passage) <= 240 + len("…[][]…")
    _, passage = await excerpt(pond, "nowhere", 4)
    assert passage.startswith("It begins here. Nothing")


async def test_unknown_papers_have_no_excerpt_and_known_ones_always(pond):
    found = await pond.excerpts(parse_query("turtle"), [*ids(3, 9, 1), "no such paper"])
    assert found.keys() == set(ids(1, 3))
    assert await pond.excerpts(parse_query("turtle"), []) == {}


async def test_a_query_without_words_marks_nothing(pond):
    for part in (Not(Word("turtle")), Like(ids(2)[0]), And(), Or(), Word("🐢")):
        title, passage = await excerpt(pond, Query(And((part,))), 1)
        assert "[" not in title + passage


SIGNS = "ab é\"'*<>[]…\u200b\ufdd0\ue000強学,.\n"
texts = st.text(st.one_of(st.sampled_from(SIGNS), st.characters(exclude_categories=["Cs"])))


words = st.builds(Word, texts, field=st.sampled_from(TextField), prefix=st.booleans())


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=texts, abstract=texts, word=words)
async def test_an_excerpt_is_the_papers_own_text(store, title, abstract, word):
    number = await store.papers.count()
    made = paper(number, title=f"a{title}", abstract=f"{abstract}a " * 9)
    await store.papers.add(batch([made]), NOW)
    query = Query(And((Or((word, Word("a"))),)))
    found = (await store.papers.excerpts(query, [made.id]))[made.id]
    kept = (await store.papers.get([made.id]))[0].paper
    assert "".join(text for text, _ in found.title) == kept.title
    passage = "".join(text for text, _ in found.passage)
    assert passage in kept.abstract or passage.removeprefix("…").removesuffix("…") in kept.abstract
    assert all(text for text, _ in (*found.title, *found.passage))
