"""What passes filters: one is asked of the database, many at once are held against each paper."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlite_utils import Database

from bot.matching import AlertIndex, Anchors, documents, plan_of
from bot.models import ListedPaper, Query, Word
from bot.ports import Analyzer, Passing
from bot.queries import leaves, sources_of
from storage.sqlite.analyzer import SqliteAnalyzer
from storage.sqlite.changes import WRITTEN_COLUMNS
from storage.sqlite.rows import chunks, json_list, listed_of, moment, moment_or_none
from storage.sqlite.search import condition, together_from

_LISTED = (
    "SELECT paper, max(day) AS last_day FROM sightings"
    " WHERE source IN (SELECT value FROM json_each(?)) AND day BETWEEN ? AND ? GROUP BY paper"
)
_PAPERS = (
    f"SELECT p.pk, v.vector, {', '.join(f'p.{name}' for name in WRITTEN_COLUMNS)},"  # noqa: S608
    " (SELECT json_group_array(DISTINCT source) FROM sightings WHERE paper = p.pk)"
    " FROM papers p LEFT JOIN vectors v ON v.paper = p.pk"
    " WHERE p.pk IN (SELECT value FROM json_each(?)) ORDER BY p.pk"
)


class _Listing(NamedTuple):
    """What some sources listed in a span, and the filters that look at them.

    `days` holds the last day by a paper's pk; `held` has the filters by their place in `texts`.
    """

    days: Mapping[int, date]
    texts: Sequence[str]
    held: AlertIndex


def passing(
    db: Database,
    filter_text: str,
    query: Query,
    sources: Collection[str],
    days: tuple[date, date],
) -> list[Passing]:
    """The papers listed by these sources in the span that match the query strictly."""
    matching = condition(query.tree, together_from("(SELECT min(paper) FROM listed)"))
    # The span is looked up first and each paper of it tested, so the cost is that of the span.
    sql = (
        f"WITH listed AS MATERIALIZED ({_LISTED})"  # noqa: S608
        " SELECT p.id, listed.last_day, coalesce(p.upvotes, 0), p.published_at,"
        " (SELECT passed_at FROM filter_papers WHERE paper = p.pk"
        " AND filter = (SELECT pk FROM filters WHERE text = ?))"
        " FROM listed CROSS JOIN papers p ON p.pk = listed.paper"
        f" WHERE {matching.sql} ORDER BY p.pk"
    )
    span = (json_list(sources), *(day.isoformat() for day in days))
    values = (*span, filter_text, *matching.parameters)
    return [_passing_of(*row) for row in db.execute(sql, values)]


def passing_all(
    db: Database, filters: Mapping[str, Query], since: date, until: date
) -> dict[str, list[Passing]]:
    """By filter, what `passing` would find for it: each paper of the span is read once."""
    found: dict[str, list[Passing]] = {text: [] for text in filters}
    with closing(SqliteAnalyzer()) as analyze:
        listings = _listings(db, filters, analyze, since, until)
        pks = sorted(set[int]().union(*(listing.days for listing in listings)))
        for chunk in chunks(pks):
            _hold_papers(db, chunk, listings, analyze, found)
    if pks:
        for text, papers in found.items():
            _tell_passes(db, text, papers, pks[0])
    return found


def _listings(
    db: Database, filters: Mapping[str, Query], analyze: Analyzer, since: date, until: date
) -> list[_Listing]:
    """A listing for each choice of sources, with an index of its filters."""
    # Taken apart in one go: one by one they cost as much again as all the rest of a plan.
    analyze([w.text for q in filters.values() for w in leaves(q.tree) if isinstance(w, Word)])
    anchors = _anchors(db)
    listings: dict[frozenset[str], _Listing] = {}
    texts: dict[frozenset[str], list[str]] = {}
    for text, query in filters.items():
        sources = sources_of(query)
        if sources not in listings:
            span = (json_list(sorted(sources)), since.isoformat(), until.isoformat())
            days = {pk: date.fromisoformat(day) for pk, day in db.execute(_LISTED, span)}
            texts[sources] = []
            listings[sources] = _Listing(days, texts[sources], AlertIndex(anchors))
        listings[sources].held.add(len(texts[sources]), plan_of(query, analyze, _any_rarity))
        texts[sources].append(text)
    return list(listings.values())


def _hold_papers(
    db: Database,
    pks: Sequence[object],
    listings: Sequence[_Listing],
    analyze: Analyzer,
    found: Mapping[str, list[Passing]],
) -> None:
    """Put some papers where they pass; `found` holds a list for every filter."""
    rows = db.execute(_PAPERS, (json_list(pks),)).fetchall()
    papers = [listed_of(row) for _, _, *row in rows]
    vectors = {paper.paper.id: row[1] for paper, row in zip(papers, rows, strict=True) if row[1]}
    taken_apart = documents(papers, analyze, vectors)
    for (pk, *_), paper, document in zip(rows, papers, taken_apart, strict=True):
        for days, texts, held in listings:
            if pk in days:
                told = _told(paper, days[pk])
                for place in held.matching(document, days[pk]):
                    found[texts[place]].append(told)


def _told(listed: ListedPaper, last_day: date) -> Passing:
    """One for all filters of the same sources: ten thousand broad ones don't fill the memory."""
    paper = listed.paper
    return Passing(paper.id, last_day, listed.upvotes or 0, paper.published_at, None)


def _tell_passes(db: Database, text: str, papers: list[Passing], first_pk: int) -> None:
    """Put in when a filter's papers were first seen to pass."""
    sql = (
        "SELECT p.id, f.passed_at FROM filter_papers f JOIN papers p ON p.pk = f.paper"
        " WHERE f.filter = (SELECT pk FROM filters WHERE text = ?) AND f.paper >= ?"
    )
    passed = dict(db.execute(sql, (text, first_pk)).fetchall()) if papers else {}
    if passed:
        papers[:] = [
            replace(each, passed_at=moment(passed[each.paper_id]))
            if each.paper_id in passed
            else each
            for each in papers
        ]


def _anchors(db: Database) -> Anchors:
    """The vectors that `like:` compares with, each read once."""
    sql = "SELECT vector FROM vectors WHERE paper = (SELECT pk FROM papers WHERE id = ?)"

    @cache
    def anchor(paper_id: str) -> bytes:
        row = db.execute(sql, (paper_id,)).fetchone()
        return row[0] if row else b""

    return anchor


def _any_rarity(stem: str) -> float:  # noqa: ARG001
    """The index is used for a span and thrown away: counting words costs more than it saves."""
    return 0.0


def _passing_of(
    paper_id: str, last_day: str, upvotes: int, published_at: str | None, passed_at: str | None
) -> Passing:
    return Passing(
        paper_id,
        date.fromisoformat(last_day),
        upvotes,
        moment_or_none(published_at),
        moment_or_none(passed_at),
    )
