"""The values of a query's fields: categories, sources, figures, days, papers. Pure.

Each reader takes a value as typed and raises UserError, in one line for people who do not know
the syntax, where it can't be read.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from bot.categories import canonical_category, nearest_category
from bot.errors import UserError
from bot.identity import paper_id
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    SAMPLE,
    And,
    Category,
    FirstListed,
    HasCode,
    Lately,
    Like,
    ListedBy,
    Node,
    Not,
    Sort,
    Upvotes,
)

_SOURCES = {
    **dict.fromkeys(("huggingface", "hf", "hugging face", "hugging-face", "picks"), HUGGINGFACE),
    "arxiv": ARXIV,
    "sample": SAMPLE,
}
_SORTS = {
    **dict.fromkeys(("relevance", "best", "relevant"), Sort.RELEVANCE),
    **dict.fromkeys(("new", "newest", "date", "latest", "recent"), Sort.NEW),
    **dict.fromkeys(("upvotes", "upvoted", "votes", "top", "popular"), Sort.UPVOTES),
}
_LONGEST_VALUE = 30  # characters of a wrong value that are worth repeating and comparing
_MOST_DAYS = 36_500  # a hundred years back is before every paper

_FIGURE = re.compile(r"(?P<sign>>=|<=|=|>|<|)\s*(?P<number>[0-9]{1,9})(?P<plus>\+?)")
_SPAN = re.compile(r"(?P<first>[^.]*?)\s*(?:\.\.+)\s*(?P<last>[^.]*)")
_DAY = re.compile(r"((?:19|20|21)[0-9]{2})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")
_AGO = re.compile(r"([0-9]{1,5})\s*(d|w|m|y)(?:ays?|eeks?|onths?|ears?)?")
_DAYS_IN = {"d": 1, "w": 7, "m": 30, "y": 365}
_LATELY = {"today": 1, "yesterday": 2, "week": 7, "month": 30, "year": 365}


def read_category(value: str) -> Category:
    """`cs.LG`, `cs` or `cs.*`, in any case."""
    name = canonical_category(value)
    if name is None:
        near = nearest_category(value[:_LONGEST_VALUE])
        raise UserError(
            f"arXiv has no category {shortened(value)}; did you mean cat:{near}?"
            " (categories look like cs.LG, or cs for all of an archive)"
        )
    return Category(name)


def read_source(value: str) -> ListedBy:
    """`huggingface` (`hf`) or `arxiv`."""
    name = _SOURCES.get(value.lower())
    if name is None:
        raise UserError(
            f"there is no source {shortened(value)}; write source:huggingface or source:arxiv"
        )
    return ListedBy(name)


def read_upvotes(value: str) -> Upvotes:
    """`20` exactly, `>=20`, `20+`, `>20`, `<5`, `<=5`, `10..50`."""
    plain = value.replace(",", "")
    span = _SPAN.fullmatch(plain)
    if span and (span["first"] or span["last"]):
        low, high = (_figure(end, value) for end in span.groups())
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        return Upvotes(low, high)
    found = _FIGURE.fullmatch(plain)
    if found is None or (found["plus"] and found["sign"]):
        raise _no_figure(value)
    number = int(found["number"])
    match found["sign"] + found["plus"]:
        case ">=" | "+":
            return Upvotes(low=number)
        case ">":
            return Upvotes(low=number + 1)
        case "<=":
            return Upvotes(high=number)
        case "<" if number == 0:
            raise UserError("no paper has fewer than 0 upvotes")
        case "<":
            return Upvotes(high=number - 1)
    return Upvotes(number, number)


def read_days(value: str) -> Node:
    """A day, month or year, compared or not, a span of them, or how long ago: `7d`, `week`."""
    plain = " ".join(value.lower().split())
    span = _SPAN.fullmatch(plain)
    if span and (span["first"] or span["last"]):
        return _from_to(span["first"], span["last"], value)
    sign, named = _sign(plain)
    days = _days_ago(named, value)
    if days is None:
        return _compared(sign, *_period(named, value))
    if sign in ("<", "<="):
        raise UserError(f"{shortened(value)} needs a date there, such as date:<=2026-03-31")
    if named == "yesterday" and sign != ">=":
        return And((Lately(2), Not(Lately(1))))
    return Lately(days)


def read_like(value: str) -> Like:
    """The id or link of a paper; `~` before it asks for looser likeness."""
    loose = value.startswith("~")
    found = paper_id(value.removeprefix("~"))
    if found is None:
        raise UserError(
            f"{shortened(value)} is no arXiv id or link to a paper; write it as in like:2405.21060"
        )
    return Like(found[0], loose)


def read_flag(value: str) -> HasCode:
    """`code`."""
    if value.lower() not in ("code", "github"):
        raise UserError(
            f"has:{shortened(value)} can't be asked; has:code is for papers with a link to code"
        )
    return HasCode()


def read_sort(value: str) -> Sort:
    """`relevance`, `new` or `upvotes`."""
    sort = _SORTS.get(value.lower())
    if sort is None:
        raise UserError(
            f"there is no order {shortened(value)}; write sort:relevance, sort:new or sort:upvotes"
        )
    return sort


READERS: Mapping[str, Callable[[str], Node]] = {
    "cat": read_category,
    "source": read_source,
    "upvotes": read_upvotes,
    "date": read_days,
    "since": lambda value: read_days(f">={value}"),
    "until": lambda value: read_days(f"<={value}"),
    "like": read_like,
    "has": read_flag,
}


def shortened(value: str) -> str:
    """A value as an error repeats it."""
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"


def nearest_of(word: str, names: Sequence[str]) -> str:
    """The name that is spelled nearest to the word; "" where none is near."""
    found = extractOne(word.lower()[:_LONGEST_VALUE], names, scorer=ratio, score_cutoff=60)
    return found[0] if found else ""


def _figure(text: str, value: str) -> int | None:
    if text and not re.fullmatch(r"[0-9]{1,9}", text):
        raise _no_figure(value)
    return int(text) if text else None


def _no_figure(value: str) -> UserError:
    return UserError(
        f"{shortened(value)} is no number of upvotes; write upvotes:>=20, upvotes:<5 or"
        " upvotes:10..50"
    )


def _from_to(first: str, last: str, value: str) -> FirstListed:
    start = _period(first, value) if first else None
    end = _period(last, value) if last else None
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
    match sign:
        case ">=":
            return FirstListed(since=first)
        case ">":
            return FirstListed(since=last + timedelta(days=1))
        case "<=":
            return FirstListed(until=last)
        case "<":
            return FirstListed(until=first - timedelta(days=1))
    return FirstListed(first, last)


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


def _period(named: str, value: str) -> tuple[date, date]:
    """The first and the last day of a day, a month or a year."""
    found = _DAY.fullmatch(named)
    if found is None:
        raise UserError(
            f"{shortened(value)} is no date; write date:2026-10-01, date:2026-10, date:>=2026-01-01"
            " or date:7d"
        )
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 1, month or 1, day or 1)
    except ValueError:
        raise UserError(f"there is no day {shortened(value)} in the calendar") from None
    if day:
        return first, first
    if month:
        return first, first.replace(day=calendar.monthrange(first.year, month)[1])
    return first, date(first.year, 12, 31)
