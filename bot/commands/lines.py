"""A typed line → a verb and its arguments (DESIGN §4), for the console and every text command.

Pure. Options may be written `name:value`, in any order, or without names where their form tells
them apart; a first word that is no verb makes the line a search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.commands import defaults
from bot.commands.placing import Arguments, place_arguments
from bot.commands.table import COMMANDS
from bot.commands.verbs import Command, Kind
from bot.errors import UserError
from bot.identity import paper_id
from bot.queries import plain_signs

_COMMANDS = {command.name: command for command in COMMANDS}
_GROUPS = {name.partition(" ")[0] for name in _COMMANDS if " " in name}
_ALIASES = {"alerts": "alert"}  # the other number of a group's name, as people say it
# What other programs call these verbs. Alone they may be what somebody looks for, so the first
# ones are searched for too.
_OTHER_NAMES = {"unsubscribe": "subscriptions remove", "settings": "subscriptions change"}
_OTHER_SECONDS = {
    "create": "add",
    "delete": "remove",
    "edit": "change",
    "new": "add",
    "show": "list",
    "start": "resume",
    "stop": "pause",
}
_FIRST_WORDS = {name.partition(" ")[0] for name in _COMMANDS} | _ALIASES.keys()

_PREFIX = re.compile(r"/papers(?=\s|$)\s*|/(?=[a-z])", re.IGNORECASE)
_SPOKEN_PREFIX = re.compile(r"papers(?=\s|$)\s*", re.IGNORECASE)
MAX_LINE_CHARACTERS = 1000  # a verb, a query of 500, every option, and room


def read_line(text: str) -> tuple[str, Arguments]:
    """The full name of a verb, and its arguments as typed; the plain forms of signs are for syntax,
    a text of its own keeps those it was typed with.

    Raises UserError for a verb whose words can't be placed.
    """
    if len(text) > MAX_LINE_CHARACTERS:
        raise UserError(f"a line has at most {MAX_LINE_CHARACTERS} characters")
    plain = plain_signs(text).rstrip()
    typed = _without_prefix(plain.lstrip())
    if not typed:
        return "today", {"top": str(defaults.START_PAGE)}
    command, rest = _split(typed)
    if command is not None:
        # The plain signs are one for one: a place in the plain line is one in what was typed.
        return command.name, place_arguments(command, rest, text[len(plain) - len(rest) :])
    if paper_id(typed):
        return "paper", {"id": typed}
    first, after = _first_word(typed)
    near = _OTHER_NAMES.get(first.lower()) or _nearest(first, sorted(_FIRST_WORDS))
    if not near or first.lower() == "papers":  # `papers about sheep` is one letter from `paper`
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
        raise UserError(_no_verb(group, rest))
    return command, after


def _first_word(text: str) -> tuple[str, str]:
    words = text.split(None, 1)
    return (words[0] if words else ""), (words[1] if len(words) > 1 else "")


def _no_verb(group: str, rest: str) -> str:
    second, after = _first_word(rest)
    verbs = [name.partition(" ")[2] for name in _COMMANDS if name.startswith(f"{group} ")]
    near = _nearest(second, verbs) or _OTHER_SECONDS.get(second.lower(), "")
    kinds = {param.kind for param in _COMMANDS[f"{group} list"].typed}
    if Kind.ALERT in kinds and second.removeprefix("#").isdecimal():
        near = f"list {second[:20]}"
    if near.partition(" ")[0] in verbs:
        meant = f"/papers {group} {near} {after[:60]}".rstrip()
        hint = f"did you mean {meant}?"
    else:
        hint = f"{group} has {', '.join(verbs)}"
        if Kind.QUERY in kinds:
            hint += f"; to look for it there: /papers {group} list {rest[:60]}"
    return f"there is no verb {group} {second[:40]}; {hint}"


def _nearest(typed: str, words: Iterable[str]) -> str:
    """The first word that is a slip of the finger away; "" for none."""
    return next((word for word in words if is_one_edit(typed.lower(), word)), "")
