"""What a person puts into the elements of a form, as the client checks it and sends it."""

from __future__ import annotations

import re
from typing import Any

from standins.slack.elements import LISTS, STATES, Found, elements, find, options_of
from standins.slack.world import Channel, Json, User, View

TEXTS = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
PATTERNS = {
    "number_input": r"-?\d+(\.\d+)?",
    "email_text_input": r"\S+@\S+",
    "url_text_input": r"https?://\S+",
    "datepicker": r"\d{4}-\d\d-\d\d",
    "timepicker": r"([01]\d|2[0-3]):[0-5]\d",
}


def put(found: Found, value: Any) -> Json:
    """The state of an element into which `value` was put; AssertionError where it can't be.

    A text, a label or value of an option, a list of those, a person, a channel, an option
    itself, a date or time as text; None for nothing.
    """
    element, kind = found.element, found.type
    name = STATES[kind]
    if name in LISTS:
        given = value if isinstance(value, list) else [] if value is None else [value]
        most = element.get("max_selected_items") or len(given)
        assert len(given) <= most, f"{found.names[0]!r} takes {most} at most"
        return {"type": kind, name: [_one(found, each) for each in given]}
    return {"type": kind, name: None if value in (None, "") else _one(found, value)}


def _one(found: Found, value: Any) -> Any:
    if isinstance(value, User | Channel):
        return value.id
    if "option" in STATES[found.type]:
        return option(found, value)
    if found.type in TEXTS:
        return _text(found, str(value))
    if found.type == "datetimepicker":
        return int(value)
    pattern = PATTERNS.get(found.type)
    assert not pattern or re.fullmatch(pattern, value), f"{value!r} is none of {found.type}"
    return value


def _text(found: Found, value: str) -> str:
    element, name = found.element, found.names[0]
    pattern = PATTERNS.get(found.type)
    assert not pattern or re.fullmatch(pattern, value), f"{value!r} is none of {found.type}"
    least, most = element.get("min_length") or 0, element.get("max_length") or 3000
    assert len(value) >= least, f"{name!r}: {value!r} is too short"
    assert len(value) <= most, f"{name!r}: {value!r} is too long"
    return value


def option(found: Found, value: Any) -> Json:
    """The option of this label or value; one of an external select is given whole."""
    if isinstance(value, dict):
        return value
    there = options_of(found.element)
    labels = [each["text"]["text"] for each in there]
    chosen = [each for each in there if value in (each["value"], each["text"]["text"])]
    assert chosen, f"{found.names[0]!r} has no option {value!r} among {labels}"
    return chosen[0]


def fill(view: View, values: dict[str, Any]) -> None:
    """Put these into the inputs of these ids or labels; what is not named stays as it is."""
    kinds = set(STATES)
    for name, value in values.items():
        found = find(view.blocks, name, kinds)
        view.filled[found.key] = put(found, value)


def assert_complete(view: View) -> None:
    """That the client would send it: nothing that must be filled is empty."""
    for found in elements(view.blocks):
        if not found.in_input or found.block.get("optional"):
            continue
        state = view.filled[found.key]
        value = state.get(STATES[found.type])
        assert value not in (None, "", []), f"{found.names[-1]!r} must be filled in"


def input_ids(view: View) -> set[str]:
    """The blocks that an error may name."""
    return {block["block_id"] for block in view.blocks if block["type"] == "input"}
