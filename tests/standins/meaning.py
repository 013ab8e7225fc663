"""What a query means, the slow and plain way, over papers of words that are their own stems."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.likeness import is_alike
from bot.models import (
    And,
    Category,
    FirstListed,
    HasCode,
    Like,
    ListedBy,
    ListedPaper,
    Node,
    Not,
    Or,
    TextField,
    Upvotes,
    Word,
)

STEMS = {"ponds": "pond", "hares": "hare"}  # the only words that the stemmer changes
NAMES = (TextField.AUTHOR, TextField.ORGANISATION)

Vectors = Mapping[str, bytes]


def is_met(node: Node, listed: ListedPaper, vectors: Vectors) -> bool:
    """Whether a paper meets a tree."""
    match node:
        case And(parts):
            return all(is_met(part, listed, vectors) for part in parts)
        case Or(parts):
            return any(is_met(part, listed, vectors) for part in parts)
        case Not(part):
            return not is_met(part, listed, vectors)
        case Word():
            return any(_holds(line, node) for line in _lines(listed, node.field))
        case Like(other, loose):
            one, named = vectors.get(listed.paper.id, b""), vectors.get(other, b"")
            return listed.paper.id != other and is_alike(one, named, loose=loose)
    return _fits(node, listed)


def _fits(node: Node, listed: ListedPaper) -> bool:
    match node:
        case Category(name):
            return any(c == name or c.startswith(f"{name}.") for c in listed.paper.categories)
        case ListedBy(source):
            return source in listed.sources
        case Upvotes(low, high):
            return _is_within(listed.upvotes, low, high)
        case FirstListed(since, until):
            return _is_within(listed.first_day, since, until)
        case HasCode():
            return listed.paper.code_url != ""
    raise AssertionError(node)


def _is_within(value, low, high) -> bool:
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _lines(listed: ListedPaper, field: TextField) -> list[str]:
    paper = listed.paper
    lines = {
        TextField.TITLE: [paper.title],
        TextField.ABSTRACT: [paper.abstract],
        TextField.AUTHOR: [*paper.authors],
        TextField.KEYWORD: [*paper.keywords],
        TextField.ORGANISATION: [paper.organisation],
    }
    if field is TextField.ANY:
        return [line for some in lines.values() for line in some]
    return lines[field]


def _holds(line: str, word: Word) -> bool:
    held, wanted = _tokens(line), _tokens(word.text)
    if not word.prefix and word.field not in NAMES:
        held, wanted = ([STEMS.get(token, token) for token in each] for each in (held, wanted))
    spans = (held[place : place + len(wanted)] for place in range(len(held) - len(wanted) + 1))
    return bool(wanted) and any(_is_begun(span, wanted, word.prefix) for span in spans)


def _is_begun(span: list[str], wanted: list[str], prefix: bool) -> bool:
    if not prefix:
        return span == wanted
    return span[:-1] == wanted[:-1] and span[-1].startswith(wanted[-1])


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+|[\u3040-\u9fff\uac00-\ud7af]", text.lower())
