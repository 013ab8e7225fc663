"""The strict search: which papers meet all of a query."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from bot.models import And, Query, Sort
from storage.sqlite.expressions import STEMMED
from storage.sqlite.ranking import WEIGHTS
from storage.sqlite.rows import chunks, json_list
from storage.sqlite.search import (
    EVERY,
    ONE_BY_ONE,
    TOGETHER,
    Condition,
    Plan,
    condition,
    plan,
    together_from,
)

_WEIGHTS = ", ".join(map(str, WEIGHTS))
# As the index papers_by_day has it, which holds all that this order asks for.
_NEWEST = "p.last_day DESC, p.upvotes DESC, p.pk DESC"
_MOST_UPVOTED = "p.upvotes DESC, p.last_day DESC, p.pk DESC"
RARE = 5_000  # papers: up to so many are sorted sooner than they are met on a walk (measured)
SOME = 100  # ids, which are tested sooner one by one


def search(db: Database, query: Query, limit: int) -> list[str]:
    """Ids of the papers that meet a query, in the order of its `sort`."""
    return ids_of(db, search_pks(db, query, limit))


def search_pks(db: Database, query: Query, limit: int) -> list[int]:
    """The pks of the papers that meet a query, in the order of its `sort`."""
    found = plan(query.tree)
    if found.table == STEMMED and query.sort is Sort.RELEVANCE:
        return [pk for pk, _ in most_relevant(db, found, limit)]
    source, parameters = _source(db, query.tree, found)
    sql = f"SELECT p.pk FROM {source} ORDER BY {_order(query.sort)} LIMIT ?"  # noqa: S608
    return [pk for (pk,) in db.execute(sql, (*parameters, limit))]


def most_relevant(db: Database, found: Plan, limit: int) -> list[tuple[int, float]]:
    """The pks of the papers that a plan finds by words, best first, with how good."""
    source, parameters = looked_up(found)
    sql = (
        f"SELECT {found.table}.rowid, -bm25({found.table}, {_WEIGHTS}) AS score FROM {source}"  # noqa: S608
        f" ORDER BY score DESC, {found.table}.rowid DESC LIMIT ?"
    )
    return db.execute(sql, (*parameters, limit)).fetchall()


def in_order(db: Database, pks: Sequence[int], sort: Sort) -> list[int]:
    """Papers in an order."""
    sql = (
        "SELECT p.pk FROM papers p WHERE p.pk IN (SELECT value FROM json_each(?))"  # noqa: S608
        f" ORDER BY {_order(sort)}"
    )
    return [pk for (pk,) in db.execute(sql, (json_list(pks),))]


def count_matches(db: Database, query: Query, most: int) -> int:
    """How many papers meet a query, counted up to `most`."""
    found = plan(query.tree)
    if found.words and found.rest == EVERY:
        source, parameters = looked_up(found)
    else:
        source, parameters = _source(db, query.tree, found)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT ?)"  # noqa: S608
    return int(db.execute(sql, (*parameters, most)).fetchone()[0])


def matching(db: Database, query: Query, ids: Sequence[str]) -> list[str]:
    """Those of the ids whose papers meet a query, in the order given."""
    met = condition(query.tree, ONE_BY_ONE if len(ids) <= SOME else TOGETHER)
    sql = f"SELECT p.id FROM papers p WHERE p.id IN (SELECT value FROM json_each(?)) AND {met.sql}"  # noqa: S608
    found = {paper_id for (paper_id,) in db.execute(sql, (json_list(ids), *met.parameters))}
    return [paper_id for paper_id in ids if paper_id in found]


def ids_of(db: Database, pks: Sequence[int]) -> list[str]:
    """The ids of papers, in the order of their pks."""
    sql = (
        "SELECT p.pk, p.id FROM json_each(?) wanted"
        " CROSS JOIN papers p INDEXED BY papers_ids ON p.pk = wanted.value"
    )
    ids: dict[int, str] = {}
    for chunk in chunks(pks):
        ids.update(db.execute(sql, (json_list(chunk),)).fetchall())
    return [ids[pk] for pk in pks]


def _order(sort: Sort) -> str:
    return _MOST_UPVOTED if sort is Sort.UPVOTES else _NEWEST


def _source(db: Database, tree: And, found: Plan) -> Condition:
    """What stands behind FROM, and its parameters: rare words first, else the papers by day."""
    if found.words and _is_rare(db, found):
        return looked_up(found, joined=True)
    met = condition(tree, together_from(found.least))
    return Condition(f"papers p INDEXED BY papers_by_day WHERE {met.sql}", met.parameters)


def _is_rare(db: Database, found: Plan) -> bool:
    sql = (
        f"SELECT count(*) FROM (SELECT 1 FROM {found.table}"  # noqa: S608
        f" WHERE {found.table} MATCH ? AND rowid >= {found.least} LIMIT {RARE})"
    )
    return int(db.execute(sql, (found.words,)).fetchone()[0]) < RARE


def looked_up(found: Plan, *, joined: bool = False) -> Condition:
    """What stands behind FROM where a plan's words come first, and its parameters.

    The papers are there as `p` only where the rest asks for them, or `joined` does.
    """
    table, source = found.table, found.table
    # A paper's row is read only where something asks for it: that costs more than all else.
    if joined or found.rest != EVERY:
        source += f" CROSS JOIN papers p ON p.pk = {table}.rowid"
    met = f"{table} MATCH ? AND {table}.rowid >= {found.least} AND {found.rest.sql}"
    return Condition(f"{source} WHERE {met}", (found.words, *found.rest.parameters))
