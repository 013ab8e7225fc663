"""Plain words around the query language, read as a query: `papers about mamba since October`. Pure.

For search alone, and only where the form can't be mistaken: a title must not be bent. What is
read is taken out of the text, form by form; what is left is what the papers are about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.errors import QueryError
from bot.models import And, Query, Sort
from bot.plain_forms import ABOUT, CLEAR, GENRES, LIKELY, TAKEN, UNCLEAR, Form, ruled_out
from bot.plain_people import people_after, take_people
from bot.queries import MAX_QUERY_CHARACTERS, parse_query, plain_signs, print_query
from bot.query_trees import all_of
from bot.query_words import tell_query

_SHEETS = r"(?:papers|articles|preprints|publications)"
_PAPERS = r"(?:papers?|articles?|preprints?|publications|anything|something|everything)"
_ASK = r"(?:(?:please )?(?:show|find|give|get|bring|send)(?: me)?|(?:search|look|looking) for)"
_NEWEST = r"new|newest|latest|recent|most recent"
_MOST_UPVOTED = r"most (?:upvoted|popular|liked|voted)"
_UPVOTED = rf"top|best|popular|{_MOST_UPVOTED}"
_HEAD = re.compile(
    rf"(?:{_ASK} )?(?:(?:all|any|some|the|more) )*"
    rf"(?:(?:(?P<new>{_NEWEST})|(?P<upvoted>{_UPVOTED})) )?{_PAPERS}"
    rf"(?: (?P<about>{ABOUT}) |(?=[ ,]|$))"
)
_ORDERED = re.compile(  # `newest mamba papers`
    rf"(?:{_ASK} )?(?:the )?(?:(?P<new>newest|latest|most recent)|(?P<upvoted>{_MOST_UPVOTED}))"
    rf" (?P<topic>(?:(?!(?:of|in|for|on|to|by|from|about) )\S+ )+?){_SHEETS}(?=[ ,]|$)"
)
_NONE_OF = re.compile(rf"no (?P<out>{GENRES}) {ABOUT} ")
_SHOW_ME = re.compile(r"(?:please )?(?:(?:show|find|give|get|bring) me|search for) ")
_LINK = re.compile(rf"{ABOUT} ")
# `mamba papers since October`: these are no word to look for.
_SHEETS_BEFORE_FORM = re.compile(rf"(?<=\S) {_SHEETS}(?=\s*(?:$|,|\x02|{ABOUT} ))")
_SHEETS_BY = re.compile(rf"(?:^|\s){_SHEETS} (?=by )")
_PHRASE = re.compile(r'"[^"]*"?')
_OURS = re.compile(r"[\x01\x02]")  # signs that mark what was kept and what was taken
_KEPT = re.compile("\x01([0-9]+)\x01")


@dataclass(frozen=True, slots=True)
class Reading:
    """What plain words were read as: a text in the query language, and that in words again."""

    query_text: str
    told: str


def read_plainly(text: str, today: date) -> Reading | None:
    """The query that plain words ask for; None where nothing in them is a plain form that can't
    be mistaken.
    """
    return _reading(text, today, likely=False)


def read_likely(text: str, today: date) -> Reading | None:
    """The query that words may ask for, which may as well be a title; None where none."""
    return _reading(text, today, likely=True)


def _reading(text: str, today: date, *, likely: bool) -> Reading | None:
    if len(text) > MAX_QUERY_CHARACTERS:
        return None
    phrases: list[str] = []

    def keep(match: re.Match[str]) -> str:  # a phrase is nobody's plain words
        phrases.append(match[0])
        return f"\x01{len(phrases) - 1}\x01"

    plain = " ".join(_OURS.sub(" ", plain_signs(text)).split()).rstrip(" ?!.")
    read = _read(_PHRASE.sub(keep, plain), today, likely=likely)
    if read is None:
        return None
    topic, conditions = read
    try:
        about = parse_query(_KEPT.sub(lambda match: phrases[int(match[1])], topic))
        query_text = print_query(_both(about, parse_query(" ".join(conditions))))
        return Reading(query_text, tell_query(parse_query(query_text)))
    except QueryError:
        return None


def _both(about: Query, asked: Query) -> Query:
    tree = all_of((about.tree, asked.tree))
    whole = tree if isinstance(tree, And) else And((tree,))
    return Query(whole, about.sort if asked.sort is Sort.RELEVANCE else asked.sort)


class _Start(NamedTuple):
    """How a text begins: `asked`, whether papers are asked for, `named`, whether `papers` stands
    there with nothing said yet of what they are about.
    """

    rest: str
    conditions: list[str]
    asked: bool = False
    named: bool = False


def _read(plain: str, today: date, *, likely: bool) -> tuple[str, list[str]] | None:
    """What is asked about, and the conditions; None where there is no plain form."""
    start = _start(plain, today)
    rest, conditions = _take_all(CLEAR, start.rest, today)
    rest, people = _people(rest, asked=start.asked)
    conditions = [*start.conditions, *conditions, *people]
    if start.asked or conditions or likely:
        rest, unclear = _take_all(UNCLEAR, rest, today)
        conditions += unclear
    if likely:
        rest, unsure = _take_all(LIKELY, rest, today)
        conditions += unsure
    topic = _topic(rest, start, told=bool(conditions))
    if topic is None:
        return None
    return (topic, conditions) if conditions or (start.asked and topic) else None


def _start(plain: str, today: date) -> _Start:
    """What a text that asks for papers begins with is taken from it."""
    opening = plain[:1].lower() + plain[1:]  # phones begin with a capital
    if none_of := _NONE_OF.match(opening):
        return _Start(plain[none_of.end() :], [ruled_out(none_of, today)], asked=True)
    if head := _HEAD.match(opening):
        rest, named = plain[head.end() :], not head["about"]
        rest, people = people_after(rest) if named else (rest, [])
        return _Start(rest, [*_order(head), *people], asked=True, named=named)
    if ordered := _ORDERED.match(opening):
        return _Start(ordered["topic"] + plain[ordered.end() :], _order(ordered), asked=True)
    show = _SHOW_ME.match(opening)
    return _Start(plain[show.end() :], [], asked=True) if show else _Start(plain, [])


def _people(rest: str, *, asked: bool) -> tuple[str, list[str]]:
    if by := _SHEETS_BY.search(rest):  # `diffusion papers by yann lecun`
        after, people = people_after(rest[by.end() :])
        if people:
            return f"{rest[: by.start()]} {after}", people
    return take_people(rest, asked=asked)


def _order(head: re.Match[str]) -> list[str]:
    if head["new"]:
        return ["sort:new"]
    return ["sort:upvotes"] if head["upvoted"] else []


def _topic(rest: str, start: _Start, *, told: bool) -> str | None:
    """What the papers are about, None where the text asks for nothing that is known here."""
    if (told or start.asked) and not start.named:
        rest = _SHEETS_BEFORE_FORM.sub(" ", rest)
    topic = " ".join(rest.replace(TAKEN, " ").split()).strip(" ,")
    is_first = rest.lstrip().startswith(TAKEN.strip())  # `last 7 days about mamba`
    about = _LINK.match(topic) if start.asked or is_first else None
    if start.named and topic and not about:
        return None  # "papers we love"
    return topic[about.end() :] if about else topic


def _take_all(forms: tuple[Form, ...], rest: str, today: date) -> tuple[str, list[str]]:
    """As `_take`, until none is left: one may be the end of another, `from May with code`."""
    conditions: list[str] = []
    while True:
        rest, taken = _take(forms, rest, today)
        if not taken:
            return rest, conditions
        conditions += taken


def _take(forms: tuple[Form, ...], rest: str, today: date) -> tuple[str, list[str]]:
    """The text without the forms that stand in it, and the conditions that they are."""
    conditions: list[str] = []

    def take(form: Form, match: re.Match[str]) -> str:
        condition = form.read(match, today)
        if not condition:
            return match[0]
        conditions.append(condition)
        return TAKEN

    for form in forms:
        rest = form.pattern.sub(lambda match, form=form: take(form, match), rest)  # type: ignore[misc]
    return rest, conditions
