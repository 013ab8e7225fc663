"""What somebody types to be told of → the query of an alert, and the hours named beside it. Pure.

The plain forms that a search reads are read here too, so that no alert waits for papers that hold
the words *papers by* or *07:30*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.commands.asked import read_asked
from bot.commands.hours import DAY_NAMES, read_time, read_weekdays
from bot.commands.verbs import Kind, Param, Values
from bot.commands.zones import could_be_zone, read_zone
from bot.errors import UserError
from bot.messages import Button, Line, code, line, strong
from bot.models import And, Cadence, FirstListed, Lately, Node, Query, Sort
from bot.queries import leaves, parse_query, parse_standing, plain_signs
from bot.query_words import tell_query

EXACT = Param("exact", "Read nothing into the words", Kind.TEXT, inner=True)

_CLOCK = re.compile(
    r"(?:at )?(?:\d{1,2}[:h]\d{2}(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?)", re.IGNORECASE
)
_HOUR = re.compile(r"at \d{1,2}", re.IGNORECASE)  # says nothing alone: "look at 3"
_DAYS = re.compile(
    rf"every ?[a-z]|(?:daily|weekdays)$|(?:{'|'.join(name[:3] for name in DAY_NAMES)})[a-z]*-",
    re.IGNORECASE,
)
_BETWEEN = frozenset({"at", "in", "on", "and"})
_LONGEST_TAIL = 8  # words: every week day at 7 am new york
_LONGEST_PHRASE = 3  # words: port of spain


@dataclass(frozen=True, slots=True)
class Wish:
    """What an alert was asked for.

    `typed` is what the person wrote, `query` what is looked for, `told` that in plain words where
    something was read into what was typed, else "". `hours` are the time, zone and weekdays, or the
    cadence, that stood behind it, by the names of their parameters. `is_cut`: days or an order,
    which mean nothing to an alert, were left out.
    """

    typed: str
    query: Query
    told: str = ""
    hours: Values = field(default_factory=dict)
    is_cut: bool = False


def read_standing(text: str) -> Query:
    """The query of an alert. Raises QueryError, also for one that every paper meets."""
    return _telling(parse_standing(text))


def read_wish(typed: str, today: date, *, exact: bool) -> Wish:
    """What was asked for; `exact` reads nothing into the words.

    Raises QueryError, and UserError for a zone that is none.
    """
    if exact:
        return Wish(typed, read_standing(typed))
    text, hours = split_hours(typed)
    asked = read_asked(text, today, exact=False)
    if not asked.told:
        query = read_standing(text)
        return Wish(typed, query, tell_query(query) if hours else "", hours)
    whole = parse_query(asked.text)
    query = _telling(Query(And(tuple(part for part in whole.tree.parts if not _is_date(part)))))
    is_cut = query.tree != whole.tree or whole.sort is not Sort.RELEVANCE
    return Wish(typed, query, tell_query(query), hours, is_cut)


def tell_wish(wish: Wish) -> tuple[Line, ...]:
    """How plain words were read; nothing where they were taken as they are."""
    if not wish.told:
        return ()
    lines = [line("Read as: ", strong(wish.told))]
    if wish.is_cut:
        lines.append(line("An alert brings what is new, as it comes: days and order are left out."))
    return tuple(lines)


def hours_aside(wish: Wish) -> tuple[Line, ...]:
    """That the hours behind a query were read and not taken; nothing where there were none."""
    if not wish.hours.keys() - {"when"}:
        return ()
    told = "The hours are left out: those of all of your alerts are set with: "
    return (line(told, code("/papers alert hours")),)


def exact_button(wish: Wish, label: str, verb: str, args: Mapping[str, str]) -> tuple[Button, ...]:
    """The way to the words as they are, where something was read into them."""
    if not wish.told:
        return ()
    return (Button(label, verb, {**args, "query": wish.typed, "exact": "yes"}),)


def split_hours(typed: str) -> tuple[str, Values]:
    """A text without the time, days and zone behind it (`agents every day at 7am Berlin`), and
    these. A time or days come first: a zone alone may be what the papers are about.

    Raises UserError for a zone that is none.
    """
    words = plain_signs(typed).split()
    for start in range(max(1, len(words) - _LONGEST_TAIL), len(words)):
        before = " ".join(words[:start]).rstrip(" ,;")
        is_whole = before.count('"') % 2 == 0 and before.count("(") == before.count(")")
        if is_whole and (hours := _hours(words[start:])):
            return before, hours
    return typed, {}


def _hours(words: list[str]) -> dict[str, object]:
    """What these words say, all of them; nothing where one of them is no hour, day or zone."""
    found: dict[str, object] = {}
    if [word.lower() for word in words] == [Cadence.DAILY]:  # a bundle a day, at the usual hour
        return {"when": Cadence.DAILY}
    while words:
        for length in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
            if value := _value(" ".join(words[:length]).rstrip(",;"), found):
                found |= value
                words = words[length:]
                break
        else:
            if words[0].lower() not in _BETWEEN:
                return {}
            words = words[1:]
    return found


def _value(phrase: str, found: Mapping[str, object]) -> dict[str, object]:
    """One time, some days or a zone, by the name of its parameter; nothing where it is none."""
    if found and "zone" not in found and could_be_zone(phrase):
        return {"zone": read_zone(phrase)}
    try:
        if _CLOCK.fullmatch(phrase) or (found and _HOUR.fullmatch(phrase)):
            return {"time": read_time(phrase)} if "time" not in found else {}
        if _DAYS.match(phrase) and "weekdays" not in found:
            return {"weekdays": read_weekdays(phrase)}
    except UserError:  # 25:00, every second
        return {}
    return {}


def _is_date(node: Node) -> bool:
    return all(isinstance(leaf, FirstListed | Lately) for leaf in leaves(node))


def _telling(query: Query) -> Query:
    if not query.tree.parts:
        raise UserError("say what to look for, such as: /papers alert add state space models")
    return query
