"""Paperboy in Slack: the real commands over a real store, connected to a stand-in."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any

import pytest
from standins.office import FRIDAY, Office
from standins.slack.server import SlackStandin
from standins.slack.world import Channel, Message, User, View

from adapters.slack import SlackSettings
from adapters.slack.platform import SlackPlatform, platform_of
from bot.models import SubscriptionState
from storage import open_store
from storage.sqlite.engine import READERS

Serving = asyncio.Task[None]


@dataclass
class Stand:
    """Paperboy, the Slack it is connected to, and a member of its workspace."""

    office: Office
    slack: SlackStandin
    platform: SlackPlatform
    member: User

    @property
    def papers(self) -> Channel:
        return self.slack.channel("papers")

    async def ask(self, text: str, user: User | None = None) -> Message:
        """What `/papers …` in #papers is answered with."""
        return await self.slack.slash(user or self.member, self.papers, text).message()

    async def ask_form(self, text: str, user: User | None = None) -> View:
        """The form that `/papers …` in #papers opens."""
        return await self.slack.slash(user or self.member, self.papers, text).view()

    async def private(self, count: int, user: User | None = None) -> Message:
        """The newest of so many messages that a member alone sees, as soon as they are there."""

        def found() -> Message | None:
            there = self.slack.ephemerals(user or self.member)
            return there[-1] if len(there) >= count else None

        return await self.slack.until(found, 15)

    async def subscribe(self, text: str = "subscribe 9:00") -> None:
        """Subscribe #papers."""
        before = len(self.slack.ephemerals(self.member))
        self.slack.slash(self.member, self.papers, text)
        assert "Subscribed" in texts(await self.private(before + 1))

    async def subscriptions(self) -> list[Any]:
        return await self.office.store.subscriptions.every()

    async def comes_to(self, *states: SubscriptionState) -> None:
        """Wait until the subscriptions have these states, by id."""
        async with asyncio.timeout(10):
            while tuple(e.state for e in await self.subscriptions()) != states:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def hold_up(self, seconds: float) -> Awaitable[object]:
        """Every reader of the database is busy for so long; what is returned waits for that."""
        engine = self.office.store.papers._engine
        return asyncio.gather(*(engine.read(lambda _: time.sleep(seconds)) for _ in range(READERS)))


def texts(shown: Message | View) -> str:
    """All that a message or a view shows, a line each."""
    return "\n".join(_texts(list(shown.blocks))) or getattr(shown, "text", "")


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            return [part["text"]]
        inner = ("text", "label", "hint", "fields", "elements", "element", "accessory", "options")
        return [each for name in inner for each in _texts(part.get(name))]
    if isinstance(part, list | tuple):
        return [each for one in part for each in _texts(one)]
    return []


def labels(shown: Message | View) -> list[str]:
    """The labels of its buttons."""
    return _labels(list(shown.blocks))


def _labels(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]["text"]] if part.get("type") == "button" else []
        return [*own, *(x for n in ("elements", "accessory") for x in _labels(part.get(n)))]
    if isinstance(part, list | tuple):
        return [each for one in part for each in _labels(one)]
    return []


def settings_of(slack: SlackStandin, **more: Any) -> SlackSettings:
    """The settings of Socket Mode in the first workspace."""
    told = {
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token,
        "slack_api_url": slack.api_url.rstrip("/"),
    }
    return SlackSettings(_env_file=None, **{**told, **more})


@pytest.fixture
async def office(tmp_path) -> AsyncIterator[Office]:
    store = open_store(f"sqlite:///{tmp_path}/papers.db")
    made = Office(store)
    await made.list_papers(FRIDAY, {f"Diffusion of kind {n}": n for n in range(1, 13)})
    yield made
    await store.close()


@pytest.fixture
async def stand(office) -> AsyncIterator[Stand]:
    async with SlackStandin(post_rate=None) as slack, connected(office, slack) as made:
        yield made
        assert not slack.refused


@contextlib.asynccontextmanager
async def over_http(office: Office, slack: SlackStandin) -> AsyncIterator[tuple[Stand, Serving]]:
    """The same over signed HTTP requests, and the task that serves them."""
    secret = slack.app.signing_secret
    settings = settings_of(slack, slack_app_token="", slack_signing_secret=secret, slack_port=0)
    platform = platform_of(settings, office.commands)
    office.platforms["slack"] = platform
    serving = asyncio.create_task(platform.serve())
    try:
        await slack.until(lambda: platform.http and platform.http.address, 10)
        slack.http.url = f"{platform.http.address}/slack/events"
        yield Stand(office, slack, platform, slack.add_user("grace")), serving
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


@contextlib.asynccontextmanager
async def connected(office: Office, slack: SlackStandin, **more: Any) -> AsyncIterator[Stand]:
    """One life of the connection; what it sends goes out to the stand-in's channels."""
    platform = platform_of(settings_of(slack, **more), office.commands)
    office.platforms["slack"] = platform
    serving = asyncio.create_task(platform.serve())
    try:
        await slack.ready()
        await slack.until(lambda: platform.connected, 10)
        member = next((u for u in slack.workspaces[0].users.values() if u.name == "grace"), None)
        yield Stand(office, slack, platform, member or slack.add_user("grace", tz="Europe/Berlin"))
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
