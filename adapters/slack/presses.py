"""Buttons and selects ↔ what Slack brings back when they are used (`block_actions`). Pure.

A button's `action_id` is `b1`, and its value its verb and arguments as JSON; where that is long,
`t1` and a token that stands for them. The select that opens papers is `o1`, its values are their
ids. So a press after a restart needs no memory. The figure is a version: what an older Paperboy
wrote is known as such. `#2` and so on make equal ids of one message different.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from adapters.slack.limits import OPTION_VALUE_CHARACTERS, PRESS_CHARACTERS
from bot.messages import Button
from bot.presses import TOKEN, Press, Token, storable, token_of

__all__ = [
    "ActionIds",
    "Press",
    "Token",
    "is_opening",
    "read_action",
]

_VERSION = "1"
_OURS = re.compile(r"(?P<kind>[bto])(?P<version>[0-9]{1,3})(?:#[0-9]{1,4})?", re.ASCII)
# Slack brings texts back with `& < >` escaped (bolt-python #513): in a value there are none.
_RESERVED = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}


class ActionIds:
    """The `action_id`s of one message or view: all different. `presses` holds what its tokens
    stand for.
    """

    def __init__(self) -> None:
        self.presses: dict[str, Press] = {}
        self._times: dict[str, int] = {}

    def of_button(self, button: Button) -> tuple[str, str]:
        """The id of a button, and its value."""
        press = storable(button.verb, button.args)
        value = _compact(press)
        if len(value) <= PRESS_CHARACTERS:
            return self._apart("b"), value
        token = token_of(press)
        self.presses[token] = press
        return self._apart("t"), token

    def of_opening(self) -> str:
        """The id of a select that opens papers."""
        return self._apart("o")

    def _apart(self, kind: str) -> str:
        times = self._times[kind] = self._times.get(kind, 0) + 1
        return f"{kind}{_VERSION}" if times == 1 else f"{kind}{_VERSION}#{times}"


def read_action(action: Mapping[str, Any]) -> Press | Token | None:
    """What a used button or select stands for; None where it is none of this version's."""
    kind = _kind(action.get("action_id"))
    if kind == "o":
        option = action.get("selected_option")
        paper_id = option.get("value") if isinstance(option, Mapping) else None
        is_id = isinstance(paper_id, str) and 0 < len(paper_id) <= OPTION_VALUE_CHARACTERS
        return Press("paper", {"id": paper_id}) if is_id and isinstance(paper_id, str) else None
    value = action.get("value")
    if not isinstance(value, str):
        return None
    if kind == "t":
        return Token(value) if TOKEN.fullmatch(value) else None
    return _press(value) if kind == "b" else None


def is_opening(action_id: str) -> bool:
    """Whether this is the id of a select that opens papers."""
    return _kind(action_id) == "o"


def _kind(action_id: object) -> str:
    found = _OURS.fullmatch(action_id) if isinstance(action_id, str) else None
    return found["kind"] if found and found["version"] == _VERSION else ""


def _compact(press: Press) -> str:
    written = json.dumps([press.verb, dict(press.args)], separators=(",", ":"))
    for sign, escaped in _RESERVED.items():
        written = written.replace(sign, escaped)
    return written


def _press(value: str) -> Press | None:
    try:
        verb, args = json.loads(value)
        press = storable(verb, args)
    except (AttributeError, RecursionError, TypeError, ValueError):
        return None
    # Only what was written here is read: anything else would come out differently.
    return press if press.verb and _compact(press) == value else None
