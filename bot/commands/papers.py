"""`paper`: one paper as a whole card."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.cards import with_buttons
from bot.commands.desk import Desk
from bot.commands.verbs import Kind, Param, Values
from bot.errors import SourceError, UserError
from bot.messages import Button, Invocation, Line, Message, PaperCard, line, quiet
from bot.models import ListedPaper, Paper

ID = Param("id", "An arXiv id or a link to the paper", Kind.PAPER, required=True)


async def paper(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """The whole card of one paper; arXiv is asked for one that is not kept yet."""
    paper_id, version = values["id"]
    listed = await find_paper(desk, paper_id)
    [card] = with_buttons((PaperCard(listed, full=True),), invocation)
    return Message(
        cards=(replace(card, buttons=(*card.buttons, _alert_button(listed.paper))),),
        notes=_version_note(version, listed.paper.version),
    )


def _alert_button(paper: Paper) -> Button:
    """Asks for more on what the paper is about, as its first keyword says; else for words."""
    topic = paper.keywords[0].replace('"', " ").strip() if paper.keywords else ""
    return Button("Alert me", "alert add", {"query": f'"{topic}"'} if topic else {})


async def find_paper(desk: Desk, paper_id: str) -> ListedPaper:
    """A paper by its id; one that is not kept yet is asked for at arXiv, and kept.

    Raises UserError where there is none, or it can't be had now.
    """
    try:
        listed = await desk.librarian.look_up(paper_id, desk.clock())
    except SourceError as error:
        problem = f"{paper_id} is not kept here and arXiv can't be asked just now; try again soon"
        raise UserError(problem) from error
    if listed is None:
        raise UserError(f"arXiv knows no paper {paper_id}; an id looks like 2405.21060")
    return listed


def _version_note(asked: int, known: int) -> tuple[Line, ...]:
    if not asked or not known or asked == known:
        return ()
    return (line(quiet(f"You asked for version {asked}; this is version {known}.")),)
