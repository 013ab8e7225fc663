"""What people ask by commands, buttons, selects and forms → what is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord
import structlog

from adapters.discord import forms, render
from adapters.discord.asking import MAY_NOT_WRITE, channel_of, invocation_of, may_write
from adapters.discord.commands import LOOK_UP, asking, typing
from adapters.discord.page import Body
from adapters.discord.presses import (
    CustomIds,
    Token,
    is_opening,
    read_custom_id,
)
from bot.commands import Command, Commands
from bot.commands.completing import Typing
from bot.errors import QueryError, StoreError, UserError
from bot.identity import paper_ids
from bot.messages import Form, Invocation, Message, PaperCard, line, quiet
from bot.models import Payload
from bot.ports import Clock, Press
from bot.problems import BUSY, EXPIRED, UNEXPECTED, described
from bot.wording import count_of

MOST_LOOKED_UP = 20  # papers of one message

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an interaction asks for. `sets` is the parameter that a select sets, `asks` are those
    that a button asks for; `filled`: a form was filled in; `in_place`: the answer takes the place
    of the message that was pressed.
    """

    verb: str
    args: dict[str, str]
    sets: str = ""
    asks: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: the modal of a verb, or messages in order."""

    payloads: tuple[Payload, ...] = ()
    modal: dict[str, Any] | None = None
    verb: str = ""
    private: bool = True
    in_place: bool = False


class Answerer:
    """Makes the answer to an interaction; whatever goes wrong is answered in a line."""

    def __init__(self, commands: Commands, clock: Clock) -> None:
        self._commands = commands
        self._clock = clock

    async def choices(self, interaction: discord.Interaction) -> list[tuple[str, str]]:
        """(value, label) of what a parameter may go on with."""
        verb, param, text = typing(data_of(interaction))
        asker = invocation_of(interaction, verb, {}, at=self._clock())
        return await self._commands.complete(
            verb, param, Typing(text, asker.channel, asker.user, asker.zone)
        )

    async def reply(self, interaction: discord.Interaction) -> Reply:
        """The answer, with what its buttons stand for kept already. Never raises."""
        try:
            asked = await self._asked(interaction)
            reply = await self._carried_out(interaction, asked)
        except UserError as error:
            reply = _said(described(error))
        except StoreError as error:
            log.error("discord: the store can't be used", reason=str(error))
            reply = _said(BUSY)
        except Exception:
            log.exception("discord: an answer failed here")
            reply = _said(UNEXPECTED)
        return reply

    async def _asked(self, interaction: discord.Interaction) -> Asked:
        data = data_of(interaction)
        if interaction.type is discord.InteractionType.application_command:
            verb, args = asking(data)
            return Asked(verb, args)
        press = await self._press(data["custom_id"], data)
        if interaction.type is discord.InteractionType.modal_submit:
            given = forms.answers(data["components"])
            return Asked(press.verb, {**press.args, **given}, filled=tuple(given))
        args = dict(press.args)
        asks = tuple(filter(None, args.pop(forms.ASKS, "").split(",")))
        sets = args.pop(forms.SETS, "")
        if sets:
            args[sets] = ",".join(data.get("values", []))
        return Asked(press.verb, args, sets, asks, in_place=self.takes_place(interaction, press))

    async def _press(self, custom_id: str, data: Any) -> Press:  # noqa: ANN401
        """What a button, a select or a form stands for. Raises UserError where that is unknown."""
        if is_opening(custom_id):
            return Press("paper", {"id": next(iter(data.get("values", [])), "")})
        found = read_custom_id(custom_id)
        if isinstance(found, Token):
            found = await self._commands.places.press(found.text)
        if found is None:
            raise UserError(EXPIRED)
        return found

    def takes_place(self, interaction: discord.Interaction, press: Press | Token) -> bool:
        """Whether the answer belongs in place of what was pressed: a page turned, a setting
        changed. Only where nobody but the asker sees that. What a token stands for may belong
        there, as long as that is not known. Raises UserError where there is no such verb.
        """
        message = interaction.message
        if message is None or not (message.flags.ephemeral or _is_answer(interaction)):
            return False
        if isinstance(press, Token):
            return True
        command = self._commands.find(press.verb)
        return "cursor" in press.args or forms.SETS in press.args or command.manages

    async def _carried_out(self, interaction: discord.Interaction, asked: Asked) -> Reply:
        if not asked.verb and data_of(interaction).get("name") == LOOK_UP:
            return await self._looked_up(interaction)
        command = self._commands.find(asked.verb)
        if asked.asks:
            return await self._form_again(interaction, command, asked)
        invocation = await self._invocation(interaction, command, asked.args)
        try:
            answer = await self._commands.answer(invocation)
        except UserError as error:
            return await self._refused(interaction, command, asked, error)
        if asked.sets and isinstance(answer, Message):
            settled = {name: text for name, text in asked.args.items() if name != asked.sets}
            form = await self._commands.answer(replace(invocation, args=settled))
            answer = form if isinstance(form, Form) else answer
        return await self._told(command, answer, in_place=asked.in_place)

    async def _told(
        self, command: Command, answer: Message | Form, *, in_place: bool = False
    ) -> Reply:
        if isinstance(answer, Message):
            payloads = tuple(await asyncio.to_thread(render.pack, answer))
            await self._keep(payloads)
            return Reply(payloads, private=answer.private, in_place=in_place)
        if forms.fits_modal(answer):
            modal, presses = forms.modal(answer, command)
            await self._commands.places.keep_presses(presses)
            return Reply(modal=modal, verb=command.name)
        payloads = (_card(answer, command),)
        await self._keep(payloads)
        return Reply(payloads, in_place=in_place)

    async def _form_again(
        self, interaction: discord.Interaction, command: Command, asked: Asked
    ) -> Reply:
        """The form for some parameters, filled with what was put in before."""
        settled = {name: text for name, text in asked.args.items() if name not in asked.asks}
        invocation = await self._invocation(interaction, command, settled)
        form = await self._commands.answer(invocation)
        if isinstance(form, Form):
            form = forms.narrowed(form, asked.asks, asked.args)
        return await self._told(command, form)

    async def _refused(
        self, interaction: discord.Interaction, command: Command, asked: Asked, error: UserError
    ) -> Reply:
        """The problem; where a form was filled in, with a button to put it right."""
        message = described(error)
        if asked.filled:
            settled = {n: text for n, text in asked.args.items() if n not in asked.filled}
            form = Form("", command.name, (), settled)
            button = forms.asking_again(form, asked.args, asked.filled)
            message = replace(message, buttons=(button,))
        elif not isinstance(error, QueryError):
            log.debug("discord: refused", verb=command.name, user=str(interaction.user.id))
        return await self._told(command, message)

    async def _looked_up(self, interaction: discord.Interaction) -> Reply:
        """The papers that a message links to: one as its card, several to choose from."""
        messages = data_of(interaction).get("resolved", {}).get("messages", {})
        ids = [i for message in messages.values() for i in paper_ids(_text_of(message))]
        found: list[PaperCard] = []
        command = self._commands.find("paper")
        for paper_id in ids[:MOST_LOOKED_UP]:
            invocation = await self._invocation(interaction, command, {"id": paper_id})
            try:
                answer = await self._commands.answer(invocation)
            except UserError:
                continue
            if len(ids) == 1:
                return await self._told(command, answer)
            found += answer.cards if isinstance(answer, Message) else ()
        if not found:
            return _said(Message(lines=(line("No paper is linked in that message."),)))
        cards = tuple(
            replace(card, number=n, full=False, buttons=()) for n, card in enumerate(found, 1)
        )
        title = f"{count_of(len(ids), 'paper')} linked there"
        others = len(ids) - len(cards)
        notes = (line(quiet(f"{others} of them can't be shown here.")),) if others else ()
        message = Message(title=title, cards=cards, notes=notes, private=True)
        return await self._told(command, message)

    async def _invocation(
        self, interaction: discord.Interaction, command: Command, args: dict[str, str]
    ) -> Invocation:
        managers = ""
        if command.manages and interaction.guild_id:
            managers = await self._commands.places.managers("discord", str(interaction.guild_id))
        asked = invocation_of(interaction, command.name, args, at=self._clock(), managers=managers)
        if command.posts and not command.manages and not may_write(interaction):
            return replace(asked, obstacle=MAY_NOT_WRITE)
        return asked

    async def _keep(self, payloads: Sequence[Payload]) -> None:
        for payload in payloads:
            await self._commands.places.keep_presses(Body.from_json(payload.body).presses)


def _is_answer(interaction: discord.Interaction) -> bool:
    """Whether what was pressed, in direct messages, was an answer; an alert is to stay there."""
    is_direct = channel_of(interaction).is_direct
    return is_direct and bool(interaction.message and interaction.message.interaction_metadata)


def _said(message: Message) -> Reply:
    return Reply(tuple(render.pack(replace(message, private=True))))


def _card(form: Form, command: Command) -> Payload:
    """A form that no modal holds, as a private card."""
    [heading] = render.pack(
        Message(title=form.title, lines=(line(form.problem),) if form.problem else (), private=True)
    )
    body = _body(heading)
    ids = CustomIds()
    rows = forms.card(form, command, ids)
    [container] = body.components
    filled = {**container, "components": [*container["components"], *rows]}
    whole = replace(body, components=(filled,), presses={**body.presses, **ids.presses})
    return replace(heading, body=whole.to_json())


def _body(payload: Payload) -> Body:
    return Body.from_json(payload.body)


def data_of(interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as Discord tells it
    """What an interaction brings; {} for nothing."""
    return interaction.data or {}


def _text_of(message: Any) -> str:  # noqa: ANN401 - as Discord tells it
    embeds = message.get("embeds", [])
    texts = [message.get("content", ""), *(embed.get("url", "") for embed in embeds)]
    return " ".join((*texts, *_component_texts(message.get("components", []))))


def _component_texts(components: Any) -> list[str]:  # noqa: ANN401
    texts: list[str] = []
    for component in components:
        texts += [component.get("content", ""), component.get("url") or ""]
        texts += _component_texts(component.get("components", []))
    return texts
