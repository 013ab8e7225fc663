"""Says one answer to an interaction: the first message or form, and what follows it.

What Discord refuses of it is said in plain text, so that nobody waits for an answer in vain.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Any

import discord
import structlog

from adapters.discord import render
from adapters.discord.answering import Reply
from adapters.discord.asking import channel_of, is_for_asker_alone
from adapters.discord.faults import ALREADY_ACKNOWLEDGED, Network, is_refused, is_too_late
from adapters.discord.frozen import Frozen, files_of
from adapters.discord.page import Body
from bot.messages import Message, line
from bot.models import Payload
from bot.wording import count_of

# Where Paperboy is installed for the asker alone: Discord, "Create Followup Message".
MOST_FOLLOWUPS = 5
LATE = Message(lines=(line("That took too long just now; ask once more."),), private=True)
NO_FORM = "Discord refused the form for this. Type /papers {} with its options instead."
NO_REST = "The rest of this could not be shown here; ask once more."

log = structlog.get_logger()


class Acknowledged(Enum):
    """What Discord was told before the answer was there, and so what becomes of @original."""

    NOT = "nothing yet: the answer is the first that it hears"
    WAITING = "a message that the answer fills"
    PRESSED = "the message that was pressed, which the answer may change"


class Saying:
    """Says the answer to one interaction, once. Raises what discord.py raises."""

    def __init__(self, interaction: discord.Interaction, acknowledged: Acknowledged) -> None:
        self._interaction = interaction
        self._acknowledged = acknowledged
        self._is_shared = is_shared(interaction)

    async def say(self, reply: Reply) -> None:
        """Say all of it."""
        if reply.modal is None:
            await self._say_messages(reply)
        elif self._acknowledged is Acknowledged.NOT:
            await self._say_form(reply.modal, reply.verb)
        else:  # a form can't follow an acknowledgement any more
            await self._say_messages(Reply(tuple(render.pack(LATE))))

    async def _say_form(self, modal: dict[str, Any], verb: str) -> None:
        try:
            await tried(lambda: self._interaction.response.send_modal(_Modal(modal)))
        except discord.HTTPException as error:
            if not is_refused(error):
                raise
            log.error("discord: a form was refused", reason=str(error)[:500], form=modal)
            await self._say_plain(NO_FORM.format(verb))

    async def _say_messages(self, reply: Reply) -> None:
        is_in_place = reply.in_place and len(reply.payloads) == 1
        first, *others = self._fitted(reply.payloads)
        try:
            await self._say_first(first, private=reply.private, is_in_place=is_in_place)
        except discord.HTTPException as error:
            if not is_refused(error):
                raise
            log.error("discord: answered as plain text", reason=str(error)[:500], body=first.body)
            await self._say_plain(first.plain)
        await self._follow(others, private=reply.private)

    def _fitted(self, payloads: Sequence[Payload]) -> Sequence[Payload]:
        """As many of them as Discord takes there; the last one then says that there is more."""
        most = MOST_FOLLOWUPS + (self._acknowledged is not Acknowledged.PRESSED)
        if len(payloads) <= most or not is_for_asker_alone(self._interaction):
            return payloads
        cut = payloads[most - 1 :]
        papers = len({paper_id for payload in cut for paper_id in payload.paper_ids})
        more = f"{count_of(papers, 'more paper')} could" if papers else "The rest could"
        text = (
            f"{more} not be shown: where Paperboy is installed for you alone, Discord takes six "
            "messages an answer. Ask for less, or in a server that Paperboy was added to."
        )
        return [*payloads[: most - 1], *render.pack(Message(lines=(line(text),), private=True))]

    async def _say_first(self, payload: Payload, *, private: bool, is_in_place: bool) -> None:
        body = Body.from_json(payload.body)
        view, response = Frozen(body.components), self._interaction.response
        if self._acknowledged is Acknowledged.PRESSED and not is_in_place:
            await self._follow_with(payload, private=private)
        elif self._acknowledged is not Acknowledged.NOT:
            await self._interaction.edit_original_response(view=view, attachments=files_of(body))
        elif is_in_place:
            await tried(lambda: response.edit_message(view=view, attachments=files_of(body)))
        else:
            await tried(
                lambda: response.send_message(
                    view=view,
                    files=files_of(body),
                    ephemeral=private and self._is_shared,
                    allowed_mentions=discord.AllowedMentions.none(),
                )
            )

    async def _say_plain(self, text: str) -> None:
        """In place of what was refused; beside a card, which can't become plain text again."""
        match self._acknowledged:
            case Acknowledged.NOT:
                await self._interaction.response.send_message(content=text, ephemeral=True)
            case Acknowledged.WAITING:
                await self._interaction.edit_original_response(content=text)
            case Acknowledged.PRESSED:
                await self._interaction.followup.send(text, ephemeral=self._is_shared)

    async def _follow(self, payloads: Sequence[Payload], *, private: bool) -> None:
        try:
            for payload in payloads:
                await self._follow_with(payload, private=private)
        except discord.HTTPException as error:
            if is_too_late(error):
                raise
            log.error("discord: the rest of an answer was refused", reason=str(error)[:500])
            await self._interaction.followup.send(NO_REST, ephemeral=private and self._is_shared)

    async def _follow_with(self, payload: Payload, *, private: bool) -> None:
        body = Body.from_json(payload.body)
        await self._interaction.followup.send(
            view=Frozen(body.components),
            files=files_of(body),
            ephemeral=private and self._is_shared,
        )


async def tried(answer: Callable[[], Awaitable[object]]) -> None:
    """Give a first answer; where the connection breaks, once more: there is time for that alone."""
    try:
        await answer()
    except Network:
        try:
            await answer()
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:  # then the first had arrived
                raise


def is_shared(interaction: discord.Interaction) -> bool:
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
