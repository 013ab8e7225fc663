from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.citing import CitationFormat, citation_keys, cite, split_name
from bot.models import Paper

MAMBA = Paper(
    "2405.21060",
    "Transformers are SSMs: 10% of GPT_4 & more",
    "Two lines\nof abstract.",
    ("Tri Dao", "Albert Gu"),
    categories=("cs.LG", "stat.ML"),
    keywords=("state space models",),
    published_at=datetime(2024, 5, 31, tzinfo=UTC),
)
texts = st.text(max_size=60)


def test_a_paper_as_bibtex_is_what_arxiv_itself_offers():
    assert cite([MAMBA], CitationFormat.BIBTEX, {MAMBA.id: "read chapter 3"}) == (
        "@misc{dao2024transformers,\n"
        r"  title = {Transformers are {SSMs:} 10\% of {GPT\_4} \& more},"
        "\n"
        "  author = {Dao, Tri and Gu, Albert},\n"
        "  year = {2024},\n"
        "  month = may,\n"
        "  eprint = {2405.21060},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.LG},\n"
        "  doi = {10.48550/arXiv.2405.21060},\n"
        "  url = {https://arxiv.org/abs/2405.21060},\n"
        "  note = {read chapter 3}\n"
        "}\n"
    )


def test_a_paper_as_ris_stands_a_field_a_line():
    lines = cite([MAMBA], CitationFormat.RIS, {}).splitlines()
    assert lines[0] == "TY  - UNPB"
    assert lines[-1] == "ER  - "
    assert "AU  - Dao, Tri" in lines
    assert "DA  - 2024/05/31" in lines
    assert "AB  - Two lines of abstract." in lines
    assert "KW  - state space models" in lines
    assert "UR  - https://arxiv.org/abs/2405.21060" in lines


def test_a_paper_as_csl_has_names_in_parts_and_a_date_in_numbers():
    [item] = json.loads(cite([MAMBA], CitationFormat.CSL, {}))
    assert item["type"] == "article"
    assert item["author"][0] == {"family": "Dao", "given": "Tri"}
    assert item["issued"] == {"date-parts": [[2024, 5, 31]]}
    assert item["DOI"] == "10.48550/arXiv.2405.21060"
    assert "note" not in item


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Yann LeCun", "LeCun", "Yann"),
        ("Laurens van der Maaten", "van der Maaten", "Laurens"),
        ("Nando de Freitas", "de Freitas", "Nando"),
        ("Robert Downey Jr.", "Downey Jr.", "Robert"),
        ("Aidan N. Gomez", "Gomez", "Aidan N."),
        ("Plato", "Plato", ""),
        ("van Gogh", "Gogh", "van"),
        ("张三", "张三", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_told_apart_into_family_and_given(name: str, family: str, given: str):
    assert split_name(name) == (family, given)


def test_papers_of_one_author_year_and_word_have_keys_of_their_own():
    keys = citation_keys([MAMBA] * 60)
    assert keys[:3] == ["dao2024transformers", "dao2024transformersb", "dao2024transformersc"]
    assert len(set(keys)) == 60


@pytest.mark.parametrize(
    ("author", "key"),
    [
        ("张三", "arxiv240521060"),
        ("김 철수", "arxiv240521060"),
        ("Сергей Щербаков", "shcherbakov2024transformers"),
        ("Øystein Ødegård", "odegard2024transformers"),
        ("Łukasz Łoś", "los2024transformers"),
        ("Karl Weiß", "weiss2024transformers"),
    ],
)
def test_a_key_tells_the_author_in_plain_letters_or_else_the_paper(author: str, key: str):
    assert citation_keys([replace(MAMBA, authors=(author,))]) == [key]


def test_papers_whose_authors_have_no_plain_letters_have_keys_of_their_own():
    ids = ("2405.21060", "2405.21061", "astro-ph/0601001", "biorxiv:7")
    papers = [Paper(number, "Mamba", authors=("张三",)) for number in ids]
    keys = ["arxiv240521060", "arxiv240521061", "arxivastroph0601001", "biorxiv7"]
    assert citation_keys(papers) == keys


def test_what_is_not_known_is_left_out():
    bare = Paper("biorxiv:1", "")
    assert cite([bare], CitationFormat.BIBTEX, {}) == "@misc{anonymous\n}\n"
    assert cite([bare], CitationFormat.RIS, {}) == "TY  - UNPB\nID  - anonymous\nER  - \n"
    assert json.loads(cite([bare], CitationFormat.CSL, {})) == [
        {"id": "anonymous", "type": "article"}
    ]
    assert json.loads(cite([], CitationFormat.CSL, {})) == []


@given(title=texts, names=st.lists(texts, max_size=3), note=texts)
def test_no_text_of_others_breaks_out_of_its_field(title: str, names: list[str], note: str):
    paper = Paper("2405.21060", title, note, tuple(names), keywords=tuple(names))
    bibtex = cite([paper], CitationFormat.BIBTEX, {paper.id: note})
    assert _closes_as_it_opens(bibtex)
    for row in bibtex.splitlines()[1:-1]:
        assert re.fullmatch(r"  \w+ = (\{.*\}|[a-z]{3}),?", row)
    for row in cite([paper], CitationFormat.RIS, {paper.id: note}).splitlines():
        assert re.match(r"[A-Z][A-Z0-9]  - ", row)
    [item] = json.loads(cite([paper], CitationFormat.CSL, {paper.id: note}))
    assert item["URL"] == "https://arxiv.org/abs/2405.21060"


def _closes_as_it_opens(text: str) -> bool:
    """As BibTeX counts braces: escaped ones too."""
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0
