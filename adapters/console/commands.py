"""A line at the prompt → an Invocation: a command, or the number of a button."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Mapping
from typing import Protocol

from adapters.console.cleaning import clean
from bot.errors import UserError
from bot.messages import Button, Form, Invocation, Message
from bot.models import Channel, User
from bot.ports import Clock

TERMINAL = Channel("console", "local", "terminal", "#terminal")


class Commands(Protocol):
    """What the console takes of `bot.commands`."""

    async def answer(self, invocation: Invocation) -> Message | Form:
        """Carry out a command. Raises UserError."""
        ...

    def read(self, text: str) -> tuple[str, Mapping[str, str]]:
        """A typed line as the full name of a verb and its arguments. Raises UserError."""
        ...

    async def complete_line(self, text: str, channel: Channel, user: User) -> list[str]:
        """Whole lines that a line may go on with."""
        ...


class Asker:
    """Makes Invocations of what one person asks, and remembers the buttons they see."""

    def __init__(self, commands: Commands, clock: Clock) -> None:
        self._commands = commands
        self._clock = clock
        self._user = User("console", name := user_name(), name)
        self._session = secrets.token_hex(8)  # two consoles at one store must not share keys
        self._asked = 0
        self._channel = TERMINAL
        self._buttons: tuple[Button, ...] = ()

    def show(self, buttons: tuple[Button, ...], channel: Channel = TERMINAL) -> None:
        """Remember the buttons of what was printed last; a message without any keeps the others."""
        if buttons:
            self._buttons, self._channel = buttons, channel

    def read(self, text: str) -> Invocation:
        """What a line asks for. Raises UserError."""
        typed = text.strip()
        # Longer numbers are words: "2048" is a game that papers were written about.
        if typed.isdecimal() and len(typed) <= 2:
            return self._press(int(typed))
        verb, args = self._commands.read(text)
        return self.ask(verb, args)

    def ask(self, verb: str, args: Mapping[str, str], channel: Channel = TERMINAL) -> Invocation:
        """The invocation of a verb, now, by the person at this terminal.

        Who can start Paperboy here can read and write its store: they may manage.
        """
        self._asked += 1
        key = f"{self._session}:{self._asked}"
        now = self._clock()
        return Invocation(
            verb, dict(args), channel, self._user, now, key, may_manage=True, runs_it=True
        )

    async def complete(self, text: str) -> list[str]:
        """Whole lines that a line may go on with."""
        return await self._commands.complete_line(text, self._channel, self._user)

    def _press(self, number: int) -> Invocation:
        if not 1 <= number <= len(self._buttons):
            known = f"they go to [{len(self._buttons)}]" if self._buttons else "there are none yet"
            raise UserError(f"there is no button [{number}]; {known}")
        button = self._buttons[number - 1]
        return self.ask(button.verb, button.args, self._channel)


def user_name() -> str:
    """The name of whoever runs this process; "you" where the machine knows none."""
    try:
        return clean(getpass.getuser())
    except (KeyError, OSError):
        return "you"
