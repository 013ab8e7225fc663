"""Time zones as people type them: `Europe/Berlin`, `berlin`, `New York`. Pure."""

from __future__ import annotations

import difflib
import re
from functools import cache
from zoneinfo import available_timezones

from bot.errors import UserError
from bot.wording import listing

# Names of no place, or of whichever place this machine stands in.
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})

# Abbreviations, with a city for each: most are used in several places, and none says when the
# clocks change.
_ABBREVIATIONS = {
    **dict.fromkeys(("CET", "CEST", "MET", "MEST", "MEZ", "MESZ"), "Europe/Berlin"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
    **dict.fromkeys(("WET", "WEST"), "Europe/Lisbon"),
    **dict.fromkeys(("EST", "EDT", "ET", "EST5EDT"), "America/New_York"),
    **dict.fromkeys(("CDT", "CT", "CST6CDT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT", "MT", "MST7MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT", "PT", "PST8PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("HST",), "Pacific/Honolulu"),
    "CST": "America/Chicago or Asia/Shanghai",
    "IST": "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin",
    "BST": "Europe/London",
    "MSK": "Europe/Moscow",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "SGT": "Asia/Singapore",
    "HKT": "Asia/Hong_Kong",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
    "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
}

# Large towns of research that the tz database files under another name.
_TOWNS = {
    "bangalore": "Asia/Kolkata",
    "barcelona": "Europe/Madrid",
    "beijing": "Asia/Shanghai",
    "boston": "America/New_York",
    "delhi": "Asia/Kolkata",
    "hamburg": "Europe/Berlin",
    "lausanne": "Europe/Zurich",
    "milan": "Europe/Rome",
    "montreal": "America/Toronto",
    "mumbai": "Asia/Kolkata",
    "munich": "Europe/Berlin",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "tel aviv": "Asia/Jerusalem",
    "washington": "America/New_York",
    "zürich": "Europe/Zurich",
}


def read_zone(text: str) -> str:
    """The IANA name of a zone or of the zone of a city.

    Raises UserError that names what was probably meant.
    """
    typed = " ".join(text.replace("_", " ").split())
    known = _known().get(typed.lower())
    if known:
        return known
    if (city := _ABBREVIATIONS.get(typed.upper())) is not None:
        raise UserError(f"{typed.upper()} does not say when clocks change; name a city: {city}")
    if typed.upper().startswith(("+", "-", "UTC", "GMT")):
        raise UserError(
            f"{typed[:40]} does not know summer time; name a city such as Europe/Berlin"
        )
    near = near_zones(typed)
    hint = f"did you mean {listing(near, 'or')}?" if near else "name a city such as Europe/Berlin"
    raise UserError(f"there is no zone {typed[:40]}; {hint}")


def could_be_zone(text: str) -> bool:
    """Whether the text is written like a zone: a known name, or an abbreviation or an offset,
    which `read_zone` refuses with the way out.
    """
    typed = " ".join(text.replace("_", " ").split())
    offset = re.fullmatch(r"(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?", typed)
    return typed.lower() in _known() or typed in _ABBREVIATIONS or offset is not None


def near_zones(text: str, most: int = 3) -> list[str]:
    """Zones whose name or city is spelled nearly so, the nearest first; none where none is near.

    Where one is a slip of the finger away, it alone.
    """
    wanted = " ".join(text.replace("_", " ").lower().split())[:60]
    close = difflib.get_close_matches(wanted, _known(), n=1, cutoff=0.9)
    close = close or difflib.get_close_matches(wanted, _known(), n=2 * most, cutoff=0.75)
    return list(dict.fromkeys(_known()[name] for name in close))[:most]


def beginning_zones(text: str, most: int) -> list[str]:
    """Zones with a city, then those with any word, that begins so; else those spelled nearly so."""
    wanted = " ".join(text.replace("_", " ").lower().split())[:60]
    if not wanted:
        return []
    known = _known().items()
    cities = [name for spoken, name in known if spoken.rpartition("/")[2].startswith(wanted)]
    words = [name for spoken, name in known if f" {wanted}" in spoken or spoken.startswith(wanted)]
    found = list(dict.fromkeys([*cities, *words]))
    return found[:most] or near_zones(text, most)


def is_zone(name: str) -> bool:
    """Whether this is the exact IANA name of a zone."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACES


@cache
def _known() -> dict[str, str]:
    """What people may type, in small letters with spaces, to the zone's name."""
    known: dict[str, str] = {}
    # A city that is filed twice (Indianapolis) has the same clock in both places; the shorter
    # name is the one people know.
    for name in sorted(_names(), key=lambda n: (n.count("/"), n)):
        spoken = name.replace("_", " ").lower()
        if name.upper() in _ABBREVIATIONS:
            continue
        known[spoken] = name
        if name.partition("/")[0] not in {"Etc", "US", "Canada", "Brazil", "Mexico", "Chile"}:
            known.setdefault(spoken.rpartition("/")[2], name)
    return _TOWNS | known
