"""When and how a person is told of what their alerts caught. Pure."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.models import Cadence, Reader
from bot.schedules import next_due

# Local hours between which a paper is brought at once: nobody is to be woken by one.
BY_DAY_FROM = time(8)
BY_DAY_UNTIL = time(20)
_EVERY_DAY = frozenset(range(7))


def due_moment(reader: Reader, cadence: Cadence, at: datetime) -> datetime:
    """When a paper that was caught at `at` is to be brought.

    With the person's daily bundle: their next hour after `at`. At once: `at`, where it is day
    there, else the next 08:00. What is caught during a mute waits for the first hour of theirs
    from its end on, whatever its cadence, so that all of it comes as one bundle.
    """
    hours = (reader.hour, reader.zone, reader.weekdays)
    if reader.muted_until and at < reader.muted_until:
        return next_due(reader.muted_until - datetime.resolution, *hours)
    if cadence is Cadence.DAILY:
        return next_due(at, *hours)
    if BY_DAY_FROM <= at.astimezone(ZoneInfo(reader.zone)).time() < BY_DAY_UNTIL:
        return at
    return next_due(at, BY_DAY_FROM, reader.zone, _EVERY_DAY)
