"""Small papers, batches, messages and editions, as a store is given them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from standins.wishes import wish

from bot.models import (
    HUGGINGFACE,
    Batch,
    Channel,
    Delivery,
    Edition,
    EditionKind,
    Paper,
    Payload,
    PullState,
    Sighting,
    Subscription,
)
from bot.ports import Issue, Store

DAY = date(2026, 11, 9)  # a Monday
NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
LEASE = timedelta(seconds=60)
WALL = Channel("wall", "lab", "papers", "Papers")
DOOR = Channel("wall", "lab", "door", "Door")


def paper(number: int, **known: object) -> Paper:
    """A paper of which only the id and the title are known, but for what is named."""
    return Paper(**{"id": f"2611.{number:05}", "title": f"Paper {number}"} | known)  # type: ignore[arg-type]


def ids(*numbers: int) -> tuple[str, ...]:
    """The ids of the papers with these numbers."""
    return tuple(paper(number).id for number in numbers)


def seen(number: int, day: date = DAY, source: str = HUGGINGFACE, **told: object) -> Sighting:
    """A listing of the paper with this number."""
    return Sighting(paper(number).id, source, day, **told)  # type: ignore[arg-type]


def batch(
    papers: Sequence[Paper] = (),
    sightings: Sequence[Sighting] | None = None,
    *,
    source: str = HUGGINGFACE,
    day: date = DAY,
    state: PullState = PullState.NEW,
    **told: object,
) -> Batch:
    """One answered day; without sightings it lists each of the papers."""
    if sightings is None:
        sightings = [Sighting(each.id, source, day) for each in papers]
    answer = Batch(source, day, day, tuple(papers), tuple(sightings), days={day: state})
    return replace(answer, **told)  # type: ignore[arg-type]


def message(*papers: str, text: str = "") -> Payload:
    """A message that holds these papers."""
    return Payload(f'{{"text": "{text}"}}', text, papers)


async def subscribed(store: Store, channel: Channel = WALL, **changes: object) -> Subscription:
    """A subscription that was due at NOW, kept in the store."""
    made = replace(wish(channel, NOW - ONE_DAY), next_due_at=NOW)
    return await store.subscriptions.insert(replace(made, **changes))  # type: ignore[arg-type]


def edition_of(
    subscription: Subscription, paper_ids: Sequence[str] = (), **told: object
) -> Edition:
    """The edition of a subscription's next hour, made a second after it."""
    due_at = subscription.next_due_at
    plain = Edition(
        subscription.id,
        due_at.date(),
        EditionKind.REGULAR,
        due_at=due_at,
        made_at=due_at + timedelta(seconds=1),
        window_from=subscription.covered_until,
        window_until=due_at + timedelta(seconds=1),
        candidates=len(paper_ids),
        due=len(paper_ids),
        paper_ids=tuple(paper_ids),
    )
    return replace(plain, **told)  # type: ignore[arg-type]


def issue_of(
    subscription: Subscription,
    *parts: Sequence[str],
    passed: Sequence[str] = (),
    threaded: bool = False,
    **told: object,
) -> Issue:
    """An edition of as many messages as there are parts, each of them the ids of its papers."""
    edition = edition_of(subscription, [i for part in parts for i in part], **told)
    following = subscription.next_due_at + ONE_DAY
    after = replace(subscription, next_due_at=following, covered_until=edition.window_until)
    return Issue(edition, after, tuple(message(*part) for part in parts), tuple(passed), threaded)


async def stocked(store: Store, *numbers: int) -> None:
    """Papers with these numbers, listed on DAY by Hugging Face."""
    await store.papers.add(batch([paper(number) for number in numbers]), NOW)


async def claim(
    store: Store, holder: str = "me", at: datetime = NOW, limit: int = 9
) -> list[Delivery]:
    """What a holder gets that asks for anything on the wall."""
    return await store.deliveries.claim(["wall"], holder, at, LEASE, limit)


async def send_all(store: Store, at: datetime, holder: str = "me") -> list[Delivery]:
    """Send all that is due; returns it in the order it went out."""
    out: list[Delivery] = []
    while claimed := await claim(store, holder, at):
        for delivery in claimed:
            await store.deliveries.sent(delivery, f"ref-{delivery.key}", at)
        out += claimed
    return out


async def shown(store: Store, subscription: Subscription, *numbers: int) -> set[str]:
    """Which of these papers the subscription's channel was shown."""
    asked = [(subscription, DAY, ids(*numbers))]
    return set((await store.subscriptions.histories(asked))[subscription.id].shown)
