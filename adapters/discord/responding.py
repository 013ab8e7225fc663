"""Brings answers to Discord, in time.

Discord wants a first answer within 3 seconds ("Responding to an Interaction"). What takes longer
is acknowledged first, and its answer put in that place afterwards.
"""

from __future__ import annotations

import asyncio

import discord
import structlog

from adapters.discord import forms
from adapters.discord.answering import Answerer, Reply, data_of
from adapters.discord.commands import Asking, asking
from adapters.discord.faults import Network, is_too_late
from adapters.discord.presses import Token, read_custom_id
from adapters.discord.saying import Acknowledged, Saying, is_shared, tried
from bot.commands import Commands
from bot.errors import UserError
from bot.ports import Press

PATIENCE = 1.5  # seconds until something is acknowledged: half of Discord's 3
FORM_PATIENCE = 2.5  # a form can't follow an acknowledgement, so it is waited for longer

log = structlog.get_logger()


class Responder:
    """Brings answers to Discord, in time."""

    def __init__(self, answerer: Answerer, commands: Commands) -> None:
        self._answerer = answerer
        self._commands = commands
        self._under_way: set[asyncio.Future[Reply]] = set()

    async def respond(self, interaction: discord.Interaction) -> None:
        """Answer an interaction, whatever it is."""
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                await self._complete(interaction)
            elif interaction.type is not discord.InteractionType.ping:
                await self._answer(interaction)
        except (discord.DiscordException, *Network) as error:
            if not is_too_late(error):
                log.warning("discord: an answer did not arrive", reason=str(error)[:200])

    async def _complete(self, interaction: discord.Interaction) -> None:
        choices = [
            discord.app_commands.Choice(name=label, value=value)
            for value, label in await self._answerer.choices(interaction)
        ]
        await tried(lambda: interaction.response.autocomplete(choices))

    async def _answer(self, interaction: discord.Interaction) -> None:
        # Begun is done, also where nobody hears of it: a subscription that was announced is kept.
        work = asyncio.ensure_future(self._answerer.reply(interaction))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        await asyncio.wait({work}, timeout=self._patience(interaction))
        acknowledged = Acknowledged.NOT
        if not work.done():
            acknowledged = await self._acknowledge(interaction)
        await Saying(interaction, acknowledged).say(await work)

    def _patience(self, interaction: discord.Interaction) -> float:
        """How long an answer may take before it is acknowledged."""
        if interaction.type is discord.InteractionType.application_command:
            verb, args = asking(data_of(interaction))
            return FORM_PATIENCE if self._asks(Asking(verb, args)) else PATIENCE
        press = read_custom_id(data_of(interaction).get("custom_id", ""))
        if isinstance(press, Press):
            is_form = forms.ASKS in press.args or self._asks(Asking(press.verb, dict(press.args)))
            return FORM_PATIENCE if is_form else PATIENCE
        return FORM_PATIENCE if isinstance(press, Token) else PATIENCE  # it may stand for a form

    def _asks(self, asked: Asking) -> bool:
        try:
            return self._commands.find(asked.verb).asks(asked.args)
        except UserError:
            return False

    async def _acknowledge(self, interaction: discord.Interaction) -> Acknowledged:
        if self._may_take_place(interaction):
            await tried(interaction.response.defer)
            return Acknowledged.PRESSED
        is_ephemeral = is_shared(interaction)
        await tried(lambda: interaction.response.defer(ephemeral=is_ephemeral, thinking=True))
        return Acknowledged.WAITING

    def _may_take_place(self, interaction: discord.Interaction) -> bool:
        """Whether the answer may belong in place of what was pressed, as far as its id tells."""
        if interaction.type is not discord.InteractionType.component:
            return False
        press = read_custom_id(data_of(interaction)["custom_id"])
        try:
            return press is not None and self._answerer.takes_place(interaction, press)
        except UserError:
            return False
