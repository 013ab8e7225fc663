"""The part of the validator of Slack's limits that knows rich texts.

Sources: Slack's reference of the rich_text block and its elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from standins.slack_texts import sized, unknown, url

Json = dict[str, Any]
STYLES = {"bold", "italic", "strike", "code", "underline"}
MENTION_STYLES = STYLES | {"highlight", "client_highlight", "unlink"}
# The fields of each element beside its type. Nothing here calls a whole channel ("broadcast").
FIELDS: dict[str, set[str]] = {
    "text": {"text", "style"},
    "link": {"url", "text", "unsafe", "style"},
    "emoji": {"name", "unicode", "skin_tone", "style"},
    "user": {"user_id", "style"},
    "channel": {"channel_id", "style"},
    "date": {"timestamp", "format", "url", "fallback", "style"},
}
MENTIONS = {"user", "channel"}
PARTS: dict[str, set[str]] = {
    "rich_text_section": {"elements"},
    "rich_text_list": {"elements", "style", "indent", "offset", "border"},
    "rich_text_quote": {"elements", "border"},
    "rich_text_preformatted": {"elements", "border", "language"},
}


def rich_text(block: Json, where: str) -> Iterator[str]:
    """What is wrong with a rich_text block."""
    parts = block.get("elements", [])
    if not parts:
        yield f"{where}: 0 elements"
    for place, part in enumerate(parts):
        yield from _part(part, {*PARTS}, f"{where}/elements/{place}")


def _part(part: Json, allowed: set[str], where: str) -> Iterator[str]:
    kind = part.get("type")
    if kind not in allowed:
        yield f"{where}: a {kind} may not stand here"
        return
    where = f"{where}:{kind}"
    yield from unknown(part, PARTS[kind] | {"type"}, where)
    if kind == "rich_text_list":
        yield from _list(part, where)
        return
    may = {"text", "link"} if kind == "rich_text_preformatted" else {*FIELDS}
    for place, each in enumerate(part["elements"]):
        yield from _element(each, may, f"{where}/{place}")


def _list(part: Json, where: str) -> Iterator[str]:
    if part.get("style") not in ("bullet", "ordered"):
        yield f"{where}/style: {part.get('style')!r}"
    if not 0 <= part.get("indent", 0) <= 8:
        yield f"{where}/indent: {part['indent']}"
    if not part["elements"]:
        yield f"{where}: an empty list"
    for place, each in enumerate(part["elements"]):
        yield from _part(each, {"rich_text_section"}, f"{where}/{place}")


def _element(one: Json, may: set[str], where: str) -> Iterator[str]:
    kind = one.get("type")
    if kind not in may:
        yield f"{where}: a {kind} may not stand here"
        return
    where = f"{where}:{kind}"
    yield from unknown(one, FIELDS[kind] | {"type"}, where)
    if kind == "text" and not one["text"]:
        yield f"{where}: 0 characters"
    if kind == "link":
        yield from url(one["url"], 3000, f"{where}/url")
        if "text" in one:
            yield from sized(one["text"], 1, 3000, f"{where}/text")
    if kind in MENTIONS | {"emoji"}:
        name = "name" if kind == "emoji" else f"{kind}_id"
        yield from sized(one.get(name, ""), 1, 255, f"{where}/{name}")
    if kind == "date" and not (isinstance(one.get("timestamp"), int) and one.get("format")):
        yield f"{where}: neither timestamp nor format"
    yield from _style(one.get("style", {}), MENTION_STYLES if kind in MENTIONS else STYLES, where)


def _style(style: Json, known: set[str], where: str) -> Iterator[str]:
    yield from unknown(style, known, f"{where}/style")
    if any(not isinstance(value, bool) for value in style.values()):
        yield f"{where}/style: {style}"
