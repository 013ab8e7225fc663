"""Local hours become UTC moments: each wanted local day exactly once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.schedules import (
    is_waking_hour,
    local_day,
    moment_of,
    next_due,
    scheduled_day,
)

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
ZONES = sorted(available_timezones())

moments = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
hours = st.times().map(lambda t: t.replace(second=0, microsecond=0))
zones = st.sampled_from(ZONES)


def days_of(zone: str, hour: time, start: datetime, count: int) -> list[tuple[datetime, date]]:
    found, now = [], start
    for _ in range(count):
        now = next_due(now, hour, zone, EVERY_DAY)
        found.append((now, scheduled_day(now, hour, zone)))
    return found


def test_a_weekday_morning_follows_the_weekend():
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert next_due(friday, time(9), "UTC", WEEKDAYS) == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_an_hour_that_the_spring_change_leaves_out_comes_one_gap_later():
    after = datetime(2026, 3, 8, 0, tzinfo=UTC)
    due = next_due(after, time(2, 30), "America/New_York", EVERY_DAY)
    assert due.astimezone(ZoneInfo("America/New_York")).time() == time(3, 30)
    assert scheduled_day(due, time(2, 30), "America/New_York") == date(2026, 3, 8)


def test_an_hour_that_the_autumn_change_doubles_is_its_first():
    after = datetime(2026, 11, 1, 0, tzinfo=UTC)
    due = next_due(after, time(1, 30), "America/New_York", EVERY_DAY)
    assert due == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert next_due(due, time(1, 30), "America/New_York", EVERY_DAY) == datetime(
        2026, 11, 2, 6, 30, tzinfo=UTC
    )


def test_lord_howe_with_its_half_hour_change_has_each_day_once():
    for start in (datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)):
        days = [day for _, day in days_of("Australia/Lord_Howe", time(1, 45), start, 10)]
        assert days == [days[0] + timedelta(days=n) for n in range(10)]


def test_kathmandu_keeps_its_three_quarters():
    due = next_due(datetime(2026, 11, 23, tzinfo=UTC), time(9), "Asia/Kathmandu", EVERY_DAY)
    assert due == datetime(2026, 11, 23, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize("hour", [time(0), time(0, 30), time(2, 30), time(9), time(23, 59)])
def test_every_zone_has_each_local_day_of_2026_once(hour: time):
    for zone in ZONES:
        first = next_due(datetime(2025, 12, 30, tzinfo=UTC), hour, zone, EVERY_DAY)
        start = scheduled_day(first, hour, zone)
        moments_of_year = [moment_of(start + timedelta(days=n), hour, zone) for n in range(370)]
        assert moments_of_year == sorted(set(moments_of_year)), zone


@settings(max_examples=300, deadline=None)
@given(moments, hours, zones, st.frozensets(st.integers(0, 6), min_size=1))
def test_the_next_hour_is_later_wanted_and_the_first_of_its_kind(after, hour, zone, weekdays):
    due = next_due(after, hour, zone, weekdays)
    day = scheduled_day(due, hour, zone)
    assert due > after
    assert due - after <= timedelta(days=8, hours=2)
    assert day.weekday() in weekdays
    assert moment_of(scheduled_day(due, hour, zone), hour, zone) == due
    between = [day - timedelta(days=n) for n in range(1, 10)]
    assert not any(
        d.weekday() in weekdays and after < moment_of(d, hour, zone) < due for d in between
    )


@settings(max_examples=200, deadline=None)
@given(moments, hours, zones)
def test_a_day_that_is_over_is_stepped_over(after, hour, zone):
    today = local_day(after, zone)
    due = next_due(after, hour, zone, EVERY_DAY, later_than=today)
    assert scheduled_day(due, hour, zone) > today


def test_a_schedule_without_days_is_refused():
    with pytest.raises(ValueError, match="weekdays"):
        next_due(datetime(2026, 1, 1, tzinfo=UTC), time(9), "UTC", frozenset())


def test_waking_hours_are_from_seven_to_ten_there():
    zone = "Asia/Tokyo"
    assert is_waking_hour(datetime(2026, 1, 1, 22, tzinfo=UTC), zone)  # 07:00 there
    assert not is_waking_hour(datetime(2026, 1, 1, 13, tzinfo=UTC), zone)  # 22:00 there
