"""A ranked list a page at a time: its ids are kept, so that new papers move nothing (DESIGN §7)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.commands.defaults import KEPT_RESULTS
from bot.messages import Button, PaperCard
from bot.ports import PaperStore

# token.position.total: the total is only told, so it need not be kept.
_CURSOR = re.compile(r"([A-Za-z0-9_-]{1,16})\.([0-9]{1,4})\.([0-9]{1,7})", re.ASCII)

Find = Callable[[], Awaitable[tuple[list[str], int]]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `total` counts what was found, `kept` what can be paged through.

    `anew`: the kept list was gone, so this one was made now.
    """

    token: str
    start: int
    size: int
    ids: tuple[str, ...]
    kept: int
    total: int
    anew: bool = False

    @property
    def span(self) -> str:
        """`1–5`, `7`."""
        first, last = self.start + 1, self.start + len(self.ids)
        return f"{first}–{last}" if last > first else f"{first}"


async def turn(
    papers: PaperStore, text: str, cursor: str, size: int, find: Find, *, now: datetime
) -> Page:
    """The page that a cursor names of the list for `text`; without one, the first of a new list.

    `find` gives the ids, best first, and how many there are in all.
    """
    place = _CURSOR.fullmatch(cursor)
    kept = await papers.results(place[1]) if place else None
    # The cursor comes from outside: a token of another list is none.
    if place and kept and kept[0] == text:
        return _page(place[1], int(place[2]), size, kept[1], int(place[3]), anew=False)
    ids, total = await find()
    token = await papers.keep_results(text, ids[:KEPT_RESULTS], now) if len(ids) > size else ""
    start = int(place[2]) if place else 0
    return _page(token, start, size, ids[:KEPT_RESULTS], total, anew=bool(cursor))


async def cards(papers: PaperStore, page: Page) -> tuple[PaperCard, ...]:
    """The papers of a page, each with its place in the list."""
    listed = {found.paper.id: found for found in await papers.get(page.ids)}
    return tuple(
        PaperCard(listed[paper_id], number)
        for number, paper_id in enumerate(page.ids, page.start + 1)
        if paper_id in listed
    )


def pager(page: Page, verb: str, args: Mapping[str, str]) -> tuple[Button, ...]:
    """Buttons to the pages before and after."""
    buttons = []
    if page.start > 0:
        buttons.append(_to(page, max(0, page.start - page.size), "Back", verb, args))
    following = page.start + page.size
    if following < page.kept:
        count = min(page.size, page.kept - following)
        buttons.append(_to(page, following, f"Next {count}", verb, args))
    return tuple(buttons)


def _page(token: str, start: int, size: int, ids: list[str], total: int, *, anew: bool) -> Page:
    start = start if start < len(ids) else 0
    return Page(token, start, size, tuple(ids[start : start + size]), len(ids), total, anew)


def _to(page: Page, start: int, label: str, verb: str, args: Mapping[str, str]) -> Button:
    return Button(label, verb, {**args, "cursor": f"{page.token}.{start}.{page.total}"})
