from __future__ import annotations

import pytest

from bot.commands.alerts_telling import tell_outlook
from bot.commands.telling import tell_share
from bot.narrowing import Outlook


@pytest.mark.parametrize(
    ("papers", "told"),
    [
        (0, "Last 7 days: no papers"),
        (1, "Last 7 days: 1 paper"),
        (4, "Last 7 days: 4 papers"),  # not "about 1 a day"
        (13, "Last 7 days: 13 papers"),
        (14, "Last 7 days: 14 papers, about 2 a day"),
        (41, "Last 7 days: 41 papers, about 6 a day"),
        (1001, "Last 7 days: more than 1,000 papers"),
    ],
)
def test_papers_a_day_are_told_where_they_are_more_than_one(papers: int, told: str) -> None:
    assert tell_outlook(Outlook(papers)) == told


@pytest.mark.parametrize(
    ("shown", "due", "told"),
    [
        (0, 0, "no papers"),
        (1, 1, "1 paper"),
        (3, 3, "3 papers"),
        (10, 31, "10 of 31 papers"),
    ],
)
def test_what_was_shown_of_what_was_due(shown: int, due: int, told: str) -> None:
    assert tell_share(shown, due) == told
