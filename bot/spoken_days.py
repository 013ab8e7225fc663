"""Days as people say them: `last week`, `Monday`, `October`, `3 Oct 2026`. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

Period = tuple[date, date]  # its first and its last day

_WEEKDAYS = [name.lower() for name in calendar.day_name]
_MONTHS = [name.lower() for name in calendar.month_name][1:]
_SHORT_MONTHS = [name[:3] for name in _MONTHS]
_WEEKDAY = "|".join(_WEEKDAYS)
_MONTH = f"{'|'.join(_MONTHS)}|(?:{'|'.join([*_SHORT_MONTHS, 'sept'])})[.]?"

_SPOKEN = re.compile(
    rf"""
    (?P<near>today|yesterday)
    | (?P<which>this|last)[ ](?P<unit>week|month|year)
    | (?:(?P<past>last)[ ])?(?P<weekday>{_WEEKDAY})
    | (?P<year>(?:19|20)[0-9]{{2}})(?:-(?P<month>[0-9]{{2}})(?:-(?P<day>[0-9]{{2}}))?)?
    | (?:(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?[ ])?(?P<named>{_MONTH})
      (?:[ ](?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9]))?(?:,?[ ](?P<of>(?:19|20)[0-9]{{2}}))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
# For use in other patterns: the forms above, without their names.
SPOKEN = rf"(?xi:{re.sub(r'[?]P<[a-z0-9]+>', '?:', _SPOKEN.pattern)})"
_DAY = timedelta(days=1)


def spoken_period(text: str, today: date) -> Period | None:
    """The days that `text` means on `today`; None where it is no form of them, or no real day.

    A weekday or a month without a year is the latest that has begun.
    """
    found = _SPOKEN.fullmatch(text)
    if found is None:
        return None
    if found["near"]:
        day = today if found["near"].lower() == "today" else today - _DAY
        return day, day
    if found["unit"]:
        return _calendar_unit(found["unit"].lower(), found["which"].lower() == "last", today)
    if found["weekday"]:
        return _weekday(found["weekday"].lower(), today - _DAY if found["past"] else today)
    try:
        return _named(found, today) if found["named"] else _dated(found)
    except ValueError:  # 31 February
        return None


def _calendar_unit(unit: str, last: bool, today: date) -> Period:
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + (7 if last else 0))
        return monday, monday + timedelta(days=6)
    if unit == "year":
        return _year(today.year - 1 if last else today.year)
    first = today.replace(day=1)
    return _month((first - _DAY) if last else first)


def _weekday(name: str, latest: date) -> Period:
    day = latest - timedelta(days=(latest.weekday() - _WEEKDAYS.index(name)) % 7)
    return day, day


def _named(found: re.Match[str], today: date) -> Period:
    """A month by its name, perhaps with a day and a year."""
    month = _SHORT_MONTHS.index(found["named"].lower()[:3]) + 1
    number = found["d1"] or found["d2"]
    day = int(number or 1)
    year = int(found["of"] or today.year)
    if not found["of"] and (month, day) > (today.month, today.day):
        year -= 1
    first = date(year, month, day)
    return (first, first) if number else _month(first)


def _dated(found: re.Match[str]) -> Period:
    year, month, day = (int(found[part] or 0) for part in ("year", "month", "day"))
    if not month:
        return _year(year)
    first = date(year, month, day or 1)
    return (first, first) if day else _month(first)


def _month(day: date) -> Period:
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=last)


def _year(year: int) -> Period:
    return date(year, 1, 1), date(year, 12, 31)
