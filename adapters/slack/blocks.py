"""Blocks as Slack's API wants them, and the parts that a message is packed from. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from adapters.slack.limits import (
    ACTIONS,
    ALT_CHARACTERS,
    HEADER_CHARACTERS,
    LABEL_CHARACTERS,
    OPTION_CHARACTERS,
    OPTION_VALUE_CHARACTERS,
    OPTIONS,
    PLACEHOLDER_CHARACTERS,
    Block,
    Cost,
    cost_of,
    written,
)
from adapters.slack.page import File
from adapters.slack.presses import ActionIds
from adapters.slack.texts import Element
from bot.messages import Attachment, Button
from bot.shown_text import characters, clean, cut

PLACEHOLDER = "Open a paper …"
DIVIDER: Block = {"type": "divider"}
DIVIDER_COST = cost_of([DIVIDER])
_ID_GROWS = 3  # characters: an `action_id` that is not the first of its kind goes on with `#99`
_RESERVED = re.compile("[&<>]")  # Slack escapes them where it brings a value back
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|]')
_FILE_NAME_CHARACTERS = 80


@dataclass(frozen=True)
class Part:
    """What stays together in one message.

    `buttons` stand in a row under its blocks; `about` names what they are for to who can't see
    where they stand. `option` is its paper's place in the select that opens papers: None where it
    needs none. Before a whole card, and after the last, there is a line. `file` is sent along.
    """

    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()
    about: str = ""
    is_paper: bool = False
    is_whole: bool = False
    option: Block | None = None
    file: File | None = None

    @cached_property
    def cost(self) -> Cost:
        """What it takes of a message, its rows counted, its place in a select not."""
        room = _ID_GROWS * len(self.buttons)
        return cost_of(self.blocks) + cost_of(self.rows(ActionIds())) + Cost(characters=room)

    @cached_property
    def option_cost(self) -> Cost:
        """What its place in a select takes."""
        return Cost(characters=characters(written(self.option)) + 1 if self.option else 0)

    def rows(self, ids: ActionIds) -> list[Block]:
        """Its buttons in rows: none for none."""
        return actions([_button(button, self.about, ids) for button in self.buttons])

    @property
    def is_row(self) -> bool:
        """Whether it is nothing but buttons."""
        return not self.blocks and bool(self.buttons)


def plain_text(text: str) -> Block:
    """A text object that shows exactly this text."""
    return {"type": "plain_text", "text": text, "emoji": False}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain_text(cut(text, HEADER_CHARACTERS))}


def context(text: str, *, is_plain: bool = True) -> Block:
    """Small, grey text: plain, or mrkdwn."""
    marked_up = {"type": "mrkdwn", "text": text, "verbatim": True}
    return {"type": "context", "elements": [plain_text(text) if is_plain else marked_up]}


def rich_text(sections: Sequence[Element]) -> Block:
    """Text with emphasis and links."""
    return {"type": "rich_text", "elements": list(sections)}


def section(text: str, picture: str = "", description: str = "") -> Block:
    """A text, with a picture beside it; `description` is read to who can't see that.

    Slack shows all of the text, without a "see more" (`expand`).
    """
    image = {"type": "image", "image_url": picture, "alt_text": cut(description, ALT_CHARACTERS)}
    beside = {"accessory": image} if picture else {}
    return {"type": "section", "text": plain_text(text), "expand": True, **beside}


def actions(elements: Sequence[Element]) -> list[Block]:
    """Buttons and selects in rows; the client breaks them where its window ends."""
    rows = (elements[start : start + ACTIONS] for start in range(0, len(elements), ACTIONS))
    return [{"type": "actions", "elements": list(row)} for row in rows]


def selects(options: Sequence[Block], ids: ActionIds) -> list[Block]:
    """Selects to open a paper from, each in a row of its own."""
    parts = (options[start : start + OPTIONS] for start in range(0, len(options), OPTIONS))
    return [{"type": "actions", "elements": [_select(part, ids)]} for part in parts]


def selects_cost(options: int) -> Cost:
    """What the selects of so many papers take of a message, beside the options themselves."""
    rows = -(-options // OPTIONS)
    return Cost(rows, rows * _SELECT_CHARACTERS)


def paper_option(paper_id: str, label: str, limit: int = OPTION_CHARACTERS) -> Block | None:
    """A paper's place in a select; None where its id is none that comes back as it was sent."""
    is_whole = clean(paper_id) == paper_id and not _RESERVED.search(paper_id)
    if not 0 < len(paper_id) <= OPTION_VALUE_CHARACTERS or not is_whole:
        return None
    return {"text": plain_text(cut(label, min(limit, OPTION_CHARACTERS))), "value": paper_id}


def file_of(attachment: Attachment) -> File:
    """A file as it is sent along. Slack refuses an empty one."""
    name = _NOT_IN_A_NAME.sub("_", clean(attachment.name)).strip(". ")
    short = name[-_FILE_NAME_CHARACTERS:].strip(". _")
    held = attachment.text.encode("utf-8", "replace").decode("utf-8") or "\n"
    return short or "file.txt", held, attachment.media_type


def _button(button: Button, about: str, ids: ActionIds) -> Element:
    label = cut(clean(button.label), LABEL_CHARACTERS) or "…"
    action_id, value = ids.of_button(button)
    return {
        "type": "button",
        "text": plain_text(label),
        "action_id": action_id,
        "value": value,
        **_spoken(label, about),
    }


def _spoken(label: str, about: str) -> Mapping[str, Any]:
    return {"accessibility_label": cut(f"{label}: {about}", LABEL_CHARACTERS)} if about else {}


def _select(options: Sequence[Block], ids: ActionIds) -> Element:
    return {
        "type": "static_select",
        "action_id": ids.of_opening(),
        "placeholder": plain_text(cut(PLACEHOLDER, PLACEHOLDER_CHARACTERS)),
        "options": list(options),
    }


_SELECT_CHARACTERS = cost_of(selects([{}], ActionIds())).characters + _ID_GROWS
