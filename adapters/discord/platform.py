"""Discord as a platform: its connection, and what is sent over it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import discord
import structlog
from discord.gateway import DiscordWebSocket
from yarl import URL

from adapters.discord import render
from adapters.discord.client import Client, Listener
from adapters.discord.commands import Payload as CommandPayload
from adapters.discord.faults import delivery_error
from adapters.discord.pacer import Pacer
from adapters.discord.page import Body
from adapters.discord.sending import Sender
from bot.certificates import is_untrusted
from bot.errors import (
    CredentialsError,
    PersonGoneError,
    RenderError,
    StoreError,
    TemporaryDeliveryError,
)
from bot.messages import Message
from bot.models import Channel, Payload, User
from bot.places import Places

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # seconds between tries to connect
SETTLE_SECONDS = 2.0  # without a further server, until all are known: discord.py's own figure
SOON = timedelta(seconds=5)

log = structlog.get_logger()


class DiscordPlatform:
    """See bot.ports.Platform. `serve` connects; until it has, nothing can be sent."""

    name = "discord"

    def __init__(
        self,
        token: str,
        places: Places,
        listener: Listener,
        commands: Sequence[CommandPayload],
        *,
        per_second: float,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._token = token
        self._places = places
        self._listener = listener
        self._commands = commands
        self._settle_seconds = settle_seconds
        self._pacer = Pacer(per_second, time.monotonic)
        self._sender: Sender | None = None
        self._refused = ""

    def pack(self, message: Message) -> list[Payload]:
        """The message as platform messages, in order, each within the limits. Pure."""
        return render.pack(message)

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:
        """Send exactly one message and return its reference, `channel/message`.

        Raises DeliveryError.
        """
        sender = self._connected()
        await self._keep_presses(payload)
        try:
            return await sender.send(channel, payload, key, reply_to)
        except PersonGoneError:
            # What can't be kept of it now is found out again by the next message to them.
            with contextlib.suppress(StoreError):
                await self._places.person_left(User(self.name, channel.id))
            raise

    async def recall(
        self, channel: Channel, payload: Payload, reply_to: str, since: datetime
    ) -> str:
        """The reference of a message that was sent since, "" where it is not found."""
        return await self._connected().recall(channel, payload, reply_to, since)

    @property
    def connected(self) -> bool:
        """Whether what is sent is at least tried: a refused token is to be heard of."""
        return bool(self._refused) or self._sender is not None

    async def owner(self, workspace: str) -> User:
        """The owner of a server; nobody where the connection does not tell."""
        return User(self.name, self._sender.owner_of(workspace) if self._sender else "")

    async def has_left(self, workspace: str, user: User) -> bool:
        """Whether the person is no member of the server; no where Discord does not tell."""
        return self._sender is not None and await self._sender.has_left(workspace, user.id)

    async def serve(self) -> None:
        """Be connected, and answer people, until cancelled or the token is refused."""
        wait = FIRST_WAIT
        while not self._refused:
            began = time.monotonic()
            try:
                await self._connection()
            except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
                self._refused = str(delivery_error(error))
                log.error("discord: stopped", reason=self._refused)
            except Exception as error:  # noqa: BLE001 - a proxy's page makes the library raise anything
                wait = FIRST_WAIT if time.monotonic() - began > LONGEST_WAIT else wait
                log.warning("discord: can't connect", reason=_reason(error), again_in=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _connection(self) -> None:
        """One client's life. discord.py itself reconnects within it."""
        made = Client(self._listener, self._commands, self._is_ready, self._settle_seconds)
        async with made as client:
            try:
                await client.login(self._token)
                await client.connect()
            finally:
                self._sender = None

    def _is_ready(self, client: Client) -> None:
        """Every server is known, and what has left is paused: from now on it may be sent."""
        self._sender = self._sender or Sender(client, self._pacer)

    def _connected(self) -> Sender:
        if self._refused:
            raise CredentialsError(self._refused)
        if self._sender is None:
            raise TemporaryDeliveryError("Discord is not connected yet", SOON)
        return self._sender

    async def _keep_presses(self, payload: Payload) -> None:
        """What its buttons stand for is kept before anybody can press them."""
        if not payload.body:
            return
        try:
            await self._places.keep_presses(Body.from_json(payload.body).presses)
        except ValueError as error:
            raise RenderError(str(error)) from error
        except StoreError as error:
            raise TemporaryDeliveryError(f"its buttons can't be kept: {error}", SOON) from error


def point_at(api_url: str, gateway_url: str) -> None:
    """Have discord.py ask at these addresses; "" leaves the gateway to what Discord tells."""
    discord.http.Route.BASE = api_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)


def _reason(error: Exception) -> str:
    """What failed, without an address or a token in it."""
    if isinstance(error, discord.HTTPException):
        return f"Discord answered {error.status}"
    if isinstance(error, discord.ConnectionClosed):
        return f"the gateway closed the connection ({error.code})"
    if is_untrusted(error):
        return "its certificate is not trusted here (docs/install.md)"
    return type(error).__name__
