"""What cards say of a paper, in words and without a look. Pure.

How much of it is shown, and how, is each adapter's own. All texts are clean (bot.shown_text).
"""

from __future__ import annotations

import re

from bot.identity import abstract_url, huggingface_url, pdf_url
from bot.messages import Line, PaperCard, Span
from bot.models import ARXIV, HUGGINGFACE, ListedPaper, Paper
from bot.shown_text import characters, clean, clean_url, cut
from bot.wording import count_of, short_day

NAME = 80  # characters of a person's, an organisation's or a keyword's name
AUTHORS = 8
KEYWORDS = 12
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z\"“(])|[。！？]")
_ABBREVIATED = re.compile(r"\b(?:et al|e\.g|i\.e|vs|cf|Fig|Eq|Sec|resp|approx|[A-Z])\.\Z")


def plain_title(card: PaperCard) -> str:
    """The title; never empty."""
    paper = card.listed.paper
    return clean(paper.title) or clean(paper.id) or "Untitled paper"


def title_line(card: PaperCard) -> Line:
    """The title with its marks, where they leave anything to be seen."""
    marked = any(clean(span.text) for span in card.title)
    return card.title if marked else (Span(plain_title(card)),)


def home_source(listed: ListedPaper) -> str:
    """The source whose page is the paper's: Hugging Face where it is listed there, else arXiv."""
    return HUGGINGFACE if HUGGINGFACE in listed.sources else ARXIV


def paper_url(listed: ListedPaper, url_characters: int) -> str:
    """Where the title leads: to its page at `home_source`; "" where it has none."""
    lead = huggingface_url if home_source(listed) == HUGGINGFACE else abstract_url
    return clean_url(lead(listed.paper.id), url_characters)


def links(listed: ListedPaper, url_characters: int) -> list[tuple[str, str]]:
    """The addresses of a paper, each with its name, in the order in which they are shown."""
    paper = listed.paper
    found = (
        ("Abstract", abstract_url(paper.id)),
        ("PDF", pdf_url(paper.id)),
        ("Code", paper.code_url),
        ("Project", paper.project_url),
        ("Hugging Face", huggingface_url(paper.id) if HUGGINGFACE in listed.sources else ""),
    )
    cleaned = ((label, clean_url(url, url_characters)) for label, url in found)
    return [(label, url) for label, url in cleaned if url]


def short_facts(card: PaperCard) -> str:
    """`Ada Meadow +5 · 19 Nov 2026 · 42 upvotes`: the day where dated. It is a phone's line."""
    listed, day = card.listed, card.listed.first_day
    facts = (
        first_author(listed.paper.authors),
        f"{day.day} {day:%b} {day.year}" if day and card.dated else "",
        upvotes(listed),
    )
    return " · ".join(filter(None, facts))


def facts(listed: ListedPaper) -> str:
    """`Institute · Fri 20 Nov 2026 · 42 upvotes · 3 comments · 1,204 stars · 2611.01234`."""
    paper, day = listed.paper, listed.last_day
    parts = (
        cut(clean(paper.organisation), NAME),
        f"{short_day(day)} {day.year}" if day else "",
        upvotes(listed),
        count_of(listed.comments, "comment") if listed.comments else "",
        count_of(paper.code_stars, "star") if paper.code_stars else "",
        cut(clean(paper.id), NAME),
    )
    return " · ".join(filter(None, parts))


def first_author(authors: tuple[str, ...]) -> str:
    """`Ada Meadow +5`."""
    if not authors:
        return ""
    others = f" +{len(authors) - 1}" if authors[1:] else ""
    return cut(clean(authors[0]), NAME) + others


def authors_line(authors: tuple[str, ...]) -> str:
    """The first eight, and how many more."""
    names = ", ".join(cut(clean(name), NAME) for name in authors[:AUTHORS])
    more = len(authors) - AUTHORS
    return f"{names} and {more} more" if more > 0 else names


def upvotes(listed: ListedPaper) -> str:
    """`42 upvotes`; "" where none are known."""
    return "" if listed.upvotes is None else count_of(listed.upvotes, "upvote")


def abstract(paper: Paper) -> str:
    """The abstract, else the summary."""
    return clean(paper.abstract) or clean(paper.summary)


def keywords_line(paper: Paper) -> str:
    """`Keywords: sleep, scheduling`; "" for none."""
    words = ", ".join(cut(clean(word), NAME) for word in paper.keywords[:KEYWORDS])
    return f"Keywords: {words}" if words else ""


def categories_line(paper: Paper) -> str:
    """`Categories: cs.LG, stat.ML`; "" for none."""
    names = ", ".join(clean(name) for name in paper.categories[:KEYWORDS])
    return f"Categories: {names}" if names else ""


def opening(paper: Paper, limit: int) -> str:
    """How the summary, else the abstract, begins: the sentences that fit; all of the text, still to
    be cut, where they say too little.
    """
    text = clean(paper.summary) or clean(paper.abstract)
    if characters(text) <= limit:
        return text
    ends = (found.end() for found in _SENTENCE_END.finditer(text, 0, limit + 2))
    whole = (text[:end] for end in ends if not _ABBREVIATED.search(text[:end]))
    fitting = [each for each in whole if limit // 3 <= characters(each) <= limit]
    return fitting[-1] if fitting else text


def has_excerpt(card: PaperCard) -> bool:
    """Whether there is a passage where the paper matched."""
    return any(clean(span.text) for span in card.excerpt)
