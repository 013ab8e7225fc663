"""`paperboy init`: from nothing to the first digest in a channel, step by step.

What a platform needs is its adapter's own affair. An adapter that can be set up so offers, in its
package, `async setup(settings, terminal) -> (channel, contact) | str | None`: it makes what it
needs, keeps its settings with `terminal.keep`, and gives the channel where digests are to go and
who is told when something is wrong there; None where none was chosen; a text that says how to go
on where channels are chosen elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, cast

from bot.app import App, adapter_modules, open_app
from bot.commands import defaults
from bot.commands.hours import read_time
from bot.commands.zones import read_zone
from bot.embeddings.semantics import OFFER, is_missing
from bot.errors import TemporaryDeliveryError, UserError
from bot.messages import Form, Invocation, Message
from bot.models import HUGGINGFACE, Channel, DeliveryState, Subscription, User
from bot.operations.env_file import EnvFile
from bot.operations.pulling import Work, closing_line
from bot.operations.terminal import Terminal
from bot.settings import PaperboySettings, Settings, load
from bot.wording import capital, listing

SETTINGS_FILE = ".env"  # where bot.settings looks
PULL_SECONDS = 60.0
CONNECT_SECONDS = 30.0
ARRIVE_SECONDS = 60.0
LOOK_SECONDS = 0.2

T = TypeVar("T")
Setup = Callable[[PaperboySettings, Terminal], Awaitable[tuple[Channel, User] | str | None]]


async def start(settings: Settings, name: str) -> int:
    """Set up the platform of that name, up to its first digest; returns the exit code.

    Raises UserError for a name that nothing can be set up for, ConfigError where a setting is
    missing or can't be kept.
    """
    modules = {n: module for n, module in adapter_modules().items() if hasattr(module, "setup")}
    module = modules.get(name.lower())
    if module is None:
        there = listing(sorted(modules))
        raise UserError(f"nothing is to be set up for {name}; there is for {there}")
    terminal = Terminal(EnvFile(Path(SETTINGS_FILE)))
    setup = cast("Setup", module.setup)
    chosen = await setup(load(module.Settings), terminal)
    if isinstance(chosen, str):
        terminal.tell(chosen)
    elif chosen is None:
        where = "" if terminal.interactive else " in a terminal"
        terminal.tell(f"No channel yet. To go on, run this again{where}: paperboy init {name}")
    elif not await _begin(settings, terminal, *chosen):
        return 1
    terminal.tell()
    if is_missing(settings):
        terminal.tell(f"{OFFER}.")
    terminal.tell("To keep it running: paperboy run, in this folder. As a service on a server:")
    terminal.tell("sudo make install, which reads settings of its own (docs/install.md).")
    return 0


async def _begin(settings: Settings, terminal: Terminal, channel: Channel, contact: User) -> bool:
    """Subscribe the channel, unless it is, and bring the first digest; whether all went well."""
    async with open_app(settings) as app:
        known = await app.store.subscriptions.of_channel(channel)
        when = {} if known else await _ask_when(app, terminal)
        if when is None:
            terminal.tell("Nothing was subscribed.")
            return True
        await _pull(app, terminal)
        async with _serving(app, channel.platform):
            try:
                if not known:
                    await _ask(app, "subscribe", when, channel, contact)
                    known = await app.store.subscriptions.of_channel(channel)
                await _ask(app, "subscriptions now", _number(known[-1]), channel, contact)
            except UserError as error:
                terminal.tell(f"{capital(str(error))}")
                return False
            return await _arrives(app, known[-1], terminal)


async def _ask_when(app: App, terminal: Terminal) -> dict[str, str] | None:
    """The hour and the zone of the digest; None where they were not told."""
    zone = await _read(terminal, "Time zone of its readers", app.default_zone, read_zone)
    if zone is None:
        return None
    hour = await _read(terminal, "Hour of the digest", f"{defaults.HOUR:%H:%M}", read_time)
    return None if hour is None else {"zone": zone, "time": f"{hour:%H:%M}"}


async def _read(
    terminal: Terminal, question: str, default: str, read: Callable[[str], T]
) -> T | None:
    """Ask until it can be read; None where nobody answers."""
    while (answer := await terminal.ask(question, default)) is not None:
        try:
            return read(answer)
        except UserError as error:
            terminal.tell(f"{capital(str(error))}.")
    return None


async def _pull(app: App, terminal: Terminal) -> None:
    """The papers of the first digest; the daemon pulls all others."""
    terminal.tell("Pulling the latest papers from Hugging Face …")
    pull = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PULL_SECONDS):
            pull = await app.ingest.pull_recent(HUGGINGFACE)
    if pull is None:
        terminal.tell("It takes too long; paperboy run tries again.")
        return
    terminal.tell(closing_line(Work(HUGGINGFACE, None, pulls=[pull])))
    await app.store.completions.refresh()


@contextlib.asynccontextmanager
async def _serving(app: App, platform: str) -> AsyncIterator[None]:
    """Within, the platform is connected, and what waits in the outbox is sent."""
    tasks = [asyncio.create_task(app.platforms[platform].serve())]
    tasks.append(asyncio.create_task(app.postman.run()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ask(app: App, verb: str, args: dict[str, str], channel: Channel, contact: User) -> None:
    """Ask for a verb as if in that channel, and show the answer. Raises UserError."""
    key = secrets.token_hex(8)
    asked = Invocation(verb, args, channel, contact, app.clock(), key, may_manage=True)
    answer = await _once_connected(app, asked)
    if isinstance(answer, Message):
        app.show(replace(answer, buttons=()))  # nobody could press them


async def _once_connected(app: App, asked: Invocation) -> Message | Form:
    """The answer; asked again while the platform is still connecting."""
    ends = app.clock() + timedelta(seconds=CONNECT_SECONDS)
    while True:
        try:
            return await app.commands.answer(asked)
        except UserError as error:
            if not isinstance(error.__cause__, TemporaryDeliveryError) or app.clock() > ends:
                raise
        await asyncio.sleep(LOOK_SECONDS)


async def _arrives(app: App, subscription: Subscription, terminal: Terminal) -> bool:
    """Wait until the latest digest is in the channel, whichever process sends it."""
    app.postman.ring()
    editions = await app.store.subscriptions.editions(subscription.id, 1)
    where = f"#{subscription.channel.name}"
    ends = app.clock() + timedelta(seconds=ARRIVE_SECONDS)
    while editions and app.clock() < ends:
        parts = await app.store.deliveries.of_edition(subscription.id, editions[0].local_day)
        if failed := [part for part in parts if part.state is DeliveryState.FAILED]:
            terminal.tell(f"The digest did not get to {where}: {failed[0].error}")
            return False
        if all(part.state is DeliveryState.SENT for part in parts):
            terminal.tell(f"The latest digest is in {where}.")
            return True
        await asyncio.sleep(LOOK_SECONDS)
    if editions:
        terminal.tell(f"The digest for {where} is still on its way: paperboy run delivers it.")
    return True


def _number(subscription: Subscription) -> dict[str, str]:
    return {"subscription": str(subscription.id)}
