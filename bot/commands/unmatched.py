"""What is said where a search found nothing: what to change, and how much there would be then."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.commands import defaults
from bot.commands.asked import Asked
from bot.commands.desk import Desk
from bot.messages import Button, Line, code, line
from bot.models import And, FirstListed, Lately, Like, Node, Or, Query, Word
from bot.queries import leaves, parse_query, print_query, resolve
from bot.wording import count_of, listing

_MOST_PARTS = 6  # of a query that are looked at alone
_MOST_ALONE = 3  # words: of a question one alone says nothing
_MOST_BUTTONS = 4
_ANY = "any filter"
_LONGEST = 60  # characters of a part of a query in a line or on a button


@dataclass(frozen=True, slots=True)
class Change:
    """A query that asks for less: `dropped` is the filter left out, or `alone` what is left."""

    tree: And
    dropped: str = ""
    alone: str = ""

    @property
    def button(self) -> Button:
        """Searches it."""
        label = f"Search {self.alone}" if self.alone else f"Without {self.dropped}"
        return Button(short(label), "search", {"query": print_query(Query(self.tree))})


@dataclass(frozen=True, slots=True)
class Advice:
    """Lines that say what to change, and a button for each change; none where nothing helps."""

    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lines)

    def __add__(self, other: Advice) -> Advice:
        return Advice((*self.lines, *other.lines), (*self.buttons, *other.buttons))


_HELP = Button("How to search", "help", {"verb": "search"})
_UPVOTES = re.compile(
    r"(?<![\w:])(?:up)?votes? ?(?P<sign>>=|<=|>|<) ?(?P<figure>[0-9]{1,6})"
    r"|(?<![\w:])(?P<count>[0-9]{1,6})\+? (?:up)?votes?\b"
)
# Of plain forms that were not read: alone they say nothing.
_SMALL = frozenset(
    "about after anything article articles before below close code except fewer from last least "
    "less like month more newer newest not older over paper papers past preprint preprints "
    "published related similar since than till under until upvote upvotes vote votes week without "
    "year".split()
)


async def advise(desk: Desk, asked: Asked, today: date) -> Advice:
    """Which filter excludes how many papers, which word alone has how many, how to write what was
    meant; what nothing can be said of needs other words.
    """
    changes = list(_changes(parse_query(asked.text).tree.parts[:_MOST_PARTS]))
    counts = await asyncio.gather(*(_count(desk, change, today) for change in changes))
    helpful = [(change, n) for change, n in zip(changes, counts, strict=True) if n]
    if any(change.dropped not in {"", _ANY} for change, _ in helpful):
        helpful = [(change, n) for change, n in helpful if change.dropped != _ANY]
    lines, buttons = _alike(asked)
    lines += _votes(asked.typed)
    lines += [
        line(f"Without {change.dropped}: {counted(n)}.") for change, n in helpful if change.dropped
    ]
    alone = [f"“{change.alone}”: {counted(n)}" for change, n in helpful if change.alone]
    if alone:
        lines.append(line(f"Alone: {listing(alone)}."))
    buttons += [change.button for change, _ in helpful[:_MOST_BUTTONS]]
    if not lines and not any(isinstance(leaf, Word) for leaf in leaves(asked.query.tree)):
        lines = await _excluding(desk, asked, today)
    return Advice(tuple(lines), tuple(buttons))


def other_words() -> Advice:
    """What is left to say of words that no paper holds."""
    return Advice((line("Try other words for it."),), (_HELP,))


def _votes(typed: str) -> list[Line]:
    """How upvotes are asked for, where words seem to mean them."""
    found = _UPVOTES.search(typed)
    if found is None:
        return []
    written = f"{found['sign']}{found['figure']}" if found["sign"] else f">={found['count']}"
    return [line("To ask for upvotes, write ", code(f"upvotes:{written}"), ".")]


async def _excluding(desk: Desk, asked: Asked, today: date) -> list[Line]:
    """Which of the conditions no paper meets, where there are no words to change."""
    filters = _filters(list(parse_query(asked.text).tree.parts[:_MOST_PARTS]))
    changes = [Change(And(tuple(parts))) for parts in filters]
    counts = await asyncio.gather(*(_count(desk, change, today) for change in changes))
    none = [_named(parts) for parts, n in zip(filters, counts, strict=True) if not n]
    if none:
        return [line(f"No paper that is kept here meets {listing(none, 'or')}.")]
    return [line(f"No paper meets {listing([_named(parts) for parts in filters])} at once.")]


def _alike(asked: Asked) -> tuple[list[Line], list[Button]]:
    """For a query that asks for papers like one: those most like it, by words where need be."""
    likes = asked.likes[:1]
    return (
        [line(f"No paper is known to be close to {paper_id}.") for paper_id in likes],
        [Button("The most alike", "similar", {"id": paper_id}) for paper_id in likes],
    )


def counted(number: int) -> str:
    """`12 papers`, `more than 1,000 papers`."""
    if number > defaults.COUNTED_RESULTS:
        return f"more than {defaults.COUNTED_RESULTS:,} papers"
    return count_of(number, "paper")


def _changes(parts: tuple[Node, ...]) -> Iterator[Change]:
    """What can be left out: each filter, all of them, all but one of the words."""
    words = tuple(part for part in parts if _is_words(part))
    filters = _filters([part for part in parts if not _is_words(part)])
    if len(filters) + len(words) < 2:
        return
    for dropped in filters:
        if isinstance(dropped[0], Like):  # without it the query asks for something else
            continue
        yield Change(And(tuple(part for part in parts if part not in dropped)), _named(dropped))
    if words and len(filters) > 1:
        yield Change(And(words), _ANY)
    for word in words if 1 < len(words) <= _MOST_ALONE else ():
        if not (isinstance(word, Word) and word.text.lower() in _SMALL):
            yield Change(And((word,)), alone=_bare(word))


def _named(parts: Sequence[Node]) -> str:
    return _text(parts[0]) if len(parts) == 1 else "its dates"


def _bare(part: Node) -> str:
    """A part as it stands between quotes."""
    is_phrase = isinstance(part, Word) and part.quoted and not part.field and not part.prefix
    return short(part.text) if isinstance(part, Word) and is_phrase else _text(part)


def _filters(parts: list[Node]) -> list[list[Node]]:
    """The filters, each to be left out at once: `date:yesterday` is two bounds of one span."""
    dates = [part for part in parts if _is_date(part)]
    others = [[part] for part in parts if part not in dates]
    return [*others, dates] if dates else others


def _is_date(node: Node) -> bool:
    return all(isinstance(leaf, FirstListed | Lately) for leaf in leaves(node))


def _is_words(node: Node) -> bool:
    match node:
        case Word():
            return True
        case And(parts) | Or(parts):
            return all(_is_words(part) for part in parts)
    return False


async def _count(desk: Desk, change: Change, today: date) -> int:
    query = resolve(Query(change.tree), today)
    return await desk.store.papers.count_matches(query, defaults.COUNTED_RESULTS + 1)


def _text(node: Node) -> str:
    return short(print_query(Query(And((node,)))))


def short(text: str) -> str:
    """A part of a query as it fits into a line or on a button."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
