"""Small writes that come side by side, written together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlite_utils import Database

from storage.sqlite.engine import Engine

T = TypeVar("T")


class Together(Generic[T]):
    """Writes what it is given; what comes while one write is under way is the next one's.

    A disk that takes 5 ms for each commit would record 200 sent messages in a second, one by one.
    """

    def __init__(self, engine: Engine, work: Callable[[Database, Sequence[T]], None]) -> None:
        self._engine = engine
        self._work = work
        self._coming: list[T] = []
        self._next: asyncio.Task[None] | None = None
        self._last: asyncio.Task[None] | None = None

    async def write(self, item: T) -> None:
        """Write one item, in one transaction with others that wait. Raises StoreError.

        Once asked for it is carried out, also where the caller is cancelled meanwhile.
        """
        self._coming.append(item)
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._write(self._last))
        # Unshielded, it would be dropped with whoever waits, and so would the others'.
        await asyncio.shield(self._next)

    async def _write(self, before: asyncio.Task[None] | None) -> None:
        if before and not before.done():
            await asyncio.wait({before})
        items, self._coming = self._coming, []
        self._last, self._next = self._next, None
        await self._engine.write(lambda db: self._work(db, items))
