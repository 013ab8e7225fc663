"""Whoever sets Paperboy up, as set-up needs them (bot.operations.terminal)."""

from __future__ import annotations

from typing import Protocol


class Terminal(Protocol):
    """Somebody who is told, and asked."""

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer."""
        ...

    def tell(self, text: str = "") -> None:
        """Print this."""
        ...

    async def ask(self, question: str, default: str = "") -> str | None:
        """What they type; the default for Enter alone; None where nobody answers."""
        ...

    async def ask_secret(self, question: str) -> str | None:
        """The same, unseen; also what a pipe brings. Raises ConfigError where `keep` would."""
        ...

    async def enters_within(self, seconds: float) -> bool:
        """Wait so long for the Enter key; also true where nobody is there."""
        ...

    def keep(self, name: str, value: str) -> None:
        """Keep a setting. Raises ConfigError."""
        ...
