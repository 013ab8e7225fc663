"""Which time zones to offer to people whose language Discord tells. Pure.

Discord tells nobody's zone. The languages are those of its "Locales" page; with each the zones in
which most people who speak it live, the most of them first.
"""

from __future__ import annotations

MOST_ZONES = 5  # a row of buttons

_AMERICAN = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
_ANYWHERE = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Shanghai")
_ZONES: dict[str, tuple[str, ...]] = {
    "bg": ("Europe/Sofia",),
    "cs": ("Europe/Prague",),
    "da": ("Europe/Copenhagen",),
    "de": ("Europe/Berlin", "Europe/Zurich", "Europe/Vienna"),
    "el": ("Europe/Athens",),
    "en-GB": ("Europe/London", "Europe/Dublin", "Australia/Sydney", "Asia/Kolkata"),
    "en-US": _AMERICAN,
    "es-419": ("America/Mexico_City", "America/Bogota", "America/Buenos_Aires", "America/Santiago"),
    "es-ES": ("Europe/Madrid", "Atlantic/Canary"),
    "fi": ("Europe/Helsinki",),
    "fr": ("Europe/Paris", "Europe/Brussels", "Europe/Zurich", "America/Toronto"),
    "hi": ("Asia/Kolkata",),
    "hr": ("Europe/Zagreb",),
    "hu": ("Europe/Budapest",),
    "id": ("Asia/Jakarta", "Asia/Makassar"),
    "it": ("Europe/Rome", "Europe/Zurich"),
    "ja": ("Asia/Tokyo",),
    "ko": ("Asia/Seoul",),
    "lt": ("Europe/Vilnius",),
    "nl": ("Europe/Amsterdam", "Europe/Brussels"),
    "no": ("Europe/Oslo",),
    "pl": ("Europe/Warsaw",),
    "pt-BR": ("America/Sao_Paulo", "America/Manaus"),
    "ro": ("Europe/Bucharest",),
    "ru": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"),
    "sv-SE": ("Europe/Stockholm",),
    "th": ("Asia/Bangkok",),
    "tr": ("Europe/Istanbul",),
    "uk": ("Europe/Kyiv",),
    "vi": ("Asia/Ho_Chi_Minh",),
    "zh-CN": ("Asia/Shanghai", "Asia/Singapore"),
    "zh-TW": ("Asia/Taipei", "Asia/Hong_Kong"),
}


def likely_zones(*locales: str) -> tuple[str, ...]:
    """Zones to offer, the likeliest first: of these languages, then of people anywhere."""
    known = [zone for locale in locales for zone in _ZONES.get(locale, ())]
    return tuple(dict.fromkeys((*known, *_ANYWHERE)))[:MOST_ZONES]
