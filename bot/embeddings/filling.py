"""Giving every paper its vector, the newest first, while nothing else is kept waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.errors import ModelError
from bot.ports import Clock, Embedder, VectorStore

ASKED_AT_ONCE = 256  # papers: looking for those that lack a vector takes a second at a million
KEPT_AT_ONCE = 16  # a second of work: what a kill loses
STINT_SECONDS = 25.0
# Of each second one part in five is left to others, also where this is the only thread that
# computes: machines without a fan stay cool.
PAUSE = 0.25  # of the time that was worked
FIRST_RETRY = 3600.0  # seconds until a text that the model refused is tried again, then twice that
LAST_RETRY = 86_400.0  # … up to this
PROBE = "a paper"  # what every model can embed that can embed anything

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Refused:
    """A text that the model could not embed, and when (by the steady clock) it is tried again."""

    text: str
    again_at: float
    wait: float


class Filling:
    """Makes the vectors that the store lacks. Nothing is remembered here but what the model
    refused, and that is tried again: it can be killed.
    """

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
        self._refused: dict[str, _Refused] = {}  # by paper

    async def fill(self, seconds: float = STINT_SECONDS) -> bool:
        """Work for some seconds; True where papers are still without a vector that can be made.

        Raises ModelError, StoreError.
        """
        if not self._is_in_use:
            await self._vectors.use(self._embedder.name, self._embedder.width)
            self._is_in_use = True
        until = self._steady() + seconds
        while texts := await self._lacking():
            for start in range(0, len(texts), KEPT_AT_ONCE):
                if self._steady() >= until:
                    return True
                await self._embed(dict(texts[start : start + KEPT_AT_ONCE]))
        return False

    async def _lacking(self) -> list[tuple[str, str]]:
        """Papers without a vector and their texts, but for what was refused lately."""
        texts = await self._vectors.lacking(ASKED_AT_ONCE + len(self._refused))
        now = self._steady()
        return [
            (paper_id, text) for paper_id, text in texts if self._may_be_tried(paper_id, text, now)
        ]

    def _may_be_tried(self, paper_id: str, text: str, now: float) -> bool:
        refused = self._refused.get(paper_id)
        return refused is None or refused.text != text or now >= refused.again_at

    async def _embed(self, texts: dict[str, str]) -> None:
        began = self._steady()
        try:
            made = await self._embedder.embed(tuple(texts.values()), patiently=True)
            vectors = dict(zip(texts, made, strict=True))
        except ModelError:
            vectors = await self._embed_each(texts)
        for paper_id in vectors:
            self._refused.pop(paper_id, None)
        await self._vectors.keep(vectors, self._clock())
        await asyncio.sleep(PAUSE * (self._steady() - began))

    async def _embed_each(self, texts: dict[str, str]) -> dict[str, bytes]:
        """The vectors of those texts that the model does not refuse.

        Raises ModelError where it is the model that can't, and not the text.
        """
        vectors: dict[str, bytes] = {}
        for paper_id, text in texts.items():
            try:
                [vectors[paper_id]] = await self._embedder.embed((text,), patiently=True)
            except ModelError as error:
                await self._embedder.embed((PROBE,), patiently=True)
                self._put_aside(paper_id, text, str(error))
        return vectors

    def _put_aside(self, paper_id: str, text: str, reason: str) -> None:
        before = self._refused.get(paper_id)
        is_again = before is not None and before.text == text
        wait = min(before.wait * 2, LAST_RETRY) if before and is_again else FIRST_RETRY
        self._refused[paper_id] = _Refused(text, self._steady() + wait, wait)
        log.warning("a text can't be embedded", paper=paper_id, reason=reason)
