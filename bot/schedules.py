"""Local time + zone + weekdays → the next UTC moment. Pure.

Not APScheduler's CronTrigger: in 2026 it skips a day at 00:00 in 184 zones and fires twice at
01:45 in Lord Howe (DESIGN §2). Here each wanted local day has exactly one moment: a time that a
clock change leaves out comes one gap later, a doubled one is its first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WAKING_FROM = time(7)  # what was missed is posted at once from here …
WAKING_UNTIL = time(22)  # … to here, local time (DESIGN §2)
DAY = timedelta(days=1)


def moment_of(day: date, hour: time, zone: str) -> datetime:
    """The UTC moment at which `day` has `hour` on the wall in `zone`."""
    return datetime.combine(day, hour.replace(fold=0), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def next_due(
    after: datetime,
    hour: time,
    zone: str,
    weekdays: frozenset[int],
    later_than: date | None = None,
) -> datetime:
    """The first wanted moment after `after`, on a local day later than `later_than`.

    `weekdays` are 0 (Monday) to 6. Raises ValueError where none is wanted.
    """
    if not weekdays or not weekdays <= frozenset(range(7)):
        raise ValueError("a schedule needs weekdays from 0 to 6")
    day = local_day(after, zone) - DAY
    if later_than is not None:
        day = max(day, later_than + DAY)
    while day.weekday() not in weekdays or moment_of(day, hour, zone) <= after:
        day += DAY
    return moment_of(day, hour, zone)


def local_day(moment: datetime, zone: str) -> date:
    """The date on the wall in `zone` at `moment`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def scheduled_day(due_at: datetime, hour: time, zone: str) -> date:
    """The local day whose hour `due_at` is.

    It differs from the date on the wall where a clock change moves an hour over midnight; where
    `due_at` is nobody's hour it is the date on the wall.
    """
    day = local_day(due_at, zone)
    for candidate in (day, day - DAY):
        if moment_of(candidate, hour, zone) == due_at:
            return candidate
    return day


def is_waking_hour(moment: datetime, zone: str) -> bool:
    """Whether a late edition may be posted at once: between 07:00 and 22:00 there."""
    return WAKING_FROM <= moment.astimezone(ZoneInfo(zone)).time() < WAKING_UNTIL
