"""Which secrets of the app are asked for, in one workspace and in many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

from adapters.slack.credentials import Credentials, missing, wanted
from adapters.slack.keys import Keys
from adapters.slack.manifest import Mode
from adapters.slack.tokens import Kind
from adapters.slack.trying import (
    app_of_token,
    app_token_problem,
    bot_token_problem,
    client_id_problem,
    client_secret_problem,
)
from bot.ports import Terminal

if TYPE_CHECKING:
    from adapters.slack import SlackSettings


async def obtain_tokens(settings: SlackSettings, mode: Mode, terminal: Terminal) -> tuple[str, str]:
    """The bot token of the one workspace, and the app's id where Slack tells it; "" for each that
    there is not yet. Raises ConfigError, ApiError.
    """
    credentials = Credentials(terminal)
    app_id = await _way_in(settings, mode, credentials)
    url = settings.slack_api_url
    question = "Bot token, xoxb-…; Enter where there is none yet"
    want = wanted("SLACK_BOT_TOKEN", Kind.BOT, question, settings.slack_bot_token)
    token = await credentials.seek(want, lambda typed: bot_token_problem(url, typed, app_id))
    if not token and not terminal.interactive:
        raise missing(want.setting)
    return token, app_id


async def obtain_client(settings: SlackSettings, mode: Mode, terminal: Terminal) -> None:
    """What many workspaces install the app by. Raises ConfigError, ApiError."""
    credentials, url = Credentials(terminal), settings.slack_api_url
    want = wanted("SLACK_CLIENT_ID", Kind.CLIENT, "Client ID", settings.slack_client_id, shown=True)
    number = await credentials.need(want, lambda typed: client_id_problem(url, typed))
    want = wanted("SLACK_CLIENT_SECRET", Kind.SECRET, "Client Secret", settings.slack_client_secret)
    secret = await credentials.need(want, lambda typed: client_secret_problem(url, number, typed))
    await _way_in(settings, mode, credentials, other_secret=secret)
    keep_encryption_key(settings, terminal)


async def _way_in(
    settings: SlackSettings, mode: Mode, credentials: Credentials, other_secret: str = ""
) -> str:
    """What Slack reaches Paperboy by, an app token or a signing secret; returns the app's id.

    `other_secret` looks like a signing secret and is none.
    """
    url = settings.slack_api_url
    if mode.sockets:
        want = wanted("SLACK_APP_TOKEN", Kind.APP, "App token, xapp-…", settings.slack_app_token)
        token = await credentials.need(want, lambda typed: app_token_problem(url, typed))
        return await app_of_token(url, token)

    async def is_the_other(typed: str) -> str:
        """Slack has no way to try one; its first request shows."""
        return "that is the Client Secret" if typed == other_secret else ""

    want = wanted(
        "SLACK_SIGNING_SECRET", Kind.SECRET, "Signing Secret", settings.slack_signing_secret
    )
    await credentials.need(want, is_the_other)
    return ""


def keep_encryption_key(settings: SlackSettings, terminal: Terminal) -> None:
    """A key that the workspaces' tokens are encrypted with: that of the settings, else a new one.

    Raises ConfigError where that of the settings is none.
    """
    keys = settings.slack_encryption_key.get_secret_value()
    if keys:
        Keys(keys)
        return
    terminal.keep("SLACK_ENCRYPTION_KEY", Fernet.generate_key().decode())
    terminal.tell("It encrypts the workspaces' tokens: without it they can't be read any more.")
