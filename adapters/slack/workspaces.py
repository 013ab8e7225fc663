"""The workspaces that Paperboy is in, and the one whose token stands in the settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from adapters.slack.asking import NAME
from adapters.slack.faults import REFUSED, Network, code_of, delivery_error
from adapters.slack.web import Web
from bot.errors import CredentialsError, TemporaryDeliveryError
from bot.places import Places


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

    async def refused(self, workspace: Workspace, error: str) -> Exception:
        """Slack refuses the token of a workspace: what that means to what was to be sent."""
        ...

    async def left(self, team: str) -> None:
        """Slack says that a workspace has removed Paperboy; it may say so late."""
        ...

    def remarks(self) -> list[str]:
        """What an operator should know."""
        ...


class OneWorkspace:
    """The workspace of the bot token in the settings. See Workspaces."""

    def __init__(self, web: Web, token: str, places: Places) -> None:
        self._web = web
        self._token = token
        self._places = places
        self._known: Workspace | None = None
        self.app_id = ""  # whose the token is, "" where Slack does not tell

    async def open(self) -> Workspace:
        """Ask Slack whose token it is. Raises CredentialsError, TemporaryDeliveryError."""
        if self._known is None:
            self._known = await identified(self._web, Workspace("", self._token))
            self.app_id = await app_of(self._web, self._known)
            await self._places.served(NAME, {self._known.id})
        return self._known

    async def get(self, team: str) -> Workspace:  # noqa: ARG002 - there is one
        """The workspace; known once `open` has answered."""
        if self._known is None:
            raise TemporaryDeliveryError("Slack is not connected yet", timedelta(seconds=5))
        return self._known

    async def close(self) -> None:
        """Nothing is under way here."""

    async def refused(self, workspace: Workspace, error: str) -> Exception:  # noqa: ARG002
        """Nothing works any more without a new token."""
        return CredentialsError(f"Slack refuses SLACK_BOT_TOKEN ({error})")

    def remarks(self) -> list[str]:
        """Nothing: what is wrong with the token stops all."""
        return []

    async def left(self, team: str) -> None:
        """The app was removed: what it set up is paused, and goes on when it is back."""
        if not await serves(self._web, self._token):
            await self._places.left(NAME, team)


async def serves(web: Web, token: str) -> bool:
    """Whether Slack takes a token; yes where it can't be asked: the next message will tell."""
    try:
        await web.asking(token).auth_test()
    except Network as error:
        return code_of(error) not in REFUSED
    return True


async def app_of(web: Web, workspace: Workspace) -> str:
    """The app that a bot belongs to ("bots.info"), "" where Slack does not tell it."""
    try:
        told = await web.posting(workspace.token).bots_info(bot=workspace.bot_id)
    except Network:
        return ""
    return str((told.get("bot") or {}).get("app_id") or "")


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
