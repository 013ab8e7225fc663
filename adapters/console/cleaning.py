"""Text from outside → text that a terminal only prints, and never obeys. Pure."""

from __future__ import annotations

import re

MAX_URL_CHARACTERS = 2000  # terminals drop longer hyperlinks: VTE allows 2,083 bytes

_SPACES = re.compile(r"\s+")
# Control characters (ANSI escapes start with one), marks and overrides of the writing direction
# (Unicode UAX #9), interlinear and tag characters, and the byte order mark.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")  # they can't be encoded
_URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+", re.IGNORECASE | re.ASCII)


def clean(text: str) -> str:
    """The text on one line, without what a terminal would obey."""
    spaced = _SPACES.sub(" ", text)  # first: line breaks are control characters too
    return _SURROGATES.sub("\ufffd", _SPACES.sub(" ", _OBEYED.sub("", spaced)))


def clean_lines(text: str) -> str:
    """The text of a file, without what a terminal would obey. Its spaces are kept: in RIS the two
    behind a tag are part of it.
    """
    rows = text.expandtabs(2).splitlines()
    return "\n".join(_SURROGATES.sub("\ufffd", _OBEYED.sub("", row)) for row in rows)


def clean_url(url: str) -> str:
    """The URL where it is one of plain characters over http or https, else ""."""
    return url if len(url) <= MAX_URL_CHARACTERS and _URL.fullmatch(url) else ""


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of the text, cut at a word; "…" says that there was more."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    # A text of one very long word has no better place.
    kept = head[:space] if space > limit // 2 else head
    return kept.rstrip(" ,;:.") + "…"
