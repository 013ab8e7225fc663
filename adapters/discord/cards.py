"""Papers as blocks: the short one of a list, and the whole card. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from adapters.discord.blocks import Block, link_row, paper_option, pictured, text
from adapters.discord.limits import Component, characters
from adapters.discord.texts import (
    clean,
    clean_url,
    cut,
    escape,
    escape_within,
    heading,
    inline,
    masked_link,
    quiet,
    starting,
)
from bot.identity import abstract_url, huggingface_url, pdf_url
from bot.messages import Line, PaperCard, Span
from bot.models import ARXIV, HUGGINGFACE, ListedPaper
from bot.wording import count_of, short_day, source_title


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a paper a short block shows, in characters of markdown."""

    title: int
    summary: int


# The fullest first. Ten papers are about 3,000 of a message's 4,000 characters in the first.
SIZES = (Size(300, 140), Size(200, 110), Size(120, 70))

# A whole card, in characters of markdown. Together they stay below what one message holds when
# every character is of three bytes, as in Chinese (limits.HIDDEN_BYTES).
TITLE = 300
NAME = 80
AUTHORS_LINE = 500
FACTS = 200
ABSTRACT = 1_200
KEYWORDS_LINE = 250
CATEGORIES_LINE = 120
WHY = 250

AUTHORS = 8
KEYWORDS = 12
# More buttons than a card of ours ever has: two rows under a whole one, one in a list.
BUTTONS_OF_A_CARD = 10
BUTTONS_IN_A_LIST = 5
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z\"“(])|[。！？]")
_ABBREVIATED = re.compile(r"\b(?:et al|e\.g|i\.e|vs|cf|Fig|Eq|Sec|resp|approx|[A-Z])\.\Z")


def short_block(card: PaperCard, size: Size, *, with_buttons: bool) -> Block:
    """A paper of a list: its title, who and how many, a line of summary, why it is here."""
    shown, option = _short(card, size)
    buttons = card.buttons[:BUTTONS_IN_A_LIST] if with_buttons else ()
    return Block((shown,), buttons, is_paper=True, option=option)


def full_block(card: PaperCard) -> Block:
    """The whole card of a paper, with its links and its buttons."""
    return Block(_full(card), card.buttons[:BUTTONS_OF_A_CARD], is_paper=True)


def paper_url(listed: ListedPaper) -> str:
    """Where the title leads: Hugging Face where it is listed there, else arXiv; "" for neither."""
    return _page_of(listed)[0]


def plain_title(card: PaperCard) -> str:
    """The title as clean text; never empty."""
    paper = card.listed.paper
    return clean(paper.title) or clean(paper.id) or "Untitled paper"


def short_facts(card: PaperCard) -> str:
    """`Ada Meadow +5 · 19 Nov 2026 · 42 upvotes`: the day where dated. It is a phone's line."""
    listed, day = card.listed, card.listed.first_day
    facts = (
        _first_author(listed.paper.authors),
        f"{day.day} {day:%b} {day.year}" if day and card.dated else "",
        _upvotes(listed),
    )
    return " · ".join(filter(None, facts))


def passage(card: PaperCard, limit: int) -> str:
    """What a list shows of the text: where it matched, else its summary; "" for none."""
    paper = card.listed.paper
    if any(clean(span.text) for span in card.excerpt):
        return inline(card.excerpt, limit)
    return escape_within(_sentences(clean(paper.summary) or clean(paper.abstract), limit), limit)


def _sentences(text: str, limit: int) -> str:
    """The sentences from its beginning that fit; the text itself where they say too little."""
    if characters(text) <= limit:
        return text
    ends = (found.end() for found in _SENTENCE_END.finditer(text, 0, limit + 2))
    whole = (text[:end] for end in ends if not _ABBREVIATED.search(text[:end]))
    fitting = [each for each in whole if limit // 3 <= characters(each) <= limit]
    return fitting[-1] if fitting else text


@lru_cache(maxsize=4096)  # the papers of a day go out to many channels
def _short(card: PaperCard, size: Size) -> tuple[Component, Component | None]:
    url, where = _page_of(card.listed)
    title = masked_link(_title(card), url, size.title + len(url), where)
    number = f"**{card.number}.** " if card.number else ""
    lines = (
        f"{number}{title}" if number else starting(title),
        quiet(escape_within(short_facts(card), FACTS)),
        starting(passage(card, size.summary)),
        quiet(escape_within(clean(card.why), WHY)),
    )
    return text("\n".join(filter(None, lines))), _option(card)


def _title(card: PaperCard) -> Line:
    """The title with its marks, where they leave anything to be seen."""
    marked = any(clean(span.text) for span in card.title)
    return card.title if marked else (Span(plain_title(card)),)


def _option(card: PaperCard) -> Component | None:
    listed = card.listed
    number = f"{card.number}. " if card.number else ""
    about = " · ".join(filter(None, (_first_author(listed.paper.authors), _upvotes(listed))))
    return paper_option(listed.paper.id, f"{number}{plain_title(card)}", about)


@lru_cache(maxsize=1024)
def _full(card: PaperCard) -> tuple[Component, ...]:
    paper = card.listed.paper
    head = "\n".join(filter(None, _head_lines(card)))
    picture = clean_url(paper.thumbnail_url)
    described = f"First page of {plain_title(card)}"
    is_shown = picture.lower().startswith("https://")  # Discord fetches no other
    body = "\n".join(filter(None, _body_lines(card)))
    links = _links(card.listed)
    return (
        pictured(head, picture, described) if is_shown else text(head),
        *((text(body),) if body else ()),
        *((link_row(links),) if links else ()),
    )


def _head_lines(card: PaperCard) -> tuple[str, ...]:
    listed, paper, day = card.listed, card.listed.paper, card.listed.last_day
    url, where = _page_of(listed)
    number = f"{card.number}\\. " if card.number else ""  # with a bare dot it would be a list
    title = masked_link(_title(card), url, TITLE + len(url), where)
    facts = (
        cut(clean(paper.organisation), NAME),
        f"{short_day(day)} {day.year}" if day else "",
        _upvotes(listed),
        count_of(listed.comments, "comment") if listed.comments else "",
        count_of(paper.code_stars, "star") if paper.code_stars else "",
        cut(clean(paper.id), NAME),
    )
    return (
        heading(f"{number}{title}", 3),
        quiet(escape_within(_authors(paper.authors), AUTHORS_LINE)),
        quiet(escape_within(" · ".join(filter(None, facts)), FACTS)),
    )


def _body_lines(card: PaperCard) -> tuple[str, ...]:
    paper = card.listed.paper
    keywords = ", ".join(cut(clean(word), NAME) for word in paper.keywords[:KEYWORDS])
    categories = ", ".join(clean(name) for name in paper.categories[:KEYWORDS])
    return (
        starting(escape_within(clean(paper.abstract) or clean(paper.summary), ABSTRACT)),
        quiet(escape_within(f"Keywords: {keywords}" if keywords else "", KEYWORDS_LINE)),
        quiet(escape_within(f"Categories: {categories}" if categories else "", CATEGORIES_LINE)),
        quiet(escape_within(clean(card.why), WHY)),
    )


def _links(listed: ListedPaper) -> list[tuple[str, str]]:
    paper = listed.paper
    on_huggingface = HUGGINGFACE in listed.sources
    found = (
        ("Abstract", abstract_url(paper.id)),
        ("PDF", pdf_url(paper.id)),
        ("Code", paper.code_url),
        ("Project", paper.project_url),
        ("Hugging Face", huggingface_url(paper.id) if on_huggingface else ""),
    )
    return [(label, clean_url(url)) for label, url in found if clean_url(url)]


def _page_of(listed: ListedPaper) -> tuple[str, str]:
    """Where the title leads, and the name of that place as markdown."""
    source = HUGGINGFACE if HUGGINGFACE in listed.sources else ARXIV
    lead = huggingface_url if source == HUGGINGFACE else abstract_url
    return clean_url(lead(listed.paper.id)), escape(source_title(source))


def _first_author(authors: tuple[str, ...]) -> str:
    if not authors:
        return ""
    others = f" +{len(authors) - 1}" if authors[1:] else ""
    return cut(clean(authors[0]), NAME) + others


def _authors(authors: tuple[str, ...]) -> str:
    names = ", ".join(cut(clean(name), NAME) for name in authors[:AUTHORS])
    more = len(authors) - AUTHORS
    return f"{names} and {more} more" if more > 0 else names


def _upvotes(listed: ListedPaper) -> str:
    return "" if listed.upvotes is None else count_of(listed.upvotes, "upvote")
