"""An error → what the person who asked reads. Pure."""

from __future__ import annotations

from bot.errors import QueryError, UserError
from bot.messages import Message, code, line
from bot.wording import capital

EXPIRED = "this button is from long ago and stands for nothing any more; ask again with /papers"
BUSY = Message(lines=(line("Paperboy can't get at its papers just now; try again in a minute."),))
UNEXPECTED = Message(lines=(line("That went wrong here, not with you; it is in the log."),))
SHOWN = 36  # characters of a query around the place that is wrong: a phone's width


def described(error: UserError) -> Message:
    """The problem in a line; under it, for a query, the place that it is about."""
    lines = [line(capital(str(error)))]
    if isinstance(error, QueryError) and error.text.strip():
        before, after = error.text[: error.place], error.text[error.place :]
        if len(before) > SHOWN // 2:
            before = f"…{before[-SHOWN // 2 :]}"
        lines.append(line(code(f"{before}{after}"[:SHOWN])))
        lines.append(line(code(f"{' ' * len(before)}^")))
    return Message(lines=tuple(lines), private=True)
