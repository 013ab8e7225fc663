"""Buttons, forms and menus as custom_ids, and back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.presses import (
    CustomIds,
    Press,
    Token,
    form_id,
    is_opening,
    read_custom_id,
    storable,
    token_of,
)
from bot.messages import Button

ARGS = st.dictionaries(st.text(max_size=8), st.text(max_size=60), max_size=4)
VERBS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


def test_a_short_press_is_written_in_its_id() -> None:
    button = Button("Pause #3", "alert pause", {"alert": "3"})
    custom_id = CustomIds().of_button(button)
    assert custom_id == "b1:alert+pause?alert=3"
    assert read_custom_id(custom_id) == Press("alert pause", {"alert": "3"})
    assert CustomIds().of_button(Button("Today", "today")) == "b1:today"
    assert read_custom_id("b1:today") == Press("today")


def test_a_long_press_is_a_token_that_is_told() -> None:
    args = {"query": "state space models for long sequences " * 3, "cursor": "abcdefghijkl.5.123"}
    ids = CustomIds()
    custom_id = ids.of_button(Button("Next 5", "search", args))
    token = read_custom_id(custom_id)
    assert re.fullmatch(r"t1:[A-Za-z0-9_-]{22}", custom_id)
    assert isinstance(token, Token)
    assert ids.presses == {token.text: Press("search", args)}


def test_a_token_is_the_same_at_every_rendering_and_in_any_order() -> None:
    one = storable("search", {"query": "x" * 200, "cursor": "a"})
    other = storable("search", {"cursor": "a", "query": "x" * 200})
    assert token_of(one) == token_of(other) == "w2TBhb2ur7Kpn4xYQck6hV"
    assert token_of(storable("search", {"query": "x" * 201, "cursor": "a"})) != token_of(one)
    assert token_of(Press("a", {"b": "c"})) != token_of(Press("a", {"b": "", "c": ""}))


def test_equal_buttons_of_a_message_have_ids_of_their_own() -> None:
    ids, button = CustomIds(), Button("Save", "save", {"id": "2611.01234"})
    long = Button("Next", "search", {"query": "x" * 300})
    written = [ids.of_button(button) for _ in range(3)] + [ids.of_button(long) for _ in range(2)]
    assert written[:3] == [f"b1:save?id=2611.01234{place}" for place in ("", "#2", "#3")]
    assert len(set(written)) == 5
    assert {read_custom_id(each) for each in written[:3]} == {Press("save", {"id": "2611.01234"})}
    assert read_custom_id(written[3]) == read_custom_id(written[4]) == Token(*ids.presses)


def test_the_menu_that_opens_papers_is_known() -> None:
    ids = CustomIds()
    assert [ids.of_opening(), ids.of_opening()] == ["o1", "o1#2"]
    assert is_opening("o1")
    assert is_opening("o1#2")
    assert not is_opening("o2")
    assert not is_opening("b1:o1")
    assert read_custom_id("o1") is None


def test_a_form_is_written_like_a_button() -> None:
    custom_id, kept = form_id("subscribe", {"channel": "1"})
    assert (custom_id, kept) == ("m1:subscribe?channel=1", {})
    assert read_custom_id(custom_id) == Press("subscribe", {"channel": "1"})
    custom_id, kept = form_id("subscribe", {"filter": "x" * 100})
    assert custom_id.startswith("n1:")
    assert read_custom_id(custom_id) == Token(*kept)


@pytest.mark.parametrize("custom_id", ["b2:save?id=1", "t0:abc", "m12:x", "o2", "o9#2", "n7:zz"])
def test_what_another_version_wrote_is_read_as_nothing(custom_id: str) -> None:
    assert read_custom_id(custom_id) is None
    assert not is_opening(custom_id)


@pytest.mark.parametrize(
    "custom_id",
    [
        "", "b1:", "b1:?a=b", "b1:save?", "b1:save?id", "b1:save?id=1&id=2",
        "b1:save?id=%", "b1:save?id=%zz", "b1:save?id=%ff", "b1:save?id=%ed%a0%80", "b1:sa ve",
        "b1:save?id=1#2#3", "t1:", "t1:short", "t1:" + "a" * 23, "t1:" + "ä" * 22, "x", "page:next",
        "b1:" + "a" * 98, "B1:save", " b1:save", "b1:save?id=1#", "t1:" + "a" * 22 + "\n",
    ],
)  # fmt: skip
def test_anything_else_is_read_as_nothing(custom_id: str) -> None:
    assert read_custom_id(custom_id) is None


@given(st.text(max_size=120))
def test_reading_never_raises(text: str) -> None:
    for custom_id in (text, f"b1:{text}", f"t1:{text}", f"b1:save?{text}"):
        read_custom_id(custom_id)
        is_opening(custom_id)


@given(VERBS, ARGS)
def test_every_press_comes_back_or_is_kept(verb: str, args: dict[str, str]) -> None:
    ids = CustomIds()
    written = [ids.of_button(Button("x", verb, args)), ids.of_button(Button("x", verb, args))]
    assert written[0] != written[1]
    for custom_id in written:
        assert len(custom_id.encode("utf-16-le")) // 2 <= 100
        read = read_custom_id(custom_id)
        found = ids.presses[read.text] if isinstance(read, Token) else read
        assert found == storable(verb, args)
    custom_id, kept = form_id(verb, args)
    read = read_custom_id(custom_id)
    assert (kept[read.text] if isinstance(read, Token) else read) == storable(verb, args)
