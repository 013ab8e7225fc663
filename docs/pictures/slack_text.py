"""Slack's texts → HTML, read from left to right as its client does. Pure.

It knows more than Paperboy writes: what somebody smuggled into a title would be seen here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Reader = Callable[[str, int], "tuple[str, int] | None"]

_FENCED = re.compile(r"```(.+?)```", re.DOTALL)
_BRACKET = re.compile(r"<(?P<target>[^<>|\n]+)(?:\|(?P<label>[^<>\n]*))?>")
_EMOJI = re.compile(r":[\w+'-]+(?:::skin-tone-[2-6])?:")
_ENTITY = re.compile("&(?:amp|lt|gt);")  # all that Slack knows
_ADDRESS = re.compile(r"https?://[^\s<>|]+|\bwww\.\w[\w.-]*|[\w.+-]+@[\w-]+\.[a-z]{2,}")
_STYLES = (  # a sign formats where its outer side is at the end of a word
    ("code", re.compile(r"(?<!\w)[`\uff40](?!\s)([^\n]+?)(?<!\s)[`\uff40](?!\w)")),
    ("b", re.compile(r"(?<!\w)[*\uff0a](?!\s)([^\n]+?)(?<!\s)[*\uff0a](?!\w)")),
    ("i", re.compile(r"(?<!\w)[_\uff3f](?!\s)([^\n]+?)(?<!\s)[_\uff3f](?!\w)")),
    ("s", re.compile(r"(?<!\w)~(?!\s)([^\n]+?)(?<!\s)~(?!\w)")),
)
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
_BREAKS = re.compile(r"(\n+)")
_GAP = '<span class="gap"></span>'  # Slack's client shows empty lines as less than a line


def object_html(text: Json) -> str:
    """A text object, mrkdwn or plain."""
    if text["type"] == "mrkdwn":
        return to_html(text["text"], verbatim=text.get("verbatim", False))
    shown: str = text["text"]
    if text.get("emoji", True):
        shown = _EMOJI.sub(lambda found: f"\0{found[0]}\1", shown)
    marked = html.escape(shown).replace("\0", "<mark>").replace("\1", "</mark>")
    return marked.replace("\n", "<br>")


def to_html(mrkdwn: str, *, verbatim: bool = False) -> str:
    """The text as the client shows it."""
    texts = _FENCED.split(mrkdwn)
    return "".join(
        f"<pre>{_shown(text)}</pre>" if place % 2 else _lines(text, verbatim=verbatim)
        for place, text in enumerate(texts)
    )


def rich_html(block: Json) -> str:
    """A block of rich text."""
    return "".join(map(_part, block["elements"]))


def visible(markup: str) -> str:
    """The text of this HTML; blocks stand on lines of their own."""
    spaced = re.sub(r'</?(?:div|pre|blockquote)\b[^>]*>|<br>|<span class="gap">', "\n", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", spaced))


def _part(part: Json) -> str:
    inner = "".join(
        _element(element, is_first=not place) for place, element in enumerate(part["elements"])
    )
    if part["type"] == "rich_text_preformatted":
        return f"<pre>{''.join(html.escape(each['text']) for each in part['elements'])}</pre>"
    if part["type"] == "rich_text_section":
        return f"<div>{inner}</div>"
    raise ValueError(f"there is no look for {part['type']} yet")


def _element(element: Json, *, is_first: bool) -> str:
    if element["type"] not in {"text", "link"}:
        return f"<mark>{html.escape(str(element))}</mark>"
    shown = _broken(element["text"], is_first=is_first)
    for style in element.get("style", {}):
        shown = f"<{_TAGS[style]}>{shown}</{_TAGS[style]}>"
    return f'<a href="#">{shown}</a>' if element["type"] == "link" else shown


def _broken(text: str, *, is_first: bool) -> str:
    """Line breaks as Block Kit Builder shows them: one is one, more are a small gap, and so is one
    that a section begins with.
    """
    shown = ""
    for place, piece in enumerate(_BREAKS.split(text)):
        if not piece.startswith("\n"):
            shown += html.escape(piece)
        elif len(piece) > 1 or (is_first and place == 1 and not shown):
            shown += _GAP
        else:
            shown += "<br>"
    return shown


def _lines(mrkdwn: str, *, verbatim: bool) -> str:
    return "<br>".join(_line(line, verbatim=verbatim) for line in mrkdwn.split("\n"))


def _line(line: str, *, verbatim: bool) -> str:
    found = re.match(r"&gt;|>|\uff1e", line)
    inner = _inline(line[found.end() :] if found else line, verbatim=verbatim)
    return f"<blockquote>{inner}</blockquote>" if found else inner


def _inline(text: str, *, verbatim: bool) -> str:
    readers: tuple[Reader, ...] = (_bracket, _style, _emoji, *(() if verbatim else (_bare,)))
    shown, place = "", 0
    while place < len(text):
        read = next(filter(None, (reader(text, place) for reader in readers)), None)
        piece, place = read or _character(text, place)
        shown += piece
    return shown


def _character(text: str, place: int) -> tuple[str, int]:
    found = _ENTITY.match(text, place)
    end = found.end() if found else place + 1
    return _shown(text[place:end]), end


def _shown(text: str) -> str:
    """Text in which Slack's three escapes are undone, as HTML."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.escape(plain)


def _bracket(text: str, place: int) -> tuple[str, int] | None:
    found = _BRACKET.match(text, place)
    if not found:
        return None
    target, label = found["target"], found["label"]
    if target[0] in "@#!":
        return f"<mark>{_shown(label or target)}</mark>", found.end()
    return f'<a href="#">{_inline(label or target, verbatim=True)}</a>', found.end()


def _style(text: str, place: int) -> tuple[str, int] | None:
    for tag, pattern in _STYLES:
        if found := pattern.match(text, place):
            inner = found[1]
            shown = _shown(inner) if tag == "code" else _inline(inner, verbatim=True)
            return f"<{tag}>{shown}</{tag}>", found.end()
    return None


def _emoji(text: str, place: int) -> tuple[str, int] | None:
    found = _EMOJI.match(text, place)
    return (f"<mark>{html.escape(found[0])}</mark>", found.end()) if found else None


def _bare(text: str, place: int) -> tuple[str, int] | None:
    found = _ADDRESS.match(text, place)
    return (f'<a href="#">{_shown(found[0])}</a>', found.end()) if found else None
