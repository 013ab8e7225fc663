from datetime import timedelta

import pytest
from standins.stock import NOW, ONE_DAY, batch, paper, seen

from bot.models import User

ADA = User("wall", "ada", "Ada")
BERT = User("wall", "bert", "Bert")


@pytest.fixture
async def library(store):
    """A store whose names are known."""
    papers = [
        paper(1, authors=("Yann LeCun", "Éva Tardos"), keywords=("state space models",)),
        paper(2, authors=("Yann LeCun",), organisation="Allen Institute for AI"),
        paper(3, authors=("Lea Lecuyer", 'Ivo "Ace" Lind')),
    ]
    await store.papers.add(batch(papers), NOW)
    await store.completions.refresh()
    return store


async def queries(store, text, user=ADA, limit=25):
    return [each.query for each in await store.completions.complete(user, text, limit)]


async def test_the_commonest_name_comes_first(library):
    assert await queries(library, "lec") == ['author:"Yann LeCun"', 'author:"Lea Lecuyer"']


async def test_a_name_is_found_from_any_of_its_words_without_accents(library):
    assert await queries(library, "tard") == ['author:"Éva Tardos"']
    assert await queries(library, "eva t") == ['author:"Éva Tardos"']
    assert await queries(library, "institute") == ['org:"Allen Institute for AI"']
    assert await queries(library, "SPACE mo") == ['keyword:"state space models"']


async def test_a_quote_in_a_name_does_not_end_its_query(library):
    assert await queries(library, "lind") == ['author:"Ivo Ace Lind"']


async def test_what_stands_before_the_last_word_stays(library):
    found = await library.completions.complete(ADA, "diffusion author:lec", 25)
    assert [each.query for each in found] == [
        'diffusion author:"Yann LeCun"',
        'diffusion author:"Lea Lecuyer"',
    ]
    assert found[0].label == "diffusion Yann LeCun (author)"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("mamba lec", 'mamba author:"Yann LeCun"'),
        ("mamba yann l", 'mamba author:"Yann LeCun"'),
        ("deep mamba space mo", 'deep mamba keyword:"state space models"'),
        ("state spa", 'keyword:"state space models"'),
        ("mamba OR spa", 'mamba OR keyword:"state space models"'),
        ("(mamba OR spa", '(mamba OR keyword:"state space models"'),
        ("(spa", '(keyword:"state space models"'),
        ("-spa", '-keyword:"state space models"'),
        ("mamba -spa", 'mamba -keyword:"state space models"'),
        ("papers by Yann", 'author:"Yann LeCun"'),
        ("mamba papers by lec", 'mamba author:"Yann LeCun"'),
        ("mamba by yann", 'mamba author:"Yann LeCun"'),
        ("mamba cat:", "mamba cat:cs.LG"),
        ("mamba cs.c", "mamba cat:cs.CV"),
    ],
)
async def test_the_last_words_go_on_whatever_stands_before_them(library, text, query):
    assert (await queries(library, text))[0] == query


async def test_within_a_word_nothing_begins(library):
    assert await queries(library, "mamba-yann") == []
    assert await queries(library, "mamba y") == []


async def test_a_name_that_is_spelled_in_several_ways_takes_one_place(store):
    spelled = ["Diffusion Models", "diffusion models", "diffusion model", "Diffusion-models"]
    papers = [paper(n, keywords=(word,), authors=("Éva Diff",)) for n, word in enumerate(spelled)]
    papers += [paper(9, keywords=("diffusion models", "diffusion maps"), authors=("Eva Diff",))]
    await store.papers.add(batch(papers), NOW)
    await store.completions.refresh()
    assert await queries(store, "diff") == [
        'author:"Éva Diff"',
        'keyword:"diffusion models"',
        'keyword:"diffusion maps"',
    ]


async def test_a_field_is_completed_with_its_own_names_alone(library):
    assert await queries(library, 'org:"allen') == ['org:"Allen Institute for AI"']
    assert await queries(library, "keyword:yann") == []
    assert "cat:cs.LG" in await queries(library, "cat:cs.l")


async def test_a_persons_own_queries_come_first_the_newest_before_the_others(library):
    for hours, query in enumerate(("lecun and more", "lec", "mamba", "lecun again")):
        await library.completions.remember(ADA, query, NOW + timedelta(hours=hours))
    await library.completions.remember(BERT, "lecturing", NOW)
    assert (await queries(library, "lec"))[:2] == ["lecun again", "lecun and more"]
    assert (await queries(library, "", limit=2)) == ["lecun again", "mamba"]


async def test_only_the_latest_queries_are_remembered(library):
    for number in range(60):
        await library.completions.remember(ADA, f"q{number}", NOW + timedelta(minutes=number))
    kept = await queries(library, "q", limit=100)
    assert len(kept) == 50
    assert kept[0] == "q59"


async def test_keywords_that_come_with_a_later_listing_are_known_after_the_next_refresh(library):
    later = NOW + ONE_DAY
    told = batch([paper(3, keywords=("tidal engines",))], [seen(3)])
    await library.papers.add(told, later)
    await library.papers.add(batch([paper(9)]), later)
    assert await library.completions.refresh()
    assert await queries(library, "tidal") == ['keyword:"tidal engines"']


async def test_a_second_refresh_counts_nothing_twice(library):
    await library.completions.refresh()
    assert await queries(library, "lec") == ['author:"Yann LeCun"', 'author:"Lea Lecuyer"']


@pytest.mark.parametrize(
    "text", ["", "a", '"', 'author:"', "%", "_%", "\0", "l’é", "x" * 5000, ":"]
)
async def test_any_text_is_completed_or_is_not(library, text):
    for each in await library.completions.complete(ADA, text, 5):
        assert each.query
        assert each.label
