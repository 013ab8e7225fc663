"""A validator of Discord's limits, written from the documents and not from the adapter.

Sources: PLATFORMS.md, and Discord's "Component Reference" and "Create Message".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

V2 = 1 << 15
FLAGS = {1 << 2, 1 << 6, 1 << 12, V2}  # suppress embeds, ephemeral, suppress notifications
FORBIDDEN_BESIDE_V2 = ("content", "embeds", "poll", "stickers", "sticker_ids")
AT_THE_TOP = {1, 9, 10, 12, 13, 14, 17}
IN_A_CONTAINER = {1, 9, 10, 12, 13, 14}
SELECTS = {3, 5, 6, 7, 8}
FIELDS = {
    1: {"type", "id", "components"},
    2: {"type", "id", "style", "label", "emoji", "custom_id", "url", "disabled", "sku_id"},
    3: {
        "type",
        "id",
        "custom_id",
        "options",
        "placeholder",
        "min_values",
        "max_values",
        "disabled",
    },
    9: {"type", "id", "components", "accessory"},
    10: {"type", "id", "content"},
    11: {"type", "id", "media", "description", "spoiler"},
    13: {"type", "id", "file", "spoiler"},
    14: {"type", "id", "divider", "spacing"},
    17: {"type", "id", "components", "accent_color", "spoiler"},
}
WEB = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")


def length(text: str) -> int:
    """Characters as the strictest count has them: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def problems(payload: dict[str, Any]) -> list[str]:
    """What Discord would refuse in the body of a message, or of an answer to an interaction."""
    data = payload.get("data", payload)
    found = list(_unencodable(data, "body"))
    if not data.get("flags", 0) & V2:
        return [*found, *_plain(data)]
    found += [f"{name} beside components" for name in FORBIDDEN_BESIDE_V2 if data.get(name)]
    if data["flags"] & ~sum(FLAGS):
        found.append("a flag that can't be sent")
    components = data.get("components", [])
    if not components:
        found.append("an empty message")
    for place, component in enumerate(components):
        found += _component(component, AT_THE_TOP, f"[{place}]")
    return [*found, *_whole(components), *_files(components, data.get("attachments", []))]


def _plain(data: dict[str, Any]) -> Iterator[str]:
    content = data.get("content", "")
    if not content.strip() and not data.get("embeds"):
        yield "an empty message"
    if length(content) > 2000:
        yield f"content of {length(content)} characters"


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component with those nested in it, in the order in which they are seen."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if "accessory" in component:
            yield from walk([component["accessory"]])


def _whole(components: list[dict[str, Any]]) -> Iterator[str]:
    every = list(walk(components))
    texts = [each["content"] for each in every if each["type"] == 10]
    if len(every) > 40:
        yield f"{len(every)} components"
    if sum(map(length, texts)) > 4000:
        yield f"{sum(map(length, texts))} shown characters"
    hidden = sum(len(text.encode("utf-8", "replace")) for text in texts) + 12 * len(every)
    if hidden > 10_170:
        yield f"{hidden} hidden bytes"
    ids = [each["custom_id"] for each in every if "custom_id" in each]
    if len(set(ids)) < len(ids):
        yield f"a custom_id twice: {sorted(ids)}"


def _files(components: list[dict[str, Any]], attachments: list[dict[str, Any]]) -> Iterator[str]:
    named = {each["filename"] for each in attachments}
    shown = {each["file"]["url"] for each in walk(components) if each["type"] == 13}
    for name in named:
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", name):
            yield f"a file's name that Discord would change: {name!r}"
    if shown != {f"attachment://{name}" for name in named}:
        yield f"files {named} but shown are {shown}"


def _component(component: dict[str, Any], allowed: set[int], where: str) -> Iterator[str]:
    kind = component.get("type")
    where = f"{where}:{kind}"
    if kind not in allowed:
        yield f"{where} may not stand here"
    if kind not in FIELDS:
        yield f"{where} is unknown"
        return
    if set(component) - FIELDS[kind]:
        yield f"{where} has {set(component) - FIELDS[kind]}"
    checks = {
        1: _row,
        2: _button,
        3: _select,
        9: _section,
        10: _text,
        11: _thumbnail,
        13: _file,
        14: _separator,
        17: _container,
    }
    yield from checks[kind](component, where)


def _row(row: dict[str, Any], where: str) -> Iterator[str]:
    children = row.get("components", [])
    kinds = [child.get("type") for child in children]
    is_select = len(kinds) == 1 and kinds[0] in SELECTS
    if not is_select and not (1 <= len(kinds) <= 5 and set(kinds) == {2}):
        yield f"{where} holds {kinds}"
    for place, child in enumerate(children):
        yield from _component(child, {2, *SELECTS}, f"{where}[{place}]")


def _button(button: dict[str, Any], where: str) -> Iterator[str]:
    style = button.get("style")
    if style not in {1, 2, 3, 4, 5}:
        yield f"{where} has style {style}"
    if (style == 5) == ("custom_id" in button) or (style == 5) != ("url" in button):
        yield f"{where}: a link has a url, any other a custom_id"
    if "url" in button:
        yield from _url(button["url"], 512, where)
    if "custom_id" in button:
        yield from _sized(button["custom_id"], 1, 100, f"{where} custom_id")
    yield from _sized(button.get("label", ""), 1, 80, f"{where} label")


def _select(select: dict[str, Any], where: str) -> Iterator[str]:
    options = select.get("options", [])
    if not 1 <= len(options) <= 25:
        yield f"{where} has {len(options)} options"
    if len({option["value"] for option in options}) < len(options):
        yield f"{where} has a value twice"
    yield from _sized(select.get("custom_id", ""), 1, 100, f"{where} custom_id")
    yield from _sized(select.get("placeholder", "?"), 1, 150, f"{where} placeholder")
    for option in options:
        if set(option) - {"label", "value", "description", "emoji", "default"}:
            yield f"{where} option has {set(option)}"
        for name in ("label", "value"):
            yield from _sized(option.get(name, ""), 1, 100, f"{where} option {name}")
        if option["value"] != option["value"].strip():
            yield f"{where} option value comes back changed"
        yield from _sized(option.get("description", "?"), 1, 100, f"{where} option description")


def _section(section: dict[str, Any], where: str) -> Iterator[str]:
    texts = section.get("components", [])
    if not 1 <= len(texts) <= 3:
        yield f"{where} has {len(texts)} texts"
    for place, child in enumerate(texts):
        yield from _component(child, {10}, f"{where}[{place}]")
    if "accessory" not in section:
        yield f"{where} has no accessory"
    else:
        yield from _component(section["accessory"], {2, 11}, f"{where} accessory")


def _text(text: dict[str, Any], where: str) -> Iterator[str]:
    yield from _sized(text.get("content", ""), 1, 4000, where)


def _thumbnail(picture: dict[str, Any], where: str) -> Iterator[str]:
    yield from _url(picture.get("media", {}).get("url", ""), 2048, where)
    yield from _sized(picture.get("description", "?"), 1, 1024, f"{where} description")


def _file(file: dict[str, Any], where: str) -> Iterator[str]:
    if not file.get("file", {}).get("url", "").startswith("attachment://"):
        yield f"{where} shows no attachment"


def _separator(separator: dict[str, Any], where: str) -> Iterator[str]:
    if separator.get("spacing", 1) not in {1, 2} or separator.get("divider", True) not in {
        True,
        False,
    }:
        yield f"{where} is no separator"


def _container(container: dict[str, Any], where: str) -> Iterator[str]:
    if not container.get("components"):
        yield f"{where} is empty"
    if not 0 <= container.get("accent_color", 0) <= 0xFFFFFF:
        yield f"{where} has no colour"
    for place, child in enumerate(container.get("components", [])):
        yield from _component(child, IN_A_CONTAINER, f"{where}[{place}]")


def _url(url: str, limit: int, where: str) -> Iterator[str]:
    if not WEB.fullmatch(url) or length(url) > limit:
        yield f"{where}: no address: {url!r}"


def _sized(text: str, least: int, most: int, where: str) -> Iterator[str]:
    if not least <= length(text) <= most:
        yield f"{where}: {length(text)} characters"
    if not text.strip("\u200b\u200c\u200d \n"):
        yield f"{where}: blank"


def _unencodable(value: object, where: str) -> Iterator[str]:
    if isinstance(value, str):
        if re.search("[\ud800-\udfff\x00]", value):
            yield f"{where}: can't be encoded: {value!r}"
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _unencodable(part, f"{where}.{name}")
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _unencodable(part, where)
