"""What a person asked, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from standins.slack.deliveries import Ack, Delivery
from standins.slack.world import Channel, Hook, Json, Message, Trigger, User, View, World

T = TypeVar("T")
Until = Callable[[Callable[[], T | None], float, str], Awaitable[T]]


@dataclass(eq=False)
class Asked:
    """One thing that a person did. `within` are seconds of real time, as everywhere here.

    `order` is the count of the world's events before it: what came of it has a higher one.
    """

    world: World = field(repr=False)
    delivery: Delivery
    user: User
    about: str
    until: Until = field(repr=False)
    order: int
    channel: Channel | None = None
    pressed: Message | View | None = None
    said: Message | None = None  # by the person, where that is what they did
    trigger: Trigger | None = None
    hook: Hook | None = None  # of its response_url
    errors: dict[str, str] = field(default_factory=dict)  # of a submission, by block id
    options: list[Json] = field(default_factory=list)  # of a suggestion
    faults: list[str] = field(default_factory=list)  # an acknowledgement that Slack can't use
    _edits: int = 0

    def expire(self) -> None:
        """From now on its trigger opens nothing and its response_url answers nothing."""
        for each in (self.trigger, self.hook):
            if each:
                each.made_at = float("-inf")

    # --- its acknowledgement

    async def acked(self, within: float = 3.0) -> Ack:
        """The first acknowledgement; AssertionError where there is none in time."""
        return await self._wait(lambda: self.delivery.ack, within, "no acknowledgement")

    @property
    def ack(self) -> Ack | None:
        return self.delivery.ack

    @property
    def seconds(self) -> float | None:
        """From its first sending to its first acknowledgement; None before that."""
        return self.ack.at - self.delivery.sent if self.ack else None

    @property
    def failed(self) -> str:
        """The error that the person was shown in place of an answer, "" for none."""
        return self.delivery.failed

    async def failure(self, within: float = 6.0) -> str:
        return await self._wait(lambda: self.failed, within, "no failure")

    # --- messages

    @property
    def messages(self) -> list[Message]:
        """What the app has said since, where the person sees it: here, or to them directly."""
        return [each for each in self._since(self.world.messages) if self._concerns(each)]

    async def message(self, place: int = 0, within: float = 5.0) -> Message:
        """The first message of those (or the one at `place`), as soon as it is there."""
        return await self._wait(
            lambda: self.messages[place] if len(self.messages) > place else None,
            within,
            "no message",
        )

    async def ephemeral(self, within: float = 5.0) -> Message:
        """The first message since that only this person sees."""

        def found() -> Message | None:
            return next((each for each in self.messages if each.is_ephemeral), None)

        return await self._wait(found, within, "nothing ephemeral")

    async def updated(self, within: float = 5.0) -> Message:
        """The message that was pressed, as soon as it was changed."""
        message = self.pressed
        assert isinstance(message, Message), f"{self.about} was in no message"
        return await self._wait(
            lambda: message if len(message.edits) > self._edits else None, within, "no update"
        )

    async def deleted(self, within: float = 5.0) -> Message:
        message = self.pressed
        assert isinstance(message, Message), f"{self.about} was in no message"
        return await self._wait(lambda: message if message.deleted else None, within, "no end")

    # --- views

    async def view(self, within: float = 5.0) -> View:
        """The modal that came of it: opened, put on top, or changed."""

        def found() -> View | None:
            top = self.user.stack[-1] if self.user.stack else None
            return top if top and top.order > self.order else None

        return await self._wait(found, within, "no modal")

    async def home(self, within: float = 5.0) -> View:
        """The Home as it was published since."""

        def found() -> View | None:
            home = self.user.home
            return home if home and home.order > self.order else None

        return await self._wait(found, within, "no Home")

    async def closed(self, within: float = 3.0) -> None:
        """Wait until the view that was used is no longer open."""
        view = self.pressed
        assert isinstance(view, View), f"{self.about} was in no modal"
        await self._wait(lambda: not view.is_open, within, "the modal stays open")

    async def refused(self, within: float = 3.0) -> dict[str, str]:
        """The errors of a submission, by block id, as they stand under its inputs."""
        return await self._wait(lambda: self.errors, within, "no errors")

    # --- how it is found out

    def _since(self, messages: list[Message]) -> list[Message]:
        found = []
        for each in reversed(messages):
            if each.order <= self.order:
                break
            found.append(each)
        return found[::-1]

    def _concerns(self, message: Message) -> bool:
        if not message.by_app or message.visible_to not in (None, self.user):
            return False
        if message.response_token and message.response_token != (self.hook and self.hook.token):
            return False
        place = message.channel
        return place is self.channel or (place.is_direct and self.user in place.members)

    async def _wait(self, check: Callable[[], Any], within: float, missing: str) -> Any:
        said = "; ".join([*self.faults, self.failed]).strip("; ")
        about = f"{self.about}: {missing}" + (f" ({said})" if said else "")
        return await self.until(check, within, about)
