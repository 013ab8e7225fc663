"""`paperboy doctor`: what is wrong, and how to mend it. It changes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bot.announcements import calendar_warning
from bot.app import adapter_modules, utc_now
from bot.errors import ConfigError, StoreError, StoreTooNewError
from bot.health import kept_remarks
from bot.models import Subscription, SubscriptionState
from bot.operations.findings import Finding, tell
from bot.operations.modelling import examine_model
from bot.operations.probing import examine_sources
from bot.ports import Gate, Store
from bot.settings import Settings, load
from bot.wording import count_of
from storage import look_at_store, open_store

LEAST_FREE = 500_000_000  # bytes: a year of papers and a backup beside it
OVERDUE = timedelta(hours=3)  # longer than an edition may wait for a source
RECENT_FAILURES = timedelta(days=7)
MOST_NAMED = 5  # paused channels, failed deliveries: enough to see what is wrong


async def examine(settings: Settings) -> int:
    """Run every check, print each as it is done, and return 1 where something is wrong, else 0."""
    findings = [_settings(), *await asyncio.to_thread(_folder, settings.paperboy_home)]
    _print(findings)
    store, about_store = await _store(settings)
    try:
        checks = await _inside(store, utc_now()) if store else []
        _print([*about_store, *checks])
        gate: Gate | None = store.gate if store else None
        model = await examine_model(settings, store)
        sources, platforms = await examine_sources(settings, gate), await _platforms(store)
        rest = [*model, *sources, *platforms, *_calendar()]
        _print(rest)
    finally:
        if store:
            await store.close()
    faults = sum(f.fault for f in (*findings, *about_store, *checks, *rest))
    sys.stdout.write(f"{count_of(faults, 'fault')}.\n" if faults else "All is well.\n")
    return 1 if faults else 0


def _print(findings: list[Finding]) -> None:
    sys.stdout.write("".join(f"{tell(finding)}\n" for finding in findings))
    sys.stdout.flush()


def _settings() -> Finding:
    file = Path(".env").absolute()
    told = f"read from {file} and" if file.is_file() else f"no {file}; read from"
    return Finding("settings", f"{told} the environment")


def _folder(home: Path) -> list[Finding]:
    """Whether the folder, or where it is to be made, can be written and has room."""
    there = next(path for path in (home, *home.parents) if path.exists())
    says = str(home) if there == home else f"{home}, not made yet"
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        mend = "make it writable for this user, or set PAPERBOY_HOME"
        return [Finding("folder", f"{says}: {there} can't be written", fault=True, mend=mend)]
    free = shutil.disk_usage(there).free
    says = f"{says}, {free / 1e9:.1f} GB free"
    if free < LEAST_FREE:
        mend = f"make room: {LEAST_FREE / 1e9:.1f} GB hold a year of papers and a backup"
        return [Finding("folder", says, fault=True, mend=mend)]
    return [Finding("folder", says)]


async def _store(settings: Settings) -> tuple[Store | None, list[Finding]]:
    """The store where it is there and needs no migration, and what is to be said of it."""
    try:
        standing = await asyncio.to_thread(look_at_store, settings.store_url)
        if standing == "current":
            return await asyncio.to_thread(open_store, settings.store_url), []
    except ConfigError as error:
        return None, [Finding("settings", str(error), fault=True, mend="see .env.example")]
    except StoreTooNewError as error:
        return None, [Finding("database", str(error), fault=True)]
    except StoreError as error:
        return None, [Finding("database", str(error), fault=True, mend=_restore(settings))]
    if standing == "older":
        says = "of an older version: the next start migrates it, after a copy beside it"
        return None, [Finding("database", says)]
    return None, [Finding("database", "none yet: paperboy run makes it")]


def _restore(settings: Settings) -> str:
    """How a damaged database is mended, with the newest backup where there is one."""
    folder = settings.paperboy_home / "backups"
    newest = max(folder.glob("*.db"), default=None) if os.access(folder, os.R_OK) else None
    return f"if it is damaged: paperboy restore {newest or 'FILE, with one that backup made'}"


async def _inside(store: Store, now: datetime) -> list[Finding]:
    try:
        wrong = await store.keeper.check()
        if wrong:
            mend = "paperboy restore FILE, with one from PAPERBOY_HOME/backups"
            return [Finding("database", problem, fault=True, mend=mend) for problem in wrong]
        papers = count_of(await store.papers.count(), "paper")
        sound = Finding("database", f"sound, {papers}")
        noticed = [
            Finding(f"platform {name}", text, fault=True)
            for name, text in await kept_remarks(store.places, now)
        ]
        return [sound, *await _schedule(store, now), *await _outbox(store, now), *noticed]
    except StoreError as error:
        return [Finding("database", str(error), fault=True)]


async def _schedule(store: Store, now: datetime) -> list[Finding]:
    """Whether a daemon keeps the schedule: nothing active may be long overdue."""
    subscriptions = await store.subscriptions.every()
    active = [s for s in subscriptions if s.state is SubscriptionState.ACTIVE]
    paused = [s for s in subscriptions if s.state is SubscriptionState.PAUSED]
    overdue = sum(now - s.next_due_at > OVERDUE for s in active)
    says = f"{count_of(len(active), 'active subscription')}, {len(paused)} paused"
    findings = [Finding("schedule", says)]
    if overdue:
        says = f"{count_of(overdue, 'subscription')} overdue for more than 3 hours"
        mend = "start Paperboy: paperboy run, or sudo systemctl start paperboy"
        findings = [Finding("schedule", says, fault=True, mend=mend)]
    for each in paused[:MOST_NAMED]:
        says = f"{each.channel.key} is paused: {each.pause_reason or 'no reason kept'}"
        findings.append(Finding("channel", says))
    return findings


async def _outbox(store: Store, now: datetime) -> list[Finding]:
    counts = await store.deliveries.counts()
    says = ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "empty"
    failures = await store.deliveries.failures(None, MOST_NAMED)
    return [Finding("outbox", says)] + [
        Finding(
            "outbox",
            f"a message to {failed.channel.key} was given up: {failed.error or 'no reason kept'}",
            fault=True,
            mend=f"paperboy why {failed.channel.key} {failed.created_at:%Y-%m-%d}",
        )
        for failed in failures
        if now - failed.created_at < RECENT_FAILURES
    ]


async def _platforms(store: Store | None) -> list[Finding]:
    """What each adapter finds. One that has something to look at offers, in its package, `async
    examine(settings, its subscriptions)`, which gives (about, says, fault, mend) for each check.
    """
    subscriptions, findings = await _subscriptions(store), list[Finding]()
    for name, module in adapter_modules().items():
        try:
            settings = load(module.Settings)
        except ConfigError as error:
            findings.append(Finding(f"platform {name}", str(error), fault=True))
            continue
        if not hasattr(module, "examine"):
            findings.append(Finding(f"platform {name}", "its settings can be read"))
            continue
        there = [each for each in subscriptions if each.channel.platform == name]
        findings += [Finding(*each) for each in await module.examine(settings, there)]
    return findings


async def _subscriptions(store: Store | None) -> list[Subscription]:
    """All there are; none where they can't be read, which is told as a fault of the database."""
    try:
        return list(await store.subscriptions.every()) if store else []
    except StoreError:
        return []


def _calendar() -> list[Finding]:
    warning = calendar_warning(utc_now().date())
    return [Finding("calendar", warning)] if warning else []
