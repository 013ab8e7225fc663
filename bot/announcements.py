"""When the sources list papers: listing days, holidays, and when a list is due. Pure.

Sources (UPSTREAM.md): Hugging Face's day rolls over at about 21:30 New York time. arXiv announces
Sunday to Thursday at 20:00 US Eastern; the feed of an announcement bears the next day's date and
is out at midnight. Submissions before 14:00 US Eastern, Monday to Friday, make the next one
(info.arxiv.org/help/availability).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.models import ARXIV, HUGGINGFACE, PullState

EASTERN = ZoneInfo("America/New_York")
ROLLOVER = time(21, 30)  # Hugging Face, US Eastern: from here on it is the next day's list
FIRST_DAYS = {HUGGINGFACE: date(2023, 5, 4)}  # the first Daily Papers ever (UPSTREAM)
SUBMISSION_DEADLINE = time(14)  # arXiv, US Eastern
STALE_AFTER = timedelta(hours=3)  # DESIGN §2: this long after it was due, no list is a fault

# arXiv's holidays as it announces them. It is not said whether a date means the evening without
# an announcement or the empty feed of that date, so the day after each counts as well.
ARXIV_HOLIDAYS = frozenset(
    {date(2026, 11, 26), date(2026, 12, 25), date(2026, 12, 29), date(2026, 12, 31)}
)
CALENDAR_ENDS = date(2026, 12, 31)
_WARN_BEFORE = timedelta(days=30)
_DAY = timedelta(days=1)


def listing_day(source: str, now: datetime) -> date:
    """The date of the newest list that should exist at `now`, be it a listing day or not."""
    eastern = now.astimezone(EASTERN)
    if source != ARXIV and eastern.time() >= ROLLOVER:
        return eastern.date() + _DAY
    return eastern.date()


def listing_due_at(source: str, day: date) -> datetime:
    """When the list of `day` should come to be (aware UTC)."""
    if source == ARXIV:
        return _eastern(day, time(0))
    return _eastern(day - _DAY, ROLLOVER)


def is_listing_day(source: str, day: date) -> bool:
    """Whether a list is to be expected for `day`."""
    return not why_no_listing(source, day)


def why_no_listing(source: str, day: date) -> str:
    """Why `day` may be empty without a fault; "" where it may not."""
    if not _is_weekday(day):
        return "weekend"
    if source == ARXIV and ARXIV_HOLIDAYS & {day, day - _DAY}:
        return "arXiv holiday"
    return ""


def is_overdue(source: str, day: date, now: datetime) -> bool:
    """Whether `day` should long have been listed: 3 hours after it was due."""
    return now >= listing_due_at(source, day) + STALE_AFTER


def empty_state(source: str, day: date, now: datetime) -> PullState:
    """What a valid answer that lists nothing for `day` means (DESIGN §2)."""
    if not is_listing_day(source, day):
        return PullState.HOLIDAY
    return PullState.STALE if is_overdue(source, day, now) else PullState.QUIET


def previous_listing_days(source: str, until: date, count: int) -> list[date]:
    """The last `count` listing days up to and including `until`, newest first."""
    days: list[date] = []
    day = until
    while len(days) < count:
        if is_listing_day(source, day):
            days.append(day)
        day -= _DAY
    return days


def estimated_listing_day(submitted_at: datetime) -> date:
    """The date of the arXiv feed that a paper submitted then is to be expected in."""
    eastern = submitted_at.astimezone(EASTERN)
    deadline_day = eastern.date()
    if eastern.time() >= SUBMISSION_DEADLINE or not _is_weekday(deadline_day):
        deadline_day = _step(deadline_day, _DAY)
    day = _step(deadline_day, _DAY)
    while not is_listing_day(ARXIV, day):
        day += _DAY
    return day


def submissions_of(day: date) -> tuple[datetime, datetime]:
    """From when to before when (aware UTC) papers were submitted that arXiv lists on `day`.

    The other way round of `estimated_listing_day`; `day` is a listing day.
    """
    before = previous_listing_days(ARXIV, day - _DAY, 1)[0]
    first, last = (_eastern(_step(feed, -_DAY), SUBMISSION_DEADLINE) for feed in (before, day))
    return first, last


def calendar_warning(today: date) -> str:
    """A line for the operator where the arXiv holiday calendar ends soon; "" where it does not."""
    if today < CALENDAR_ENDS - _WARN_BEFORE:
        return ""
    verb = "ended" if today > CALENDAR_ENDS else "ends"
    return f"the calendar of arXiv holidays {verb} on {CALENDAR_ENDS}; a newer Paperboy brings more"


def _eastern(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, EASTERN).astimezone(UTC)


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5


def _step(day: date, step: timedelta) -> date:
    """The next (or last) Monday-to-Friday day."""
    day += step
    while not _is_weekday(day):
        day += step
    return day
