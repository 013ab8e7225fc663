"""The workspaces that Paperboy is installed in, and the tokens it acts with there.

One workspace has its token in the settings. Many are installed by OAuth: their tokens are kept in
the store, encrypted, and are renewed where Slack rotates them ("Token rotation": after 12 hours,
and a refresh token serves once).
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.errors import SlackApiError

from adapters.slack.asking import NAME
from adapters.slack.faults import REFUSED, Network, code_of, delivery_error
from adapters.slack.web import Web
from bot.errors import ChannelGoneError, ConfigError, CredentialsError, TemporaryDeliveryError
from bot.places import LEFT, Places
from bot.ports import Clock

KNOWN = 2_000  # workspaces remembered with their tokens, about 1 MB
RENEW_BEFORE = timedelta(hours=2)  # of the 12 hours that a rotated token serves
RENEWING = timedelta(seconds=60)  # what renewing takes at most: a request has 20 s
LOOKS, LOOK_SECONDS = 20, 0.5  # at what another process, which is renewing, has written

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace, and how Paperboy acts there. `expires_at` is a time in seconds, 0 for never."""

    id: str
    token: str
    bot_user: str = ""
    bot_id: str = ""
    bot_name: str = ""
    name: str = ""
    refresh_token: str = ""
    expires_at: float = 0


class Workspaces(Protocol):
    """Where tokens come from."""

    async def get(self, team: str) -> Workspace:
        """The workspace. Raises DeliveryError where there is none to act in."""
        ...

    async def refused(self, team: str, error: str) -> Exception:
        """Slack refuses the token of a workspace: what that means to what was to be sent."""
        ...

    async def left(self, team: str) -> None:
        """A workspace has removed Paperboy."""
        ...


class OneWorkspace:
    """The workspace of the bot token in the settings. See Workspaces."""

    def __init__(self, web: Web, token: str, places: Places) -> None:
        self._web = web
        self._token = token
        self._places = places
        self._known: Workspace | None = None

    async def open(self) -> Workspace:
        """Ask Slack whose token it is. Raises CredentialsError, TemporaryDeliveryError."""
        if self._known is None:
            self._known = await identified(self._web, Workspace("", self._token))
            await self._places.served(NAME, {self._known.id})
        return self._known

    async def get(self, team: str) -> Workspace:  # noqa: ARG002 - there is one
        """The workspace; known once `open` has answered."""
        if self._known is None:
            raise TemporaryDeliveryError("Slack is not connected yet", timedelta(seconds=5))
        return self._known

    async def refused(self, team: str, error: str) -> Exception:  # noqa: ARG002
        """Nothing works any more without a new token."""
        return CredentialsError(f"Slack refuses SLACK_BOT_TOKEN ({error})")

    async def left(self, team: str) -> None:
        """The app was removed: what it set up is paused, and goes on when it is back."""
        await self._places.left(NAME, team)


class InstalledWorkspaces:
    """The workspaces that have installed Paperboy by OAuth. See Workspaces."""

    def __init__(
        self, web: Web, places: Places, cipher: MultiFernet, clock: Clock, client: tuple[str, str]
    ) -> None:
        self._web = web
        self._places = places
        self._cipher = cipher
        self._clock = clock
        self._client = client
        self._known: OrderedDict[str, Workspace] = OrderedDict()
        self._renewing: dict[str, asyncio.Task[Workspace]] = {}

    async def open(self) -> None:
        """What was removed while nobody looked is paused, and what came back goes on."""
        await self._places.served(NAME, await self._places.installations(NAME))

    async def get(self, team: str) -> Workspace:
        """The workspace, with a token that serves; one that soon ends is renewed meanwhile."""
        found = self._known.get(team) or await self._stored(team)
        if found is None:
            raise ChannelGoneError(LEFT)
        if not self._is_old(found):
            return found
        renewing = self._renewing.get(team)
        if renewing is None:
            renewing = self._renewing[team] = asyncio.create_task(self._renewed(team))
            renewing.add_done_callback(partial(self._is_renewed, team))
        # Slack waits 3 seconds for an acknowledgement: what serves yet serves for that.
        if found.expires_at > self._clock().timestamp():
            return found
        return await asyncio.shield(renewing)

    def _is_renewed(self, team: str, renewing: asyncio.Task[Workspace]) -> None:
        self._renewing.pop(team, None)
        if not renewing.cancelled() and (error := renewing.exception()):
            log.warning("slack: a token can't be renewed yet", workspace=team, reason=str(error))

    async def keep(self, workspace: Workspace, instead_of: bytes | None = None) -> bool:
        """A workspace has installed Paperboy, or its token was renewed; whether it was kept: with
        `instead_of` only where that is what was kept before. Raises StoreError.
        """
        secret = self._cipher.encrypt(json.dumps(asdict(workspace)).encode())
        is_kept = await self._places.keep_installation(
            NAME, workspace.id, secret, instead_of=instead_of
        )
        if is_kept:
            self._remember(workspace)
        return is_kept

    async def refused(self, team: str, error: str) -> Exception:
        """One workspace's trouble is its own: it counts as having removed Paperboy."""
        log.warning("slack: a workspace refuses its token", workspace=team, reason=error)
        # Another process may have renewed or installed it: then only what we remember is old.
        before, now = self._known.pop(team, None), await self._stored(team)
        if before and now and now.token != before.token:
            return TemporaryDeliveryError("the token was renewed", timedelta(seconds=1))
        await self.left(team)
        return ChannelGoneError(LEFT)

    async def left(self, team: str) -> None:
        """A workspace has removed Paperboy: its tokens are forgotten, its settings are kept."""
        self._known.pop(team, None)
        await self._places.forget_installation(NAME, team)
        await self._places.left(NAME, team)

    async def _stored(self, team: str) -> Workspace | None:
        secret = await self._places.installation(NAME, team)
        return self._read(team, secret) if secret else None

    def _read(self, team: str, secret: bytes) -> Workspace:
        try:
            found = Workspace(**json.loads(self._cipher.decrypt(secret)))
        except (InvalidToken, TypeError, ValueError):
            log.error(
                "slack: a workspace can't be read: is SLACK_ENCRYPTION_KEY another one now?",
                workspace=team,
            )
            raise TemporaryDeliveryError("the tokens can't be decrypted") from None
        self._remember(found)
        return found

    def _remember(self, workspace: Workspace) -> None:
        self._known[workspace.id] = workspace
        self._known.move_to_end(workspace.id)
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)

    def _is_old(self, workspace: Workspace) -> bool:
        ends = workspace.expires_at
        return bool(ends) and self._clock().timestamp() > ends - RENEW_BEFORE.total_seconds()

    async def _renewed(self, team: str) -> Workspace:
        """The workspace with a new token. Two that renewed at once would lock themselves out."""
        for _ in range(LOOKS):
            secret = await self._places.installation(NAME, team)
            if secret is None:
                raise ChannelGoneError(LEFT)
            found = self._read(team, secret)
            if not self._is_old(found):
                return found
            if await self._places.hold(f"slack-token:{team}", RENEWING):
                return await self._renew(found, secret)
            await asyncio.sleep(LOOK_SECONDS)
        raise TemporaryDeliveryError("its token is being renewed", timedelta(seconds=5))

    async def _renew(self, found: Workspace, was: bytes) -> Workspace:
        number, secret = self._client
        try:
            told = await self._web.asking().oauth_v2_access(
                client_id=number,
                client_secret=secret,
                grant_type="refresh_token",
                refresh_token=found.refresh_token,
            )
        except SlackApiError as error:
            if found.expires_at > self._clock().timestamp():
                raise TemporaryDeliveryError(code_of(error)) from error  # it serves for a while yet
            raise await self.refused(found.id, code_of(error)) from error
        except Network as error:
            raise delivery_error(error) from error
        new = replace(
            found,
            token=str(told["access_token"]),
            refresh_token=str(told.get("refresh_token") or found.refresh_token),
            expires_at=ends_at(told.data, self._clock()),
        )
        if await self.keep(new, instead_of=was):
            return new
        return await self._stored(found.id) or new  # it was installed again meanwhile


def ends_at(told: Any, now: datetime) -> float:  # noqa: ANN401 - as Slack tells it
    """When a token ends, in seconds; 0 for never ("oauth.v2.access": expires_in)."""
    seconds = told.get("expires_in") if isinstance(told, Mapping) else None
    return now.timestamp() + float(seconds) if seconds else 0.0


async def identified(web: Web, workspace: Workspace) -> Workspace:
    """The workspace with what Slack tells of its token. Raises CredentialsError where it refuses
    it, TemporaryDeliveryError where it can't be asked.
    """
    try:
        told = await web.asking(workspace.token).auth_test()
    except Network as error:
        if code_of(error) in REFUSED:
            raise CredentialsError(f"Slack refuses SLACK_BOT_TOKEN ({code_of(error)})") from error
        raise delivery_error(error) from error
    return replace(
        workspace,
        id=str(told["team_id"]),
        bot_user=str(told.get("user_id", "")),
        bot_id=str(told.get("bot_id", "")),
        bot_name=str(told.get("user", "")),
        name=str(told.get("team", "")),
    )


def cipher_of(keys: str) -> MultiFernet:
    """What encrypts with the first of these keys, and decrypts with any. Raises ConfigError."""
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
    except ValueError:
        raise ConfigError(
            "SLACK_ENCRYPTION_KEY is missing or no key: 32 bytes in URL-safe base64, as paperboy "
            "init slack makes them, see .env.example"
        ) from None
