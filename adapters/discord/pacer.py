"""How fast requests begin: Discord allows 50 a second in all, and discord.py has no global limiter
(a thousand sends at once met 4,250 answers of 429, and 750 were lost: PLATFORMS.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[None]]


# Seconds that a late turn may make up for: about one message. More, after the process was held
# up, would be a burst.
SLACK = 0.02


class Pacer:
    """Lets one asker through at a time, evenly, in the order of asking.

    `per_second` is the most that begin in a second; `steady` counts seconds, `sleep` waits them.
    """

    def __init__(
        self,
        per_second: float,
        steady: Callable[[], float],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._spacing = 1 / per_second
        self._steady = steady
        self._sleep = sleep
        self._free_at = 0.0
        self._one_by_one = asyncio.Lock()

    async def turn(self) -> None:
        """Wait for one's turn."""
        async with self._one_by_one:
            early = self._free_at - self._steady()
            if early > 0:
                await self._sleep(early)
            self._free_at = max(self._free_at, self._steady() - SLACK) + self._spacing
