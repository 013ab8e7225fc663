"""What platforms notice, kept where another process finds it: `paperboy status` and `doctor` run
beside the daemon and are connected to nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.errors import StoreError
from bot.ports import Clock, PlaceStore, Platform, Remarks

KEPT_EVERY = 30.0  # seconds
TOLD_FOR = timedelta(seconds=90)  # after it was kept last: a process that was killed has nothing

log = structlog.get_logger()


async def kept_remarks(places: PlaceStore, now: datetime) -> list[tuple[str, str]]:
    """What processes that run have to remark, as (platform, text). Raises StoreError."""
    return await places.remarks(now - TOLD_FOR)


class HealthWatch:
    """The remarks of this process and of those beside it: implements the port `Health`.

    `stopped` gives by platform why nothing is sent there any more.
    """

    def __init__(
        self,
        places: PlaceStore,
        platforms: Mapping[str, Platform],
        stopped: Callable[[], Mapping[str, str]],
        *,
        holder: str,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._places = places
        self._platforms = platforms  # filled while the app is put together
        self._stopped = stopped
        self._holder = holder
        self._clock = clock
        self._sleep = sleep
        self._has_kept = False

    async def run(self) -> None:
        """Keep what there is to remark until cancelled, then take it back."""
        try:
            while True:
                try:
                    await self._keep(self._own())
                except Exception as error:  # noqa: BLE001 - a remark is no reason to stop
                    log.warning("what was noticed can't be kept", reason=str(error))
                await self._sleep(KEPT_EVERY)
        finally:
            with contextlib.suppress(StoreError):
                await asyncio.shield(self._keep([]))

    async def remarks(self, platform: str = "") -> list[str]:
        """What whoever runs Paperboy should know: of one platform, or of all. Raises StoreError."""
        noticed = [*self._own(), *await kept_remarks(self._places, self._clock())]
        return list(dict.fromkeys(text for name, text in noticed if platform in {"", name}))

    def _own(self) -> list[tuple[str, str]]:
        noticed = [
            (name, text)
            for name, platform in self._platforms.items()
            if isinstance(platform, Remarks)
            for text in platform.remarks()
        ]
        told = {name for name, _ in noticed}
        mended = "mend that, then start Paperboy again"
        return noticed + [
            (name, f"Nothing is sent to {name} any more: {reason}; {mended}")
            for name, reason in self._stopped().items()
            if name not in told
        ]

    async def _keep(self, noticed: list[tuple[str, str]]) -> None:
        if noticed or self._has_kept:
            await self._places.keep_remarks(self._holder, noticed, self._clock())
            self._has_kept = bool(noticed)
