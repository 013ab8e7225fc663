"""The table of verbs → Discord's own commands, and what Discord tells of one → a verb. Pure.

All verbs are subcommands of one command, `/papers`, so that people find them in one place. Beside
it stands a command on messages. The limits are Discord's ("Application Commands").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bot.commands import Command
from bot.commands.verbs import Kind, Param
from bot.queries import MAX_QUERY_CHARACTERS

ROOT = "papers"
ROOT_HELP = "The day's research papers: search, digests, alerts, a reading list"
LOOK_UP = "Look up its papers"  # the command on a message

# Kinds of commands, of options, of installations and of places, by Discord's numbers.
SLASH, ON_MESSAGE = 1, 3
SUBCOMMAND, GROUP, TEXT, NUMBER, ROLE = 1, 2, 3, 4, 8
IN_SERVERS, BY_USERS = 0, 1
SERVER, BOT_DIRECT, PRIVATE = 0, 1, 2

MOST_OPTIONS = 25  # of a command, and choices of an option
LONGEST_TEXT = 1000  # characters of an argument: no verb takes more

Payload = dict[str, Any]


class Asking(NamedTuple):
    """What somebody asked for: a verb's full name, and its arguments as texts."""

    verb: str
    args: dict[str, str]


def payloads(table: Sequence[Command]) -> list[Payload]:
    """The commands that Discord is to know, as its API takes them."""
    everywhere = {
        "integration_types": [IN_SERVERS, BY_USERS],
        "contexts": [SERVER, BOT_DIRECT, PRIVATE],
    }
    slash = {
        "type": SLASH,
        "name": ROOT,
        "description": ROOT_HELP,
        "options": _verbs(table),
    }
    return [slash | everywhere, {"type": ON_MESSAGE, "name": LOOK_UP} | everywhere]


def are_known(wanted: Sequence[Payload], known: Iterable[Payload]) -> bool:
    """Whether Discord knows exactly these already. It tells more of each, and leaves out what is
    empty or as usual.
    """
    return _essence(list(wanted)) == _essence(list(known))


def asking(data: Mapping[str, Any]) -> Asking:
    """The verb and the arguments in an interaction's data."""
    names, options = [], data.get("options", [])
    while options and options[0]["type"] in {SUBCOMMAND, GROUP}:
        names.append(str(options[0]["name"]))
        options = options[0].get("options", [])
    roles = data.get("resolved", {}).get("roles", {})
    args = {str(o["name"]): _value(o, roles) for o in options if "value" in o}
    return Asking(" ".join(names), args)


def typing(data: Mapping[str, Any]) -> tuple[str, str, str]:
    """The verb, the parameter that somebody is typing just now, and its text so far."""
    verb = asking(data).verb
    options = data.get("options", [])
    while options and options[0]["type"] in {SUBCOMMAND, GROUP}:
        options = options[0].get("options", [])
    focused = next((o for o in options if o.get("focused")), {"name": "", "value": ""})
    return verb, str(focused["name"]), str(focused.get("value", ""))


def _verbs(table: Sequence[Command]) -> list[Payload]:
    """Subcommands, and groups of them, in the order of the table."""
    options: dict[str, Payload] = {}
    for command in table:
        group, _, name = command.name.rpartition(" ")
        verb = {
            "type": SUBCOMMAND,
            "name": name,
            "description": command.help,
            "options": _options(command.typed),
        }
        if group:
            about = {"type": GROUP, "name": group, "description": "", "options": []}
            options.setdefault(group, about)["options"].append(verb)
        else:
            options[name] = verb
    for option in options.values():
        if option["type"] == GROUP:
            option["description"] = ", ".join(verb["name"] for verb in option["options"])[:100]
    return list(options.values())


def _options(params: Sequence[Param]) -> list[Payload]:
    """Those that must be given first: Discord wants it so."""
    return [_option(param) for param in sorted(params, key=lambda param: not param.required)]


def _option(param: Param) -> Payload:
    option: Payload = {
        "type": TEXT,
        "name": param.name,
        "description": param.help,
        "required": param.required,
    }
    match param.kind:
        case Kind.NUMBER:
            option |= {"type": NUMBER, "min_value": 1, "max_value": param.most}
        case Kind.ROLE:
            option["type"] = ROLE
        case Kind.CHOICE if len(param.choices) <= MOST_OPTIONS:
            option["choices"] = [{"name": each, "value": each} for each in param.choices]
        case Kind.QUERY:
            option["max_length"] = MAX_QUERY_CHARACTERS
        case _:
            option["max_length"] = LONGEST_TEXT
    if param.completer and param.kind not in {Kind.NUMBER, Kind.ROLE}:
        option["autocomplete"] = True
    return option


def _value(option: Mapping[str, Any], roles: Mapping[str, Any]) -> str:
    """An argument as text; a role is its id and its name."""
    value = option["value"]
    if option["type"] == ROLE:
        name = roles.get(str(value), {}).get("name", "")
        return f"{value} {name}".strip()
    return str(value)


def _essence(told: object) -> object:
    """What of a command was chosen by us: without what is empty, unset or Discord's own."""
    if isinstance(told, Mapping):
        kept = {key: _essence(told[key]) for key in told.keys() & _OURS}
        return {key: value for key, value in kept.items() if value not in (None, False, [], "")}
    if isinstance(told, list):
        return [_essence(each) for each in told]
    return told


_OURS = frozenset(
    "type name description options required choices value min_value max_value max_length"
    " autocomplete integration_types contexts".split()
)
