"""A query's tree → text that reads as the same tree. Pure."""

from __future__ import annotations

import calendar
from datetime import date

from bot.models import (
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
    Upvotes,
    Word,
)


def print_query(query: Query) -> str:
    """Text that parses to the same query, with no more brackets than it needs."""
    sort = () if query.sort is Sort.RELEVANCE else (f"sort:{query.sort}",)
    tree: Node = query.tree.parts[0] if len(query.tree.parts) == 1 else query.tree
    if sort and isinstance(tree, Or):
        return " ".join((_grouped(tree), *sort))
    return " ".join(part for part in (_print(tree), *sort) if part)


def print_leaf(leaf: Leaf) -> str:
    """One part of a tree that holds no others, as it is typed."""
    if isinstance(leaf, Word):
        return _word(leaf)
    match leaf:
        case Category(name):
            told = f"cat:{name}"
        case ListedBy(source):
            told = f"source:{source}"
        case Upvotes(low, high):
            told = f"upvotes:{_figures(low, high)}"
        case FirstListed(since, until):
            told = f"date:{_days(since, until)}"
        case Lately(days):
            told = f"date:{days}d"
        case HasCode():
            told = "has:code"
        case Like(paper_id, loose):
            told = f"like:{'~' if loose else ''}{paper_id}"
    return told


def period_of(since: date, until: date) -> str:
    """The one day, month or year from `since` to `until`, as it is typed; "" for other spans."""
    if since == until:
        return f"{since}"
    if (since.month, since.day) == (1, 1) and until == date(since.year, 12, 31):
        return f"{since:%Y}"
    last = calendar.monthrange(since.year, since.month)[1]
    return f"{since:%Y-%m}" if since.day == 1 and until == since.replace(day=last) else ""


def _print(node: Node) -> str:
    match node:
        case And(parts):
            return " ".join(
                _grouped(part) if isinstance(part, Or) else _print(part) for part in parts
            )
        case Or(parts):
            return " OR ".join(_print(part) for part in parts)
        case Not(And() | Or() as group):
            return f"-{_grouped(group)}"
        case Not(part):
            return f"-{_print(part)}"
        case _:
            return print_leaf(node)


def _grouped(node: Node) -> str:
    return f"({_print(node)})"


def _word(word: Word) -> str:
    text = f'"{word.text}"' if word.quoted else word.text
    return f"{word.field}{':' if word.field else ''}{text}{'*' if word.prefix else ''}"


def _figures(low: int | None, high: int | None) -> str:
    if low is None:
        return f"<={high}"
    if high is None:
        return f">={low}"
    return str(low) if low == high else f"{low}..{high}"


def _days(since: date | None, until: date | None) -> str:
    if since is None:
        return f"<={until}"
    if until is None:
        return f">={since}"
    return period_of(since, until) or f"{since}..{until}"
