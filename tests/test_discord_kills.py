"""Paperboy as a process of its own in Discord, killed at random moments: each message once."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from standins.daemon import LIBRARY, NO_LIBRARY, comes, open_house, until
from standins.discord.library import discord as _  # noqa: F401 - first: it warns of nothing
from standins.discord.server import DiscordStandin
from standins.newsstand import texts

from adapters.discord.render import pack
from bot.messages import Message, line
from bot.models import Channel
from storage import open_store

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

NOW = datetime(2026, 11, 12, 10, tzinfo=UTC)
SPEED = 60
CHANNELS, MESSAGES, KILLS = 30, 20, 12
MOST_SENT = 9  # messages of a life, after which it is killed
OPEN = "SELECT count(*) FROM deliveries WHERE state <> 'sent'"


async def fill(database, channels):
    """Some messages for each channel, numbered in the order in which they are to come."""
    store = open_store(f"sqlite:///{database}")
    for number in range(MESSAGES):
        payloads = pack(Message(lines=(line(f"Number {number}."),), silent=True))
        for channel in channels:
            await store.deliveries.enqueue(channel, f"{channel.id}:{number}", payloads, NOW)
    await store.close()


@dataclass
class Discord:
    """The channels at the stand-in, and what was said in them."""

    standin: DiscordStandin

    def __post_init__(self) -> None:
        guild = self.standin.guilds[0]
        self.places = [self.standin.add_channel(guild, f"c{n}") for n in range(CHANNELS)]
        self.channels = [Channel("discord", str(guild.id), str(p.id)) for p in self.places]

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self.standin.bot_token,
            "DISCORD_API_URL": self.standin.api_url,
            "DISCORD_GATEWAY_URL": self.standin.gateway_url,
        }

    def said(self, place) -> list[str]:
        return [texts(message) for message in self.standin.messages(place)]

    def count(self) -> int:
        return sum(len(self.standin.messages(place)) for place in self.places)


async def one_life(house, discord, chance):
    """Start Paperboy, and kill it once it has said some things."""
    enough = discord.count() + chance.randint(1, MOST_SENT)
    daemon = await house.start()
    assert await comes(lambda: discord.count() >= enough, within=20)
    await house.kill(daemon)
    # Within what Discord remembers of what was said, and long after it.
    house.clock.jump(house.clock.now() + timedelta(seconds=chance.choice((70, 900))))


@pytest.mark.timeout(240)
async def test_killed_over_and_over_it_says_everything_once_and_in_order(tmp_path):
    chance = random.Random(12)
    async with (
        open_house(tmp_path, NOW, SPEED) as house,
        # Its limits go by real time, and this clock runs so much faster.
        DiscordStandin(clock=house.clock.timestamp, buckets={}) as standin,
    ):
        discord = Discord(standin)
        await fill(tmp_path / "papers.db", discord.channels)
        house.settings |= discord.settings
        for _ in range(KILLS):
            await one_life(house, discord, chance)
        assert discord.count() < CHANNELS * MESSAGES, "else it was never killed at work"
        daemon = await house.start()
        await until(lambda: house.outbox.read(OPEN) == [(0,)], "everything is said")
        await house.stop(daemon)
        wanted = [f"Number {number}." for number in range(MESSAGES)]
        assert [discord.said(place) for place in discord.places] == [wanted] * CHANNELS
        assert standin.refused == []
