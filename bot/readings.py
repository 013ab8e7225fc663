"""Plain words around the query language, read as a query: `papers about mamba since October`. Pure.

For search alone, and only where the form can't be mistaken: a title must not be bent. What is
read is taken out of the text, form by form; what is left is what the papers are about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.errors import QueryError
from bot.models import And, Query, Sort
from bot.plain_forms import CLEAR, TAKEN, UNCLEAR, Form
from bot.plain_people import people_after, take_people
from bot.queries import MAX_QUERY_CHARACTERS, parse_query, plain_signs, print_query
from bot.query_trees import all_of
from bot.query_words import tell_query

_PAPERS = r"(?:papers?|articles?|preprints?|publications|anything|something|everything)"
_ASK = r"(?:(?:please )?(?:show|find|give|get|bring|send)(?: me)?|(?:search|look|looking) for)"
_ABOUT = r"(?:about|on|regarding|concerning|covering)"
_HEAD = re.compile(
    rf"(?:{_ASK} )?(?:(?:all|any|some|the|more) )*"
    rf"(?:(?P<order>new|newest|latest|recent|top|best|most upvoted|popular) )?{_PAPERS}"
    rf"(?: (?P<about>{_ABOUT}) |(?=[ ,]|$))"
)
_SHOW_ME = re.compile(r"(?:please )?(?:(?:show|find|give|get|bring) me|search for) ")
_LINK = re.compile(rf"{_ABOUT} ")
_ORDERS = {
    **dict.fromkeys(("new", "newest", "latest", "recent"), "sort:new"),
    **dict.fromkeys(("top", "best", "most upvoted", "popular"), "sort:upvotes"),
}
_PHRASE = re.compile(r'"[^"]*"?')
_OURS = re.compile(r"[\x01\x02]")  # signs that mark what was kept and what was taken
_KEPT = re.compile("\x01([0-9]+)\x01")


@dataclass(frozen=True, slots=True)
class Reading:
    """What plain words were read as: a text in the query language, and that in words again."""

    query_text: str
    told: str


def read_plainly(text: str, today: date) -> Reading | None:
    """The query that plain words ask for; None where nothing in them is a plain form."""
    if len(text) > MAX_QUERY_CHARACTERS:
        return None
    phrases: list[str] = []

    def keep(match: re.Match[str]) -> str:  # a phrase is nobody's plain words
        phrases.append(match[0])
        return f"\x01{len(phrases) - 1}\x01"

    plain = " ".join(_OURS.sub(" ", plain_signs(text)).split()).rstrip(" ?!.")
    read = _read(_PHRASE.sub(keep, plain), today)
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


def _read(plain: str, today: date) -> tuple[str, list[str]] | None:
    """What is asked about, and the conditions; None where there is no plain form."""
    opening = plain[:1].lower() + plain[1:]  # phones begin with a capital
    head = _HEAD.match(opening)
    show = None if head else _SHOW_ME.match(opening)
    start = head or show
    rest = plain[start.end() :] if start else plain
    conditions = [_ORDERS[head["order"]]] if head and head["order"] else []
    if head and not head["about"]:
        rest, people = people_after(rest)
        conditions += people
    rest, clear = _take(CLEAR, rest, today)
    conditions += clear
    rest, people = take_people(rest, asked=bool(start))
    conditions += people
    if start or conditions:
        rest, unclear = _take(UNCLEAR, rest, today)
        conditions += unclear
    topic = " ".join(rest.replace(TAKEN, " ").split()).strip(" ,")
    if start:
        about = _LINK.match(topic)
        if head and not head["about"] and topic and not about:
            return None  # "papers we love" asks for nothing that is known here
        topic = topic[about.end() :] if about else topic
    return (topic, conditions) if conditions or (start and topic) else None


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
