"""`today` and `trending`: what was listed lately, by upvotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.commands import defaults
from bot.commands.cards import share_button, with_buttons
from bot.commands.desk import Desk
from bot.commands.hours import Span, read_day
from bot.commands.pages import Page, cards, pager, turn
from bot.commands.standing import sources_on
from bot.commands.verbs import Kind, Param, Values
from bot.messages import Button, Invocation, Line, Message, PaperCard, line, quiet
from bot.models import SAMPLE, ListedPaper
from bot.wording import capital, count_of, day_span, short_day

WHEN = Param("when", "A day, week, month, 2026-W47, 2026-11", Kind.DAY)
TOP = Param("top", "How many papers a page", Kind.NUMBER, most=defaults.DAY_PAGE, inner=True)
CURSOR = Param("cursor", "The page to show", Kind.TEXT, inner=True)

START_BUTTONS = (
    Button("The whole day", "today"),
    Button("Search", "search"),
    Button("Trending", "trending"),
    Button("Subscribe", "subscribe"),
    Button("Help", "help"),
)


async def today(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """The papers of a day, a week or a month, most upvotes first.

    Where nothing is listed yet today (this week, this month), the newest day with papers stands
    in, and the answer says so.
    """
    asked: Span = values.get("when") or read_day("today", desk.today(invocation))
    size = values.get("top", defaults.DAY_PAGE)
    span = await _with_papers(desk, asked)
    if span is None:
        said = await _nothing(desk, invocation, asked)
        return replace(said, buttons=START_BUTTONS) if "top" in values else said
    page = await _page_of_span(desk, span, values.get("cursor", ""), size)
    shown = with_buttons(await cards(desk.store.papers, page), invocation)
    lines = () if span == asked else (line(_instead(asked, span)),)
    is_day = span.since == span.until
    return Message(
        title=f"The day's papers · {_name(span)}" if is_day else f"Papers of {_name(span)}",
        subtitle=_subtitle(page),
        lines=lines,
        cards=shown,
        notes=_notes(page, shown),
        buttons=START_BUTTONS if "top" in values else _day_buttons(page, span, invocation),
    )


async def trending(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """The papers of the last listing days, by upvotes that fade with age."""
    days = await _last_listing_days(desk)
    if not days:
        return await _nothing(desk, invocation, read_day("today", desk.today(invocation)))

    async def find() -> tuple[list[str], int]:
        found = await desk.store.papers.listed(
            days[-1], days[0], defaults.DAY_SOURCES, defaults.COUNTED_RESULTS
        )
        return [listed.paper.id for listed in by_faded_upvotes(found, days[0])], len(found)

    text = f"trending {days[0]}"
    page = await turn(desk, text, values.get("cursor", ""), defaults.DAY_PAGE, find)
    half_life = defaults.TRENDING_HALF_LIFE.days
    order = f"by upvotes, halved for every {half_life} days since the first listing"
    shown = with_buttons(await cards(desk.store.papers, page, dated=True), invocation)
    return Message(
        title=f"Trending · {day_span(days[-1], days[0])}",
        subtitle=capital(" · ".join(filter(None, (page.place, order)))),
        cards=shown,
        notes=_notes(page, shown),
        buttons=pager(page, "trending", {}),
    )


def by_faded_upvotes(found: Sequence[ListedPaper], newest: date) -> list[ListedPaper]:
    """Papers by upvotes that lose half their weight with every half-life of age. Pure."""

    def weight(listed: ListedPaper) -> tuple[float, str]:
        age = max(timedelta(0), newest - (listed.first_day or newest))
        return (listed.upvotes or 0) * 0.5 ** (age / defaults.TRENDING_HALF_LIFE), listed.paper.id

    return sorted(found, key=weight, reverse=True)


async def _with_papers(desk: Desk, asked: Span) -> Span | None:
    """The span that was asked for, else the newest day before it; None where neither has any."""
    papers = desk.store.papers
    if await papers.count_listed(asked.since, asked.until, defaults.DAY_SOURCES):
        return asked
    newest = await papers.newest_day(defaults.DAY_SOURCES, asked.until) if asked.open else None
    return Span(newest, newest) if newest else None


async def _page_of_span(desk: Desk, span: Span, cursor: str, size: int) -> Page:
    papers = desk.store.papers

    async def find() -> tuple[list[str], int]:
        found = await papers.listed(
            span.since, span.until, defaults.DAY_SOURCES, defaults.KEPT_RESULTS
        )
        total = await papers.count_listed(span.since, span.until, defaults.DAY_SOURCES)
        return [listed.paper.id for listed in found], total

    return await turn(desk, f"day {span.since} {span.until}", cursor, size, find)


async def _nothing(desk: Desk, invocation: Invocation, asked: Span) -> Message:
    """Why there is nothing: how each source answered, and the newest day there is."""
    zone = desk.zone_of(invocation)
    newest = await desk.store.papers.newest_day(defaults.DAY_SOURCES)
    buttons: tuple[Button, ...] = ()
    if newest is not None:
        when = newest.isoformat()
        buttons = (Button(f"Papers of {short_day(newest)}", "today", {"when": when}),)
    return Message(
        title=f"No papers are listed for {_name(asked)}",
        lines=await sources_on(desk, asked.since, asked.until, zone),
        buttons=buttons,
    )


async def _last_listing_days(desk: Desk) -> list[date]:
    """The newest listing days with papers, newest first."""
    days: list[date] = []
    until: date | None = None
    while len(days) < defaults.TRENDING_DAYS:
        day = await desk.store.papers.newest_day(defaults.DAY_SOURCES, until)
        if day is None:
            break
        days.append(day)
        until = day - timedelta(days=1)
    return days


def _name(span: Span) -> str:
    if span.since == span.until:
        return f"{short_day(span.since)} {span.since.year}"
    return f"{day_span(span.since, span.until)} {span.until.year}"


def _instead(asked: Span, span: Span) -> str:
    when = "today" if asked.since == asked.until else f"{day_span(asked.since, asked.until)}"
    return f"Nothing is listed for {when} yet; this is {short_day(span.since)}, the newest day."


def _subtitle(page: Page) -> str:
    if page.total <= page.size:
        return f"{count_of(page.total, 'paper')}, by upvotes"
    return f"{page.span} of {page.total}, by upvotes"


def _notes(page: Page, shown: Sequence[PaperCard]) -> tuple[Line, ...]:
    notes = []
    if page.anew:
        notes.append("The earlier list is gone, so this is how it stands now.")
    if page.kept < page.total and page.start + page.size >= page.kept:
        notes.append(f"These are the top {page.kept} of {page.total}; ask for a single day.")
    if shown and all(card.listed.sources == (SAMPLE,) for card in shown):
        notes.append("This is the sample edition that comes with Paperboy.")
    return tuple(line(quiet(note)) for note in notes)


def _day_buttons(page: Page, span: Span, invocation: Invocation) -> tuple[Button, ...]:
    args = {"when": span.since.isoformat() if span.since == span.until else _as_text(span)}
    shared = {"what": "today", **args, "cursor": page.cursor}
    return (*pager(page, "today", args), *share_button("Share this page", shared, invocation))


def _as_text(span: Span) -> str:
    """A week or a month as it is typed."""
    if span.since.day == 1 and (span.until - span.since).days > 6:
        return f"{span.since:%Y-%m}"
    year, week, _ = span.since.isocalendar()
    return f"{year}-W{week:02}"
