"""Where papers hold the words of a query: in the title, and in a passage of the abstract."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from bot.models import Excerpt, Or, Query
from bot.queries import text_words
from storage.sqlite.expressions import PLAIN, STEMMED, expression, holds_prefix
from storage.sqlite.passages import Marked, passage, runs, united
from storage.sqlite.rows import chunks, json_list
from storage.sqlite.segmenting import readable

_IDS = "(SELECT pk FROM papers WHERE id IN (SELECT value FROM json_each(?)))"


def excerpts(db: Database, query: Query, ids: Sequence[str]) -> dict[str, Excerpt]:
    """By id, where each paper holds words of the query, any of them; unknown ids are left out."""
    found: dict[str, tuple[Marked, Marked]] = {}
    for chunk in chunks(ids):
        asked = json_list(chunk)
        sql = "SELECT id, title, abstract FROM papers WHERE id IN (SELECT value FROM json_each(?))"
        for paper_id, title, abstract in db.execute(sql, (asked,)):
            found[paper_id] = Marked(title), Marked(abstract)
        for index in (STEMMED, PLAIN):
            for paper_id, title, abstract in _highlighted(db, query, index, asked):
                plain_title, plain_abstract = found[paper_id]
                found[paper_id] = united(plain_title, title), united(plain_abstract, abstract)
    return {
        paper_id: Excerpt(runs(title), passage(abstract))
        for paper_id, (title, abstract) in found.items()
    }


def _highlighted(
    db: Database, query: Query, index: str, asked: str
) -> Iterator[tuple[str, Marked, Marked]]:
    words = tuple(word for word in text_words(query) if expression(word, index))
    if not words:
        return
    # No text from outside can hold these: they are new at each asking.
    first, last = f"<{secrets.token_hex(8)}>", f"<{secrets.token_hex(8)}>"
    any_word = expression(Or(words), index)
    # The plus keeps SQLite from looking the words up anew for each paper.
    together = "+" if holds_prefix(any_word) else ""
    sql = (
        f"SELECT p.id, highlight({index}, 0, ?, ?), highlight({index}, 1, ?, ?)"  # noqa: S608
        f" FROM {index} CROSS JOIN papers p ON p.pk = {index}.rowid"
        f" WHERE {index} MATCH ? AND {together}{index}.rowid IN {_IDS}"
    )
    values = (first, last, first, last, any_word, asked)
    for paper_id, title, abstract in db.execute(sql, values):
        yield paper_id, _marked(title, first, last), _marked(abstract, first, last)


def _marked(highlighted: str, first: str, last: str) -> Marked:
    before, *pieces = highlighted.split(first)
    text, spans = readable(before), []
    for piece in pieces:
        inside, _, after = piece.partition(last)
        spans.append((len(text), len(text) + len(readable(inside))))
        text += readable(inside) + readable(after)
    return Marked(text, tuple(spans))
