"""The ports PullLog and ValidatorStore: how pulls ended, which days were had, what to ask anew."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from standins.sources import SourceStandin
from standins.stock import DAY, NOW, ONE_DAY, batch, paper, seen

from bot.announcements import is_listing_day, listing_day
from bot.app import open_app
from bot.models import ARXIV, HUGGINGFACE, SEVERITY, Pull, PullState, SourceDay
from bot.settings import Settings

NEW, QUIET, HOLIDAY, STALE, PARTIAL, BROKEN = SEVERITY
FEED = "https://example.org/feed"


async def day_after(store, *answers, day=DAY):
    """How a day stands after these answers, an hour between them."""
    for hours, answer in enumerate(answers):
        await store.papers.add(answer, NOW + timedelta(hours=hours))
    [found] = await store.pulls.days(answers[0].source, day, day)
    return found


def empty(state):
    return batch(state=state)


async def test_a_day_keeps_its_state_its_papers_and_when_it_was_had(store):
    found = await day_after(store, batch([paper(1), paper(2)]))
    assert found == SourceDay(HUGGINGFACE, DAY, NEW, 2, checked_at=NOW, complete_at=NOW)


@pytest.mark.parametrize("state", PullState)
async def test_only_a_day_with_papers_and_a_holiday_are_complete(store, state):
    found = await day_after(store, empty(state))
    assert (found.state, found.papers, found.checked_at) == (state, 0, NOW)
    assert found.complete_at == (NOW if state in {NEW, HOLIDAY} else None)


@pytest.mark.parametrize("state", [QUIET, HOLIDAY, STALE])
async def test_an_empty_answer_in_place_of_a_known_list_is_broken(store, state):
    found = await day_after(store, batch([paper(1)]), empty(state))
    assert (found.state, found.papers) == (BROKEN, 1)
    assert (found.checked_at, found.complete_at) == (NOW + timedelta(hours=1), NOW)


@pytest.mark.parametrize("state", [QUIET, HOLIDAY, STALE])
async def test_an_empty_answer_in_place_of_guesses_is_none_the_worse(store, state):
    guess = batch([paper(1)], [seen(1, source=ARXIV, estimated=True)], source=ARXIV)
    found = await day_after(store, guess, batch(source=ARXIV, state=state))
    assert found.state is (NEW if state is QUIET else state)


async def test_a_day_that_lists_what_is_known_is_new_and_not_quiet(store):
    found = await day_after(store, batch([paper(1)]), batch([paper(1)], state=QUIET))
    assert found.state is NEW
    assert found.complete_at == NOW + timedelta(hours=1)


async def test_what_was_had_once_stays_had_after_a_loss(store):
    found = await day_after(store, batch([paper(1)]), empty(PARTIAL))
    assert (found.state, found.complete_at) == (PARTIAL, NOW)


async def test_the_sightings_of_another_source_fill_no_day(store):
    await store.papers.add(batch([paper(1)], [seen(1, source=ARXIV)], source=ARXIV), NOW)
    found = await day_after(store, empty(HOLIDAY))
    assert (found.state, found.papers) == (HOLIDAY, 0)


async def test_days_come_oldest_first_without_those_never_asked_for(store):
    asked = [DAY, DAY - 3 * ONE_DAY, DAY - ONE_DAY]
    for day in asked:
        await store.papers.add(batch(day=day, state=HOLIDAY), NOW)
    days = await store.pulls.days(HUGGINGFACE, DAY - 2 * ONE_DAY, DAY)
    assert [each.day for each in days] == [DAY - ONE_DAY, DAY]
    assert await store.pulls.days(ARXIV, DAY - 9 * ONE_DAY, DAY) == []
    assert len(await store.pulls.days(HUGGINGFACE, date.min, date.max)) == 3


async def test_validators_are_kept_with_the_answer_they_stand_for(store):
    assert await store.validators.validators(FEED) == ("", "")
    for tag in ("one", "two"):
        await store.papers.add(batch([paper(1)], validators={FEED: (tag, "Mon")}), NOW)
        assert await store.validators.validators(FEED) == (tag, "Mon")
    assert await store.validators.validators(f"{FEED}/other") == ("", "")


@pytest.mark.parametrize(
    "loss",
    [
        {"days": {DAY: PARTIAL}},
        {"days": {DAY: NEW, DAY - ONE_DAY: BROKEN}},
        {"problems": ("an entry was lost",)},
        {"papers": (), "sightings": (), "days": {DAY: QUIET}},  # in place of a known list
    ],
)
async def test_validators_are_not_kept_where_anything_was_lost(store, loss):
    whole = batch([paper(1)], validators={FEED: ("one", "")})
    await store.papers.add(whole, NOW)
    await store.papers.add(replace(whole, validators={FEED: ("two", "")}, **loss), NOW)
    assert await store.validators.validators(FEED) == ("one", "")


def pull(state, hours=0, source=HUGGINGFACE, **told):
    began = NOW + timedelta(hours=hours)
    return replace(Pull(source, DAY, DAY, began, began + timedelta(minutes=1), state), **told)


async def test_pulls_are_remembered_as_they_ended(store):
    assert await store.pulls.latest(HUGGINGFACE) is None
    assert await store.pulls.last_complete(HUGGINGFACE) is None
    counts = {"entries": 9, "new": 4, "updated": 3, "unchanged": 2, "malformed": 1}
    first = pull(NEW, problem="an entry \ud800 was lost", **counts)
    await store.pulls.record(first)
    known = replace(first, problem="an entry ? was lost")
    assert await store.pulls.latest(HUGGINGFACE) == known
    await store.pulls.record(pull(BROKEN, source=ARXIV))
    assert await store.pulls.latest(HUGGINGFACE) == known


@pytest.mark.parametrize("state", PullState)
async def test_the_last_complete_pull_is_the_last_that_lost_nothing(store, state):
    await store.pulls.record(pull(NEW))
    await store.pulls.record(pull(state, hours=1))
    latest = await store.pulls.latest(HUGGINGFACE)
    assert latest.state is state
    complete = NOW + timedelta(minutes=1)
    if state not in {PARTIAL, BROKEN}:
        complete += timedelta(hours=1)
    assert await store.pulls.last_complete(HUGGINGFACE) == complete


async def test_a_step_of_a_backfill_says_nothing_of_today(store):
    today = pull(BROKEN)
    await store.pulls.record(today)
    long_ago = DAY - timedelta(days=100)
    await store.pulls.record(pull(NEW, hours=1, since=long_ago, until=long_ago))
    assert await store.pulls.latest(HUGGINGFACE) == today
    assert await store.pulls.last_complete(HUGGINGFACE) is None


async def test_the_steps_of_a_backfill_say_nothing_of_how_a_source_stands(store):
    long_ago = {"since": DAY - 90 * ONE_DAY, "until": DAY - 2 * ONE_DAY}
    await store.pulls.record(pull(NEW, **long_ago))
    assert await store.pulls.latest(HUGGINGFACE) is None
    assert await store.pulls.last_complete(HUGGINGFACE) is None
    reached = pull(QUIET, 1, since=DAY - 7 * ONE_DAY, until=DAY - ONE_DAY)  # New York's day
    await store.pulls.record(reached)
    await store.pulls.record(pull(BROKEN, 2, **long_ago))
    assert await store.pulls.latest(HUGGINGFACE) == reached
    assert await store.pulls.last_complete(HUGGINGFACE) == reached.finished_at


async def had(store, source, *days):
    for number, day in enumerate(days):
        await store.papers.add(batch([paper(number)], source=source, day=day), NOW)


async def test_the_reach_goes_back_to_the_first_gap(store):
    assert await store.pulls.reach(ARXIV) is None
    thursday, friday, monday = DAY - 4 * ONE_DAY, DAY - 3 * ONE_DAY, DAY
    await had(store, ARXIV, thursday - 2 * ONE_DAY, thursday, friday, monday)
    assert await store.pulls.reach(ARXIV) == thursday  # over a weekend, to the Wednesday
    assert await store.pulls.reach(HUGGINGFACE) is None


async def test_days_that_are_still_being_pulled_do_not_shorten_the_reach(store):
    await had(store, HUGGINGFACE, DAY - ONE_DAY, DAY)
    await store.papers.add(batch(day=DAY + ONE_DAY, state=QUIET), NOW)
    assert await store.pulls.reach(HUGGINGFACE) == DAY - ONE_DAY


async def test_a_day_that_was_lost_ends_the_reach(store):
    tuesday, wednesday = DAY + ONE_DAY, DAY + 2 * ONE_DAY
    await had(store, HUGGINGFACE, DAY, wednesday)
    await store.papers.add(batch(day=tuesday, state=PARTIAL), NOW)
    assert await store.pulls.reach(HUGGINGFACE) == wednesday


async def test_archives_are_added_once(store):
    assert await store.pulls.archives() == {}
    assert await store.pulls.add_archives(["math", "hep-th", "math"], NOW) == ["math", "hep-th"]
    later = NOW + ONE_DAY
    assert await store.pulls.add_archives(["math", "econ"], later) == ["econ"]
    assert await store.pulls.add_archives([], later) == []
    assert await store.pulls.archives() == {"econ": later, "hep-th": NOW, "math": NOW}


async def complete_days(store, source):
    days = await store.pulls.days(source, date.min, date.max)
    return [each.day for each in days if each.complete_at]


async def test_a_new_archive_opens_the_last_seven_days_of_arxiv_and_no_others(store):
    span = [DAY - n * ONE_DAY for n in range(10, -1, -1)]
    for source in (ARXIV, HUGGINGFACE):
        await had(store, source, *span)
    await store.pulls.add_archives(["math"], NOW)
    assert await complete_days(store, ARXIV) == span[:3]
    assert await complete_days(store, HUGGINGFACE) == span
    await had(store, ARXIV, *span)
    await store.pulls.add_archives(["math"], NOW)  # it is no new one now
    assert await complete_days(store, ARXIV) == span


def of_archive(found, name):
    return {
        each.paper.id
        for each in found
        if any(category.split(".")[0] == name for category in each.paper.categories)
    }


async def test_the_next_pull_brings_the_last_seven_days_of_a_newly_wanted_archive(url, tmp_path):
    now = NOW.replace(hour=18)  # the day's announcement is out
    today = listing_day(ARXIV, now)
    async with SourceStandin(clock=now.timestamp) as standin:
        settings = Settings(
            _env_file=None,
            paperboy_home=tmp_path,
            database_url=url,
            default_zone="UTC",
            huggingface_url=standin.url,
            arxiv_rss_url=standin.url,
            arxiv_api_url=standin.url,
            arxiv_spacing_seconds=0,
            arxiv_archives=("stat",),
        )
        async with open_app(settings, clock=lambda: now) as app:
            await app.ingest.pull_recent(ARXIV)
            asked = len(standin.requests)
            await app.ingest.pull_recent(ARXIV)
            again = len(standin.requests) - asked
            assert await app.ingest.want_archives(["hep-th"], now) == ["hep-th"]
            await app.ingest.pull_recent(ARXIV)
            for back in range(8):
                day = today - back * ONE_DAY
                found = await app.store.papers.listed(day, day, [ARXIV], 999)
                assert bool(of_archive(found, "hep-th")) == is_listing_day(ARXIV, day), day
                assert bool(of_archive(found, "stat")) == is_listing_day(ARXIV, day), day
    assert again == 1  # else the days would have been asked for anyhow
