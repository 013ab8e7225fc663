"""A day with Paperboy in the tests' stand-in of Slack, and what was seen of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from standins.messages import HOSTILE
from standins.slack.server import SlackStandin
from standins.slack.world import Channel, Message, View
from standins.slack_newsstand import settings_of

from adapters.slack.platform import platform_of
from adapters.slack.render import bodies
from bot.app import App
from bot.messages import Message as Said
from bot.messages import PaperCard
from docs.pictures.day import ZONE, Day, open_day
from docs.pictures.slack_look import Scene, Shown

AT = "09:00"
# scene: channel, and how it is subscribed
DIGESTS = {"digest": "papers", "digest-full": "general", "thread": "reading"}
BAD_FILTER = "attention cat:cs.LX"


class SlackDay:
    """A day of the app's, connected to a stand-in of Slack."""

    def __init__(self, paperboy: Day, slack: SlackStandin) -> None:
        self.paperboy = paperboy
        self.slack = slack
        self.ada = slack.add_user("ada", tz=ZONE)

    async def ask(self, text: str, channel: str = "papers") -> Message:
        """What Ada alone sees as the answer to `/papers …`."""
        return await self.slack.slash(self.ada, self.slack.channel(channel), text).ephemeral()

    async def form(self, text: str) -> View:
        """The form that `/papers …` opens."""
        return await self.slack.slash(self.ada, self.slack.channel("papers"), text).view()

    async def private(self, channel: str) -> Message:
        """The first thing that Ada alone sees in a channel."""
        place = self.slack.channel(channel)
        [first, *_] = await self.slack.until(lambda: self.slack.ephemerals(self.ada, place))
        return first

    def messages(self, channel: Channel) -> list[Message]:
        """Those that do not stand in a thread."""
        return [each for each in self.slack.messages(channel) if each.thread_ts in (None, each.ts)]


async def scenes() -> list[Scene]:
    """Every scene, in the order of a day."""
    async with _day() as day:
        found = [scene async for scene in _of_the_day(day)]
        if day.slack.refused:
            raise AssertionError(f"Slack would refuse this: {day.slack.refused[0]}")
    return [*found, _hostile()]


async def _of_the_day(day: SlackDay) -> AsyncIterator[Scene]:
    reading = day.slack.add_channel(DIGESTS["thread"], None, day.ada)
    day.slack.invite(day.ada, reading)
    yield Scene("invited", "# reading", [_shown(day, await day.private("reading"))])
    async for scene in _subscribing(day):
        yield scene
    before = {name: len(day.messages(day.slack.channel(name))) for name in DIGESTS.values()}
    await day.paperboy.morning()
    for name, channel in DIGESTS.items():
        sent = day.messages(day.slack.channel(channel))[before[channel] :]
        yield Scene(name, f"# {channel}", [_shown(day, each) for each in sent])
    direct = day.messages(day.slack.dm(day.ada))
    yield Scene("alert", "Paperboy", [_shown(day, direct[-1])])
    first = day.messages(day.slack.channel("papers"))[before["papers"]]
    yield Scene("notices", "", notices=[first.text, direct[-1].text])
    async for scene in _answers(day):
        yield scene
    home = await day.slack.open_home(day.ada).home()
    yield Scene("home", "Paperboy", view=home.body)


async def _subscribing(day: SlackDay) -> AsyncIterator[Scene]:
    """The form, a mistake in it, and what is said when it is right."""
    await day.paperboy.before()
    form = await day.form("subscribe")
    yield Scene("subscribe-form", "", view=form.body)
    refused = await day.slack.submit(day.ada, form, {"filter": BAD_FILTER}).refused()
    filled = {**form.body, "blocks": [_filled(block) for block in form.blocks]}
    yield Scene("form-error", "", view=filled, errors=refused)
    day.slack.submit(day.ada, form, {"filter": None, "size": "5"})
    yield _answer(day, "subscribed", await day.private("papers"))
    await day.ask("subscribe 9:00 layout:full size:5", "general")
    await day.ask("subscribe 9:00 layout:thread size:2", "reading")
    yield _answer(day, "alert-added", await day.ask('alert add attention -survey when:"at once"'))


async def _answers(day: SlackDay) -> AsyncIterator[Scene]:
    asked = {
        "search": "search language model",
        "paper": "paper 2611.01234",
        "error": f"search {BAD_FILTER}",
        "help": "help",
        "help-search": "help search",
        "status": "status",
        "alerts": "alert list",
        "subscriptions": "subscriptions list",
        "bare": "",
    }
    for name, text in asked.items():
        yield _answer(day, name, await day.ask(text))


def _filled(block: dict) -> dict:
    """The filter with what is wrong in it, as it stands in the client after a refusal."""
    if block["block_id"] != "filter":
        return block
    return {**block, "element": {**block["element"], "initial_value": BAD_FILTER}}


def _answer(day: SlackDay, name: str, message: Message) -> Scene:
    return Scene(name, "# papers", [_shown(day, message)])


def _shown(day: SlackDay, message: Message) -> Shown:
    files = tuple(each["name"] for each in message.files)
    replies = [_shown(day, each) for each in day.slack.thread(message)]
    return Shown(message.blocks, message.text, AT, message.is_ephemeral, files, replies)


def _hostile() -> Scene:
    """A paper that tries to be markup, in a list and as a card."""
    found = [
        *bodies(Said(title=HOSTILE.paper.title, cards=(PaperCard(HOSTILE, 1),))),
        *bodies(Said(cards=(PaperCard(HOSTILE, full=True),))),
    ]
    return Scene("hostile", "# papers", [Shown(body.blocks, body.text, AT) for body in found])


@asynccontextmanager
async def _day() -> AsyncIterator[SlackDay]:
    async with open_day() as paperboy:
        moment = paperboy.now
        async with (
            SlackStandin(clock=lambda: moment().timestamp(), post_rate=None) as slack,
            _connected(paperboy, slack),
        ):
            yield SlackDay(paperboy, slack)


@asynccontextmanager
async def _connected(paperboy: Day, slack: SlackStandin) -> AsyncIterator[None]:
    app: App = paperboy.app
    platform = platform_of(settings_of(slack), app.commands, paperboy.now)
    app.platforms["slack"] = platform
    serving = asyncio.create_task(platform.serve())
    try:
        await slack.ready()
        await slack.until(lambda: platform.connected, 10)
        yield
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
