"""What people ask by commands, buttons, selects and forms → what is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from adapters.slack import forms, render
from adapters.slack.asking import HERE, Asked, Surface
from adapters.slack.managing import Managing
from adapters.slack.presses import Token, read_action
from adapters.slack.sending import presses_of
from bot.commands import Command, Commands
from bot.commands.completing import Typing
from bot.errors import StoreError, UserError
from bot.identity import paper_ids
from bot.messages import Button, Form, Message, PaperCard, line, quiet
from bot.models import Payload
from bot.ports import Clock, Press
from bot.problems import BUSY, EXPIRED, UNEXPECTED, described
from bot.wording import count_of

MOST_LOOKED_UP = 20  # papers of one message

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `filled`: by a form with these inputs; `in_place`: the answer takes the
    place of what was pressed.
    """

    verb: str
    args: Mapping[str, str]
    filled: tuple[str, ...] = ()
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: a modal, problems of a form by input, or messages in order.

    `again` asks for the modal once more. `changes`: the App Home of the asker shows it.
    """

    payloads: tuple[Payload, ...] = ()
    message: Message | None = None
    modal: forms.Modal | None = None
    again: Button | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    in_place: bool = False
    changes: bool = False


class Answerer:
    """Makes the answer to an asking; whatever goes wrong is answered in a line."""

    def __init__(self, commands: Commands, managing: Managing, clock: Clock) -> None:
        self._commands = commands
        self._managing = managing
        self._clock = clock

    async def choices(self, asked: Asked, verb: str, param: str, text: str) -> list[Any]:
        """What an input of a form may go on with."""
        zone = (await self._managing.member(asked)).zone
        typing = Typing(text, asked.place, asked.user, zone)
        return forms.options(await self._commands.complete(verb, param, typing))

    async def pressed(self, asked: Asked, action: Mapping[str, Any]) -> tuple[Asked, Wish]:
        """What a button or a select stands for. Raises UserError where that is unknown."""
        press = read_action(action)
        if isinstance(press, Token):
            press = await self._commands.places.press(press.text)
        return self._wish(asked, press)

    async def submitted(self, asked: Asked, state: Mapping[str, Any]) -> tuple[Asked, Wish]:
        """What a form that was sent stands for. Raises UserError where that is unknown."""
        press = forms.press_of(asked.meta)
        if isinstance(press, str):
            press = await self._commands.places.press(press)
        given = forms.answers(state)
        if place := given.pop(forms.PLACE, ""):
            asked = asked.at(place, "")
        asked, wish = self._wish(asked, press)
        return asked, replace(wish, args={**wish.args, **given}, filled=tuple(given))

    def _wish(self, asked: Asked, press: Press | None) -> tuple[Asked, Wish]:
        if press is None:
            raise UserError(EXPIRED)
        args = dict(press.args)
        number, _, name = args.pop(HERE, "").partition(" ")
        command = self._commands.find(press.verb)
        in_place = asked.own and ("cursor" in args or command.manages)
        there = asked.at(number, name) if number else asked
        return there, Wish(press.verb, args, in_place=in_place)

    async def reply(self, asked: Asked, wish: Wish) -> Reply:
        """The answer, with what its buttons stand for kept already. Never raises."""
        try:
            return await self._carried_out(asked, wish)
        except UserError as error:
            return await self._refused(asked, wish, error)
        except StoreError as error:
            log.error("slack: the store can't be used", reason=str(error))
            return await self.said(asked, BUSY)
        except Exception:
            log.exception("slack: an answer failed here")
            return await self.said(asked, UNEXPECTED)

    async def read(self, asked: Asked, text: str) -> Reply:
        """The answer to a typed line. Never raises."""
        try:
            verb, args = self._commands.read(text)
        except UserError as error:
            return await self.said(asked, described(error))
        return await self.reply(asked, Wish(verb, args))

    async def _carried_out(self, asked: Asked, wish: Wish) -> Reply:
        command = self._commands.find(wish.verb)
        member = await self._managing.member(asked)
        if not wish.args and not wish.filled:
            form = forms.bare_form(command, member.zone)
            if form and (asked.is_direct or not await self._obstacle(asked, command)):
                return await self._formed(asked, command, form)
        invocation = await self._managing.invocation(asked, command, wish.args, self._clock())
        answer = await self._commands.answer(invocation)
        if isinstance(answer, Form):
            return await self._formed(asked, command, answer)
        reply = await self.said(asked, answer, in_place=wish.in_place)
        return replace(reply, changes=command.manages or command.own)

    async def _obstacle(self, asked: Asked, command: Command) -> str:
        return await self._managing.obstacle(asked, command)

    async def _formed(self, asked: Asked, command: Command, form: Form) -> Reply:
        again = Button("Open the form", form.verb, form.args)
        if not await self._managing.may(asked, command, form.args):
            raise UserError(f"{command.name} is for those who manage this channel; ask one of them")
        asks_place = command.posts and asked.surface is Surface.HOME and not asked.channel
        modal = forms.modal(form, command, remembered(asked), asks_place=asks_place)
        await self._commands.places.keep_presses(modal.presses)
        return Reply(modal=modal, again=again)

    async def _refused(self, asked: Asked, wish: Wish, error: UserError) -> Reply:
        if wish.filled:
            return Reply(errors=forms.errors(error, wish.filled))
        return await self.said(asked, described(error))

    async def said(self, asked: Asked, message: Message, *, in_place: bool = False) -> Reply:
        """A message as an answer. Raises nothing but what ends everything."""
        is_view = asked.surface in {Surface.HOME, Surface.MODAL}
        if is_view or asked.elsewhere:
            message = about(message, asked)
        if is_view:
            return Reply(message=message, in_place=in_place)
        payloads = tuple(await asyncio.to_thread(render.pack, message))
        try:
            for payload in payloads:
                await self._commands.places.keep_presses(presses_of(payload))
        except StoreError as error:  # it is read all the same; its long buttons stand for nothing
            log.error("slack: buttons can't be kept", reason=str(error))
        return Reply(payloads, message=message, in_place=in_place)

    async def looked_up(self, asked: Asked, texts: str) -> Reply:
        """The papers that a message links to: one as its card, several to choose from."""
        ids = list(dict.fromkeys(paper_ids(texts)))
        if len(ids) == 1:
            return await self.reply(asked, Wish("paper", {"id": ids[0]}))
        found: list[PaperCard] = []
        for paper_id in ids[:MOST_LOOKED_UP]:
            found += await self._card(asked, paper_id)
        if not found:
            nothing = Message(lines=(line("No paper is linked in that message."),), private=True)
            return await self.said(asked, nothing)
        cards = tuple(
            replace(card, number=n, full=False, buttons=()) for n, card in enumerate(found, 1)
        )
        others = len(ids) - len(cards)
        notes = (line(quiet(f"{others} of them can't be shown here.")),) if others else ()
        title = f"{count_of(len(ids), 'paper')} linked there"
        return await self.said(asked, Message(title=title, cards=cards, notes=notes, private=True))

    async def _card(self, asked: Asked, paper_id: str) -> tuple[PaperCard, ...]:
        command = self._commands.find("paper")
        invocation = await self._managing.invocation(
            asked, command, {"id": paper_id}, self._clock()
        )
        try:
            answer = await self._commands.answer(invocation)
        except (UserError, StoreError):
            return ()
        return answer.cards if isinstance(answer, Message) else ()

    async def message_of(self, asked: Asked, verb: str, args: Mapping[str, str]) -> Message | None:
        """What a verb says, for the App Home; None where it can't be told."""
        command = self._commands.find(verb)
        try:
            invocation = await self._managing.invocation(asked, command, args, self._clock())
            answer = await self._commands.answer(invocation)
        except UserError as error:
            return described(error)
        except StoreError:
            return BUSY
        return about(answer, asked) if isinstance(answer, Message) else None


def problem_message(error: Exception) -> Message:
    """What the asker reads of a fault."""
    return described(error) if isinstance(error, UserError) else BUSY


def about(message: Message, asked: Asked) -> Message:
    """The message whose buttons are about the channel it was asked for: a modal and the App Home
    stand in none, direct messages in another one.
    """
    if not asked.channel:
        return message
    place = {HERE: f"{asked.channel} {asked.channel_name}".strip()}

    def placed(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
        return tuple(replace(each, args={**each.args, **place}) for each in buttons)

    cards = tuple(replace(card, buttons=placed(card.buttons)) for card in message.cards)
    return replace(message, cards=cards, buttons=placed(message.buttons))


def remembered(asked: Asked) -> dict[str, str]:
    """What a modal has to know of where it was asked for."""
    told = {
        "channel": asked.channel,
        "name": asked.channel_name,
        "thread": asked.thread,
        "respond": asked.respond,
        "own": "yes" if asked.own else "",
        "elsewhere": "yes" if asked.elsewhere else "",
    }
    return {name: text for name, text in told.items() if text}
