"""Giving every paper its vector, the newest first, while nothing else is kept waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.ports import Clock, Embedder, VectorStore

ASKED_AT_ONCE = 256  # papers: looking for those that lack a vector takes a second at a million
KEPT_AT_ONCE = 16  # a second of work: what a kill loses
STINT_SECONDS = 25.0
# Of each second one part in five is left to others, also where this is the only thread that
# computes: machines without a fan stay cool.
PAUSE = 0.25  # of the time that was worked


class Filling:
    """Makes the vectors that the store lacks. Nothing is remembered here: it can be killed."""

    def __init__(
        self,
        vectors: VectorStore,
        embedder: Embedder,
        clock: Clock,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vectors = vectors
        self._embedder = embedder
        self._clock = clock
        self._steady = steady
        self._is_in_use = False

    async def fill(self, seconds: float = STINT_SECONDS) -> bool:
        """Work for some seconds; True where papers are still without a vector.

        Raises ModelError, StoreError.
        """
        if not self._is_in_use:
            await self._vectors.use(self._embedder.name, self._embedder.width)
            self._is_in_use = True
        until = self._steady() + seconds
        while texts := await self._vectors.lacking(ASKED_AT_ONCE):
            for start in range(0, len(texts), KEPT_AT_ONCE):
                if self._steady() >= until:
                    return True
                await self._embed(dict(texts[start : start + KEPT_AT_ONCE]))
        return False

    async def _embed(self, texts: dict[str, str]) -> None:
        began = self._steady()
        made = await self._embedder.embed(tuple(texts.values()), patiently=True)
        await self._vectors.keep(dict(zip(texts, made, strict=True)), self._clock())
        await asyncio.sleep(PAUSE * (self._steady() - began))
