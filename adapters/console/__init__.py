"""The terminal as a place to talk: digests are printed, `/papers …` is typed at a prompt."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from adapters.console.commands import TERMINAL, Commands
from adapters.console.platform import ConsolePlatform, Screen
from bot.settings import PaperboySettings

__all__ = ["TERMINAL", "ConsoleFormat", "ConsolePlatform", "ConsoleSettings", "Settings", "connect"]


class ConsoleFormat(StrEnum):
    """How messages are printed."""

    AUTO = "auto"
    RICH = "rich"
    PLAIN = "plain"
    JSON = "json"


class ConsoleSettings(PaperboySettings):
    """The settings of the console."""

    console_format: ConsoleFormat = Field(
        default=ConsoleFormat.AUTO,
        description="auto (rich in a terminal, else plain), rich, plain, or json (one a line).",
    )


Settings = ConsoleSettings


def connect(settings: ConsoleSettings, commands: Commands) -> ConsolePlatform:
    """The console of this process: its standard input and output."""
    return ConsolePlatform(commands, Screen(form=settings.console_format.value))
