"""`paperboy demo`: the main job in this terminal, with nothing to set up."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from adapters.console import TERMINAL
from bot.announcements import listing_day
from bot.app import App, open_app, utc_now
from bot.commands import defaults
from bot.embeddings.semantics import OFFER, is_missing
from bot.errors import StoreError
from bot.logs import set_up_logs
from bot.messages import Message, line, quiet
from bot.models import HUGGINGFACE, SAMPLE, Subscription, SubscriptionState, User
from bot.operations.reaching import answers_now
from bot.schedules import next_due
from bot.setting_kinds import OFF
from bot.settings import Settings

PROBE_SECONDS = 1.0
PULL_SECONDS = 20.0  # a person waits; what takes longer is as good as no answer
FRESH = timedelta(minutes=5)
BACKFILL_PAUSE_SECONDS = 1.0
EMBED_PAUSE_SECONDS = 2.0

PULLING = "Pulling the last days from Hugging Face …"
OFFLINE = (
    "Hugging Face can't be reached from here, so this is the sample edition that ships with "
    "Paperboy: real papers, invented votes and days."
)


async def demo(settings: Settings) -> None:
    """Pull, post the digest as a channel would get it, then answer until end of input.

    Without an answer from Hugging Face, all this over the sample edition.
    """
    newest = listing_day(HUGGINGFACE, utc_now())
    probe = asyncio.to_thread(answers_now, settings.huggingface_url, newest, PROBE_SECONDS)
    if await probe and await _live(settings):
        return
    await _sample(settings)


async def _live(settings: Settings) -> bool:
    """The demo over today's papers; False where none could be had after all."""
    database = settings.paperboy_home / "demo" / "demo.db"
    async with open_app(_at(settings, database)) as app:
        _keep_prompt_clean(database.parent)
        app.show(_remark(PULLING))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PULL_SECONDS):
                await app.ingest.pull_recent(HUGGINGFACE)
        if await app.store.papers.newest_day({HUGGINGFACE}) is None:
            return False
        await app.store.completions.refresh()
        await _post(app, defaults.FILTER)
        _offer_model(app)
        async with _beside(app, *app.ingest.sources):
            await app.platforms["console"].serve()
    return True


async def _sample(settings: Settings) -> None:
    """The demo over the sample edition, whose days are counted from today: nothing is kept."""
    with _passing_folder() as folder:
        async with open_app(_at(settings, folder / "sample.db"), sample=True) as app:
            app.show(_remark(OFFLINE))
            await app.ingest.pull_recent(SAMPLE)
            await app.store.completions.refresh()
            await _post(app, f"source:{SAMPLE}")
            _offer_model(app)
            async with _beside(app):
                await app.platforms["console"].serve()


@contextmanager
def _passing_folder() -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="paperboy-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StoreError(f"no folder for passing files can be written: {error}") from error
    with folder as path:
        yield Path(path)


def _at(settings: Settings, database: Path) -> Settings:
    where = {
        "paperboy_home": database.parent,
        "database_url": f"sqlite:///{database}",
        # The model that was pulled stays where it is.
        "embedding_model": str(settings.model_folder or OFF),
    }
    return settings.model_copy(update=where)


def _keep_prompt_clean(folder: Path) -> None:
    """What goes wrong in the background must not be printed over what somebody types."""
    if sys.stderr.isatty():
        set_up_logs("WARNING", folder / "demo.log")


def _offer_model(app: App) -> None:
    if is_missing(app.settings):
        app.show(_remark(OFFER))


def _remark(text: str) -> Message:
    return Message(lines=(line(quiet(text)),))


async def _post(app: App, filter_text: str) -> None:
    """Post the day's edition through the same outbox as everywhere."""
    subscription = await _subscription(app, filter_text)
    if await app.newsroom.post_now(subscription, app.clock()):
        await app.postman.send_waiting()
        return
    # Today's is out already: what a channel that subscribed only now would get.
    fresh = replace(
        subscription,
        id=0,
        channel=replace(TERMINAL, id="new"),
        covered_until=None,
        due_from=None,
        told="",
    )
    edition, message = await app.newsroom.preview(fresh, app.clock())
    app.show(message if edition.shown else _remark("Nothing was listed in the last 7 days."))


async def _subscription(app: App, filter_text: str) -> Subscription:
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
            filter=filter_text,
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


@asynccontextmanager
async def _beside(app: App, *sources: str) -> AsyncIterator[None]:
    """While somebody types: what they post is sent, and the sources are pulled side by side."""
    tasks = [asyncio.create_task(app.postman.run()), asyncio.create_task(_embed(app))]
    tasks += [asyncio.create_task(_fill(app, name)) for name in sources]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await app.postman.send_waiting()  # a pipe's last line may have posted something


async def _fill(app: App, name: str) -> None:
    """What is recent, the categories it lacks, then the archive, newest first."""
    await app.ingest.pull_recent(name, app.clock() - FRESH)
    if name == HUGGINGFACE:
        await app.ingest.enrich(app.clock().date() - timedelta(days=7))
    step = await app.ingest.backfill_step(name)
    while step and not step.pull.problem:
        await asyncio.sleep(BACKFILL_PAUSE_SECONDS)
        step = await app.ingest.backfill_step(name)
    if name == HUGGINGFACE:
        await app.ingest.enrich(date.min)


async def _embed(app: App) -> None:
    """Load the model where there is one, and give every paper its vector."""
    await app.semantics.open()
    while True:
        await app.semantics.work(fill=True)
        await asyncio.sleep(EMBED_PAUSE_SECONDS)
