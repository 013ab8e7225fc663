"""What alerts catch, over weeks: real store, real HTTP, the clock an argument."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from standins.papers import StandinPaper, announced_on, final_upvotes, papers_of
from standins.world import STEP, Wall, World, open_world

from bot.alerting import Bundler
from bot.messages import Invocation, Message
from bot.models import DIRECT, Channel, Payload, User
from storage import open_store

MONDAY = datetime(2026, 10, 19, 6, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)
ROOM = Channel("wall", "lab", "room", "#room")
ADA, BERT, CORA = (User("wall", name, name.capitalize()) for name in ("ada", "bert", "cora"))
BERLIN, NEW_YORK, KATHMANDU = "Europe/Berlin", "America/New_York", "Asia/Kathmandu"


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path, MONDAY) as made:
        yield made


async def ask(world: World, user: User, verb: str, **args: str) -> Message:
    world.asked = getattr(world, "asked", 0) + 1
    asked = Invocation(verb, args, ROOM, user, world.now, f"ask{world.asked}")
    answer = await world.app.commands.answer(asked)
    assert isinstance(answer, Message)
    return answer


async def add(world: World, user: User, query: str, zone: str, **args: str) -> None:
    await ask(world, user, "alert add", query=query, zone=zone, sure="yes", **args)


def bundles(world: World, user: User) -> list[tuple[datetime, tuple[str, ...], str]]:
    """(when, papers, text) of what a person was sent, but for confirming lines."""
    return [
        (at, payload.paper_ids, payload.plain)
        for at, place, payload in world.wall.posts
        if place == user.id and payload.paper_ids
    ]


def brought(world: World, user: User) -> list[str]:
    return world.wall.papers(user.id)


def listed(first: date, last: date) -> list[StandinPaper]:
    """All that arXiv or Hugging Face list on these days, in the end."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = {paper.id: paper for day in days for paper in (*announced_on(day), *papers_of(day))}
    pulled = ("cs", "stat")
    return [p for p in found.values() if any(c.partition(".")[0] in pulled for c in p.categories)]


def picked(first: date, last: date) -> list[StandinPaper]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return list({paper.id: paper for day in days for paper in papers_of(day)}.values())


def local_times(world: World, user: User, zone: str) -> set[time]:
    return {at.astimezone(ZoneInfo(zone)).time() for at, _, _ in bundles(world, user)}


async def test_over_a_fortnight_each_person_gets_each_paper_once_at_their_hour(world):
    """Papers rise in votes, get their categories, are announced by arXiv and picked days later;
    Berlin's clocks go back on the way.
    """
    async with world.running():
        await add(world, ADA, "gradients OR lanterns", BERLIN)
        await add(world, ADA, "upvotes:>=40", BERLIN)
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await ask(world, ADA, "alert hours", cap="50", weekdays="daily")
        await add(world, BERT, "rivers", NEW_YORK)
        await ask(world, BERT, "alert hours", cap="50")
        await add(world, CORA, "cat:cs.CL", KATHMANDU, when="at once")
        await ask(world, CORA, "alert hours", cap="50")
        await world.until(MONDAY + FORTNIGHT + timedelta(hours=9))
        kept = {hit.paper_id for hit in await world.app.store.alerts.inbox(ADA, 999)}
    for user in (ADA, BERT, CORA):
        assert [i for i, times in Counter(brought(world, user)).items() if times > 1] == []
    assert local_times(world, ADA, BERLIN) == {time(9)}
    assert local_times(world, BERT, NEW_YORK) == {time(9)}
    days = [at.date() for at, _, _ in bundles(world, BERT)]
    assert len(set(days)) == len(days) >= 9
    assert all(day.weekday() < 5 for day in days)
    assert all(time(8) <= at < time(20) for at in local_times(world, CORA, KATHMANDU))
    assert time(9) not in local_times(world, CORA, KATHMANDU)
    # What was listed up to the day before the last bundle has been brought.
    first, last = MONDAY.date(), (MONDAY + FORTNIGHT - timedelta(days=3)).date()
    papers = listed(first, last)
    words = {p.id for p in papers if p.title.split()[1] in {"Gradients", "Lanterns"}}
    risen = {p.id for p in picked(first, last) if final_upvotes(p) >= 40}
    category = {p.id for p in papers if "cs.LG" in p.categories}
    assert kept & set(brought(world, ADA)) == set()
    assert (words | risen | category) - kept - set(brought(world, ADA)) == set()
    assert len(kept) < 50  # the week before, which the first pull brought at once
    assert {p.id for p in papers if p.title.split()[1] == "Rivers"} - set(brought(world, BERT)) == (
        set()
    )
    assert {p.id for p in papers if "cs.CL" in p.categories} - set(brought(world, CORA)) == set()
    assert len(words - risen - category) > 5
    assert len(risen - words - category) > 5


async def test_a_bundle_is_cut_and_the_rest_is_in_the_inbox(world):
    async with world.running():
        await add(world, ADA, "source:arxiv", BERLIN)
        await world.until(MONDAY + timedelta(days=1, hours=3))
        _, shown, text = bundles(world, ADA)[-1]
        assert len(shown) == 10
        assert text.startswith("Top 10 of ")
        rest = await ask(world, ADA, "alert inbox")
        texts = [text for _, _, text in bundles(world, ADA)]
        more = sum(int(text.split("And ")[1].split(" more")[0]) for text in texts)
        assert rest.title == f"Your inbox: {more} papers"
        kept = await world.app.store.alerts.inbox(ADA, 999)
        assert not set(brought(world, ADA)) & {hit.paper_id for hit in kept}


async def test_after_a_mute_there_is_one_bundle_that_says_since_when(world):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await world.until(MONDAY + timedelta(days=1, hours=3))
        before = len(bundles(world, ADA))
        await ask(world, ADA, "alert mute", until="2026-10-31")
        await world.until(datetime(2026, 11, 2, 7, tzinfo=UTC))
        assert len(bundles(world, ADA)) == before
        await world.until(datetime(2026, 11, 2, 9, tzinfo=UTC))
        [(at, shown, text)] = bundles(world, ADA)[before:]
        assert at == datetime(2026, 11, 2, 8, tzinfo=UTC)
        assert len(shown) == 10
        assert text.startswith("While your alerts were muted, 21 Oct – 2 Nov: top 10 of ")
        await world.until(datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert "muted" not in bundles(world, ADA)[-1][2]
    assert len(bundles(world, ADA)) == before + 2


async def test_a_closed_door_loses_nothing_and_opens_again(world):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await ask(world, ADA, "alert hours", cap="50")
        await world.until(MONDAY + timedelta(days=1, hours=3))
        first = set(brought(world, ADA))
        world.wall.closed.add(ADA.id)
        await world.until(MONDAY + timedelta(days=2, hours=3))
        reader = await world.app.store.alerts.reader(ADA)
        assert reader.closed == "closed to the bot"
        kept = await world.app.store.alerts.inbox(ADA, 200)
        assert kept
        said = await ask(world, ADA, "alert inbox")
        assert "Paperboy can't write to you" in str(said.lines)
        world.wall.closed.clear()
        await ask(world, ADA, "alert inbox", door="try")
        await world.until(MONDAY + timedelta(days=3, hours=3))
    shown = brought(world, ADA)
    assert len(shown) == len(set(shown))
    assert {hit.paper_id for hit in kept} <= set(shown)
    assert not {hit.paper_id for hit in kept} & first


async def test_what_was_missed_at_night_waits_for_the_day(world):
    async with world.running():
        await world.until(MONDAY + timedelta(hours=2))
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await world.until(datetime(2026, 10, 20, 6, 45, tzinfo=UTC))
    world.now = datetime(2026, 10, 21, 1, tzinfo=UTC)
    async with world.running():
        await world.until(datetime(2026, 10, 21, 6, 45, tzinfo=UTC))
        assert bundles(world, ADA) == []
        await world.until(datetime(2026, 10, 21, 7, 15, tzinfo=UTC))
    [(at, _, _)] = bundles(world, ADA)
    assert at == datetime(2026, 10, 21, 7, tzinfo=UTC)


async def test_what_was_missed_comes_at_once_by_day(world):
    async with world.running():
        await world.until(MONDAY + timedelta(hours=2))
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await world.until(datetime(2026, 10, 20, 6, 45, tzinfo=UTC))
    world.now = datetime(2026, 10, 20, 12, tzinfo=UTC)
    async with world.running():
        await world.until(world.now + STEP)
    assert len(bundles(world, ADA)) == 1


@pytest.mark.parametrize("when", ["daily", "at once"])
async def test_a_platform_that_is_not_connected_keeps_nobody_waiting(world, when):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN, when=when)
        await add(world, User("wall", "bert", "Bert"), "cat:cs.LG", BERLIN, when=when)
        await world.until(datetime(2026, 10, 20, 6, 45, tzinfo=UTC))
        alerts, papers = world.app.store.alerts, world.app.store.papers
        noon = datetime(2026, 10, 20, 10, tzinfo=UTC)
        before = len(world.wall.posts)
        assert await Bundler(alerts, papers, {}).bring_due(noon) == 0
        assert await Bundler(alerts, papers, {}).bring_due(noon) == 0
        assert len(world.wall.posts) == before
        world.now = datetime(2026, 10, 21, 7, 15, tzinfo=UTC)
        await world.app.jobs.bring_alerts()
        await world.app.postman.send_waiting()
    assert bundles(world, ADA)[-1][1]
    assert bundles(world, BERT)[-1][1]


class Choosy(Wall):
    """A wall that can't pack what is for one person."""

    is_broken = True

    def pack(self, message: Message) -> list[Payload]:
        if self.is_broken and "#1 " in str(message.cards[0].why):
            raise ValueError("a card without a corner")
        return super().pack(message)


async def test_a_person_whose_bundle_can_not_be_made_stops_nobody_and_gets_it_later(world, capsys):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await add(world, BERT, "cat:cs.LG", BERLIN)
        await world.until(datetime(2026, 10, 20, 6, 45, tzinfo=UTC))
        alerts, papers = world.app.store.alerts, world.app.store.papers
        wall = Choosy(lambda: world.now)
        bundler, nine = (
            Bundler(alerts, papers, {"wall": wall}),
            datetime(2026, 10, 20, 7, tzinfo=UTC),
        )
        assert await bundler.bring_due(nine) == 1
        assert "a bundle can't be made" in capsys.readouterr().out
        assert await alerts.due(["wall"], nine + timedelta(hours=1), 9) == []
        [waiting] = await alerts.due(["wall"], nine + timedelta(days=1), 9)
        assert waiting.reader.user == ADA
        wall.is_broken = False
        assert await bundler.bring_due(nine + timedelta(days=1)) == 1


async def test_a_zone_that_there_is_no_more_stops_nobody(world):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await add(world, BERT, "cat:cs.LG", BERLIN)
        await world.until(datetime(2026, 10, 20, 6, 45, tzinfo=UTC))
        with closing(sqlite3.connect(world.app.store.path, isolation_level=None)) as db:
            db.execute("UPDATE readers SET zone = 'Europe/Atlantis' WHERE id = 'ada'")
        for _ in range(2):
            world.now = datetime(2026, 10, 20, 7, tzinfo=UTC)
            await world.app.jobs.bring_alerts()
        await world.app.postman.send_waiting()
        assert (await world.app.store.alerts.reader(ADA)).zone == "UTC"
    assert brought(world, ADA)
    assert brought(world, BERT)


async def test_people_of_a_platform_that_is_not_connected_cost_no_writing(world):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN, when="at once")
        await world.until(datetime(2026, 10, 20, 6, 45, tzinfo=UTC))
        alerts, papers = world.app.store.alerts, world.app.store.papers
        noon, written = datetime(2026, 10, 20, 10, tzinfo=UTC), []
        for each in world.app.store._engine._open:
            each.conn.set_trace_callback(written.append)
        assert await Bundler(alerts, papers, {"far": world.wall}).bring_due(noon) == 0
    assert [sql for sql in written if sql.startswith(("UPDATE", "INSERT", "BEGIN IMM"))] == []


async def test_what_asks_for_categories_waits_for_those_of_what_hugging_face_picks(world):
    async with world.running():
        await add(world, ADA, "source:huggingface -cat:cs.LG", "UTC", when="at once")
        world.now = MONDAY + timedelta(hours=3)
        await world.app.jobs.pull("huggingface")
        assert await world.app.store.alerts.due(["wall"], MONDAY + FORTNIGHT, 9) == []
        await world.app.jobs.pull("arxiv")
        [due] = await world.app.store.alerts.due(["wall"], MONDAY + FORTNIGHT, 9)
        caught = await world.app.store.papers.get([hit.paper_id for hit in due.hits])
        known = {each.id: each for each in picked(MONDAY.date() - timedelta(days=9), MONDAY.date())}
    assert caught
    assert all("cs.LG" not in known[each.paper.id].categories for each in caught)


async def test_what_came_while_the_clock_was_ahead_is_brought_when_it_is_right_again(world):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN)
        world.now = MONDAY + timedelta(days=6)
        await world.until(MONDAY + timedelta(days=6, minutes=30))
        world.now = MONDAY + timedelta(hours=2)
        await world.app.jobs.mend_schedule()
        await world.until(MONDAY + timedelta(days=1, hours=2))
    assert brought(world, ADA)


async def test_two_processes_bring_a_bundle_once(world):
    async with world.running():
        await add(world, ADA, "cat:cs.LG", BERLIN)
        await add(world, BERT, "cat:cs.LG", BERLIN)
        await world.until(datetime(2026, 10, 20, 6, 45, tzinfo=UTC))
        at, before = datetime(2026, 10, 20, 7, tzinfo=UTC), len(world.wall.posts)
        other = open_store(world.app.settings.store_url)
        platforms = {"wall": world.wall}
        bundlers = [
            Bundler(store.alerts, store.papers, platforms) for store in (world.app.store, other)
        ]
        made = await asyncio.gather(*(bundler.bring_due(at) for bundler in bundlers * 2))
        await other.close()
        world.now = at
        assert sum(made) == 2
        await world.app.postman.send_waiting()
    assert len(world.wall.posts) == before + 2


async def test_somebody_whose_direct_messages_hold_a_subscription_too_is_paused_whole(world):
    async with world.running():
        await world.subscribe(ADA.id, channel=Channel("wall", DIRECT, ADA.id, "Ada"))
        await add(world, ADA, "cat:cs.LG", "UTC")
        world.wall.closed.add(ADA.id)
        await world.until(MONDAY + timedelta(days=2, hours=4))
        [subscription] = await world.app.store.subscriptions.every()
        assert subscription.pause_reason == "closed to the bot"
        assert (await world.app.store.alerts.reader(ADA)).closed
        assert await world.app.store.alerts.inbox(ADA, 99)
