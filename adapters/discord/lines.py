"""Our lines → lines of markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from adapters.discord.texts import line_markdown
from bot.messages import Line
from bot.shown_lines import as_typed, is_code

_FENCE, _BROKEN_FENCE = "```", "``\u200b`"


def written(lines: Iterable[Line], limit: int) -> Iterator[str]:
    """Each line as markdown, cut to `limit` characters. Those of `together` are one."""
    return (shown for shown, _ in together(lines, limit))


def together(lines: Iterable[Line], limit: int) -> Iterator[tuple[str, list[Line]]]:
    """The same, each with the lines that it is.

    Lines of nothing but code that follow one another are one block, in which every space counts:
    so a caret stands under its place.
    """
    for in_code, group in groupby(lines, is_code):
        rows = list(group)
        shown = [as_typed(spans).replace(_FENCE, _BROKEN_FENCE)[:limit] for spans in rows]
        # A fence around nothing would itself be shown.
        if in_code and len(rows) > 1 and any(shown):
            yield "\n".join((_FENCE, *shown, _FENCE)), rows
        else:
            yield from ((line_markdown(spans, limit), [spans]) for spans in rows)
