"""Paperboy at a moment that is chosen, beside sources that live in the same moment."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Self

from standins.sources import Fault, SourceStandin

from bot.app import App, open_app
from bot.errors import ChannelGoneError, DeliveryError
from bot.messages import Message
from bot.models import (
    Channel,
    Layout,
    Payload,
    Ranking,
    Subscription,
    SubscriptionState,
    User,
)
from bot.schedules import next_due
from bot.settings import Settings
from bot.sources.client import PoliteClient

EVERY_DAY = frozenset(range(7))
STEP = timedelta(minutes=15)
PULL_EVERY = timedelta(hours=3)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
KINDS = ("503", "half", "html", "empty", "drop", "cut")


@dataclass
class Wall:
    """A platform that pins every message to a wall, with the time; `refuse` is raised instead."""

    clock: Callable[[], datetime]
    name: str = "wall"
    posts: list[tuple[datetime, str, Payload]] = field(default_factory=list)
    refuse: DeliveryError | None = None
    closed: set[str] = field(default_factory=set)  # channels that refuse alone

    def pack(self, message: Message) -> list[Payload]:
        ids = tuple(card.listed.paper.id for card in message.cards)
        notes = " ".join(span.text for line in (*message.lines, *message.notes) for span in line)
        whys = "; ".join(dict.fromkeys(card.why for card in message.cards))
        return [Payload("{}", f"{message.title} | {message.subtitle} | {notes} | {whys}", ids)]

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:  # noqa: ARG002
        if self.refuse:
            raise self.refuse
        if channel.id in self.closed:
            raise ChannelGoneError("closed to the bot")
        self.posts.append((self.clock(), channel.id, payload))
        return key

    async def serve(self) -> None:
        return

    def papers(self, channel: str) -> list[str]:
        return [
            i for _, place, payload in self.posts if place == channel for i in payload.paper_ids
        ]


@dataclass
class World:
    """Paperboy at a moment that we choose, beside sources that live in the same moment."""

    home: Path
    now: datetime
    standin: SourceStandin = field(init=False)
    wall: Wall = field(init=False)
    app: App = field(init=False)
    last_pull: datetime = LONG_AGO
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    fault_rate: float = 0.0

    def timestamp(self) -> float:
        return self.now.timestamp()

    def settings(self) -> Settings:
        return Settings(
            _env_file=None,
            paperboy_home=self.home,
            huggingface_url=self.standin.url,
            arxiv_rss_url=self.standin.url,
            arxiv_api_url=self.standin.url,
            huggingface_spacing_seconds=0,
            arxiv_spacing_seconds=0,
            default_zone="UTC",
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        client = partial(PoliteClient, first_wait=timedelta(0), longest_wait=timedelta(0))
        async with open_app(
            self.settings(), clock=lambda: self.now, make_client=client
        ) as self.app:
            self.app.platforms["wall"] = self.wall
            self.app.jobs.steady = self.timestamp
            await self.app.jobs.hold_lease()
            yield self

    async def until(self, end: datetime) -> None:
        """Let the clock run: pulls every three hours, editions and the outbox every quarter."""
        while self.now < end:
            if self.fault_rate and not self.standin.faults:
                self.standin.faults.extend(self._faults())
            if self.now - self.last_pull >= PULL_EVERY:
                self.last_pull = self.now
                for name in self.app.ingest.sources:
                    await self.app.jobs.pull(name)
            await self.app.jobs.hold_lease()
            await self.app.jobs.post_due()
            await self.app.jobs.bring_alerts()
            await self.app.postman.send_waiting()
            self.now += STEP

    def _faults(self) -> list[Fault | None]:
        return [
            Fault(self.chance.choice(KINDS)) if self.chance.random() < self.fault_rate else None
            for _ in range(50)
        ]

    async def subscribe(self, name: str, **changes: object) -> Subscription:
        plain = {
            "id": 0,
            "channel": Channel("wall", "lab", name, f"#{name}"),
            "hour": time(9),
            "zone": "UTC",
            "weekdays": EVERY_DAY,
            "filter": "",
            "size": 50,
            "ranking": Ranking.UPVOTES,
            "layout": Layout.COMPACT,
            "tell_empty": True,
            "contact": User("wall", "ada", "Ada"),
            "state": SubscriptionState.ACTIVE,
            "created_at": self.now,
        } | changes
        due = next_due(self.now, plain["hour"], plain["zone"], plain["weekdays"])
        return await self.app.store.subscriptions.insert(Subscription(**plain, next_due_at=due))


@asynccontextmanager
async def open_world(home: Path, now: datetime) -> AsyncIterator[World]:
    """A world that begins at `now`; nothing runs in it yet."""
    made = World(home, now)
    # Its own limit of 500 requests in 5 minutes would be met by a clock that runs so fast.
    made.standin = SourceStandin(clock=made.timestamp, remaining=10**6)
    made.wall = Wall(lambda: made.now)
    async with made.standin:
        yield made
