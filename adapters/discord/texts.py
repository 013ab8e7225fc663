"""Our plain text → Discord's markdown that shows exactly that text. Pure.

What Discord reads as markup is told by its "Markdown Text 101", by "Message Formatting" (mentions,
timestamps), and, where these are silent, by LyricLy/parse-discord, which was written by trying the
desktop client. The surprising part is the text of a link: there a backslash is shown as it stands
(discord-api-docs #6185), and an emoji or an address makes the client show the link's source
(#6088, #7673). Such a text is written before the link instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from adapters.discord.limits import URL_CHARACTERS
from bot.messages import Line, Span, Style
from bot.shown_lines import clean_runs, cut_runs, is_quiet
from bot.shown_text import characters, seen

# Emphasis, spoilers, code, links, everything in angle brackets (mentions, custom emoji, times,
# commands); a bracket that would make a link of the one before; `scheme://` and `:emoji:`; the
# dot of an invite, which needs no scheme; and the place in `@everyone`.
_MARKUP = re.compile(
    r"[\\*_~|`<\[\]]|(?<=\])\(|:(?=//|\w+:)|(?:(?<=discord)|(?<=discordapp))\.(?=\w)"
    r"|(?<=@)(?=everyone|here)",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"^(\d+)\.(?=\s|$)")
_APART = "\u200b"  # shown as nothing, it keeps apart what Discord would read together

# What a link's text can't hold, since nothing can be escaped there; joiners are taken out of it.
_UNLINKABLE = re.compile(
    r"[\\`\[\]<>@\u200c\u200d]|~~|\|\||[*_].*[*_]|:\w+:|discord"
    # An address in its many disguises: two slashes, or what looks like them.
    "|[/\u1735\u2041\u2044\u2215\u2571\u27cb\u29f8\u2cc6\u2f03\u3033\u30ce\u31d3\u4e3f\U0001d23a]{2}"
    "|[\u203c\u2049\u20e3\u2139\u2194-\u2199\u21a9\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe"
    "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]",
    re.IGNORECASE,
)
_LEAST = 2  # characters of a text: a sign and that there was more


def escape(text: str) -> str:
    """Markdown that shows this (clean) text within a line."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}" if found[0] else _APART, text)


def starting(markdown: str) -> str:
    """The markdown where it starts a line, a heading or bold: no list, quote or heading in it."""
    if markdown[:1] in ("-", "+", ">", "#"):
        return f"\\{markdown}"
    return _LIST_NUMBER.sub(r"\1\\.", markdown)


def escape_within(text: str, limit: int) -> str:
    """The same, of as much of the text as gives at most `limit` characters of markdown."""
    return _within([Span(text)] if text else [], limit, _escaped)


def quiet(markdown: str) -> str:
    """A line of small, grey text; "" for none."""
    return f"-# {starting(markdown)}" if markdown else ""


def heading(markdown: str, level: int = 2) -> str:
    """A heading; "" for none."""
    if not markdown:
        return ""
    end = _APART if markdown.endswith("#") else ""  # those at the end are not shown
    return f"{'#' * level} {starting(markdown)}{end}"


def line_markdown(spans: Line, limit: int) -> str:
    """One of our lines as a line of markdown, cut to `limit` characters.

    It is quiet where it starts so, and nothing in it stands out.
    """
    written = inline(spans, limit - len("-# \\"))
    return quiet(written) if is_quiet(spans) else starting(written)


def inline(spans: Line, limit: int) -> str:
    """Spans as markdown within a line, cut to `limit` characters."""
    return _within(_runs(spans), limit, _escaped)


def masked_link(spans: Line, url: str, limit: int, otherwise: str = "link") -> str:
    """The text as a link to the (clean) URL, cut to `limit` characters, the URL counted.

    A text that can't be a link's stands before one whose text is `otherwise`. Without a URL, and
    where there is no room for it, the text stands alone.
    """
    runs = _runs(Span(s.text, Style.PLAIN if s.style is Style.LINK else s.style) for s in spans)
    room = limit - len(f"[](<{url}>)")
    if not url or room < _LEAST:
        return _within(runs, limit, _escaped)
    if _can_be_linked(runs):
        return f"[{_within(runs, room, _as_it_stands)}](<{url}>)"
    beside = f"[{otherwise}](<{url}>)"
    room = limit - len(f" ({beside})")
    if room < _LEAST:
        return _within(runs, limit, _escaped)
    shown = _within(runs, room, _escaped)
    return f"{shown} ({beside})" if shown else beside


def _can_be_linked(runs: list[Span]) -> bool:
    text = "".join(run.text for run in runs)
    has_marks = any(run.style is not Style.PLAIN for run in runs)
    if not seen(text) or (has_marks and ("*" in text or "_" in text)):
        return False
    return not _UNLINKABLE.search(text)


def _runs(spans: Iterable[Span]) -> list[Span]:
    return clean_runs(spans, URL_CHARACTERS, _may_be_code)


def _may_be_code(text: str) -> bool:
    return "``" not in text  # a fence of three would be a block


def _within(runs: list[Span], limit: int, write: Callable[[Span], str]) -> str:
    """The runs, or as much of them as `limit` characters of markdown hold."""
    text = "".join(run.text for run in runs)
    room = min(limit, characters(text)) if seen(text) else 0
    while room > 0:
        written = _together([(run, write(run)) for run in cut_runs(runs, room)]).strip()
        over = characters(written) - limit
        if over <= 0:
            return written
        room -= max(1, over // 2)  # a character of text is two of markdown at most
    return ""


def _together(parts: list[tuple[Span, str]]) -> str:
    """The parts in a row; two that Discord would read as one are kept apart."""
    written = ""
    for run, part in parts:
        meets = written[-1:] == part[:1] and part[:1] in ("`", "*")
        is_bare = run.style is Style.LINK and part[:1] not in (" ", "[")
        written += (_APART if written and (meets or is_bare) else "") + part
    return written


def _escaped(run: Span) -> str:
    text = run.text.strip()
    if run.style is Style.PLAIN or not text:
        return escape(run.text)
    if run.style is Style.STRONG:
        made = f"**{starting(escape(text))}**"
    elif run.style is Style.CODE:
        made = f"`` {text} ``" if "`" in text else f"`{text}`"
    else:
        made = masked_link((Span(text),), run.url, len(text) * 3 + len(run.url) + 20)
    return _spaced(run, made)


def _as_it_stands(run: Span) -> str:
    """Within a link, where nothing is escaped."""
    text = run.text.strip()
    is_bold = run.style is Style.STRONG and text
    return _spaced(run, f"**{text}**") if is_bold else run.text


def _spaced(run: Span, made: str) -> str:
    """Spaces at its ends stand outside of the markup."""
    before = " " if run.text.startswith(" ") else ""
    return f"{before}{made}{' ' if run.text.endswith(' ') else ''}"
