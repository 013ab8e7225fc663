"""Message → payloads. Pure.

The look hangs on the terminal at the moment of printing (`draw`), so the body of a payload is a
page: all there is to print, cleaned and cut. A terminal has no limits, so a message is one
payload; as a thread, one and one a paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from adapters.console.cleaning import clean, clean_lines, clean_url, cut
from adapters.console.draw import PLAIN, draw
from adapters.console.page import Card, File, Page
from bot.identity import abstract_url, huggingface_url, pdf_url
from bot.messages import Attachment, Button, Line, Message, PaperCard, Span, line, link, quiet
from bot.models import HUGGINGFACE, Layout, ListedPaper, Payload
from bot.wording import count_of, short_day

# How much of a text a card shows, in characters. The terminal would take more: these keep ten
# papers on two screens, and a hostile title off the rest of them.
TITLE_CHARACTERS = 300
NAME_CHARACTERS = 80
SUMMARY_CHARACTERS = 160
ABSTRACT_CHARACTERS = 1200
AUTHORS = 8
KEYWORDS = 12


def pack(message: Message) -> list[Payload]:
    """The message as payloads, in order."""
    full = message.layout is not Layout.COMPACT
    wanted = (replace(card, full=True) if full else card for card in message.cards)
    cards = tuple(replace(card, buttons=_buttons_of(card, message)) for card in wanted)
    if message.layout is not Layout.THREAD:
        return [_payload(_page(message, cards), cards)]
    parts = [_payload(_page(message, ()), ())]
    return parts + [_payload(Page(cards=(_card(card),)), (card,)) for card in cards]


def _buttons_of(card: PaperCard, message: Message) -> tuple[Button, ...]:
    """The buttons that a card keeps here: each is a number to type, so a digest of many papers has
    none, and a thread, whose parts come one by one, neither.
    """
    is_looked_at = message.private or card.full
    return card.buttons if is_looked_at and message.layout is not Layout.THREAD else ()


def _payload(page: Page, cards: Iterable[PaperCard]) -> Payload:
    ids = tuple(card.listed.paper.id for card in cards)
    return Payload(body=page.to_json(), plain=draw(page, PLAIN).strip("\n"), paper_ids=ids)


def _page(message: Message, cards: Iterable[PaperCard]) -> Page:
    return Page(
        title=cut(clean(message.title).strip(), TITLE_CHARACTERS),
        subtitle=clean(message.subtitle).strip(),
        lines=_clean_lines(message.lines),
        cards=tuple(_card(card) for card in cards),
        notes=_clean_lines(message.notes),
        buttons=_clean_buttons(message.buttons),
        file=_file(message.file),
    )


def _file(attachment: Attachment | None) -> File | None:
    if attachment is None:
        return None
    return File(clean(attachment.name).strip(), clean_lines(attachment.text))


def _clean_buttons(buttons: Iterable[Button]) -> tuple[Button, ...]:
    return tuple(Button(clean(b.label), b.verb, dict(b.args)) for b in buttons)


def _clean_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(_clean_line(spans) for spans in lines)


def _clean_line(spans: Line) -> Line:
    return tuple(Span(clean(span.text), span.style, clean_url(span.url)) for span in spans)


@lru_cache(maxsize=1024)  # the papers of a day go out to many channels
def _card(card: PaperCard) -> Card:
    paper = card.listed.paper
    on_huggingface = HUGGINGFACE in card.listed.sources
    page_url = huggingface_url(paper.id) if on_huggingface else abstract_url(paper.id)
    lines = _full_lines(card.listed) if card.full else _short_lines(card)
    if card.why:
        lines.append(line(quiet(clean(card.why))))
    return Card(
        title=_title(card),
        url=clean_url(page_url),
        number=card.number,
        full=card.full,
        lines=tuple(lines),
        links=_links(card.listed) if card.full or card.dated else (),
        buttons=_clean_buttons(card.buttons),
    )


def _title(card: PaperCard) -> Line:
    paper = card.listed.paper
    marked = _clean_line(card.title)
    if sum(len(span.text) for span in marked) > TITLE_CHARACTERS:
        marked = ()  # a hostile length: the marks are worth less than the screen
    return marked or line(cut(clean(paper.title).strip(), TITLE_CHARACTERS) or clean(paper.id))


def _short_lines(card: PaperCard) -> list[Line]:
    paper, day = card.listed.paper, card.listed.first_day
    facts = [
        _first_author(paper.authors),
        f"{short_day(day)} {day.year}" if day and card.dated else "",
        *_counts(card.listed)[:1],
        clean(paper.id),
    ]
    summary = cut(clean(paper.summary or paper.abstract).strip(), SUMMARY_CHARACTERS)
    passage = _clean_line(card.excerpt) or line(summary)
    lines = [line(quiet(" · ".join(filter(None, facts))))]
    return [*lines, passage] if any(span.text for span in passage) else lines


def _full_lines(listed: ListedPaper) -> list[Line]:
    paper = listed.paper
    day = listed.last_day
    facts = [
        cut(clean(paper.organisation), NAME_CHARACTERS),
        f"{short_day(day)} {day.year}" if day else "",
        *_counts(listed),
        clean(paper.id),
    ]
    keywords = [cut(clean(word), NAME_CHARACTERS) for word in paper.keywords[:KEYWORDS]]
    texts = [
        quiet(_authors(paper.authors)),
        quiet(" · ".join(filter(None, facts))),
        Span(cut(clean(paper.abstract or paper.summary).strip(), ABSTRACT_CHARACTERS)),
        quiet(f"Keywords: {', '.join(keywords)}" if keywords else ""),
        quiet(f"Categories: {clean(', '.join(paper.categories))}" if paper.categories else ""),
    ]
    return [line(text) for text in texts if text.text]


def _first_author(authors: tuple[str, ...]) -> str:
    if not authors:
        return ""
    others = f" +{len(authors) - 1}" if authors[1:] else ""
    return cut(clean(authors[0]), NAME_CHARACTERS) + others


def _authors(authors: tuple[str, ...]) -> str:
    names = ", ".join(cut(clean(name), NAME_CHARACTERS) for name in authors[:AUTHORS])
    more = len(authors) - AUTHORS
    return f"{names} and {more} more" if more > 0 else names


def _counts(listed: ListedPaper) -> list[str]:
    """Upvotes, then comments, in words; an empty text for what is not known."""
    upvotes = "" if listed.upvotes is None else count_of(listed.upvotes, "upvote")
    return [upvotes, count_of(listed.comments, "comment") if listed.comments else ""]


def _links(listed: ListedPaper) -> tuple[Span, ...]:
    paper = listed.paper
    stars = f" ({count_of(paper.code_stars, 'star')})" if paper.code_stars else ""
    on_huggingface = HUGGINGFACE in listed.sources
    found = (
        ("Abstract", abstract_url(paper.id)),
        ("PDF", pdf_url(paper.id)),
        (f"Code{stars}", paper.code_url),
        ("Project", paper.project_url),
        ("Hugging Face", huggingface_url(paper.id) if on_huggingface else ""),
    )
    return tuple(link(label, clean_url(url)) for label, url in found if clean_url(url))
