"""What a channel is promised, tried as days of a real store and real HTTP, a tick at a time."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from standins.office import Wall, button, message, plain
from standins.papers import announced_on, opened_at, papers_of
from standins.sources import SourceStandin

from bot.app import App, open_app
from bot.messages import Invocation, Message
from bot.models import ARXIV, HUGGINGFACE, Channel, Payload, PullState, User
from bot.settings import Settings
from bot.sources.client import PoliteClient

MONDAY, FRIDAY = date(2026, 10, 19), date(2026, 10, 23)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REACHED = datetime(2026, 10, 2, 9, tzinfo=UTC)  # a Friday: the last edition before an absence
BACK = datetime(2026, 10, 21, 9, tzinfo=UTC)  # and the end of it, 19 days later
ADA = User("wall", "ada", "Ada")


class Posts(Wall):
    """A wall that tells the papers of each message of a channel."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str, tuple[str, ...]]] = []

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:
        self.sent.append((channel.id, payload.plain, payload.paper_ids))
        return await super().send(channel, payload, key, reply_to)

    def times(self, channel: str, paper_id: str) -> int:
        return sum(ids.count(paper_id) for place, _, ids in self.sent if place == channel)

    def papers(self, channel: str) -> list[str]:
        return [each for place, _, ids in self.sent if place == channel for each in ids]

    def texts(self, channel: str) -> list[str]:
        return [text for place, text, _ in self.sent if place == channel]


@dataclass
class Days:
    """Paperboy, at moments that we choose."""

    home: Path
    now: datetime
    standin: SourceStandin = field(init=False)
    posts: Posts = field(default_factory=Posts)
    app: App = field(init=False)
    asked: int = 0

    @asynccontextmanager
    async def running(self):
        url = self.standin.url
        addresses = {"huggingface_url": url, "arxiv_rss_url": url, "arxiv_api_url": url}
        spacing = {"huggingface_spacing_seconds": 0, "arxiv_spacing_seconds": 0}
        plain_settings = {"paperboy_home": self.home, "default_zone": "UTC"}
        settings = Settings(_env_file=None, **addresses, **spacing, **plain_settings)
        client = partial(PoliteClient, first_wait=timedelta(0), longest_wait=timedelta(0))
        async with open_app(settings, clock=lambda: self.now, make_client=client) as self.app:
            self.app.platforms["wall"] = self.posts
            await self.app.jobs.hold_lease()
            yield self

    async def tick(self, now: datetime) -> None:
        """What happens in a minute in which an edition may be due."""
        self.now = now
        await self.app.jobs.hold_lease()
        await self.app.jobs.post_due()
        await self.app.postman.send_waiting()

    async def pull(self) -> None:
        for name in self.app.ingest.sources:
            await self.app.jobs.pull(name)

    async def ask(self, line: str, channel: str = "lab", zone: str = "") -> Message:
        verb, args = self.app.commands.read(line)
        self.asked += 1
        asking = Invocation(
            verb,
            args,
            Channel("wall", "us", channel, f"#{channel}"),
            ADA,
            self.now,
            f"ask{self.asked}",
            may_manage=True,
            zone=zone,
        )
        return message(await self.app.commands.answer(asking))

    def requests_for(self, day: date) -> int:
        return sum(seen.query.get("date") == day.isoformat() for seen in self.standin.requests)


@pytest.fixture
async def days(tmp_path):
    made = Days(tmp_path, datetime(2026, 10, 19, 8, tzinfo=UTC))
    # All that a day lists is there from its beginning, so that what was due can be counted.
    made.standin = SourceStandin(
        clock=lambda: datetime.timestamp(made.now), remaining=10**6, grows=False
    )
    async with made.standin:
        yield made


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def picked(first: date, last: date) -> set[str]:
    span = [first + n * DAY for n in range((last - first).days + 1)]
    return {paper.id for day in span for paper in papers_of(day)}


def pick_late(standin: SourceStandin, paper, day: date, upvotes: int) -> None:
    """Hugging Face lists this paper on that day, and on no other."""
    ordinary = standin.list_of

    def list_of(asked: date) -> list[dict[str, object]]:
        items = [item for item in ordinary(asked) if item["paper"]["id"] != paper.id]
        if asked == day and standin.now() >= opened_at(day):
            item = standin._item(paper, day, timedelta(hours=1))
            item["paper"] = {**item["paper"], "upvotes": upvotes}
            items.append(item)
        return items

    standin.list_of = list_of


# --- one paper, shown once


@pytest.mark.parametrize("later", [2, 4, 7])
async def test_what_arxiv_announced_and_hugging_face_picks_days_later_is_shown_once(days, later):
    paper = next(p for p in reversed(announced_on(MONDAY)) if p.categories[0] == "cs.LG")
    pick_late(days.standin, paper, MONDAY + later * DAY, upvotes=500)
    filters = {
        "picks": "size:3",
        "cat": "size:3 filter:cat:cs.LG",
        "hf": "size:3 filter:source:huggingface",
        "arxiv": "size:50 filter:source:arxiv",
    }
    async with days.running():
        await days.pull()
        for channel, settings in filters.items():
            await days.ask(f"subscribe daily {settings}", channel)
        for n in range(later + 3):
            await days.tick(nine(MONDAY + n * DAY))
    assert {channel: days.posts.times(channel, paper.id) for channel in filters} == dict.fromkeys(
        filters, 1
    )


async def test_a_paper_that_goes_from_3_to_60_votes_overnight_is_shown_once(days):
    paper, votes = papers_of(MONDAY)[0], {"now": 3}
    ordinary = days.standin._item

    def item(each, day, age):
        made = ordinary(each, day, age)
        upvotes = votes["now"] if each.id == paper.id else 5 + each.rank % 9
        return made | {"paper": made["paper"] | {"upvotes": upvotes}}

    days.standin._item = item
    async with days.running():
        await days.pull()
        await days.ask("subscribe daily size:3")
        await days.tick(nine(MONDAY))
        assert days.posts.times("lab", paper.id) == 0
        votes["now"] = 60
        for n in (1, 2, 3):
            await days.tick(nine(MONDAY + n * DAY))
    assert days.posts.times("lab", paper.id) == 1
    assert days.posts.sent[2][2][0] == paper.id  # first of the next morning


# --- absences


async def test_an_edition_after_an_absence_waits_until_the_time_away_was_pulled(days):
    await _until_the_absence(days, "filter:source:arxiv size:50")
    before = set(days.posts.papers("lab"))
    days.now = BACK
    async with days.running():
        # The pull of a month of arXiv takes minutes: longer than an edition waits for its refresh.
        assert await days.app.newsroom.post_due(BACK, BACK) == 0
        await days.pull()
        assert await days.app.newsroom.post_due(BACK, BACK) == 1
        [edition] = await days.app.store.subscriptions.editions(1, 1)
    away = [announced_on(REACHED.date() + n * DAY) for n in range(1, 20)]
    announced = {
        paper.id
        for batch in away
        for paper in batch
        if any(term.startswith(("cs.", "stat.")) for term in paper.categories)
    }
    assert edition.due == len(announced - before)


async def test_days_that_fail_after_an_absence_are_asked_for_again_and_not_lost(days):
    await _until_the_absence(days, "size:50")
    ordinary = days.standin._daily
    days.standin._daily = lambda query: (
        (500, {}) if query["date"] < "2026-10-12" else ordinary(query)
    )
    async with days.running():
        await days.tick(BACK)
        await days.tick(BACK + HOUR)
        assert len(days.posts.sent) == 2  # the proof and the edition before: it waits
        days.standin._daily = ordinary
        await days.tick(BACK + HOUR + timedelta(minutes=10))
        [edition] = await days.app.store.subscriptions.editions(1, 1)
    assert edition.due == len(picked(date(2026, 10, 3), BACK.date()))


async def test_what_comes_too_late_for_the_edition_after_an_absence_comes_in_the_next(days):
    await _until_the_absence(days, "daily size:50")
    ordinary = days.standin._daily
    days.standin._daily = lambda query: (
        (500, {}) if query["date"] < "2026-10-12" else ordinary(query)
    )
    async with days.running():
        await days.tick(BACK)
        await days.tick(BACK + 2 * HOUR)  # patience has ended
        assert "gave no valid answer" in days.posts.texts("lab")[-1]
        days.standin._daily = ordinary
        before = set(days.posts.papers("lab"))
        await days.tick(BACK + DAY)
        [edition] = await days.app.store.subscriptions.editions(1, 1)
    owed = picked(date(2026, 10, 3), BACK.date() + DAY) - before
    assert edition.due == len(owed)
    assert set(edition.paper_ids) <= owed


async def test_an_absence_before_the_first_edition_loses_nothing(days):
    days.now = datetime(2026, 10, 2, 10, tzinfo=UTC)
    async with days.running():
        await days.pull()
        await days.ask("subscribe size:50")
    async with days.running():
        await days.tick(BACK)
        [edition] = await days.app.store.subscriptions.editions(1, 1)
    assert edition.due == len(picked(date(2026, 10, 2), BACK.date()))


async def test_post_the_latest_now_after_an_absence_brings_all_of_the_time_away(days):
    await _until_the_absence(days, "size:50")
    async with days.running():
        await days.tick(BACK.replace(hour=2))  # night there: put off until nine
        await days.ask("subscriptions now")
        [edition] = await days.app.store.subscriptions.editions(1, 1)
        assert edition.due == len(picked(date(2026, 10, 3), BACK.date()))
        said = await days.ask("subscriptions now")
    assert "Today's digest is out already" in plain(said)


async def test_sixty_days_away_give_one_edition_for_the_last_31(days):
    await _until_the_absence(days, "size:50")
    async with days.running():
        end = REACHED + 60 * DAY
        await days.tick(end)
        await days.tick(end + HOUR)
        [edition, _] = await days.app.store.subscriptions.editions(1, 9)
    assert edition.heading.startswith("While Paperboy was away")
    assert edition.shown == 100
    assert edition.due == len(picked(end.date() - 31 * DAY, end.date()))


async def test_categories_of_all_the_time_away_are_asked_for_before_its_edition(days):
    await _until_the_absence(days, "filter:cat:cs size:50")
    async with days.running():
        await days.tick(BACK)
        lacking = await days.app.store.papers.lacking_categories(
            BACK.date() - 31 * DAY, BACK + DAY, 100
        )
    assert lacking == []


async def _until_the_absence(days: Days, settings: str) -> None:
    days.now = REACHED - HOUR
    async with days.running():
        await days.pull()
        await days.ask(f"subscribe {settings}")
        await days.tick(REACHED)


# --- the clock


@pytest.mark.parametrize("ahead", [DAY, 365 * DAY])
async def test_a_clock_that_was_ahead_for_a_while_stops_neither_pulls_nor_editions(days, ahead):
    async with days.running():
        await days.tick(days.now)
        await days.ask("subscribe daily size:50")
        await days.tick(nine(MONDAY))
        await days.tick(nine(MONDAY) + ahead)
        await days.tick(nine(MONDAY) + HOUR)
        await days.app.jobs.mend_schedule()
        await days.ask("subscriptions change time:10:00")
        [there] = await days.app.store.subscriptions.every()
        assert there.next_due_at <= datetime(2026, 10, 21, 10, tzinfo=UTC)
        for n in (1, 2, 3):
            await days.tick(nine(MONDAY) + n * DAY + HOUR)
        assert days.requests_for(MONDAY + 3 * DAY) > 0
    shown = days.posts.papers("lab")
    assert picked(MONDAY, MONDAY + 3 * DAY) <= set(shown)
    assert len(shown) == len(set(shown))


# --- the first minute, and archives


async def test_the_first_pull_brings_seven_listing_days_and_the_rest_comes_newest_first(days):
    async with days.running():
        await days.pull()
        week = await days.app.store.pulls.days(HUGGINGFACE, date.min, MONDAY)
        listing = [day for day in week if day.papers]
        first = await days.app.ingest.backfill_step(HUGGINGFACE)
        second = await days.app.ingest.backfill_step(HUGGINGFACE)
        said = await days.ask("search lanterns")
    assert len(listing) == 7
    assert (first.day, second.day) == (week[0].day - DAY, week[0].day - 2 * DAY)
    assert "search reaches back to Wed 7 Oct 2026" in said.subtitle


async def test_an_archive_of_the_settings_is_not_told_as_new(days):
    async with days.running():
        await days.pull()
        said = await days.ask("subscribe filter:cat:cs.LG")
        assert "on their way" not in plain(said)
        assert await days.app.store.pulls.reach(ARXIV) is not None


async def test_an_archive_that_is_named_just_before_the_hour_is_in_the_first_edition(days):
    days.now = nine(MONDAY) - timedelta(minutes=3)
    async with days.running():
        await days.pull()
        days.now += timedelta(minutes=1)
        said = await days.ask("subscribe filter:cat:math.ST size:50")
        assert "math are on their way" in plain(said)
        await days.tick(nine(MONDAY))
    expected = {paper.id for paper in announced_on(MONDAY) if "math.ST" in paper.categories}
    assert expected <= set(days.posts.papers("lab"))


async def test_the_latest_on_a_saturday_is_what_arxiv_announced_on_friday(days):
    saturday = FRIDAY + DAY
    pick_late(days.standin, announced_on(MONDAY)[0], saturday, upvotes=3)
    days.now = nine(saturday)
    async with days.running():
        await days.pull()
        await days.ask("subscribe filter:cat:cs.CL size:50")
        await days.ask("subscriptions now")
        await days.app.postman.send_waiting()
    expected = {paper.id for paper in announced_on(FRIDAY) if "cs.CL" in paper.categories}
    assert expected <= set(days.posts.papers("lab"))


# --- what was cut


@pytest.mark.parametrize("zone", ["Australia/Sydney", "America/Los_Angeles", "UTC"])
async def test_the_whole_day_is_a_press_away_from_where_the_day_has_another_name(days, zone):
    days.now = datetime(2026, 10, 19, 20, tzinfo=UTC)
    async with days.running():
        await days.pull()
        await days.ask(f"subscribe daily 19:00 {zone} size:3")
        [there] = await days.app.store.subscriptions.every()
        await days.tick(there.next_due_at)
        _, edition_message = await days.app.newsroom.preview(there, days.now + DAY)
        pressed = button(edition_message, "The whole day")
        when = pressed.args["when"]
        said = await days.ask(f"today {when}", zone=zone)
    assert said.cards
    assert said.title.startswith("The day's papers")


# --- days without papers


@pytest.mark.parametrize(("empty", "told"), [("yes", 1), ("no", 0)])
async def test_a_holiday_is_told_at_its_start_and_at_its_end_once(days, empty, told):
    thursday = date(2026, 11, 26)  # Thanksgiving
    days.standin.announcement = lambda day, names: (
        [] if day in {thursday, thursday + DAY} else _announcement(days.standin, day, names)
    )
    days.now = nine(thursday - 2 * DAY) - HOUR
    async with days.running():
        await days.pull()
        await days.ask(f"subscribe daily size:50 filter:source:arxiv empty:{empty}")
        for n in range(7):
            await days.tick(nine(thursday + (n - 2) * DAY))
    said = "\n".join(days.posts.texts("lab"))
    assert said.count("arXiv lists nothing on") == told
    assert said.count("arXiv lists papers again after the break") == told


async def test_yesterdays_announcement_under_todays_date_is_stale_and_loses_nothing(days):
    tuesday = MONDAY + DAY
    async with days.running():
        await days.pull()
        await days.ask("subscribe daily size:50 filter:source:arxiv")
        await days.tick(nine(MONDAY))
        days.standin.announcement = lambda _, names: _announcement(days.standin, MONDAY, names)
        await days.tick(nine(tuesday))
        [day] = await days.app.store.pulls.days(ARXIV, tuesday, tuesday)
        assert (day.state, day.papers, day.complete_at) == (PullState.STALE, 0, None)
        await days.tick(nine(tuesday) + 2 * HOUR)
        assert "arXiv has listed nothing for Tue 20 Oct yet" in days.posts.texts("lab")[-1]
        del days.standin.announcement
        await days.tick(nine(tuesday + DAY))
    announced = {
        paper.id
        for day in (MONDAY, tuesday, tuesday + DAY)
        for paper, kind in days.standin.announcement(day, ["cs", "stat"])
        if kind != "replace"
    }
    assert set(days.posts.papers("lab")) == announced


async def test_a_fault_that_ends_on_a_weekend_is_told_at_its_start_and_at_its_end_once(days):
    async with days.running():
        await days.pull()
        await days.ask("subscribe daily size:50")
        await days.tick(nine(MONDAY))
        days.standin.pages["/api/daily_papers"] = (503, {}, b"no")
        for n in range(1, 5):
            await days.tick(nine(MONDAY + n * DAY))
            await days.tick(nine(MONDAY + n * DAY) + 2 * HOUR)
        del days.standin.pages["/api/daily_papers"]
        for n in range(5, 9):
            await days.tick(nine(MONDAY + n * DAY))
    said = "\n".join(days.posts.texts("lab"))
    assert said.count("gave no valid answer") == 1
    assert said.count("lists papers again after the trouble") == 1
    assert said.count("lists papers again after the break") == 1
    assert days.posts.texts("lab")[-4].count("after the trouble") == 1  # Saturday, with its papers


def _announcement(standin: SourceStandin, day: date, names: list[str]):
    return SourceStandin.announcement(standin, day, names)
