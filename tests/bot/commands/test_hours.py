from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.hours import Span, read_day, read_time, read_weekdays
from bot.commands.settling import WEEKDAYS
from bot.commands.telling import tell_weekdays
from bot.commands.values import fits
from bot.errors import UserError

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        *(("9", time(9)), ("9:30", time(9, 30)), ("09:30", time(9, 30)), ("0930", time(9, 30))),
        *(("9am", time(9)), ("9 pm", time(21)), ("9 p.m.", time(21)), ("21.15", time(21, 15))),
        *(("12am", time(0)), ("12 PM", time(12)), ("9h30", time(9, 30)), ("noon", time(12))),
        *(("at 7 pm", time(19)), ("at noon", time(12))),
        *(("midnight", time(0)), ("0", time(0)), ("23:59", time(23, 59)), ("9h", time(9))),
    ],
)
def test_times_are_read_as_people_type_them(text: str, hour: time) -> None:
    assert read_time(text) == hour


@pytest.mark.parametrize("text", ["24:00", "9:60", "13pm", "0am", "9m", "nine", "", "9:3", "-9"])
def test_what_is_no_time_is_refused_with_the_way_to_write_one(text: str) -> None:
    with pytest.raises(UserError, match="write it like 09:00 or 9 pm"):
        read_time(text)


@given(st.times())
def test_every_minute_of_a_day_is_read_as_it_is_told(hour: time) -> None:
    assert read_time(f"{hour:%H:%M}") == hour.replace(second=0, microsecond=0, fold=0)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        *(("mon-fri", "01234"), ("Mo,We,Fri", "024"), ("sat-sun", "56"), ("fri-mon", "4560")),
        *(("daily", "0123456"), ("weekdays", "01234"), ("every day", "0123456"), ("sun", "6")),
        *(("Monday to Friday", "01234"), ("mon, wed and fri", "024"), ("weekends", "56")),
        *(("every weekday", "01234"), ("every morning", "0123456"), ("mondays", "0")),
        *(("every monday and thursday", "03"),),
    ],
)
def test_weekdays_are_read_as_people_type_them(text: str, days: str) -> None:
    assert read_weekdays(text) == {int(day) for day in days}


@pytest.mark.parametrize("text", ["", ",", "m-f", "monkey", "mon-", "never"])
def test_what_names_no_days_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="mon-fri"):
        read_weekdays(text)


@given(st.sets(st.integers(0, 6), min_size=1).map(frozenset))
def test_weekdays_are_told_in_words_that_are_read_back(days: frozenset[int]) -> None:
    assert read_weekdays(tell_weekdays(days)) == days


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("today", date(2026, 11, 23), date(2026, 11, 23)),
        ("Yesterday", date(2026, 11, 22), date(2026, 11, 22)),
        ("2026-11-20", date(2026, 11, 20), date(2026, 11, 20)),
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("week", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-2", date(2026, 2, 1), date(2026, 2, 28)),
        ("month", date(2026, 11, 1), date(2026, 11, 30)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("monday", date(2026, 11, 23), date(2026, 11, 23)),
        ("tuesday", date(2026, 11, 17), date(2026, 11, 17)),
    ],
)
def test_days_weeks_and_months_are_read(text: str, since: date, until: date) -> None:
    span = read_day(text, TODAY)
    assert (span.since, span.until) == (since, until)
    assert span.open == (text in {"today", "week", "month"})


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("Fri 20 Nov", date(2026, 11, 20), date(2026, 11, 20)),
        ("Friday, 20 November 2026", date(2026, 11, 20), date(2026, 11, 20)),
        ("nov 20", date(2026, 11, 20), date(2026, 11, 20)),
        ("20 Dec", date(2025, 12, 20), date(2025, 12, 20)),
        ("last week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("October", date(2026, 10, 1), date(2026, 10, 31)),
        ("last monday", date(2026, 11, 16), date(2026, 11, 16)),
        ("tomorrow", date(2026, 11, 24), date(2026, 11, 24)),  # its list is out the evening before
    ],
)
def test_days_are_read_as_people_and_paperboy_write_them(
    text: str, since: date, until: date
) -> None:
    assert read_day(text, TODAY) == Span(since, until)


@pytest.mark.parametrize("text", ["2025", "last year"])
def test_a_year_is_too_long_to_be_read_through(text: str) -> None:
    with pytest.raises(UserError, match="is longer than a month; name one, such as 2025-01"):
        read_day(text, TODAY)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-W60", "2026-13", "0000-01", "soon", "9999-12"]
)
def test_what_is_no_day_or_still_to_come_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"is no day|still to come"):
        read_day(text, TODAY)


@given(st.text(max_size=20), st.dates())
def test_any_text_is_a_day_or_refused(text: str, today: date) -> None:
    try:
        span = read_day(text, today)
    except UserError:
        return
    assert isinstance(span, Span)
    assert span.since <= span.until


@given(st.text(max_size=20))
def test_any_text_is_weekdays_or_refused(text: str) -> None:
    if fits(WEEKDAYS, text, TODAY):
        assert read_weekdays(text)
