"""`paperboy demo`: the main job in this terminal, with nothing to set up."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import httpx
import structlog

from adapters.console import TERMINAL
from bot.app import App, open_app
from bot.commands import defaults
from bot.messages import Message, line
from bot.models import (
    HUGGINGFACE,
    SAMPLE,
    Subscription,
    SubscriptionState,
    User,
)
from bot.schedules import next_due
from bot.settings import Settings

PROBE_SECONDS = 1.0
OFFLINE = (
    "Hugging Face can't be reached from here, so this is the sample edition that ships with "
    "Paperboy: real papers, invented votes and days."
)

log = structlog.get_logger()


async def demo(settings: Settings) -> None:
    """Pull, post the digest as a channel would get it, then answer until end of input."""
    live = await asyncio.to_thread(reachable, settings.huggingface_url)
    name = "demo.db" if live else "sample.db"
    database = settings.paperboy_home / "demo" / name
    if not live:
        # The sample's days are counted from today, so yesterday's database would not do.
        for old in database.parent.glob(f"{name}*"):
            old.unlink()
    home = settings.model_copy(
        update={
            "paperboy_home": database.parent,
            "database_url": f"sqlite:///{database}",
        }
    )
    async with open_app(home, sample=not live) as app:
        if not live:
            app.show(Message(lines=(line(OFFLINE),)))
        await _post(app, HUGGINGFACE if live else SAMPLE)
        background = asyncio.create_task(_go_on(app)) if live else None
        await app.platforms["console"].serve()
        if background:
            background.cancel()


def reachable(url: str, seconds: float = PROBE_SECONDS) -> bool:
    """Whether anything answers at `url` within the time: one try.

    It runs in a thread that is left behind: a name server that does not answer can't be
    interrupted, and must not hold up the exit.
    """
    answers: list[bool] = []

    def probe() -> None:
        try:
            httpx.head(url, timeout=seconds)
        except (httpx.HTTPError, OSError):
            return
        answers.append(True)

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(answers)


async def _post(app: App, source: str) -> None:
    """Pull the day, and post it through the same outbox as everywhere."""
    await app.ingest.pull_recent(source)
    subscription = await _subscription(app)
    if await app.newsroom.post_now(subscription, app.clock()) is None:
        _, message = await app.newsroom.preview(
            replace(subscription, covered_until=None), app.clock()
        )
        app.show(message)
    await app.postman.send_waiting()


async def _subscription(app: App) -> Subscription:
    """The terminal's own subscription, with the defaults."""
    known = await app.store.subscriptions.of_channel(TERMINAL)
    if known:
        return known[0]
    now, zone = app.clock(), app.default_zone
    return await app.store.subscriptions.insert(
        Subscription(
            id=0,
            channel=TERMINAL,
            hour=defaults.HOUR,
            zone=zone,
            weekdays=defaults.WEEKDAYS,
            filter=defaults.FILTER,
            size=defaults.PICKS_SIZE,
            ranking=defaults.RANKING,
            layout=defaults.LAYOUT,
            tell_empty=defaults.TELL_EMPTY,
            contact=User("console", "demo"),
            state=SubscriptionState.ACTIVE,
            next_due_at=next_due(now, defaults.HOUR, zone, defaults.WEEKDAYS),
            created_at=now,
        )
    )


async def _go_on(app: App) -> None:
    """While somebody types: the rest of the sources, and what they post to the terminal."""
    posting = asyncio.create_task(app.postman.run())
    try:
        for name in app.ingest.sources:
            await app.ingest.pull_recent(name, app.clock() - timedelta(minutes=5))
        await app.ingest.enrich(app.clock().date() - timedelta(days=7))
        while any([await app.ingest.backfill_step(name) for name in app.ingest.sources]):
            pass
    finally:
        posting.cancel()
