"""`paperboy restore`: a backup takes the database's place, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from bot.announcements import listing_day
from bot.app import App, open_app
from bot.due import needed_sources
from bot.errors import StoreError, UserError
from bot.jobs import LEASE
from bot.models import Subscription, SubscriptionState
from bot.queries import parse_query, sources_of
from bot.schedules import local_day, next_due
from bot.settings import Settings
from bot.wording import count_of, local_moment
from storage import check_backup, restore_store


async def restore(settings: Settings, path: Path, *, send_again: bool, yes: bool) -> None:
    """Show what fell due since the backup was made, ask, and put it in place.

    By default that is not sent again: it may have been posted since. The replaced database is
    kept beside the new one. Raises UserError while Paperboy runs, StoreError for an unfit file.
    """
    await _must_be_stopped(settings)
    made_at = await asyncio.to_thread(check_backup, settings.store_url, path)
    console = Console(highlight=False)
    copy = settings.model_copy(update={"database_url": f"sqlite:///{path.absolute()}"})
    async with open_app(copy) as app:
        since, waiting = await _due_since(app), await app.store.deliveries.counts()
    console.print(f"{path} was written {made_at:%Y-%m-%d %H:%M} UTC.")
    for subscription in since[:20]:
        due = local_moment(subscription.next_due_at, subscription.zone)
        console.print(f"  due since: {subscription.channel.key}, {due} {subscription.zone}")
    open_parts = waiting.get("waiting", 0) + waiting.get("sending", 0)
    console.print(
        f"{count_of(len(since), 'subscription')} fell due since, "
        f"{count_of(open_parts, 'message')} waited in it."
    )
    again = "It will be sent (again)." if send_again else "None of that is sent again."
    if not yes and not typer.confirm(f"{again} Put it in place?"):
        raise UserError("nothing was changed")
    kept = await asyncio.to_thread(restore_store, settings.store_url, path)
    if not send_again:
        async with open_app(settings) as app:
            await _let_pass(app)
    console.print(f"Restored. The database that was there is kept as {kept}.")


async def _must_be_stopped(settings: Settings) -> None:
    """Nobody may hold the scheduler's lease while the file is swapped under it."""
    try:
        async with open_app(settings) as app:
            free = await app.store.leases.hold("scheduler", "restore", app.clock(), LEASE)
            if free:
                await app.store.leases.release("scheduler", "restore")
    except StoreError:
        return  # damaged or unreadable: that is what a restore is for
    if not free:
        raise UserError("Paperboy is running on this database: stop it, wait a minute, try again")


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
    sources = needed_sources(sources_of(parse_query(subscription.filter)))
    today = min((listing_day(source, now) for source in sources), default=now.date())
    # Where today's hour is past, today's list was in the edition that is not sent again.
    sent_today = local_day(subscription.next_due_at, zone) <= local_day(now, zone)
    return replace(
        subscription,
        next_due_at=next_due(now, hour, zone, weekdays),
        covered_until=now,
        due_from=today + timedelta(days=1) if sent_today else today,
        away_since=None,
    )
