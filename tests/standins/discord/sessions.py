"""A session of the gateway, which outlives its connections, and one connection of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

REMEMBERED = 10_000  # dispatches that a session can give again
Json = dict[str, Any]
# A body, or what makes it for a session's intents; None: that session is not told.
Body = Json | Callable[[int], Json | None]


class Connection:
    """One web socket. What is put into it goes out in order; so does its closing."""

    def __init__(
        self, request: web.Request, socket: web.WebSocketResponse, *, compressed: bool
    ) -> None:
        self.request, self.socket = request, socket
        # One context for the whole connection: each message ends with the suffix of Z_SYNC_FLUSH.
        self._packer = zlib.compressobj() if compressed else None
        self._waiting: asyncio.Queue[str | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())
        self.session: Session | None = None
        self.closing = False

    def put(self, op: int, data: object = None) -> None:
        self.put_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def put_text(self, text: str) -> None:
        self._waiting.put_nowait(text)

    def close(self, code: int) -> None:
        """Close with this code after what waits was sent; what comes from the client is ignored."""
        self.closing = True
        self._waiting.put_nowait(code)

    def cut(self) -> None:
        """End it without a word, as a broken line does."""
        self.closing = True
        self._writer.cancel()
        if self.request.transport:
            self.request.transport.abort()

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                item = await self._waiting.get()
                if isinstance(item, int):
                    await self.socket.close(code=item, drain=False)
                    return
                await self._send(item)

    async def _send(self, text: str) -> None:
        if self._packer is None:
            await self.socket.send_str(text)
            return
        packed = self._packer.compress(text.encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
        await self.socket.send_bytes(packed)

    async def ended(self) -> None:
        if not self.closing:  # else it is about to finish: the close may still wait for an answer
            self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer


@dataclass(eq=False)
class Session:
    """What one IDENTIFY began. `seq` counts its dispatches; the latest can be given again."""

    id: str
    shard: int
    shards: int
    intents: int
    connection: Connection | None
    seq: int = 0
    is_ready: bool = False
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def has(self, guild_id: int | None) -> bool:
        """Whether a guild's events come here; direct messages (None) come to shard 0."""
        return ((guild_id or 0) >> 22) % self.shards == self.shard

    def dispatch(self, event: str, body: Body) -> None:
        data = body(self.intents) if callable(body) else body
        if data is None:
            return
        self.seq += 1
        text = json.dumps({"op": 0, "t": event, "s": self.seq, "d": data})
        self.sent.append((self.seq, text))
        if self.connection:
            self.connection.put_text(text)

    def replay(self, seq: int) -> bool:
        """Give again what came after `seq`; False where that is no longer, or not yet, known."""
        oldest = self.sent[0][0] if self.sent else self.seq + 1
        if seq > self.seq or seq + 1 < oldest or self.connection is None:
            return False
        for number, text in self.sent:
            if number > seq:
                self.connection.put_text(text)
        return True
