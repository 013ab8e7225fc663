"""Texts as the full-text indices read them. Pure.

The tokenizer takes a run of Chinese for one token, since nothing stands between its words, and
knows no ends of lines. So a text is segmented before it is indexed, and so is what is looked for.
"""

from __future__ import annotations

import re

SEPARATOR = "\u200b"  # ZERO WIDTH SPACE: no part of a token, not seen, left out of papers' texts
# A token that is in no text (of a private use area): a phrase does not run across it, so "Wei Li"
# is not found in the names of Hao Wei and Li Zhang.
LINE_BREAK = " \uefff "

# Scripts that write no spaces between words, and Korean, whose words take endings: the Unicode
# blocks (unicode.org/Public/UNIDATA/Blocks.txt), Latin and punctuation left out.
_SIGNS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u1780-\u17ff"  # Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u303c"  # radicals, marks and numerals
    "\u3041-\u318f\u31a0-\u31bf\u31f0-\u31ff"  # Hiragana, Katakana, Bopomofo, Hangul letters
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\uff66-\uffdc"  # of half width: Katakana, Hangul
    "\U0001aff0-\U0001b16f"  # old and small Kana
    "\U00020000-\U0003ffff"  # rare Han
)
_UNSPACED = re.compile(f"[{_SIGNS}]")
_BESIDE_SIGN = re.compile(f"(?<=[{_SIGNS}])|(?=[{_SIGNS}])")


def segment(text: str) -> str:
    """The text with a separator around each sign of a script without spaces, lines told apart.

    A word of several such signs is then a phrase, and found within a longer run.
    """
    return broken(_BESIDE_SIGN.sub(SEPARATOR, text) if needs_separators(text) else text)


def needs_separators(text: str) -> bool:
    """Whether there is a sign in it of a script without spaces."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def broken(text: str) -> str:
    """The text with its lines told apart."""
    return text.replace("\n", LINE_BREAK)


def readable(text: str) -> str:
    """What `segment` was given."""
    return text.replace(LINE_BREAK, "\n").replace(SEPARATOR, "")
