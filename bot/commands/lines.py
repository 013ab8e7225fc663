"""A typed line → a verb and its arguments (DESIGN §4), for the console and every text command.

Pure. Options may be written `name:value`, in any order, or without names where their form tells
them apart; a first word that is no verb makes the line a search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.commands import defaults
from bot.commands.table import COMMANDS
from bot.commands.values import fits
from bot.commands.verbs import Command, Kind, Param
from bot.commands.zones import could_be_zone, near_zones
from bot.errors import UserError
from bot.identity import paper_id
from bot.queries import FIELD_NAMES, plain_signs

_COMMANDS = {command.name: command for command in COMMANDS}
_GROUPS = {name.partition(" ")[0] for name in _COMMANDS if " " in name}
_ALIASES = {"alerts": "alert"}  # the other number of a group's name, as people say it
_FIRST_WORDS = {name.partition(" ")[0] for name in _COMMANDS} | _ALIASES.keys()

_PREFIX = re.compile(r"/papers(?=\s|$)\s*|/(?=[a-z])", re.IGNORECASE)
_SPOKEN_PREFIX = re.compile(r"papers(?=\s|$)\s*", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_NAMED = re.compile(r"([A-Za-z]+)[:=](.*)", re.DOTALL)
_FIELD = re.compile(rf"(?:{'|'.join(FIELD_NAMES)})[:<>]", re.IGNORECASE)
_PIECE = re.compile(
    r"""[A-Za-z]+[:=]"(?:[^"\\]|\\.)*"(?=\s|$)|[A-Za-z]+[:=]'[^']*'(?=\s|$)"""
    r"""|[^\s"]*"[^"]*"(?=\s|$)|\S+"""
)
MAX_LINE_CHARACTERS = 1000  # a verb, a query of 500, every option, and room
_LONGEST_SPAN = 3  # words: "new york", "9 pm", "port of spain"
_SOME_DAY = date(2026, 1, 1)  # a day's form is looked at here, never its meaning

Arguments = dict[str, str]


def read_line(text: str) -> tuple[str, Arguments]:
    """The full name of a verb, and its arguments as typed.

    Raises UserError for a verb whose words can't be placed.
    """
    if len(text) > MAX_LINE_CHARACTERS:
        raise UserError(f"a line has at most {MAX_LINE_CHARACTERS} characters")
    plain = plain_signs(text).strip()
    typed = _without_prefix(plain)
    if not typed:
        return "today", {"top": str(defaults.START_PAGE)}
    command, rest = _split(typed)
    if command is not None:
        return command.name, _arguments(command, rest)
    if paper_id(typed):
        return "paper", {"id": typed}
    first, after = _first_word(typed)
    near = next((word for word in sorted(_FIRST_WORDS) if is_one_edit(first.lower(), word)), None)
    if near is None or first.lower() == "papers":  # `papers about sheep` is one letter from `paper`
        return "search", {"query": typed}
    return "search", {"query": typed, "meant": f"{near} {after}".strip()}


def _without_prefix(plain: str) -> str:
    """The line without the name of the command; `papers about sheep` is no command but a search."""
    if prefix := _PREFIX.match(plain):
        return plain[prefix.end() :]
    spoken = _SPOKEN_PREFIX.match(plain)
    rest = plain[spoken.end() :] if spoken else plain
    is_command = not rest or _first_word(rest)[0].lower() in _FIRST_WORDS or paper_id(rest)
    return rest if is_command else plain


def is_one_edit(first: str, second: str) -> bool:
    """Whether one letter more, less, other or swapped with its neighbour makes one the other."""
    if first == second or abs(len(first) - len(second)) > 1:
        return False
    same = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    one, other = first[same:], second[same:]
    swapped = len(one) > 1 and len(other) > 1 and one[1] + one[0] + one[2:] == other
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]


def _split(typed: str) -> tuple[Command | None, str]:
    """The verb that a line starts with, and what follows it; (None, …) for free words."""
    first, rest = _first_word(typed)
    group = _ALIASES.get(first.lower(), first.lower())
    if group not in _FIRST_WORDS:
        return None, typed
    if group not in _GROUPS:
        return _COMMANDS[group], rest
    second, after = _first_word(rest)
    if not second:
        return _COMMANDS[f"{group} list"], ""
    command = _COMMANDS.get(f"{group} {second.lower()}")
    if command is None:
        raise UserError(_no_verb(group, second))
    return command, after


def _first_word(text: str) -> tuple[str, str]:
    words = text.split(None, 1)
    return (words[0] if words else ""), (words[1] if len(words) > 1 else "")


def _no_verb(group: str, second: str) -> str:
    verbs = [name.partition(" ")[2] for name in _COMMANDS if name.startswith(f"{group} ")]
    near = next((verb for verb in verbs if is_one_edit(second.lower(), verb)), None)
    hint = f"did you mean {group} {near}?" if near else f"there are {', '.join(verbs)}"
    return f"there is no {group} {second[:40]}; {hint}"


def _arguments(command: Command, rest: str) -> Arguments:
    params = command.typed
    if not rest:
        return {}
    if not params:
        problem = f"{command.name} takes nothing after it; to look for these words: search …"
        raise UserError(problem)
    if len(params) == 1:
        return {params[0].name: _alone(params[0], rest)}
    return _place(params, _PIECE.findall(rest))


def _alone(param: Param, rest: str) -> str:
    """The one parameter of a verb takes the whole rest; its name before it is allowed."""
    named = _NAMED.fullmatch(rest)
    # A query keeps everything: its own fields look like names of options.
    if param.kind is not Kind.QUERY and named and named[1].lower() == param.name:
        return _unquoted(named[2])
    return rest if param.kind is Kind.QUERY else _unquoted(rest)


def _place(params: Sequence[Param], pieces: Sequence[str]) -> Arguments:
    """Give each piece of a line to the parameter that it names or fits."""
    by_name = {param.name: param for param in params}
    args, pieces = _take_named(by_name, pieces)
    for param in params:
        if param.kind is Kind.TEXT or param.name == "query":
            return _give_words(param, params, args, pieces)
    left: list[str] = []
    while pieces:
        taken = _take_fitting([param for param in params if param.name not in args], pieces, args)
        left += pieces[:1] if not taken else []
        pieces = pieces[taken or 1 :]
    return _give_to_filter(by_name, args, left) if left else args


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
    """Find the first parameter that the next words fit, the longest run first; how many it took."""
    for length in range(min(_LONGEST_SPAN, len(pieces)), 0, -1):
        words = " ".join(pieces[:length])
        for param in free:
            if param.kind is not Kind.QUERY and fits(param, words, _SOME_DAY):
                args[param.name] = words
                return length
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


def _give_to_filter(by_name: dict[str, Param], args: Arguments, left: list[str]) -> Arguments:
    """Words that fit nothing belong to a filter that was begun, or that they begin themselves."""
    words = " ".join(left)
    begun = args.get("filter", "")
    if "filter" in by_name and (begun or _FIELD.search(words) or words.startswith(('"', "(", "-"))):
        return {**args, "filter": f"{begun} {words}".strip()}
    if (
        "zone" in by_name
        and "zone" not in args
        and (could_be_zone(words.upper()) or "/" in words or near_zones(words))
    ):
        return {**args, "zone": words}  # refused in a moment, with the zone that was meant
    if "time" in by_name and "time" not in args and _CLOCK.match(words):
        return {**args, "time": words}  # 25:00 is refused as a time, not as a word
    hint = f'; a filter is written filter:"{words[:60]}"' if "filter" in by_name else ""
    raise UserError(f"{words[:60]} can't be placed{hint}")


def _unquoted(text: str) -> str:
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'":
        return stripped[1:-1].replace('\\"', '"').strip()
    return stripped
