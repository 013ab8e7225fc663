from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.queries import MAX_QUERY_CHARACTERS, parse_query
from bot.query_words import tell_query
from bot.readings import read_likely, read_plainly

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("papers about state space models", "state space models"),
        ("Papers on “state space” models?", '"state space" models'),
        ("show me mamba", "mamba"),
        ("Show me papers on diffusion models", "diffusion models"),
        ("please find me anything about RLHF", "RLHF"),
        ("anything on RLHF", "RLHF"),
        ("looking for papers about agents", "agents"),
        ("papers about agents -survey", "agents -survey"),
        ("papers about mamba OR rwkv since October", "(mamba OR rwkv) since:2026-10"),
        ("papers about (mamba OR rwkv since October", "(mamba OR rwkv) since:2026-10"),
        ("by Yann LeCun", 'author:"Yann LeCun"'),
        ("papers by Gu", "author:Gu"),
        ("papers by yann lecun", 'author:"yann lecun"'),
        ("papers by Albert Gu and Tri Dao about s4", 's4 author:"Albert Gu" author:"Tri Dao"'),
        ("Papers by Geoffrey Hinton since 2020", 'author:"Geoffrey Hinton" date:>=2020-01-01'),
        ("papers by Laurens van der Maaten", 'author:"Laurens van der Maaten"'),
        ("state spaces by Albert Gu", 'state spaces author:"Albert Gu"'),
        ("papers from DeepMind", "org:DeepMind"),
        ("papers about RLHF from Google DeepMind", 'RLHF org:"Google DeepMind"'),
        ("diffusion in cs.CV", "diffusion cat:cs.CV"),
        ("papers in cs.LG, cs.CL or hep-th", "(cat:cs.LG OR cat:cs.CL OR cat:hep-th)"),
        ("mamba since last week", "mamba date:>=2026-11-16"),
        ("mamba since Monday", "mamba date:>=2026-11-23"),
        ("mamba since october", "mamba date:>=2026-10-01"),
        ("mamba since 2026-09-01", "mamba date:>=2026-09-01"),
        ("mamba after May 2025", "mamba date:>=2025-06-01"),
        ("mamba published before 2026-03", "mamba date:<=2026-02-28"),
        ("mamba until October", "mamba date:<=2026-10-31"),
        ("papers since last week", "date:>=2026-11-16"),
        ("since October", "date:>=2026-10-01"),
        ("papers about mamba in October", "mamba date:2026-10"),
        ("papers about mamba from yesterday", "mamba date:2026-11-22"),
        ("papers about mamba since 2024", "mamba date:>=2024-01-01"),
        ("mamba this week", "mamba date:2026-11-23..2026-11-29"),
        ("mamba last month", "mamba date:2026-10"),
        ("mamba in the last 10 days", "mamba date:10d"),
        ("mamba from the past two weeks", "mamba date:14d"),
        ("mamba in the last month, newest first", "mamba date:30d sort:new"),
        (
            "papers like 2405.21060 but not surveys since October",
            "like:2405.21060 -surveys date:>=2026-10-01",
        ),
        (
            "find papers similar to arxiv.org/abs/2405.21060v2, newest first",
            "like:2405.21060 sort:new",
        ),
        ("similar to 2405.21060", "like:2405.21060"),
        ("papers about diffusion without surveys or benchmarks", "diffusion -surveys -benchmarks"),
        ("papers about diffusion but not image generation", 'diffusion -"image generation"'),
        ("papers about agents but not by Yann LeCun", 'agents -author:"Yann LeCun"'),
        ("papers about mamba but not in cs.CV since October", "mamba -cat:cs.CV date:>=2026-10-01"),
        ("papers about mamba, not surveys", "mamba -surveys"),
        ("papers about agents with code", "agents has:code"),
        ("papers about agents without code", "agents -has:code"),
        ("agents with code available", "agents has:code"),
        ("agents with code since October", "agents has:code date:>=2026-10-01"),
        ("papers with code", "has:code"),
        ("agents with at least 20 upvotes", "agents upvotes:>=20"),
        ("agents with more than 20 votes", "agents upvotes:>=21"),
        ("agents with fewer than 5 upvotes", "agents upvotes:<=4"),
        ("agents, 20+ upvotes", "agents upvotes:>=20"),
        ("newest papers on agents", "agents sort:new"),
        ("agents newest first", "agents sort:new"),
        ("agents most upvoted", "agents sort:upvotes"),
        ("best papers this week", "date:2026-11-23..2026-11-29 sort:upvotes"),
        ("papers about 强化学习", "强化学习"),
        ("mamba but not surveys", "mamba -surveys"),
        ("mamba not survey", "mamba -survey"),
        ("mamba, no reviews", "mamba -reviews"),
        ("no surveys about mamba", "mamba -surveys"),
        ("papers about mamba not in cs.CV", "mamba -cat:cs.CV"),
        ("mamba papers since October", "mamba date:>=2026-10-01"),
        ("mamba papers in cs.LG", "mamba cat:cs.LG"),
        ("show me mamba papers from last week", "mamba date:2026-11-16..2026-11-22"),
        ("diffusion papers by Yann LeCun", 'diffusion author:"Yann LeCun"'),
        ("diffusion articles by yann lecun", 'diffusion author:"yann lecun"'),
        ("newest mamba papers", "mamba sort:new"),
        ("the most upvoted agents papers this month", "agents date:2026-11 sort:upvotes"),
        ("most popular papers this month", "date:2026-11 sort:upvotes"),
        ("Most recent papers on agents", "agents sort:new"),
        ("articles on RLHF not older than 2 weeks", "RLHF date:14d"),
        ("articles on RLHF no older than a month", "RLHF date:30d"),
        ("RLHF, not more than two weeks old", "RLHF date:14d"),
        ("mamba last 7 days", "mamba date:7d"),
        ("last 7 days about mamba", "mamba date:7d"),
        ("papers of the last 3 months about mamba", "mamba date:90d"),
        ("papers from last month about mamba", "mamba date:2026-10"),
        ("papers of this week about diffusion", "diffusion date:2026-11-23..2026-11-29"),
        ("papers in 2026 on diffusion", "diffusion date:2026"),
        ("papers published in 2025 about mamba", "mamba date:2025"),
        ("mamba published in May 2025", "mamba date:2025-05"),
        ("papers with code about diffusion", "diffusion has:code"),
        ("papers from May with code about mamba", "mamba date:2026-05 has:code"),
        ("papers from DeepMind about RLHF", "RLHF org:DeepMind"),
    ],
)
def test_plain_words_are_read(text: str, query: str) -> None:
    reading = read_plainly(text, TODAY)
    assert reading is not None
    read, wanted = parse_query(reading.query_text), parse_query(query)
    assert (set(read.tree.parts), read.sort) == (set(wanted.tree.parts), wanted.sort)
    assert reading.told == tell_query(read)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mamba",
        "mamba -survey",
        "title:mamba since",
        '"papers about mamba"',
        '"mamba since October"',
        "Attention is all you need",
        "learning by doing",
        "Learning by Gradient Descent",
        "Learning to learn by gradient descent by gradient descent",
        "Stand by Me",
        "Show, Attend and Tell",
        "show, attend and tell",
        "Show Me the Work",
        "Learning without Forgetting",
        "learning without forgetting",
        "attention without softmax",
        "necessary but not sufficient",
        "reasoning with code",
        "Papers With Code",
        "progress since 2017",
        "LLMs in 2026",
        "in-context learning",
        "in the last mile",
        "the last week of the war",
        "papers",
        "papers in the wild",
        "papers we love",
        "Something borrowed",
        "everything everywhere",
        "On the papers about bias",
        "like a rolling stone",
        "similar to humans",
        "mamba like architectures",
        "transformers from scratch",
        "Lessons from Google",
        "an image is worth 16x16 words",
        "papers about the",
        "on policy learning",
        "about mamba",
        "mamba papers",
        "Not a Survey",
        "Mamba - a survey",
        "mamba - survey",
        "mamba without surveys",
        "Estimating poverty without surveys",
        "Agents, but not Surveys",
        "training in no more than a week",
        "Papers published in 2025: a survey",
        "The most popular kinds of papers",
        "x" * (MAX_QUERY_CHARACTERS + 1),
    ],
)
def test_what_may_be_a_title_or_the_language_is_left_alone(text: str) -> None:
    assert read_plainly(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("mamba without surveys", "mamba -surveys"),
        ("mamba - survey", "mamba -survey"),
        ("mamba but not images", "mamba -images"),
        ("LLMs in 2026", "LLMs date:2026"),
        ("mamba papers with code", "mamba has:code"),
        ("lessons from DeepMind", "lessons org:DeepMind"),
        ("mamba upvote > 20", "mamba upvotes:>20"),
        ("mamba 20+ upvotes", "mamba upvotes:>=20"),
        ("20 upvotes", "upvotes:>=20"),
    ],
)
def test_what_is_likely_meant_is_read_only_to_be_offered(text: str, query: str) -> None:
    reading = read_likely(text, TODAY)
    assert reading is not None
    read, wanted = parse_query(reading.query_text), parse_query(query)
    assert {*read.tree.parts} == {*wanted.tree.parts}


@pytest.mark.parametrize(
    "text", ["mamba", "mamba -survey", "Mamba - a survey", "Learning without Forgetting", "x 20"]
)
def test_most_texts_are_likely_just_words(text: str) -> None:
    assert read_likely(text, TODAY) is None


SAID = st.sampled_from(
    [
        *("-", "mamba papers", "newest", "no", "published in", "not older than", "20", "upvotes"),
        *("papers", "about", "by", "Yann LeCun", "since", "last week", "October", "in", "cs.LG"),
        *("but not", "surveys", "with code", "like", "2405.21060", "at least 20 upvotes", "and"),
        *(
            '"a b"',
            '"',
            "(",
            "OR",
            "-x",
            "title:",
            "newest first",
            "from DeepMind",
            ",",
            "\x01",
            "\x02",
        ),
        *("show me", "the", "31 Feb", "9999", "in the last 999 years", "\x010\x01", "?", "強"),
    ]
)


@given(st.lists(SAID, max_size=10).map(" ".join) | st.text(max_size=60))
def test_whatever_is_read_can_be_read_by_the_language(text: str) -> None:
    for reading in (read_plainly(text, TODAY), read_likely(text, TODAY)):
        if reading is not None:
            query = parse_query(reading.query_text)
            assert reading.told == tell_query(query)
            assert not {"\x01", "\x02"} & set(reading.query_text)
