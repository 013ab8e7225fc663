"""Components as Discord's API wants them, and the blocks that a message is packed from. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from adapters.discord.limits import (
    ALT_CHARACTERS,
    BUTTON,
    BUTTONS_A_ROW,
    CONTAINER,
    FILE,
    LABEL_CHARACTERS,
    LINK,
    OPTION_CHARACTERS,
    OPTIONS,
    PLACEHOLDER_CHARACTERS,
    ROW,
    SECONDARY,
    SECTION,
    SELECT,
    SEPARATOR,
    TEXT,
    THUMBNAIL,
    Component,
    Cost,
    cost_of,
)
from adapters.discord.page import File
from adapters.discord.presses import CustomIds
from bot.messages import Attachment, Button, Line
from bot.shown_text import clean, cut

ACCENT = 0x5B7FA6  # the bar beside a message: a calm blue, to be seen on light and dark
PLACEHOLDER = "Open a paper …"
_FILE_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_FILE_NAME_CHARACTERS = 80

SEPARATOR_LINE: Component = {"type": SEPARATOR, "divider": True, "spacing": 1}
SEPARATOR_COST = cost_of([SEPARATOR_LINE])
CONTAINER_COST = Cost(components=1)


@dataclass(frozen=True)
class Block:
    """What stays together in one message.

    `buttons` stand in rows under its components. `option` is its paper's place in the menu that
    opens papers: None where it needs none. `file` is sent along. `lines` and `notes` are
    those of ours that it shows.
    """

    components: tuple[Component, ...] = ()
    buttons: tuple[Button, ...] = ()
    is_paper: bool = False
    option: Component | None = None
    file: File | None = None
    lines: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()

    @cached_property
    def cost(self) -> Cost:
        """What it takes of a message, its rows counted, its place in a menu not."""
        rows = -(-len(self.buttons) // BUTTONS_A_ROW)
        return cost_of(self.components) + Cost(components=rows + len(self.buttons))


def text(markdown: str) -> Component:
    """A text."""
    return {"type": TEXT, "content": markdown}


def pictured(markdown: str, url: str, description: str) -> Component:
    """A text with a small picture beside it; `description` is read to who can't see it."""
    picture = {
        "type": THUMBNAIL,
        "media": {"url": url},
        "description": cut(description, ALT_CHARACTERS),
    }
    return {"type": SECTION, "components": [text(markdown)], "accessory": picture}


def link_row(links: Sequence[tuple[str, str]]) -> Component:
    """A row of buttons that lead to addresses: (label, URL) each."""
    shown = links[:BUTTONS_A_ROW]
    return {"type": ROW, "components": [_link(label, url) for label, url in shown]}


def button_rows(buttons: Sequence[Button], ids: CustomIds) -> list[Component]:
    """The buttons in rows of five."""
    rows = _in_groups([_button(button, ids) for button in buttons], BUTTONS_A_ROW)
    return [{"type": ROW, "components": row} for row in rows]


def with_buttons(
    components: Sequence[Component], rows: Sequence[Component]
) -> tuple[Component, ...]:
    """The rows of buttons under the components: in their last row, where that has room for all."""
    last = components[-1] if components else None
    if last is None or last["type"] != ROW or len(rows) != 1:
        return *components, *rows
    together = [*last["components"], *rows[0]["components"]]
    if len(together) > BUTTONS_A_ROW:
        return *components, *rows
    return *components[:-1], {"type": ROW, "components": together}


def menus(options: Sequence[Component], ids: CustomIds) -> list[Component]:
    """Menus to open a paper from, each in a row of its own."""
    return [
        {"type": ROW, "components": [_menu(part, ids)]} for part in _in_groups(options, OPTIONS)
    ]


def menus_cost(options: int) -> Cost:
    """What the menus of so many papers take of a message."""
    return Cost(components=2 * -(-options // OPTIONS))


def paper_option(paper_id: str, label: str, description: str) -> Component | None:
    """A paper's place in a menu; None where its id is none that comes back as it was sent."""
    if not paper_id or len(paper_id) > OPTION_CHARACTERS or clean(paper_id) != paper_id:
        return None
    option = {"label": cut(label, OPTION_CHARACTERS), "value": paper_id}
    return {**option, **_described(cut(description, OPTION_CHARACTERS))}


def file_block(attachment: Attachment) -> Block:
    """A file as it stands in a message, and as it is sent with it.

    Discord names files with ASCII letters, figures, `_`, `-` and `.`; an empty one it refuses.
    """
    plain = _FILE_NAME.sub("_", attachment.name).strip("._-")[-_FILE_NAME_CHARACTERS:].strip("._-")
    name = plain or "file.txt"
    held = attachment.text.encode("utf-8", "replace").decode("utf-8") or "\n"
    component = {"type": FILE, "file": {"url": f"attachment://{name}"}}
    return Block((component,), file=(name, held, attachment.media_type))


def container(components: Sequence[Component]) -> Component:
    """All of a message, with a bar of our colour beside it."""
    return {"type": CONTAINER, "accent_color": ACCENT, "components": list(components)}


def _button(button: Button, ids: CustomIds) -> Component:
    label = cut(clean(button.label), LABEL_CHARACTERS) or "…"
    return {"type": BUTTON, "style": SECONDARY, "label": label, "custom_id": ids.of_button(button)}


def _link(label: str, url: str) -> Component:
    return {"type": BUTTON, "style": LINK, "label": cut(label, LABEL_CHARACTERS), "url": url}


def _menu(options: Sequence[Component], ids: CustomIds) -> Component:
    return {
        "type": SELECT,
        "custom_id": ids.of_opening(),
        "placeholder": cut(PLACEHOLDER, PLACEHOLDER_CHARACTERS),
        "options": list(options),
    }


def _described(description: str) -> dict[str, str]:
    return {"description": description} if description else {}


def _in_groups(parts: Sequence[Component], size: int) -> list[list[Component]]:
    return [list(parts[start : start + size]) for start in range(0, len(parts), size)]
