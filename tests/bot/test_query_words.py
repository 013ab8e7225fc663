from __future__ import annotations

import pytest
from hypothesis import given
from standins.trees import NODES

from bot.models import And, Node, Query
from bot.queries import leaves, parse_query
from bot.query_words import filter_title, tell_filter, tell_query


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '"state space model" -survey cat:cs.LG upvotes:>=20',
            "papers about “state space model”, not “survey”, in cs.LG, with at least 20 upvotes",
        ),
        ("", "papers"),
        ("mamba rwkv s4", "papers about “mamba”, “rwkv” and “s4”"),
        ("optimiz*", "papers about “optimiz…”"),
        ("-survey -review", "papers not about “survey” or “review”"),
        ("cat:cs.LG -cat:cs.CV,cs.CL", "papers in cs.LG, not in cs.CV or cs.CL"),
        ("cat:cs.LG,cs.CL mamba", "papers about “mamba”, in cs.LG or cs.CL"),
        ("mamba OR rwkv", "papers about “mamba” or “rwkv”"),
        ("mamba rwkv OR cat:cs", "papers (about “mamba” and “rwkv”) or in cs"),
        ("(mamba OR author:Gu) s4", "papers about “s4”, about “mamba” or by Gu"),
        ("opti* OR -mamba OR -cat:cs", "papers about “opti…” or not “mamba” or not in cs"),
        ("x1 -(mamba rwkv)", "papers about “x1”, not (about “mamba” and “rwkv”)"),
        (
            'title:mamba abs:"state space" tag:rl author:"Gu, Albert" org:"Google DeepMind"',
            (
                "papers with “mamba” in the title, with “state space” in the abstract, with the"
                " keyword “rl”, by Albert Gu, from Google DeepMind"
            ),
        ),
        (
            "like:2405.21060 -like:~2405.21061",
            "papers like 2405.21060, not loosely like 2405.21061",
        ),
        ("has:code upvotes:<5", "papers with code and at most 4 upvotes"),
        ("-has:code upvotes:1", "papers without code, with exactly 1 upvote"),
        ("upvotes:10..50 source:arxiv", "papers listed by arXiv, with 10 to 50 upvotes"),
        ("date:2026-10-01", "papers listed on 1 Oct 2026"),
        ("date:2026-10", "papers listed in October 2026"),
        ("date:2026", "papers listed in 2026"),
        (
            "since:2026-10-05 -date:2026-11",
            "papers listed since 5 Oct 2026, not listed in November 2026",
        ),
        ("until:2026-10-05", "papers listed until 5 Oct 2026"),
        ("date:2026-10-05..2026-11-02", "papers listed from 5 Oct 2026 to 2 Nov 2026"),
        ("date:7d", "papers listed in the last 7 days"),
        ("date:today", "papers listed today"),
        ("date:yesterday", "papers listed yesterday"),
        ("mamba sort:new", "papers about “mamba”, newest first"),
        ("sort:upvotes", "papers, most upvoted first"),
    ],
)
def test_a_query_is_told_as_people_would_say_it(text: str, told: str) -> None:
    assert tell_query(parse_query(text)) == told


@given(NODES)
def test_every_query_is_told_in_one_line_that_leaves_nothing_out(node: Node) -> None:
    told = tell_query(Query(node if isinstance(node, And) else And((node,))))
    assert len(told.splitlines()) == 1
    assert "{" not in told
    assert told.count("(") == told.count(")")
    for leaf in leaves(node):
        text = getattr(leaf, "text", "") or getattr(leaf, "name", "")
        assert text in told


def test_a_filter_says_that_it_looks_at_the_picks() -> None:
    assert tell_filter("") == "the Hugging Face picks"
    assert tell_filter("mamba") == "the Hugging Face picks about “mamba”"
    assert tell_filter("upvotes:20+") == "the Hugging Face picks with at least 20 upvotes"
    assert tell_filter("cat:cs.LG") == "papers in cs.LG"
    assert tell_filter("-source:hf") == "papers not listed by Hugging Face"


def test_a_filter_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert tell_filter("colour:blue") == "colour:blue"


def test_a_filter_makes_the_title_of_a_digest() -> None:
    assert filter_title("") == "Hugging Face picks"
    assert filter_title("cat:cs.LG -survey") == "Papers not about “survey”, in cs.LG"
    assert filter_title("source:sample") == "Sample edition"
