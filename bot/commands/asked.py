"""What a search looks for: what was typed, how that was read, and the words put right. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.errors import QueryError
from bot.identity import paper_id
from bot.models import And, Like, Node, Not, Or, Query, Word
from bot.queries import parse_query, print_query, resolve
from bot.query_trees import positive_leaves
from bot.readings import Reading, read_likely, read_plainly

_LIKE_A_PAPER = re.compile(
    r"(?<!\S)(?:like|similar to|related to|close to) (?P<paper>[0-9]{4}\.[0-9]{4,6}(?:v[0-9]+)?)"
    r"(?=[\s,?!]|$)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One search.

    `typed` is what the person wrote, `text` what is searched, in the query language, and `query`
    that text, resolved. `told` says in plain words how plain words were read, "" where they were
    not. `likely` is what it may mean instead, "" for nothing. `corrected` maps words that no paper
    holds to those searched instead. `exact`: nothing is read into the words, and nothing put right.
    """

    typed: str
    text: str
    query: Query
    told: str = ""
    likely: str = ""
    corrected: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False

    @property
    def args(self) -> dict[str, str]:
        """The arguments that search exactly this again."""
        is_plain = self.text == self.typed and not self.exact
        return {"query": self.text} if is_plain else {"query": self.text, "exact": "yes"}

    @property
    def likes(self) -> tuple[str, ...]:
        """Ids of the papers that what is found shall be like."""
        leaves = positive_leaves(self.query.tree)
        return tuple(leaf.paper_id for leaf in leaves if isinstance(leaf, Like))


def read_asked(typed: str, today: date, *, exact: bool) -> Asked:
    """A typed query, with the plain forms around the language read. Raises QueryError."""
    if exact:
        return Asked(typed, typed, resolve(parse_query(typed), today), exact=True)
    _refuse_no_paper(typed)
    reading, likely = _read(typed, today), None
    if reading is None:
        likely = read_likely(typed, today)
    text = reading.query_text if reading else typed
    query = resolve(parse_query(text), today)
    told = reading.told if reading else ""
    return Asked(typed, text, query, told, likely.query_text if likely else "")


def _refuse_no_paper(typed: str) -> None:
    """`papers like 9999.99999` can mean nothing else, and there is no such paper."""
    for found in _LIKE_A_PAPER.finditer(typed):
        if typed.count('"', 0, found.start()) % 2 == 0 and paper_id(found["paper"]) is None:
            problem = f"{found['paper']} is no arXiv id; one looks like 2405.21060"
            raise QueryError(problem, typed, found.start("paper"))


def _read(typed: str, today: date) -> Reading | None:
    """The plain forms in it; None where they say nothing but its words."""
    # `/papers about sheep` comes as `about sheep`: the name of the command is part of the phrase.
    spoken = f"papers {typed}" if typed.lower().startswith("about ") else typed
    reading = read_plainly(spoken, today)
    if reading is None or parse_query(reading.query_text) == parse_query(typed):
        return None
    return reading


def with_corrections(asked: Asked, corrected: Mapping[str, str], today: date) -> Asked:
    """The search with the words put right that no paper holds."""
    if not corrected:
        return asked
    query = parse_query(asked.text)
    text = print_query(replace(query, tree=And(_corrected(query.tree.parts, corrected))))
    # What is searched is what the text says: its pager searches by that alone.
    return replace(asked, text=text, query=resolve(parse_query(text), today), corrected=corrected)


def _corrected(parts: tuple[Node, ...], corrected: Mapping[str, str]) -> tuple[Node, ...]:
    return tuple(_put_right(part, corrected) for part in parts)


def _put_right(node: Node, corrected: Mapping[str, str]) -> Node:
    match node:
        case And(parts):
            return And(_corrected(parts, corrected))
        case Or(parts):
            return Or(_corrected(parts, corrected))
        case Not(part):
            return Not(_put_right(part, corrected))
        case Word(text):
            return replace(node, text=_replaced(text, corrected))
    return node


def _replaced(text: str, corrected: Mapping[str, str]) -> str:
    for wrong, right in corrected.items():
        whole = rf"(?<!\w){re.escape(wrong)}(?!\w)"
        text = re.sub(whole, right.replace("\\", ""), text, flags=re.IGNORECASE)
    return text
