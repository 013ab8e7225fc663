"""Whom Discord's events reach: answers, greetings, and what becomes of servers."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import discord
import structlog

from adapters.discord import render
from adapters.discord.answering import Answerer
from adapters.discord.asking import NAMES_MANAGERS, granted_to
from adapters.discord.faults import INVALID_FORM, NO_HISTORY
from adapters.discord.frozen import Frozen, files_of
from adapters.discord.page import Body
from adapters.discord.permissions import (
    ADMINISTRATOR,
    MANAGE_SERVER,
    lacking,
    manages_server,
    may_manage,
)
from adapters.discord.responding import Responder
from bot.commands import Commands
from bot.errors import StoreError, UserError
from bot.messages import Button, Form, Invocation, Message, code, line
from bot.models import DIRECT, Channel, User
from bot.ports import Clock
from bot.problems import BUSY, described

PLATFORM = "discord"

log = structlog.get_logger()


class Front:
    """See adapters.discord.client.Listener."""

    def __init__(self, commands: Commands, clock: Clock) -> None:
        self._commands = commands
        self._clock = clock
        self._responder = Responder(Answerer(commands, clock), commands)

    async def asked(self, interaction: discord.Interaction) -> None:
        """Somebody used a command, a button, a select or a form."""
        await self._responder.respond(interaction)

    async def written(self, message: discord.Message) -> None:
        """Somebody wrote to Paperboy, or mentioned it: that is read like `/papers …`."""
        try:
            answer = await self._answer(message)
        except UserError as error:
            answer = described(error)
        except StoreError as error:
            log.error("discord: the store can't be used", reason=str(error))
            answer = BUSY
        for payload in render.pack(answer):
            body = Body.from_json(payload.body)
            await self._commands.places.keep_presses(body.presses)
            await _write_back(message, body)

    async def _answer(self, message: discord.Message) -> Message:
        verb, args = self._commands.read(_without_mentions(message.content))
        command = self._commands.find(verb)
        is_alone = message.guild is None
        if command.asks(args) or (command.own and not is_alone):
            return _to_press(verb, args)
        answer = await self._commands.answer(await self._invocation(message, verb, args))
        return _to_press(verb, args) if isinstance(answer, Form) else answer

    async def _invocation(
        self, message: discord.Message, verb: str, args: dict[str, str]
    ) -> Invocation:
        author = message.author
        user = User(PLATFORM, str(author.id), author.display_name)
        if message.guild is None:
            channel, manages = Channel(PLATFORM, DIRECT, user.id, user.name), True
        else:
            name = getattr(message.channel, "name", "")
            channel = Channel(PLATFORM, str(message.guild.id), str(message.channel.id), name)
            manages = await self._manages(message, verb, str(message.guild.id))
        key = f"discord:{message.id}"
        return Invocation(verb, args, channel, user, self._clock(), key, may_manage=manages)

    async def _manages(self, message: discord.Message, verb: str, guild: str) -> bool:
        author = message.author
        if not isinstance(author, discord.Member):
            return False
        granted = granted_to(author, message.channel)
        if granted is None:  # what no channel takes away
            granted = author.guild_permissions.value & (ADMINISTRATOR | MANAGE_SERVER)
        if verb == NAMES_MANAGERS:
            return manages_server(granted)
        role = (await self._commands.places.managers(PLATFORM, guild)).partition(" ")[0]
        return may_manage(granted) or role in {str(each.id) for each in author.roles}

    async def serves(self, guilds: Collection[int]) -> None:
        """These are all the servers that Paperboy is in."""
        await self._commands.places.served(PLATFORM, {str(guild) for guild in guilds})

    async def joined(self, guild: discord.Guild) -> None:
        """A server has let Paperboy in: what was paused goes on, and one line greets."""
        resumed = await self._commands.places.came_back(PLATFORM, str(guild.id))
        channel = _greeting_place(guild)
        if channel is None:
            return
        text = "Paperboy brings the day's research papers here, at your hour."
        if resumed:
            text = f"Paperboy is back: what was subscribed here goes on ({len(resumed)})."
        buttons = () if resumed else (Button("Subscribe a channel", "subscribe"),)
        [payload] = render.pack(Message(lines=(line(text),), buttons=buttons, silent=True))
        body = Body.from_json(payload.body)
        await channel.send(view=Frozen(body.components), silent=True)

    async def left(self, guild_id: int) -> None:
        """A server has removed Paperboy: what it set up is paused and kept."""
        await self._commands.places.left(PLATFORM, str(guild_id))


async def _write_back(message: discord.Message, body: Body) -> None:
    """As an answer to the message; beside it where Paperboy may not read the channel's history."""
    view, to = Frozen(body.components), _Reference.from_message(message)
    try:
        await message.channel.send(
            view=view, files=files_of(body), reference=to, mention_author=False
        )
    except discord.HTTPException as error:
        if error.code not in {NO_HISTORY, INVALID_FORM}:
            raise
        await message.channel.send(view=view, files=files_of(body))


class _Reference(discord.MessageReference):
    """A reference whose ids are texts, as Discord's description of its API has them."""

    def to_dict(self) -> Any:  # noqa: ANN401 - as the library's own
        told: Any = super().to_dict()
        return {name: str(x) if name.endswith("_id") else x for name, x in told.items()}

    to_message_reference_dict = to_dict


def _to_press(verb: str, args: dict[str, str]) -> Message:
    """What can't be answered in front of all, or asks for a form: behind a button."""
    text = line("That is for your eyes: press, or type ", code(f"/papers {verb}"), ".")
    return Message(lines=(text,), buttons=(Button("Show me", verb, args),))


def _without_mentions(text: str) -> str:
    return re.sub(r"<@!?\d+>", " ", text).strip()


def _greeting_place(guild: discord.Guild) -> discord.TextChannel | None:
    """The system channel, else the first that Paperboy may write in."""
    found = [guild.system_channel, *guild.text_channels]
    open_ones = (c for c in found if c and not lacking(c.permissions_for(guild.me).value))
    return next(open_ones, None)
