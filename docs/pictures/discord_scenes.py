"""A day with Paperboy in the tests' stand-in of Discord, and what was seen of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

from standins.discord.library import pointed_at  # first: it imports discord.py without its warning
from standins.discord.server import DiscordStandin
from standins.discord.world import Message, User
from standins.messages import HOSTILE

from adapters.discord.commands import payloads
from adapters.discord.front import Front
from adapters.discord.platform import DiscordPlatform
from adapters.discord.render import bodies
from bot.app import App
from bot.commands import Commands
from bot.messages import Message as Said
from bot.messages import PaperCard
from bot.ports import Clock
from docs.pictures.day import ZONE, Day, open_day
from docs.pictures.discord_look import Scene, Shown

PAPERS, DIRECT = "# papers", "Paperboy"
DIGESTS = {"digest": "papers", "digest-full": "general", "thread": "reading"}  # scene: channel


class DiscordDay:
    """A day of the app's, connected to a stand-in of Discord."""

    def __init__(self, paperboy: Day, discord: DiscordStandin) -> None:
        self.paperboy = paperboy
        self.discord = discord
        guild = discord.guilds[0]
        discord.add_channel(guild, DIGESTS["thread"])
        self.ada: User = discord.owner_of(guild)

    async def ask(self, verb: str, channel: str = "papers", /, **args: str | int) -> Message:
        """What a command of Ada's is answered with."""
        place = self.discord.channel(channel)
        return await self.discord.slash(self.ada, place, f"papers {verb}", args).message()


async def scenes() -> list[Scene]:
    """Every scene, in the order of a day."""
    async with _day() as day:
        found = [scene async for scene in _of_the_day(day)]
        if day.discord.refused:
            raise AssertionError(f"Discord would refuse this: {day.discord.refused[0]}")
    return [*found, _hostile()]


async def _of_the_day(day: DiscordDay) -> AsyncIterator[Scene]:
    await day.paperboy.before()
    subscribed = await day.ask("subscribe", zone=ZONE, size=5)
    yield _asked("subscribe", "/papers subscribe", subscribed)
    await day.ask("subscribe", "general", zone=ZONE, layout="full", size=5)
    await day.ask("subscribe", "reading", zone=ZONE, layout="thread", size=2)
    added = await day.ask("alert add", query="attention -survey", when="at once")
    yield _asked("alert-added", "/papers alert add", added)
    before = {name: len(_messages(day, name)) for name in DIGESTS.values()}

    await day.paperboy.morning()
    for name, channel in DIGESTS.items():
        sent = _messages(day, channel)[before[channel] :]
        yield Scene(name, f"# {channel}", [_shown(sent[0])])
    direct = day.discord.messages(day.discord.dm(day.ada))
    yield Scene("alert", DIRECT, [_shown(direct[-1])])

    yield _asked("search", "/papers search", await day.ask("search", query="language model"))
    yield _asked("paper", "/papers paper", await day.ask("paper", id="2611.01234"))
    yield _asked("error", "/papers search", await day.ask("search", query="attention cat:cs.LX"))
    yield _asked("help", "/papers help", await day.ask("help"))
    yield _asked("help-search", "/papers help", await day.ask("help", verb="search"))
    yield _asked("status", "/papers status", await day.ask("status"))
    yield _asked("alerts", "/papers alert list", await day.ask("alert list"))
    store = day.paperboy.app.store.subscriptions
    [subscription] = await store.of_channel(
        next(s.channel for s in await store.every() if s.layout == "compact")
    )
    change = await day.ask("subscriptions change", subscription=str(subscription.id))
    yield _asked("settings", "/papers subscriptions change", change)
    modal = await day.discord.press(day.ada, change, "Time, zone, filter …").answer()
    yield Scene("settings-form", PAPERS, form=modal.data)


def _messages(day: DiscordDay, channel: str) -> list[Message]:
    return day.discord.messages(day.discord.channel(channel))


def _asked(name: str, used: str, message: Message) -> Scene:
    return Scene(name, PAPERS, [replace(_shown(message), used=used)])


def _shown(message: Message) -> Shown:
    thread = message.thread
    within = [thread.messages[each] for each in sorted(thread.messages)] if thread else []
    return Shown(
        tuple(message.components),
        "09:00",
        message.content,
        is_private=message.is_ephemeral,
        thread=thread.name if thread else "",
        within=[_shown(each) for each in within],
    )


def _hostile() -> Scene:
    """A paper that tries to be markup, in a list and as a card."""
    found = [
        *bodies(Said(title=HOSTILE.paper.title, cards=(PaperCard(HOSTILE, 1),))),
        *bodies(Said(cards=(PaperCard(HOSTILE, full=True),))),
    ]
    return Scene("hostile", PAPERS, [Shown(body.components, "09:00") for body in found])


@asynccontextmanager
async def _day() -> AsyncIterator[DiscordDay]:
    async with open_day() as paperboy, DiscordStandin() as discord:
        with pointed_at(discord):
            async with _connected(paperboy.app, discord):
                yield DiscordDay(paperboy, discord)


class _Front(Front):
    """Tells when it was told of its servers: until then there is something under way."""

    def __init__(self, commands: Commands, clock: Clock) -> None:
        super().__init__(commands, clock)
        self.knows_servers = asyncio.Event()

    async def serves(self, guilds: Collection[int]) -> None:
        await super().serves(guilds)
        self.knows_servers.set()


@asynccontextmanager
async def _connected(app: App, discord: DiscordStandin) -> AsyncIterator[None]:
    table = payloads(app.commands.table)
    front = _Front(app.commands, app.clock)
    platform = DiscordPlatform(
        discord.bot_token, app.commands.places, front, table, per_second=1000
    )
    app.platforms["discord"] = platform
    serving = asyncio.create_task(platform.serve())
    try:
        await discord.ready()
        await discord.until(lambda: platform.connected, 10)
        yield
        await front.knows_servers.wait()
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
