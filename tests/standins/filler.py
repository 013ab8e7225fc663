"""A process that gives papers their vectors until it is killed: `python filler.py DATABASE`.

It prints a line once it has begun.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here
    sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]

from standins.embedder import QuickEmbedder
from standins.stock import NOW

from bot.embeddings.filling import Filling
from storage import open_store


async def main() -> None:
    store = open_store(f"sqlite:///{sys.argv[1]}")
    os.write(1, b"begun\n")
    await Filling(store.vectors, QuickEmbedder(seconds=0.001), lambda: NOW).fill(60)


if __name__ == "__main__":
    asyncio.run(main())
