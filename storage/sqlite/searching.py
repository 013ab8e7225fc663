"""The strict search: which papers meet all of a query."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from bot.models import And, Query, Sort
from storage.sqlite.expressions import STEMMED
from storage.sqlite.rows import json_list
from storage.sqlite.search import condition, plan

# A match in the title says more than one in the abstract, a name more than a word.
RELEVANCE = f"bm25({STEMMED}, 4.0, 1.0, 2.0, 2.0, 1.0), {STEMMED}.rowid DESC"
_NEWEST = "p.last_day DESC, p.upvotes DESC, p.pk DESC"  # as the index papers_by_day has it
_ORDERS = {
    Sort.RELEVANCE: _NEWEST,
    Sort.NEW: _NEWEST,
    Sort.UPVOTES: "p.upvotes DESC, p.last_day DESC, p.pk DESC",
}


def search(db: Database, query: Query, limit: int) -> list[str]:
    """Ids of the papers that meet a query, in the order of its `sort`."""
    source, parameters, table = _source(query.tree)
    order = _ORDERS[query.sort]
    if table == STEMMED and query.sort is Sort.RELEVANCE:
        order = RELEVANCE
    sql = f"SELECT p.id FROM {source} ORDER BY {order} LIMIT ?"  # noqa: S608 - fixed parts
    return [paper_id for (paper_id,) in db.execute(sql, (*parameters, limit))]


def count_matches(db: Database, query: Query, most: int) -> int:
    """How many papers meet a query, counted up to `most`."""
    source, parameters, _ = _source(query.tree)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT ?)"  # noqa: S608
    return int(db.execute(sql, (*parameters, most)).fetchone()[0])


def matching(db: Database, query: Query, ids: Sequence[str]) -> list[str]:
    """Those of the ids whose papers meet a query, in the order given."""
    met = condition(query.tree)
    sql = f"SELECT p.id FROM papers p WHERE p.id IN (SELECT value FROM json_each(?)) AND {met.sql}"  # noqa: S608
    found = {paper_id for (paper_id,) in db.execute(sql, (json_list(ids), *met.parameters))}
    return [paper_id for paper_id in ids if paper_id in found]


def _source(tree: And) -> tuple[str, tuple[str | int, ...], str]:
    """What stands behind FROM, its parameters, and the index that words are looked up in."""
    table, words, rest = plan(tree)
    if not table:
        return f"papers p WHERE {rest.sql}", rest.parameters, ""
    # CROSS JOIN: the words come first, whatever the planner thinks of them.
    source = (
        f"{table} CROSS JOIN papers p ON p.pk = {table}.rowid WHERE {table} MATCH ? AND {rest.sql}"
    )
    return source, (words, *rest.parameters), table
