"""The console's own form of a message: what there is to print, cleaned and cut, without a look.

As JSON it is the body of a payload. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.messages import Button, Line, Span, Style


@dataclass(frozen=True, slots=True)
class Card:
    """One paper: a numbered, linked title, lines under it, and links (of a whole card)."""

    title: str
    url: str
    number: int = 0
    lines: tuple[Line, ...] = ()
    links: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One message."""

    title: str = ""
    subtitle: str = ""
    lines: tuple[Line, ...] = ()
    cards: tuple[Card, ...] = ()
    notes: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()

    def to_json(self) -> str:
        """The page as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, body: str) -> Page:
        """The page that `to_json` wrote. Raises ValueError where it did not."""
        try:
            return _page(json.loads(body))
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("the body is no page of the console") from error


def _page(data: Mapping[str, Any]) -> Page:
    return Page(
        title=data["title"],
        subtitle=data["subtitle"],
        lines=_lines(data["lines"]),
        cards=tuple(_card(card) for card in data["cards"]),
        notes=_lines(data["notes"]),
        buttons=tuple(Button(**button) for button in data["buttons"]),
    )


def _card(data: Mapping[str, Any]) -> Card:
    links = tuple(_span(span) for span in data["links"])
    return Card(data["title"], data["url"], data["number"], _lines(data["lines"]), links)


def _lines(data: list[list[Mapping[str, str]]]) -> tuple[Line, ...]:
    return tuple(tuple(_span(span) for span in spans) for spans in data)


def _span(data: Mapping[str, str]) -> Span:
    return Span(data["text"], Style(data["style"]), data["url"])
