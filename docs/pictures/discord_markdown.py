"""Discord's markdown → HTML, read from left to right as its client does. Pure.

It knows more than Paperboy writes: what somebody smuggled into a title would be seen here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_LINE = re.compile(r"(?P<mark>#{1,3}|-#|>|[-*]|\d+\.) +(?P<inner>.+)")
_FENCED = re.compile(r"\n?```\n?(.+?)\n?```\n?", re.DOTALL)  # a block of code
_HEADINGS = {"#": "h1", "##": "h2", "###": "h3"}
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_LINK = re.compile(r"\[(?P<text>(?:\[[^\]]*\]|[^\[\]])+)\]\(<?(?P<url>https?://[^\s>)]+)>?\)")
_CODE = re.compile(r"(?P<fence>`+)(?P<code>.+?)(?<!`)(?P=fence)(?!`)")
_MENTION = re.compile(r"@(?:everyone|here)|<(?:@[!&]?|#)\d+>|</[^:>]+:\d+>|<t:-?\d+(?::\w)?>")
_ADDRESS = re.compile(r"<(?P<hidden>https?://[^\s>]+)>|(?P<bare>https?://[^\s<]+[^\s<.,:;\"'\])])")
_STYLES = (
    ("strong", re.compile(r"\*\*(?P<inner>(?:\\.|[^\\])+?)\*\*(?!\*)")),
    ("u", re.compile(r"__(?P<inner>(?:\\.|[^\\])+?)__(?!_)")),
    ("em", re.compile(r"\*(?!\s)(?P<inner>(?:\\.|[^*\\])+?)(?<!\s)\*(?!\*)")),
    ("em", re.compile(r"\b_(?P<inner>(?:\\.|[^_\\])+?)_(?!\w)")),
    ("s", re.compile(r"~~(?P<inner>.+?)~~")),
    ("mark", re.compile(r"\|\|(?P<inner>.+?)\|\|")),
)


def to_html(markdown: str) -> str:
    """The text as the client shows it, a block or a line after another."""
    texts = _FENCED.split(markdown)
    return "".join(
        f"<pre>{html.escape(text)}</pre>" if place % 2 else _lines(text)
        for place, text in enumerate(texts)
    )


def _lines(markdown: str) -> str:
    shown, was_block = "", True
    for line in markdown.split("\n"):
        block = _block(line)
        shown += block or ("" if was_block else "\n") + _inline(line)
        was_block = bool(block)
    return shown


def visible(markup: str) -> str:
    """The text of this HTML; blocks stand on lines of their own."""
    spaced = re.sub(r"</?(?:h\d|small|div|pre)\b[^>]*>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", spaced)).replace("\u200b", "")


def _block(line: str) -> str:
    found = _LINE.fullmatch(line)
    if not found:
        return ""
    mark, inner = found["mark"], _inline(found["inner"])
    if mark in _HEADINGS:
        return f"<{_HEADINGS[mark]}>{inner}</{_HEADINGS[mark]}>"
    if mark == "-#":
        return f"<small>{inner}</small>"
    return f'<div class="{"quote" if mark == ">" else "item"}">{inner}</div>'


def _inline(text: str, *, in_link: bool = False) -> str:
    readers: tuple[Callable[[str, int], tuple[str, int] | None], ...] = (
        (_code, _style) if in_link else (_escape, _link, _code, _mention, _style)
    )
    shown, place = "", 0
    while place < len(text):
        read = next(filter(None, (reader(text, place) for reader in readers)), None)
        piece, place = read or (html.escape(text[place]), place + 1)
        shown += piece
    return shown


def _escape(text: str, place: int) -> tuple[str, int] | None:
    found = _ESCAPE.match(text, place)
    return (html.escape(found[1]), found.end()) if found else None


def _link(text: str, place: int) -> tuple[str, int] | None:
    found = _LINK.match(text, place)
    if not found:
        return None
    address = html.escape(found["url"])
    return f'<a href="{address}">{_inline(found["text"], in_link=True)}</a>', found.end()


def _code(text: str, place: int) -> tuple[str, int] | None:
    found = _CODE.match(text, place)
    if not found:
        return None
    code = found["code"]
    padded = found["fence"] == "``" and code[0] == code[-1] == " "
    return f"<code>{html.escape(code[1:-1] if padded else code)}</code>", found.end()


def _mention(text: str, place: int) -> tuple[str, int] | None:
    if found := _MENTION.match(text, place):
        return f"<b>{html.escape(found[0])}</b>", found.end()
    if found := _ADDRESS.match(text, place):
        address = html.escape(found["hidden"] or found["bare"])
        return f'<a href="{address}">{address}</a>', found.end()
    return None


def _style(text: str, place: int) -> tuple[str, int] | None:
    for tag, pattern in _STYLES:
        if found := pattern.match(text, place):
            return f"<{tag}>{_inline(found['inner'])}</{tag}>", found.end()
    return None
