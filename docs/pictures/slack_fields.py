"""Slack's buttons, selects and inputs → HTML. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable

from docs.pictures.slack_text import Json, object_html

SELECTS = {"static_select", "external_select", "conversations_select", "timepicker"}
ANYTHING = {  # what a select shows where neither a choice nor a placeholder is
    "conversations_select": "Select a conversation",
    "timepicker": "Select a time",
}


def sign(name: str) -> str:
    """A sign of signs.svg."""
    return f'<svg class="sign"><use href="#{name}"/></svg>'


def controls(elements: Iterable[Json]) -> str:
    """Buttons and selects in a row."""
    return "".join(map(_control, elements))


def field_html(block: Json, error: str = "") -> str:
    """An input with its label, its hint, and what is wrong with what was put in."""
    optional = "<i>(optional)</i>" if block.get("optional") else ""
    hint = f'<div class="hint">{object_html(block["hint"])}</div>' if "hint" in block else ""
    wrong = f'<div class="wrong">{html.escape(error)}</div>' if error else ""
    return (
        f'<div class="field {"refused" if error else ""}">'
        f'<div class="label">{object_html(block["label"])} {optional}</div>'
        f"{_input(block['element'])}{wrong}{hint}</div>"
    )


def _control(element: Json) -> str:
    if element["type"] == "button":
        style = element.get("style", "")
        return f'<span class="button {style}">{object_html(element["text"])}</span>'
    return _input(element)


def _input(element: Json) -> str:
    kind = element["type"]
    if kind in SELECTS:
        return _select(element)
    if kind == "checkboxes":
        chosen = [option["value"] for option in element.get("initial_options", ())]
        rows = (
            f'<div class="box {"chosen" if each["value"] in chosen else ""}">'
            f"<i></i>{object_html(each['text'])}</div>"
            for each in element["options"]
        )
        return f'<div class="boxes">{"".join(rows)}</div>'
    if kind in {"plain_text_input", "number_input"}:
        value = element.get("initial_value", "")
        open_text = element.get("placeholder", {}).get("text", "")
        size = "long" if element.get("multiline") else ""
        state = "" if value else "open"
        return f'<div class="input {size} {state}">{html.escape(value or open_text)}</div>'
    raise ValueError(f"there is no look for {kind} yet")


def _select(element: Json) -> str:
    kind = element["type"]
    option = element.get("initial_option")
    value = option["text"]["text"] if option else element.get("initial_time", "")
    open_text = element.get("placeholder", {}).get("text") or ANYTHING.get(kind, "Select an option")
    before = sign("clock") if kind == "timepicker" else ""
    return (
        f'<div class="select {"" if value else "open"}">{before}'
        f"<span>{html.escape(value or open_text)}</span>{sign('opens')}</div>"
    )
