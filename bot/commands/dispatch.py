"""Answers an asking: finds the verb, checks who asks, reads the arguments, calls the handler."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from weakref import WeakValueDictionary

import structlog

from bot.commands.completing import (
    COMPLETERS,
    Choice,
    Typing,
    beginning_verbs,
    within_limits,
)
from bot.commands.desk import Desk
from bot.commands.lines import read_line
from bot.commands.table import COMMANDS
from bot.commands.values import read_values
from bot.commands.verbs import Command, Param
from bot.errors import BotError, QueryError, UserError
from bot.messages import Button, Form, Invocation, Message, line, strong
from bot.models import Channel, User
from bot.places import Places
from bot.queries import MAX_QUERY_CHARACTERS, plain_signs

log = structlog.get_logger()


class Commands:
    """The verbs of `table`, answered from one desk. `answer` is the port `CommandHandler`."""

    table: tuple[Command, ...] = COMMANDS

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.places = Places(desk.store, desk.clock)
        self._by_name = {command.name: command for command in self.table}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def find(self, verb: str) -> Command:
        """The command with this full name. Raises UserError where there is none."""
        command = self._by_name.get(" ".join(verb.lower().split()))
        if command is None:
            raise UserError(f"there is no verb {verb[:40]}; see: /papers help")
        return command

    def read(self, text: str) -> tuple[str, dict[str, str]]:
        """A typed line as the full name of a verb and its arguments. Raises UserError."""
        return read_line(text)

    async def complete(self, verb: str, param: str, typing: Typing) -> list[Choice]:
        """Values that a parameter of a verb may go on with, the likeliest first, as (value, label).

        At most as many and as long as platforms show; none where nothing is known. Never raises:
        whoever is still typing is told nothing yet.
        """
        named = _typed_param(self._by_name.get(verb), param)
        text = plain_signs(typing.text)
        if named is None or len(text) > MAX_QUERY_CHARACTERS:
            return []
        try:
            return within_limits(await self._choices(named, replace(typing, text=text)))
        except BotError as error:
            log.warning("nothing could be completed", why=str(error))
            return []

    async def complete_line(self, text: str, channel: Channel, user: User) -> list[str]:
        """Whole lines that a line at a prompt may go on with: a verb, or the one value it takes."""
        so_far = text.lstrip()
        typed = so_far.lower()
        begun = next((c for c in self.table if typed.startswith(f"{c.name} ") and c.typed), None)
        if begun is None and (verbs := beginning_verbs(self.table, typed)):
            return [f"{name} " for name, _ in verbs]
        head = f"{begun.name} " if begun else ""
        verb, param = (begun.name, begun.typed[0].name) if begun else ("search", "query")
        typing = Typing(so_far[len(head) :], channel, user)
        return [f"{head}{value}" for value, _ in await self.complete(verb, param, typing)]

    async def _choices(self, param: Param, typing: Typing) -> list[Choice]:
        if param.choices:
            begun = typing.text.strip().lower()
            return [(choice, choice) for choice in param.choices if choice.startswith(begun)]
        if param.completer == "verb":
            return beginning_verbs(self.table, typing.text)
        completer = COMPLETERS.get(param.completer)
        return await completer(self._desk, typing) if completer else []

    async def answer(self, invocation: Invocation) -> Message | Form:
        """What is said to an asking.

        Raises UserError, in one line that says what to do, where it can't be done; StoreError
        where the database can't be used.
        """
        command = self.find(invocation.verb)
        if command.changes(invocation.args) and not invocation.may_manage:
            problem = f"{command.name} is for those who manage this channel; ask one of them"
            raise UserError(problem)
        if command.posts and invocation.obstacle:
            raise UserError(invocation.obstacle)
        meant = invocation.args.get("meant", "")
        try:
            values = read_values(command, invocation.args, self._desk.today(invocation))
            async with self._turn(command, invocation):
                answer = await command.handler(self._desk, invocation, values)
            await self._desk.settle()
        except QueryError as error:
            suggestion = _suggestion(meant)
            if suggestion is None:
                raise
            answer = Message(lines=(line(f"{error}"),), buttons=(suggestion,))
        if isinstance(answer, Form):
            return answer
        return replace(_with_suggestion(answer, meant), private=command.personal)

    @asynccontextmanager
    async def _turn(self, command: Command, invocation: Invocation) -> AsyncIterator[None]:
        """Two people who change one channel at once take turns: each sees what the other did.
        So do two presses of one person about what is their own. A form changes nothing, and may
        not come late.
        """
        is_form = command.asks(invocation.args)
        if is_form or not (command.manages or command.own):
            yield
            return
        user = invocation.user
        key = invocation.channel.key if command.manages else f"{user.platform}:@{user.id}"
        lock = self._turns.get(key)
        if lock is None:
            lock = self._turns[key] = asyncio.Lock()
        async with lock:
            yield


def _typed_param(command: Command | None, name: str) -> Param | None:
    return next((p for p in command.typed if p.name == name), None) if command else None


def _with_suggestion(message: Message, meant: str) -> Message:
    suggestion = _suggestion(meant)
    if suggestion is None:
        return message
    ask = line("Did you mean ", strong(suggestion.verb), "?")
    return replace(
        message,
        lines=(ask, *message.lines),
        buttons=(suggestion, *(b for b in message.buttons if _target(b) != _target(suggestion))),
    )


def _target(button: Button) -> tuple[str, dict[str, str]]:
    return button.verb, dict(button.args)


def _suggestion(meant: str) -> Button | None:
    """A button for the line that was probably meant; None where it makes no sense either."""
    if not meant:
        return None
    try:
        verb, args = read_line(meant)
    except UserError:
        return None
    return Button(verb.capitalize(), verb, args)
