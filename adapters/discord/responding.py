"""Brings answers to Discord, in time.

Discord wants a first answer within 3 seconds ("Responding to an Interaction"). What takes longer
is acknowledged first, and its answer put in that place afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from adapters.discord import forms, render
from adapters.discord.answering import Answerer, Reply, data_of
from adapters.discord.asking import channel_of
from adapters.discord.commands import Asking, asking
from adapters.discord.faults import ALREADY_ACKNOWLEDGED, Network, is_too_late
from adapters.discord.limits import Component
from adapters.discord.page import Body
from adapters.discord.presses import Token, read_custom_id
from adapters.discord.sending import Frozen, files_of
from bot.commands import Commands
from bot.errors import UserError
from bot.messages import Message, line
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
        await _tried(lambda: interaction.response.autocomplete(choices))

    async def _answer(self, interaction: discord.Interaction) -> None:
        # Begun is done, also where nobody hears of it: a subscription that was announced is kept.
        work = asyncio.ensure_future(self._answerer.reply(interaction))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        await asyncio.wait({work}, timeout=self._patience(interaction))
        is_late = not work.done()
        if is_late:
            await self._acknowledge(interaction)
        await self._say(interaction, await work, is_late=is_late)

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

    async def _acknowledge(self, interaction: discord.Interaction) -> None:
        is_shared = _is_shared(interaction)
        await _tried(lambda: interaction.response.defer(ephemeral=is_shared, thinking=True))

    async def _say(self, interaction: discord.Interaction, reply: Reply, *, is_late: bool) -> None:
        if reply.modal is not None:
            if is_late:  # it can't follow an acknowledgement any more
                await interaction.edit_original_response(view=Frozen(_late()))
            else:
                modal = reply.modal
                await _tried(lambda: interaction.response.send_modal(_Modal(modal)))
            return
        first, *others = reply.payloads
        try:
            await self._say_first(interaction, reply, Body.from_json(first.body), is_late=is_late)
        except discord.HTTPException as error:
            if error.status != 400 or is_too_late(error):
                raise
            log.error("discord: answered as plain text", reason=str(error)[:500], body=first.body)
            await _say_plain(interaction, first.plain, is_late=is_late)
        for payload in others:
            body = Body.from_json(payload.body)
            await interaction.followup.send(
                view=Frozen(body.components),
                files=files_of(body),
                ephemeral=reply.private and _is_shared(interaction),
            )

    async def _say_first(
        self, interaction: discord.Interaction, reply: Reply, body: Body, *, is_late: bool
    ) -> None:
        view, response = Frozen(body.components), interaction.response
        if is_late:
            await interaction.edit_original_response(view=view, attachments=files_of(body))
        elif reply.in_place and len(reply.payloads) == 1:
            await _tried(lambda: response.edit_message(view=view, attachments=files_of(body)))
        else:
            is_private = reply.private and _is_shared(interaction)
            await _tried(
                lambda: response.send_message(
                    view=view,
                    files=files_of(body),
                    ephemeral=is_private,
                    allowed_mentions=discord.AllowedMentions.none(),
                )
            )


async def _tried(answer: Callable[[], Awaitable[object]]) -> None:
    """Give a first answer; where the connection breaks, once more: there is time for that alone."""
    try:
        await answer()
    except Network:
        try:
            await answer()
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:  # then the first had arrived
                raise


def _is_shared(interaction: discord.Interaction) -> bool:
    """Whether others read along where it was asked."""
    return not channel_of(interaction).is_direct


class _Modal(discord.ui.Modal):
    """A modal as it was rendered; what comes back of it is read by its id alone."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(title=told["title"], custom_id=told["custom_id"])
        self._told = told
        self.stop()  # so that nothing of it is kept to wait for an answer

    def to_dict(self) -> dict[str, Any]:
        """The modal, as Discord's API takes it."""
        return self._told


async def _say_plain(interaction: discord.Interaction, text: str, *, is_late: bool) -> None:
    if is_late:
        await interaction.edit_original_response(content=text)
    else:
        await interaction.response.send_message(content=text, ephemeral=True)


def _late() -> tuple[Component, ...]:
    [payload] = render.pack(Message(lines=(line("That took too long just now; ask once more."),)))
    return Body.from_json(payload.body).components
