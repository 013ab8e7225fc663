"""The ranked search of the text: what meets all of a query, and where that is little, any word.

Candidates come from the index, the best of them are looked at word by word (ranking.py). Neither
goes through all papers that hold a common word: of a million that would take seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice

from sqlite_utils import Database

from bot.models import Found, Query, Sort
from storage.sqlite.expressions import PLAIN, STEMMED
from storage.sqlite.indexing import TEXT_COLUMNS
from storage.sqlite.loosening import titled
from storage.sqlite.questions import Question, Questions
from storage.sqlite.ranking import NEAR_TIE, favour, fitness
from storage.sqlite.rows import json_list
from storage.sqlite.search import Plan, plan
from storage.sqlite.searching import ids_of, in_order, looked_up, most_relevant, search_pks

SHORT_LIST = 10  # papers: fewer that match all of a query are not enough (DESIGN §5)
# Of the best candidates, which are looked at word by word, about 30 µs each. Fewer of those that
# hold all words: their order by BM25 is nearly right.
LOOKED_AT, LOOKED_AT_OF_STRICT = 30, 15
LIKELY_FEW = 400  # papers, by a guess: of more, to see first whether they are few costs more
MOST_RANKED = 20_000  # papers: where more match all of a query, the words must be in their titles
TITLED = 10  # one in so many that hold some words has them in the title, at most: about 3 % do
ENOUGH = 40  # papers, of those that hold more of what is asked than others do

Scores = dict[int, float]  # by pk, the best first


def find(db: Database, query: Query, limit: int, questions: Questions) -> Found:
    """The papers for a query, as the port tells."""
    query, corrected = questions.mended(db, query)
    question = questions.read(db, query)
    strict = _strict(db, query, question, questions, limit)
    some: Scores = {}
    if len(strict) < min(SHORT_LIST, limit):
        some = _in_part(db, question, questions, limit)
        if query.sort is not Sort.RELEVANCE:
            some = _by_place(in_order(db, list(some), query.sort))
    ranked = _behind(strict, some)
    ids = ids_of(db, list(ranked)[:limit])
    scores = tuple(ranked.values())[:limit]
    met = ids[: len(strict)]
    return Found(tuple(ids), scores, frozenset(met), len(met), corrected)


def _strict(
    db: Database, query: Query, question: Question, questions: Questions, limit: int
) -> Scores:
    """Papers that meet all of the query, in the order of its sort."""
    found = plan(query.tree)
    # Of the index of plain words only beginnings are of the text; who bears a name is by day.
    is_ranked = found.table == STEMMED or (found.table == PLAIN and question.prefixes)
    if not is_ranked or query.sort is not Sort.RELEVANCE:
        return _by_place(search_pks(db, query, limit))
    if question.likely > MOST_RANKED and _is_long(db, found):
        best = _of_many(db, query, question, found, limit)
    else:
        best = _all_of_few(db, question, found) or dict(most_relevant(db, found, limit))
    count = LOOKED_AT if len(best) <= LOOKED_AT else LOOKED_AT_OF_STRICT
    return _looked_over(db, best, question, questions, count)


def _all_of_few(db: Database, question: Question, found: Plan) -> Scores:
    """The papers unranked where they are so few that all are looked at; {} where they are not."""
    if question.likely > LIKELY_FEW:
        return {}
    few = _newest(db, found, LOOKED_AT + 1)
    return dict.fromkeys(few, 0.0) if len(few) <= LOOKED_AT else {}


def _is_long(db: Database, found: Plan) -> bool:
    source, parameters = looked_up(found)
    sql = f"SELECT count(*) > ? FROM (SELECT 1 FROM {source} LIMIT ?)"  # noqa: S608
    return bool(db.execute(sql, (MOST_RANKED, *parameters, MOST_RANKED + 1)).fetchone()[0])


def _of_many(db: Database, query: Query, question: Question, found: Plan, limit: int) -> Scores:
    """The best of very many papers, about: who has all of it in the title, then the newest."""
    in_title = plan(titled(query.tree))
    if question.likely > TITLED * MOST_RANKED and _is_long(db, in_title):
        in_title = _lately(db, in_title)
    best = dict(most_relevant(db, in_title, limit))
    if len(best) < ENOUGH:
        others = dict(most_relevant(db, _lately(db, found), limit))
    else:
        others = _by_place(_newest(db, found, limit))
    return dict(islice(_behind(best, others).items(), limit))


def _lately(db: Database, found: Plan) -> Plan:
    """The plan for the newest of the papers that it finds."""
    newest = _newest(db, found, MOST_RANKED)
    return found._replace(least=str(newest[-1])) if newest else found


def _newest(db: Database, found: Plan, count: int) -> list[int]:
    source, parameters = looked_up(found)
    sql = f"SELECT {found.table}.rowid FROM {source} ORDER BY {found.table}.rowid DESC LIMIT ?"  # noqa: S608
    return [pk for (pk,) in db.execute(sql, (*parameters, count))]


def _in_part(db: Database, question: Question, questions: Questions, limit: int) -> Scores:
    """Papers that hold any of the words and meet all the rest."""
    found: Scores = {}
    if question.pairs:
        found = dict(most_relevant(db, plan(question.asking(question.pairs)), limit))
    if question.words and len(found) < ENOUGH:
        any_word = most_relevant(db, plan(question.asking(question.words)), limit)
        found = _behind(found, dict(any_word))
    if question.prefixes:
        begun = plan(question.asking(question.prefixes))
        if _is_long(db, begun):
            begun = _lately(db, begun)
        found = _behind(found, dict(most_relevant(db, begun, limit)))
    return _looked_over(db, found, question, questions, LOOKED_AT)


def _looked_over(
    db: Database, found: Scores, question: Question, questions: Questions, count: int
) -> Scores:
    """The best of what was found in a better order, the others behind them."""
    chosen = list(found)[:count]
    sql = (
        f"SELECT pk, upvotes, last_day, {', '.join(TEXT_COLUMNS)} FROM papers"  # noqa: S608
        " WHERE pk IN (SELECT value FROM json_each(?)) ORDER BY pk DESC"
    )
    rows = db.execute(sql, (json_list(chosen),)).fetchall()
    scores = fitness([row[3:] for row in rows], question.terms, questions.stems_of)
    near_tie = NEAR_TIE * max(scores, default=0.0)
    days = [date.fromisoformat(day) if day else None for _, _, day, *_ in rows]
    newest = max(filter(None, days), default=date.min)
    moved = {
        pk: score + near_tie * favour(upvotes, (newest - day).days if day else None)
        for (pk, upvotes, *_), day, score in zip(rows, days, scores, strict=True)
    }
    better = dict(sorted(moved.items(), key=lambda each: -each[1]))
    return _behind(better, found)


def _by_place(pks: Iterable[int]) -> Scores:
    return {pk: -float(place) for place, pk in enumerate(pks)}


def _behind(first: Scores, then: Scores) -> Scores:
    """Both, the second lowered as far as it must be to stand behind the first."""
    then = {pk: score for pk, score in then.items() if pk not in first}
    least = min(first.values(), default=0.0)
    gap = max(max(then.values(), default=0.0) - least, 0.0) if first else 0.0
    return first | {pk: score - gap for pk, score in then.items()}
