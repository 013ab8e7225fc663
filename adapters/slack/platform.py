"""Slack as a platform: its connection, and what is sent over it."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from adapters.slack import render
from adapters.slack.answering import Answerer
from adapters.slack.asking import NAME
from adapters.slack.happenings import Happenings
from adapters.slack.home import Home
from adapters.slack.homes import Homes
from adapters.slack.http import Http
from adapters.slack.installed import InstalledWorkspaces
from adapters.slack.installing import InstallationStore, States, oauth_flow
from adapters.slack.keys import Keys
from adapters.slack.listening import Listener
from adapters.slack.managing import Managing
from adapters.slack.members import Directory
from adapters.slack.responding import Responder
from adapters.slack.scopes import SCOPES
from adapters.slack.sending import Sender, presses_of
from adapters.slack.sockets import Sockets
from adapters.slack.web import Web
from adapters.slack.workspaces import OneWorkspace
from bot.commands import Commands
from bot.errors import (
    BotError,
    ConfigError,
    CredentialsError,
    DeliveryError,
    PersonGoneError,
    StoreError,
    TemporaryDeliveryError,
)
from bot.messages import Message
from bot.models import Channel, Payload, User
from bot.ports import Clock

if TYPE_CHECKING:
    from adapters.slack import SlackSettings

FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds between tries to connect
STEADY = 60.0  # seconds of being connected, after which the next try is at once
SOON = timedelta(seconds=5)
SPACING = timedelta(seconds=1)  # between two messages of a channel: Slack, "Rate Limits"
# Messages under way. Where Slack takes 0.2 s for each, that is 400 a second (measured); with twice
# as many, commands beside them were acknowledged half as soon.
AT_ONCE = 128

log = structlog.get_logger()


class SlackPlatform:
    """See bot.ports.Platform. `serve` connects; until it has, nothing can be sent."""

    name = NAME
    spacing = SPACING
    at_once = AT_ONCE

    def __init__(self, settings: SlackSettings, commands: Commands, clock: Clock) -> None:
        self._settings = settings
        self._commands = commands
        self._clock = clock
        self._sender: Sender | None = None
        self._directory: Directory | None = None
        self._sockets: Sockets | None = None
        self._refused = ""
        self.http: Http | None = None
        self.workspaces: OneWorkspace | InstalledWorkspaces | None = None

    def pack(self, message: Message) -> list[Payload]:
        """The message as platform messages, in order, each within the limits. Pure."""
        return render.pack(message)

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:  # noqa: ARG002 - Slack knows no key
        """Send exactly one message and return its reference, `channel/ts`.

        Raises DeliveryError.
        """
        if self._refused:
            raise CredentialsError(self._refused)
        try:
            await self._commands.places.keep_presses(presses_of(payload))
            sender = self._sender  # as it is now: meanwhile the connection may have ended
            if sender is None:
                raise TemporaryDeliveryError("Slack is not connected yet", SOON)
            return await sender.send(channel, payload, reply_to)
        except PersonGoneError:
            # What can't be kept of it now is found out again by the next message to them.
            with contextlib.suppress(StoreError):
                await self._commands.places.person_left(User(self.name, channel.id))
            raise
        except StoreError as error:
            raise TemporaryDeliveryError(f"the store can't be used: {error}", SOON) from error

    @property
    def connected(self) -> bool:
        """Whether what is sent is at least tried: a refused token is to be heard of, and where the
        socket is lost, so is most likely all else.
        """
        if self._refused or self._sender is None:
            return bool(self._refused)
        return self._sockets is None or self._sockets.connected.is_set()

    def remarks(self) -> list[str]:
        """What an operator should know of the connection."""
        if self._refused:
            return [f"Slack: stopped: {self._refused}"]
        told = self.workspaces.remarks() if self.workspaces else []
        if self._sockets and self.workspaces:
            told += self._sockets.remarks(self.workspaces.app_id)
        return told

    async def owner(self, workspace: str) -> User:
        """The primary owner of a workspace; nobody where Slack does not tell."""
        found = await self._directory.owner(workspace) if self._directory else ""
        return User(NAME, f"{workspace}/{found}" if found else "")

    async def has_left(self, workspace: str, user: User) -> bool:
        """Whether somebody's account in the workspace is closed; no where that can't be told."""
        team, _, number = user.id.partition("/")
        if self._directory is None or team != workspace:
            return False
        return (await self._directory.member(team, number)).is_gone

    async def serve(self) -> None:
        """Be connected, and answer people, until cancelled or the tokens are refused."""
        wait = FIRST_WAIT
        loop = asyncio.get_running_loop()
        while not self._refused:
            began = loop.time()
            try:
                await self._connection()
                reason = "the connection ended"
            except CredentialsError as error:
                self._refused = str(error)
                log.error("slack: stopped", reason=self._refused)
                return
            except ConfigError as error:
                reason = str(error)
            except (DeliveryError, StoreError) as error:
                reason = str(error)
            except Exception as error:  # noqa: BLE001 - a proxy's page makes the library raise anything
                reason = type(error).__name__
            wait = FIRST_WAIT if loop.time() - began > STEADY else wait
            log.warning("slack: can't connect", reason=reason, again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _connection(self) -> None:
        """One life of the connection. Sockets are replaced within it."""
        settings, places = self._settings, self._commands.places
        async with Web(settings.slack_api_url) as web:
            workspaces = self.workspaces = self._workspaces(web)
            await workspaces.open()
            directory = self._directory = Directory(web, workspaces)
            name = await _bot_name(workspaces)
            managing = Managing(places, directory, settings.slack_managers, name)
            answerer = Answerer(self._commands, managing, self._clock)
            responder = Responder(web, workspaces, answerer, self._commands)
            listener = Listener(
                places,
                workspaces,
                answerer=answerer,
                responder=responder,
                homes=Homes(Home(places, answerer, managing), responder),
                happenings=Happenings(web, workspaces, directory, places),
            )
            self._sender = Sender(web, workspaces)
            try:
                await self._listen(web, workspaces, listener)
            finally:
                self._sockets = self.http = None
                sender = self._sender
                try:
                    await listener.close()  # what is being answered may have something to send
                finally:
                    # From now on nothing more is taken up; what is under way is finished.
                    self._sender = None
                    await asyncio.gather(sender.close(), workspaces.close())

    def _workspaces(self, web: Web) -> OneWorkspace | InstalledWorkspaces:
        settings, places = self._settings, self._commands.places
        if not settings.slack_client_id:
            return OneWorkspace(web, settings.slack_bot_token.get_secret_value(), places)
        keys = Keys(settings.slack_encryption_key.get_secret_value())
        return InstalledWorkspaces(web, places, keys, self._clock, _client(settings))

    async def _listen(
        self, web: Web, workspaces: OneWorkspace | InstalledWorkspaces, listener: Listener
    ) -> None:
        """Hear what Slack brings, by the socket or over HTTP, until that ends."""
        settings = self._settings
        app = listener.app(web, settings.slack_signing_secret.get_secret_value())
        token = settings.slack_app_token.get_secret_value()
        oauth = None
        if isinstance(workspaces, InstalledWorkspaces):
            oauth = oauth_flow(
                web,
                InstallationStore(workspaces, self._commands.places),
                States(Keys(settings.slack_encryption_key.get_secret_value())),
                _client(settings),
                scopes=tuple(SCOPES),
                public_url=settings.slack_public_url,
                api_url=settings.slack_api_url,
            )
        try:
            async with asyncio.TaskGroup() as tasks:
                if token:
                    self._sockets = Sockets(web, app, token, meant=settings.slack_connections)
                    tasks.create_task(self._sockets.keep())
                if oauth or not token:
                    self.http = Http(
                        settings.slack_http_host,
                        settings.slack_port,
                        events=None if token else app,
                        oauth=oauth,
                    )
                    tasks.create_task(self.http.run())
        except* (BotError, OSError) as group:
            raise group.exceptions[0] from None


async def _bot_name(workspaces: OneWorkspace | InstalledWorkspaces) -> str:
    """What people type to invite it."""
    if isinstance(workspaces, OneWorkspace):
        return (await workspaces.open()).bot_name or "Paperboy"
    return "Paperboy"


def _client(settings: SlackSettings) -> tuple[str, str]:
    return settings.slack_client_id, settings.slack_client_secret.get_secret_value()


def _now() -> datetime:
    return datetime.now(UTC)


def platform_of(settings: SlackSettings, commands: Commands, clock: Clock = _now) -> SlackPlatform:
    """The platform of these settings. Raises ConfigError where they do not suffice."""
    has_socket = bool(settings.slack_app_token.get_secret_value())
    if not has_socket and not settings.slack_signing_secret.get_secret_value():
        raise ConfigError(
            "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing, "
            "see .env.example"
        )
    if settings.slack_client_id:
        if not settings.slack_client_secret.get_secret_value():
            raise ConfigError("SLACK_CLIENT_SECRET is missing, see .env.example")
        if not settings.slack_public_url:
            raise ConfigError("SLACK_PUBLIC_URL is missing: OAuth needs it, see .env.example")
        Keys(settings.slack_encryption_key.get_secret_value())
    return SlackPlatform(settings, commands, clock)
