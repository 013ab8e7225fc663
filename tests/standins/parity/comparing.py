"""What came of something on three platforms, told so that it can be compared."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from standins.parity.apart import common_labels, common_lines
from standins.parity.said import Asks, Refused, Said
from standins.parity.stage import Turn

NUMBERED = re.compile(r"(\d+)\. ")
MOST_WITH_BUTTONS = 3  # papers of a list, with what can be done under each


def pressable(platform: str, said: Said, *, with_cards: bool | None = None) -> dict[str, str]:
    """By the label that all platforms have, the label to press on this one. `with_cards` as in
    common_labels; None: where the list is short.
    """
    if with_cards is None:
        with_cards = len(numbered(said)) <= MOST_WITH_BUTTONS
    return common_labels(platform, said.buttons, with_cards=with_cards)


def numbered(said: Said) -> list[str]:
    """The titles of a list, in the order in which they stand."""
    return [line.replace("*", "") for line in said.lines if NUMBERED.match(line)]


def common(platform: str, turn: Turn) -> dict[str, Any]:
    """A turn as it must be on every platform."""
    before = [line for said in turn.meanwhile for line in said.lines]
    return {
        "said": _told(platform, turn, before),
        "posted": [_said(platform, said) for said in turn.after],
        "done": {name: list(map(str, rows)) for name, rows in turn.done.items()},
    }


def _told(platform: str, turn: Turn, before: Sequence[str]) -> Any:
    match turn.answer:
        case Asks(title, fields):
            return {"form": title, "fields": dict(fields), "before": before}
        case Refused(name, problem):
            return {"refused": name, "problem": problem}
        case said:
            return _said(platform, said, before)


def _said(
    platform: str, said: Said, before: Sequence[str] = (), *, with_cards: bool | None = None
) -> dict[str, Any]:
    lines = [*before, *said.lines]
    labels = pressable(platform, said, with_cards=with_cards)
    counts = {label: said.buttons.count(own) for label, own in labels.items()}
    return {
        "words": common_lines(platform, lines, with_cards=bool(said.links)),
        "links": sorted(said.links),
        "buttons": [f"{label} × {count}" for label, count in sorted(counts.items())],
        "files": [(name, _words(text)) for name, text in said.files],
    }


def _words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def merged(messages: Sequence[Said]) -> Said:
    """Several messages as one: where a platform cuts what is long is its own."""
    return Said(
        lines=tuple(dict.fromkeys(line for each in messages for line in each.lines)),
        links=frozenset().union(*(each.links for each in messages)),
        buttons=tuple(label for each in messages for label in each.buttons),
        menu=tuple(label for each in messages for label in each.menu),
        private=messages[0].private,
    )


def assert_said_alike(said: Mapping[str, Said], *, with_cards: bool) -> None:
    """Raise AssertionError with what differs in these words, links and buttons."""
    told = {name: _said(name, each, with_cards=with_cards) for name, each in said.items()}
    _assert_same(told)


def assert_alike(turns: Mapping[str, Turn], *, private: bool = True) -> None:
    """Raise AssertionError with what differs; `private`: for whom an answer is, too."""
    _assert_same({name: common(name, turn) for name, turn in turns.items()})
    alone = {turn.answer.private for turn in turns.values() if isinstance(turn.answer, Said)}
    assert not private or len(alone - {None}) <= 1, f"for the asker alone: {alone}"


def _assert_same(told: Mapping[str, Any]) -> None:
    [(first, wanted), *others] = told.items()
    for name, found in others:
        assert found == wanted, f"{name} is not as {first}:\n{_differences(wanted, found)}"


def _differences(*told: Any) -> str:
    rows = [json.dumps(each, indent=1, ensure_ascii=False).split("\n") for each in told]
    return "\n".join(difflib.unified_diff(*rows, lineterm="", n=2))
