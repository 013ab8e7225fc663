"""The validator of Slack's limits, tried on what Slack takes and on what it does not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.slack_limits import message_problems, option_problems, view_problems

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def options(count: int, **more: Any) -> list[Json]:
    return [{"text": plain(f"option {n}"), "value": f"{n}"} | more for n in range(count)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Save"), "action_id": "b1", "value": "x"} | more


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text)} | more


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements)} | more


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": "hour", "label": plain("Hour"), "element": element} | more


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "o1", "options": options(2)} | more


def message(*blocks: Json, **more: Any) -> Json:
    return {"text": "2 new papers", "blocks": list(blocks)} | more


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("Subscribe"),
        "submit": plain("Save"),
        "blocks": list(blocks),
    } | more


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    part = {"type": kind, "elements": list(elements)} | more
    return {"type": "rich_text", "elements": [part]}


IMAGE = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "First page"}
TEXT = {"type": "plain_text_input", "action_id": "value"}
MESSAGE = message(
    {"type": "header", "text": plain("Today")},
    section("*<https://arxiv.org/abs/1|A &amp; B>* &lt;3", accessory=IMAGE),
    {"type": "context", "elements": [IMAGE, mrkdwn("by <@U012AB3CD>")]},
    {"type": "divider"},
    actions(
        button(style="primary", accessibility_label="Save A"),
        button(action_id="l1", url="https://arxiv.org/abs/1"),
        select(placeholder=plain("Open a paper …"), initial_option=options(2)[1]),
        {"type": "overflow", "action_id": "more", "options": options(5)},
        block_id="row",
    ),
    {"type": "section", "fields": [mrkdwn("a"), plain("b")]},
    rich(
        {
            "type": "link",
            "url": "https://arxiv.org/abs/1",
            "text": "A & B",
            "style": {"bold": True},
        },
        {"type": "text", "text": "\n", "style": {"italic": True}},
        {"type": "user", "user_id": "U1"},
        {"type": "date", "timestamp": 1_700_000_000, "format": "{time}", "fallback": "9:00"},
    ),
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
                ],
            }
        ],
    },
    {"type": "markdown", "text": "# Title & more < all of it"},
    IMAGE | {"title": plain("Figure 1")},
)
FORM = modal(
    field(TEXT | {"initial_value": "09:00", "min_length": 4, "max_length": 5}, hint=plain("HH:MM")),
    field(
        {
            "type": "checkboxes",
            "action_id": "value",
            "options": options(7),
            "initial_options": options(3),
        },
        block_id="days",
        optional=True,
    ),
    field({"type": "timepicker", "action_id": "value", "initial_time": "09:00"}, block_id="time"),
    field(
        {"type": "channels_select", "action_id": "value", "initial_channel": "C1"},
        block_id="where",
    ),
    section(),
    private_metadata="x" * 3000,
    callback_id="subscribe",
    notify_on_close=True,
)


def test_what_slack_takes_has_no_problems() -> None:
    assert message_problems(MESSAGE) == []
    assert view_problems(FORM) == []
    assert view_problems({"type": "home", "blocks": [section(), actions(button())]}) == []
    assert message_problems({"text": "only text, as plain as it gets"}) == []
    assert option_problems(options(100)) == []


MESSAGES = {
    "51 blocks": message(*[section()] * 51),
    "msg_blocks_too_long": message(*[section("x" * 2700)] * 5),
    "no_text": message(section(), text=" "),
    "msg_too_long": message(text="x" * 40_001),
    "text: unescaped '<!channel>": message(text="hello <!channel>"),
    "has ['colour']": message(section(colour="red")),
    "the message has ['blocs']": message(blocs=[]),
    "may not stand here": message({"type": "call", "call_id": "1"}),
    "3001 characters": message(section("x" * 3001)),
    "neither text nor fields": message({"type": "section"}),
    "0 characters": message(section("")),
    "blank": message(section(" \n")),
    "unescaped '<!here>": message(section("<!here>")),
    "unescaped '& b'": message(section("a & b")),
    "unescaped '>": message(section("a > b")),
    "unescaped '<@everyone>": message(section("<@everyone>")),
    "is no text object": message({"type": "section", "text": "x"}),
    "11 fields": message({"type": "section", "fields": [plain("x")] * 11}),
    "2001 characters, at most 2000": message({"type": "section", "fields": [plain("x" * 2001)]}),
    "151 characters": message({"type": "header", "text": plain("x" * 151)}),
    "mrkdwn where only plain_text": message({"type": "header", "text": mrkdwn("x")}),
    "12001 characters": message({"type": "markdown", "text": "x" * 12_001}),
    "11 elements": message({"type": "context", "elements": [plain("x")] * 11}),
    "26 elements": message(actions(*[button(action_id=f"b{n}") for n in range(26)])),
    "0 elements": message(actions()),
    "76 characters": message(actions(button(text=plain("x" * 76)))),
    "button/text: mrkdwn": message(actions(button(text=mrkdwn("x")))),
    "2001 characters": message(actions(button(value="x" * 2001))),
    "button/value: 0": message(actions(button(value=""))),
    "no address": message(actions(button(url="https://example.org/" + "x" * 3000))),
    "no address: 'javascript": message(actions(button(url="javascript:alert(1)"))),
    "256 characters": message(actions(button(action_id="x" * 256))),
    "block_id: 256": message(section(block_id="x" * 256)),
    "action_id 'b1' is there 2 times": message(actions(button(), button())),
    "action_id 'b1' is there 2": message(actions(button()), actions(button())),
    "block_id 'a' is there 2": message(section(block_id="a"), section(block_id="a")),
    "style: 'link'": message(actions(button(style="link"))),
    "a plain_text_input may not": message(actions(TEXT)),
    "a image may not": message(actions(IMAGE)),
    "101 options": message(actions(select(options=options(101)))),
    "0 options": message(actions(select(options=[]))),
    "options/0/text: 76": message(actions(select(options=options(1, text=plain("x" * 76))))),
    "options/0/value: 151": message(actions(select(options=options(1, value="x" * 151)))),
    "options/0/description: 76": message(
        actions(select(options=options(1, description=plain("x" * 76))))
    ),
    "offered twice": message(actions(select(options=options(2, value="same")))),
    "6 options": message(actions({"type": "overflow", "options": options(6)})),
    "placeholder: 151": message(actions(select(placeholder=plain("x" * 151)))),
    "chosen but not offered": message(actions(select(initial_option=options(3)[2]))),
    "either options or option_groups": message(actions({"type": "static_select"})),
    "not https": message(section(accessory=IMAGE | {"image_url": "http://example.org/a.png"})),
    "an image_url or a slack_file": message({"type": "image", "alt_text": "x"}),
    "alt_text: 0": message(section(accessory=IMAGE | {"alt_text": ""})),
    "alt_text: 2001": message(IMAGE | {"alt_text": "x" * 2001}),
    "has null in ['accessory']": message(section(accessory=None)),
    "can't be encoded": message(section("\ud800")),
    "confirm/title: 101": message(
        actions(
            button(
                confirm={
                    "title": plain("x" * 101),
                    "text": plain("x"),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                }
            )
        )
    ),
    "not shaped like one": message({"type": "context", "elements": [None]}),
    "rich_text: 0 elements": message({"type": "rich_text", "elements": []}),
    "text: 0 characters": message(rich({"type": "text", "text": ""})),
    "link/url: no address": message(rich({"type": "link", "url": "arxiv.org"})),
    "a broadcast may not": message(rich({"type": "broadcast", "range": "channel"})),
    "style has ['big']": message(rich({"type": "text", "text": "x", "style": {"big": True}})),
    "style: {'bold': 1}": message(rich({"type": "text", "text": "x", "style": {"bold": 1}})),
    "a rich_text_table may not": message(rich(kind="rich_text_table")),
    "list/style: 'dots'": message(rich(kind="rich_text_list", style="dots")),
    "an empty list": message(rich(kind="rich_text_list", style="bullet")),
    "a user may not": message(
        rich({"type": "user", "user_id": "U"}, kind="rich_text_preformatted")
    ),
    "msg_blocks_too_long: 13201": message(rich({"type": "text", "text": "x" * 13_201})),
    "slack_sdk says": message({"type": "header", "text": plain("x" * 151)}),
}


@pytest.mark.parametrize("problem", MESSAGES)
def test_a_message_that_slack_refuses_is_found(problem: str) -> None:
    found = message_problems(MESSAGES[problem])
    assert any(problem in each for each in found), found


VIEWS = {
    "101 blocks": modal(*[section()] * 101),
    "0 blocks": modal(),
    "view_too_large": modal(*[section("ü" * 2900)] * 45),
    "title: 25": modal(section(), title=plain("x" * 25)),
    "title: None is no text object": {"type": "modal", "blocks": [section()]},
    "submit: 25": modal(section(), submit=plain("x" * 25)),
    "close: 25": modal(section(), close=plain("x" * 25)),
    "private_metadata: 3001": modal(section(), private_metadata="x" * 3001),
    "callback_id: 256": modal(section(), callback_id="x" * 256),
    "submit is required": {"type": "modal", "title": plain("x"), "blocks": [field(TEXT)]},
    "the view has ['blocs']": modal(section(), blocs=[]),
    "a markdown may not": modal({"type": "markdown", "text": "x"}),
    "a Home has no title": {"type": "home", "title": plain("x"), "blocks": [section()]},
    "a view of type 'page'": {"type": "page", "blocks": [section()]},
    "label: 2001": modal(field(TEXT, label=plain("x" * 2001))),
    "hint: 2001": modal(field(TEXT, hint=plain("x" * 2001))),
    "label: mrkdwn": modal(field(TEXT, label=mrkdwn("x"))),
    "placeholder: 151": modal(field(TEXT | {"placeholder": plain("x" * 151)})),
    "initial_value: 6 characters": modal(
        field(TEXT | {"max_length": 5, "initial_value": "123456"})
    ),
    "initial_value: ''": modal(field(TEXT | {"initial_value": ""})),
    "min_length 9, max_length 5": modal(field(TEXT | {"min_length": 9, "max_length": 5})),
    "a button may not": modal(field(button())),
    "initial_time: '9:00'": modal(field({"type": "timepicker", "initial_time": "9:00"})),
    "initial_date: '2026-13-01'": modal(
        field({"type": "datepicker", "initial_date": "2026-13-01"})
    ),
    "11 options": modal(field({"type": "checkboxes", "options": options(11)})),
    "focus_on_load": modal(
        field(TEXT | {"focus_on_load": True}),
        field(TEXT | {"focus_on_load": True}, block_id="other"),
    ),
    "optional: 'yes'": modal(field(TEXT, optional="yes")),
    "is_decimal_allowed is missing": modal(field({"type": "number_input"})),
    "initial_options: 0": modal(
        field(
            {
                "type": "multi_static_select",
                "options": options(3),
                "initial_options": [],
                "max_selected_items": 1,
            }
        )
    ),
}


@pytest.mark.parametrize("problem", VIEWS)
def test_a_view_that_slack_refuses_is_found(problem: str) -> None:
    found = view_problems(VIEWS[problem])
    assert any(problem in each for each in found), found


def test_too_long_a_suggestion_is_found() -> None:
    assert option_problems([]) == []
    assert "101 options" in option_problems(options(101))[0]


def _broken(whole: Json, path: tuple[Any, ...], value: Any) -> Json:
    made = copy.deepcopy(whole)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return made


@given(st.data())
def test_nothing_that_is_sent_makes_it_raise(data: st.DataObject) -> None:
    check: Callable[[Json], list[str]]
    check, whole = data.draw(st.sampled_from([(message_problems, MESSAGE), (view_problems, FORM)]))
    everywhere = [place for place in _places_of(whole) if place]
    path = data.draw(st.sampled_from(everywhere))
    value = data.draw(st.sampled_from([None, 1, "x", [], {}, [None], {"type": "x"}, [[]]]))
    found = check(_broken(whole, path, value))
    assert all(isinstance(each, str) for each in found)


def _places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything in a JSON value."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return [path]
    return [path, *(place for name, each in inner for place in _places_of(each, (*path, name)))]
