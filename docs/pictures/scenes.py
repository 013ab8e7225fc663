"""A day with Paperboy in the tests' stand-in of Discord, and what was seen of it.

The papers are those of the sample edition, as if Hugging Face listed them: real papers, invented
votes and days. One more is made up.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from standins.discord.library import pointed_at  # first: it imports discord.py without its warning
from standins.discord.server import DiscordStandin
from standins.discord.world import Message, User
from standins.messages import FIRST, HOSTILE

from adapters.discord.commands import payloads
from adapters.discord.front import Front
from adapters.discord.platform import DiscordPlatform
from adapters.discord.render import bodies
from bot.announcements import listing_day
from bot.app import App, open_app
from bot.commands import Commands
from bot.messages import Message as Said
from bot.messages import PaperCard
from bot.models import ARXIV, HUGGINGFACE, Batch, Pull, PullState
from bot.ports import Clock
from bot.settings import Settings
from bot.sources.sample import SampleSource
from docs.pictures.look import Scene, Shown

MORNING = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)  # Wednesday, 09:00 in Berlin
ZONE = "Europe/Berlin"
THUMBNAIL = "https://example.org/first-page.png"
ABSTRACT = (  # of the paper that is made up
    "We ask whether a model that rests between batches learns more than one that does not. Over "
    "nine flocks and three pastures, short naps after every thousandth sheep lower the loss by a "
    "tenth, while long ones undo it. The shepherd's own sleep made no difference."
)
PAPERS, DIRECT = "# papers", "Paperboy"
DIGESTS = {"digest": "papers", "digest-full": "general", "thread": "reading"}  # scene: channel


class Day:
    """The app, connected to a stand-in, at a moment that is chosen."""

    def __init__(self, app: App, discord: DiscordStandin, turn: Callable[[datetime], None]) -> None:
        self.app = app
        self.discord = discord
        self.turn = turn
        guild = discord.guilds[0]
        discord.add_channel(guild, DIGESTS["thread"])
        self.ada: User = discord.owner_of(guild)

    async def ask(self, verb: str, channel: str = "papers", /, **args: str | int) -> Message:
        """What a command of Ada's is answered with."""
        place = self.discord.channel(channel)
        return await self.discord.slash(self.ada, place, f"papers {verb}", args).message()

    async def record(self, source: str, day: date, state: PullState, entries: int) -> None:
        """A pull of a source has ended."""
        now = self.app.clock()
        await self.app.store.pulls.record(
            Pull(source, day, day, now, now, state, entries, new=entries)
        )

    async def list_papers(self, day: date, *, newest: bool) -> None:
        """Hugging Face lists the sample's papers, those of its newest day or those before."""
        batch = await SampleSource().fetch(day - timedelta(days=9), day)
        days = {each: state for each, state in batch.days.items() if (each == day) == newest}
        sightings = [replace(s, source=HUGGINGFACE) for s in batch.sightings if s.day in days]
        ids = {each.paper_id for each in sightings}
        papers = [replace(p, thumbnail_url=THUMBNAIL) for p in batch.papers if p.id in ids]
        if newest:
            made_up = replace(FIRST.paper, abstract=ABSTRACT, thumbnail_url=THUMBNAIL)
            papers.append(made_up)
            sightings.append(
                replace(sightings[0], paper_id=made_up.id, day=day, upvotes=42, comments=3)
            )
        whole = Batch(
            HUGGINGFACE, min(days), max(days), tuple(papers), tuple(sightings), days, len(papers)
        )
        await self.app.store.papers.add(whole, self.app.clock())
        for source, state in ((HUGGINGFACE, PullState.NEW), (ARXIV, PullState.QUIET)):
            await self.record(source, day, state, len(papers) if source == HUGGINGFACE else 0)
        await self.app.store.completions.refresh()


async def scenes() -> list[Scene]:
    """Every scene, in the order of a day."""
    async with _day() as day:
        found = [scene async for scene in _of_the_day(day)]
        if day.discord.refused:
            raise AssertionError(f"Discord would refuse this: {day.discord.refused[0]}")
    return [*found, _hostile()]


async def _of_the_day(day: Day) -> AsyncIterator[Scene]:
    listed = listing_day(HUGGINGFACE, MORNING)
    await day.list_papers(listed, newest=False)
    subscribed = await day.ask("subscribe", zone=ZONE, size=5)
    yield _asked("subscribe", "/papers subscribe", subscribed)
    await day.ask("subscribe", "general", zone=ZONE, layout="full", size=5)
    await day.ask("subscribe", "reading", zone=ZONE, layout="thread", size=2)
    added = await day.ask("alert add", query="attention -survey", when="at once")
    yield _asked("alert-added", "/papers alert add", added)
    before = {name: len(_messages(day, name)) for name in DIGESTS.values()}

    day.turn(MORNING)
    await day.list_papers(listed, newest=True)
    await day.app.newsroom.post_due(MORNING, MORNING - timedelta(days=9))
    await day.app.jobs.bring_alerts()
    await day.app.postman.send_waiting()
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
    [subscription] = await day.app.store.subscriptions.of_channel(
        next(s.channel for s in await day.app.store.subscriptions.every() if s.layout == "compact")
    )
    change = await day.ask("subscriptions change", subscription=str(subscription.id))
    yield _asked("settings", "/papers subscriptions change", change)
    modal = await day.discord.press(day.ada, change, "Time, zone, filter …").answer()
    yield Scene("settings-form", PAPERS, form=modal.data)


def _messages(day: Day, channel: str) -> list[Message]:
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
async def _day() -> AsyncIterator[Day]:
    moment = [MORNING - timedelta(hours=20)]

    def now() -> datetime:
        return moment[0]

    def turn(to: datetime) -> None:
        moment[0] = to

    with tempfile.TemporaryDirectory(prefix="paperboy-", ignore_cleanup_errors=True) as folder:
        settings = Settings(
            _env_file=None, paperboy_home=Path(folder), default_zone=ZONE, embedding_model="off"
        )
        async with open_app(settings, sample=True, clock=now) as app, DiscordStandin() as discord:
            with pointed_at(discord):
                async with _connected(app, discord):
                    yield Day(app, discord, turn)


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
