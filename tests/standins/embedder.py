"""A model that is quick and knows nothing: a text's vector is made from its checksum."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from bot.errors import ModelError
from bot.likeness import SCALE

WIDTH = 32


def vector_of(text: str) -> bytes:
    """A unit vector that no other text has."""
    numbers = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()]
    length = sum(number * number for number in numbers) ** 0.5
    return bytes(round(number / length * SCALE) & 0xFF for number in numbers)


@dataclass
class QuickEmbedder:
    """See bot.ports.Embedder. `asked` are the texts so far; with `fault` it can't embed any, and
    those that it has `refused` never. `tried` holds these too.
    """

    name: str = "quick@1"
    width: int = WIDTH
    asked: list[str] = field(default_factory=list)
    fault: str = ""
    refused: AbstractSet[str] = frozenset()
    tried: list[str] = field(default_factory=list)
    seconds: float = 0.0

    async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:  # noqa: ARG002
        await asyncio.sleep(self.seconds)
        self.tried += texts
        if self.fault:
            raise ModelError(self.fault)
        if not self.refused.isdisjoint(texts):
            raise ModelError("this text is too odd")
        self.asked += texts
        return [vector_of(text) for text in texts]
