"""A message as the text of a plain one: where Discord refuses the components, and in an alert
until it has its card. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from adapters.discord.cards import passage
from adapters.discord.limits import CONTENT_CHARACTERS, URL_CHARACTERS
from adapters.discord.lines import written
from adapters.discord.texts import escape_within, inline, quiet, starting
from bot.card_facts import paper_url, plain_title, short_facts
from bot.messages import PaperCard
from bot.said import Measure, Said
from bot.shown_text import characters, clean

NOTHING = "Nothing to show here."


_MEASURES = (
    Measure(300, 600, about=160, abstract=900),  # one paper alone
    Measure(300, 600, about=160, abstract=160),
    Measure(300, 600, about=160),
    Measure(150, 300, about=100),
    Measure(80, 200),
    Measure(40, 100),
    Measure(16, 60),
)


def plain_text(said: Said) -> str:
    """The text, of as many characters as a plain message holds: titles are shortened before the
    last papers are left out, and then it says how many there were.
    """
    for measure in _MEASURES:
        rows = _rows(said, measure)
        written = "\n".join(rows)
        if characters(written) <= CONTENT_CHARACTERS:
            return written or NOTHING
    return _first_of(rows, said)


def _rows(said: Said, measure: Measure) -> list[str]:
    title = escape_within(clean(said.title), measure.line)
    rows = [
        f"**{starting(title)}**" if title else "",
        quiet(escape_within(clean(said.subtitle), measure.line)),
        *written(said.lines, measure.line),
        *(_paper(card, measure) for card in said.cards),
        *written(said.notes, measure.line),
        starting(escape_within(said.file, measure.line)),
    ]
    return [row for row in rows if row]


@lru_cache(maxsize=4096)
def _paper(card: PaperCard, measure: Measure) -> str:
    url = paper_url(card.listed, URL_CHARACTERS)
    number = f"**{card.number}.** " if card.number else ""
    title = inline(card.title, measure.title) or escape_within(plain_title(card), measure.title)
    head = f"{number}{title}" if number else starting(title)
    rows = (
        f"{head} <{url}>" if url else head,
        quiet(escape_within(short_facts(card), measure.about)),
        starting(passage(card, measure.abstract)),
        quiet(escape_within(clean(card.why), measure.about)),
    )
    return "\n".join(filter(None, rows))


def _first_of(rows: Sequence[str], said: Said) -> str:
    """As many rows as there is room for; each is whole, so no markup is left open."""
    last = quiet(f"… of {len(said.cards)} papers" if said.cards else "…")
    kept, room = [], CONTENT_CHARACTERS - characters(last)
    for row in rows:
        room -= characters(row) + 1
        if room < 0:
            break
        kept.append(row)
    return "\n".join([*kept, last])
