"""What follows a verb in a typed line → its arguments, by name, by form, by place. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bot.commands.values import fits
from bot.commands.verbs import Command, Kind, Param
from bot.commands.zones import could_be_zone, near_zones
from bot.errors import UserError
from bot.queries import FIELD_NAMES

_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_NAMED = re.compile(r"([A-Za-z]+)[:=](.*)", re.DOTALL)
_FIELD = re.compile(rf"(?:{'|'.join(FIELD_NAMES)})[:<>]", re.IGNORECASE)
_PIECE = re.compile(
    r"""[A-Za-z]+[:=]"(?:[^"\\]|\\.)*"(?=\s|$)|[A-Za-z]+[:=]'[^']*'(?=\s|$)"""
    r"""|[^\s"]*"[^"]*"(?=\s|$)|\S+"""
)
_LONGEST_SPAN = 3  # words: "new york", "9 pm", "port of spain"
_BEFORE_A_VALUE = frozenset({"at", "in", "on"})
_SOME_DAY = date(2026, 1, 1)  # a day's form is looked at here, never its meaning

Arguments = dict[str, str]


def place_arguments(command: Command, rest: str, typed: str) -> Arguments:
    """Give the words of a line behind its verb to the verb's parameters.

    `rest` has plain signs, `typed` is the same with those that were typed, and may go on with
    spaces. Raises UserError where words can't be placed.
    """
    params = command.typed
    if not rest:
        return {}
    if not params:
        problem = f"{command.name} takes nothing after it; to look for these words"
        raise UserError(f"{problem}: /papers search {rest[:60]}")
    if len(params) == 1:
        return {params[0].name: _alone(params[0], rest)}
    args = _place(command, _PIECE.findall(rest))
    return {
        param.name: _as_typed(args[param.name], rest, typed)
        if param.kind is Kind.TEXT
        else args[param.name]
        for param in params
        if param.name in args
    }


def _as_typed(words: str, rest: str, typed: str) -> str:
    """A text with the signs and spaces that it was typed with; `""` is none."""
    if words in {'""', "''"}:
        return ""
    places = [
        found.span() for found in re.finditer(r"\s+".join(map(re.escape, words.split())), rest)
    ]
    return typed[slice(*places[-1])] if places and words else words


def _alone(param: Param, rest: str) -> str:
    """The one parameter of a verb takes the whole rest; its name before it is allowed."""
    named = _NAMED.fullmatch(rest)
    # A query keeps everything: its own fields look like names of options.
    if param.kind is not Kind.QUERY and named and named[1].lower() == param.name:
        return _unquoted(named[2])
    return rest if param.kind is Kind.QUERY else _unquoted(rest)


def _place(command: Command, pieces: Sequence[str]) -> Arguments:
    """Give each piece of a line to the parameter that it names or fits."""
    params = command.typed
    args, pieces = _take_named({param.name: param for param in params}, pieces)
    for param in params:
        if param.kind is Kind.TEXT or param.name == "query":
            return _give_words(param, params, args, pieces)
    left: list[str] = []
    while pieces:
        taken = _take_fitting([param for param in params if param.name not in args], pieces, args)
        left += pieces[:1] if not taken else []
        pieces = pieces[taken or 1 :]
    return _give_rest(command, args, left) if left else args


def _take_named(
    by_name: dict[str, Param], pieces: Sequence[str]
) -> tuple[Arguments, Sequence[str]]:
    args: Arguments = {}
    left: list[str] = []
    rest = list(pieces)
    while rest:
        named = _NAMED.fullmatch(piece := rest.pop(0))
        if not named or named[1].lower() not in by_name:
            left.append(piece)
            continue
        name = named[1].lower()
        if name in args:
            raise UserError(f"{name} is given twice")
        args[name], rest = _whole_value(by_name[name], _unquoted(named[2]), rest)
    return args, left


def _whole_value(param: Param, begun: str, rest: list[str]) -> tuple[str, list[str]]:
    """A named value with the words behind it that belong to it: `when:at once`, `zone:new york`."""
    if param.kind not in {Kind.TEXT, Kind.QUERY}:
        for length in range(min(_LONGEST_SPAN - 1, len(rest)), 0, -1):
            words = " ".join([begun, *rest[:length]])
            if fits(param, words, _SOME_DAY):
                return words, rest[length:]
    return begun, rest


def _take_fitting(free: Sequence[Param], pieces: Sequence[str], args: Arguments) -> int:
    """Find the first parameter that the next words fit, the longest run first; how many it took,
    with the small word before them (`in Berlin`).
    """
    for length in range(min(_LONGEST_SPAN, len(pieces)), 0, -1):
        words = " ".join(pieces[:length])
        for param in free:
            if param.kind is not Kind.QUERY and fits(param, words, _SOME_DAY):
                args[param.name] = words
                return length
    if pieces[1:] and pieces[0].lower() in _BEFORE_A_VALUE:
        behind = _take_fitting(free, pieces[1:], args)
        return behind + 1 if behind else 0
    return 0


def _give_words(
    taker: Param, params: Sequence[Param], args: Arguments, pieces: Sequence[str]
) -> Arguments:
    """Where a verb takes a query or a text, all words are its, but for what has a name, what
    stands before it in the table and here, and a choice of several words at the end (`… at once`).
    """
    left, before = list(pieces), True
    for param in params:
        before = before and param is not taker
        if param.name in args or not left:
            continue
        if before and fits(param, left[0], _SOME_DAY):
            args[param.name] = left.pop(0)
        for words in (choice.split() for choice in param.choices):
            if len(words) > 1 and [word.lower() for word in left[-len(words) :]] == words:
                args[param.name] = " ".join(words)
                del left[-len(words) :]
    text = " ".join([args.get(taker.name, ""), *left]).strip()  # `query:state space` begins it
    return {**args, taker.name: text} if left else args


def _give_rest(command: Command, args: Arguments, left: list[str]) -> Arguments:
    """Words that fit nothing belong to a filter that was begun, or that they begin themselves, or
    to the parameter that refuses them with the way to write it.
    """
    free = {param.name: param for param in command.typed if param.name not in args}
    words, begun = " ".join(left), args.get("filter", "")
    if begun or ("filter" in free and (_FIELD.search(words) or words.startswith(('"', "(", "-")))):
        return {**args, "filter": f"{begun} {words}".strip()}
    if meant := _meant(free, words):
        return {**args, meant: words}
    names = ", ".join(param.name for param in command.typed)
    hint = f'a filter is written filter:"{words[:60]}"' if "filter" in free else f"it takes {names}"
    raise UserError(f"{words[:60]} can't be placed; {hint}")


def _meant(free: Mapping[str, Param], words: str) -> str:
    """The parameter that was probably meant, which refuses the words in a moment; "" for none."""
    looks_like_zone = could_be_zone(words.upper()) or "/" in words or near_zones(words)
    if "zone" in free and looks_like_zone:
        return "zone"
    if "time" in free and _CLOCK.match(words):
        return "time"  # 25:00 is refused as a time, not as a word
    if "filter" in free:  # its words may be anything
        return ""
    refusing = (p for p in free.values() if p.required or p.kind in {Kind.CHOICE, Kind.ZONE})
    return next((param.name for param in refusing), "")


def _unquoted(text: str) -> str:
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'":
        return stripped[1:-1].replace('\\"', '"').strip()
    return stripped
