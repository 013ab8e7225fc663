"""Registered commands: what Discord refuses of them, and how a person fills them in."""

from __future__ import annotations

import re
from typing import Any

from standins.discord.refusals import invalid
from standins.discord.world import Channel, Role, User, World

Json = dict[str, Any]
GROUPS = {1, 2}  # subcommand, subcommand group
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(3, 11)
VALUES = {
    STRING: str, INTEGER: int, BOOLEAN: bool, USER: User, CHANNEL: Channel, ROLE: Role,
    MENTIONABLE: (User, Role), NUMBER: (int, float),
}  # fmt: skip
MOST_COMMANDS, MOST_OPTIONS, MOST_CHOICES, MOST_CHARACTERS = 100, 25, 25, 8000
_NAME = re.compile(r"[-_'\w]{1,32}")


def registered(world: World, bodies: list[Json]) -> list[Json]:
    """The commands as Discord keeps them, or 50035 with every mistake at its path."""
    problems: dict[str, tuple[str, str]] = {}
    names = [(body.get("name"), body.get("type", 1)) for body in bodies]
    for place, body in enumerate(bodies):
        if names[place] in names[:place]:
            told = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            problems[f"{place}.name"] = (told, "Command names must be unique")
        _inspect(body, str(place), problems, is_menu=body.get("type", 1) != 1)
        if _characters(body) > MOST_CHARACTERS:
            problems[str(place)] = ("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size")
    if len(bodies) > MOST_COMMANDS:
        problems[""] = ("APPLICATION_COMMAND_TOO_MANY", "Maximum number of commands reached (100).")
    if problems:
        raise invalid(problems)
    before = {(each["name"], each["type"]): each["id"] for each in world.commands}
    return [_kept(world, body, before) for body in bodies]


def _kept(world: World, body: Json, before: dict[tuple[str, int], str]) -> Json:
    kind = body.get("type", 1)
    return {
        "id": before.get((body["name"], kind)) or str(world.new_id()),
        "application_id": str(world.application.id),
        "version": str(world.new_id()),
        "type": kind,
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "description": "",
        **{name: value for name, value in body.items() if name != "id"},
    }


def _inspect(body: Json, path: str, problems: dict[str, tuple[str, str]], *, is_menu: bool) -> None:
    name, description = body.get("name", ""), body.get("description", "")
    if not is_menu and (not _NAME.fullmatch(name) or name != name.lower()):
        problems[f"{path}.name"] = ("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    if not is_menu and not 1 <= len(description) <= 100:
        told = "Must be between 1 and 100 in length."
        problems[f"{path}.description"] = ("BASE_TYPE_BAD_LENGTH", told)
    options, choices = body.get("options") or [], body.get("choices") or []
    if len(options) > MOST_OPTIONS or len(choices) > MOST_CHOICES:
        problems[f"{path}.options"] = ("BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer in length.")
    if choices and body.get("autocomplete"):
        told = "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE"
        problems[f"{path}.choices"] = (told, "Choices and autocomplete exclude each other")
    for place, choice in enumerate(choices):
        if not 1 <= len(choice["name"]) <= 100 or len(str(choice["value"])) > 100:
            told = "Must be between 1 and 100 in length."
            problems[f"{path}.choices.{place}"] = ("BASE_TYPE_BAD_LENGTH", told)
    wanted = [bool(each.get("required")) for each in options]
    if wanted != sorted(wanted, reverse=True):
        told = "Required options must be placed before non-required options"
        problems[f"{path}.options"] = ("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", told)
    for place, option in enumerate(options):
        _inspect(option, f"{path}.options.{place}", problems, is_menu=False)


def _characters(body: Json) -> int:
    own = len(body.get("name", "")) + len(body.get("description", ""))
    chosen = sum(len(each["name"]) + len(str(each["value"])) for each in body.get("choices") or ())
    return own + chosen + sum(map(_characters, body.get("options") or ()))


def find(world: World, text: str) -> tuple[Json, list[Json], list[Json]]:
    """(the command, the groups and subcommand that `text` names, the options of the last).

    Raises AssertionError for words that are no command, or only the beginning of one.
    """
    words = text.removeprefix("/").split()
    level: list[Json] = [each for each in world.commands if each["type"] == 1]
    trail: list[Json] = []
    for word in words:
        names = [each["name"] for each in level]
        found = next((each for each in level if each["name"] == word), None)
        assert found, f"/{text} is not registered: no {word!r} among {names}"
        trail.append(found)
        level = found.get("options") or []
    verbs = [each["name"] for each in level if each["type"] in GROUPS]
    assert not verbs, f"/{text} wants one more word, of {verbs}"
    return trail[0], trail[1:], level


def filled(specs: list[Json], given: Json, focused: str | None = None) -> list[Json]:
    """The options as Discord sends them; AssertionError for what its client would not let pass."""
    known = {spec["name"]: spec for spec in specs}
    assert given.keys() <= known.keys(), f"no option {given.keys() - known.keys()} in {[*known]}"
    if focused is None:
        missing = {name for name, spec in known.items() if spec.get("required")} - given.keys()
        assert not missing, f"{missing} must be given"
    options = []
    for name, value in given.items():
        option = {"name": name, "type": known[name]["type"], "value": _plain(value)}
        if name == focused:
            assert known[name].get("autocomplete"), f"{name!r} has no autocomplete"
            option |= {"focused": True, "value": str(value)}
        else:
            _assert_fits(known[name], value)
        options.append(option)
    return options


def _plain(value: object) -> object:
    return str(value.id) if isinstance(value, User | Channel | Role) else value


def _assert_fits(spec: Json, value: Any) -> None:
    name, kind = spec["name"], spec["type"]
    assert isinstance(value, VALUES[kind]), f"{name!r} takes {VALUES[kind]}, not {value!r}"
    choices = [each["value"] for each in spec.get("choices") or ()]
    assert not choices or value in choices, f"{name!r}: {value!r} is none of {choices}"
    size = len(value) if isinstance(value, str) else value
    unit = "length" if isinstance(value, str) else "value"
    if isinstance(size, int | float):
        assert size >= spec.get(f"min_{unit}", size), f"{name!r}: {value!r} is too small"
        assert size <= spec.get(f"max_{unit}", size), f"{name!r}: {value!r} is too big"
    if kind == CHANNEL and spec.get("channel_types"):
        assert value.kind in spec["channel_types"], (
            f"{name!r} takes no channel of kind {value.kind}"
        )


def nested(trail: list[Json], options: list[Json]) -> list[Json]:
    """The options inside of their subcommand, inside of its group."""
    for step in reversed(trail):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    return options
