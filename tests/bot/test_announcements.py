from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.announcements import (
    CALENDAR_ENDS,
    EASTERN,
    calendar_warning,
    empty_state,
    estimated_listing_day,
    is_listing_day,
    listing_day,
    listing_due_at,
    previous_listing_days,
    submissions_of,
    why_no_listing,
)
from bot.models import ARXIV, HUGGINGFACE, SAMPLE, PullState

DAY = timedelta(days=1)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
sources = st.sampled_from([ARXIV, HUGGINGFACE, SAMPLE])


def eastern(*args: int) -> datetime:
    return datetime(*args, tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (eastern(2026, 3, 4, 21, 29, 59), date(2026, 3, 4)),
        (eastern(2026, 3, 4, 21, 30), date(2026, 3, 5)),
        (datetime(2026, 3, 5, 2, 30, tzinfo=UTC), date(2026, 3, 5)),
        (datetime(2026, 7, 2, 1, 29, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 2, 1, 30, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_hugging_face_turns_the_page_at_half_past_nine_in_new_york(
    now: datetime, expected: date
) -> None:
    assert listing_day(HUGGINGFACE, now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (eastern(2026, 3, 4, 23, 59, 59), date(2026, 3, 4)),
        (eastern(2026, 3, 5, 0, 0), date(2026, 3, 5)),
        (datetime(2026, 7, 2, 3, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 2, 4, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_arxivs_feed_is_out_at_midnight_eastern(now: datetime, expected: date) -> None:
    assert listing_day(ARXIV, now) == expected


@given(sources, days)
def test_a_day_is_the_newest_from_the_moment_it_is_due(source: str, day: date) -> None:
    due = listing_due_at(source, day)
    assert due.tzinfo is UTC
    assert listing_day(source, due) == day
    assert listing_day(source, due - timedelta(seconds=1)) == day - DAY


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        (eastern(2026, 3, 2, 13, 59, 59), date(2026, 3, 3)),  # Monday, before the deadline
        (eastern(2026, 3, 2, 14, 0), date(2026, 3, 4)),  # Monday, at the deadline
        (eastern(2026, 3, 5, 12, 0), date(2026, 3, 6)),  # Thursday: announced that evening
        (eastern(2026, 3, 5, 15, 0), date(2026, 3, 9)),  # Thursday afternoon: Sunday evening
        (eastern(2026, 3, 6, 13, 0), date(2026, 3, 9)),  # Friday: Sunday evening
        (eastern(2026, 3, 6, 14, 0), date(2026, 3, 10)),  # Friday afternoon: Monday evening
        (eastern(2026, 3, 7, 10, 0), date(2026, 3, 10)),  # Saturday
        (eastern(2026, 3, 8, 23, 0), date(2026, 3, 10)),  # Sunday
        (datetime(2026, 7, 1, 17, 59, tzinfo=UTC), date(2026, 7, 2)),  # summer time
        (datetime(2026, 7, 1, 18, 0, tzinfo=UTC), date(2026, 7, 3)),
        (eastern(2026, 11, 25, 10, 0), date(2026, 11, 30)),  # Thanksgiving and the day after
    ],
)
def test_a_submission_is_listed_by_arxivs_timetable(submitted: datetime, expected: date) -> None:
    assert estimated_listing_day(submitted) == expected


@given(moments)
def test_an_estimated_day_is_a_listing_day_that_comes_after_the_submission(
    moment: datetime,
) -> None:
    day = estimated_listing_day(moment)
    assert is_listing_day(ARXIV, day)
    assert moment < listing_due_at(ARXIV, day) < moment + timedelta(days=8)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_who_submits_later_is_never_listed_earlier(moment: datetime, later: timedelta) -> None:
    assert estimated_listing_day(moment) <= estimated_listing_day(moment + later)


@given(days)
def test_the_submissions_of_a_day_are_those_estimated_for_it(day: date) -> None:
    day = previous_listing_days(ARXIV, day, 1)[0]
    first, end = submissions_of(day)
    second = timedelta(seconds=1)
    assert estimated_listing_day(first) == day == estimated_listing_day(end - second)
    assert estimated_listing_day(first - second) < day < estimated_listing_day(end)


def test_weekends_and_holidays_are_no_listing_days() -> None:
    assert why_no_listing(HUGGINGFACE, date(2026, 3, 7)) == "weekend"
    assert why_no_listing(ARXIV, date(2026, 3, 8)) == "weekend"
    for holiday in (date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 29), date(2027, 1, 1)):
        assert why_no_listing(ARXIV, holiday) == "arXiv holiday"
        assert why_no_listing(HUGGINGFACE, holiday) == ""
    assert is_listing_day(ARXIV, date(2026, 11, 25))


@given(sources, days, st.integers(1, 30))
def test_previous_listing_days_leave_none_out(source: str, until: date, count: int) -> None:
    found = previous_listing_days(source, until, count)
    assert found == sorted(set(found), reverse=True)
    assert len(found) == count
    span = [until - DAY * back for back in range((until - found[-1]).days + 1)]
    assert [day for day in span if is_listing_day(source, day)] == found


@given(sources, days, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_an_empty_answer_is_judged_by_the_day_and_the_hour(
    source: str, day: date, late: timedelta
) -> None:
    state = empty_state(source, day, listing_due_at(source, day) + late)
    if not is_listing_day(source, day):
        assert state is PullState.HOLIDAY
    else:
        overdue = late >= timedelta(hours=3)
        assert state is (PullState.STALE if overdue else PullState.QUIET)


def test_the_calendar_warns_before_and_after_its_end() -> None:
    assert calendar_warning(CALENDAR_ENDS - timedelta(days=31)) == ""
    assert "ends on 2026-12-31" in calendar_warning(CALENDAR_ENDS - timedelta(days=30))
    assert "ended on 2026-12-31" in calendar_warning(CALENDAR_ENDS + DAY)


@given(days, st.times())
def test_the_newest_day_never_goes_back(day: date, moment: datetime) -> None:
    at = datetime.combine(day, time(moment.hour, moment.minute), UTC)
    for source in (ARXIV, HUGGINGFACE):
        assert listing_day(source, at) <= listing_day(source, at + timedelta(minutes=1))
