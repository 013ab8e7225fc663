"""Whom Slack's commands, presses, forms and events reach. Each is acknowledged before its work.

Slack wants that within 3 seconds, and sends again what was not ("Acknowledging requests").
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack import asking
from adapters.slack.answering import Answerer, Reply
from adapters.slack.asking import Asked, Surface, typed_text
from adapters.slack.faults import Network, code_of
from adapters.slack.forms import FORM, FORM_TOKEN
from adapters.slack.happenings import Happenings
from adapters.slack.home import Home
from adapters.slack.manifest import LOOK_UP
from adapters.slack.repeats import Repeats
from adapters.slack.responding import Responder
from adapters.slack.web import QUIET, Web
from adapters.slack.workspaces import Workspaces
from bot.errors import DeliveryError, StoreError, UserError
from bot.messages import Message, line
from bot.places import Places
from bot.problems import BUSY, described

PATIENCE = 2.0  # seconds until a form is acknowledged; what comes of it is shown where it stood
HOMES = 10_000  # people whose App Home is kept up to date
GOODBYE_SECONDS = 5.0  # for answers under way when Paperboy stops

ANY = re.compile(r".*", re.DOTALL)
WORKING = Message(title="One moment", lines=(line("This takes a little longer …"),))

NOT_HERE = (
    "Paperboy can't act in this workspace just now. Try again in a minute; if that does not help, "
    "whoever installed Paperboy can install it again, and everything goes on."
)

log = structlog.get_logger()


class Listener:
    """Answers what Slack brings."""

    def __init__(
        self,
        places: Places,
        workspaces: Workspaces,
        *,
        answerer: Answerer,
        responder: Responder,
        home: Home,
        happenings: Happenings,
    ) -> None:
        self._repeats = Repeats(places)
        self._workspaces = workspaces
        self._answerer = answerer
        self._responder = responder
        self._home = home
        self._happenings = happenings
        self._homes: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    def app(self, web: Web, signing_secret: str) -> AsyncApp:
        """Bolt's app, whose listeners are here. Without a secret nothing may come by HTTP."""

        async def authorize(team_id: str | None) -> AuthorizeResult | None:  # Bolt wants no method
            return await self._authorize(team_id)

        app = AsyncApp(
            signing_secret=signing_secret or "unused: everything comes by the socket",
            authorize=authorize,  # type: ignore[arg-type]  # None: it is not installed there
            client=web.asking(),
            logger=QUIET,
            user_facing_authorize_error_message=NOT_HERE,
        )
        app.command(ANY)(self.command)
        app.action(ANY)(self.action)
        app.view(ANY)(self.submission)
        app.view_closed(ANY)(_acknowledge)
        app.options(ANY)(self.options)
        app.message_shortcut(LOOK_UP)(self.shortcut)
        app.event(ANY)(self.event)
        return app

    async def close(self) -> None:
        """Let the answers under way be finished, for a moment."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GOODBYE_SECONDS)
        for task in self._under_way:
            task.cancel()

    async def _authorize(self, team_id: str | None) -> AuthorizeResult | None:
        try:
            workspace = await self._workspaces.get(team_id or "")
        except (DeliveryError, StoreError):
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            bot_token=workspace.token,
            bot_id=workspace.bot_id,
            bot_user_id=workspace.bot_user,
        )

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """`/papers …`."""
        await ack()
        asked = asking.of_command(body)
        text = typed_text(str(body.get("text") or ""))
        self._begin(asked, self._read(asked, text))

    async def action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A button, or a paper that was chosen to be opened."""
        await ack()
        [action, *_] = body.get("actions") or [{}]
        asked = asking.of_action(body)
        self._begin(asked, self._press(asked, action))

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """*Look up papers*, on a message."""
        await ack()
        asked = asking.of_shortcut(body)
        self._begin(asked, self._look_up(asked, body.get("message") or {}))

    async def options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Somebody types into an input of a form that is completed."""
        asked = asking.of_submission(body)
        verb, name = asked.meta.get("verb", ""), str(body.get("action_id") or "")
        text = str(body.get("value") or "")
        await ack(options=await self._answerer.choices(asked, verb, name, text))

    async def event(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Something was written to Paperboy, or happened to it."""
        await ack()
        event = body.get("event") or {}
        asked = asking.of_event(body)
        if _is_to_us(event):
            self._begin(asked, self._read(asked, typed_text(str(event.get("text") or ""))))
        elif event.get("type") == "app_home_opened" and event.get("tab") == "home":
            self._begin(asked, self._show_home(asked), once=False)
        else:
            repeat = f"event:{body.get('event_id', '')}"
            self._begin(replace(asked, repeat=repeat), self._happenings.happened(body))

    async def submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A form was sent: what is wrong is said in it, else the answer where it was asked for."""
        view = body.get("view") or {}
        if view.get("callback_id") not in {FORM, FORM_TOKEN}:
            await ack()
            return
        asked = asking.of_submission(body)
        if not await self._repeats.is_first(asked):
            await ack()
            return
        if not asked.respond:  # it was asked for in the App Home, or over another modal
            asked = replace(asked, surface=Surface.MODAL)
        state = (view.get("state") or {}).get("values") or {}
        work = asyncio.ensure_future(self._submitted(asked, state))
        await asyncio.wait({work}, timeout=PATIENCE)
        if work.done():
            await self._close_form(ack, *work.result())
            return
        await ack(response_action="update", view=await self._responder.view(asked, WORKING))
        self._keep(self._guarded(asked, self._bring_late(asked, work)))

    async def _submitted(self, asked: Asked, state: Mapping[str, Any]) -> tuple[Asked, Reply]:
        try:
            there, wish = await self._answerer.submitted(asked, state)
        except (UserError, StoreError) as error:
            return asked, await self._answerer.said(asked, _problem(error))
        return there, await self._answerer.reply(there, wish)

    async def _close_form(self, ack: AsyncAck, asked: Asked, reply: Reply) -> None:
        if reply.errors:
            await ack(response_action="errors", errors=dict(reply.errors))
            return
        if reply.modal:
            await ack(response_action="update", view=reply.modal.view)
            return
        if asked.surface is Surface.MODAL and reply.message:
            await ack(
                response_action="update", view=await self._responder.view(asked, reply.message)
            )
        else:
            await ack()
            self._keep(self._guarded(asked, self._responder.bring(asked, reply)))
        self._keep(self._guarded(asked, self._refresh(asked, reply)))

    async def _bring_late(self, asked: Asked, work: asyncio.Future[tuple[Asked, Reply]]) -> None:
        there, reply = await work
        if reply.errors:
            lines = tuple(line(text) for text in reply.errors.values())
            reply = Reply(message=Message(title="That did not work", lines=lines))
        message = reply.message or WORKING
        shown = replace(there, surface=Surface.MODAL, view=asked.view)
        if reply.modal is None:
            await self._responder.bring(shown, Reply(message=message, in_place=True))
        await self._refresh(there, reply)

    def _begin(self, asked: Asked, work: Coroutine[Any, Any, None], *, once: bool = True) -> None:
        self._keep(self._guarded(asked, self._first_only(asked, work) if once else work))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)  # the event loop itself holds tasks only weakly
        task.add_done_callback(self._under_way.discard)

    async def _first_only(self, asked: Asked, work: Coroutine[Any, Any, None]) -> None:
        if await self._repeats.is_first(asked):
            await work
        else:
            work.close()

    async def _guarded(self, asked: Asked, work: Coroutine[Any, Any, None]) -> None:
        """Whatever goes wrong ends here: one asking's trouble is nobody else's."""
        try:
            await work
        except (DeliveryError, StoreError, *Network) as error:
            reason = code_of(error) or str(error)[:200]
            log.warning("slack: an answer did not arrive", workspace=asked.team, reason=reason)
        except Exception:
            log.exception("slack: an answer failed here")

    async def _read(self, asked: Asked, text: str) -> None:
        await self._answered(asked, await self._answerer.read(asked, text))

    async def _press(self, asked: Asked, action: Mapping[str, Any]) -> None:
        try:
            there, wish = await self._answerer.pressed(asked, action)
        except (UserError, StoreError) as error:
            await self._answered(asked, await self._answerer.said(asked, _problem(error)))
            return
        await self._answered(there, await self._answerer.reply(there, wish))

    async def _look_up(self, asked: Asked, message: Mapping[str, Any]) -> None:
        await self._answered(asked, await self._answerer.looked_up(asked, asking.texts_of(message)))

    async def _answered(self, asked: Asked, reply: Reply) -> None:
        await self._responder.bring(asked, reply)
        await self._refresh(asked, reply)

    async def _refresh(self, asked: Asked, reply: Reply) -> None:
        """What the asker has changed shows in their App Home, where they have opened it."""
        if reply.changes and (asked.team, asked.user_id) in self._homes:
            await self._show_home(asked)

    async def _show_home(self, asked: Asked) -> None:
        self._homes[asked.team, asked.user_id] = None
        if len(self._homes) > HOMES:
            self._homes.popitem(last=False)
        home = replace(asked, surface=Surface.HOME, channel="", channel_name="", elsewhere=False)
        await self._responder.publish(home, await self._home.blocks(home))


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _problem(error: Exception) -> Message:
    return described(error) if isinstance(error, UserError) else BUSY


def _is_to_us(event: Mapping[str, Any]) -> bool:
    """Whether somebody wrote to Paperboy: in its direct messages, or by its name. What apps write,
    and what is only changed, is no asking.
    """
    if event.get("bot_id") or event.get("subtype") not in {None, "file_share"}:
        return False
    if event.get("type") == "app_mention":
        return not event.get("edited")
    return event.get("type") == "message" and event.get("channel_type") == "im"
