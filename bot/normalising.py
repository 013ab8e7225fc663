r"""Titles, abstracts and names as people can read them: white space, accents, LaTeX. Pure.

LaTeX becomes Unicode where that is exact and is left as it stands everywhere else: no wrong
character, no lost text. "costs $5 and $6" is no mathematics, and `\frac{a}{b}` has no such form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from bot.latex import (
    LETTERS,
    SYMBOLS,
    accented,
    mathematics,
    raised_or_lowered,
)

# Control characters, bidirectional overrides and isolates, zero-width marks that only mislead.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[\\$`^~]|--")

_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"
_SIGN_ACCENT = r"\\[\"'`^~=.]\s?(?:\{\s?(?:\\[ij]\s?|[A-Za-z])\}|\\[ij](?![A-Za-z])|[A-Za-z])"
_WORD_ACCENT = r"\\(?:[uvHckrdb]\s?\{\s?(?:\\[ij]\s?|[A-Za-z])\}|[uvHck]\s[A-Za-z])"
_ACCENT = rf"(?:{_SIGN_ACCENT}|{_WORD_ACCENT})"
_LETTER = r"\\(?:ss|ae|AE|oe|OE|aa|AA|dh|DH|th|TH|[oOlLij])(?![A-Za-z])"

_TEXT = re.compile(
    rf"""
    (?=[\\$`^~{{\-hw])(?:(?P<url>(?:https?://|www\.)[^\s{{}}]+)
  | (?P<newline>\\\\)
  | (?P<display>\$\$.*?\$\$)
  | (?<![\\$])\$(?=[^\s$])(?P<math>(?:[^$\\]|\\.){{1,300}}?)(?<=[^\s\\])\$(?![\d$])
  | (?<![\\$])\$(?P<formula>(?:\\[A-Za-z]|[<>=±∼≈×≤≥^_])(?:[^$\\]|\\.){{0,300}}?)\$(?!\$)
  | \\\((?P<inline>(?:[^$\\]|\\[^()]){{1,300}}?)\\\)
  | (?P<accent>\{{{_ACCENT}\}}|{_ACCENT})
  | (?P<letter>\{{{_LETTER}\}}|{_LETTER}(?:\{{\}}|\s(?=[a-z]))?)
  | \\(?P<style>emph|text(?:bf|it|tt|sc|rm|sf|sl|normal)?|mbox|underline|url)\s?(?P<styled>{_GROUP})
  | \{{\\(?:em|bf|it|sc|tt|rm|sf|sl|bfseries|itshape)\s(?P<switched>[^{{}}]*)\}}
  | \\text(?P<raised>super|sub)script\{{(?P<script>[^{{}}]*)\}}
  | \\(?P<command>[A-Za-z]+)
    (?:\{{\}}(?P<empty>)|(?P<arguments>\*?(?:\[[^\[\]{{}}]*\])?(?:{_GROUP})*))
  | \\(?P<escaped>[%&_\#{{}}$])
  | \\(?P<space>[\s,;:])
  | (?<=[\w)])\^(?:\{{(?P<power>[+-]?\d+)\}}|(?P<digit>\d)(?![\w.^{{]))
  | ``(?P<double>[^`"]{{1,300}}?)''
  | (?<![\w`'])`(?P<single>[^`']{{1,300}})'(?![\w'])
  | (?<!-)(?P<dash>--|---)(?!-)
  | (?<=[A-Za-z]{{2}})(?P<tie>~)(?=[A-Za-z0-9($\\])
  | (?<=[A-Za-z]\.)(?P<tied>~)(?=[A-Za-z0-9($\\])
    )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)


def normalise(raw: str) -> str:
    r"""The text on one line, in NFC, LaTeX as Unicode where that is exact.

    Doing it again changes nothing: a text whose conversion could be taken for LaTeX once more
    (`\$5$`) is only cleaned.
    """
    clean = _clean(raw)
    if not _MARKUP.search(clean):
        return clean
    converted = _convert(clean)
    if converted == clean or _convert(converted) == converted:
        return converted
    return clean


def storable(raw: str) -> str:
    """The text as it came, but for what no UTF-8 text can hold: half surrogates and NUL."""
    return _SURROGATE.sub("\ufffd", raw).replace("\x00", "")


def _clean(raw: str) -> str:
    if raw.isascii() and raw.isprintable() and "  " not in raw:
        return raw.strip()
    seen = _UNSEEN.sub(
        "", _SURROGATE.sub("\ufffd", raw).replace("\u2028", " ").replace("\u2029", " ")
    )
    return _SPACE.sub(" ", unicodedata.normalize("NFC", seen)).strip()


def _convert(text: str) -> str:
    return _clean(_TEXT.sub(_replacement, text))


def _replacement(found: re.Match[str]) -> str:
    convert = _CONVERSIONS.get(found.lastgroup or "")
    converted = convert(found) if convert else None
    return found[0] if converted is None else converted


def _inside(text: str) -> str:
    return _TEXT.sub(_replacement, text)


def _accent(found: re.Match[str]) -> str | None:
    accent = found["accent"].strip("{").removeprefix("\\")
    return accented(accent[0], accent[1:].strip("{}\\ "))


def _letter(found: re.Match[str]) -> str:
    return LETTERS[found["letter"].strip("{}\\ ")]


def _command(found: re.Match[str]) -> str | None:
    return None if found["arguments"] else SYMBOLS.get(found["command"])


def _url(found: re.Match[str]) -> str:
    return _ESCAPED.sub(r"\1", found["url"])


def _dash(found: re.Match[str]) -> str | None:
    """Between words, or with a space on both sides; `--verbose` and `C--,` have no dashes."""
    before = found.string[: found.start()][-1:]
    after = found.string[found.end() :][:1]
    if not before or not after or before.isspace() != after.isspace() or after in ",.;:!?)":
        return None
    return "—" if len(found["dash"]) == 3 else "–"


_ESCAPED = re.compile(r"\\([%&_#~])")
_CONVERSIONS: Mapping[str, Callable[[re.Match[str]], str | None]] = {
    "url": _url,
    "math": lambda found: mathematics(found["math"]),
    "formula": lambda found: mathematics(found["formula"].strip()),
    "inline": lambda found: mathematics(found["inline"].strip()),
    "accent": _accent,
    "letter": _letter,
    "styled": lambda found: _inside(found["styled"][1:-1]),
    "switched": lambda found: _inside(found["switched"]),
    "script": lambda found: raised_or_lowered(
        {"super": "^", "sub": "_"}[found["raised"]], found["script"]
    ),
    "empty": lambda found: SYMBOLS.get(found["command"]),
    "arguments": _command,
    "escaped": lambda found: found["escaped"],
    "space": lambda _: " ",
    "power": lambda found: raised_or_lowered("^", found["power"]),
    "digit": lambda found: raised_or_lowered("^", found["digit"]),
    "double": lambda found: f"“{_inside(found['double'])}”",
    "single": lambda found: f"‘{_inside(found['single'])}’",
    "dash": _dash,
    "tie": lambda _: " ",
    "tied": lambda _: " ",
}
