"""Brings answers to where they were asked for: a channel, a thread, a modal, a direct message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack import render
from adapters.slack.answering import Answerer, Reply, remembered
from adapters.slack.asking import Asked, Surface
from adapters.slack.faults import TRIGGER_GONE, Network, code_of
from adapters.slack.page import Body
from adapters.slack.sending import QUIETLY
from adapters.slack.web import QUIET, Web, proxy_for
from adapters.slack.workspaces import Workspaces
from bot.commands import Commands
from bot.messages import Message, line
from bot.models import Payload

TITLE_CHARACTERS = 24  # of a view: Slack, "Views"
USES = 5  # of a response_url, within 30 minutes: Slack, "Handling user interaction"
TO_YOU = "The file is in your direct messages with Paperboy."

log = structlog.get_logger()


class Responder:
    """Brings answers to where they were asked for."""

    def __init__(
        self, web: Web, workspaces: Workspaces, answerer: Answerer, commands: Commands
    ) -> None:
        self._web = web
        self._workspaces = workspaces
        self._answerer = answerer
        self._commands = commands

    async def bring(self, asked: Asked, reply: Reply) -> None:
        """Bring an answer. Raises DeliveryError, or what the library raises."""
        if reply.modal is not None:
            await self._open(asked, reply)
        elif reply.message is not None and asked.surface in {Surface.HOME, Surface.MODAL}:
            await self._show(asked, reply)
        else:
            await self._say(asked, reply)

    async def _open(self, asked: Asked, reply: Reply) -> None:
        """Open a form; where the moment for that is over, or there never was one, by a button."""
        assert reply.modal is not None  # noqa: S101 - see bring
        client = await self._client(asked)
        if asked.trigger:
            try:
                if asked.surface is Surface.MODAL:
                    await client.views_push(trigger_id=asked.trigger, view=reply.modal.view)
                else:
                    await client.views_open(trigger_id=asked.trigger, view=reply.modal.view)
            except Network as error:
                if code_of(error) not in TRIGGER_GONE:
                    raise
            else:
                return
        if reply.again is not None:
            text = "Press to go on: this one has a form."
            message = Message(lines=(line(text),), buttons=(reply.again,), private=True)
            there = replace(asked, surface=Surface.COMMAND) if asked.respond else asked
            await self.bring(there, await self._answerer.said(there, message))

    async def _show(self, asked: Asked, reply: Reply) -> None:
        """An answer in a modal: over the App Home, or over another modal."""
        assert reply.message is not None  # noqa: S101 - see bring
        view = await self.view(asked, reply.message)
        client = await self._client(asked)
        if asked.surface is Surface.HOME:
            try:
                await client.views_open(trigger_id=asked.trigger, view=view)
            except Network as error:
                if code_of(error) not in TRIGGER_GONE:
                    raise
                # It took too long for a modal: it comes as a direct message.
                there = replace(asked, surface=Surface.DIRECT, channel="", elsewhere=False)
                await self.bring(there, await self._answerer.said(there, reply.message))
            return
        if not reply.in_place:
            try:
                await client.views_push(trigger_id=asked.trigger, view=view)
            except Network as error:
                # Three may lie one over another; then it takes the place of the last.
                if code_of(error) != "push_limit_reached":
                    raise
            else:
                return
        await client.views_update(view_id=asked.view, view=view)

    async def view(self, asked: Asked, message: Message) -> dict[str, Any]:
        """An answer as a modal, its buttons' meaning kept. Raises StoreError."""
        blocks, presses = render.view_blocks(message)
        await self._commands.places.keep_presses(presses)
        title = message.title or "Paperboy"
        cut = title if len(title) <= TITLE_CHARACTERS else f"{title[: TITLE_CHARACTERS - 1]}…"
        return {
            "type": "modal",
            "title": {"type": "plain_text", "text": cut, "emoji": False},
            "close": {"type": "plain_text", "text": "Close", "emoji": False},
            "private_metadata": json.dumps(remembered(asked), separators=(",", ":")),
            "blocks": list(blocks),
        }

    async def _say(self, asked: Asked, reply: Reply) -> None:
        for place, payload in enumerate(reply.payloads):
            body = Body.from_json(payload.body)
            told = await self._with_files(asked, body)
            try:
                await self._tell(asked, told, in_place=reply.in_place and not place)
            except Network as error:
                if "block" not in code_of(error) and "invalid_payload" not in str(error):
                    raise
                log.error("slack: answered as plain text", reason=code_of(error), body=payload.body)
                await self._tell(asked, _plain(payload), in_place=False)

    async def _tell(self, asked: Asked, told: dict[str, Any], *, in_place: bool) -> None:
        """One message: by the response_url, else as a message for the asker alone."""
        if asked.respond and await self._respond(asked, told, in_place=in_place):
            return
        client = await self._client(asked)
        thread = {"thread_ts": asked.thread} if asked.thread else {}
        if asked.is_direct:
            place = asked.channel or asked.user_id
            await client.chat_postMessage(channel=place, **told, **thread, **QUIETLY)
            return
        await client.chat_postEphemeral(channel=asked.channel, user=asked.user_id, **told, **thread)

    async def _respond(self, asked: Asked, told: dict[str, Any], *, in_place: bool) -> bool:
        """Whether it arrived by the response_url, which serves five times in 30 minutes."""
        hook = AsyncWebhookClient(asked.respond, session=self._web.session, logger=QUIET)
        hook.proxy = proxy_for(asked.respond)
        thread = {"thread_ts": asked.thread} if asked.thread and not in_place else {}
        answer = await hook.send_dict(
            {
                **told,
                **thread,
                **QUIETLY,
                "response_type": "in_channel" if asked.is_direct and in_place else "ephemeral",
                "replace_original": in_place,
            }
        )
        if answer.status_code != 200:
            log.info("slack: a response_url does not serve", status=answer.status_code)
        return answer.status_code == 200

    async def _with_files(self, asked: Asked, body: Body) -> dict[str, Any]:
        """The message as it is said; its files go to the asker's direct messages."""
        blocks = list(body.blocks)
        if body.files:
            client = await self._client(asked)
            opened = await client.conversations_open(users=[asked.user_id])
            place = str(opened["channel"]["id"])
            for name, text, _ in body.files:
                await client.files_upload_v2(channel=place, filename=name, title=name, content=text)
            if asked.channel != place:
                blocks.append(
                    {"type": "context", "elements": [{"type": "plain_text", "text": TO_YOU}]}
                )
        return {"text": body.text, "blocks": blocks}

    async def publish(self, asked: Asked, blocks: Sequence[Mapping[str, Any]]) -> None:
        """The App Home of the asker ("views.publish")."""
        client = await self._client(asked)
        await client.views_publish(
            user_id=asked.user_id, view={"type": "home", "blocks": list(blocks)}
        )

    async def _client(self, asked: Asked) -> Any:  # noqa: ANN401 - the library's client
        return self._web.asking((await self._workspaces.get(asked.team)).token)


def _plain(payload: Payload) -> dict[str, Any]:
    return {"text": payload.plain}
