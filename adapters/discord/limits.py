"""Discord's limits, each with where it comes from, and what a message costs of them. Pure.

Where no other source is named it is Discord's own documentation: "Component Reference" and "Create
Message". What is marked as reported is written nowhere by Discord: others measured it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.shown_text import characters

Component = Mapping[str, Any]  # one component as Discord's API wants it

COMPONENTS = 40  # in a message, nested ones counted: "Messages allow up to 40 total components"
SHOWN_CHARACTERS = 4_000  # over all texts of a message: discord-api-docs #8562
# Reported (discord-api-docs #8554): beyond Σ bytes + 12 a text, the answer is HTTP 500. There it
# is 12 for every text; 12 for every component is on the safe side of it.
HIDDEN_BYTES = 10_170
HIDDEN_BYTES_A_COMPONENT = 12
CONTENT_CHARACTERS = 2_000  # of a plain message: "Create Message", content
CUSTOM_ID_CHARACTERS = 100  # "Custom ID": 1-100, different for each component of a message
BUTTONS_A_ROW = 5  # "Action Row"
LABEL_CHARACTERS = 80  # "Button"; its design guidelines say that 38 are shown
URL_CHARACTERS = 512  # "Button"
OPTIONS = 25  # "String Select"
OPTION_CHARACTERS = 100  # label, value and description each: "Select Option Structure"
PLACEHOLDER_CHARACTERS = 150  # "String Select"
ALT_CHARACTERS = 1_024  # "Thumbnail", description
THREAD_CHARACTERS = 100  # "Start Thread from Message", name
# Of modals ("Modal", "Text Input", "Label"): a title, five inputs, each with a label.
MODAL_TITLE_CHARACTERS = 45
MODAL_INPUTS = 5
MODAL_LABEL_CHARACTERS = 45
MODAL_TEXT_CHARACTERS = 4_000

# Types of components, and the styles of buttons that are used here ("Component Types").
ROW, BUTTON, SELECT, SECTION, TEXT, THUMBNAIL = 1, 2, 3, 9, 10, 11
FILE, SEPARATOR, CONTAINER = 13, 14, 17
SECONDARY, LINK = 2, 5


@dataclass(frozen=True, slots=True)
class Cost:
    """What components take of a message: their number, and the length of their texts.

    `octets` is the length in UTF-8. Markdown is counted whole, with what is not shown of it.
    """

    components: int = 0
    characters: int = 0
    octets: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.components + other.components,
            self.characters + other.characters,
            self.octets + other.octets,
        )

    @property
    def fits(self) -> bool:
        """Whether one message holds as much."""
        hidden = self.octets + HIDDEN_BYTES_A_COMPONENT * self.components
        return (
            self.components <= COMPONENTS
            and self.characters <= SHOWN_CHARACTERS
            and hidden <= HIDDEN_BYTES
        )


def cost_of(components: Iterable[Component]) -> Cost:
    """What these components cost with all that is nested in them."""
    number = shown = octets = 0
    waiting = list(components)
    while waiting:
        component = waiting.pop()
        number += 1
        if component["type"] == TEXT:
            shown += characters(component["content"])
            octets += len(component["content"].encode("utf-8", "surrogatepass"))
        waiting += component.get("components", ())
        if "accessory" in component:
            waiting.append(component["accessory"])
    return Cost(number, shown, octets)
