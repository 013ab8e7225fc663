"""Slack's refusals: HTTP 200 with `"ok": false` and the name of an error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Refused(Exception):  # noqa: N818 - it is an answer, not a mistake of ours
    """An answer with an error in it; `messages` say more, as Slack's response_metadata does."""

    def __init__(self, error: str, messages: Iterable[str] = (), **more: Any) -> None:
        super().__init__(error, *messages)
        self.error, self.messages, self.more = error, [*messages], more

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error": self.error} | self.more
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {each}" for each in self.messages]}
        return body


class TooFastError(Exception):
    """An answer of 429; `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = wait
