"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web
from standins.slack.connections import Connection, envelope, envelope_id
from standins.slack.deliveries import ACK_SECONDS, EVENT, RETRY_WAITS, Delivery, Try
from standins.slack.faults import Faults

MOST_CONNECTIONS = 10
TICKET_SECONDS = 60.0
# How long after a `disconnect` the connection is closed by itself.
CLOSES_AFTER = {"warning": 10.0, "refresh_requested": 0.5, "link_disabled": 0.0}


@dataclass(eq=False)
class SocketMode:
    """The app's connections, and the courier that uses them in turn."""

    app_id: str
    faults: Faults
    stir: Callable[[], None]
    url: str = ""
    ack_seconds: float = ACK_SECONDS
    retry_waits: tuple[float, ...] = RETRY_WAITS
    ping_seconds: float = 10.0
    connections: list[Connection] = field(default_factory=list)
    opened: int = 0  # how many there ever were
    waiting: list[tuple[Delivery, int, str]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # messages that acknowledged nothing
    _tickets: dict[str, float] = field(default_factory=dict)
    _turns: itertools.count[int] = field(default_factory=itertools.count)
    _timers: set[asyncio.TimerHandle] = field(default_factory=set)

    def new_url(self) -> str:
        """What apps.connections.open tells: good for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = time.monotonic() + TICKET_SECONDS
        return f"{self.url}/link/?ticket={ticket}&app_id={self.app_id}"

    def live(self) -> list[Connection]:
        return [each for each in self.connections if not each.leaving]

    async def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        for connection in list(self.connections):
            connection.cut()
        await asyncio.sleep(0)

    # --- the connection

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.faults.take("socket"):
            return web.Response(status=503, text="upstream connect error")
        ends = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if ends < time.monotonic():
            return web.Response(status=408, text="the ticket is used or too old")
        socket = web.WebSocketResponse(autoping=False, compress=False, timeout=0.5)
        await socket.prepare(request)
        connection = Connection(request, socket)
        self._greet(connection)
        pinging = asyncio.create_task(self._ping(connection))
        try:
            async for message in socket:
                if message.type is WSMsgType.PING:
                    await connection.pong(message.data)
                elif message.type is WSMsgType.TEXT and not connection.silent:
                    self._take(message.data)
                self.stir()
        finally:
            pinging.cancel()
            self._lost(connection)
            await connection.ended()
        return socket

    def _greet(self, connection: Connection) -> None:
        self.connections.append(connection)
        self.opened += 1
        host = {"host": "applink-stand-in", "build_number": 1, "approximate_connection_time": 18060}
        about = {"type": "hello", "num_connections": len(self.live()), "debug_info": host}
        connection.put(about | {"connection_info": {"app_id": self.app_id}})
        if len(self.live()) > MOST_CONNECTIONS:
            self.disconnect("too_many_websockets", connection, closes_after=0.0)
            return
        waiting, self.waiting = self.waiting, []
        for each in waiting:
            self.send(*each)
        self.stir()

    async def _ping(self, connection: Connection) -> None:
        while True:
            await asyncio.sleep(self.ping_seconds)
            connection.ping()

    def disconnect(
        self, reason: str, connection: Connection, *, closes_after: float | None = None
    ) -> None:
        """Tell it to go; it is closed some seconds later, whether the app went or not."""
        host = {"host": "applink-stand-in"}
        connection.put({"type": "disconnect", "reason": reason, "debug_info": host})
        connection.leaving = reason != "warning"
        wait = CLOSES_AFTER.get(reason, 0.0) if closes_after is None else closes_after
        self._later(wait, connection.close)

    def _lost(self, connection: Connection) -> None:
        """What it has not acknowledged is sent again over another one."""
        self.connections.remove(connection)
        for delivery, one in connection.open.values():
            one.over = True
            if delivery.ack is None and not delivery.failed:
                self.send(delivery, one.attempt + 1, "connection_failed")
        self.stir()

    # --- envelopes

    def send(
        self,
        delivery: Delivery,
        attempt: int = 0,
        reason: str = "",
        avoid: Connection | None = None,
    ) -> None:
        """Send it over the next connection but the one to `avoid`; without any it waits."""
        able = [each for each in self.live() if each is not avoid] or self.live()
        if not able:
            self.waiting.append((delivery, attempt, reason))
            self._later(self.ack_seconds, lambda: self._unsent(delivery))
            return
        connection = able[next(self._turns) % len(able)]
        one = delivery.new_try(envelope_id(), attempt, reason)
        connection.open[one.id] = (delivery, one)
        connection.put(envelope(delivery, one))
        self._later(self.ack_seconds, lambda: self._late(delivery, one, connection))

    def _unsent(self, delivery: Delivery) -> None:
        """An event waits for a connection; a person is told that it did not work."""
        kept = [each for each in self.waiting if each[0] is not delivery]
        if delivery.kind != EVENT and len(kept) < len(self.waiting):
            self.waiting = kept
            delivery.failed = "dispatch_failed"
            self.stir()

    def _late(self, delivery: Delivery, one: Try, connection: Connection) -> None:
        if one.over:
            return
        if delivery.kind != EVENT:
            delivery.failed = delivery.failed or "operation_timeout"
        elif one.attempt < len(self.retry_waits):
            self._later(
                self.retry_waits[one.attempt],
                lambda: delivery.ack or self.send(delivery, one.attempt + 1, "timeout", connection),
            )
        self.stir()

    def _take(self, text: str) -> None:
        """An acknowledgement may come over another connection than its envelope went."""
        try:
            told = json.loads(text)
            name = told["envelope_id"]
            holder = next(each for each in self.connections if name in each.open)
        except (ValueError, KeyError, TypeError, StopIteration):
            self.strangers.append(text)
            return
        delivery, one = holder.open.pop(name)
        delivery.acknowledge(one, told.get("payload") or {})

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        def run() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)
