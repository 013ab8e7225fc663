"""Walking through trees of components, and what Discord adds to those it accepts."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import count
from typing import Any

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, CONTAINER, LABEL = 9, 10, 11, 12, 13, 17, 18
SELECTS = {3, 5, 6, 7, 8}
LINK_STYLE = 5

Json = dict[str, Any]


def walked(components: list[Json]) -> Iterator[Json]:
    """Every component, the nested ones too, in the order in which they are shown."""
    for each in components:
        yield each
        yield from walked(each.get("components", []))
        yield from walked([each[name] for name in ("accessory", "component") if each.get(name)])


def texts(components: list[Json]) -> list[str]:
    return [each.get("content", "") for each in walked(components) if each.get("type") == TEXT]


def settled(components: list[Json], uploads: dict[str, str]) -> list[Json]:
    """The components as Discord gives them back: numbered, and with what it knows of media.

    `uploads` are the addresses of the message's own files by their name.
    """
    components = copy.deepcopy(components)
    taken = {each["id"] for each in walked(components) if each.get("id")}
    free = (number for number in count(1) if number not in taken)
    for each in walked(components):
        each["id"] = each.get("id") or next(free)
        for item in [each, *each.get("items", [])]:
            for name in ("media", "file"):
                if isinstance(item.get(name), dict):
                    item[name] = _unfurled(item[name], uploads)
    return components


def _unfurled(media: Json, uploads: dict[str, str]) -> Json:
    url = str(media.get("url", ""))
    known = uploads.get(url.removeprefix("attachment://"), url)
    return {
        "url": known,
        "proxy_url": known,
        "width": 1200,
        "height": 630,
        "content_type": "image/png",
        "loading_state": 2,
        "flags": 0,
    }


def control(components: list[Json], wanted: str, kinds: set[int]) -> Json:
    """The button or select of this custom id, else of this label or placeholder.

    Raises AssertionError where there is none, or it is disabled, or it only opens an address.
    """
    found = [each for each in walked(components) if each.get("type") in kinds]
    names = [
        (each.get("custom_id"), each.get("label") or each.get("placeholder")) for each in found
    ]
    for place in (0, 1):
        for each, name in zip(found, names, strict=True):
            if name[place] == wanted:
                assert not each.get("disabled"), f"{wanted!r} is disabled"
                assert each.get("custom_id"), f"{wanted!r} opens an address: {each.get('url')}"
                return each
    raise AssertionError(f"there is no {wanted!r}, only {names}")
