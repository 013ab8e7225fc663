"""Slack as a place to talk: digests in Block Kit, `/papers …`, an App Home to steer it all from."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from pydantic import Field, SecretStr, field_validator

from adapters.slack.examining import examine
from adapters.slack.setting_up import setup
from bot.commands import Commands
from bot.errors import ConfigError
from bot.setting_kinds import BaseUrl
from bot.settings import PaperboySettings

if TYPE_CHECKING:
    from adapters.slack.platform import SlackPlatform

__all__ = ["Settings", "SlackSettings", "connect", "examine", "setup"]

LIBRARIES = ("slack_bolt", "aiohttp", "cryptography")  # what the extra brings
BOT_TOKEN, APP_TOKEN = "xoxb-", "xapp-"  # what these begin with: Slack, "Tokens"


class SlackSettings(PaperboySettings):
    """The settings of Slack.

    One workspace: its bot token, and an app token (Socket Mode) or a signing secret (HTTP). Many
    workspaces: client id, client secret and encryption key in place of the bot token.
    """

    slack_bot_token: SecretStr = Field(
        default=SecretStr(""),
        description="The bot token of your workspace, xoxb-…; empty, with no client id, leaves "
        "Slack out.",
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="The app token of Socket Mode, xapp-…; empty for HTTP."
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""),
        description="What Slack signs its HTTP requests with; not needed in Socket Mode.",
    )
    slack_client_id: str = Field(
        default="", description="For many workspaces, installed by OAuth: the app's client id …"
    )
    slack_client_secret: SecretStr = Field(default=SecretStr(""), description="… its secret …")
    slack_encryption_key: SecretStr = Field(
        default=SecretStr(""),
        description="… and a key that their tokens are encrypted with (paperboy init slack makes "
        "one); several by comma: the first encrypts, all decrypt.",
    )
    slack_public_url: str = Field(
        default="",
        description="Where Slack and browsers reach Paperboy, https://…: for HTTP and for OAuth.",
    )
    slack_http_host: str = Field(
        default="127.0.0.1", description="The address to listen on, for HTTP and for OAuth."
    )
    slack_port: int = Field(
        default=3000, ge=0, le=65535, description="The port to listen on, for HTTP and for OAuth."
    )
    slack_api_url: BaseUrl = Field(
        default="https://slack.com/api", description="Where Slack's API is asked."
    )
    slack_connections: int = Field(
        default=1,
        ge=1,
        le=10,
        description="Copies of Paperboy that are meant to be connected by Socket Mode.",
    )
    slack_managers: Literal["members", "admins"] = Field(
        default="members",
        description="Who may manage where nobody has said otherwise: members or admins.",
    )

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        return _token(value, APP_TOKEN, "an app token", "SLACK_APP_TOKEN")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr) -> SecretStr:
        return _token(value, BOT_TOKEN, "a bot token", "SLACK_BOT_TOKEN")

    @field_validator("slack_public_url")
    @classmethod
    def _public_url(cls, value: str) -> str:
        # On this machine itself there is nobody to read along.
        if value and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", value):
            raise ValueError("must begin with https://")
        return value.rstrip("/")


Settings = SlackSettings


def _token(value: SecretStr, foreign: str, kind: str, place: str) -> SecretStr:
    text = value.get_secret_value().strip()
    if text.startswith(foreign):
        raise ValueError(f"holds {kind} ({foreign}…), which belongs in {place}")
    # It becomes a header: what can't stand there would fail at every request, unexplained.
    if not re.fullmatch(r"[\x21-\x7e]*", text):
        raise ValueError("holds characters that no token has")
    return SecretStr(text)


def connect(settings: SlackSettings, commands: Commands) -> SlackPlatform | None:
    """Slack, where its tokens are set; None where none is. Raises ConfigError."""
    if not (settings.slack_bot_token.get_secret_value() or settings.slack_client_id):
        if settings.slack_app_token.get_secret_value():
            raise ConfigError("SLACK_BOT_TOKEN is missing, see .env.example")
        return None
    if not all(map(find_spec, LIBRARIES)):
        raise ConfigError('slack-bolt is missing: pip install "paperboy[slack]"')
    from adapters.slack.platform import platform_of  # noqa: PLC0415 - it takes a while

    return platform_of(settings, commands)
