"""Our lines → lines of markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from adapters.discord.texts import line_markdown
from bot.messages import Line, Style

_FENCE, _BROKEN_FENCE = "```", "``\u200b`"


def written(lines: Iterable[Line], limit: int) -> Iterator[str]:
    """Each line as markdown, cut to `limit` characters.

    Lines of nothing but code that follow one another are one block, in which every space counts:
    so a caret stands under its place.
    """
    for is_code, group in groupby(lines, _is_code):
        rows = list(group)
        shown = [_as_typed("".join(span.text for span in spans))[:limit] for spans in rows]
        # A fence around nothing would itself be shown.
        if is_code and len(rows) > 1 and any(shown):
            yield "\n".join((_FENCE, *shown, _FENCE))
        else:
            yield from (line_markdown(spans, limit) for spans in rows)


def _is_code(spans: Line) -> bool:
    said = [span for span in spans if span.text]
    return bool(said) and all(span.style is Style.CODE for span in said)


def _as_typed(text: str) -> str:
    """The text with its spaces; what is not seen is a space too, so that columns stay columns."""
    seen = "".join(sign if sign.isprintable() else " " for sign in text).rstrip()
    return seen.replace(_FENCE, _BROKEN_FENCE)
