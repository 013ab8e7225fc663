"""What Slack brings again: it sends anew what was not acknowledged in time, to any process."""

from __future__ import annotations

from collections import OrderedDict

import structlog

from adapters.slack.asking import Asked
from bot.places import Places

REMEMBERED = 20_000  # askings, so that one that is repeated soon costs no look at the store

log = structlog.get_logger()


class Repeats:
    """Knows what was brought before."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def is_first(self, asked: Asked) -> bool:
        """Whether this asking was not brought before: to this process, or to another."""
        key = f"slack:{asked.team}:{asked.repeat}"
        if key in self._seen:
            log.debug("slack: something was brought again", repeat=asked.repeat)
            return False
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return await self._places.first_time(key)
