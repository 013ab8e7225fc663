"""Misbehaving: faults to order, and connections that end in every way."""

from __future__ import annotations

from standins.slack.connections import Connection
from standins.slack.faults import Fault
from standins.slack.front import Front
from standins.slack.sockets import SocketMode
from standins.slack.world import Channel, Workspace


class Outages:
    front: Front
    sockets: SocketMode

    def fault(
        self,
        method: str,
        kind: str | int,
        times: int | None = 1,
        *,
        channel: Channel | None = None,
        workspace: Workspace | None = None,
        retry_after: float = 1.0,
        seconds: float = 60.0,
    ) -> Fault:
        """The next `times` (None: all) requests like this fail; see Fault for the kinds."""
        place, team = channel.id if channel else "", workspace.id if workspace else ""
        made = Fault(method, str(kind), times, place, team, retry_after, seconds)
        return self.front.faults.add(made)

    def disconnect(
        self, reason: str = "refresh_requested", closes_after: float | None = None
    ) -> None:
        """Tell the connections to go ("warning", "refresh_requested", "link_disabled")."""
        for connection in self.sockets.live():
            self.sockets.disconnect(reason, connection, closes_after=closes_after)

    def close_sockets(self, code: int = 1001) -> None:
        for connection in self.sockets.live():
            connection.close(code)

    def cut(self) -> None:
        """The connections break without a word."""
        for connection in self.sockets.live():
            connection.cut()

    def silence(self) -> list[Connection]:
        """The connections stay open, and nothing more comes out of them, no pong either."""
        silenced = self.sockets.live()
        for connection in silenced:
            connection.silent = True
        return silenced
