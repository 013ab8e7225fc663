"""The part of the validator of Slack's limits that knows elements: buttons, selects, inputs.

Sources: PLATFORMS.md and Slack's reference of Block Kit's elements and composition objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from standins.slack_texts import plain, sized, text, unknown, url

Json = dict[str, Any]
COMMON = {"type", "action_id", "confirm"}
PICKED = COMMON | {"placeholder", "focus_on_load"}
TYPED = {"type", "action_id", "placeholder", "focus_on_load", "dispatch_action_config"}
CONVERSATION = {"default_to_current_conversation", "filter"}
FIELDS: dict[str, set[str]] = {
    "button": COMMON | {"text", "url", "value", "style", "accessibility_label"},
    "image": {"type", "image_url", "slack_file", "alt_text"},
    "overflow": COMMON | {"options"},
    "checkboxes": COMMON | {"options", "initial_options", "focus_on_load"},
    "radio_buttons": COMMON | {"options", "initial_option", "focus_on_load"},
    "datepicker": PICKED | {"initial_date"},
    "timepicker": PICKED | {"initial_time", "timezone"},
    "datetimepicker": COMMON | {"initial_date_time", "focus_on_load"},
    "static_select": PICKED | {"options", "option_groups", "initial_option"},
    "external_select": PICKED | {"initial_option", "min_query_length"},
    "users_select": PICKED | {"initial_user"},
    "channels_select": PICKED | {"initial_channel", "response_url_enabled"},
    "conversations_select": PICKED
    | CONVERSATION
    | {"initial_conversation", "response_url_enabled"},
    "multi_static_select": PICKED
    | {"options", "option_groups", "initial_options", "max_selected_items"},
    "multi_external_select": PICKED | {"initial_options", "min_query_length", "max_selected_items"},
    "multi_users_select": PICKED | {"initial_users", "max_selected_items"},
    "multi_channels_select": PICKED | {"initial_channels", "max_selected_items"},
    "multi_conversations_select": PICKED
    | CONVERSATION
    | {"initial_conversations", "max_selected_items"},
    "plain_text_input": TYPED | {"initial_value", "multiline", "min_length", "max_length"},
    "number_input": TYPED | {"initial_value", "is_decimal_allowed", "min_value", "max_value"},
    "email_text_input": TYPED | {"initial_value"},
    "url_text_input": TYPED | {"initial_value"},
}
SELECTS = {name for name in FIELDS if name.endswith("_select")}
ONE_CHOICE = {name for name in SELECTS if not name.startswith("multi_")}
INPUTS = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
PICKERS = {"datepicker", "timepicker", "checkboxes", "radio_buttons"}
# Where what may stand.
IN_ACTIONS = {"button", "overflow", "datetimepicker"} | PICKERS | ONE_CHOICE
IN_SECTION = {"button", "overflow", "image"} | PICKERS | SELECTS
IN_INPUT = {"datetimepicker"} | PICKERS | SELECTS | INPUTS
MOST_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
FORMATS = {
    "initial_date": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
    "initial_time": r"([01]\d|2[0-3]):[0-5]\d",
}


def element(one: Json, allowed: set[str], where: str) -> Iterator[str]:
    """What is wrong with an element that stands where only the `allowed` types may."""
    kind = one.get("type")
    if kind not in allowed or kind not in FIELDS:
        yield f"{where}: a {kind} may not stand here"
        return
    where = f"{where}:{kind}"
    yield from unknown(one, FIELDS[kind], where)
    if "action_id" in one:
        yield from sized(one["action_id"], 1, 255, f"{where}/action_id")
    if "placeholder" in one:
        yield from plain(one["placeholder"], 150, f"{where}/placeholder")
    if "confirm" in one:
        yield from _confirm(one["confirm"], f"{where}/confirm")
    if kind == "button":
        yield from _button(one, where)
    elif kind == "image":
        yield from image(one, where)
    elif kind in INPUTS:
        yield from _input(one, where)
    yield from _choices(one, where)
    for name, pattern in FORMATS.items():
        if name in one and not re.fullmatch(pattern, str(one[name])):
            yield f"{where}/{name}: {one[name]!r}"


def image(one: Json, where: str) -> Iterator[str]:
    """An image element, or what an image block has of one."""
    if ("image_url" in one) == ("slack_file" in one):
        yield f"{where}: an image has an image_url or a slack_file"
    if "image_url" in one:
        yield from url(one["image_url"], 3000, f"{where}/image_url", only="https")
    yield from sized(one.get("alt_text", ""), 1, 2000, f"{where}/alt_text")


def _button(one: Json, where: str) -> Iterator[str]:
    yield from plain(one.get("text"), 75, f"{where}/text")
    if "value" in one:
        yield from sized(one["value"], 1, 2000, f"{where}/value")
    if "url" in one:
        yield from url(one["url"], 3000, f"{where}/url")
    if one.get("style", "primary") not in ("primary", "danger"):
        yield f"{where}/style: {one['style']!r}"
    if "accessibility_label" in one:
        yield from sized(one["accessibility_label"], 1, 75, f"{where}/accessibility_label")


def _confirm(one: Json, where: str) -> Iterator[str]:
    yield from unknown(one, {"title", "text", "confirm", "deny", "style"}, where)
    for name, most in {"title": 100, "confirm": 30, "deny": 30}.items():
        yield from plain(one.get(name), most, f"{where}/{name}")
    yield from text(one.get("text"), 300, f"{where}/text")
    if one.get("style", "primary") not in ("primary", "danger"):
        yield f"{where}/style: {one['style']!r}"


def _input(one: Json, where: str) -> Iterator[str]:
    least, most = one.get("min_length", 0), one.get("max_length", 3000)
    if not 0 <= least <= 3000 or not 1 <= most <= 3000 or least > most:
        yield f"{where}: min_length {least}, max_length {most}"
    initial = one.get("initial_value")
    if initial is not None and (not isinstance(initial, str) or not initial):
        yield f"{where}/initial_value: {initial!r}"
    elif initial is not None and one["type"] == "plain_text_input" and len(initial) > most:
        yield f"{where}/initial_value: {len(initial)} characters"
    if one["type"] == "number_input":
        yield from _number(one, where)
    told = one.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"])
    if not told or {*told} - {"on_enter_pressed", "on_character_entered"}:
        yield f"{where}/dispatch_action_config: {told}"


def _number(one: Json, where: str) -> Iterator[str]:
    if not isinstance(one.get("is_decimal_allowed"), bool):
        yield f"{where}/is_decimal_allowed is missing"
    for name in ("initial_value", "min_value", "max_value"):
        if name in one and not re.fullmatch(r"-?\d+(\.\d+)?", str(one[name])):
            yield f"{where}/{name}: {one[name]!r}"


# --- what can be chosen


def _choices(one: Json, where: str) -> Iterator[str]:
    kind = one["type"]
    given = [name for name in ("options", "option_groups") if name in one]
    if "options" in FIELDS[kind]:
        if len(given) != 1:
            yield f"{where}: either options or option_groups"
            return
        yield from _offered(one, where)
    most = one.get("max_selected_items", 1)
    if not isinstance(most, int) or most < 1:
        yield f"{where}/max_selected_items: {most!r}"
    initial = one.get("initial_options", [])
    if "initial_options" in one and (not initial or len(initial) > max(most, 1) > 1):
        yield f"{where}/initial_options: {len(initial)}"
    initial = [*initial, *([one["initial_option"]] if "initial_option" in one else [])]
    if "options" in FIELDS[kind]:
        there = _all(one)
        yield from (
            f"{where}: {each} is chosen but not offered" for each in initial if each not in there
        )


def _all(one: Json) -> list[Json]:
    groups = one.get("option_groups") or []
    return [*one.get("options", ()), *(each for group in groups for each in group["options"])]


def _offered(one: Json, where: str) -> Iterator[str]:
    kind = one["type"]
    if "option_groups" in one:
        groups = one["option_groups"]
        if not 1 <= len(groups) <= 100:
            yield f"{where}: {len(groups)} groups"
        for place, group in enumerate(groups):
            here = f"{where}/option_groups/{place}"
            yield from unknown(group, {"label", "options"}, here)
            yield from plain(group.get("label"), 75, f"{here}/label")
            yield from options(group.get("options", []), kind, here)
    else:
        yield from options(one["options"], kind, where)
    values = [each.get("value") for each in _all(one)]
    if len({*values}) < len(values):
        yield f"{where}: a value is offered twice"


def options(offered: list[Json], kind: str, where: str) -> Iterator[str]:
    """What is wrong with the options of an element of this type."""
    most = MOST_OPTIONS.get(kind, 100)
    if not 1 <= len(offered) <= most:
        yield f"{where}: {len(offered)} options"
    formatted = kind in ("checkboxes", "radio_buttons")
    for place, each in enumerate(offered):
        here = f"{where}/options/{place}"
        known = {"text", "value", "description"} | ({"url"} if kind == "overflow" else set())
        yield from unknown(each, known, here)
        yield from (text if formatted else plain)(each.get("text"), 75, f"{here}/text")
        yield from sized(each.get("value", ""), 1, 150, f"{here}/value")
        if "description" in each:
            shape = text if formatted else plain
            yield from shape(each["description"], 75, f"{here}/description")
        if "url" in each:
            yield from url(each["url"], 3000, f"{here}/url")
