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


def pressable(platform: str, said: Said) -> dict[str, str]:
    """By the label that all platforms have, the label to press on this one."""
    return common_labels(platform, said.buttons, papers_of(said))


def papers_of(said: Said) -> int:
    """How many papers a list holds."""
    return sum(bool(NUMBERED.match(line)) for line in said.lines)


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
        case Asks(title):
            return {"form": title, "before": common_lines(platform, before)}
        case Refused(name, problem):
            return {"refused": name, "problem": problem}
        case said:
            return _said(platform, said, before)


def _said(platform: str, said: Said, before: Sequence[str] = ()) -> dict[str, Any]:
    lines = [*before, *said.lines]
    labels = common_labels(platform, said.buttons, papers_of(said))
    counts = {common: list(said.buttons).count(own) for common, own in labels.items()}
    return {
        "words": common_lines(platform, lines),
        "links": sorted(said.links),
        "buttons": [f"{label} × {count}" for label, count in sorted(counts.items())],
        "files": [(name, _words(platform, text)) for name, text in said.files],
    }


def _words(platform: str, text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def assert_alike(turns: Mapping[str, Turn]) -> None:
    """Raise AssertionError with what differs."""
    told = {name: common(name, turn) for name, turn in turns.items()}
    [(first, wanted), *others] = told.items()
    for name, found in others:
        assert found == wanted, f"{name} is not as {first}:\n{_differences(wanted, found)}"
    private = {turn.answer.private for turn in turns.values() if isinstance(turn.answer, Said)}
    assert len(private - {None}) <= 1, f"for the asker alone: {private}"


def _differences(*told: Any) -> str:
    rows = [json.dumps(each, indent=1, ensure_ascii=False).split("\n") for each in told]
    return "\n".join(difflib.unified_diff(*rows, lineterm="", n=2))
