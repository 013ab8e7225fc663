"""Papers as parts of a message: the short one of a list, and the whole card. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from adapters.slack.blocks import Part, context, paper_option, rich_text, section
from adapters.slack.limits import MESSAGE, OPTION_CHARACTERS, URL_CHARACTERS, Block
from adapters.slack.texts import Element, elements, linked, text_element, under_one_another
from bot.card_facts import (
    abstract,
    authors_line,
    categories_line,
    facts,
    has_excerpt,
    keywords_line,
    links,
    opening,
    paper_url,
    plain_title,
    short_facts,
    title_line,
)
from bot.messages import Line, PaperCard, Span
from bot.shown_text import clean, clean_url, cut

FACTS = 200
WHY = 250
# More buttons than a card of ours ever has.
MOST_BUTTONS = 5


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a paper a short part shows, in characters; `option` is its place in a select.

    `is_airy`: who and how many stand back, in a block of their own, which also keeps the papers
    apart: Slack's client sets blocks of text as close as lines.
    """

    title: int
    summary: int
    option: int
    is_airy: bool = False


# The fullest first. With usual titles, one message holds 17 papers of the first, 21 of the second,
# 25 of the last with a summary, 28 without.
SIZES = (
    Size(300, 140, OPTION_CHARACTERS, is_airy=True),
    Size(300, 140, OPTION_CHARACTERS),
    Size(200, 110, OPTION_CHARACTERS),
    Size(120, 70, 50),
    Size(100, 60, 36),
    Size(100, 0, 36),
)


@dataclass(frozen=True, slots=True)
class _Measure:
    """How much a whole card shows, in characters: of its title, of each line, of its abstract."""

    title: int
    line: int
    abstract: int


# In the second, every character may take two of JSON, and every address and button be as long as
# can be: a message holds it.
_WHOLE, _TIGHT = _Measure(300, 500, 1_200), _Measure(100, 120, 300)


def short_part(card: PaperCard, size: Size, *, with_buttons: bool) -> Part:
    """A paper of a list: its title, a line of summary, who and how many, why it is here."""
    part = _short(card, size)
    if not with_buttons or not card.buttons:
        return part
    return replace(part, buttons=card.buttons[:MOST_BUTTONS], about=plain_title(card))


@lru_cache(maxsize=1024)
def full_part(card: PaperCard) -> Part:
    """The whole card of a paper, with its links and its buttons."""
    whole = _full(card, _WHOLE)
    return whole if whole.cost.fits(MESSAGE) else _full(card, _TIGHT)


def passage(card: PaperCard, limit: int) -> Line:
    """What a list shows of the text: where it matched, else how it begins."""
    return card.excerpt if has_excerpt(card) else (Span(opening(card.listed.paper, limit)),)


def linked_title(card: PaperCard, limit: int, gap: str = "") -> list[Element]:
    """`1. Title`, which leads to the paper's page; `gap` stands before it."""
    number = [text_element(f"{gap}{card.number}. ")] if card.number else []
    return [*number, *linked(title_line(card), paper_url(card.listed, URL_CHARACTERS), limit)]


@lru_cache(maxsize=4096)  # the papers of a day go out to many channels
def _short(card: PaperCard, size: Size) -> Part:
    number = f"{card.number}. " if card.number else ""
    label = f"{number}{plain_title(card)}"
    return Part(
        _airy(card, size) if size.is_airy else _dense(card, size),
        is_paper=True,
        option=paper_option(card.listed.paper.id, label, size.option),
    )


def _airy(card: PaperCard, size: Size) -> tuple[Block, ...]:
    # A line break that a block of text begins with is shown as a small gap.
    gap = "\n" if card.number > 1 else ""
    rows = (
        linked_title(card, size.title, gap),
        elements(passage(card, size.summary), size.summary),
    )
    below = (cut(short_facts(card), FACTS), cut(clean(card.why), WHY))
    return (rich_text([_section(*rows)]), *_small(below))


def _dense(card: PaperCard, size: Size) -> tuple[Block, ...]:
    number, why = f"{card.number}. " if card.number else "", cut(clean(card.why), WHY)
    url = paper_url(card.listed, URL_CHARACTERS)
    rows = (
        linked((Span(number), *title_line(card)), url, size.title),  # one element is shorter
        elements((Span(short_facts(card)),), FACTS),
        elements(passage(card, size.summary), size.summary) if size.summary else [],
        [text_element(why, "italic")] if why else [],
    )
    return (rich_text([_section(*rows)]),)


def _full(card: PaperCard, measure: _Measure) -> Part:
    paper, line = card.listed.paper, measure.line
    head = _section(
        linked_title(card if measure is _WHOLE else replace(card, title=()), measure.title),
        elements((Span(authors_line(paper.authors)),), line),
    )
    below = (keywords_line(paper), categories_line(paper), cut(clean(card.why), WHY))
    return Part(
        (
            rich_text([head]),
            *_small([cut(facts(card.listed), min(FACTS, line))]),
            *_abstract(card, measure.abstract),
            *_links(card),
            *_small([cut(text, line) for text in below]),
        ),
        buttons=card.buttons[:MOST_BUTTONS],
        about=plain_title(card),
        is_paper=True,
        is_whole=True,
    )


def _links(card: PaperCard) -> tuple[Block, ...]:
    """Where else the paper is. Not as buttons: Slack tells of the press of one that only leads
    away, and marks it as failed where nobody answers.
    """
    made: list[Element] = []
    for label, url in links(card.listed, URL_CHARACTERS):
        between = [text_element(" · ")] if made else []
        made += [*between, {"type": "link", "url": url, "text": label}]
    return (rich_text([_section(made)]),) if made else ()


def _small(lines: Iterable[str]) -> tuple[Block, ...]:
    text = "\n".join(filter(None, lines))
    return (context(text),) if text else ()


def _abstract(card: PaperCard, limit: int) -> tuple[Block, ...]:
    """The abstract, beside a picture of the first page where there is one."""
    paper = card.listed.paper
    picture = clean_url(paper.thumbnail_url, URL_CHARACTERS)
    shown = picture if picture.lower().startswith("https://") else ""
    text = cut(abstract(paper), limit) or ("No abstract is known yet." if shown else "")
    described = f"First page of {cut(plain_title(card), limit)}"
    return (section(text, shown, described),) if text else ()


def _section(*rows: list[Element]) -> Element:
    return {"type": "rich_text_section", "elements": under_one_another(rows)}
