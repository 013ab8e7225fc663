"""Discord as a place to talk: digests as cards, `/papers …` as native commands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr

from adapters.discord.examining import examine
from adapters.discord.setting_up import setup
from bot.commands import Commands
from bot.errors import ConfigError
from bot.setting_kinds import BaseUrl
from bot.settings import PaperboySettings

if TYPE_CHECKING:
    from adapters.discord.platform import DiscordPlatform

__all__ = ["DiscordSettings", "Settings", "connect", "examine", "setup"]


class DiscordSettings(PaperboySettings):
    """The settings of Discord."""

    discord_token: SecretStr = Field(
        default=SecretStr(""), description="The bot's token; empty leaves Discord out."
    )
    discord_api_url: BaseUrl = Field(
        default="https://discord.com/api/v10", description="Where Discord's API is asked."
    )
    discord_gateway_url: str = Field(
        default="", description="Where its gateway is; empty takes the address that Discord names."
    )
    discord_sends_per_second: float = Field(
        default=48.0,
        gt=0,
        le=1000,
        description="Messages sent a second at most; Discord allows 50 requests a second in all.",
    )


Settings = DiscordSettings


def connect(settings: DiscordSettings, commands: Commands) -> DiscordPlatform | None:
    """Discord, where a token is set; None where none is. Raises ConfigError."""
    token = settings.discord_token.get_secret_value().strip()
    if not token:
        return None
    try:
        from adapters.discord import front, platform  # noqa: PLC0415 - it takes half a second
        from adapters.discord.commands import payloads  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError('discord.py is missing: pip install "paperboy[discord]"') from error
    platform.point_at(settings.discord_api_url, settings.discord_gateway_url)
    return platform.DiscordPlatform(
        token,
        commands.places,
        front.Front(commands, lambda: datetime.now(UTC)),
        payloads(commands.table),
        per_second=settings.discord_sends_per_second,
    )
