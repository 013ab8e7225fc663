"""Sends one platform message: into a channel, a thread, or to a person.

Slack knows no key by which a message would be the same as one before: what was under way when the
connection or Paperboy broke off is sent again (README, "What is promised").
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.faults import REFUSED, Network, code_of, delivery_error
from adapters.slack.page import Body
from adapters.slack.web import Web
from adapters.slack.workspaces import Workspace, Workspaces
from bot.errors import RenderError, TemporaryDeliveryError
from bot.models import Channel, Payload
from bot.ports import Press

KNOWN_DOORS = 10_000  # direct message channels remembered, about 2 MB
LONGEST_TEXT = 40_000  # characters of `text`: Slack, "chat.postMessage"
GOODBYE_SECONDS = 10.0  # for messages under way when Paperboy stops
MOST_HELD = timedelta(minutes=5)  # what a workspace that is asked too often waits at most


class Sender:
    """Sends payloads, each with the token of its workspace."""

    def __init__(self, web: Web, workspaces: Workspaces) -> None:
        self._web = web
        self._workspaces = workspaces
        self._doors: OrderedDict[str, str] = OrderedDict()
        self._held: dict[str, float] = {}
        self._under_way: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """Let what is under way be finished: what Slack has taken is to be known as sent."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GOODBYE_SECONDS)

    async def send(self, channel: Channel, payload: Payload, reply_to: str) -> str:
        """Send one message and return `channel/ts`. Raises DeliveryError."""
        self._wait_for(team_of(channel))
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - whatever runs is a task
        self._under_way.add(task)
        try:
            return await self._sent(channel, payload, reply_to)
        finally:
            self._under_way.discard(task)

    async def _sent(self, channel: Channel, payload: Payload, reply_to: str) -> str:
        workspace = await self._workspaces.get(team_of(channel))
        try:
            client = self._web.posting(workspace.token)
            place = await self.place_of(client, channel)
            sent = await client.chat_postMessage(
                channel=place, **_said(payload), **_thread(reply_to), **QUIETLY
            )
        except Network as error:
            raise await self._told(workspace, error) from error
        return f"{sent['channel']}/{sent['ts']}"

    async def place_of(self, client: AsyncWebClient, channel: Channel) -> str:
        """The id of the channel in Slack; that of a person's direct messages is asked for."""
        if not channel.is_direct:
            return channel.id
        if channel.id not in self._doors:
            opened = await client.conversations_open(users=[channel.id.partition("/")[2]])
            self._doors[channel.id] = str(opened["channel"]["id"])
            if len(self._doors) > KNOWN_DOORS:
                self._doors.popitem(last=False)
        return self._doors[channel.id]

    def _wait_for(self, team: str) -> None:
        """What Slack wants a workspace to wait, all of its channels wait."""
        left = self._held.get(team, 0) - time.monotonic()
        if left > 0:
            raise TemporaryDeliveryError("rate limited", timedelta(seconds=left))
        self._held.pop(team, None)

    async def _told(self, workspace: Workspace, error: Exception) -> Exception:
        code = code_of(error)
        if code in REFUSED:
            return await self._workspaces.refused(workspace, code)
        told = delivery_error(error)
        if isinstance(told, TemporaryDeliveryError) and told.retry_after:
            wait = min(told.retry_after, MOST_HELD).total_seconds()
            self._held[workspace.id] = time.monotonic() + wait
        return told


# Neither links nor pictures of what is linked: a digest would be a wall of them.
QUIETLY: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


def presses_of(payload: Payload) -> Mapping[str, Press]:
    """What the tokens in a message stand for: to be kept before it is sent. Raises RenderError."""
    if not payload.body:
        return {}
    try:
        return Body.from_json(payload.body).presses
    except ValueError as error:
        raise RenderError(str(error)) from error


def team_of(channel: Channel) -> str:
    """The workspace of a channel; direct messages are of the person's."""
    return channel.id.partition("/")[0] if channel.is_direct else channel.workspace


def _said(payload: Payload) -> dict[str, Any]:
    if not payload.body:
        return {"text": payload.plain[:LONGEST_TEXT]}
    try:
        body = Body.from_json(payload.body)
    except ValueError as error:
        raise RenderError(str(error)) from error
    return {"text": body.text, "blocks": list(body.blocks)}


def _thread(reply_to: str) -> dict[str, Any]:
    _, _, moment = reply_to.partition("/")
    return {"thread_ts": moment} if moment else {}
