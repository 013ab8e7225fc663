"""A process that gives papers their vectors until it is killed: `python filler.py DATABASE`.

It prints a sign for each text that it embeds, and waits for its end when all is done.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here
    sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]

from standins.embedder import QuickEmbedder
from standins.stock import NOW

from bot.embeddings.filling import Filling
from storage import open_store


class TellingEmbedder(QuickEmbedder):
    """Tells of each text."""

    async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:
        vectors = await super().embed(texts, patiently=patiently)
        os.write(1, b"." * len(vectors))
        return vectors


async def main() -> None:
    store = open_store(f"sqlite:///{sys.argv[1]}")
    await Filling(store.vectors, TellingEmbedder(seconds=0.001), lambda: NOW).fill(60)
    signal.pause()


if __name__ == "__main__":
    asyncio.run(main())
