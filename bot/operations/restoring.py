"""`paperboy backup` and `paperboy restore`: a copy, and a copy in the database's place."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.announcements import listing_day
from bot.app import App, open_app
from bot.due import needed_sources
from bot.errors import QueryError, StoreError, UserError
from bot.jobs import LEASE
from bot.models import Subscription, SubscriptionState
from bot.queries import parse_query, sources_of
from bot.schedules import local_day, moment_of, next_due
from bot.settings import Settings
from bot.wording import count_of, local_moment
from storage import check_backup, look_at_store, restore_store

MOST_SHOWN = 20  # subscriptions that fell due since
UNCHANGED = 1  # the exit code where the answer was no


async def back_up(settings: Settings, path: Path) -> None:
    """Write a consistent copy of the database to a new file.

    Raises UserError where there is no database, StoreError where the copy can't be written.
    """
    if await asyncio.to_thread(look_at_store, settings.store_url) == "absent":
        raise UserError("there is no database yet: paperboy run makes it")
    async with open_app(settings) as app:
        await app.store.keeper.backup(str(path))
    _tell(f"Backed up to {path}.")


async def restore(settings: Settings, path: Path, *, send_again: bool, yes: bool) -> int:
    """Show what fell due since the backup was made, ask, and put it in place.

    By default that is not sent again: it may have been posted since. The replaced database is
    kept beside the new one. Returns the exit code. Raises UserError while Paperboy runs,
    StoreError for an unfit file.
    """
    made_at = await asyncio.to_thread(check_backup, settings.store_url, path)
    await _must_be_stopped(settings)
    _tell(f"{path} was written {made_at:%Y-%m-%d %H:%M} UTC.")
    if await _show_due(settings, path):
        _tell("All of it will be sent (again)." if send_again else "None of it is sent again.")
    if not yes and not _agreed():
        _tell("Nothing was changed.")
        return UNCHANGED
    kept = await asyncio.to_thread(restore_store, settings.store_url, path)
    if not send_again:
        async with open_app(settings) as app:
            await _let_pass(app)
    _tell("Restored." + (f" The database that was there is kept as {kept}." if kept else ""))
    return 0


async def _must_be_stopped(settings: Settings) -> None:
    """Nobody may hold the scheduler's lease while the file is swapped under it."""
    try:
        if await asyncio.to_thread(look_at_store, settings.store_url) == "absent":
            return
        async with open_app(settings) as app:
            free = await app.store.leases.hold("scheduler", "restore", app.clock(), LEASE)
            if free:
                await app.store.leases.release("scheduler", "restore")
    except StoreError:
        return  # damaged or unreadable: that is what a restore is for
    if not free:
        raise UserError(
            "Paperboy is running on this database: stop it first (one that was killed counts as "
            "running for a minute)"
        )


async def _show_due(settings: Settings, path: Path) -> bool:
    """Show what fell due since; returns whether anything did.

    It is read from a passing copy: opening the backup itself would change it.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="paperboy-") as folder:
            copy = Path(folder) / "backup.db"
            await asyncio.to_thread(shutil.copyfile, path, copy)
            there = settings.model_copy(update={"database_url": f"sqlite:///{copy}"})
            async with open_app(there) as app:
                since, counts = await _due_since(app), await app.store.deliveries.counts()
    except OSError as error:
        raise StoreError(f"{path.name} can't be looked into: {error.strerror}") from error
    for subscription in since[:MOST_SHOWN]:
        due = local_moment(subscription.next_due_at, subscription.zone)
        _tell(f"  due since: {subscription.channel.key}, {due} {subscription.zone}")
    waiting = counts.get("waiting", 0) + counts.get("sending", 0)
    _tell(
        f"{count_of(len(since), 'subscription')} fell due since, and "
        f"{count_of(waiting, 'message')} waited in it to be sent."
    )
    return bool(since or waiting)


def _agreed() -> bool:
    sys.stdout.write("Put it in the database's place? [y/N] ")
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # the end of the input is no yes, and leaves the line open
        _tell("")
    return answer.strip().lower() in {"y", "yes"}


async def _due_since(app: App) -> list[Subscription]:
    now = app.clock()
    return [
        s
        for s in await app.store.subscriptions.every()
        if s.state is SubscriptionState.ACTIVE and s.next_due_at <= now
    ]


async def _let_pass(app: App) -> None:
    """What fell due since counts as sent: each channel goes on at its next hour."""
    now = app.clock()
    await app.store.deliveries.abandon("left behind by a restore", now)
    for subscription in await _due_since(app):
        await app.store.subscriptions.revise(subscription.id, partial(_passed, now=now))


def _passed(subscription: Subscription, now: datetime) -> Subscription:
    hour, zone, weekdays = subscription.hour, subscription.zone, subscription.weekdays
    listed = min((listing_day(s, now) for s in _sources(subscription)), default=now.date())
    today = local_day(now, zone)
    # Where today's hour is past, today's list was in the edition that is not sent again.
    sent_today = today.weekday() in weekdays and moment_of(today, hour, zone) <= now
    return replace(
        subscription,
        next_due_at=next_due(now, hour, zone, weekdays),
        covered_until=now,
        due_from=listed + timedelta(days=1) if sent_today else listed,
        away_since=None,
    )


def _sources(subscription: Subscription) -> frozenset[str]:
    try:
        return needed_sources(sources_of(parse_query(subscription.filter)))
    except QueryError:  # written by another version: its first edition says so
        return frozenset()


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
