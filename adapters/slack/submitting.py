"""Forms that are sent: what is wrong is said in them, else the answer where they were asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck

from adapters.slack import asking
from adapters.slack.answering import Answerer, Reply, problem_message
from adapters.slack.asking import Asked, Surface
from adapters.slack.forms import FORM, FORM_TOKEN
from adapters.slack.homes import Homes
from adapters.slack.repeats import Repeats
from adapters.slack.responding import Responder, by_button
from bot.errors import StoreError, UserError
from bot.messages import Message, line
from bot.problems import BUSY

PATIENCE = 2.0  # seconds until a form is acknowledged; what comes of it is shown where it stood
# Until a view that an acknowledgement brings is there for sure: one that came before would be
# overwritten by it.
SETTLE_SECONDS = 0.5
WORKING = Message(title="One moment", lines=(line("This takes a little longer …"),))

View = dict[str, Any]
Late = tuple[Asked, Reply, View | None]
Begin = Callable[[Asked, Coroutine[Any, Any, None]], None]

log = structlog.get_logger()


class Submissions:
    """Takes what was put into forms. `begin` carries out what comes after the acknowledgement."""

    def __init__(
        self,
        answerer: Answerer,
        responder: Responder,
        repeats: Repeats,
        homes: Homes,
        begin: Begin,
    ) -> None:
        self._answerer = answerer
        self._responder = responder
        self._repeats = repeats
        self._homes = homes
        self._begin = begin

    async def submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A form was sent ("view_submission")."""
        view = body.get("view") or {}
        asked = asking.of_submission(body)
        is_ours = view.get("callback_id") in {FORM, FORM_TOKEN}
        if not is_ours or not await self._repeats.is_first(asked):
            await ack()
            return
        if not asked.respond:  # it was asked for in the App Home, or over another modal
            asked = replace(asked, surface=Surface.MODAL)
        state = (view.get("state") or {}).get("values") or {}
        work = asyncio.ensure_future(self._submitted(asked, state))
        await asyncio.wait({work}, timeout=PATIENCE)
        if work.done():
            await self._close(ack, *work.result())
            return
        await ack(response_action="update", view=await self._responder.view(asked, WORKING))
        self._begin(asked, self._bring_late(asked, work))

    async def _submitted(self, asked: Asked, state: Mapping[str, Any]) -> Late:
        """Where the answer belongs, the answer, and the view in which it is shown, if it is."""
        try:
            there, wish = await self._answerer.submitted(asked, state)
        except (UserError, StoreError) as error:
            there, reply = asked, await self._answerer.said(asked, problem_message(error))
        else:
            reply = await self._answerer.reply(there, wish)
        if reply.modal:
            return there, reply, reply.modal.view
        if reply.message is None or there.surface is not Surface.MODAL:
            return there, reply, None
        reply = replace(reply, message=await self._responder.uploaded(there, reply.message))
        return there, reply, await self._view(there, reply)

    async def _view(self, asked: Asked, reply: Reply) -> View:
        """What takes the place of the form."""
        if reply.modal:
            return reply.modal.view
        try:
            return await self._responder.view(asked, reply.message or WORKING)
        except StoreError as error:
            log.error("slack: buttons can't be kept", reason=str(error))
            return await self._responder.view(asked, BUSY)

    async def _close(self, ack: AsyncAck, asked: Asked, reply: Reply, view: View | None) -> None:
        if reply.errors:
            await ack(response_action="errors", errors=dict(reply.errors))
            return
        if view:
            await ack(response_action="update", view=view)
        else:
            await ack()
            self._begin(asked, self._responder.bring(asked, reply))
        self._begin(asked, self._homes.refresh(asked, reply))

    async def _bring_late(self, asked: Asked, work: asyncio.Future[Late]) -> None:
        """Show what came of it in place of WORKING; whoever has closed that is told in words."""
        there, reply, view = await work
        if reply.errors:
            lines = tuple(line(text) for text in reply.errors.values())
            reply = replace(reply, message=Message(title="That did not work", lines=lines))
        elif reply.message:
            reply = replace(reply, message=await self._responder.uploaded(there, reply.message))
        await asyncio.sleep(SETTLE_SECONDS)
        if not await self._responder.update(asked, view or await self._view(there, reply)):
            message = by_button(reply.again) if reply.again else reply.message
            await self._responder.write(there, message or BUSY)
        await self._homes.refresh(there, reply)
