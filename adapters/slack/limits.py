"""Slack's limits, each with where it comes from, and what a message costs of them. Pure.

Where no other source is named it is Slack's own reference: "Block Kit" (blocks, block elements,
composition objects). What is marked as reported is written nowhere by Slack: others measured it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.shown_text import characters

Block = Mapping[str, Any]  # one block as Slack's API wants it

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100  # of a modal or a Home: "Views"
# Reported: over all blocks of a message, else `msg_blocks_too_long` (bolt-js #2509). What counts
# is not the texts alone: 11,341 characters of them were refused (bolt-js #2867), and each block
# was found to cost about 100 beyond its text. So it is held to all of the blocks' JSON.
MESSAGE_CHARACTERS = 13_200
VIEW_CHARACTERS = 80_000  # of JSON: at three bytes each below the 250 kB of "Views"
BLOCK_ID_CHARACTERS = 24  # of JSON: Slack gives each block an id, and a comma stands between
# Of `text`, in bytes of UTF-8. More is split into several messages ("chat.postMessage": 4,000
# characters), or refused as `msg_too_long` ("chat.update"; reported: bytes are counted there).
TEXT_OCTETS = 4_000
TEXT_CHARACTERS = 3_000  # of any text object
HEADER_CHARACTERS = 150
ACTIONS = 25  # elements of an actions block
LABEL_CHARACTERS = 75  # of a button's text, and of its accessibility label
VALUE_CHARACTERS = 2_000  # of a button
OPTIONS = 100
OPTION_CHARACTERS = 75
OPTION_VALUE_CHARACTERS = 150
PLACEHOLDER_CHARACTERS = 150
ALT_CHARACTERS = 2_000

# What of these is used here, since all of it counts in the whole of a message.
URL_CHARACTERS = 400  # 3,000 are allowed
PRESS_CHARACTERS = 200  # of a button's value; a longer press is a token


def written(block: Block) -> str:
    """A block as JSON."""
    return json.dumps(block, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Cost:
    """What blocks take of a message: their number, and the characters of their JSON."""

    blocks: int = 0
    characters: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.blocks + other.blocks, self.characters + other.characters)

    def fits(self, room: Cost) -> bool:
        """Whether a message or a view of this room holds as much."""
        return self.blocks <= room.blocks and self.characters <= room.characters


MESSAGE = Cost(MESSAGE_BLOCKS, MESSAGE_CHARACTERS)
VIEW = Cost(VIEW_BLOCKS, VIEW_CHARACTERS)


def cost_of(blocks: Iterable[Block]) -> Cost:
    """What these blocks cost."""
    lengths = [characters(written(block)) + BLOCK_ID_CHARACTERS for block in blocks]
    return Cost(len(lengths), sum(lengths))
