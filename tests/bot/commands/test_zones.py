from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.zones import is_zone, read_zone
from bot.errors import UserError

ZONES = sorted(name for name in available_timezones() if "/" in name)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        *(("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin")),
        *(("Berlin", "Europe/Berlin"), ("new york", "America/New_York")),
        *(("New_York", "America/New_York"), ("kathmandu", "Asia/Kathmandu")),
        *(("UTC", "UTC"), ("Lord Howe", "Australia/Lord_Howe"), ("munich", "Europe/Berlin")),
        *(("istanbul", "Asia/Istanbul"), ("san francisco", "America/Los_Angeles")),
    ],
)
def test_a_zone_is_read_by_its_name_or_its_city(text: str, zone: str) -> None:
    assert read_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Europe/Berlino", r"there is no zone Europe/Berlino; did you mean Europe/Berlin"),
        ("Kathmando", "did you mean Asia/Kat[h]?mandu"),
        ("qqqqqq", "name a city such as Europe/Berlin"),
        ("CET", "CET does not say when clocks change; name a city: Europe/Berlin"),
        ("pst", "America/Los_Angeles"),
        ("IST", "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin"),
        ("UTC+2", "does not know summer time"),
        ("+02:00", "does not know summer time"),
        ("../../etc/passwd", "there is no zone"),
        ("localtime", "there is no zone"),
        ("", "there is no zone"),
    ],
)
def test_a_wrong_zone_is_refused_with_the_one_that_was_meant(text: str, hint: str) -> None:
    with pytest.raises(UserError, match=hint):
        read_zone(text)


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_of_the_database_is_read_by_its_name(zone: str) -> None:
    assert read_zone(zone) == zone


@given(st.text(max_size=60))
def test_any_text_is_a_zone_or_refused_in_one_line(text: str) -> None:
    try:
        said = read_zone(text)
    except UserError as error:
        said = str(error)
    assert is_zone(said) or (said.count("\n") == 0 and 0 < len(said) < 200)
