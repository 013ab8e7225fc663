"""Workspaces that have installed Paperboy by OAuth, and the tokens it acts with there.

They are kept in the store, encrypted, and are renewed where Slack rotates them ("Token rotation":
after 12 hours, and a refresh token serves once).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from cryptography.fernet import InvalidToken

from adapters.slack.asking import NAME
from adapters.slack.faults import REFUSED, Network, code_of, delivery_error
from adapters.slack.keys import Keys
from adapters.slack.web import Web
from adapters.slack.workspaces import Workspace, serves
from bot.errors import ChannelGoneError, StoreError, TemporaryDeliveryError
from bot.places import LEFT, Places
from bot.ports import Clock
from bot.wording import count_of

KNOWN = 2_000  # workspaces remembered with their tokens, about 1 MB
RENEW_BEFORE = timedelta(hours=2)  # of the 12 hours that a rotated token serves
RENEWING = timedelta(seconds=60)  # what renewing takes at most: a request has 20 s
STORE_PAUSE, LAST_PAUSE = 5.0, 0.5  # seconds until the store is tried again; while stopping
GOODBYE_SECONDS = 5.0  # for tokens that are being renewed when Paperboy stops
# What Slack answers to a refresh token that does not serve any more, and to credentials of the app
# that are wrong ("oauth.v2.access", "Errors").
SPENT = frozenset({"invalid_refresh_token", "invalid_grant", "invalid_token"})
OUR_OWN = frozenset({"bad_client_secret", "invalid_client_id"})
LOOKS, LOOK_SECONDS = 20, 0.5  # at what another process, which is renewing, has written

log = structlog.get_logger()


class InstalledWorkspaces:
    """The workspaces that have installed Paperboy by OAuth. See Workspaces."""

    app_id = ""  # it is the same app's in all of them

    def __init__(
        self, web: Web, places: Places, keys: Keys, clock: Clock, client: tuple[str, str]
    ) -> None:
        self._web = web
        self._places = places
        self._keys = keys
        self._problem = ""
        self._unreadable: set[str] = set()
        self._clock = clock
        self._client = client
        self._known: OrderedDict[str, Workspace] = OrderedDict()
        self._renewing: dict[str, asyncio.Task[Workspace]] = {}
        self._closing = asyncio.Event()

    async def open(self) -> None:
        """What was removed while nobody looked is paused, and what came back goes on. What an
        older key has encrypted is encrypted with the first one, so that the older can go.
        """
        teams = await self._places.installations(NAME)
        for team in teams:
            secret = await self._places.installation(NAME, team)
            if secret:
                with contextlib.suppress(TemporaryDeliveryError):
                    self._read(team, secret)
                    anew = self._keys.rotated(secret)
                    if anew:
                        await self._places.keep_installation(NAME, team, anew, instead_of=secret)
        await self._places.served(NAME, teams)

    async def close(self) -> None:
        """Let tokens that are being renewed be kept: a refresh token serves once."""
        self._closing.set()
        if self._renewing:
            await asyncio.wait(self._renewing.values(), timeout=GOODBYE_SECONDS)

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
        secret = self._keys.encrypt(json.dumps(asdict(workspace)).encode())
        is_kept = await self._places.keep_installation(
            NAME, workspace.id, secret, instead_of=instead_of
        )
        if is_kept:
            self._remember(workspace)
        return is_kept

    async def refused(self, workspace: Workspace, error: str) -> Exception:
        """One workspace's trouble is its own: it counts as having removed Paperboy. Unless it has a
        token by now that is another than the refused one.
        """
        team = workspace.id
        self._known.pop(team, None)
        now = await self._stored(team)
        if now and now.token != workspace.token:
            return TemporaryDeliveryError("the token was renewed", timedelta(seconds=1))
        log.warning("slack: a workspace refuses its token", workspace=team, reason=error)
        await self._forget(team)
        return ChannelGoneError(LEFT)

    async def left(self, team: str) -> None:
        """Slack says that a workspace has removed Paperboy. It may say so late, after that was
        installed again: only Slack's word on the token itself counts.
        """
        self._known.pop(team, None)
        found = await self._stored(team)
        if found is None or not await serves(self._web, found.token):
            await self._forget(team)

    async def _forget(self, team: str) -> None:
        """Its tokens are forgotten, its settings are kept and paused."""
        self._known.pop(team, None)
        self._unreadable.discard(team)
        await self._places.forget_installation(NAME, team)
        await self._places.left(NAME, team)

    def remarks(self) -> list[str]:
        """What an operator should know."""
        told = [self._problem] if self._problem else []
        if self._unreadable:
            count = len(self._unreadable)
            told.append(
                f"Slack: the tokens of {count_of(count, 'workspace')} can't be decrypted: put the "
                "key of before behind the new one in SLACK_ENCRYPTION_KEY, by comma"
            )
        return told

    async def _stored(self, team: str) -> Workspace | None:
        secret = await self._places.installation(NAME, team)
        return self._read(team, secret) if secret else None

    def _read(self, team: str, secret: bytes) -> Workspace:
        try:
            found = Workspace(**json.loads(self._keys.decrypt(secret)))
        except (InvalidToken, TypeError, ValueError):
            self._unreadable.add(team)
            log.error(
                "slack: a workspace can't be read: is SLACK_ENCRYPTION_KEY another one now?",
                workspace=team,
            )
            raise TemporaryDeliveryError("the tokens can't be decrypted") from None
        self._remember(found)
        return found

    def _remember(self, workspace: Workspace) -> None:
        self._unreadable.discard(workspace.id)
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
        except Network as error:
            raise await self._unrenewed(found, code_of(error), error) from error
        self._problem = ""
        new = replace(
            found,
            token=str(told["access_token"]),
            refresh_token=str(told.get("refresh_token") or found.refresh_token),
            expires_at=ends_at(told.data, self._clock()),
        )
        self._remember(new)  # whatever the store does: the refresh token of before is spent
        return new if await self._kept(new, was) else await self._stored(found.id) or new

    async def _kept(self, new: Workspace, was: bytes) -> bool:
        """Keep a renewed token, however long the store can't; False where it was installed again
        meanwhile.
        """
        while True:
            try:
                return await self.keep(new, instead_of=was)
            except StoreError as error:
                log.error("slack: a renewed token can't be kept yet", reason=str(error))
                await self._pause()
                with contextlib.suppress(StoreError):
                    await self._places.hold(f"slack-token:{new.id}", RENEWING)

    async def _pause(self) -> None:
        """Until the store is tried again: when Paperboy stops, at once, and then often."""
        if self._closing.is_set():
            await asyncio.sleep(LAST_PAUSE)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STORE_PAUSE):
                await self._closing.wait()

    async def _unrenewed(self, found: Workspace, code: str, error: Exception) -> Exception:
        """What it means that a token can't be renewed: only a refused one is lost."""
        if code in SPENT | REFUSED:
            return await self.refused(found, code)
        if code in OUR_OWN:
            self._problem = f"Slack: refuses SLACK_CLIENT_ID or SLACK_CLIENT_SECRET ({code})"
        return delivery_error(error)


def ends_at(told: Any, now: datetime) -> float:  # noqa: ANN401 - as Slack tells it
    """When a token ends, in seconds; 0 for never ("oauth.v2.access": expires_in)."""
    seconds = told.get("expires_in") if isinstance(told, Mapping) else None
    return now.timestamp() + float(seconds) if seconds else 0.0
