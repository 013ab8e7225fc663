"""One web socket of the app's, and the envelopes that go over it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time

from aiohttp import web
from standins.slack.deliveries import EVENT, Delivery, Try
from standins.slack.entities import Json


class Connection:
    """One web socket of the app's. `silent`: it is open, and nothing more comes out of it."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.request, self.socket = request, socket
        self.silent = self.leaving = False
        self.open: dict[str, tuple[Delivery, Try]] = {}  # envelopes without an acknowledgement
        self.pings = 0  # that came from the app
        self.opened = time.perf_counter()
        self._waiting: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def put(self, told: Json) -> None:
        self._waiting.put_nowait(json.dumps(told))

    def ping(self) -> None:
        self._waiting.put_nowait(b"Ping from applink-stand-in")

    def close(self, code: int = 1000) -> None:
        """Close after what waits was sent."""
        self._waiting.put_nowait(code)

    def cut(self) -> None:
        """End it without a word, as a broken line does."""
        self._writer.cancel()
        if self.request.transport:
            self.request.transport.abort()

    async def pong(self, data: bytes) -> None:
        self.pings += 1
        if not self.silent:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self.socket.pong(data)

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                item = await self._waiting.get()
                if isinstance(item, int):
                    await self.socket.close(code=item, drain=False)
                    return
                if self.silent:
                    continue
                await (self.socket.ping(item) if isinstance(item, bytes) else self._text(item))

    async def _text(self, text: str) -> None:
        await self.socket.send_str(text)

    async def ended(self) -> None:
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer


def envelope(delivery: Delivery, one: Try) -> Json:
    """As it goes over the socket."""
    told: Json = {
        "envelope_id": one.id,
        "type": delivery.kind,
        "accepts_response_payload": delivery.accepts_answer,
        "payload": delivery.payload,
    }
    if delivery.kind == EVENT or one.attempt:
        told |= {"retry_attempt": one.attempt, "retry_reason": one.reason}
    return told


def envelope_id() -> str:
    text = secrets.token_hex(16)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
