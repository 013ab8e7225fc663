"""The pace of sending, zones to offer, permissions by name, and errors as people read them."""

from zoneinfo import available_timezones

import pytest

from adapters.discord import locales
from adapters.discord.locales import likely_zones
from adapters.discord.pacer import Pacer
from adapters.discord.permissions import (
    ADMINISTRATOR,
    INVITED,
    MANAGE_CHANNELS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    lacking,
    may_manage,
    tell_lacking,
)
from bot.errors import QueryError, UserError
from bot.problems import SHOWN, described


class Clock:
    """A clock that sleeping moves on, a little more than was asked for."""

    def __init__(self, late=0.0):
        self.now, self.late = 100.0, late

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds + self.late


async def begun(pacer, clock, count):
    """When each of so many askers was let through."""
    moments = []
    for _ in range(count):
        await pacer.turn()
        moments.append(clock.now)
    return moments


async def test_askers_are_let_through_evenly():
    clock = Clock()
    moments = await begun(Pacer(50, clock, clock.sleep), clock, 51)
    assert moments[-1] - moments[0] == pytest.approx(0.98, abs=0.03)
    assert moments[1] - moments[0] < 0.021


async def test_waking_up_late_costs_little():
    clock = Clock(late=0.002)
    moments = await begun(Pacer(48, clock, clock.sleep), clock, 481)
    assert 9.9 < moments[-1] - moments[0] < 10.2


@pytest.mark.parametrize("held_up", [0.1, 1.0, 60.0])
async def test_what_was_not_used_is_not_saved_up(held_up):
    clock = Clock()
    pacer = Pacer(48, clock, clock.sleep)
    await begun(pacer, clock, 48)
    clock.now += held_up
    moments = await begun(pacer, clock, 200)
    most = max(sum(m <= each < m + 1 for each in moments) for m in moments)
    assert most <= 50


def test_every_zone_that_is_offered_exists():
    offered = {zone for zones in locales._ZONES.values() for zone in zones}
    assert offered | set(locales._ANYWHERE) <= available_timezones()


def test_zones_of_the_asker_come_before_those_of_the_server():
    assert likely_zones("ja", "de")[:2] == ("Asia/Tokyo", "Europe/Berlin")
    assert len(likely_zones("xx")) == len(set(likely_zones("xx"))) == locales.MOST_ZONES


def test_what_is_lacking_is_named():
    assert lacking(INVITED) == lacking(ADMINISTRATOR) == ()
    assert lacking(VIEW_CHANNEL) == ("Send Messages",)
    assert lacking(SEND_MESSAGES, in_thread=True) == ("View Channel", "Send Messages in Threads")
    told = tell_lacking(lacking(0), "papers")
    assert told.startswith("Paperboy lacks View Channel and Send Messages in #papers.")
    assert tell_lacking((), "papers") == ""


def test_who_manages_channels_or_the_server_may_manage():
    assert may_manage(MANAGE_CHANNELS)
    assert may_manage(ADMINISTRATOR)
    assert not may_manage(SEND_MESSAGES | VIEW_CHANNEL)


def test_an_error_is_a_line_and_a_query_shows_its_place():
    assert len(described(UserError("that is too much")).lines) == 1
    _, shown, caret = described(QueryError("no such field", "cat:cs.LX", 4)).lines
    assert shown[0].text == "cat:cs.LX"
    assert caret[0].text == "    ^"


def test_the_place_in_a_long_query_stays_in_sight():
    text = "word " * 90 + "cat:cs.LX"
    _, shown, caret = described(QueryError("no", text, len(text) - 5)).lines
    assert len(shown[0].text) <= SHOWN
    assert shown[0].text[caret[0].text.index("^") :] == "cs.LX"
