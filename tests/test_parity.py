"""The console, Discord and Slack do and say the same: every verb, button, form and layout.

The tables are tests/standins/parity/askings.py (what is asked) and apart.py (where a platform
differs, and why). A verb that none of them asks for, or that one platform lacks, fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from standins.parity.apart import BARE
from standins.parity.askings import ASKINGS, FILLINGS, Asking, Filling
from standins.parity.comparing import assert_alike, pressable
from standins.parity.stage import Stage, Turn, open_stage

from bot.commands.table import COMMANDS


@pytest.fixture
async def stage(tmp_path, monkeypatch) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, monkeypatch) as made:
        yield made


@contextmanager
def about(what: object) -> Iterator[None]:
    """An error within tells what was asked for."""
    try:
        yield
    except Exception as error:
        error.add_note(f"it was: {what}")
        raise


def test_every_verb_is_asked_for_and_every_form_is_filled_in() -> None:
    assert {asking.verb for asking in ASKINGS} == {command.name for command in COMMANDS}
    asking = {command.name for command in COMMANDS if command.form}
    assert asking <= {filling.verb for filling in FILLINGS}


@pytest.mark.parametrize("verb", [command.name for command in COMMANDS])
async def test_a_verb_and_its_buttons_do_and_say_the_same(stage: Stage, verb: str) -> None:
    for asking in [each for each in ASKINGS if each.verb == verb]:
        with about(asking):
            await stage.hold(asking.content)
            turns = await stage.look(asking.by)
            assert_alike(turns)
        for label in labels_of(turns):
            with about(f"{asking}, then {label}"):
                await stage.hold(asking.content)
                assert_pressed_alike(await pressed(stage, asking, label), label)


def labels_of(turns: dict[str, Turn]) -> list[str]:
    """What can be pressed in an answer, by its label on all platforms."""
    [(name, turn), *_] = turns.items()
    return [*pressable(name, turn.said)]


async def pressed(stage: Stage, asking: Asking, label: str) -> dict[str, Turn]:
    """What comes of it that something is asked, and a button of the answer is pressed."""
    async def press(talk):
        said = await asking.by(talk)
        await talk.posted()
        return await talk.press(said, pressable(talk.name, said)[label])

    return await stage.look(press)


def assert_pressed_alike(turns: dict[str, Turn], label: str) -> None:
    kinds = {name: type(turn.answer) for name, turn in turns.items()}
    if BARE.get(label) != kinds:
        assert_alike(turns)
