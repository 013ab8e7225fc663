"""What cards say of a paper, whatever they look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from standins.messages import FIRST, SECOND

from bot.card_facts import (
    abstract,
    authors_line,
    categories_line,
    facts,
    first_author,
    has_excerpt,
    home_source,
    keywords_line,
    links,
    opening,
    paper_url,
    plain_title,
    short_facts,
    title_line,
)
from bot.messages import PaperCard, Span, line
from bot.models import ARXIV, HUGGINGFACE, ListedPaper, Paper


def test_facts_are_said_in_words() -> None:
    assert short_facts(PaperCard(FIRST)) == "Ada Meadow +5 · 42 upvotes"
    assert short_facts(PaperCard(FIRST, dated=True)) == "Ada Meadow +5 · 19 Nov 2026 · 42 upvotes"
    assert facts(FIRST) == (
        "Institute of Pastoral Computing · Fri 20 Nov 2026 · 42 upvotes · 3 comments · "
        "1,204 stars · 2611.01234"
    )
    assert facts(ListedPaper(Paper("2611.1", "A"), upvotes=0, comments=0)) == "0 upvotes · 2611.1"
    assert short_facts(PaperCard(ListedPaper(Paper("2611.1", "A")))) == ""


def test_authors_are_counted_beyond_the_first_eight() -> None:
    names = tuple(f"Author {number}" for number in range(300))
    assert first_author(names) == "Author 0 +299"
    assert authors_line(names).endswith("Author 7 and 292 more")
    assert authors_line(names[:8]).endswith("Author 6, Author 7")
    assert (first_author(()), authors_line(())) == ("", "")


def test_a_paper_leads_to_where_it_is_listed() -> None:
    assert (home_source(FIRST), home_source(SECOND)) == (HUGGINGFACE, ARXIV)
    assert paper_url(FIRST, 99) == "https://huggingface.co/papers/2611.01234"
    assert paper_url(SECOND, 99) == "https://arxiv.org/abs/math/0601001"
    assert paper_url(ListedPaper(Paper("biorxiv:1", "A")), 99) == ""
    assert [label for label, _ in links(FIRST, 99)] == [
        "Abstract",
        "PDF",
        "Code",
        "Project",
        "Hugging Face",
    ]
    assert [label for label, _ in links(FIRST, 32)] == [
        "Abstract",
        "PDF",
        "Code",
        "Project",
    ]


def test_a_title_is_never_empty() -> None:
    for paper, title in (
        (Paper("2611.1", "A \u202eLemma"), "A Lemma"),
        (Paper("2611.1", "\u202e"), "2611.1"),
        (Paper("\x00", ""), "Untitled paper"),
    ):
        card = PaperCard(ListedPaper(paper), title=line("\u200b"), excerpt=line("\n"))
        assert plain_title(card) == title
        assert title_line(card) == (Span(title),)
        assert not has_excerpt(card)


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (200, "Vaswani et al. showed it. It holds for e.g. BERT. The rest is proof."),
        (60, "Vaswani et al. showed it. It holds for e.g. BERT."),
        (40, "Vaswani et al. showed it."),
        (20, "Vaswani et al. showed it. It holds for e.g. BERT. The rest is proof."),
    ],
)
def test_an_opening_ends_with_a_sentence(limit: int, shown: str) -> None:
    text = "Vaswani et al. showed it. It holds for e.g. BERT. The rest is proof."
    assert opening(Paper("1", "A", abstract=text), limit) == shown
    assert opening(Paper("1", "A", abstract="Else", summary=text), limit) == shown


def test_keywords_and_categories_are_lines_of_their_own() -> None:
    assert keywords_line(FIRST.paper) == "Keywords: sleep, scheduling, curriculum"
    assert categories_line(FIRST.paper) == "Categories: cs.LG, stat.ML"
    assert keywords_line(SECOND.paper) == ""
    assert abstract(replace(FIRST.paper, abstract=" \u200b")) == FIRST.paper.summary
    assert short_facts(PaperCard(replace(FIRST, first_day=date(2026, 1, 2)), dated=True)).count(
        "2 Jan 2026"
    )
