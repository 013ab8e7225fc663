"""Paperboy in Discord: the real commands over a real store, connected to a stand-in."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass

import pytest
from standins.discord.library import pointed_at  # first: it imports discord.py without its warning
from standins.discord.server import DiscordStandin
from standins.discord.world import Message, User
from standins.office import FRIDAY, Office

from adapters.discord.commands import payloads
from adapters.discord.front import Front
from adapters.discord.platform import DiscordPlatform
from bot.models import SubscriptionState
from storage import open_store
from storage.sqlite.engine import READERS


@dataclass
class Newsstand:
    """Paperboy, the Discord it is connected to, and a member of its server."""

    office: Office
    discord: DiscordStandin
    platform: DiscordPlatform
    member: User

    @property
    def owner(self) -> User:
        guild = self.discord.guilds[0]
        return self.discord.world.users[guild.owner_id]

    async def ask(self, verb: str, user: User | None = None, **args: str | int) -> Message:
        """What a command in #papers is answered with."""
        channel = self.discord.channel("papers")
        asked = self.discord.slash(user or self.member, channel, f"papers {verb}", args)
        return await asked.message()


def texts(message: Message) -> str:
    """All texts of a message, a line each."""
    return "\n".join(_texts(message.components)) or message.content


def _texts(components: list[dict]) -> list[str]:
    found = []
    for component in components:
        if "content" in component:
            found.append(component["content"])
        found += _texts(component.get("components", []))
    return found


def labels(message: Message) -> list[str]:
    """The labels of its buttons."""
    return _labels(message.components)


def _labels(components: list[dict]) -> list[str]:
    found = []
    for component in components:
        if component["type"] == 2:
            found.append(component.get("label", ""))
        found += _labels(component.get("components", []))
    return found


async def hold_up(stand: Newsstand, seconds: float) -> Awaitable[object]:
    """Every reader of the database is busy for so long; what is returned waits for that."""
    engine = stand.office.store.papers._engine
    return asyncio.gather(*(engine.read(lambda _: time.sleep(seconds)) for _ in range(READERS)))


async def comes_to(stand: Newsstand, *states: SubscriptionState, within: float = 5.0) -> bool:
    """Whether the subscriptions have these states, by id, within so many seconds."""
    give_up = time.monotonic() + within
    while time.monotonic() < give_up:
        if tuple(each.state for each in await stand.office.store.subscriptions.every()) == states:
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.fixture
async def office(tmp_path) -> AsyncIterator[Office]:
    store = open_store(f"sqlite:///{tmp_path}/papers.db")
    made = Office(store)
    await made.list_papers(FRIDAY, {f"Diffusion of kind {n}": n for n in range(1, 13)})
    yield made
    await store.close()


@pytest.fixture
async def stand(office) -> AsyncIterator[Newsstand]:
    async with DiscordStandin() as discord:
        with pointed_at(discord):
            async with connected(office, discord) as made:
                yield made


@contextlib.asynccontextmanager
async def connected(
    office: Office, discord: DiscordStandin, *, settle_seconds: float = 0.05
) -> AsyncIterator[Newsstand]:
    """One life of the connection; what it sends goes out to the stand-in's channels."""
    commands = office.commands
    platform = DiscordPlatform(
        discord.bot_token,
        commands.places,
        Front(commands, office.clock),
        payloads(commands.table),
        per_second=1000,
        settle_seconds=settle_seconds,
    )
    office.platforms["discord"] = platform
    serving = asyncio.create_task(platform.serve())
    try:
        await discord.ready()
        await discord.until(lambda: platform.connected, 10)
        member = next((u for u in discord.world.users.values() if u.name == "grace"), None)
        yield Newsstand(
            office, discord, platform, member or discord.add_user("grace", discord.guilds[0])
        )
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
