"""What arrived at the stand-in of Slack, and whose answers were lost: for tests that kill."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from standins.counting import Outbox
from standins.daemon import until
from standins.slack.drafts import Desk
from standins.slack.front import Seen
from standins.slack.server import SlackStandin
from standins.slack.world import Channel, Json, Message, User

PASSES = 10  # of the event loop, in which what has been read is answered


@dataclass(eq=False)
class Stored:
    """A message that Slack keeps. Its answer was `lost` where Paperboy can't know of it."""

    key: str
    request: Seen
    lost: bool = False


@dataclass
class Ledger:
    """Writes down each message that the stand-in stores. `key_of` tells its key in the outbox."""

    slack: SlackStandin
    key_of: Callable[[Message], str]
    stored: list[Stored] = field(default_factory=list)
    kills: int = 0
    kills_while_sending: int = 0

    def __post_init__(self) -> None:
        self._post = Desk.post.__get__(self.slack.desk)
        self.slack.desk.post = self.post  # type: ignore[method-assign]

    def post(self, channel: Channel, body: Json, *, to: User | None = None) -> Message:
        made = self._post(channel, body, to=to)
        if to is None:
            # Nothing comes between a request's being seen and its being acted on.
            self.stored.append(Stored(self.key_of(made), self.slack.requests[-1]))
        return made

    def times(self) -> Counter[str]:
        return Counter(each.key for each in self.stored)

    def lost(self) -> Counter[str]:
        """By key how often it was stored without Paperboy's knowing: so often it comes again."""
        return Counter(each.key for each in self.stored if each.lost or not each.request.status)

    async def settle(self) -> None:
        """Wait until all is read and done that somebody sent before they were killed."""
        connections = self.slack._runner.server.connections
        await until(lambda: not self.slack._runner.server.connections, f"{len(connections)} end")
        for _ in range(PASSES):
            await asyncio.sleep(0)

    def take_down_a_kill(self, outbox: Outbox) -> None:
        """To be called after each SIGKILL, settled, before anything else is started."""
        claimed = set(outbox.claimed())
        self.kills += 1
        self.kills_while_sending += bool(claimed)
        latest = {each.key: each for each in self.stored}
        for key in claimed & latest.keys():
            latest[key].lost = True  # the dead one would have recorded it, had it heard
        # The oldest of a channel alone is claimed: so a repeat never overtakes.
        twice = (
            "SELECT channel FROM deliveries WHERE state = 'sending' GROUP BY 1 HAVING count(*) > 1"
        )
        assert outbox.read(twice) == []
