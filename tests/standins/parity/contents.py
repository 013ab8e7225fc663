"""What a store holds before something is asked, the same on every platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from standins.office import FRIDAY, MONDAY, Office, paper_id
from standins.parity.said import Talk

from bot.models import (
    HUGGINGFACE,
    Alert,
    AlertState,
    Batch,
    Cadence,
    Layout,
    Paper,
    PullState,
    Ranking,
    Reader,
    SavedPaper,
    Sighting,
    Subscription,
    SubscriptionState,
    User,
)
from bot.schedules import next_due

ZONE = "Europe/Berlin"
THURSDAY = FRIDAY - timedelta(days=1)
MAMBA, SHEEP = paper_id(THURSDAY, 1), paper_id(THURSDAY, 2)
RICH = (
    Paper(
        MAMBA,
        "Mamba for Sheep",
        "We count sheep with a mamba. It is quick.",
        ("Ada Meadow", "Bert Fence"),
        categories=("cs.LG", "stat.ML"),
        keywords=("state space",),
        organisation="Institute of Pastures",
        code_url="https://github.com/example/sheep",
        project_url="https://example.org/sheep",
        version=2,
    ),
    Paper(SHEEP, "Mamba asleep", "A mamba that naps learns more.", ("Noor Solo",)),
)


async def nothing(office: Office, talk: Talk) -> None:
    """Not even a paper."""


async def papers(office: Office, talk: Talk) -> None:  # noqa: ARG001
    """Twelve of a Friday, two of the day before."""
    await office.list_papers(FRIDAY, {f"Diffusion of kind {n}": n for n in range(1, 13)})
    await list_rich(office)


async def list_rich(office: Office) -> None:
    """The two of which much is known."""
    sightings = [Sighting(each.id, HUGGINGFACE, THURSDAY, 7, 1) for each in RICH]
    batch = Batch(
        HUGGINGFACE,
        *(THURSDAY, THURSDAY),
        papers=RICH,
        sightings=tuple(sightings),
        days={THURSDAY: PullState.NEW},
        entries=len(RICH),
    )
    await office.store.papers.add(batch, office.now)


async def flood(office: Office, talk: Talk) -> None:
    """As many more as nobody reads."""
    await papers(office, talk)
    await office.list_papers(
        FRIDAY + timedelta(days=1), {f"Flood of kind {n}": n for n in range(1, 81)}
    )


def subscription(office: Office, talk: Talk, **changes: Any) -> Subscription:
    """The picks, at nine in Berlin, looked after by somebody else."""
    plain = Subscription(
        id=0,
        channel=talk.channel,
        hour=time(9),
        zone=ZONE,
        weekdays=frozenset(range(5)),
        filter="",
        size=10,
        ranking=Ranking.UPVOTES,
        layout=Layout.COMPACT,
        tell_empty=True,
        contact=User(talk.name, "bert", "bert"),
        state=SubscriptionState.ACTIVE,
        next_due_at=office.now,
        created_at=office.now,
        due_from=THURSDAY,
    )
    made = replace(plain, **changes)
    return replace(made, next_due_at=next_due(office.now, made.hour, made.zone, made.weekdays))


async def subscribed(office: Office, talk: Talk) -> None:
    """One subscription in the channel."""
    await papers(office, talk)
    await office.store.subscriptions.insert(subscription(office, talk))


def due(layout: Layout, size: int) -> Callable[[Office, Talk], Awaitable[None]]:
    """A digest of so many papers is due at nine, in this layout."""

    async def content(office: Office, talk: Talk) -> None:
        await (papers if size < 50 else flood)(office, talk)
        made = subscription(office, talk, layout=layout, size=size)
        await office.store.subscriptions.insert(made)

    return content


async def paused(office: Office, talk: Talk) -> None:
    """One, and it is paused."""
    await papers(office, talk)
    about = {"pause_reason": "paused by bert", "paused_at": office.now}
    made = subscription(office, talk, state=SubscriptionState.PAUSED, **about)
    await office.store.subscriptions.insert(made)


async def removed(office: Office, talk: Talk) -> None:
    """One, and it is removed."""
    await papers(office, talk)
    made = subscription(office, talk, state=SubscriptionState.REMOVED)
    await office.store.subscriptions.insert(made)


async def subscribed_twice(office: Office, talk: Talk) -> None:
    """Two in the channel."""
    await subscribed(office, talk)
    made = subscription(office, talk, hour=time(17, 30), filter="cat:cs.LG")
    await office.store.subscriptions.insert(made)


def alert(office: Office, talk: Talk, query: str, **changes: Any) -> Alert:
    """An alert of the asker."""
    made = Alert(0, talk.user, query, Cadence.DAILY, AlertState.ACTIVE, office.now)
    return replace(made, **changes)


async def alerted(office: Office, talk: Talk) -> None:
    """One alert, which has caught nothing yet."""
    await papers(office, talk)
    await office.store.alerts.keep_reader(Reader(talk.user, ZONE), office.now)
    await office.store.alerts.insert(alert(office, talk, "mamba"))


async def alert_paused(office: Office, talk: Talk) -> None:
    """One alert, and it is paused."""
    await papers(office, talk)
    await office.store.alerts.keep_reader(Reader(talk.user, ZONE), office.now)
    await office.store.alerts.insert(alert(office, talk, "mamba", state=AlertState.PAUSED))


async def many_alerts(office: Office, talk: Talk) -> None:
    """Twelve of them."""
    await papers(office, talk)
    await office.store.alerts.keep_reader(Reader(talk.user, ZONE), office.now)
    for number in range(12):
        await office.store.alerts.insert(alert(office, talk, f"mamba kind{number}"))


async def caught(office: Office, talk: Talk) -> None:
    """What an alert caught and no message brought: the person's are closed, and they are muted."""
    until = office.now + timedelta(days=9)
    reader = Reader(talk.user, ZONE, closed="shut", muted_until=until)
    await office.store.alerts.keep_reader(reader, office.now)
    await office.store.alerts.insert(alert(office, talk, "mamba"))
    await papers(office, talk)
    assert len(await office.store.alerts.inbox(talk.user, 9)) == 2


async def waiting(office: Office, talk: Talk) -> None:
    """An alert whose catch is due at nine."""
    await office.store.alerts.keep_reader(Reader(talk.user, ZONE), office.now)
    await office.store.alerts.insert(alert(office, talk, "mamba"))
    await papers(office, talk)


async def saved(office: Office, talk: Talk) -> None:
    """A reading list of two, one with a note."""
    await papers(office, talk)
    at = office.now - timedelta(days=1)
    for number, kept in enumerate((SavedPaper(MAMBA, at, "for Monday"), SavedPaper(SHEEP, at))):
        later = replace(kept, saved_at=at + timedelta(minutes=number))
        await office.store.reading.restore(talk.user, later)


async def known(office: Office, talk: Talk) -> None:
    """Somebody of whom everything is kept."""
    await caught(office, talk)
    await office.store.subscriptions.insert(subscription(office, talk, contact=talk.user))
    await office.store.reading.restore(talk.user, SavedPaper(MAMBA, office.now, "for Monday"))
    await office.store.completions.remember(talk.user, "mamba", office.now)


def at_nine(day: date = MONDAY) -> datetime:
    """A minute past nine in the morning in Berlin."""
    return datetime.combine(day, time(9, 1), ZoneInfo(ZONE))
