"""Query → SQL: one parametrised condition on `papers p`, for search and filters alike. Pure.

It is the strict meaning of a query (DESIGN §5), which the docstrings of bot.models tell node by
node. Each condition is true or false, never NULL, so `NOT` means what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from bot.categories import ARCHIVES
from bot.likeness import least_similarity
from bot.models import (
    And,
    Category,
    FirstListed,
    HasCode,
    Lately,
    Like,
    ListedBy,
    Node,
    Not,
    Or,
    Upvotes,
    Word,
)
from storage.sqlite.expressions import PLAIN, STEMMED, expression
from storage.sqlite.rows import sound, whole


class Condition(NamedTuple):
    """SQL that is true of the papers that match, and its parameters in order."""

    sql: str
    parameters: tuple[str | int, ...] = ()


EVERY = Condition("TRUE")
NONE = Condition("FALSE")


def condition(node: Node) -> Condition:  # noqa: C901, PLR0911 - a case a kind of node
    """The condition that a paper `p` must meet. Nothing a person typed is in the SQL itself.

    Raises TypeError for Lately, which has no meaning without a day.
    """
    match node:
        case And(parts):
            return _joined(_grouped(parts, And), "AND") or EVERY
        case Or(parts):
            return _joined(_grouped(parts, Or), "OR") or NONE
        case Not(part):
            inner = condition(part)
            return Condition(f"NOT {inner.sql}", inner.parameters)
        case Word():
            return _lookup(node, STEMMED) or _lookup(node, PLAIN) or NONE
        case Category(name):
            return _category(name)
        case ListedBy(source):
            sql = "EXISTS (SELECT 1 FROM sightings WHERE paper = p.pk AND source = ?)"
            return Condition(sql, (sound(source),))
        case Upvotes(low, high):
            return _within("p.upvotes", whole(low), whole(high))
        case FirstListed(since, until):
            return _within("p.first_day", _iso(since), _iso(until))
        case HasCode():
            return Condition("p.code_url <> ''")
        case Like(paper_id, loose):
            return _like(paper_id, least_similarity(loose=loose))
        case Lately():
            raise TypeError("the last days mean nothing without today: resolve the query first")


class Plan(NamedTuple):
    """How to come by the papers that meet a tree: look `words` up in `table`, then test the rest.

    Without words `table` and `words` are "", and every paper is to be tested.
    """

    table: str
    words: str
    rest: Condition


def plan(tree: And) -> Plan:
    """The quickest way to the papers that meet a tree."""
    for index in (STEMMED, PLAIN):
        told = tuple(part for part in tree.parts if _is_told_by(index, part, And))
        words = expression(And(told), index)
        if words:
            rest = tuple(part for part in tree.parts if part not in told)
            return Plan(index, words, condition(And(rest)))
    return Plan("", "", condition(tree))


def _grouped(parts: Sequence[Node], kind: type[And | Or]) -> list[Condition]:
    """The parts' conditions, those that one index can answer together as one: cheap ones first."""
    lookups: list[Condition] = []
    for index in (STEMMED, PLAIN):
        together = tuple(part for part in parts if _is_told_by(index, part, kind))
        found = _lookup(kind(together), index)
        if found:
            lookups.append(found)
            parts = [part for part in parts if part not in together]
    return [*map(condition, parts), *lookups]


def _is_told_by(index: str, part: Node, kind: type[And | Or]) -> bool:
    if kind is And and isinstance(part, Not):
        part = part.part
    return bool(expression(part, index, 1))


def _lookup(node: Node, index: str) -> Condition | None:
    found = expression(node, index)
    if not found:
        return None
    return Condition(f"p.pk IN (SELECT rowid FROM {index} WHERE {index} MATCH ?)", (found,))  # noqa: S608


def _joined(conditions: Sequence[Condition], operator: str) -> Condition | None:
    """All of them, in brackets; None for none. Halved, since SQLite bounds the depth of SQL."""
    if len(conditions) < 2:
        return next(iter(conditions), None)
    middle = len(conditions) // 2
    halves = _joined(conditions[:middle], operator), _joined(conditions[middle:], operator)
    left, right = (half for half in halves if half)
    return Condition(f"({left.sql} {operator} {right.sql})", left.parameters + right.parameters)


def _within(column: str, low: str | int | None, high: str | int | None) -> Condition:
    conditions = [Condition(f"{column} IS NOT NULL")]
    if low is not None:
        conditions.append(Condition(f"{column} >= ?", (low,)))
    if high is not None:
        conditions.append(Condition(f"{column} <= ?", (high,)))
    return _joined(conditions, "AND") or EVERY


def _category(name: str) -> Condition:
    lookup = "EXISTS (SELECT 1 FROM paper_categories WHERE paper = p.pk AND "
    if name not in ARCHIVES:
        return Condition(f"{lookup}category = ?)", (sound(name),))
    # An archive is itself, or anything from its name and "." to before "/", the next sign.
    span = "(category = ? OR category >= ? AND category < ?))"
    return Condition(lookup + span, (name, f"{name}.", f"{name}/"))


def _like(paper_id: str, least: int) -> Condition:
    sql = (
        "(p.id <> ? AND EXISTS (SELECT 1 FROM papers named JOIN vectors one ON one.paper = named.pk"
        " JOIN vectors other ON other.paper = p.pk"
        " WHERE named.id = ? AND similarity(one.vector, other.vector) >= ?))"
    )
    return Condition(sql, (sound(paper_id), sound(paper_id), least))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
