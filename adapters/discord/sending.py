"""Sends one platform message: into a channel, a thread under a digest, or to a person.

Discord returns the first message for a nonce that it has seen some minutes ago (`enforce_nonce`,
"Create Message"), so what is tried again soon is not said twice. Later the message is looked for.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Any

import discord
import structlog
from discord.http import MultipartParameters, handle_message_parameters

from adapters.discord.asking import granted_to
from adapters.discord.client import Client
from adapters.discord.faults import (
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    Network,
    delivery_error,
)
from adapters.discord.frozen import Frozen, files_of, said_in, texts_of
from adapters.discord.pacer import Pacer
from adapters.discord.page import Body
from adapters.discord.permissions import lacking, tell_lacking
from bot.errors import ChannelGoneError, RenderError
from bot.models import Channel, Payload

NONCE_CHARACTERS = 25  # Discord, "Create Message"
# Seconds that a message may take, with all that discord.py tries again by itself: within that time
# five slow answers of a proxy would outlast what Discord remembers of a nonce.
LONGEST_TRY = 30.0
KNOWN_DOORS = 10_000  # direct message channels remembered, about 2 MB
LOOKED_THROUGH = 30  # of the channel's latest messages, where ours may be among
CLOCKS_APART = timedelta(seconds=30)  # Discord's and ours, at most
THREAD_EXISTS = 160004  # a thread was already made for this message
THREAD_MINUTES = 1440  # without a word, until it is put away
THREAD_NAME = "Papers"
LONGEST_THREAD_NAME = 100

log = structlog.get_logger()


def nonce_of(key: str) -> str:
    """What tells Discord that a message is the same as one before."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE_CHARACTERS]


class Sender:
    """Sends payloads over one client, at the pace that Discord allows."""

    def __init__(self, client: Client, pacer: Pacer, longest_try: float = LONGEST_TRY) -> None:
        self._client = client
        # Longer waits than this are ours: they begin anew with what is remembered in mind.
        self._client.http.max_ratelimit_timeout = longest_try
        self._pacer = pacer
        self._longest_try = longest_try
        self._doors: dict[str, int] = {}

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:
        """Send one message and return `channel/message`. Raises DeliveryError."""
        body = _body(payload)
        try:
            place = await self.place_of(channel)
            if reply_to:
                return await self._answer(place, payload, body, key, reply_to)
            if channel.is_direct and body and not body.silent:
                return await self._ring(place, payload, body, key)
            return await self._post(place, payload, body, key)
        except discord.HTTPException as error:
            raise self._told(error, channel) from error
        except Exception as error:
            raise delivery_error(error) from error

    async def recall(
        self, channel: Channel, payload: Payload, reply_to: str, since: datetime
    ) -> str:
        """The reference of this very message where it stands among the channel's latest, else "".

        What is older than `since` is another one, though it says the same. Raises DeliveryError.
        Where Paperboy may not read along, nothing is found.
        """
        body = _body(payload)
        wanted = (texts_of(body.components) if body else [], [payload.plain.strip()])
        oldest = discord.utils.time_snowflake(since - CLOCKS_APART)
        try:
            place = await self.place_of(channel)
            # Where no thread could be opened, it answers in the channel itself.
            for where in (_parts(reply_to)[1], place) if reply_to else (place,):
                for message in await self._latest(where):
                    if int(message["id"]) >= oldest and said_in(message) in wanted:
                        return f"{where}/{message['id']}"
        except Exception as error:
            raise delivery_error(error) from error
        return ""

    async def _latest(self, place: int) -> list[Any]:
        """Our own of a channel's latest messages; none where we may not see them."""
        await self._pacer.turn()
        try:
            latest = await self._client.http.logs_from(place, LOOKED_THROUGH)
        except discord.HTTPException as error:
            if error.status in {403, 404}:
                return []
            raise
        own = self._client.user and self._client.user.id
        return [message for message in latest if int(message["author"]["id"]) == own]

    async def place_of(self, channel: Channel) -> int:
        """The id of the channel on Discord; that of a person's direct messages is asked for."""
        if not channel.is_direct:
            return int(channel.id)
        if channel.id not in self._doors:
            if len(self._doors) >= KNOWN_DOORS:
                self._doors.clear()
            await self._pacer.turn()
            opened = await self._client.http.start_private_message(channel.id)
            self._doors[channel.id] = int(opened["id"])
        return self._doors[channel.id]

    async def _post(self, place: int, payload: Payload, body: Body | None, key: str) -> str:
        sent = await self._create(place, self._parameters(payload, body, key))
        if body and body.thread:
            await self._open_thread(place, int(sent["id"]), body.thread)
        return f"{place}/{sent['id']}"

    async def _ring(self, place: int, payload: Payload, body: Body, key: str) -> str:
        """Plain text first, then its card: phones ring with a card's text left blank
        (discord-api-docs #7854). Whatever stops it in between, it can be read.
        """
        sent = await self._create(place, self._parameters(payload, None, key))
        try:
            await self._pacer.turn()
            with handle_message_parameters(
                content=None, view=Frozen(body.components), files=files_of(body)
            ) as parameters:
                await self._client.http.edit_message(place, sent["id"], params=parameters)
        except (discord.HTTPException, discord.RateLimited, OSError) as error:
            log.warning("discord: a message stays plain text", key=key, reason=str(error)[:200])
        return f"{place}/{sent['id']}"

    async def _answer(
        self, place: int, payload: Payload, body: Body | None, key: str, reply_to: str
    ) -> str:
        """Into the thread under the message, which mostly is there already; where none can be
        opened, as an answer to it.
        """
        _, first = _parts(reply_to)
        said = await self._say_in_thread(first, payload, body, key)
        if not said and await self._open_thread(place, first, THREAD_NAME):
            said = await self._say_in_thread(first, payload, body, key)
        if said:
            return said
        reference: Any = {"message_id": str(first), "fail_if_not_exists": False}
        sent = await self._create(place, self._parameters(payload, body, key, reference))
        return f"{place}/{sent['id']}"

    async def _say_in_thread(
        self, thread: int, payload: Payload, body: Body | None, key: str
    ) -> str:
        """The reference of what was sent, "" where there is no thread: it has its message's id."""
        try:
            sent = await self._create(thread, self._parameters(payload, body, key))
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            return ""
        return f"{thread}/{sent['id']}"

    async def _open_thread(self, place: int, message: int, name: str) -> bool:
        """Whether the message has a thread now."""
        try:
            await self._pacer.turn()
            await self._client.http.start_thread_with_message(
                place,
                message,
                name=name[:LONGEST_THREAD_NAME],
                auto_archive_duration=THREAD_MINUTES,  # type: ignore[arg-type]
            )
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            if error.code != THREAD_EXISTS:
                log.warning("discord: no thread could be opened", code=error.code)
            return error.code == THREAD_EXISTS
        return True

    async def _create(self, place: int, parameters: MultipartParameters) -> Any:  # noqa: ANN401
        """Send one message. Raises TimeoutError where Discord takes too long: it may be sent."""
        await self._pacer.turn()
        try:
            with parameters:
                async with asyncio.timeout(self._longest_try):
                    return await self._client.http.send_message(place, params=parameters)
        except TimeoutError:
            # Broken off while it waits for the limit of all to pass, the library lets nobody go on.
            self._client.http._global_over.set()  # noqa: SLF001 - it has no other way
            raise

    def _parameters(
        self,
        payload: Payload,
        body: Body | None,
        key: str,
        reference: Any = None,  # noqa: ANN401
    ) -> MultipartParameters:
        content: dict[str, Any] = {"content": payload.plain}
        if body:
            content = {"view": Frozen(body.components)}
            if body.files:
                content["files"] = files_of(body)
        if reference:
            content["message_reference"] = reference
        flags = discord.MessageFlags(suppress_notifications=bool(body and body.silent))
        return handle_message_parameters(
            **content,
            flags=flags,
            nonce=nonce_of(key),
            allowed_mentions=discord.AllowedMentions.none(),
        )

    def _told(self, error: discord.HTTPException, channel: Channel) -> Exception:
        """The error, with the permissions named that Paperboy lacks in the channel."""
        names: tuple[str, ...] = ()
        if error.code in {MISSING_ACCESS, MISSING_PERMISSIONS} and not channel.is_direct:
            names = self.lacking(channel)
        if names:
            return ChannelGoneError(tell_lacking(names, channel.name).split(". ")[0])
        return delivery_error(error)

    def owner_of(self, workspace: str) -> str:
        """The id of a server's owner, "" where it is not known."""
        guild = self._client.get_guild(int(workspace)) if workspace.isdecimal() else None
        return str(guild.owner_id) if guild and guild.owner_id else ""

    async def has_left(self, workspace: str, person: str) -> bool:
        """Whether somebody is no member of a server; no where Discord does not tell."""
        try:
            await self._pacer.turn()
            await self._client.http.get_member(int(workspace), int(person))
        except discord.HTTPException as error:
            return error.code in {UNKNOWN_MEMBER, UNKNOWN_USER}
        except (*Network, ValueError):
            return False
        return False

    def lacking(self, channel: Channel) -> tuple[str, ...]:
        """The names of the permissions without which nothing can be posted there, as far as the
        connection tells.
        """
        place = self._client.get_channel(int(channel.id))
        if not isinstance(place, discord.abc.GuildChannel | discord.Thread):
            return ()
        granted = granted_to(place.guild.me, place)
        if granted is None:
            return ()
        return lacking(granted, in_thread=isinstance(place, discord.Thread))


def _body(payload: Payload) -> Body | None:
    """What is to be sent; None for plain text."""
    if not payload.body:
        return None
    try:
        return Body.from_json(payload.body)
    except ValueError as error:
        raise RenderError(str(error)) from error


def _parts(reference: str) -> tuple[int, int]:
    channel, _, message = reference.partition("/")
    return int(channel), int(message)
