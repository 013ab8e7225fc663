"""Times, weekdays and days as people type them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from bot.errors import UserError
from bot.spoken_days import spoken_period

_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2})|h)?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED_WEEKDAYS = {
    "daily": frozenset(range(7)),
    "everyday": frozenset(range(7)),
    "all": frozenset(range(7)),
    "weekdays": frozenset(range(5)),
    "weekday": frozenset(range(5)),
    "workdays": frozenset(range(5)),
    "weekends": frozenset({5, 6}),
    "weekend": frozenset({5, 6}),
}

_WEEKDAY_BEFORE = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? (?=\d)")  # Fri 20 Nov
_LONGEST_SPAN = timedelta(days=31)  # a month
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def read_time(text: str) -> time:
    """A time of day: `9`, `9:30`, `09:30`, `21.15`, `9am`, `at 9 pm`, `noon`.

    Raises UserError.
    """
    typed = text.strip().lower().removeprefix("at ").lstrip()
    if typed in _NAMED_TIMES:
        return _NAMED_TIMES[typed]
    found = _TIME.fullmatch(typed)
    wrong = UserError(f"{text.strip()[:20]} is no time of day; write it like 09:00 or 9 pm")
    # A lone "m" ("9m") is no half of the day.
    if not found or (found[3] is None and typed.endswith("m")):
        raise wrong
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise wrong
        hour = hour % 12 + (12 if found[3] == "p" else 0)
    if hour > 23 or minute > 59:
        raise wrong
    return time(hour, minute)


def read_weekdays(text: str) -> frozenset[int]:
    """Days of the week, 0 = Monday: `mon-fri`, `mo,we,fr`, `sat-sun`, `daily`, `weekdays`,
    `every monday`.

    Raises UserError.
    """
    typed = re.sub(r"\bevery (?:day|morning)\b", "daily", text.strip().lower())
    typed = re.sub(r"\bevery (?=[a-z])", "", typed)
    typed = re.sub(r"\s*(?:-|\bto\b)\s*", "-", typed)
    days: set[int] = set()
    for part in re.split(r"[\s,;+&]+|\band\b", typed):
        if part:
            days |= _NAMED_WEEKDAYS.get(part) or _day_range(part, text)
    if not days:
        raise UserError("name at least one day, such as mon-fri")
    return frozenset(days)


def _day_range(part: str, text: str) -> frozenset[int]:
    first, dash, last = part.partition("-")
    start = _weekday(first, text)
    end = _weekday(last, text) if dash else start
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))


def _weekday(name: str, text: str) -> int:
    for number, full in enumerate(DAY_NAMES):
        if len(name) >= 2 and f"{full}s".startswith(name.removesuffix(".")):
            return number
    raise UserError(f"{text.strip()[:40]} names no days; write them like mon-fri or mo,we,fr")


@dataclass(frozen=True, slots=True)
class Span:
    """Listing days from `since` to `until`, both included, and how they were asked for.

    `open` is true where the span was named from today ("today", "week"), so that with nothing
    listed in it yet the newest day may stand in.
    """

    since: date
    until: date
    open: bool = False


def read_day(text: str, today: date) -> Span:
    """A day, an ISO week or a month: `today`, `yesterday`, `2026-11-20`, `20 Nov`, `week`,
    `last week`, `2026-W47`, `month`, `2026-11`, `October`, or the name of a weekday for the latest
    such day.

    Raises UserError, also for what is still to come.
    """
    typed = text.strip().lower()
    span, said = _named_span(typed, today) or _dated_span(typed), text.strip()[:40]
    if span is None:
        raise UserError(f"{said} is no day; write it like 2026-11-20, 2026-W47 or 2026-11")
    if span.until - span.since > _LONGEST_SPAN:
        raise UserError(f"{said} is longer than a month; name one, such as {span.since:%Y-%m}")
    if span.since > today + timedelta(days=1):  # Hugging Face's list is out the evening before
        raise UserError(f"{said} is still to come")
    return span


def _named_span(typed: str, today: date) -> Span | None:
    if typed == "today":
        return Span(today, today, open=True)
    if typed == "tomorrow":
        return Span(today + timedelta(days=1), today + timedelta(days=1))
    if typed in {"week", "this week"}:
        return replace(_week(*today.isocalendar()[:2]), open=True)
    if typed in {"month", "this month"}:
        return replace(_month(today.year, today.month), open=True)
    period = spoken_period(_WEEKDAY_BEFORE.sub("", typed), today)
    return Span(*period) if period else None


def _dated_span(typed: str) -> Span | None:
    try:
        if found := _DATE.fullmatch(typed):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return Span(day, day)
        if found := _WEEK.fullmatch(typed):
            return _week(int(found[1]), int(found[2]))
        if found := _MONTH.fullmatch(typed):
            return _month(int(found[1]), int(found[2]))
    except (ValueError, OverflowError):  # the 31st of February, week 60, the end of year 9999
        return None
    return None


def _week(year: int, number: int) -> Span:
    monday = date.fromisocalendar(year, number, 1)
    return Span(monday, monday + timedelta(days=6))


def _month(year: int, month: int) -> Span:
    first = date(year, month, 1)
    return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


_AHEAD = re.compile(r"(?:for |in )?(a|one|\d{1,3}) ?(d|day|w|week|m|month|y|year)s?")
_DAYS_OF = {"d": 1, "w": 7, "m": 30, "y": 365}
_NAMED_DAY = re.compile(r"(?:(\d{1,2})\.? )?([a-z]{3,9})\.?(?: (\d{1,2}))?")
_LONGEST_ABSENCE = timedelta(days=366)


def read_return(text: str, today: date) -> date | None:
    """The day on which somebody is back: `tomorrow`, `monday`, `2 weeks`, `1 Dec`, `2026-12-01`,
    and after `today`, tomorrow; None for `off`: at once.

    Raises UserError, also for what is past or more than a year ahead.
    """
    typed = text.strip().lower().removeprefix("until ").removeprefix("next ")
    if typed in {"off", "now", "no"}:
        return None
    try:
        day = _day_ahead(typed, today) or _date_ahead(typed, today)
    except (ValueError, OverflowError):  # the 31st of February
        day = None
    said = text.strip()[:40]
    if day is None:
        raise UserError(f"{said} is no day to come; write it like monday, 2 weeks or 2026-12-01")
    if day <= today:
        raise UserError(f"{said} is past; name a day to come")
    if day - today > _LONGEST_ABSENCE:
        raise UserError(f"{said} is more than a year ahead; name a nearer day, or pause the alert")
    return day


def _day_ahead(typed: str, today: date) -> date | None:
    tomorrow = today + timedelta(days=1)
    named = {
        **dict.fromkeys(("today", "for today", "tonight", "tomorrow"), tomorrow),  # up to its end
        # "next" is taken off: the first day of it.
        "week": today + timedelta(days=7 - today.weekday()),
        "month": (today.replace(day=1) + timedelta(days=31)).replace(day=1),
        "year": date(today.year + 1, 1, 1),
    }
    if typed in named:
        return named[typed]
    if found := _AHEAD.fullmatch(typed):
        number = 1 if found[1] in {"a", "one"} else int(found[1])
        return today + timedelta(days=number * _DAYS_OF[found[2][0]])
    for number, name in enumerate(DAY_NAMES):
        if len(typed) >= 3 and name.startswith(typed.removesuffix(".")):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def _date_ahead(typed: str, today: date) -> date | None:
    if found := _DATE.fullmatch(typed):
        return date(int(found[1]), int(found[2]), int(found[3]))
    found = _NAMED_DAY.fullmatch(typed)
    if not found or bool(found[1]) == bool(found[3]):
        return None
    months = [date(2026, number, 1).strftime("%B").lower() for number in range(1, 13)]
    month = next((n for n, name in enumerate(months, 1) if name.startswith(found[2])), None)
    if month is None:
        return None
    day = date(today.year, month, int(found[1] or found[3]))
    return day if day > today else day.replace(year=today.year + 1)
