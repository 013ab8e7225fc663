from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.spoken_days import spoken_period

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-11-23", "2026-11-23"),
        ("Yesterday", "2026-11-22", "2026-11-22"),
        ("this week", "2026-11-23", "2026-11-29"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("Monday", "2026-11-23", "2026-11-23"),
        ("last Monday", "2026-11-16", "2026-11-16"),
        ("tuesday", "2026-11-17", "2026-11-17"),
        ("October", "2026-10-01", "2026-10-31"),
        ("december", "2025-12-01", "2025-12-31"),
        ("Oct. 2024", "2024-10-01", "2024-10-31"),
        ("3 Oct", "2026-10-03", "2026-10-03"),
        ("Nov 24th", "2025-11-24", "2025-11-24"),
        ("1st of", None, None),
        ("May 5, 2025", "2025-05-05", "2025-05-05"),
        ("2026-09-01", "2026-09-01", "2026-09-01"),
        ("2026-09", "2026-09-01", "2026-09-30"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2026-02-31", None, None),
        ("31 Feb", None, None),
        ("soon", None, None),
        ("", None, None),
    ],
)
def test_days_mean_what_people_mean(text: str, first: str | None, last: str | None) -> None:
    period = spoken_period(text, MONDAY)
    found = (str(period[0]), str(period[1])) if period else (None, None)
    assert found == (first, last)


@given(
    st.sampled_from(["monday", "sunday", "October", "29 Feb", "last month", "last week", "May"]),
    st.dates(date(2000, 3, 1), date(2100, 1, 1)),
)
def test_what_is_said_without_a_year_has_begun(text: str, today: date) -> None:
    period = spoken_period(text, today)
    if period is None:
        assert text == "29 Feb"
        return
    assert period[0] <= period[1]
    assert period[0] <= today
