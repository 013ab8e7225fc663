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
    """One paper: a numbered, linked title, lines under it, links, and buttons of its own.

    `full`: its links are written out where a terminal knows no hyperlinks; else only `url` is.
    """

    title: Line
    url: str
    number: int = 0
    full: bool = False
    lines: tuple[Line, ...] = ()
    links: tuple[Span, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A text that comes with a message, its line breaks kept."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One message."""

    title: str = ""
    subtitle: str = ""
    lines: tuple[Line, ...] = ()
    cards: tuple[Card, ...] = ()
    notes: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    file: File | None = None

    @property
    def pressable(self) -> tuple[Button, ...]:
        """Every button in the order of the numbers: the page's own, then those of its cards.

        The page's own come first, so that *Next* has the same number whatever the cards hold.
        """
        return (*self.buttons, *(button for card in self.cards for button in card.buttons))

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
    file = data["file"]
    return Page(
        title=data["title"],
        subtitle=data["subtitle"],
        lines=_lines(data["lines"]),
        cards=tuple(_card(card) for card in data["cards"]),
        notes=_lines(data["notes"]),
        buttons=_buttons(data["buttons"]),
        file=File(file["name"], file["text"]) if file else None,
    )


def _card(data: Mapping[str, Any]) -> Card:
    return Card(
        title=_line(data["title"]),
        url=data["url"],
        number=data["number"],
        full=data["full"],
        lines=_lines(data["lines"]),
        links=_line(data["links"]),
        buttons=_buttons(data["buttons"]),
    )


def _buttons(data: list[Mapping[str, Any]]) -> tuple[Button, ...]:
    return tuple(Button(**button) for button in data)


def _lines(data: list[list[Mapping[str, str]]]) -> tuple[Line, ...]:
    return tuple(_line(spans) for spans in data)


def _line(data: list[Mapping[str, str]]) -> Line:
    return tuple(Span(span["text"], Style(span["style"]), span["url"]) for span in data)
