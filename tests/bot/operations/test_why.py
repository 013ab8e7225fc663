"""`paperboy why`: every story that the rows can tell, over a real store with a chosen clock."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest
from standins.office import CHANNEL, FRIDAY, MONDAY, Office, plain
from standins.shell import Inside

from bot.delivery import Postman
from bot.editions import Newsroom
from bot.errors import ChannelGoneError, TemporaryDeliveryError, UserError
from bot.models import (
    Layout,
    PullState,
    Ranking,
    Subscription,
    SubscriptionState,
    User,
)
from bot.operations.why import why
from storage import open_store

WEEKDAYS = frozenset(range(5))
TITLES = {"Mamba": 5, "Jamba": 3, "Samba": 1}


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


@dataclass
class Desk:
    """One channel, posted to at 09:00 UTC on weekdays, and its operator."""

    office: Office
    subscription: Subscription
    newsroom: Newsroom = field(init=False)
    postman: Postman = field(init=False)

    def __post_init__(self) -> None:
        store, wall = self.office.store, self.office.wall
        pack = lambda _, message: wall.pack(message)  # noqa: E731
        self.newsroom = Newsroom(store.papers, store.pulls, store.subscriptions, pack)
        self.postman = Postman(
            store.deliveries,
            store.subscriptions,
            store.alerts,
            {"wall": wall},
            holder="here",
            clock=self.office.clock,
        )

    async def post(self, now: datetime) -> None:
        self.office.now = now
        await self.newsroom.post_due(now, at(FRIDAY, 8))
        await self.postman.send_waiting()

    async def why(self, day: date | None = None) -> str:
        return plain(await why(self.office.store, "papers", day, self.office.now))

    async def revise(self, **changes: object) -> None:
        await self.office.store.subscriptions.revise(
            self.subscription.id, partial(replace, **changes)
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path}/papers.db")
    office = Office(store)
    office.now = at(FRIDAY, 8)
    subscription = Subscription(
        id=0,
        channel=CHANNEL,
        hour=time(9),
        zone="UTC",
        weekdays=WEEKDAYS,
        filter="",
        size=2,
        ranking=Ranking.UPVOTES,
        layout=Layout.COMPACT,
        tell_empty=True,
        contact=User("wall", "ada", "Ada"),
        state=SubscriptionState.ACTIVE,
        next_due_at=at(FRIDAY),
        created_at=office.now,
    )
    yield Desk(office, await store.subscriptions.insert(subscription))
    await store.close()


async def test_an_edition_with_papers_is_told_step_by_step(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, TITLES)
    await desk.post(at(FRIDAY, 9, 5))
    told = await desk.why()
    assert "#1 The Hugging Face picks, Monday to Friday at 09:00 UTC, top 2 by upvotes" in told
    assert "Due: Fri 20 Nov, 09:00 (09:00 UTC)." in told
    assert "Edition: made Fri 20 Nov, 09:05 (5 minutes late)." in told
    assert "Window: the first edition here; 3 papers listed, 3 of them due" in told
    assert "2 shown." in told
    assert "Delivery: part 1 of 1 sent Fri 20 Nov, 09:05; the platform answered edition:" in told
    assert "Hugging Face: Fri 20 Nov new, 3 papers." in told


async def test_a_silent_edition_is_told_as_one(desk: Desk) -> None:
    await desk.revise(filter="zebra")
    await desk.office.list_papers(FRIDAY, TITLES)
    await desk.post(at(FRIDAY))
    told = await desk.why(FRIDAY)
    assert "Edition: made Fri 20 Nov, 09:00 (nothing was to be said)." in told
    assert "3 papers listed, 0 of them due" in told
    assert "Delivery" not in told


async def test_the_edition_after_an_absence_explains_the_days_before_it(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, TITLES)
    await desk.post(at(MONDAY, 11))
    assert "(the one after an absence" in await desk.why(MONDAY)
    told = await desk.why(FRIDAY)
    assert "No edition: Paperboy was not running at that hour" in told
    assert "came with the one edition for the whole time away, Mon 23 Nov, 11:00." in told


async def test_a_day_that_is_none_of_its_days_is_told(desk: Desk) -> None:
    await desk.post(at(FRIDAY))
    desk.office.now = at(MONDAY, 8)
    told = await desk.why(FRIDAY + timedelta(days=1))
    assert "Due: not on Sat 21 Nov: Saturday is none of its days." in told
    assert "No edition: not one of its days. The next is due Mon 23 Nov, 09:00." in told


async def test_a_day_before_subscribing_is_told(desk: Desk) -> None:
    told = await desk.why(FRIDAY - timedelta(days=3))
    assert "No edition: it was subscribed after that, Fri 20 Nov, 08:00." in told


async def test_an_hour_that_is_still_to_come_is_told(desk: Desk) -> None:
    assert "No edition yet. The next is due Fri 20 Nov, 09:00." in await desk.why()


async def test_a_pause_is_told_with_its_reason(desk: Desk) -> None:
    await desk.post(at(FRIDAY))
    await desk.revise(
        state=SubscriptionState.PAUSED, paused_at=at(FRIDAY, 12), pause_reason="paused by Ada"
    )
    desk.office.now = at(MONDAY, 12)
    told = await desk.why()
    assert "No edition: paused since Fri 20 Nov, 12:00 (paused by Ada)." in told
    assert "Edition: made" in await desk.why(FRIDAY)  # the pause came later


async def test_waiting_for_a_source_is_told_with_the_source(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, {}, PullState.BROKEN)
    await desk.post(at(FRIDAY, 9, 30))
    told = await desk.why()
    assert "No edition yet: it is due and not made. It waits for a source (below)" in told
    assert "Hugging Face: Fri 20 Nov broken, 0 papers." in told


async def test_trouble_in_the_window_is_told(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, {}, PullState.BROKEN)
    await desk.post(at(FRIDAY, 10, 45))
    told = await desk.why()
    assert "It said: No new papers: Hugging Face gave no valid answer for Fri 20 Nov." in told
    assert "Trouble in the window: Hugging Face was broken for Fri 20 Nov." in told


async def test_a_delivery_that_waits_is_told_with_what_the_platform_answered(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, TITLES)
    desk.office.wall.closed = TemporaryDeliveryError("rate limited")
    await desk.post(at(FRIDAY))
    assert "part 1 of 1 waits to be sent; the last problem: rate limited." in await desk.why()


async def test_a_delivery_that_was_given_up_is_told(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, TITLES)
    desk.office.wall.closed = TemporaryDeliveryError("rate limited")
    for hours in (0, 10, 25):
        await desk.post(at(FRIDAY) + timedelta(hours=hours))
    told = await desk.why(FRIDAY)
    assert "part 1 of 1 given up" in told
    assert "the last problem: rate limited." in told


async def test_a_closed_channel_is_told(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, TITLES)
    desk.office.wall.closed = ChannelGoneError("the channel is closed to the bot")
    await desk.post(at(FRIDAY))
    told = await desk.why()
    assert "; paused now." in told
    assert "part 1 of 1 paused with its channel" in told


async def test_a_filter_of_another_version_is_told_and_breaks_nothing(desk: Desk) -> None:
    await desk.revise(filter="colour:blue")
    assert "Its filter can't be read: there is no field colour:" in await desk.why()


async def test_forgotten_deliveries_are_told(desk: Desk) -> None:
    await desk.office.list_papers(FRIDAY, TITLES)
    await desk.post(at(FRIDAY))
    later = at(FRIDAY) + timedelta(days=100)
    await desk.office.store.keeper.prune(later, timedelta(days=90), timedelta(days=730))
    desk.office.now = later
    assert "its rows were forgotten since (RETENTION_DAYS)" in await desk.why(FRIDAY)


async def test_an_unknown_channel_lists_the_known_ones(desk: Desk) -> None:
    with pytest.raises(UserError, match=r"called nowhere; there are wall:lab:papers$"):
        await why(desk.office.store, "nowhere", None, desk.office.now)


@pytest.mark.parametrize("name", ["#papers", "papers", "wall:lab:papers"])
async def test_a_channel_is_known_by_its_name_id_and_key(desk: Desk, name: str) -> None:
    assert (await why(desk.office.store, name, None, desk.office.now)).title == "Why: #papers"


async def test_why_and_digest_on_the_shell(inside: Inside) -> None:
    nobody = await inside("why", "lab")
    assert nobody == (2, "", "paperboy: no channel is subscribed yet\n")
    await inside("pull", "--source", "huggingface")
    await inside("papers", "subscribe", "09:00", "UTC", "every day", "-c", "lab")
    unknown = await inside("digest", "-c", "nowhere", "--preview")
    listed = "no subscribed channel is called nowhere; there are console:local:lab"
    assert unknown == (2, "", f"paperboy: {listed}\n")
    preview = await inside("digest", "-c", "lab", "--preview")
    assert "This would be posted now to console:local:lab (#1); nothing is." in preview.out
    posted = await inside("digest", "-c", "#lab")
    digest = preview.out.split("nothing is.\n")[1].strip()
    assert posted.out.strip() == f"in #lab\n\n{digest}"
    twice = await inside("digest", "-c", "lab")
    assert "today's edition was made already" in " ".join(twice.out.split())
    told = await inside("why", "lab")
    assert "Delivery: part 1 of 1 sent" in told.out
    wrong = await inside("why", "lab", "tomorrow")
    assert wrong == (2, "", "paperboy: DATE wants a date such as 2026-10-31\n")
