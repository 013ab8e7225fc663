"""Papers as blocks: the short one of a list, and the whole card. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from adapters.discord.blocks import Block, link_row, paper_option, pictured, text
from adapters.discord.limits import URL_CHARACTERS, Component
from adapters.discord.texts import (
    escape,
    escape_within,
    heading,
    inline,
    masked_link,
    quiet,
    starting,
)
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
    upvotes,
)
from bot.messages import PaperCard
from bot.models import ListedPaper
from bot.shown_text import clean, clean_url
from bot.wording import source_title


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
AUTHORS_LINE = 500
FACTS = 200
ABSTRACT = 1_200
KEYWORDS_LINE = 250
CATEGORIES_LINE = 120
WHY = 250

# More buttons than a card of ours ever has: two rows under a whole one, one in a list.
BUTTONS_OF_A_CARD = 10
BUTTONS_IN_A_LIST = 5


def short_block(card: PaperCard, size: Size, *, with_buttons: bool) -> Block:
    """A paper of a list: its title, who and how many, a line of summary, why it is here."""
    shown, option = _short(card, size)
    buttons = card.buttons[:BUTTONS_IN_A_LIST] if with_buttons else ()
    return Block((shown,), buttons, is_paper=True, option=option)


def full_block(card: PaperCard) -> Block:
    """The whole card of a paper, with its links and its buttons."""
    return Block(_full(card), card.buttons[:BUTTONS_OF_A_CARD], is_paper=True)


def passage(card: PaperCard, limit: int) -> str:
    """What a list shows of the text: where it matched, else its summary; "" for none."""
    if has_excerpt(card):
        return inline(card.excerpt, limit)
    return escape_within(opening(card.listed.paper, limit), limit)


@lru_cache(maxsize=4096)  # the papers of a day go out to many channels
def _short(card: PaperCard, size: Size) -> tuple[Component, Component | None]:
    url, where = _page_of(card.listed)
    title = masked_link(title_line(card), url, size.title + len(url), where)
    number = f"**{card.number}.** " if card.number else ""
    lines = (
        f"{number}{title}" if number else starting(title),
        quiet(escape_within(short_facts(card), FACTS)),
        starting(passage(card, size.summary)),
        quiet(escape_within(clean(card.why), WHY)),
    )
    return text("\n".join(filter(None, lines))), _option(card)


def _option(card: PaperCard) -> Component | None:
    listed = card.listed
    number = f"{card.number}. " if card.number else ""
    about = " · ".join(filter(None, (first_author(listed.paper.authors), upvotes(listed))))
    return paper_option(listed.paper.id, f"{number}{plain_title(card)}", about)


@lru_cache(maxsize=1024)
def _full(card: PaperCard) -> tuple[Component, ...]:
    paper = card.listed.paper
    head = "\n".join(filter(None, _head_lines(card)))
    picture = clean_url(paper.thumbnail_url, URL_CHARACTERS)
    described = f"First page of {plain_title(card)}"
    is_shown = picture.lower().startswith("https://")  # Discord fetches no other
    body = "\n".join(filter(None, _body_lines(card)))
    shown_links = links(card.listed, URL_CHARACTERS)
    return (
        pictured(head, picture, described) if is_shown else text(head),
        *((text(body),) if body else ()),
        *((link_row(shown_links),) if shown_links else ()),
    )


def _head_lines(card: PaperCard) -> tuple[str, ...]:
    listed = card.listed
    url, where = _page_of(listed)
    number = f"{card.number}\\. " if card.number else ""  # with a bare dot it would be a list
    title = masked_link(title_line(card), url, TITLE + len(url), where)
    return (
        heading(f"{number}{title}", 3),
        quiet(escape_within(authors_line(listed.paper.authors), AUTHORS_LINE)),
        quiet(escape_within(facts(listed), FACTS)),
    )


def _body_lines(card: PaperCard) -> tuple[str, ...]:
    paper = card.listed.paper
    return (
        starting(escape_within(abstract(paper), ABSTRACT)),
        quiet(escape_within(keywords_line(paper), KEYWORDS_LINE)),
        quiet(escape_within(categories_line(paper), CATEGORIES_LINE)),
        quiet(escape_within(clean(card.why), WHY)),
    )


def _page_of(listed: ListedPaper) -> tuple[str, str]:
    """Where the title leads, and the name of that place as markdown."""
    return paper_url(listed, URL_CHARACTERS), escape(source_title(home_source(listed)))
