"""The strict search: which papers meet all of a query."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from bot.models import And, Query, Sort
from storage.sqlite.expressions import STEMMED
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

# A match in the title says more than one in the abstract, a name more than a word.
RELEVANCE = f"bm25({STEMMED}, 4.0, 1.0, 2.0, 2.0, 1.0)"
# As the index papers_by_day has it, which holds all that this order asks for.
_NEWEST = "p.last_day DESC, p.upvotes DESC, p.pk DESC"
_MOST_UPVOTED = "p.upvotes DESC, p.last_day DESC, p.pk DESC"
RARE = 5_000  # papers: up to so many are sorted sooner than they are met on a walk (measured)
SOME = 100  # ids, which are tested sooner one by one


def search(db: Database, query: Query, limit: int) -> list[str]:
    """Ids of the papers that meet a query, in the order of its `sort`."""
    found = plan(query.tree)
    if found.table == STEMMED and query.sort is Sort.RELEVANCE:
        return _most_relevant(db, found, limit)
    source, parameters = _source(db, query.tree, found)
    order = _MOST_UPVOTED if query.sort is Sort.UPVOTES else _NEWEST
    sql = f"SELECT p.pk AS pk FROM {source} ORDER BY {order} LIMIT ?"  # noqa: S608 - fixed parts
    return _ids(db, sql, (*parameters, limit))


def count_matches(db: Database, query: Query, most: int) -> int:
    """How many papers meet a query, counted up to `most`."""
    found = plan(query.tree)
    if found.words and found.rest == EVERY:
        source, parameters = _looked_up(found)
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


def _most_relevant(db: Database, found: Plan, limit: int) -> list[str]:
    source, parameters = _looked_up(found)
    sql = (
        f"SELECT {STEMMED}.rowid AS pk FROM {source}"  # noqa: S608
        f" ORDER BY {RELEVANCE}, {STEMMED}.rowid DESC LIMIT ?"
    )
    return _ids(db, sql, (*parameters, limit))


def _source(db: Database, tree: And, found: Plan) -> Condition:
    """What stands behind FROM, and its parameters: rare words first, else the papers by day."""
    if found.words and _is_rare(db, found):
        return _looked_up(found, joined=True)
    met = condition(tree, together_from(found.least))
    return Condition(f"papers p INDEXED BY papers_by_day WHERE {met.sql}", met.parameters)


def _is_rare(db: Database, found: Plan) -> bool:
    sql = (
        f"SELECT count(*) FROM (SELECT 1 FROM {found.table}"  # noqa: S608
        f" WHERE {found.table} MATCH ? AND rowid >= {found.least} LIMIT {RARE})"
    )
    return int(db.execute(sql, (found.words,)).fetchone()[0]) < RARE


def _looked_up(found: Plan, *, joined: bool = False) -> Condition:
    table, source = found.table, found.table
    # A paper's row is read only where something asks for it: that costs more than all else.
    if joined or found.rest != EVERY:
        source += f" CROSS JOIN papers p ON p.pk = {table}.rowid"
    met = f"{table} MATCH ? AND {table}.rowid >= {found.least} AND {found.rest.sql}"
    return Condition(f"{source} WHERE {met}", (found.words, *found.rest.parameters))


def _ids(db: Database, ordered: str, parameters: Sequence[str | int]) -> list[str]:
    """The ids of the papers whose pks a query brings, in its order: no other id is read."""
    pks = [pk for (pk,) in db.execute(ordered, parameters)]
    sql = "SELECT pk, id FROM papers WHERE pk IN (SELECT value FROM json_each(?))"
    ids: dict[int, str] = {}
    for chunk in chunks(pks):
        ids.update(db.execute(sql, (json_list(chunk),)).fetchall())
    return [ids[pk] for pk in pks]
