"""Misbehaviour that a test asks for: errors of Slack's, cut connections, long waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

# Kinds that are no name of an error: what the request meets instead of `"ok": false`.
TOO_FAST, DOWN, HANG, SLOW, RESET, STORED_AND_RESET, PAGE = (
    "429", "503", "timeout", "slow", "reset", "stored and reset", "page",
)  # fmt: skip
NO_ERRORS = (TOO_FAST, DOWN, HANG, SLOW, RESET, STORED_AND_RESET, PAGE)


@dataclass(eq=False)
class Fault:
    """What requests of methods like `pattern` meet, `times` times (None: for ever).

    `kind` is an error of Slack's ("channel_not_found"), or "429" with `retry_after`, "503"
    (a proxy's plain page), "page" (200, but HTML), "timeout" (`seconds` long, then as usual),
    "slow" (done at once, answered after `seconds`),
    "reset" (cut before acting) or "stored and reset" (cut after it). `channel` and `team`
    limit it to one. The methods of what is no Web API call are "response_url", "upload" and
    "socket" (the web socket's handshake).
    """

    pattern: str
    kind: str
    times: int | None = 1
    channel: str = ""
    team: str = ""
    retry_after: float = 1.0
    seconds: float = 60.0
    met: int = 0

    def lift(self) -> None:
        """From now on nothing meets it."""
        self.times = 0

    def takes(self, method: str, channel: str, team: str) -> bool:
        if self.times == 0 or not fnmatchcase(method, self.pattern):
            return False
        return self.channel in ("", channel) and self.team in ("", team)

    @property
    def is_error(self) -> bool:
        return self.kind not in NO_ERRORS


@dataclass
class Faults:
    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        self.waiting.append(fault)
        return fault

    def take(self, method: str, channel: str = "", team: str = "") -> Fault | None:
        """The oldest fault that this request meets; it is used up by it."""
        fault = next((each for each in self.waiting if each.takes(method, channel, team)), None)
        if fault is None:
            return None
        fault.met += 1
        if fault.times is not None:
            fault.times -= 1
        return fault
