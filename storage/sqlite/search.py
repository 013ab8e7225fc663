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
from storage.sqlite.expressions import PLAIN, STEMMED, expression, holds_prefix
from storage.sqlite.rows import sound, whole

LATELY = 20_000  # papers: of a longer span it takes too long to learn where it begins


class Condition(NamedTuple):
    """A piece of SQL, true of the papers that match, and its parameters in order."""

    sql: str
    parameters: tuple[str | int, ...] = ()


EVERY = Condition("TRUE")
NONE = Condition("FALSE")

# Ways to look words up. All that hold them, found once, for many papers: 0.2 µs a paper that holds
# them; or each paper by itself, for some: 40 µs a paper (measured on a million papers). The plus
# keeps SQLite from going through all of them for each of the papers at hand.
TOGETHER = "+p.pk IN (SELECT rowid FROM {index} WHERE {index} MATCH ?)"
ONE_BY_ONE = "EXISTS (SELECT 1 FROM {index} WHERE {index} MATCH ? AND rowid = p.pk)"


def together_from(least: str) -> str:
    """As TOGETHER, but no further back than to a pk that SQL of ours tells."""
    return f"{TOGETHER[:-1]} AND rowid >= {least})"


def condition(node: Node, lookup: str = TOGETHER) -> Condition:  # noqa: C901, PLR0911
    """The condition that a paper `p` must meet. Nothing a person typed is in the SQL itself.

    Raises TypeError for Lately, which has no meaning without a day.
    """
    match node:  # a case a kind of node
        case And(parts):
            return _joined(_grouped(parts, And, lookup), "AND") or EVERY
        case Or(parts):
            return _joined(_grouped(parts, Or, lookup), "OR") or NONE
        case Not(part):
            inner = condition(part, lookup)
            return Condition(f"NOT {inner.sql}", inner.parameters)
        case Word():
            return _looked_up(node, STEMMED, lookup) or _looked_up(node, PLAIN, lookup) or NONE
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

    Without words `table` and `words` are "", and every paper is to be tested. `least` is SQL for
    a pk: no paper before it meets the tree.
    """

    table: str
    words: str
    rest: Condition
    least: str


def plan(tree: And) -> Plan:
    """The quickest way to the papers that meet a tree."""
    least = _least_pk(tree)
    lookup = together_from(least)
    for index in (STEMMED, PLAIN):
        told = tuple(part for part in tree.parts if _is_told_by(index, part, And))
        words = expression(And(told), index)
        if words:
            rest = And(tuple(part for part in tree.parts if part not in told))
            return Plan(index, words, condition(rest, lookup), least)
    return Plan("", "", condition(tree, lookup), least)


def _least_pk(tree: And) -> str:
    """A query of the last days need not look at a million older papers."""
    days = [part.since for part in tree.parts if isinstance(part, FirstListed) and part.since]
    if not days:
        return "0"
    lately = f"SELECT pk FROM papers WHERE last_day >= '{max(days).isoformat()}' LIMIT {LATELY}"  # noqa: S608
    return f"(SELECT iif(count(*) < {LATELY}, min(pk), 0) FROM ({lately}))"  # noqa: S608


def _grouped(parts: Sequence[Node], kind: type[And | Or], lookup: str) -> list[Condition]:
    """The parts' conditions, those that one index can answer together as one: cheap ones first."""
    lookups: list[Condition] = []
    for index in (STEMMED, PLAIN):
        together = tuple(part for part in parts if _is_told_by(index, part, kind))
        found = _looked_up(kind(together), index, lookup)
        if found:
            lookups.append(found)
            parts = [part for part in parts if part not in together]
    return [*(condition(part, lookup) for part in parts), *lookups]


def _is_told_by(index: str, part: Node, kind: type[And | Or]) -> bool:
    if kind is And and isinstance(part, Not):
        part = part.part
    return bool(expression(part, index, 1))


def _looked_up(node: Node, index: str, lookup: str) -> Condition | None:
    found = expression(node, index)
    if lookup == ONE_BY_ONE and holds_prefix(found):
        lookup = TOGETHER
    return Condition(lookup.format(index=index), (found,)) if found else None


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
