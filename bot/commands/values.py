"""Arguments as texts → values of their kinds, with one clear line for what can't be read. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from bot.commands.hours import read_day, read_return, read_time, read_weekdays
from bot.commands.verbs import Command, Kind, Param, Values
from bot.commands.zones import could_be_zone, read_zone
from bot.errors import QueryError, UserError
from bot.identity import paper_id
from bot.queries import parse_query, plain_signs

MAX_ARGUMENT_CHARACTERS = 1000  # twice a query; no argument is longer


def read_values(command: Command, args: Mapping[str, str], today: date) -> Values:
    """The arguments of a verb by parameter name; what was left empty is left out.

    Raises UserError that names the parameter.
    """
    known = {param.name: param for param in command.params}
    for name in args:
        if name not in known:
            raise UserError(_no_option(command, name))
    values: dict[str, object] = {}
    for name, param in known.items():
        text = args.get(name, "").strip()
        if text or (param.clearable and name in args):
            values[name] = read_value(param, text, today, command.name)
        elif param.required and name not in command.form:
            raise UserError(f"{name} is missing: /papers {command.name} wants {_a(param.help)}")
    return values


def read_value(param: Param, text: str, today: date, verb: str = "") -> object:
    """One argument of a verb as a value of its kind. Raises UserError that names the parameter."""
    if len(text) > MAX_ARGUMENT_CHARACTERS:
        raise UserError(f"{param.name} has at most {MAX_ARGUMENT_CHARACTERS} characters")
    if param.kind is Kind.TEXT:  # somebody's own words: plain signs are for syntax
        return _in_one_line(text)
    plain = plain_signs(text).strip()
    if param.kind is not Kind.QUERY:  # a query keeps its places for the caret under it
        plain = " ".join(plain.split())
    try:
        return _read(param, plain, today, verb)
    except QueryError as error:
        raise QueryError(f"{param.name}: {error}", error.text, error.place) from None
    except UserError as error:
        raise UserError(f"{param.name}: {error}") from None


def fits(param: Param, text: str, today: date) -> bool:
    """Whether the text is written like a value of this parameter."""
    if param.kind is Kind.ZONE:
        return could_be_zone(text)
    try:
        read_value(param, text, today)
    except UserError:
        return False
    return True


def _read(param: Param, text: str, today: date, verb: str) -> object:
    match param.kind:
        case Kind.DAY:
            return read_day(text, today)
        case Kind.RETURN:
            return read_return(text, today)
        case Kind.NUMBER:
            return _number(text, param.most)
        case Kind.CHOICE:
            return _choice(text, param.choices)
        case Kind.SUBSCRIPTION | Kind.ALERT:
            return _numbered(text, verb)
        case _:
            return _READERS[param.kind](text)


def _in_one_line(text: str) -> str:
    """The text as it is, but for what breaks a line or can't be written to a file."""
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    return "".join(" " if unicodedata.category(c) in kinds else c for c in text).strip()


def _query(text: str) -> str:
    parse_query(text)  # refused here, with its place, before anything is done
    return text


def _number(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise UserError(f"write a number from 1 to {most}")
    return int(text)


def _choice(text: str, choices: tuple[str, ...]) -> str:
    chosen = [choice for choice in choices if choice.startswith(text.lower())]
    if not text or len(chosen) != 1:
        raise UserError(f"choose one of {', '.join(choices)}")
    return chosen[0]


def _numbered(text: str, verb: str) -> int:
    if not re.fullmatch(r"#?[0-9]{1,15}", text):
        group = verb.partition(" ")[0]
        raise UserError(f"write its number, as in: /papers {verb} 1; see: /papers {group} list")
    return int(text.removeprefix("#"))


def _paper(text: str) -> tuple[str, int]:
    named = text.removeprefix("to ")  # `similar to 2405.21060`, as people say it
    found = paper_id(named)
    if found is None:
        what = named[:60]
        problem = f"{what} is no arXiv id or link to a paper; write it like 2405.21060, or look for"
        raise UserError(f"{problem} the words: /papers search {what}")
    return found


def _no_option(command: Command, name: str) -> str:
    names = ", ".join(param.name for param in command.typed)
    there = f"there are {names}" if names else "it takes none"
    return f"{command.name} has no option {name[:40]} ({there})"


def _a(text: str) -> str:
    return text[:1].lower() + text[1:]


_READERS: Mapping[Kind, Callable[[str], object]] = {
    Kind.ROLE: str,
    Kind.QUERY: _query,
    Kind.TIME: read_time,
    Kind.ZONE: read_zone,
    Kind.WEEKDAYS: read_weekdays,
    Kind.PAPER: _paper,
}
