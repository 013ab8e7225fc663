"""A ranked list a page at a time: its ids are kept, so that new papers move nothing (DESIGN §7)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.commands.defaults import KEPT_RESULTS
from bot.commands.desk import Desk
from bot.messages import Button, PaperCard
from bot.ports import PaperStore

# token.position.total: the total is only told, so it need not be kept.
_CURSOR = re.compile(r"([A-Za-z0-9_-]{1,16})\.([0-9]{1,4})\.([0-9]{1,7})", re.ASCII)
_TOKEN_BYTES = 9  # 12 characters of base64: no token is guessed or comes twice

Listing = tuple[Sequence[str], int]  # ids, the best first, and how many there are in all
Find = Callable[[], Awaitable[Listing]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `total` counts what was found, `kept` what can be paged through.

    `token` names the kept list, "" where it is all on this page. `anew`: the kept list was gone,
    so this one was made now.
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

    @property
    def place(self) -> str:
        """The span, where there are other pages; else ""."""
        return self.span if self.kept > len(self.ids) else ""

    @property
    def is_last(self) -> bool:
        """Whether nothing follows it."""
        return self.start + self.size >= self.kept

    @property
    def cursor(self) -> str:
        """What names this page, "" where there is no other of its list."""
        return _cursor(self, self.start) if self.token else ""


async def kept_page(desk: Desk, text: str, cursor: str, size: int) -> Page | None:
    """The page that a cursor names of the kept list for `text`; None where that is gone."""
    place = _CURSOR.fullmatch(cursor)
    kept = await desk.store.papers.results(place[1]) if place else None
    # The cursor comes from outside: a token of another list is none.
    if not place or not kept or kept[0] != text:
        return None
    return _page(place[1], int(place[2]), size, kept[1], int(place[3]), anew=False)


def new_page(desk: Desk, text: str, cursor: str, size: int, found: Listing) -> Page:
    """A page of a new list, which is kept for its pager: the first, or where a cursor points that
    has outlived its list.
    """
    ids, total = found
    best, token = list(ids[:KEPT_RESULTS]), ""
    if len(best) > size:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        desk.beside(desk.store.papers.keep_results(token, text, best, desk.clock()))
    place = _CURSOR.fullmatch(cursor)
    return _page(token, int(place[2]) if place else 0, size, best, total, anew=bool(cursor))


async def turn(desk: Desk, text: str, cursor: str, size: int, find: Find) -> Page:
    """The page that a cursor names of the list for `text`; without one, the first of a new list."""
    page = await kept_page(desk, text, cursor, size)
    return page or new_page(desk, text, cursor, size, await find())


async def cards(papers: PaperStore, page: Page, *, dated: bool = False) -> tuple[PaperCard, ...]:
    """The papers of a page, each with its place in the list."""
    listed = {found.paper.id: found for found in await papers.get(page.ids)}
    return tuple(
        PaperCard(listed[paper_id], number, dated=dated)
        for number, paper_id in enumerate(page.ids, page.start + 1)
        if paper_id in listed
    )


def pager(page: Page, verb: str, args: Mapping[str, str]) -> tuple[Button, ...]:
    """Buttons to the pages before and after."""
    buttons = []
    if page.start > 0:
        back = _cursor(page, max(0, page.start - page.size))
        buttons.append(Button("Back", verb, {**args, "cursor": back}))
    if not page.is_last:
        following = page.start + page.size
        count = min(page.size, page.kept - following)
        more = {**args, "cursor": _cursor(page, following)}
        buttons.append(Button(f"Next {count}", verb, more))
    return tuple(buttons)


def _page(token: str, start: int, size: int, ids: list[str], total: int, *, anew: bool) -> Page:
    start = start if start < len(ids) else 0
    return Page(token, start, size, tuple(ids[start : start + size]), len(ids), total, anew)


def _cursor(page: Page, start: int) -> str:
    return f"{page.token}.{start}.{page.total}"
