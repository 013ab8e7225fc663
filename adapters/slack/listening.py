"""Whom Slack's commands, presses, forms and events reach. Each is acknowledged before its work.

Slack wants that within 3 seconds, and sends again what was not ("Acknowledging requests").
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack import asking
from adapters.slack.answering import Answerer, Reply, problem_message
from adapters.slack.asking import Asked, typed_text
from adapters.slack.faults import Network, code_of
from adapters.slack.happenings import Happenings
from adapters.slack.homes import Homes
from adapters.slack.manifest import LOOK_UP
from adapters.slack.repeats import Repeats
from adapters.slack.responding import Responder
from adapters.slack.submitting import Submissions
from adapters.slack.web import QUIET, Web
from adapters.slack.workspaces import Workspaces
from bot.errors import ChannelGoneError, DeliveryError, StoreError, UserError
from bot.places import Places

GOODBYE_SECONDS = 5.0  # for answers under way when Paperboy stops

ANY = re.compile(r".*", re.DOTALL)
HEARD = frozenset({None, "file_share", "thread_broadcast"})  # kinds of messages that people write
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
        homes: Homes,
        happenings: Happenings,
    ) -> None:
        self._repeats = Repeats(places)
        self._submissions = Submissions(answerer, responder, self._repeats, homes, self._afterwards)
        self._workspaces = workspaces
        self._answerer = answerer
        self._responder = responder
        self._homes = homes
        self._happenings = happenings
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
        app.view(ANY)(self._submissions.submission)
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
        except ChannelGoneError:
            return None  # not installed there; after another fault Slack brings it again
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
            self._begin(asked, self._homes.show(asked), once=False)
        else:
            repeat = f"event:{body.get('event_id', '')}"
            self._begin(replace(asked, repeat=repeat), self._happenings.happened(asked.team, body))

    def _begin(self, asked: Asked, work: Coroutine[Any, Any, None], *, once: bool = True) -> None:
        self._keep(self._guarded(asked, self._first_only(asked, work) if once else work))

    def _afterwards(self, asked: Asked, work: Coroutine[Any, Any, None]) -> None:
        self._keep(self._guarded(asked, work))

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
            await self._answered(asked, await self._answerer.said(asked, problem_message(error)))
            return
        await self._answered(there, await self._answerer.reply(there, wish))

    async def _look_up(self, asked: Asked, message: Mapping[str, Any]) -> None:
        await self._answered(asked, await self._answerer.looked_up(asked, asking.texts_of(message)))

    async def _answered(self, asked: Asked, reply: Reply) -> None:
        await self._responder.bring(asked, reply)
        await self._homes.refresh(asked, reply)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _is_to_us(event: Mapping[str, Any]) -> bool:
    """Whether somebody wrote to Paperboy: in its direct messages, or by its name. What apps write,
    and what is only changed, is no asking.
    """
    if event.get("bot_id") or event.get("subtype") not in HEARD:
        return False
    if event.get("type") == "app_mention":
        return not event.get("edited")
    return event.get("type") == "message" and event.get("channel_type") == "im"
