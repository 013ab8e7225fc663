"""`search`: ranked, a page at a time; where nothing matches, what would."""

from __future__ import annotations

from bot.commands import defaults
from bot.commands.desk import Desk
from bot.commands.pages import Page, cards, pager, turn
from bot.commands.verbs import Kind, Param, Values, form_fields
from bot.messages import Button, Form, Invocation, Line, Message, line, quiet
from bot.models import HUGGINGFACE, And, Query
from bot.ports import PaperStore
from bot.queries import leaves, parse_query, print_query
from bot.wording import count_of, listing, short_day

QUERY = Param(
    "query", "Words, “phrases”, cat: or source:", Kind.QUERY, required=True, completer="query"
)
CURSOR = Param("cursor", "The page to show", Kind.TEXT, inner=True)
MEANT = Param("meant", "The line that was probably meant", Kind.TEXT, inner=True)

_MOST_TERMS = 6  # of a query without matches that are looked for alone
_LONGEST_TITLE = 80  # characters of a query in a heading


async def search(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:  # noqa: ARG001
    """Papers that match a query, best first; without one, the form that asks for it."""
    text = values.get("query", "")
    if not text:
        return Form(title="Search the papers", verb="search", fields=form_fields((QUERY,), {}))
    papers, query = desk.store.papers, parse_query(text)

    async def find() -> tuple[list[str], int]:
        ids = await papers.search(query, defaults.COUNTED_RESULTS + 1)
        return ids, len(ids)

    page = await turn(desk, text, values.get("cursor", ""), defaults.SEARCH_PAGE, find)
    if not page.ids:
        return await _nothing(desk, query, text)
    reach = await _reach(desk)
    return Message(
        title=f"{_count(page.total)}: {_shortened(text)}",
        subtitle=page.span
        + (f" · search reaches {reach}" if (reach := await _reach(desk)) else ""),
        cards=await cards(papers, page),
        notes=_notes(page),
        buttons=pager(page, "search", {"query": text}),
    )


def _count(total: int) -> str:
    if total > defaults.COUNTED_RESULTS:
        return f"More than {defaults.COUNTED_RESULTS:,} papers"
    return count_of(total, "paper")


def _notes(page: Page) -> tuple[Line, ...]:
    notes = []
    if page.anew:
        notes.append("The earlier list is gone, so this was searched anew.")
    if page.kept < page.total and page.start + page.size >= page.kept:
        notes.append(f"These are the best {page.kept}; another word narrows the search.")
    return tuple(line(quiet(note)) for note in notes)


async def _nothing(desk: Desk, query: Query, text: str) -> Message:
    """No match: which of its words alone has any, and what was searched."""
    papers = desk.store.papers
    searched = f"Searched: {count_of(await papers.count(), 'paper')}"
    reach = await _reach(desk)
    note = line(quiet(f"{searched}, {reach}." if reach else f"{searched}."))
    title = f"No paper matches: {_shortened(text)}"
    terms = list(dict.fromkeys(leaves(query.tree)))[:_MOST_TERMS]
    if len(terms) < 2:
        hint = line("Try another word for it.")
        return Message(title=title, lines=(hint,), notes=(note,))
    counts = {
        print_query(alone): await _matches(papers, alone)
        for alone in (Query(And((term,))) for term in terms)
    }
    found = {term: count for term, count in counts.items() if count}
    told = listing([f"{term} {_count(count).lower()}" for term, count in found.items()])
    text = f"No paper has all of it. Alone: {told}." if found else "None of its words has matches."
    buttons = tuple(Button(f"Search {term}"[:75], "search", {"query": term}) for term in found)
    return Message(title=title, lines=(line(text),), notes=(note,), buttons=buttons[:3])


async def _matches(papers: PaperStore, query: Query) -> int:
    return len(await papers.search(query, defaults.COUNTED_RESULTS + 1))


async def _reach(desk: Desk) -> str:
    since = await desk.store.pulls.reach(HUGGINGFACE)
    return f"back to {short_day(since)} {since.year}" if since else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1].rstrip() + "…"
