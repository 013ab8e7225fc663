"""What a person asked, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from standins.discord.world import Interaction, Message

T = TypeVar("T")
Until = Callable[[Callable[[], T | None], float], Awaitable[T]]


@dataclass(frozen=True)
class Answer:
    """The first answer to an interaction: its type, its data as it was sent, whose it is."""

    kind: int
    data: dict[str, Any]
    interaction: Interaction

    @property
    def choices(self) -> list[dict[str, Any]]:
        """Those of an autocomplete."""
        return self.data.get("choices", [])

    @property
    def is_modal(self) -> bool:
        return self.kind == 9


class Asked:
    """One interaction that was sent to the app. `within` are seconds of real time."""

    def __init__(self, interaction: Interaction, until: Until) -> None:
        self.interaction = interaction
        self._until = until

    async def answer(self, within: float = 3.0) -> Answer:
        """The first answer; AssertionError where there is none in time."""
        told = await self._until(lambda: self.interaction.answer, within)
        return Answer(told["type"], told["data"], self.interaction)

    async def message(self, within: float = 5.0) -> Message:
        """The message that answers, as soon as it is more than "is thinking"."""
        return await self._until(self._settled, within)

    async def followup(self, place: int = 0, within: float = 5.0) -> Message:
        def found() -> Message | None:
            return self.followups[place] if len(self.followups) > place else None

        return await self._until(found, within)

    def _settled(self) -> Message | None:
        found = self.interaction.original
        return found if found and not found.is_loading else None

    def original(self) -> Message | None:
        """The message that @original names, as it is by now; None before the answer."""
        return self.interaction.original

    @property
    def followups(self) -> list[Message]:
        return self.interaction.followups

    @property
    def seconds(self) -> float | None:
        """From the event's sending to its first answer; None before that."""
        answered = self.interaction.answered
        return None if answered is None else answered - self.interaction.sent

    def expire(self) -> None:
        """From now on an answer meets 10062."""
        self.interaction.expired = True
