"""A query in plain words, as people would say it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from bot.errors import QueryError
from bot.models import (
    HUGGINGFACE,
    SAMPLE,
    And,
    Category,
    FirstListed,
    HasCode,
    Lately,
    Leaf,
    Like,
    ListedBy,
    Node,
    Not,
    Or,
    Query,
    Sort,
    TextField,
    Upvotes,
    Word,
)
from bot.queries import parse_query, sources_of
from bot.query_printing import period_of
from bot.wording import PICKS, capital, count_of, listing, source_title

_TEXT = {
    TextField.ANY: "about {}",
    TextField.AUTHOR: "by {}",
    TextField.ORGANISATION: "from {}",
    TextField.TITLE: "with {} in the title",
    TextField.ABSTRACT: "with {} in the abstract",
    TextField.KEYWORD: "with the keyword {}",
}
_NAMES = (TextField.AUTHOR, TextField.ORGANISATION)
_ORDERS = {Sort.NEW: "newest first", Sort.UPVOTES: "most upvoted first"}
_LATELY = {0: "yesterday", 1: "today", 2: "since yesterday"}
_YESTERDAY = {Lately(2), Not(Lately(1))}  # as `date:yesterday` is read
_ON_YESTERDAY = Lately(0)  # stands for both
_ALONE = "{}"


def tell_query(query: Query, papers: str = "papers") -> str:
    """A query in plain words: `papers about “mamba”, not “survey”, in cs.LG, newest first`.

    `papers` is what it is said of.
    """
    clauses = _clauses(query.tree.parts)
    if clauses and clauses[0].startswith("not “"):  # it follows no "about"
        clauses[0] = clauses[0].replace("not ", "not about ", 1)
    said = f"{papers} {', '.join(clauses)}".strip()
    return f"{said}, {_ORDERS[query.sort]}" if query.sort in _ORDERS else said


def tell_filter(text: str) -> str:
    """A filter in plain words: `the Hugging Face picks about “mamba”`."""
    try:
        query = parse_query(text)
    except QueryError:  # written by an older or newer Paperboy: shown as it is
        return text
    return tell_query(query, PICKS if sources_of(query) == {HUGGINGFACE, SAMPLE} else "papers")


def filter_title(text: str) -> str:
    """A filter as the title of a digest: `Hugging Face picks`, `Papers in cs.LG`."""
    told = tell_filter(text)
    if told == f"papers listed by {source_title(SAMPLE)}":
        return "Sample edition"
    return capital(told.removeprefix("the "))


class _Said(NamedTuple):
    """A part of a query: what is said, and the clause that it stands in, `in {}`; parts with the
    same clause are said in one, and a `{}` stands alone. The lowest `place` comes first.
    """

    clause: str
    text: str
    place: int


def _clauses(parts: Sequence[Node]) -> list[str]:
    """What holds together, in as few clauses as there are kinds of it."""
    if set(parts) >= _YESTERDAY:
        parts = [*(part for part in parts if part not in _YESTERDAY), _ON_YESTERDAY]
    # "Not in cs.CV or cs.CL" rules out both.
    return _told(map(_said, parts), lambda clause: "or" if clause.startswith("not ") else "and")


def _told(parts: Iterable[_Said], word: Callable[[str], str]) -> list[str]:
    """Parts as clauses, those of one kind listed in one, with a word before the last."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for said in sorted(parts, key=attrgetter("place")):
        alone = said.text if said.clause == _ALONE else ""
        kinds.setdefault((said.clause, alone), []).append(said.text)
    return [
        clause.replace("{}", listing(list(dict.fromkeys(texts)), word(clause)), 1)
        for (clause, _), texts in kinds.items()
    ]


def _said(node: Node) -> _Said:
    match node:
        case And(parts):
            said = _Said(_ALONE, " and ".join(_clauses(parts)), 1)
        case Or(parts):
            said = _Said(_ALONE, _choice(parts), 1)
        case Not(part):
            said = _ruled_out(part)
        case Word(field=field):
            said = _Said(_TEXT[field], _text(node), 0)
        case _:
            said = _fact(node)
    return said


def _ruled_out(part: Node) -> _Said:
    said = _said(part)
    match part:
        case And() | Or():
            return _Said(_ALONE, f"not ({said.text})", 3)
        case HasCode():
            return said._replace(clause="without {}")
        case Word(field=TextField.ANY):
            return said._replace(clause="not {}", place=2)
    return said._replace(clause=f"not {said.clause}")


def _choice(parts: Sequence[Node]) -> str:
    """`about “a” or “b”`; where a part is a group, it stands in brackets."""
    said = [
        _Said(_ALONE, f"({each.text})" if isinstance(part, And) else _whole(each), 0)
        if isinstance(part, And | Or | Not)
        else each
        for part, each in zip(parts, map(_said, parts), strict=True)
    ]
    return " or ".join(_told(said, lambda _: "or"))


def _whole(said: _Said) -> str:
    return said.clause.replace("{}", said.text, 1)


def _text(word: Word) -> str:
    text = f"{word.text}…" if word.prefix else word.text
    return text if word.field in _NAMES else f"“{text}”"


def _fact(leaf: Leaf) -> _Said:
    said = _Said("with {}", "code", 6)
    match leaf:
        case Like(paper_id, loose):
            said = _Said("loosely like {}" if loose else "like {}", paper_id, 1)
        case Category(name):
            said = _Said("in {}", name, 4)
        case ListedBy(source):
            said = _Said("listed by {}", source_title(source), 5)
        case Upvotes(low, high):
            said = _Said("with {}", _figures(low, high), 6)
        case FirstListed(since, until):
            said = _Said("listed {}", _days(since, until), 7)
        case Lately(days):
            said = _Said("listed {}", _LATELY.get(days, f"in the last {days} days"), 7)
    return said


def _figures(low: int | None, high: int | None) -> str:
    if high is None:
        return f"at least {count_of(low or 0, 'upvote')}"
    if low is None:
        return f"at most {count_of(high, 'upvote')}"
    if low == high:
        return f"exactly {count_of(low, 'upvote')}"
    return f"{low:,} to {count_of(high, 'upvote')}"


def _days(since: date | None, until: date | None) -> str:
    if since is None:
        return f"until {_day(until)}" if until else "at any time"
    if until is None:
        return f"since {_day(since)}"
    match len(period_of(since, until)):
        case 4:
            return f"in {since:%Y}"
        case 7:
            return f"in {since:%B %Y}"
        case 10:
            return f"on {_day(since)}"
    return f"from {_day(since)} to {_day(until)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
