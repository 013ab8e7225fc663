"""People with alerts, as a store is given them, and what it has for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from standins.stock import NOW, message

from bot.models import Alert, AlertState, Cadence, Hit, Reader, User
from bot.ports import Bundle, Store, Waiting

ADA, BERT = User("wall", "ada", "Ada"), User("wall", "bert", "Bert")
TOMORROW_AT_NINE = NOW + timedelta(days=1)  # when a daily bundle of what is caught at NOW is due
MUCH_LATER = NOW + timedelta(days=400)
EVERYTHING = 10_000


async def meet(store: Store, user: User = ADA, **changes: object) -> Reader:
    """A person at nine UTC on weekdays, but for the changes."""
    reader = replace(Reader(user, "UTC"), **changes)  # type: ignore[arg-type]
    await store.alerts.keep_reader(reader, NOW)
    return reader


async def ask(
    store: Store,
    query: str,
    user: User = ADA,
    cadence: Cadence = Cadence.DAILY,
    at: datetime = NOW,
) -> Alert:
    """A new alert of a person."""
    return await store.alerts.insert(Alert(0, user, query, cadence, AlertState.ACTIVE, at))


async def put(store: Store, alert: Alert, state: AlertState) -> Alert:
    """Pause, resume or remove an alert."""
    revised = await store.alerts.revise(alert.id, lambda now: replace(now, state=state))
    assert revised
    return revised


async def waiting(store: Store, user: User = ADA, at: datetime = MUCH_LATER) -> list[Hit]:
    """The hits of a person that are due at a moment, first seen first."""
    due = await store.alerts.due([user.platform], at, EVERYTHING)
    return [hit for each in due if each.reader.user == user for hit in each.hits]


async def caught(
    store: Store, user: User = ADA, at: datetime = MUCH_LATER
) -> dict[str, tuple[int, ...]]:
    """By paper the alerts that caught it, of what is due to a person at a moment."""
    return {hit.paper_id: hit.alert_ids for hit in await waiting(store, user, at)}


async def kept(store: Store, user: User = ADA) -> list[str]:
    """The papers in a person's inbox, newest first."""
    return [hit.paper_id for hit in await store.alerts.inbox(user, EVERYTHING)]


def bundle_of(due: Waiting, *parts: Sequence[str]) -> Bundle:
    """All that is due to a person, in messages with these papers."""
    return Bundle(due.reader, due.hits, tuple(message(*part) for part in parts))


async def bring(store: Store, at: datetime, *parts: Sequence[str]) -> int:
    """Freeze what is due to the one person who waits, in messages with these papers."""
    [due] = await store.alerts.due([ADA.platform], at, EVERYTHING)
    return await store.alerts.issue([bundle_of(due, *parts)], at)
