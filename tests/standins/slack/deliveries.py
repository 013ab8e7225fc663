"""What Slack sends to the app: each payload with its tries and its acknowledgements."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from standins.slack.world import Json

COMMAND, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"
ACK_SECONDS = 3.0
RETRY_WAITS = (0.0, 60.0, 300.0)  # before each further try of an event


@dataclass(frozen=True)
class Ack:
    """An acknowledgement; `at` by the performance counter, `seconds` since that try was sent."""

    at: float
    seconds: float
    body: Json


@dataclass(eq=False)
class Try:
    """One sending of a delivery: an envelope, or an HTTP request."""

    id: str
    at: float
    attempt: int = 0
    reason: str = ""
    ack: Ack | None = None
    over: bool = False  # nothing more is expected of it


@dataclass(eq=False)
class Delivery:
    """A payload for the app. `failed` is what the person was told instead of an answer."""

    kind: str
    payload: Json
    on_ack: Callable[[Json], None] | None = field(default=None, repr=False)
    sent: float = field(default_factory=time.perf_counter)
    tries: list[Try] = field(default_factory=list)
    failed: str = ""

    @property
    def accepts_answer(self) -> bool:
        """Whether its acknowledgement may hold something."""
        kinds = ("view_submission", "block_suggestion")
        return self.kind == COMMAND or self.payload.get("type") in kinds

    @property
    def acks(self) -> list[Ack]:
        return sorted((each.ack for each in self.tries if each.ack), key=lambda ack: ack.at)

    @property
    def ack(self) -> Ack | None:
        """The first one."""
        return next(iter(self.acks), None)

    def new_try(self, name: str, attempt: int = 0, reason: str = "") -> Try:
        made = Try(name, time.perf_counter(), attempt, reason)
        self.tries.append(made)
        return made

    def acknowledge(self, one: Try, body: Json) -> None:
        """Take an acknowledgement in; the first in time is acted on, a late one is not."""
        first = self.ack is None
        now = time.perf_counter()
        one.ack, one.over = Ack(now, now - one.at, body), True
        if first and not self.failed and self.on_ack:
            self.on_ack(body)


class Courier(Protocol):
    """Brings deliveries to the app: over its sockets, or to its URL."""

    def send(self, delivery: Delivery, attempt: int = 0, reason: str = "") -> None: ...
