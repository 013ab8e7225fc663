"""What is said to verbs that Paperboy has under another name, or not at all."""

from __future__ import annotations

import pytest

from bot.commands.lines import read_line
from bot.errors import UserError


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("alert delete 3", "/papers alert remove 3?"),
        ("alert new mamba", "/papers alert add mamba?"),
        ("alert 3", "/papers alert list 3?"),
        ("alerts #3", "/papers alert list #3?"),
        ("subscriptions edit 2 size:5", "/papers subscriptions change 2 size:5?"),
        ("saved show", "/papers saved list?"),
        ("subscriptions puase", "/papers subscriptions pause?"),
    ],
)
def test_a_verb_by_another_name_is_named_as_it_is_typed(typed: str, meant: str) -> None:
    with pytest.raises(UserError) as caught:
        read_line(typed)
    assert str(caught.value).endswith(f"; did you mean {meant}")
    assert read_line(meant.removesuffix("?"))


def test_what_a_group_has_not_under_any_name_is_told_with_all_it_has() -> None:
    told = "there is no verb subscriptions create; subscriptions has list, change, pause"
    with pytest.raises(UserError, match=told):
        read_line("subscriptions create")


def test_unsubscribe_is_a_search_that_names_the_verb() -> None:
    assert read_line("unsubscribe 2") == (
        "search",
        {"query": "unsubscribe 2", "meant": "subscriptions remove 2"},
    )


def test_words_after_a_verb_that_takes_none_may_be_looked_for() -> None:
    with pytest.raises(
        UserError, match=r"trending takes nothing after it; .*: /papers search now$"
    ):
        read_line("trending now")
