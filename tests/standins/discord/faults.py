"""Misbehaviour that a test asks for: error answers, cut connections, long waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http import HTTPStatus

from standins.discord.refusals import MESSAGES

KINDS = ("answer", "text", "drop", "act and drop", "hang")


@dataclass(eq=False)
class Fault:
    """What requests of `method` (or "*") to paths like `pattern` meet, `times` times.

    "answer" is an error body of Discord's, "text" the plain page of a proxy, "drop" cuts the
    connection before acting, "act and drop" after it, "hang" waits `seconds` and then behaves.
    """

    method: str
    pattern: str
    kind: str = "answer"
    status: int = 500
    code: int = 0
    message: str = ""
    times: int | None = 1  # None: for ever
    retry_after: float | None = None
    is_global: bool = False
    via: bool = True  # without it a 429 is a ban at the door
    seconds: float = 0.0
    met: int = 0

    def lift(self) -> None:
        """From now on nothing meets it."""
        self.times = 0

    def takes(self, method: str, path: str) -> bool:
        return self.times != 0 and self.method in ("*", method) and fnmatchcase(path, self.pattern)

    @property
    def body(self) -> dict[str, object]:
        words = self.message or (MESSAGES.get(self.code) if self.code else None)
        if self.status != 429:
            return {
                "message": words or f"{self.status}: {HTTPStatus(self.status).phrase}",
                "code": self.code,
            }
        body = {"message": words or "You are being rate limited.", "global": self.is_global}
        more = {"code": self.code} if self.code else {}
        return body | more | {"retry_after": self.retry_after or 1.0}

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Via": "1.1 google"} if self.via else {}
        if self.retry_after is not None:
            headers["Retry-After"] = f"{self.retry_after:g}"
        if self.status == 429:
            headers["X-RateLimit-Scope"] = "global" if self.is_global else "shared"
        return headers | ({"X-RateLimit-Global": "true"} if self.is_global else {})


@dataclass
class Faults:
    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        if fault.kind not in KINDS:
            raise ValueError(f"{fault.kind!r} is none of {KINDS}")
        self.waiting.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The oldest fault that this request meets; it is used up by it."""
        fault = next((each for each in self.waiting if each.takes(method, path)), None)
        if fault is None:
            return None
        fault.met += 1
        if fault.times is not None:
            fault.times -= 1
        return fault
