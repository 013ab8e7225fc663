"""Socket Mode: one connection to Slack, kept alive, replaced where it is dead.

The library reconnects by itself, but takes a connection for alive that only seems so, and tries a
refused token for ever. Here a connection whose pings are not answered is replaced, and a refusal
ends it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.faults import REFUSED, Network, code_of, delivery_error, why
from adapters.slack.web import QUIET, Web, proxy_for
from bot.errors import CredentialsError, DeliveryError

PING_SECONDS = 5.0
DEAD_AFTER = 4  # pings without an answer, until the connection is replaced
LOOK_SECONDS = 0.5
LOOKS_AT_CLOSED = 3  # until a closed connection is given up
CONNECT_SECONDS = 30.0  # until a connection that is being made counts as failed
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds between two tries
STEADY = 30.0  # seconds of being connected, after which the next try is soon
MOST_DOUBLINGS = 7  # of the first wait, which are more than the longest one
LASTING = 10.0  # seconds after which a connection counts as one that lasts
OFF = frozenset(
    "link_disabled socket_mode_not_enabled not_allowed_token_type missing_scope".split()
)

log = structlog.get_logger()


class Sockets:
    """Keeps a connection. `meant` is how many of them are to be open, over all processes."""

    def __init__(
        self,
        web: Web,
        app: AsyncApp,
        token: str,
        *,
        meant: int = 1,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._web = web
        self._app = app
        self._token = token
        self._meant = meant
        self._ping_seconds = ping_seconds
        self._open = 0  # connections that Slack told of
        self.app_id = ""  # whose app token it is, where Slack tells
        self.connected = asyncio.Event()

    @property
    def surplus(self) -> int:
        """How many connections are open beyond those that are meant to be."""
        return max(self._open - self._meant, 0)

    def remarks(self, bots_app: str) -> list[str]:
        """What an operator should know; `bots_app` is whose the bot token is, "" for not known."""
        told = []
        if self.app_id and bots_app not in {"", self.app_id}:
            told.append(
                "Slack: SLACK_BOT_TOKEN and SLACK_APP_TOKEN are of two apps: take both from one"
            )
        if self.surplus:
            told.append(
                f"Slack: {self.surplus + self._meant} connections are open, {self._meant} meant: "
                "another copy of Paperboy runs with the same tokens"
            )
        return told

    async def prove(self) -> str:
        """Where to connect. Raises CredentialsError where the app token is refused, or
        TemporaryDeliveryError.
        """
        try:
            told = await self._web.asking().apps_connections_open(app_token=self._token)
        except Network as error:
            code = code_of(error)
            if code in OFF:
                raise CredentialsError(
                    f"Slack lets the app not connect ({code}): switch on Socket Mode, and take an "
                    "app token with connections:write for SLACK_APP_TOKEN"
                ) from error
            if code in REFUSED:
                raise CredentialsError(f"Slack refuses SLACK_APP_TOKEN ({code})") from error
            raise delivery_error(error) from error
        return str(told["url"])

    async def keep(self) -> None:
        """Be connected, by one connection after another. Raises CredentialsError."""
        wait = FIRST_WAIT
        while True:
            began = time.monotonic()
            try:
                await self.run(await self.prove())
                reason = "dead"
            except CredentialsError:
                raise
            except (DeliveryError, *Network) as error:
                reason = str(error) if isinstance(error, DeliveryError) else why(error)
            wait = FIRST_WAIT if time.monotonic() - began > STEADY else wait
            log.warning("slack: not connected", reason=reason, again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def run(self, url: str) -> None:
        """Be connected until the connection is dead or refused. Raises DeliveryError."""
        client = _Client(
            self._token,
            web_client=self._web.asking(),
            logger=QUIET,
            ping_interval=self._ping_seconds,
        )
        client.wss_uri, client.proxy = url, proxy_for(url)
        client.message_listeners.append(self._heard)
        client.socket_mode_request_listeners.append(self._asked)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect()  # type: ignore[no-untyped-call]
            await self._watch(client)
        finally:
            self.connected.clear()
            await client.close()  # type: ignore[no-untyped-call]

    async def _watch(self, client: _Client) -> None:
        """Return when the connection is dead, or can't be made anew."""
        looks = 0  # at a closed one: the library makes another where it was told to
        while looks < LOOKS_AT_CLOSED:
            await asyncio.sleep(LOOK_SECONDS)
            session = client.current_session
            looks = looks + 1 if session is None or session.closed else 0
            if client.refusal:
                raise CredentialsError(f"Slack refuses SLACK_APP_TOKEN ({client.refusal})")
            answered = client.last_ping_pong_time or client.began
            if time.time() - max(answered, client.began) > self._ping_seconds * DEAD_AFTER:
                log.warning("slack: the connection is dead, making another one")
                return

    async def _heard(
        self, _: AsyncBaseSocketModeClient, message: Mapping[str, Any], __: str | None = None
    ) -> None:
        """What Slack says of the connection itself ("Using Socket Mode": hello, disconnect)."""
        if message.get("type") != "hello":
            return
        self.app_id = str((message.get("connection_info") or {}).get("app_id") or "")
        told = message.get("num_connections")
        there = told if isinstance(told, int) else 1
        # One that takes another's place may be counted beside it: only what stays is told.
        is_first = not self.connected.is_set()
        self._open = there if is_first else min(there, max(self._open, self._meant))
        self.connected.set()
        log.info("slack: connected", connections=there)
        if self.surplus:
            log.warning("slack: more copies are connected than are meant to be", there=there)

    async def _asked(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        response = await run_async_bolt_app(self._app, request)
        try:
            await send_async_response(client, request, response, began)
        except (*Network, RuntimeError) as error:
            # Slack brings it again, and then it is known.
            log.info("slack: an acknowledgement was lost", reason=type(error).__name__)


class _Client(SocketModeClient):
    """The library's client, which tells where a token is refused."""

    def __init__(self, *args: Any, **kinds: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kinds)
        self.refusal = ""
        self.began = self._asked_at = time.time()
        self._soon = 0  # connections in a row that did not last

    async def issue_new_wss_url(self) -> str:
        """The address of another connection; where one after the other is refused, not at once."""
        is_soon = time.time() - self._asked_at < LASTING
        self._soon = min(self._soon + 1, MOST_DOUBLINGS) if is_soon else 0
        if self._soon > 1:
            await asyncio.sleep(min(FIRST_WAIT * 2**self._soon, LONGEST_WAIT))
        self._asked_at = time.time()
        if self.closed:  # meanwhile another took its place
            return ""
        try:
            return await super().issue_new_wss_url()
        except SlackApiError as error:
            if code_of(error) in REFUSED | OFF:
                self.refusal = code_of(error)
            raise
