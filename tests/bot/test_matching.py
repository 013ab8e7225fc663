"""Which alerts a paper sets off: plans, the index that they make, and what leaves it."""

import gc
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins.stock import DAY, paper

from bot import alert_index
from bot.conditions import like_line
from bot.documents import awaiting_categories
from bot.matching import AlertIndex, documents, matches, plan_of
from bot.models import (
    ARXIV,
    And,
    Category,
    FirstListed,
    Lately,
    Like,
    ListedBy,
    ListedPaper,
    Not,
    Or,
    Query,
    Upvotes,
    Word,
)
from bot.queries import parse_query
from storage.sqlite.analyzer import SqliteAnalyzer

ANALYZE = SqliteAnalyzer()
COUNTS = {"model": 900, "space": 400, "graph": 300, "neural": 250, "state": 200, "diffus": 50}
ALIKE, UNLIKE = bytes([127, 0]), bytes([0, 127])
QUERIES = (
    "",
    "diffusion",
    "graph neural",
    '"state space"',
    '"state space model"',
    '"a selective state space model"',
    "diffusion OR graph",
    "diffusion OR (graph neural) OR upvotes:>99",
    "(diffusion OR graph) model -survey",
    "(diffusion OR graph) (neural OR space)",
    "-survey",
    "-(survey OR review) model",
    "-(survey review)",
    "upvotes:>=20",
    "diffusion upvotes:>=20 -survey cat:cs",
    "cat:cs.LG",
    "cat:cs has:code",
    "source:arxiv",
    "title:diffusion",
    'title:"graph neural network"',
    "abstract:graph",
    "keyword:mamba",
    "author:lovelace",
    'author:"ada lovelace"',
    "org:mit",
    "optimiz*",
    "op*",
    "author:love*",
    "date:7d diffusion",
    "like:2611.00001",
)


def no_vector(_):
    return b""


def plan(query, counts=COUNTS):
    query = parse_query(query) if isinstance(query, str) else query
    return plan_of(query, ANALYZE, lambda stem: counts.get(stem, 0))


def read(listed, vector=b""):
    [document] = documents([listed], ANALYZE, {listed.paper.id: vector})
    return document


def made(title="Paper", **known):
    figures = {
        name: known.pop(name) for name in ("upvotes", "first_day", "sources") if name in known
    }
    return read(ListedPaper(paper(1, title=title, **known), **figures))


def listing(index, document, today=DAY):
    return sorted(index.matching(document, today))


def index_of(*queries):
    index = AlertIndex(no_vector)
    for number, query in enumerate(queries):
        index.add(number, plan(query))
    return index


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("graph diffusion model", "diffus"),
        ("model diffusion", "diffus"),
        ('"state space" model', "state space"),
        ("graph OR diffusion", "diffus\tgraph"),
        ("(graph OR model) diffusion", "diffus"),
        ("(diffusion OR state) space", "diffus\tstate"),
        ("cat:cs.LG model", "model"),
        ("cat:cs.LG source:arxiv", "cat:cs.LG"),
        ("diffus* cat:cs", "dif*"),
        ("upvotes:>50", ""),
        ("-survey", ""),
        ("diffusion OR upvotes:>50", ""),
        ("", ""),
    ],
)
def test_the_key_is_the_rarest_necessary_term(query, key):
    assert plan(query)[1:].split("\n")[0] == key


def test_where_nothing_is_known_of_rarity_the_longest_word_is_the_key():
    assert plan("of models heteroscedasticity", {})[1:].split("\n")[0] == "heteroscedast"


@pytest.mark.parametrize("queries", [("state model", "models states"), ("-b a", "a -b", "a -b -b")])
def test_queries_of_one_meaning_have_one_plan(queries):
    assert len({plan(query) for query in queries}) == 1


def test_an_alert_of_three_words_in_order_is_decided_by_its_key():
    assert plan('"state space model"') == plan("state-space-models") == "1state space model"


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("seed", range(4))
def test_the_index_lists_an_alert_if_and_only_if_the_paper_meets_its_query(text, seed):
    chance = random.Random(seed)
    words = "diffusion graph neural network state space models survey review optimization".split()
    query = parse_query(text)
    index = AlertIndex(no_vector)
    index.add(5, plan_of(query, ANALYZE, lambda _: chance.randint(0, 9)))
    for _ in range(30):
        document = made(
            " ".join(chance.choices(words, k=4)),
            abstract=" ".join(["A selective", *chance.choices(words, k=8)]),
            authors=tuple(chance.sample(["Ada Lovelace", "Lovelace Ada", "Ada"], 1)),
            organisation=chance.choice(["", "MIT"]),
            categories=tuple(chance.sample(["cs.LG", "cs", "stat.ML"], 2)),
            keywords=tuple(chance.sample(["mamba", "graphs"], 1)),
            code_url=chance.choice(["", "https://code.example/1"]),
            upvotes=chance.choice([None, 0, 20, 100]),
            first_day=chance.choice([None, DAY, DAY - timedelta(days=30)]),
            sources=tuple(chance.sample([ARXIV, "huggingface"], 1)),
        )
        wanted = [5] if matches(query, document, ANALYZE, no_vector, DAY) else []
        assert list(index.matching(document, DAY)) == wanted


@pytest.mark.parametrize(
    "node",
    [
        Word("🐢"),
        Word(""),
        Or(()),
        Not(And()),
        Category("cs\nLG"),
        ListedBy(""),
        Word("🐢", prefix=True),
    ],
)
def test_what_no_paper_meets_is_listed_nowhere(node):
    document = made(categories=("cs.LG",), sources=(ARXIV,))
    assert listing(index_of(Query(And((node,)))), document) == []
    assert listing(index_of(Query(And((Not(node),)))), document) == [0]


@pytest.mark.parametrize("word", ["code", "coding", "cat", "source", "title", "like"])
def test_a_word_is_never_taken_for_a_fact_of_the_same_name(word):
    facts = ("has:code", "cat:cs", "source:arxiv", f"title:{word}")
    index = index_of(word, *facts, f"-{word}", *(f"-{fact}" for fact in facts))
    without = made(abstract=f"A {word}.")
    assert listing(index, without) == [0, 6, 7, 8, 9]
    full = made(code_url="https://code.example/1", categories=("cs.LG",), sources=(ARXIV,))
    assert listing(index, full) == [1, 2, 3, 5, 9]


def test_a_query_of_nothing_is_met_by_every_paper():
    assert listing(index_of(""), made()) == [0]


@pytest.mark.parametrize(
    "node", [Upvotes(), Upvotes(low=0), FirstListed(), Lately(99), Upvotes(high=9)]
)
def test_where_a_value_is_missing_a_comparison_is_false(node):
    query = Query(And((node,)))
    assert listing(index_of(query), made()) == []
    assert listing(index_of(Query(And((Not(node),)))), made()) == [0]


def test_the_last_days_include_the_one_of_asking():
    index = index_of(Query(And((Lately(7),))))
    first = DAY - timedelta(days=6)
    assert listing(index, made(first_day=first)) == [0]
    assert listing(index, made(first_day=first - timedelta(days=1))) == []
    assert listing(index, made(first_day=first), DAY + timedelta(days=1)) == []
    assert listing(index, made(first_day=date.max), date.min) == [0]


def test_an_alert_for_what_is_like_a_paper_leaves_that_paper_out():
    vectors = {"2611.00002": ALIKE, "2611.00003": b""}
    index = AlertIndex(lambda paper_id: vectors.get(paper_id, b""))
    for number in range(1, 5):
        index.add(number, plan(Query(And((Like(f"2611.{number:05}"),)))))
    listed = ListedPaper(paper(1))
    assert listing(index, read(listed, ALIKE)) == [2]
    assert listing(index, read(listed, UNLIKE)) == []
    assert listing(index, read(listed)) == []
    assert listing(index, read(ListedPaper(paper(2)), ALIKE)) == []


@pytest.mark.parametrize(
    ("query", "is_met"),
    [
        ("paper", True),
        ("paper OR cat:cs.LG", True),
        ("paper -(survey cat:cs.LG)", True),
        ("cat:cs.LG", False),
        ("-cat:cs.LG", False),
        ("paper -cat:cs", False),
        ("paper -(survey OR cat:cs.LG)", False),
        ("paper -(title:paper cat:cs.LG)", False),
        ("paper -(title:paper -cat:cs.LG)", False),
        ("(survey OR -cat:cs.LG) (paper OR mamba)", False),
    ],
)
def test_what_asks_for_categories_is_not_met_while_a_paper_awaits_them(query, is_met):
    document = awaiting_categories(made())
    assert listing(index_of(query), document) == [0] * is_met


def test_only_papers_of_arxiv_without_categories_await_them():
    known, other = made(categories=("cs.LG",)), replace(made(), paper_id="biorxiv:1")
    assert [awaiting_categories(document) for document in (known, other)] == [known, other]


@pytest.mark.parametrize("paper_id", ["2611.00001", "math/0309136", 'a"b\\\n', "été"])
@pytest.mark.parametrize("loose", [False, True])
def test_the_line_of_what_is_like_a_paper_is_the_one_in_plans(paper_id, loose):
    assert plan(Query(And((Like(paper_id, loose),)))) == f"1\n{like_line(paper_id, loose=loose)}"


def test_what_is_settled_before_is_not_compared_again():
    def anchor(paper_id):
        pytest.fail(f"{paper_id} is compared")

    index = AlertIndex(anchor)
    for number, query in enumerate(("like:2611.00002", "like:~2611.00002 OR mamba", "paper")):
        index.add(number, plan(query))
    settled = {
        like_line("2611.00002", loose=False): False,
        like_line("2611.00002", loose=True): True,
    }
    assert sorted(index.matching(read(ListedPaper(paper(1)), ALIKE), DAY, settled)) == [1, 2]


def test_alerts_without_a_necessary_term_are_counted():
    index = index_of("diffusion", "upvotes:>50", "-survey", "", "upvotes:>50 -survey", "cat:cs")
    assert (len(index), index.unkeyed) == (6, 4)
    index.discard(1)
    index.discard(3)
    assert (len(index), index.unkeyed) == (4, 2)


def test_an_alert_that_two_of_its_keys_lead_to_is_listed_once():
    index = index_of("diffusion OR graph", "graph OR diffusion", "(graph OR diffusion) model")
    assert listing(index, made("Diffusion on graphs")) == [0, 1]
    assert listing(index, made("Diffusion models on graphs")) == [0, 1, 2]


def test_a_number_that_is_there_is_replaced():
    index = index_of("diffusion", "diffusion")
    index.add(0, plan("graph -survey"))
    assert listing(index, made("Diffusion")) == [1]
    assert listing(index, made("Graphs")) == [0]
    assert len(index) == 2


def test_forgetting_a_number_that_is_not_there_changes_nothing():
    index = index_of("diffusion")
    index.discard(9)
    assert listing(index, made("Diffusion")) == [0]


@pytest.mark.parametrize(
    "text",
    ["", "diffus", "0diffus", "\nx", "1a\n[", '1a\n["word"', "1a\n\nb", "1a\n" + "[" * 10**5],
)
def test_a_plan_that_cannot_be_read_changes_nothing(text):
    index = index_of("diffusion")
    with pytest.raises(ValueError, match="a plan "):
        index.add(0, text)
    assert listing(index, made("Diffusion")) == [0]
    assert len(index) == 1


steps = st.lists(st.tuples(st.integers(0, 12), st.one_of(st.none(), st.sampled_from(QUERIES))))


@settings(max_examples=100, deadline=None)
@given(steps=steps)
def test_an_index_is_what_came_and_did_not_go(steps):
    document = made(
        "Diffusion models on state spaces", categories=("cs.LG",), authors=("Ada Lovelace",)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alert_index, "MOST_EMPTY", 2)
        index, kept = AlertIndex(no_vector), {}
        for number, query in steps:
            kept.pop(number, None)
            index.discard(number)
            if query is not None:
                index.add(number, plan(query))
                kept[number] = parse_query(query)
        assert len(index) == len(kept)
        met = [n for n in sorted(kept) if matches(kept[n], document, ANALYZE, no_vector, DAY)]
        assert listing(index, document) == met


def test_an_index_of_which_all_went_is_empty_again(monkeypatch):
    monkeypatch.setattr(alert_index, "MOST_EMPTY", 0)
    index = index_of(*QUERIES)
    for number in range(len(QUERIES)):
        index.discard(number)
    assert (len(index), index.unkeyed, list(index._under), index._lines) == (0, 0, [""], {})


def test_what_a_paper_was_examined_by_is_gone_with_its_answer():
    """Left to the garbage collector, what many papers held would be freed in one long pause."""
    index, document = index_of(*QUERIES), made("Diffusion on graphs")
    gc.collect()
    gc.disable()
    try:
        index.matching(document, DAY)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_numbers_may_be_as_large_as_a_database_counts():
    index = AlertIndex(no_vector)
    for number in (0, 2**63 - 1):
        index.add(number, plan("diffusion"))
        index.add(number - 1, plan("diffusion graph -survey"))
    assert listing(index, made("Diffusion on graphs")) == [-1, 0, 2**63 - 2, 2**63 - 1]
