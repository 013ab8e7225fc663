"""Sessions of the gateway: what happened while one was lost, or before all servers were known."""

from __future__ import annotations

import asyncio

import pytest
from standins.discord.library import pointed_at
from standins.discord.server import DiscordStandin
from standins.newsstand import comes_to, connected, labels, texts

from adapters.discord import client, platform
from bot.models import SubscriptionState

ACTIVE, PAUSED, _ = SubscriptionState


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    """Without the library's five seconds between two sessions."""

    async def at_once(*_, **__):
        pass

    monkeypatch.setattr(client.Client, "before_identify_hook", at_once)


async def subscribe(stand, guild):
    owner = stand.discord.owner_of(guild)
    asked = stand.discord.slash(
        owner, guild.channel("papers"), "papers subscribe", {"zone": "Europe/Berlin"}
    )
    assert "Subscribed" in texts(await asked.message())


def greetings(stand, guild):
    place = stand.discord.world.channels[guild.system_channel_id]
    return stand.discord.messages(place)


async def test_a_server_that_removed_it_while_the_session_was_lost_is_paused(stand):
    guild = stand.discord.guilds[0]
    await subscribe(stand, guild)
    stand.discord.invalidate()
    stand.discord.remove_app(guild)
    assert await comes_to(stand, PAUSED)
    stand.discord.install(guild)
    assert await comes_to(stand, ACTIVE)


async def test_one_shard_that_lost_its_session_tells_of_its_own_servers_alone(office):
    async with DiscordStandin(guilds=3, shards=2) as discord:
        with pointed_at(discord):
            async with connected(office, discord) as stand:
                for guild in discord.guilds:
                    await subscribe(stand, guild)
                first = discord.guilds[0]
                discord.invalidate(shard=(first.id >> 22) % 2)
                discord.remove_app(first)
                assert await comes_to(stand, PAUSED, ACTIVE, ACTIVE)


async def test_a_server_that_let_it_in_while_the_session_was_lost_is_greeted(stand):
    known = stand.discord.guilds[0]
    stand.discord.invalidate()
    guild = stand.discord.add_guild("newcomers")
    [said] = await stand.discord.until(lambda: greetings(stand, guild))
    assert labels(said) == ["Subscribe a channel"]
    assert greetings(stand, known) == []


async def test_a_server_that_returned_while_the_session_was_lost_goes_on(stand):
    guild = stand.discord.guilds[0]
    await subscribe(stand, guild)
    stand.discord.remove_app(guild)
    assert await comes_to(stand, PAUSED)
    stand.discord.invalidate()
    stand.discord.install(guild)
    assert await comes_to(stand, ACTIVE)
    [said] = await stand.discord.until(lambda: greetings(stand, guild))
    assert "Paperboy is back" in texts(said)


async def test_a_lost_session_changes_nothing_for_those_that_stay(stand):
    guild = stand.discord.guilds[0]
    await subscribe(stand, guild)
    before = stand.discord.gateway.identifies
    stand.discord.invalidate()
    await stand.discord.until(lambda: stand.discord.gateway.identifies > before)
    await stand.discord.ready()
    assert "12 papers" in texts(await stand.ask("search", query="diffusion"))
    assert await comes_to(stand, ACTIVE)
    assert greetings(stand, guild) == []


async def test_a_server_that_joins_before_all_are_known_is_greeted(office):
    async with DiscordStandin() as discord:

        async def join_early():
            await discord.ready()
            assert not office.platforms["discord"].connected
            return discord.add_guild("newcomers")

        with pointed_at(discord):
            joining = asyncio.create_task(join_early())
            async with connected(office, discord, settle_seconds=0.5) as stand:
                guild = await joining
                [said] = await discord.until(lambda: greetings(stand, guild))
                assert labels(said) == ["Subscribe a channel"]
                assert greetings(stand, discord.guilds[0]) == []


async def test_a_gateway_that_is_down_is_tried_by_connections_made_anew(office, monkeypatch):
    """The library's own tries stand each in the one before, until Python's depth is used up."""
    monkeypatch.setattr(client, "LAUNCH_TRIES", 1)
    monkeypatch.setattr(platform, "FIRST_WAIT", 0.01)
    async with DiscordStandin() as discord:
        discord.gateway.is_down = True

        async def mend_it():
            logins = lambda: len(discord.asked_for("GET", "/users/@me"))  # noqa: E731
            await discord.until(lambda: logins() > 1, within=20)
            discord.gateway.is_down = False

        with pointed_at(discord):
            mending = asyncio.create_task(mend_it())
            async with connected(office, discord) as stand:
                await mending
                assert "12 papers" in texts(await stand.ask("search", query="diffusion"))
