"""`search`: ranked, a page at a time; where nothing matches, what would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.announcements import FIRST_DAYS
from bot.commands import defaults
from bot.commands.asked import Asked, read_asked, with_corrections
from bot.commands.cards import ALIKE, IN_PART, IN_SENSE, marked_cards, share_button
from bot.commands.desk import Desk
from bot.commands.pages import Page, kept_page, new_page, pager
from bot.commands.papers import find_paper, paper
from bot.commands.spelling import meant, remarks
from bot.commands.unmatched import Advice, advise, counted, other_words, short
from bot.commands.verbs import Kind, Param, Values, form_fields
from bot.identity import paper_id
from bot.messages import (
    Button,
    Form,
    Invocation,
    Line,
    Message,
    PaperCard,
    code,
    line,
    quiet,
    strong,
)
from bot.models import HUGGINGFACE, Sort
from bot.wording import capital, count_of, listing, short_day

QUERY = Param(
    "query",
    "Words, “phrases”, -without, cat: author:",
    Kind.QUERY,
    required=True,
    completer="query",
)
EXACT = Param("exact", "Read nothing into the words", Kind.CHOICE, choices=("yes",), inner=True)
CURSOR = Param("cursor", "The page to show", Kind.TEXT, inner=True)
MEANT = Param("meant", "The line that was probably meant", Kind.TEXT, inner=True)

_LONGEST_TITLE = 80  # characters of a query in a heading
_ORDERS = {Sort.NEW: "newest first", Sort.UPVOTES: "most upvotes first"}


async def search(desk: Desk, invocation: Invocation, values: Values) -> Message | Form:
    """Papers that match a query, best first; without one, the form that asks for it."""
    typed, cursor = values.get("query", ""), values.get("cursor", "")
    if not typed:
        return Form(title="Search the papers", verb="search", fields=form_fields((QUERY,), {}))
    if "exact" not in values and (named := paper_id(typed)):
        return await _named(desk, invocation, typed, named)
    today = desk.today(invocation)
    asked = read_asked(typed, today, exact="exact" in values)
    page = await kept_page(desk, asked.text, cursor, defaults.SEARCH_PAGE)
    if page is None:
        for named_id in asked.likes:  # nothing can be compared with what is not kept
            await find_paper(desk, named_id)
        ids, total, corrected = await _find(desk, asked)
        asked = with_corrections(asked, corrected, today)
        page = new_page(desk, asked.text, cursor, defaults.SEARCH_PAGE, (ids, total))
    if not page.ids:
        return await _nothing(desk, invocation, asked)
    if not cursor:
        remembered = desk.store.completions.remember(invocation.user, typed, desk.clock())
        desk.beside(remembered)
    return await _answer(desk, invocation, asked, page)


async def _named(desk: Desk, invocation: Invocation, typed: str, named: tuple[str, int]) -> Message:
    """The paper whose id or link is all that was typed."""
    card = await paper(desk, invocation, {"id": named})
    told = line("Read as: the paper ", strong(named[0]))
    return replace(card, lines=(told,), buttons=(_exactly(typed),))


async def _find(desk: Desk, asked: Asked) -> tuple[list[str], int, dict[str, str]]:
    """Ids, best first, how many papers match all of the query, and the words put right."""
    found = await desk.finder.search(asked.query, defaults.COUNTED_RESULTS + 1)
    if asked.exact and found.corrected:
        ids = await desk.store.papers.search(asked.query, defaults.COUNTED_RESULTS + 1)
        return ids, len(ids), {}
    return list(found.ids), found.strict, dict(found.corrected)


async def _answer(desk: Desk, invocation: Invocation, asked: Asked, page: Page) -> Message:
    is_like_none = bool(asked.likes) and not page.total
    otherwise = ALIKE if is_like_none else IN_SENSE
    cards = await marked_cards(desk, invocation, page, asked.query, otherwise)
    shared = {"what": "search", **asked.args, "cursor": page.cursor}
    # Where nothing matches all of it, what does in part is shown, and what to change.
    is_beside_it = not page.total and not page.start and not is_like_none
    advice = await remarks(desk, asked) if not page.start else Advice()
    if is_beside_it:
        advice += await meant(desk, invocation.user, asked)
        advice += await advise(desk, asked, desk.today(invocation))
    return Message(
        title=_title(asked, page.total),
        subtitle=await _subtitle(desk, asked, page),
        lines=(*_readings(asked), *_shares(asked, page, cards), *advice.lines),
        cards=cards,
        notes=_notes(page),
        buttons=(
            *pager(page, "search", asked.args),
            *advice.buttons,
            *_other_readings(asked),
            *share_button("Share this page", shared, invocation),
        ),
    )


async def _subtitle(desk: Desk, asked: Asked, page: Page) -> str:
    since = await _reach(desk)
    reach = f"search reaches {_back_to(since)}" if since else ""
    return " · ".join(filter(None, (page.place, _ORDERS.get(asked.query.sort, ""), reach)))


def _title(asked: Asked, total: int) -> str:
    shown = _shortened(asked.text)
    if total:
        return f"{capital(counted(total))}: {shown}"
    return f"No paper matches {'all of it' if asked.query.tree.parts[1:] else 'exactly'}: {shown}"


def _readings(asked: Asked) -> tuple[Line, ...]:
    """How plain words were read, and which words were put right."""
    lines = [line("Read as: ", strong(asked.told))] if asked.told else []
    for wrong, right in asked.corrected.items():
        lines.append(line(f"No paper has “{wrong}”: searched ", strong(right), " instead."))
    return tuple(lines)


def _shares(asked: Asked, page: Page, cards: tuple[PaperCard, ...]) -> tuple[Line, ...]:
    """How many papers match all of the query, where others are on this page."""
    if asked.likes and not page.total:
        told = f"No paper is known to be close to {listing(asked.likes)}; these are the most alike."
        return (line(told),)
    whys = [card.why for card in cards]
    hows = [how for how in (IN_PART, IN_SENSE) if any(w.startswith(capital(how)) for w in whys)]
    if not hows:
        return ()
    others = listing(hows, "or")
    if not page.total:
        return (line(f"These match {others}."),)
    match = "matches" if page.total == 1 else "match"
    counts = f"{capital(counted(page.total))} {match} all of it"
    return (line(f"{counts}; the others match {others}."),)


def _other_readings(asked: Asked) -> tuple[Button, ...]:
    """What was typed read in another way: as just its words, or where it was, as a plain form."""
    if asked.told or asked.corrected:
        return (_exactly(asked.typed),)
    if asked.likely:
        return (Button(short(f"Search {asked.likely}"), "search", {"query": asked.likely}),)
    return ()


def _exactly(typed: str) -> Button:
    return Button("Search the exact words", "search", {"query": typed, "exact": "yes"})


def _notes(page: Page) -> tuple[Line, ...]:
    notes = []
    if page.anew:
        notes.append("The earlier list is gone, so this was searched anew.")
    if page.kept < page.total and page.is_last:
        notes.append(f"These are the best {page.kept}; another word narrows the search.")
    return tuple(line(quiet(note)) for note in notes)


async def _nothing(desk: Desk, invocation: Invocation, asked: Asked) -> Message:
    """No match: what to change, and what was searched."""
    advice = await meant(desk, invocation.user, asked)
    advice += await advise(desk, asked, desk.today(invocation))
    advice = advice or other_words()
    searched = f"Searched: {count_of(await desk.store.papers.count(), 'paper')}"
    since = await _reach(desk)
    notes = [line(quiet(f"{searched}, {_back_to(since)}." if since else f"{searched}."))]
    if since and invocation.runs_it:
        earlier = (since - timedelta(days=365)).isoformat()
        notes.append(line(quiet("To reach further: "), code(f"paperboy pull --since {earlier}")))
    return Message(
        title=f"No paper matches: {_shortened(asked.text)}",
        lines=(*_readings(asked), *advice.lines),
        notes=tuple(notes),
        buttons=(*advice.buttons, *_other_readings(asked)),
    )


async def _reach(desk: Desk) -> date | None:
    """The first day that search reaches, while the archive is still filling."""
    since = await desk.store.pulls.reach(HUGGINGFACE)
    return since if since and since > FIRST_DAYS[HUGGINGFACE] else None


def _back_to(since: date) -> str:
    return f"back to {short_day(since)} {since.year}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1].rstrip() + "…"
