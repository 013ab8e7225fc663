"""Buttons, selects and links as Slack brings them back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.presses import (
    ActionIds,
    Press,
    Token,
    is_opening,
    read_action,
)
from bot.messages import Button
from bot.presses import storable

ARGS = st.dictionaries(st.text(max_size=8), st.text(max_size=60), max_size=4)
VERBS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


def pressed(action_id: str, value: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "block_id": "x", "value": value}


def chosen(value: object) -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": "A Lemma", "emoji": False}, "value": value}
    return {"type": "static_select", "action_id": "o1", "selected_option": option}


def test_a_short_press_is_written_in_its_value() -> None:
    button = Button("Pause #3", "alert pause", {"alert": "3"})
    action_id, value = ActionIds().of_button(button)
    assert (action_id, value) == ("b1", '["alert pause",{"alert":"3"}]')
    assert read_action(pressed(action_id, value)) == Press("alert pause", {"alert": "3"})
    assert ActionIds().of_button(Button("Today", "today")) == ("b1", '["today",{}]')


def test_a_long_press_is_a_token_that_is_told() -> None:
    args = {"query": "state space models for long sequences " * 6, "cursor": "abcdefghijkl.5.123"}
    ids = ActionIds()
    action_id, value = ids.of_button(Button("Next 5", "search", args))
    assert action_id == "t1"
    assert read_action(pressed(action_id, value)) == Token(value)
    assert ids.presses == {value: Press("search", args)}


def test_a_value_comes_back_whatever_slack_escapes() -> None:
    args = {"query": "upvotes:>20 -title:<b> R&D “x” 注意"}
    action_id, value = ActionIds().of_button(Button("Narrow", "alert change", args))
    assert value.isascii()
    assert set(value) & set("&<>") == set()
    assert read_action(pressed(action_id, value)) == Press("alert change", args)


def test_equal_buttons_of_a_message_have_ids_of_their_own() -> None:
    ids, button = ActionIds(), Button("Save", "save", {"id": "2611.01234"})
    long = Button("Next", "search", {"query": "x" * 300})
    written = [ids.of_button(button) for _ in range(3)] + [ids.of_button(long) for _ in range(2)]
    assert [action_id for action_id, _ in written] == ["b1", "b1#2", "b1#3", "t1", "t1#2"]
    read = {read_action(pressed(*each)) for each in written}
    assert read == {Press("save", {"id": "2611.01234"}), Token(*ids.presses)}


def test_the_select_that_opens_papers_is_read() -> None:
    ids = ActionIds()
    assert [ids.of_opening(), ids.of_opening()] == ["o1", "o1#2"]
    assert is_opening("o1#2")
    assert not is_opening("o2")
    assert read_action(chosen("math/0601001")) == Press("paper", {"id": "math/0601001"})
    for nothing in ("", None, 1, "x" * 151):
        assert read_action(chosen(nothing)) is None
    assert read_action({"action_id": "o1", "selected_option": None}) is None


@pytest.mark.parametrize("action_id", ["b2", "t0", "t12", "o9#2", "b2#14"])
def test_what_another_version_wrote_is_read_as_nothing(action_id: str) -> None:
    assert read_action(pressed(action_id, '["today",{}]')) is None


@pytest.mark.parametrize(
    "value",
    [
        "", "[", "null", "1", "[]", '["save"]', '["save",{},1]', '["save",[]]', '["save",{"a":1}]',
        '["save",null]', '[1,{}]', '["",{}]', '[ "save",{}]', '["save",{"b":"","a":""}]',
        '["save",{"a":"<"}]', '["save",{"a":"\\ud800"}]', "[" * 100_000, '{"save":{}}',
        '["save",{"a":"1","a":"2"}]', '["save",{"a":"é"}]',
    ],
)  # fmt: skip
def test_any_other_value_is_read_as_nothing(value: str) -> None:
    assert read_action(pressed("b1", value)) is None


def test_a_token_is_of_its_length() -> None:
    assert read_action(pressed("t1", "a" * 22)) == Token("a" * 22)
    for value in ("", "a" * 21, "a" * 23, "ä" * 22, "a" * 21 + "\n"):
        assert read_action(pressed("t1", value)) is None


@given(st.dictionaries(st.sampled_from(["type", "action_id", "value"]), st.text() | st.none()))
def test_reading_never_raises(action: dict[str, Any]) -> None:
    assert read_action(action) is None


@given(VERBS, ARGS)
def test_every_press_comes_back_or_is_kept(verb: str, args: dict[str, str]) -> None:
    ids = ActionIds()
    written = [ids.of_button(Button("x", verb, args)) for _ in range(2)]
    assert written[0][0] != written[1][0]
    for action_id, value in written:
        assert len(action_id) <= 255
        assert 0 < len(value) <= 2_000
        read = read_action(pressed(action_id, value))
        found = ids.presses[read.text] if isinstance(read, Token) else read
        assert found == storable(verb, args)
