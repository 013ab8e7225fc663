"""`similar`: the papers most like a given one."""

from __future__ import annotations

from bot.commands import defaults
from bot.commands.cards import share_button, with_buttons
from bot.commands.desk import Desk
from bot.commands.pages import cards, kept_page, new_page, pager
from bot.commands.papers import find_paper
from bot.commands.verbs import Kind, Param, Values
from bot.messages import Invocation, Message, line, quiet

BY = Param("by", "How they were found", Kind.CHOICE, choices=("sense", "words"), inner=True)

_LONGEST_TITLE = 80  # characters of the paper's title in a heading
_HOWS = {"sense": "nearest in sense first", "words": "found by its words alone"}


async def similar(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Papers like one that is named, the most alike first.

    They are found by sense, and where the paper has no vector (yet) by its words; it says which.
    """
    paper_id, _ = values["id"]
    title = (await find_paper(desk, paper_id)).paper.title or paper_id
    text, cursor, by = f"similar {paper_id}", values.get("cursor", ""), values.get("by", "")
    page = await kept_page(desk, text, cursor, defaults.SEARCH_PAGE)
    if page is None:
        found = await desk.finder.similar(paper_id, defaults.KEPT_RESULTS)
        by = "sense" if found.in_sense else "words"
        page = new_page(desk, text, cursor, defaults.SEARCH_PAGE, (found.ids, len(found.ids)))
    heading = f"Papers like: {_shortened(title)}"
    if not page.ids:
        return Message(title=heading, lines=(line("Nothing like it is kept here yet."),))
    args = {"id": paper_id, "by": by} if by else {"id": paper_id}
    shown = with_buttons(await cards(desk.store.papers, page, dated=True), invocation)
    shared = {"what": "similar", **args, "cursor": page.cursor}
    return Message(
        title=heading,
        subtitle=" · ".join(filter(None, (page.place, _HOWS.get(by, "")))),
        cards=shown,
        notes=(line(quiet("The earlier list is gone, so this was searched anew.")),)
        if page.anew
        else (),
        buttons=(
            *pager(page, "similar", args),
            *share_button("Share this page", shared, invocation),
        ),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1].rstrip() + "…"
