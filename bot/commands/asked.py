"""What a search looks for: what was typed, how that was read, and the words put right. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.models import And, Like, Node, Not, Or, Query, Word
from bot.queries import parse_query, print_query, resolve
from bot.query_trees import positive_leaves
from bot.readings import Reading, read_plainly


@dataclass(frozen=True, slots=True)
class Asked:
    """One search.

    `typed` is what the person wrote, `text` what is searched, in the query language, and `query`
    that text, resolved. `told` says in plain words how plain words were read, "" where they were
    not. `corrected` maps words that no paper holds to those searched instead. `exact`: nothing is
    read into the words, and nothing put right.
    """

    typed: str
    text: str
    query: Query
    told: str = ""
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
    reading = None if exact else _read(typed, today)
    text = reading.query_text if reading else typed
    query = resolve(parse_query(text), today)
    return Asked(typed, text, query, reading.told if reading else "", exact=exact)


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
