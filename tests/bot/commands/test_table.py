from __future__ import annotations

from bot.commands import COMMANDS, Commands
from bot.commands.verbs import Kind
from bot.queries import FIELDS

# DESIGN §5 names the fields that the language will have.
ALL_FIELDS = {*FIELDS, *"title abstract author org keyword upvotes date has sort like".split()}

OF_ONE_PERSON = {"alert", "save", "saved", "cite", "privacy"}  # they change nobody else's things


def test_no_two_verbs_share_a_name() -> None:
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    groups = {name.partition(" ")[0] for name in names if " " in name}
    assert not groups & set(names)
    assert all(f"{group} list" in names for group in groups)


def test_help_texts_stay_within_forty_characters() -> None:
    for command in COMMANDS:
        for text in (command.help, *(param.help for param in command.params)):
            assert 0 < len(text) <= 40, text


def test_a_whole_command_stays_within_eight_thousand_characters() -> None:
    # Discord counts names, descriptions and choices of one top-level command; all verbs are one.
    total = sum(
        len(command.name)
        + len(command.help)
        + sum(
            len(param.name) + len(param.help) + sum(2 * len(choice) for choice in param.choices)
            for param in command.typed
        )
        for command in COMMANDS
    )
    assert total < 8000


def test_options_and_fields_of_queries_never_share_a_name() -> None:
    options = {param.name for command in COMMANDS for param in command.params}
    assert not options & ALL_FIELDS


def test_no_verb_has_two_parameters_of_one_name_or_asks_for_unknown_ones() -> None:
    for command in COMMANDS:
        names = [param.name for param in command.params]
        assert len(set(names)) == len(names)
        assert set(command.form) <= set(names)
        assert all(param.choices for param in command.params if param.kind is Kind.CHOICE)


def test_whatever_changes_a_channel_needs_somebody_who_manages_it() -> None:
    free = {command.name for command in COMMANDS if not command.manages}
    ours = {name for name in free if name.partition(" ")[0] not in OF_ONE_PERSON}
    assert ours == {
        *("search", "similar", "today", "trending", "paper", "share"),
        *("subscriptions list", "status", "help"),
    }
    assert Commands.table is COMMANDS


def test_what_shows_or_changes_what_is_a_persons_own_says_so() -> None:
    groups = {"alert", "save", "saved", "privacy"}
    ours = {command.name for command in COMMANDS if command.name.partition(" ")[0] in groups}
    assert {command.name for command in COMMANDS if command.own} == ours
    assert not any(command.manages for command in COMMANDS if command.own)
