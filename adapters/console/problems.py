"""An error → what the person at the prompt reads. Pure."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells

from adapters.console.cleaning import clean
from bot.errors import QueryError, UserError

UNEXPECTED = "That went wrong here, not with you; it is in the log."


def describe(error: UserError, width: int) -> str:
    """The error in one line; under it, for a query, the place that it is about."""
    problem = clean(str(error))
    if not isinstance(error, QueryError) or not error.text.strip():
        return problem
    before, after = clean(error.text[: error.place]), clean(error.text[error.place :])
    room = max(width - 4, 8)
    # The place must be in sight, however long the query is: about half of the line leads to it.
    if cell_len(before) > room * 2 // 3:
        before = f"…{_last_cells(before, room // 2)}"
    after = _first_cells(after, room - cell_len(before))
    return f"{problem}\n  {before}{after}\n  {' ' * cell_len(before)}^"


def _first_cells(text: str, cells: int) -> str:
    return next(iter(chop_cells(text, max(cells, 2))), "")


def _last_cells(text: str, cells: int) -> str:
    while cell_len(text) > cells:
        text = text[1:]
    return text
