"""A message as text alone: for notifications and screen readers, and where Slack refuses the
blocks. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from adapters.slack.cards import passage
from adapters.slack.limits import TEXT_OCTETS, URL_CHARACTERS
from adapters.slack.texts import (
    code_mrkdwn,
    line_mrkdwn,
    line_text,
    mrkdwn,
    mrkdwn_link,
    starting,
)
from bot.card_facts import abstract, authors_line, facts, paper_url, plain_title, short_facts
from bot.messages import Line, PaperCard, line, strong
from bot.said import Measure, Said
from bot.shown_lines import as_typed, is_code
from bot.shown_text import characters, clean, cut
from bot.wording import count_of

NOTHING = "Nothing to show here."
LEAD_CHARACTERS = 150  # what a notification shows at once
_FENCE = "```"
_COUNTS = re.compile(r"\b\d[\d,]* papers?\b|\btop \d")


_MEASURES = (
    Measure(300, 1_000, about=250, abstract=1_200),  # one paper alone
    Measure(300, 1_000, about=160, abstract=160),
    Measure(200, 600, about=160),
    Measure(100, 300, about=60),
    Measure(60, 200),
    Measure(24, 60),
)


def lead(cards: Sequence[PaperCard], title: str, *, more: bool) -> str:
    """How many papers, and the first title, within 150 characters: `10 papers: Counting Sheep`.

    A title that says how many goes before the count. `more`: they follow others. "" where there
    are none, and where the only one stands alone.
    """
    if not cards or (len(cards) == 1 and not title and not more):
        return ""
    count = count_of(len(cards), "more paper" if more else "paper")
    start = cut(clean(title), LEAD_CHARACTERS // 2) if _COUNTS.search(title) and not more else count
    return f"{start}: {cut(plain_title(cards[0]), LEAD_CHARACTERS - characters(start) - 2)}"


def spoken_text(said: Said) -> str:
    """The text for notifications and screen readers, as mrkdwn without any emphasis or link."""
    return _shortened(said, _spoken_rows)


def plain_text(said: Said) -> str:
    """The text that stands for the blocks, as mrkdwn with its links."""
    return _shortened(said, _plain_rows)


def _shortened(said: Said, rows_of: Callable[[Said, Measure], list[str]]) -> str:
    """All that a `text` holds: titles are shortened before the last papers are left out, and then
    it says how many there were.
    """
    rows: list[str] = []
    for measure in _MEASURES:
        rows = rows_of(said, measure)
        whole = "\n".join(rows)
        if _octets(whole) <= TEXT_OCTETS:
            return whole or NOTHING
    return _first_of(rows, said)


def _spoken_rows(said: Said, measure: Measure) -> list[str]:
    is_told = bool(said.lead) and said.lead.startswith(clean(said.title) or "\n")
    rows = [
        starting(mrkdwn(said.lead)),
        "" if is_told else _text(said.title, measure.line),
        _text(said.subtitle, measure.line),
        *(line_text(spans, measure.line) for spans in said.lines),
        *(_spoken_paper(card, measure) for card in said.cards),
        *(line_text(spans, measure.line) for spans in said.notes),
        _text(said.file, measure.line),
    ]
    return [row for row in rows if row]


def _plain_rows(said: Said, measure: Measure) -> list[str]:
    rows = [
        line_mrkdwn((strong(said.title),), measure.line),
        _text(said.subtitle, measure.line),
        *_lines(said.lines, measure.line),
        *(_plain_paper(card, measure) for card in said.cards),
        *_lines(said.notes, measure.line),
        _text(said.file, measure.line),
    ]
    return [row for row in rows if row]


def _lines(lines: Sequence[Line], limit: int) -> Iterator[str]:
    """Each line; code on several of them is one block, in which every space counts."""
    for in_code, group in groupby(lines, is_code):
        rows = list(group)
        typed = [as_typed(spans)[:limit] for spans in rows]
        if in_code and len(rows) > 1 and any(typed):
            yield "\n".join((_FENCE, *map(code_mrkdwn, typed), _FENCE))
        else:
            yield from (line_mrkdwn(spans, limit) for spans in rows)


@lru_cache(maxsize=4096)
def _spoken_paper(card: PaperCard, measure: Measure) -> str:
    number = f"{card.number}. " if card.number else ""
    return "\n".join((f"{number}{_text(plain_title(card), measure.title)}", *_about(card, measure)))


@lru_cache(maxsize=4096)
def _plain_paper(card: PaperCard, measure: Measure) -> str:
    url = paper_url(card.listed, URL_CHARACTERS)
    number = f"{card.number}. " if card.number else ""
    title = mrkdwn(cut(plain_title(card), measure.title))
    head = f"{number}{mrkdwn_link(url, title)}" if url else f"{number}{starting(title)}"
    return "\n".join((head, *_about(card, measure)))


def _about(card: PaperCard, measure: Measure) -> list[str]:
    """What is said of a paper beside its title: of a whole card more."""
    paper, limit = card.listed.paper, measure.abstract
    if card.full:
        told = [authors_line(paper.authors), facts(card.listed)]
        shown = line(abstract(paper)) if limit else ()
    else:
        told = [short_facts(card)]
        shown = passage(card, limit) if limit else ()
    rows = (
        *(_text(text, measure.about) for text in told),
        line_text(shown, limit),
        _text(card.why, measure.about),
    )
    return [row for row in rows if row]


def _text(text: str, limit: int) -> str:
    return starting(mrkdwn(cut(clean(text), limit)))


def _first_of(rows: Sequence[str], said: Said) -> str:
    """As many rows as there is room for; each is whole, so no markup is left open."""
    last = f"… of {len(said.cards)} papers" if said.cards else "…"
    kept, room = [], TEXT_OCTETS - _octets(last)
    for row in rows:
        room -= _octets(row) + 1
        if room < 0:
            break
        kept.append(row)
    return "\n".join([*kept, last])


def _octets(text: str) -> int:
    return len(text.encode("utf-8"))
