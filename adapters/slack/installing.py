"""OAuth: workspaces install Paperboy from a page of ours ("Installing with OAuth")."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from cryptography.fernet import InvalidToken
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.asking import NAME
from adapters.slack.installed import InstalledWorkspaces
from adapters.slack.keys import Keys
from adapters.slack.manifest import INSTALL_PATH, REDIRECT_PATH
from adapters.slack.web import QUIET, Web
from adapters.slack.workspaces import Workspace
from bot.errors import BotError
from bot.places import Places

STATE_SECONDS = 600  # from the page of ours to Slack's and back
MOST_STATES = 10_000

log = structlog.get_logger()


def oauth_flow(
    web: Web,
    store: InstallationStore,
    states: States,
    client: tuple[str, str],
    *,
    scopes: Sequence[str],
    public_url: str,
    api_url: str,
) -> AsyncOAuthFlow:
    """Bolt's flow, over our store. `client` is the app's id and its secret."""
    parts = urlsplit(api_url)
    return AsyncOAuthFlow(
        client=web.asking(),
        logger=QUIET,
        settings=AsyncOAuthSettings(
            client_id=client[0],
            client_secret=client[1],
            scopes=list(scopes),
            user_scopes=[],
            redirect_uri=f"{public_url}{REDIRECT_PATH}",
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=f"{parts.scheme}://{parts.netloc}/oauth/v2/authorize",
            installation_store=store,
            state_store=states,
            state_expiration_seconds=STATE_SECONDS,
            callback_options=AsyncCallbackOptions(success=_installed, failure=_failed),
            logger=QUIET,
        ),
    )


class InstallationError(BotError):
    """A workspace can't be installed; the text is the reason's name."""


class InstallationStore(AsyncInstallationStore):
    """Where Bolt's flow leaves what it was given. Tokens are read elsewhere (installed.py)."""

    def __init__(self, workspaces: InstalledWorkspaces, places: Places) -> None:
        self._workspaces = workspaces
        self._places = places

    async def async_save(self, installation: Installation) -> None:
        """A workspace was installed, or installed again: what was paused goes on.

        Raises InstallationError for a whole organisation: its workspaces install it one by one.
        """
        team = installation.team_id or ""
        if installation.is_enterprise_install or not team:
            raise InstallationError("org_install")
        ends = installation.bot_token_expires_at or 0
        await self._workspaces.keep(
            Workspace(
                id=team,
                token=installation.bot_token or "",
                bot_user=installation.bot_user_id or "",
                bot_id=installation.bot_id or "",
                name=installation.team_name or "",
                refresh_token=installation.bot_refresh_token or "",
                expires_at=float(ends),
            )
        )
        resumed = await self._places.came_back(NAME, team)
        log.info("slack: installed", workspace=team, resumed=len(resumed))


class States(AsyncOAuthStateStore):
    """States that prove that whoever comes back was sent by us: each serves once, for minutes."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._used: dict[str, None] = {}

    async def async_issue(self, *_: Any, **__: Any) -> str:  # noqa: ANN401
        """A new state."""
        return self._keys.encrypt(secrets.token_bytes(12)).decode()

    async def async_consume(self, state: str) -> bool:
        """Whether it is one of ours, and was not used."""
        try:
            self._keys.decrypt(state, STATE_SECONDS)
        except (InvalidToken, TypeError):
            return False
        if state in self._used:
            return False
        self._used[state] = None
        while len(self._used) > MOST_STATES:
            self._used.pop(next(iter(self._used)))
        return True


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    where = args.installation.team_name or "your workspace"
    return _page(
        200,
        "Paperboy is installed",
        f"It is in {where} now. In a channel, type /invite @Paperboy, then /papers subscribe.",
    )


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    log.warning("slack: not installed", reason=str(args.reason)[:100])
    return not_installed(args.reason)


def not_installed(reason: str) -> BoltResponse:
    """The page that says so, and what to do."""
    told = {
        "access_denied": "It was declined. Nothing was installed.",
        "invalid_state": "The page was open for too long, or is another browser's.",
        "org_install": "Choose one workspace of your organisation, not all of it at once.",
        "invalid_browser": "The page was opened in another browser.",
    }.get(reason, "Slack did not let it through, or could not be reached.")
    return _page(400, "Paperboy is not installed", f"{told} Begin again at {INSTALL_PATH}.")


def _page(status: int, title: str, text: str) -> BoltResponse:
    body = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{_escaped(title)}</title><body style='font:1.1rem/1.5 sans-serif;margin:3rem auto;"
        f"max-width:34rem;padding:0 1rem'><h1>{_escaped(title)}</h1><p>{_escaped(text)}</p>"
    )
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
    }
    return BoltResponse(status=status, headers=headers, body=body)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
