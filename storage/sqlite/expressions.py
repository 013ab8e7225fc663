"""Words → one expression for a full-text index (sqlite.org/fts5.html, section 3). Pure.

What a person typed stands within strings only, where the tokenizer decides: `GPT-4o` is two tokens
in order, as in the texts, and a string without any token is met by nothing. Column filters and
operators are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.models import And, Node, Not, Or, TextField, Word
from storage.sqlite.rows import sound
from storage.sqlite.segmenting import segment

STEMMED, PLAIN = "papers_fts", "papers_plain"
MOST_NESTED = 6  # groups in groups: the parser of expressions gives up from about 18 on (tried)

_COLUMNS = {
    TextField.TITLE: "title",
    TextField.ABSTRACT: "abstract",
    TextField.AUTHOR: "authors",
    TextField.KEYWORD: "keywords",
    TextField.ORGANISATION: "organisation",
}
_PREFIX = " *"
_NAMES = frozenset({TextField.AUTHOR, TextField.ORGANISATION})


def expression(node: Node, index: str, nested: int = 0) -> str:
    """What the papers meet in this index that meet the node; "" where it can't tell.

    It can't where the node asks for more than words of this index, or only for their absence.
    """
    match node:
        case Word():
            return _string(node) if _index_of(node) == index else ""
        case Or(parts) if nested < MOST_NESTED:
            return _joined((expression(part, index, nested + 1) for part in parts), "OR")
        case And(parts) if nested < MOST_NESTED:
            return _all_but(parts, index, nested + 1)
    return ""


def holds_prefix(expressed: str) -> bool:
    """Whether an expression asks for the beginning of a word, or looks as if it did.

    All words that begin so are gathered each time it is evaluated: 10 to 400 ms of a million
    papers (measured), however few of these are asked for.
    """
    return f'"{_PREFIX}' in expressed


def _all_but(parts: Sequence[Node], index: str, nested: int) -> str:
    wanted = [part for part in parts if not isinstance(part, Not)]
    unwanted = [part.part for part in parts if isinstance(part, Not)]
    found = _joined((expression(part, index, nested) for part in wanted), "AND")
    if not unwanted or not found:
        return found
    left_out = _joined((expression(part, index, nested) for part in unwanted), "OR")
    return left_out and f"({found} NOT {left_out})"


def _joined(expressions: Iterable[str], operator: str) -> str:
    """They in brackets; "" where there is none, or one of them can't be told."""
    found = list(expressions)
    return f"({f' {operator} '.join(found)})" if found and all(found) else ""


def _index_of(word: Word) -> str:
    return PLAIN if word.prefix or word.field in _NAMES else STEMMED


def _string(word: Word) -> str:
    # A NUL would end the expression; half a surrogate pair can't be bound.
    text = sound(segment(word.text)).replace("\0", " ").replace('"', '""')
    column = f"{_COLUMNS[word.field]} : " if word.field in _COLUMNS else ""
    return f'{column}"{text}"{_PREFIX if word.prefix else ""}'
