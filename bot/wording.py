"""How days, times, sources and counts are said, in one place. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.announcements import why_no_listing
from bot.models import ARXIV, HUGGINGFACE, SAMPLE

_TITLES = {HUGGINGFACE: "Hugging Face", ARXIV: "arXiv", SAMPLE: "Paperboy's sample edition"}
PICKS = "the Hugging Face picks"


def source_title(source: str) -> str:
    """A source's name as it is written in text."""
    return _TITLES.get(source, source)


def short_day(day: date) -> str:
    """`Mon 23 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def day_span(first: date, last: date) -> str:
    """`9–20 Nov`, `28 Oct – 3 Nov`, or one day as `20 Nov`."""
    if first >= last:
        return f"{last.day} {last:%b}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b}"
    return f"{first.day} {first:%b} – {last.day} {last:%b}"


def local_moment(moment: datetime, zone: str) -> str:
    """`Mon 23 Nov, 09:00`, on the wall in `zone`."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{short_day(there.date())}, {there:%H:%M}"


def since_when(moment: datetime | None, now: datetime, zone: str) -> str:
    """`since Fri 09:00`; with the date where that is more than six days ago; the first time."""
    if moment is None:
        return "the first edition here"
    there = moment.astimezone(ZoneInfo(zone))
    if now - moment > timedelta(days=6):
        return f"since {short_day(there.date())} {there:%H:%M}"
    return f"since {there:%a} {there:%H:%M}"


def listing_name(source: str, day: date) -> str:
    """Why a source lists nothing that day: `Hugging Face lists nothing on Sat 21 Nov (weekend)`."""
    why = why_no_listing(source, day)
    reason = f" ({why})" if why else ""
    return f"{source_title(source)} lists nothing on {short_day(day)}{reason}"


def count_of(number: int, one: str, many: str = "") -> str:
    """`1 paper`, `2 papers`, `1,204 papers`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is; "arXiv" is written so everywhere."""
    has_form = any(map(str.isupper, text.partition(" ")[0]))
    return text if has_form else text[:1].upper() + text[1:]


def listing(parts: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; `last` is the word before the last."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
