"""Query → SQL: one parametrised condition on `papers p`, for search and filters alike. Pure."""

from __future__ import annotations

from typing import NamedTuple

from bot.categories import ARCHIVES
from bot.models import And, Category, ListedBy, Node, Query, Word


class Condition(NamedTuple):
    """SQL that is true of the papers that match, and its parameters in order."""

    sql: str
    parameters: tuple[str, ...] = ()


EVERY = Condition("TRUE")


def condition(node: Node) -> Condition:
    """The condition that a paper `p` must meet. Nothing a person typed is in the SQL itself."""
    match node:
        case Word():
            return _words([node])
        case Category(name):
            return _category(name)
        case ListedBy(source):
            return Condition(
                "EXISTS (SELECT 1 FROM sightings WHERE paper = p.pk AND source = ?)", (source,)
            )
        case And(parts):
            return _all(parts)


def ranking(query: Query) -> tuple[str, Condition]:
    """The words that a search ranks by as a full-text expression ("" for none), and the rest."""
    words = [part for part in query.tree.parts if isinstance(part, Word)]
    rest = tuple(part for part in query.tree.parts if not isinstance(part, Word))
    return match_expression(words), condition(And(rest))


def match_expression(words: list[Word]) -> str:
    """The FTS5 expression that all of the words meet: strings only, none of its own syntax.

    Within a string the tokenizer decides, so `GPT-4o` is two tokens in order, as in the texts. A
    string without any token is passed over (sqlite.org/fts5.html, "FTS5 Phrases").
    """
    return " ".join(f'"{_plain(word.text)}"' for word in words)


def _plain(text: str) -> str:
    # A NUL would end the expression; half a surrogate pair can't be bound.
    return text.replace("\0", " ").replace('"', '""').encode("utf-8", "replace").decode()


def _words(words: list[Word]) -> Condition:
    return Condition(
        "p.pk IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH ?)",
        (match_expression(words),),
    )


def _category(name: str) -> Condition:
    lookup = "EXISTS (SELECT 1 FROM paper_categories WHERE paper = p.pk AND "
    if name not in ARCHIVES:
        return Condition(f"{lookup}category = ?)", (name,))
    # An archive is itself, or anything from its name and "." to before "/", the next sign.
    span = "(category = ? OR category >= ? AND category < ?))"
    return Condition(lookup + span, (name, f"{name}.", f"{name}/"))


def _all(parts: tuple[Node, ...]) -> Condition:
    words = [part for part in parts if isinstance(part, Word)]
    conditions = [condition(part) for part in parts if not isinstance(part, Word)]
    if words:  # one look into the index for all of them
        conditions.insert(0, _words(words))
    if not conditions:
        return EVERY
    return Condition(
        " AND ".join(f"({each.sql})" for each in conditions),
        tuple(parameter for each in conditions for parameter in each.parameters),
    )
