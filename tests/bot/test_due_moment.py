"""What an alert caught is brought at an hour of the person's own, never while they are muted."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bundles import due_moment
from bot.models import Cadence, Reader, User
from bot.schedules import moment_of, scheduled_day

ADA = User("wall", "ada", "Ada")
READER = Reader(ADA, "Europe/Berlin")
THURSDAY = datetime(2026, 11, 12, 11, tzinfo=UTC)  # noon in Berlin
BERLIN = ZoneInfo("Europe/Berlin")

moments = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
readers = st.builds(
    Reader,
    st.just(ADA),
    st.sampled_from(sorted(available_timezones())),
    st.times().map(lambda hour: hour.replace(second=0, microsecond=0)),
    st.frozensets(st.integers(0, 6), min_size=1),
)


def in_berlin(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def test_a_daily_hit_waits_for_the_next_hour_of_the_person():
    assert due_moment(READER, Cadence.DAILY, THURSDAY) == in_berlin(13, 9)


def test_a_daily_hit_of_friday_noon_waits_over_the_weekend():
    assert due_moment(READER, Cadence.DAILY, in_berlin(13, 12)) == in_berlin(16, 9)


def test_a_hit_at_the_very_hour_comes_with_the_next_bundle():
    assert due_moment(READER, Cadence.DAILY, in_berlin(12, 9)) == in_berlin(13, 9)


def test_the_hour_stays_on_the_wall_over_a_clock_change():
    friday_before = datetime(2026, 10, 23, 12, tzinfo=BERLIN)
    due_at = due_moment(READER, Cadence.DAILY, friday_before)
    assert due_at == datetime(2026, 10, 26, 8, tzinfo=UTC)  # it was 07:00 UTC on Friday


@pytest.mark.parametrize(
    ("at", "due_at"),
    [
        (in_berlin(12, 8), in_berlin(12, 8)),
        (in_berlin(12, 19, 59), in_berlin(12, 19, 59)),
        (in_berlin(12, 20), in_berlin(13, 8)),
        (in_berlin(12, 7, 59), in_berlin(12, 8)),
        (in_berlin(12, 0), in_berlin(12, 8)),
        (in_berlin(14, 12), in_berlin(14, 12)),  # a Saturday
        (in_berlin(14, 22), in_berlin(15, 8)),
    ],
)
def test_at_once_is_at_once_by_day_and_eight_in_the_morning_by_night(at, due_at):
    assert due_moment(READER, Cadence.AT_ONCE, at) == due_at


@pytest.mark.parametrize("cadence", Cadence)
@pytest.mark.parametrize(
    ("muted_until", "due_at"),
    [
        (in_berlin(18, 0), in_berlin(18, 9)),
        (in_berlin(18, 9), in_berlin(18, 9)),
        (in_berlin(18, 9, 1), in_berlin(19, 9)),
        (in_berlin(21, 0), in_berlin(23, 9)),  # a Saturday
    ],
)
def test_what_is_caught_in_a_mute_comes_with_the_first_bundle_after_it(
    cadence, muted_until, due_at
):
    muted = replace(READER, muted_until=muted_until)
    assert due_moment(muted, cadence, THURSDAY) == due_at


def test_a_mute_that_is_over_holds_nothing_back():
    muted = replace(READER, muted_until=THURSDAY)
    assert due_moment(muted, Cadence.AT_ONCE, THURSDAY) == THURSDAY


@settings(max_examples=300, deadline=None)
@given(readers, moments)
def test_a_daily_bundle_comes_at_an_hour_of_the_person(reader, at):
    due_at = due_moment(reader, Cadence.DAILY, at)
    assert at < due_at <= at + timedelta(days=8, hours=2)
    day = scheduled_day(due_at, reader.hour, reader.zone)
    assert moment_of(day, reader.hour, reader.zone) == due_at


@settings(max_examples=300, deadline=None)
@given(readers, moments)
def test_nobody_is_told_at_once_by_night(reader, at):
    due_at = due_moment(reader, Cadence.AT_ONCE, at)
    assert at <= due_at <= at + timedelta(hours=14)
    local = due_at.astimezone(ZoneInfo(reader.zone)).time()
    assert time(8) <= local < time(20)
    assert due_at == at or local < time(10)  # 08:00, or a gap later


@settings(max_examples=300, deadline=None)
@given(readers, moments, st.timedeltas(timedelta(seconds=1), timedelta(days=60)))
def test_all_that_is_caught_in_a_mute_is_due_at_one_moment_after_it(reader, at, span):
    muted = replace(reader, muted_until=at + span)
    due_at = due_moment(muted, Cadence.DAILY, at)
    assert due_at >= at + span
    later = at + span - timedelta.resolution
    assert due_moment(muted, Cadence.AT_ONCE, later) == due_at
