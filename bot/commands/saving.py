"""`save`, `saved list`, `remove` and `note`: a person's own reading list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands import defaults
from bot.commands.desk import Desk
from bot.commands.pages import Page, cards, pager, turn
from bot.commands.papers import find_paper
from bot.commands.verbs import Kind, Param, Values, form_fields
from bot.errors import UserError
from bot.messages import Button, Form, Invocation, Line, Message, PaperCard, line, quiet
from bot.models import Query, SavedPaper
from bot.queries import parse_query, resolve
from bot.wording import count_of, short_day

ID = Param("id", "An arXiv id or a link to the paper", Kind.PAPER, required=True)
QUERY = Param("query", "Search in your list", Kind.QUERY, completer="query")
CURSOR = Param("cursor", "The page to show", Kind.TEXT, inner=True)
NOTE = Param("note", "Your note; empty takes it away", Kind.TEXT, clearable=True)
NOTED = Param("noted", "The note that it had", Kind.TEXT, inner=True)
SINCE = Param("since", "When it was saved first", Kind.TEXT, inner=True)

LONGEST_NOTE = 300  # characters: a thought that fits beside its paper


async def save(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Put a paper on the asker's list; one that is not kept yet is asked for at arXiv."""
    paper_id, _ = values["id"]
    user, reading = invocation.user, desk.store.reading
    listed = await find_paper(desk, paper_id)
    if await reading.count(user) >= desk.most_saved:
        problem = f"your list holds {desk.most_saved:,} papers, the most it can; remove one first"
        raise UserError(problem)
    is_new = await reading.save(user, paper_id, desk.clock())
    if "since" in values:
        await _put_back(desk, invocation, values)
    told = "Saved" if is_new else "Saved already"
    count = count_of(await reading.count(user), "paper")
    return Message(
        lines=(line(f"{told}: {listed.paper.title or paper_id}"), _quiet(f"{count} on your list.")),
        buttons=(Button("My list", "saved list"), _remove(paper_id)),
    )


async def show_list(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """The asker's list, the newest first, or what in it matches a query."""
    text = values.get("query", "")
    saved = await saved_papers(desk, invocation, text)
    if not saved:
        return nothing_saved(text)

    async def find() -> tuple[list[str], int]:
        return [each.paper_id for each in saved], len(saved)

    key = f"saved {invocation.user.platform} {invocation.user.id} {text}"
    page = await turn(desk, key, values.get("cursor", ""), defaults.SEARCH_PAGE, find)
    zone = ZoneInfo(desk.zone_of(invocation))
    about = {each.paper_id: _about(each, zone) for each in saved}
    args = {"query": text} if text else {}
    return Message(
        title=f"{count_of(len(saved), 'saved paper')}{f': {text}' if text else ''}",
        subtitle=page.span if len(saved) > page.size else "",
        cards=_with_notes(await cards(desk.store.papers, page), about),
        notes=_page_notes(page),
        buttons=(*pager(page, "saved list", args), Button("Export", "saved export", args)),
    )


async def remove(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Take a paper off the list; *Undo* puts it back with its note."""
    paper_id, _ = values["id"]
    saved = await desk.store.reading.remove(invocation.user, paper_id)
    if saved is None:
        raise UserError(_not_saved(paper_id))
    undo = {"id": paper_id, "noted": saved.note, "since": saved.saved_at.isoformat()}
    told = f"Removed from your list: {await _title(desk, paper_id)}"
    buttons = (Button("Undo", "save", undo), Button("My list", "saved list"))
    return Message(lines=(line(told),), buttons=buttons)


async def write_note(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """Write a note beside a saved paper, an empty one takes it away; without any, the form that
    holds the note as it is.
    """
    paper_id, _ = values["id"]
    before = await _note_of(desk, invocation, paper_id)
    if "note" not in values:
        fields = form_fields((NOTE,), {"note": before})
        return Form(f"Your note to {paper_id}", "saved note", fields, {"id": paper_id})
    text = values["note"]
    if len(text) > LONGEST_NOTE:
        raise UserError(f"a note has at most {LONGEST_NOTE} characters; this has {len(text)}")
    if not await desk.store.reading.note(invocation.user, paper_id, text):
        raise UserError(_not_saved(paper_id))
    what = f"Noted with {await _title(desk, paper_id)}: {text}" if text else "The note is gone."
    undo = Button("Undo", "saved note", {"id": paper_id, "note": before})
    buttons = (*((undo,) if text != before else ()), Button("My list", "saved list"))
    return Message(lines=(line(what),), buttons=buttons)


async def _note_of(desk: Desk, invocation: Invocation, paper_id: str) -> str:
    """The note to a saved paper. Raises UserError where that is not on the list."""
    for saved in await desk.store.reading.saved(invocation.user):
        if saved.paper_id == paper_id:
            return saved.note
    raise UserError(_not_saved(paper_id))


async def saved_papers(desk: Desk, invocation: Invocation, text: str) -> list[SavedPaper]:
    """The asker's list, newest first, or what in it matches a query. Raises QueryError."""
    query: Query | None = None
    if text:
        query = resolve(parse_query(text), desk.today(invocation))
    return await desk.store.reading.saved(invocation.user, query)


async def _put_back(desk: Desk, invocation: Invocation, values: Values) -> None:
    """What was removed comes back as it stood; its button comes from outside, so it is read."""
    paper_id, _ = values["id"]
    try:
        saved_at = datetime.fromisoformat(values["since"])
    except ValueError:
        return
    if saved_at.tzinfo is None or saved_at > desk.clock():
        return
    await desk.store.reading.remove(invocation.user, paper_id)
    note = values.get("noted", "")[:LONGEST_NOTE]
    await desk.store.reading.restore(invocation.user, SavedPaper(paper_id, saved_at, note))


async def _title(desk: Desk, paper_id: str) -> str:
    found = await desk.store.papers.get([paper_id])
    return found[0].paper.title or paper_id if found else paper_id


def _about(saved: SavedPaper, zone: ZoneInfo) -> str:
    day = saved.saved_at.astimezone(zone).date()
    return f"Saved {short_day(day)} {day.year}" + (f" · {saved.note}" if saved.note else "")


def _with_notes(shown: Sequence[PaperCard], about: Mapping[str, str]) -> tuple[PaperCard, ...]:
    return tuple(
        PaperCard(
            card.listed,
            card.number,
            why=about.get(card.listed.paper.id, ""),
            buttons=(
                _remove(card.listed.paper.id),
                Button("Cite", "cite", {"id": card.listed.paper.id}),
            ),
        )
        for card in shown
    )


def _page_notes(page: Page) -> tuple[Line, ...]:
    notes = ["The earlier list is gone, so this is how it stands now."] if page.anew else []
    if page.kept < page.total and page.start + page.size >= page.kept:
        notes.append(f"These are the newest {page.kept} of {page.total}; a word narrows the list.")
    return tuple(_quiet(note) for note in notes)


def nothing_saved(text: str) -> Message:
    """What is said of an empty list, or where nothing in it matches."""
    if not text:
        return Message(
            lines=(line("Your list is empty. To save a paper: /papers save 2405.21060"),)
        )
    told = f"Nothing on your list matches: {text}"
    return Message(lines=(line(told),), buttons=(Button("The whole list", "saved list"),))


def _not_saved(paper_id: str) -> str:
    return f"{paper_id} is not on your list; see: /papers saved list"


def _remove(paper_id: str) -> Button:
    return Button("Remove", "saved remove", {"id": paper_id})


def _quiet(text: str) -> Line:
    return line(quiet(text))
