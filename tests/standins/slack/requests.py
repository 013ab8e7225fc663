"""HTTP mode: deliveries as signed requests to the app's URL, with Slack's retries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from standins.slack.deliveries import ACK_SECONDS, COMMAND, EVENT, RETRY_WAITS, Delivery
from standins.slack.world import Json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request's body."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Reply:
    """What the app's URL answered; status 0 and the failure in `text` where it did not."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> Json:
        """A plain text is a message's text."""
        if not self.text.strip():
            return {}
        try:
            told = json.loads(self.text)
        except ValueError:
            return {"text": self.text}
        return told if isinstance(told, dict) else {"text": self.text}


@dataclass(eq=False)
class Requests:
    """The courier of HTTP mode. `url` takes events, commands and interactivity alike."""

    secret: str
    stir: Callable[[], None]
    url: str = ""
    ack_seconds: float = ACK_SECONDS
    retry_waits: tuple[float, ...] = RETRY_WAITS
    replies: list[Reply] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def send(self, delivery: Delivery, attempt: int = 0, reason: str = "") -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(delivery, attempt, reason))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery, attempt: int, reason: str) -> None:
        """Send it; an event that is not taken is sent again, at most as often as Slack does."""
        while True:
            one = delivery.new_try(f"request-{len(delivery.tries)}", attempt, _words(reason))
            reply = await self.post(delivery.kind, delivery.payload, attempt, _words(reason))
            one.over = True
            if 200 <= reply.status < 300:
                delivery.acknowledge(one, reply.body)
                break
            if delivery.kind != EVENT:
                delivery.failed = delivery.failed or _failure(reply)
                break
            if attempt >= len(self.retry_waits) or reply.headers.get("X-Slack-No-Retry"):
                break
            await asyncio.sleep(self.retry_waits[attempt])
            attempt, reason = attempt + 1, _reason(reply)
        self.stir()

    async def post(
        self,
        kind: str,
        payload: Json,
        attempt: int = 0,
        reason: str = "",
        *,
        secret: str | None = None,
        age: float = 0.0,
        path: str = "",
    ) -> Reply:
        """One request. `secret` other than the app's signs it badly, `age` seconds make it old."""
        body, content_type = encoded(kind, payload)
        stamp = str(int(time.time() - age))
        headers = {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(secret or self.secret, stamp, body),
        }
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        reply = await self._posted(self.url + path, body, headers)
        self.replies.append(reply)
        return reply

    async def _posted(self, url: str, body: str, headers: dict[str, str]) -> Reply:
        session = self._session = self._session or aiohttp.ClientSession()
        limit = aiohttp.ClientTimeout(total=self.ack_seconds)
        try:
            async with session.post(
                url, data=body.encode(), headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                return Reply(answer.status, await answer.text(), dict(answer.headers))
        except TimeoutError:
            return Reply(0, "http_timeout")
        except (aiohttp.ClientError, OSError):
            return Reply(0, "connection_failed")


def encoded(kind: str, payload: Json) -> tuple[str, str]:
    """The body and its type: a form for commands and interactivity, JSON for events."""
    if kind == COMMAND:
        return urlencode(payload), FORM
    if kind == EVENT:
        return json.dumps(payload), JSON
    return urlencode({"payload": json.dumps(payload)}), FORM


def _words(reason: str) -> str:
    return "http_timeout" if reason == "timeout" else reason


def _reason(reply: Reply) -> str:
    return reply.text if reply.status == 0 else "http_error"


def _failure(reply: Reply) -> str:
    """What the person is told."""
    return "operation_timeout" if reply.text == "http_timeout" else "dispatch_failed"
