"""Subscriptions as tests ask for them, put into a store as a command would."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from bot.models import Channel, Layout, Ranking, Subscription, SubscriptionState, User
from bot.schedules import next_due
from storage import open_store

ENOUGH = 50  # papers an edition: more than any day of the stand-in lists


def wish(channel: Channel, now: datetime, **changes: object) -> Subscription:
    """All the picks, Monday to Friday at nine UTC, but for the changes."""
    plain = {
        "id": 0,
        "channel": channel,
        "hour": time(9),
        "zone": "UTC",
        "weekdays": frozenset(range(5)),
        "filter": "",
        "size": ENOUGH,
        "ranking": Ranking.UPVOTES,
        "layout": Layout.COMPACT,
        "tell_empty": True,
        "contact": User(channel.platform, "ada", "Ada"),
        "state": SubscriptionState.ACTIVE,
        "created_at": now,
        "next_due_at": now,
    }
    made = Subscription(**plain | changes)  # type: ignore[arg-type]
    return replace(made, next_due_at=next_due(now, made.hour, made.zone, made.weekdays))


async def subscribe(database: Path, *wishes: Subscription) -> None:
    store = open_store(f"sqlite:///{database}")
    for each in wishes:
        await store.subscriptions.insert(each)
    await store.close()
