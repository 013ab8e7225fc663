"""Text from outside → text that is fit to be shown, cleaned and cut. Pure.

What a platform would read as markup is not known here: adapters escape what comes out of this.
"""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
# Control characters, marks and overrides of the writing direction (UAX #9), signs that show
# nothing (zero-width ones, fillers, tags) and could hide or forge text. The zero-width joiners
# stay: Persian, Indic scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")  # they can't be encoded
_JOINERS = " \u200c\u200d\ufe0e\ufe0f"  # alone, they show nothing

# A host that chat platforms take: with a dot and a top-level domain, and a port that exists.
_URL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})"
    r"(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}))?(?:[/?#][!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_ENDS_A_LINK = re.compile(r"[()<>\[\]{}\"'`|\\^]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")  # a flag is two of these letters
_FLAGS_AT_THE_END = re.compile("[\U0001f1e6-\U0001f1ff]+\\Z")
_LONGEST_SIGN = 32  # code points that are kept together: a family of emoji has up to a dozen


def characters(text: str) -> int:
    """How many characters a chat platform counts at most: those beyond U+FFFF, such as emoji, as
    two. The documents say "characters" only; the clients, written in JavaScript, count UTF-16
    units, which is never less.
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text on one line, without what is not seen; "" where nothing is seen of it."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return seen(visible(text))


def visible(text: str) -> str:
    """The same, with a space at its ends kept: it may be a part of a line."""
    spaced = _UNSEEN.sub("", _SPACES.sub(" ", text))  # first: line breaks are control characters
    return _SURROGATES.sub("\ufffd", _SPACES.sub(" ", spaced))


def seen(text: str) -> str:
    """The text without spaces at its ends; "" where it is of joiners alone."""
    return text.strip() if text.strip(_JOINERS) else ""


def clean_url(url: str, limit: int) -> str:
    """The URL over http or https with a real host, of characters that end no link; else "".

    It has at most `limit` characters.
    """
    if len(url) > limit or not _URL.fullmatch(url):
        return ""
    safe = _ENDS_A_LINK.sub(lambda found: f"%{ord(found[0]):02X}", url)
    return safe if len(safe) <= limit else ""


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of the text, cut at a word; "…" says that there was more."""
    if characters(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    while (over := characters(head) - (limit - 1)) > 0 and head:
        head = head[: -((over + 1) // 2)]
    space = head.rfind(" ")
    # A text of one very long word has no better place.
    place = space if space > len(head) // 2 else len(head)
    for whole in range(place, max(0, place - _LONGEST_SIGN), -1):
        if not _is_joined(text, whole):
            place = whole
            break
    return (text[:place].rstrip(" ,;:.") + "…") if limit > 0 else ""


def _is_joined(text: str, place: int) -> bool:
    """Whether a sign goes on there: with an accent, or an emoji's skin, family or flag."""
    before, after = text[place - 1], text[place : place + 1]
    if _FLAG.match(after) and _FLAG.match(before):
        letters = _FLAGS_AT_THE_END.search(text, 0, place)
        return letters is not None and len(letters[0]) % 2 == 1
    is_accent = bool(after) and unicodedata.category(after)[0] == "M"
    return is_accent or "\u200d" in (before, after) or "\U0001f3fb" <= after <= "\U0001f3ff"
