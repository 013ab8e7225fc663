"""The text of a query → its pieces: words, phrases, names of fields, brackets, signs. Pure.

Nothing here is refused; what a piece means is for `bot.query_parser`.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto
from typing import NamedTuple

from bot.identity import paper_id

# The fields as they are told, and by every name that they go by.
FIELDS = tuple("title abstract author org keyword cat source upvotes date has like sort".split())
FIELD_NAMES = {
    **dict.fromkeys(("title", "ti"), "title"),
    **dict.fromkeys(("abstract", "abs"), "abstract"),
    **dict.fromkeys(("author", "authors", "au"), "author"),
    **dict.fromkeys(("org", "orgs", "organisation", "organization", "lab"), "org"),
    **dict.fromkeys(("keyword", "keywords", "kw", "tag", "tags"), "keyword"),
    **dict.fromkeys(("cat", "cats", "category", "categories"), "cat"),
    **dict.fromkeys(("source", "sources"), "source"),
    **dict.fromkeys(("upvotes", "upvote", "votes"), "upvotes"),
    **dict.fromkeys(("date", "day", "year"), "date"),
    **dict.fromkeys(("like", "similar"), "like"),
    **{name: name for name in ("has", "sort")},
    **{name: name for name in ("since", "until")},  # dates with a sign built in
}
COMPARED = frozenset({"upvotes", "date"})  # may be compared without a colon: upvotes>=20

# English function words: they stand in nearly every abstract and tell papers apart in none.
STOP_WORDS = frozenset(
    "a an and are as at be but by for from has have if in into is it its no not of on or such "
    "that the their then there these they this to was we were which will with".split()
)

# What phones and word processors type for the plain signs (DESIGN §4). One sign for one sign, so
# that a place in the plain text is the same place in what was typed. Lone surrogates can't be
# written to any file, NUL ends a text for the engine, and marks of direction are not seen.
_PLAIN_SIGNS = str.maketrans(
    {
        **{chr(sign): chr(sign - 0xFEE0) for sign in range(0xFF01, 0xFF5F)},
        **dict.fromkeys(map(chr, range(0xD800, 0xE000)), " "),
        **dict.fromkeys("“”„‟«»「」『』《》", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\x00\u00a0\u3000\u200b\u200e\u200f\u2060\ufeff", " "),
        **dict.fromkeys(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))), " "),
    }
)

# Signs around words, as in `[mamba]` or `mamba,`; a plus stays behind one, for the eye: C++.
BEFORE_WORD = "[]{}<>'`.,;:!?/\\^*~#+=&、。"
AFTER_WORD = "[]{}<>'`.,;:!?/\\^*~=&、。-"
_COMMAS = ",;、。"

_SIGNS = f"[{re.escape(BEFORE_WORD)}]*+"
_PIECE = r"""
    (?P<space>\s+)
    | "(?P<phrase>[^"]*)(?P<end>(?:"\*?)?)
    | (?P<open>\() | (?P<close>\)) | (?P<either>\|)
    | {without}
    | (?P<word>(?: [^\s"()|,;、。] | (?<=[0-9])[,;](?=[0-9]) )+)
    | (?P<comma>[,;、。])
"""
# A place where a field may stand, and one right behind the colon of a field, where none may.
_ANYWHERE = re.compile(
    _PIECE.format(
        without=rf"""{_SIGNS}(?P<without>-)(?=[^\s)|])
        | {_SIGNS}(?P<field>[A-Za-z]+)(?P<colon>:|(?=[<>]))"""
    ),
    re.VERBOSE,
)
_BEHIND_COLON = re.compile(_PIECE.format(without=r"(?P<without>-)(?=[^\s)|])"), re.VERBOSE)
_NO_VALUE = re.compile(r"[\s)|,;]|$")
_RUN = re.compile(r"""[^\s"()|]*""")


class Kind(Enum):
    """What a piece is."""

    WORD = auto()
    PHRASE = auto()
    FIELD = auto()
    WITHOUT = auto()
    EITHER = auto()
    OPEN = auto()
    CLOSE = auto()


# By the last group of the patterns above that takes part.
_KINDS = {
    "word": Kind.WORD,
    "end": Kind.PHRASE,
    "colon": Kind.FIELD,
    "without": Kind.WITHOUT,
    "either": Kind.EITHER,
    "open": Kind.OPEN,
    "close": Kind.CLOSE,
}
_ENDS = (Kind.PHRASE, Kind.CLOSE)  # a hyphen right behind these joins: "state-space"-based


class Piece(NamedTuple):
    """One piece of a query, at `place` in its text.

    `text` is the run of a word with the signs around it, what a phrase holds, or a field's name
    as typed. `gap` is what stands between it and the piece before. `end` is what ends a phrase:
    a quote, a quote and a star, or nothing.
    """

    kind: Kind
    text: str
    place: int
    gap: str = ""
    end: str = ""

    @property
    def is_listed(self) -> bool:
        """Whether a comma alone stands before it: `cs.LG,cs.CL`."""
        return bool(self.gap) and not self.gap.strip(_COMMAS)


def pieces_of(plain: str, most: int) -> list[Piece]:
    """The pieces of a text with plain signs, in order, no more than `most` of them."""
    found: list[Piece] = []
    place, gap_start = 0, 0
    while place < len(plain) and len(found) < most:
        before = found[-1].kind if found and gap_start == place else None
        match = _match(plain, place, behind_colon=before is Kind.FIELD)
        piece = _piece(match, plain[gap_start:place])
        place = match.end()
        hyphen = piece is not None and piece.kind is Kind.WITHOUT and before in _ENDS
        if piece is not None and not hyphen:
            found.append(piece)
            gap_start = place
    return found


def plain_signs(text: str) -> str:
    """The text with curly quotes, long dashes and full-width signs as their plain forms.

    It has as many characters as before.
    """
    return text.translate(_PLAIN_SIGNS)


def has_token(text: str) -> bool:
    """Whether the engine's tokenizer finds anything: letters, digits and private use count."""
    return any(
        unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "Co" for sign in text
    )


def _match(plain: str, place: int, *, behind_colon: bool) -> re.Match[str]:
    """What stands at a place. Every sign is part of something, if only of a word."""
    match = None if behind_colon else _ANYWHERE.match(plain, place)
    if match is None or (match["field"] and not _is_field(match)):
        match = _BEHIND_COLON.match(plain, place)
    assert match is not None  # noqa: S101  # the last of the alternatives take any sign
    return match


def _is_field(match: re.Match[str]) -> bool:
    """`Mamba: a survey`, `CLIP:foo`, `p<0.05`, addresses and `arxiv:2405.21060` are words;
    `foo:bar` is meant as one, though there is none of that name.
    """
    name, value = match["field"], match.string[match.end() : match.end() + 2]
    if not match["colon"]:
        return FIELD_NAMES.get(name.lower()) in COMPARED
    if name.lower() in FIELD_NAMES:
        return True
    if name[0].isupper() or value == "//" or _NO_VALUE.match(value):
        return False
    run = _RUN.match(match.string, match.start("field"))
    return run is None or paper_id(run[0]) is None


def _piece(match: re.Match[str], gap: str) -> Piece | None:
    """The piece that was found; None for spaces and commas."""
    kind = _KINDS.get(match.lastgroup or "")
    if kind is None:
        return None
    if kind is Kind.PHRASE:
        return Piece(kind, match["phrase"], match.start(), gap, match["end"])
    name = "field" if kind is Kind.FIELD else match.lastgroup or ""
    return Piece(kind, match[name], match.start(name), gap)
