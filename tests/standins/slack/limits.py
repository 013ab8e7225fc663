"""Slack's limits on requests: one message a second to a channel, tiers for the other methods."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from standins.slack.refusals import TooFastError

# Requests a minute by method, as Slack's reference has them; "special" ones are not here.
TIERS = {
    **dict.fromkeys(("conversations.history", "conversations.replies"), 50),
    **dict.fromkeys(("users.list", "conversations.list", "users.conversations"), 20),
    **dict.fromkeys(("conversations.open", "conversations.join", "conversations.info"), 50),
    **dict.fromkeys(("conversations.members", "users.info", "views.publish"), 100),
    **dict.fromkeys(("views.open", "views.push", "views.update", "chat.postEphemeral"), 100),
    **dict.fromkeys(("chat.update", "chat.delete"), 50),
    **dict.fromkeys(("apps.connections.open", "team.info", "bots.info"), 50),
}


@dataclass
class Limits:
    """`rate` messages a second to a channel after a burst of `burst`; None: as many as one likes.

    `workspace_rate` messages a minute may go to a workspace in all, which Slack keeps to itself
    ("several hundred"). `tiers` are requests a minute by method for one workspace; {} for none.
    """

    clock: Callable[[], float]
    rate: float | None = 1.0
    burst: int = 1
    tiers: dict[str, int] = field(default_factory=dict)
    workspace_rate: int | None = None
    _full: dict[str, float] = field(default_factory=dict)
    _asked: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def post(self, channel: str, team: str) -> None:
        """Count a message to a channel; TooFastError where it comes too early."""
        now = self.clock()
        due = max(self._full.get(channel, now), now)  # when the channel has room for a full burst
        step = 1.0 / self.rate if self.rate else 0.0
        wait = due - (self.burst - 1) * step - now
        if wait > 0.005:  # clocks and sleeps are not finer than this
            raise TooFastError(wait)
        if self.workspace_rate is not None:
            self._count("post", team, self.workspace_rate)
        self._full[channel] = due + step

    def ask(self, method: str, team: str) -> None:
        """Count a request of a workspace; TooFastError where its tier is used up."""
        if method in self.tiers:
            self._count(method, team, self.tiers[method])

    def _count(self, method: str, team: str, most: int) -> None:
        """One more within a minute, where there may be `most`."""
        now = self.clock()
        latest = self._asked.setdefault((method, team), deque())
        while latest and latest[0] <= now - 60.0:
            latest.popleft()
        if len(latest) >= most:
            raise TooFastError(latest[0] + 60.0 - now)
        latest.append(now)
