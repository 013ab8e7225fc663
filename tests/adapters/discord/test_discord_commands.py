"""The table of verbs as Discord's commands, and what Discord tells of one."""

import re

import pytest

from adapters.discord.commands import (
    GROUP,
    LOOK_UP,
    SUBCOMMAND,
    are_known,
    asking,
    payloads,
    typing,
)
from bot.commands import COMMANDS

SLASH, ON_MESSAGE = payloads(COMMANDS)
NAME = re.compile(r"[-_\w]{1,32}")  # Discord, "Application Command Naming"


def leaves(options):
    for option in options:
        if option["type"] in {SUBCOMMAND, GROUP}:
            yield option
            yield from leaves(option["options"])


def characters(option):
    """What Discord counts of a command: names, descriptions, and choices."""
    chosen = sum(len(c["name"]) + len(c["value"]) for c in option.get("choices", ()))
    own = len(option["name"]) + len(option.get("description", ""))
    return own + chosen + sum(characters(inner) for inner in option.get("options", ()))


def test_every_verb_is_a_subcommand():
    names = []
    for option in SLASH["options"]:
        if option["type"] == GROUP:
            names += [f"{option['name']} {verb['name']}" for verb in option["options"]]
        else:
            names.append(option["name"])
    assert sorted(names) == sorted(command.name for command in COMMANDS)


def test_names_and_descriptions_are_within_the_limits():
    everything = [SLASH, *leaves(SLASH["options"])]
    params = [p for verb in everything if verb.get("type") == SUBCOMMAND for p in verb["options"]]
    for each in [*everything, *params]:
        assert NAME.fullmatch(each["name"])
        assert each["name"] == each["name"].lower()
        assert 1 <= len(each["description"]) <= 100
        assert len(each.get("options", ())) <= 25
    assert characters(SLASH) <= 8000
    assert len(LOOK_UP) <= 32


def test_what_must_be_given_comes_first():
    for verb in leaves(SLASH["options"]):
        if verb["type"] == SUBCOMMAND:
            required = [param["required"] for param in verb["options"]]
            assert required == sorted(required, reverse=True)


def test_it_can_be_used_in_servers_in_direct_messages_and_by_whoever_installs_it():
    for command in (SLASH, ON_MESSAGE):
        assert command["integration_types"] == [0, 1]
        assert command["contexts"] == [0, 1, 2]


def test_what_discord_tells_of_the_same_commands_is_known():
    told = []
    for command in payloads(COMMANDS):
        more = {
            "id": "1",
            "application_id": "2",
            "version": "3",
            "nsfw": False,
            "dm_permission": True,
        }
        told.append(command | more | {"default_member_permissions": None})
    assert are_known(payloads(COMMANDS), told)
    for verb in list(leaves(told[0]["options"])):
        if not verb["options"]:  # Discord leaves out what is empty
            del verb["options"]
    assert are_known(payloads(COMMANDS), told)


@pytest.mark.parametrize("change", ["description", "name"])
def test_another_text_makes_it_another_command(change):
    told = payloads(COMMANDS)
    told[0]["options"][0] = {**told[0]["options"][0], change: "other"}
    assert not are_known(payloads(COMMANDS), told)
    assert not are_known(payloads(COMMANDS), [])


def test_a_verb_of_a_group_is_read_with_its_arguments():
    data = {
        "name": "papers",
        "options": [
            {
                "type": 2,
                "name": "alert",
                "options": [
                    {
                        "type": 1,
                        "name": "add",
                        "options": [{"type": 3, "name": "query", "value": "mamba"}],
                    }
                ],
            }
        ],
    }
    assert asking(data) == ("alert add", {"query": "mamba"})


def test_numbers_come_as_text_and_roles_with_their_names():
    inner = [{"type": 4, "name": "size", "value": 7}, {"type": 8, "name": "role", "value": "42"}]
    data = {
        "options": [{"type": 1, "name": "subscribe", "options": inner}],
        "resolved": {"roles": {"42": {"name": "Librarians of the lab"}}},
    }
    assert asking(data).args == {"size": "7", "role": "42 Librarians of the lab"}


def test_what_is_being_typed_is_told():
    inner = [
        {"type": 3, "name": "zone", "value": "ber", "focused": True},
        {"type": 3, "name": "time", "value": "09:00"},
    ]
    data = {"options": [{"type": 1, "name": "subscribe", "options": inner}]}
    assert typing(data) == ("subscribe", "zone", "ber")
    assert typing({"options": [{"type": 1, "name": "help", "options": []}]}) == ("help", "", "")
