"""Blocks as Slack keeps them, and the elements that a person finds in them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from standins.slack.world import Json

# What holds the state of an element, by its type; what is not named has none.
STATES = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "checkboxes": "selected_options",
    "radio_buttons": "selected_option",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
LISTS = {"selected_options", "selected_users", "selected_conversations", "selected_channels"}


@dataclass(frozen=True)
class Found:
    """An element and the block that it stands in."""

    element: Json
    block: Json

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]

    @property
    def type(self) -> str:
        return self.element["type"]

    @property
    def in_input(self) -> bool:
        return self.block["type"] == "input"

    @property
    def names(self) -> list[str]:
        """What a person may call it: its ids, its label, placeholder or text."""
        texts = (self.element.get("text"), self.element.get("placeholder"), self.block.get("label"))
        shown = [each["text"] for each in texts if isinstance(each, dict)]
        return [self.element["action_id"], self.block["block_id"], *shown]


def elements(blocks: list[Json]) -> Iterator[Found]:
    """All interactive elements, in the order in which they are seen."""
    for block in blocks:
        inner = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
        for each in inner:
            if each and "action_id" in each:
                yield Found(each, block)


def find(blocks: list[Json], name: str, kinds: set[str] | None = None) -> Found:
    """The element of this name; AssertionError where there is none, or more than one."""
    there = [each for each in elements(blocks) if kinds is None or each.type in kinds]
    for rank in range(4):  # ids first: a label may be the same word
        found = [each for each in there if each.names[rank : rank + 1] == [name]]
        if not found and rank == 2:
            found = [each for each in there if name in each.names[2:]]
        if found:
            assert len(found) == 1, f"{len(found)} elements are called {name!r}"
            return found[0]
    raise AssertionError(f"there is no {name!r} among {[each.names for each in there]}")


def settled(blocks: list[Json]) -> list[Json]:
    """Copies of the blocks as Slack keeps them: with all ids and with the defaults of texts."""
    kept: list[Json] = json.loads(json.dumps(blocks))  # quicker than copying them
    for block in kept:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        inner = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
        for each in inner:
            if each and each.get("type") in (*STATES, "button", "overflow"):
                each.setdefault("action_id", secrets.token_urlsafe(4))
        _default(block)
    return kept


def _default(value: object) -> None:
    if isinstance(value, list):
        for each in value:
            _default(each)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for each in value.values():
            _default(each)


def initial_states(blocks: list[Json]) -> dict[tuple[str, str], Json]:
    """The state of every element that has one, before anybody touched it."""
    return {each.key: _initial(each.element) for each in elements(blocks) if each.type in STATES}


def _initial(element: Json) -> Json:
    name = STATES[element["type"]]
    given = element.get("initial_" + name.removeprefix("selected_"))
    if given is None and name in LISTS:
        given = []
    return {"type": element["type"], name: given}


def options_of(element: Json) -> list[Json]:
    """Those of a select, in groups or not."""
    groups = element.get("option_groups") or []
    return [*element.get("options", ()), *(each for group in groups for each in group["options"])]
