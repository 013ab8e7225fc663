"""The composition root: finds adapters and engines by folder, and puts all together."""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import ModuleType
from typing import cast

from tzlocal import get_localzone_name

import adapters
from adapters.console import ConsolePlatform
from bot.alerting import Bundler
from bot.commands import Commands, Desk
from bot.delivery import Messenger, Postman
from bot.editions import Newsroom
from bot.embeddings.semantics import Semantics
from bot.errors import ConfigError
from bot.health import HealthWatch
from bot.ingest import Ingest, PaperLookup
from bot.jobs import Jobs
from bot.messages import Message
from bot.models import ARXIV, HUGGINGFACE, SAMPLE, Payload
from bot.ports import Clock, Platform, Source, Store
from bot.retrieval import Retrieval
from bot.settings import PaperboySettings, Settings, load
from bot.sources.arxiv import Arxiv
from bot.sources.client import PoliteClient
from bot.sources.huggingface import HuggingFace
from bot.sources.sample import SampleSource
from storage import open_store


def utc_now() -> datetime:
    """The wall clock, aware UTC: the one place that reads it for the core."""
    return datetime.now(UTC)


@dataclass(slots=True)
class App:
    """Everything that runs, put together."""

    settings: Settings
    store: Store
    ingest: Ingest
    newsroom: Newsroom
    postman: Postman
    messenger: Messenger
    commands: Commands
    jobs: Jobs
    semantics: Semantics
    health: HealthWatch
    clock: Clock
    default_zone: str
    platforms: dict[str, Platform] = field(default_factory=dict)

    def show(self, message: Message) -> None:
        """Print a message where the operator is: in this terminal."""
        cast("ConsolePlatform", self.platforms["console"]).show(message)

    async def serve(self) -> None:
        """Keep the schedule, send, and answer on every platform, until cancelled.

        The console only prints here: its prompt is the demo's, a daemon has no keyboard.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.jobs.run())
            tasks.create_task(self.postman.run())
            tasks.create_task(self.semantics.open())
            tasks.create_task(self.health.run())
            for name, platform in self.platforms.items():
                if name != "console":
                    tasks.create_task(platform.serve())


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    sample: bool = False,
    clock: Clock = utc_now,
    make_client: Callable[..., PoliteClient] = PoliteClient,
) -> AsyncIterator[App]:
    """Open the store and put Paperboy together on it; everything is closed at the end.

    `sample` takes the sample edition for its one source. Raises ConfigError, StoreError.
    """
    store = await asyncio.to_thread(open_store, settings.store_url)
    clients = [] if sample else _clients(settings, store, clock, make_client)
    try:
        app = _put_together(settings, store, clients, clock)
        try:
            yield app
        finally:
            await app.semantics.close()
    finally:
        for client in clients:
            await client.close()
        await store.close()


def adapter_modules() -> dict[str, ModuleType]:
    """Every adapter there is a folder for, by name."""
    return {
        module.name: importlib.import_module(f"adapters.{module.name}")
        for module in pkgutil.iter_modules(adapters.__path__)
    }


def adapter_settings() -> dict[str, PaperboySettings]:
    """The settings of every adapter, read. Raises ConfigError."""
    return {name: load(module.Settings) for name, module in adapter_modules().items()}


def _clients(
    settings: Settings, store: Store, clock: Clock, make_client: Callable[..., PoliteClient]
) -> list[PoliteClient]:
    """One client a host; both of arXiv's share one gate, since its terms count them together."""
    client = partial(
        make_client,
        gate=store.gate,
        validators=store.validators,
        clock=clock,
        contact=settings.paperboy_contact,
        timeout=timedelta(seconds=settings.request_timeout_seconds),
    )
    token = settings.huggingface_token.get_secret_value()
    often = timedelta(seconds=settings.huggingface_spacing_seconds)
    seldom = timedelta(seconds=settings.arxiv_spacing_seconds)
    return [
        client(HUGGINGFACE, settings.huggingface_url, spacing=often, token=token),
        client(ARXIV, settings.arxiv_rss_url, spacing=seldom),
        client(ARXIV, settings.arxiv_api_url, spacing=seldom),
    ]


def _sources(
    settings: Settings, store: Store, clients: list[PoliteClient], clock: Clock
) -> tuple[dict[str, Source], PaperLookup | None]:
    if not clients:
        return {SAMPLE: SampleSource()}, None

    async def archives() -> list[str]:
        return sorted({*settings.arxiv_archives, *await store.pulls.archives()})

    huggingface, feeds, api = clients
    arxiv = Arxiv(feeds, api, archives, clock=clock)
    return {HUGGINGFACE: HuggingFace(huggingface, clock=clock), ARXIV: arxiv}, arxiv


def _put_together(
    settings: Settings, store: Store, clients: list[PoliteClient], clock: Clock
) -> App:
    platforms: dict[str, Platform] = {}

    def pack(platform: str, message: Message) -> list[Payload]:
        return platforms[platform].pack(message)

    sources, lookup = _sources(settings, store, clients, clock)
    ingest = Ingest(
        sources, lookup, store.papers, store.pulls, clock, archives=settings.arxiv_archives
    )
    newsroom = Newsroom(store.papers, store.pulls, store.subscriptions, pack)
    # Named so that an operator can tell the processes of a store apart, and never the same twice.
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    postman = Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        platforms,
        holder=holder,
        clock=clock,
    )
    messenger = Messenger(store.deliveries, platforms, clock, postman.ring)
    health = HealthWatch(
        store.places, platforms, lambda: postman.stopped, holder=holder, clock=clock
    )
    zone = settings.default_zone or machine_zone()
    retrieval = Retrieval(store.papers)
    desk = Desk(
        store=store,
        editor=newsroom,
        librarian=ingest,
        courier=messenger,
        finder=retrieval,
        clock=clock,
        default_zone=zone,
        most_saved=settings.saved_per_user,
        alerts_per_user=settings.alerts_per_user,
        health=health,
    )
    commands = Commands(desk)
    semantics = Semantics(settings, store.vectors, retrieval, clock)
    jobs = Jobs(
        store,
        ingest,
        newsroom,
        Bundler(store.alerts, store.papers, platforms),
        postman,
        keep_vectors=semantics.work,
        holder=holder,
        clock=clock,
        backups=settings.paperboy_home / "backups",
        backup_days=settings.backup_days,
        retention=timedelta(days=settings.retention_days),
        ledger=timedelta(days=settings.ledger_days),
    )
    _connect(platforms, commands)
    return App(
        settings=settings,
        store=store,
        ingest=ingest,
        newsroom=newsroom,
        postman=postman,
        messenger=messenger,
        commands=commands,
        jobs=jobs,
        semantics=semantics,
        health=health,
        clock=clock,
        default_zone=zone,
        platforms=platforms,
    )


def _connect(platforms: dict[str, Platform], commands: Commands) -> None:
    """Every adapter whose settings are there makes its platform."""
    settings = adapter_settings()
    for name, module in adapter_modules().items():
        platform = module.connect(settings[name], commands)
        if platform is not None:
            platforms[name] = platform
    if not platforms:
        raise ConfigError("no adapter is set up, see .env.example")


def machine_zone() -> str:
    """This machine's IANA zone; UTC where it names none."""
    try:
        name = get_localzone_name() or "UTC"
    except Exception:  # noqa: BLE001 - tzlocal raises what it likes over odd /etc/localtime files
        return "UTC"
    return "UTC" if name == "Etc/UTC" else name  # what Debian calls it, and nobody says
