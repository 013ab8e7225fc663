"""The days of a query: `date:2026-10`, `>=2026-01-01`, `2026-01..2026-03`, `7d`, `week`. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.errors import UserError
from bot.models import And, FirstListed, Lately, Node, Not

LONGEST_VALUE = 30  # characters of a wrong value that are worth repeating and comparing
SPAN = re.compile(r"(?P<first>[^.]*?)\s*(?:\.\.+)\s*(?P<last>[^.]*)")
_DAY = re.compile(r"((?:19|20|21)[0-9]{2})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")
_YEARS = range(1900, 2200)  # that are read as years
_AGO = re.compile(r"([0-9]{1,5})\s*(d|w|m|y)(?:ays?|eeks?|onths?|ears?)?")
_DAYS_IN = {"d": 1, "w": 7, "m": 30, "y": 365}
_BUILT_IN = {"since": ">=", "until": "<="}
_LATELY = {"today": 1, "yesterday": 2, "week": 7, "month": 30, "year": 365}
_MOST_DAYS = 36_500  # a hundred years back is before every paper
_AGO_IN_WORDS = re.compile(
    r"(?:the )?(?:(?:last|past|this) )?(?:(?P<number>[0-9]{1,4}) )?(?P<unit>day|week|month|year)s?"
)


def read_days(value: str, field: str = "date") -> Node:
    """A day, month or year, compared or not, a span of them, or how long ago: `7d`, `week`.

    `since` and `until` are fields with a comparison built in.
    """
    plain = " ".join(value.lower().split())
    span = SPAN.fullmatch(plain)
    if field == "date" and span and (span["first"] or span["last"]):
        return _from_to(span["first"], span["last"])
    sign, named = _sign(_BUILT_IN.get(field, "") + plain)
    days = _days_ago(named, value)
    if days is None:
        return _compared(sign, *_period(named, value, field))
    if sign in ("<", "<="):
        raise UserError(f"{shortened(value)} needs a date there, such as date:<=2026-03-31")
    if named == "yesterday" and sign != ">=":
        return And((Lately(2), Not(Lately(1))))
    return Lately(days)


def ago_in_words(words: Sequence[str], field: str) -> str:
    """How to write a time ago that begins these words, `last week`, `3 days`; "" for none."""
    for length in range(min(len(words), 4) if field != "until" else 0, 1, -1):
        if found := _AGO_IN_WORDS.fullmatch(" ".join(words[:length]).lower()):
            number, unit = found["number"] or "", found["unit"]
            written = f"{number}{unit[0]}" if number or unit == "day" else unit
            return f"write {field}:{written or unit}"
    return ""


def shortened(value: str) -> str:
    """A value as an error repeats it."""
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"


def _from_to(first: str, last: str) -> FirstListed:
    start = _period(first, first) if first else None
    end = _period(last, last) if last else None
    if start and end:
        return FirstListed(min(start[0], end[0]), max(start[1], end[1]))
    return FirstListed(start[0] if start else None, end[1] if end else None)


def _sign(plain: str) -> tuple[str, str]:
    """`>=2026` as (`>=`, `2026`); a plus behind says the same."""
    if plain.endswith("+"):
        return ">=", plain[:-1]
    sign = next((sign for sign in (">=", "<=", ">", "<", "=") if plain.startswith(sign)), "")
    return sign, plain.removeprefix(sign).strip()


def _compared(sign: str, first: date, last: date) -> FirstListed:
    """A period compared: after 2026 begins with its next year."""
    since, until = {
        ">=": (first, None),
        ">": (last + timedelta(days=1), None),
        "<=": (None, last),
        "<": (None, first - timedelta(days=1)),
    }.get(sign, (first, last))
    if any(day and day.year not in _YEARS for day in (since, until)):
        raise UserError(f"every paper is from the years {_YEARS[0]} to {_YEARS[-1]}")
    return FirstListed(since, until)


def _days_ago(named: str, value: str) -> int | None:
    """How many days `7d`, `2w`, `week`, `today` … are; None for anything else."""
    if named in _LATELY:
        return _LATELY[named]
    found = _AGO.fullmatch(named)
    if found is None:
        return None
    days = int(found[1]) * _DAYS_IN[found[2]]
    if not 0 < days <= _MOST_DAYS:
        raise UserError(f"{shortened(value)} is no time ago; write date:7d, date:2w or date:3m")
    return days


def _period(named: str, value: str, field: str = "date") -> tuple[date, date]:
    """The first and the last day of a day, a month or a year."""
    found = _DAY.fullmatch(named)
    if found is None:
        raise UserError(f"{shortened(value)} is no date; {_meant(named, field)}")
    year, month, day = (None if part is None else int(part) for part in found.groups())
    try:
        first = date(year or 1, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        problem = f"there is no day {shortened(value)} in the calendar"
        if day is None:
            problem = f"there is no month {shortened(value)}; months go from 01 to 12"
        raise UserError(problem) from None
    if day:
        return first, first
    if month:
        return first, first.replace(day=calendar.monthrange(first.year, month)[1])
    return first, date(first.year, 12, 31)


def _meant(named: str, field: str) -> str:
    """How to write what was probably meant."""
    if ago := ago_in_words(named.split(), field):
        return ago
    if field != "date":
        return f"write {field}:2026-10-01, {field}:2026-10 or {field}:2026"
    return "write date:2026-10-01, date:2026-10, date:>=2026-01-01 or date:7d"
