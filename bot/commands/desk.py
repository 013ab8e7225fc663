"""What the handlers of verbs work with."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.commands.zones import is_zone
from bot.errors import StoreError
from bot.messages import Invocation
from bot.ports import Clock, Courier, Editor, Finder, Health, Librarian, Store

# An answer waits so long for writes that it can do without: a backfill may hold the writer.
PATIENCE = timedelta(milliseconds=100)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports that handlers take. `default_zone` is the IANA zone where nothing names one."""

    store: Store
    editor: Editor
    librarian: Librarian
    courier: Courier
    finder: Finder
    clock: Clock
    default_zone: str = "UTC"
    most_saved: int = 2000  # papers on one person's reading list
    alerts_per_user: int = 50
    health: Health | None = None
    errands: set[asyncio.Task[None]] = field(default_factory=set, compare=False)

    def zone_of(self, invocation: Invocation) -> str:
        """The zone in which times are told to the asker."""
        # The platform's word comes from outside: an unknown name must not break an answer.
        if is_zone(invocation.zone):
            return invocation.zone
        return self.default_zone if is_zone(self.default_zone) else "UTC"

    def today(self, invocation: Invocation) -> date:
        """The date on the asker's wall."""
        return self.clock().astimezone(ZoneInfo(self.zone_of(invocation))).date()

    def beside(self, write: Coroutine[Any, Any, None]) -> None:
        """Carry out a write that an answer can do without; a fault of the store is logged."""
        errand = asyncio.create_task(_carry_out(write))
        self.errands.add(errand)  # the event loop itself holds tasks only weakly
        errand.add_done_callback(self.errands.discard)

    async def settle(self) -> None:
        """Wait for such writes, but only a moment."""
        if self.errands:
            await asyncio.wait(self.errands, timeout=PATIENCE.total_seconds())


async def _carry_out(write: Coroutine[Any, Any, None]) -> None:
    try:
        await write
    except StoreError as error:
        log.warning("could not be written down beside an answer", why=str(error))
