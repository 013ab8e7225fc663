"""A word or a phrase of a query → what papers are asked to hold. Pure."""

from __future__ import annotations

from bot.categories import canonical_category
from bot.models import Category, Node, TextField, Word
from bot.query_pieces import AFTER_WORD, BEFORE_WORD, STOP_WORDS, has_token
from bot.query_trees import NOTHING

OPERATORS = frozenset({"OR", "AND", "NOT", "ANDNOT"})

_NAMES = (TextField.AUTHOR, TextField.ORGANISATION)


def read_word(run: str, field: TextField) -> Node | None:
    """What a run of signs without a space asks for: a word, a beginning, a category.

    NOTHING where it holds no word; None for a small one, which is in every paper.
    """
    starred = run.lstrip(BEFORE_WORD + "-").rstrip(AFTER_WORD.replace("*", ""))
    text = starred.rstrip(AFTER_WORD)
    if not has_token(text):
        return NOTHING
    if not field and "." in starred and (name := canonical_category(starred)):
        return Category(name)  # no text holds it, so nothing else can be meant
    if starred.endswith("*"):
        # A*, C* and Q* are names; half of all words begin with any one letter.
        is_name = _is_letter(text)
        return Word(text, quoted=is_name, field=field, prefix=not is_name)
    return None if _is_small(text, field) else Word(text, field=field)


def read_phrase(text: str, field: TextField) -> Node:
    """What the text of a phrase asks for, NOTHING where it holds no word. A star at its end, in
    its quotes or behind them, asks for a beginning.
    """
    starred = " ".join(text.split())
    words = starred.rstrip("* ")
    if not has_token(words):
        return NOTHING
    prefix = words != starred and not _is_letter(words)
    if field is TextField.AUTHOR:
        words = _in_spoken_order(words)
    return Word(words, quoted=True, field=field, prefix=prefix)


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isascii()


def _is_small(text: str, field: TextField) -> bool:
    if text in OPERATORS:
        return True
    is_name = field in _NAMES and text[0].isupper()  # the author An, the lab IT
    return text.lower() in STOP_WORDS and not is_name


def _in_spoken_order(name: str) -> str:
    """`LeCun, Yann` as papers write it: `Yann LeCun`."""
    last, comma, first = name.partition(",")
    if not comma or "," in first or not has_token(last) or not has_token(first):
        return name
    return f"{first.strip()} {last.strip()}"
