"""Brings answers to where they were asked for: a channel, a thread, a modal, a direct message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack import render
from adapters.slack.answering import Answerer, Reply, about, remembered
from adapters.slack.asking import Asked, Surface
from adapters.slack.blocks import file_of
from adapters.slack.faults import TRIGGER_GONE, Network, code_of
from adapters.slack.page import Body
from adapters.slack.sending import QUIETLY
from adapters.slack.web import QUIET, Web, proxy_for
from adapters.slack.workspaces import Workspaces
from bot.commands import Commands
from bot.errors import DeliveryError
from bot.messages import Button, Message, line, quiet
from bot.models import Payload

TITLE_CHARACTERS = 24  # of a view: Slack, "Views"
PUSHED_TOO_HIGH = "push_limit_reached"  # three modals lie over one another: Slack, "views.push"
TO_YOU = "The file is in your direct messages with Paperboy."
NOT_UPLOADED = "Slack did not take the file; try again in a minute."

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
        """Open a form; where Slack does not let us, or there is no moment for it, by a button."""
        assert reply.modal is not None  # noqa: S101 - see bring
        if asked.trigger and await self._opened(asked, reply.modal.view):
            return
        if reply.again is not None:
            await self.write(asked, by_button(reply.again))

    async def _opened(self, asked: Asked, view: dict[str, Any]) -> bool:
        """Whether a modal was opened: over another one it lies on that."""
        client = await self._client(asked)
        opening = client.views_push if asked.surface is Surface.MODAL else client.views_open
        try:
            await opening(trigger_id=asked.trigger, view=view)
        except Network as error:
            if code_of(error) not in TRIGGER_GONE | {PUSHED_TOO_HIGH}:
                log.warning("slack: a modal was refused", reason=code_of(error))
            return False
        return True

    async def write(self, asked: Asked, message: Message) -> None:
        """Say something in words, where no modal can: where it was asked, else directly."""
        there = asked
        if asked.surface in {Surface.HOME, Surface.MODAL}:
            message = about(message, asked)
            there = replace(asked, surface=Surface.COMMAND)
        if there is not asked and not asked.respond:
            there = replace(asked, surface=Surface.DIRECT, channel="", thread="", elsewhere=False)
        await self.bring(there, await self._answerer.said(there, message))

    async def update(self, asked: Asked, view: dict[str, Any]) -> bool:
        """Whether a modal that is open shows this now."""
        try:
            await (await self._client(asked)).views_update(view_id=asked.view, view=view)
        except Network as error:
            log.info("slack: a modal is closed", reason=code_of(error))
            return False
        return True

    async def _show(self, asked: Asked, reply: Reply) -> None:
        """An answer in a modal: over the App Home, or over another modal."""
        assert reply.message is not None  # noqa: S101 - see bring
        message = await self.uploaded(asked, reply.message)
        view = await self.view(asked, message)
        is_over = asked.surface is Surface.MODAL
        if is_over and reply.in_place and await self.update(asked, view):
            return
        if await self._opened(asked, view):
            return
        # Three may lie one over another; then it takes the place of the last.
        if not (is_over and await self.update(asked, view)):
            await self.write(asked, message)

    async def view(self, asked: Asked, message: Message) -> dict[str, Any]:
        """An answer as a modal, its buttons' meaning kept; a file of it is named alone. Raises
        StoreError.
        """
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

    async def uploaded(self, asked: Asked, message: Message) -> Message:
        """The message with its file brought to the asker's direct messages: a modal holds none."""
        if message.file is None:
            return message
        name, text, _ = file_of(message.file)
        _, told = await self._upload(asked, [(name, text)])
        return replace(message, file=None, notes=(*message.notes, line(quiet(told))))

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
        body = {
            **told,
            **thread,
            **QUIETLY,
            "response_type": "in_channel" if asked.is_direct and in_place else "ephemeral",
            "replace_original": in_place,
        }
        status: int | str
        try:
            status = (await hook.send_dict(body)).status_code
        except Network as error:
            status = type(error).__name__
        if status != 200:
            log.info("slack: a response_url does not serve", status=status)
        return status == 200

    async def _with_files(self, asked: Asked, body: Body) -> dict[str, Any]:
        """The message as it is said; its files go to the asker's direct messages."""
        blocks = list(body.blocks)
        if body.files:
            files = [(name, text) for name, text, _ in body.files]
            place, told = await self._upload(asked, files)
            if asked.channel != place:
                blocks.append(
                    {"type": "context", "elements": [{"type": "plain_text", "text": told}]}
                )
        return {"text": body.text, "blocks": blocks}

    async def _upload(self, asked: Asked, files: Sequence[tuple[str, str]]) -> tuple[str, str]:
        """Bring files to the asker's direct messages; the id of that channel, "" where they are
        not taken, and what is said of it.
        """
        try:
            client = await self._client(asked)
            opened = await client.conversations_open(users=[asked.user_id])
            place = str(opened["channel"]["id"])
            for name, text in files:
                await client.files_upload_v2(channel=place, filename=name, title=name, content=text)
        except (DeliveryError, *Network) as error:
            log.warning("slack: a file was not taken", reason=code_of(error))
            return "", NOT_UPLOADED
        return place, TO_YOU

    async def publish(self, asked: Asked, blocks: Sequence[Mapping[str, Any]]) -> None:
        """The App Home of the asker ("views.publish")."""
        client = await self._client(asked)
        await client.views_publish(
            user_id=asked.user_id, view={"type": "home", "blocks": list(blocks)}
        )

    async def _client(self, asked: Asked) -> Any:  # noqa: ANN401 - the library's client
        return self._web.asking((await self._workspaces.get(asked.team)).token)


def by_button(again: Button) -> Message:
    """What stands for a form that can't be opened by itself."""
    text = "Press to go on: this one has a form."
    return Message(lines=(line(text),), buttons=(again,), private=True)


def _plain(payload: Payload) -> dict[str, Any]:
    return {"text": payload.plain}
