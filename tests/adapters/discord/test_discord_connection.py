"""Slow stores, broken connections, late answers, and servers that come and go."""

from __future__ import annotations

import pytest
from standins.discord.library import pointed_at
from standins.discord.server import DiscordStandin
from standins.newsstand import comes_to, connected, hold_up, labels, texts

from adapters.discord import responding
from adapters.discord.client import Client
from bot.models import SubscriptionState, User
from bot.places import LEFT

ACTIVE, PAUSED, _ = SubscriptionState
EPHEMERAL = 64


async def test_whatever_the_database_does_an_answer_is_acknowledged_in_time(stand, monkeypatch):
    monkeypatch.setattr(responding, "PATIENCE", 0.2)
    busy = await hold_up(stand, 0.8)
    asked = stand.discord.slash(
        stand.member, stand.discord.channel("papers"), "papers search", {"query": "diffusion"}
    )
    first = await asked.answer(within=1.5)
    assert first.kind == 5
    assert first.data["flags"] & EPHEMERAL
    said = await asked.message()
    assert "12 papers" in texts(said)
    await busy


async def test_a_form_that_took_too_long_says_so(stand, monkeypatch):
    monkeypatch.setattr(responding, "FORM_PATIENCE", 0.2)
    busy = await hold_up(stand, 0.8)
    asked = stand.discord.slash(
        stand.member, stand.discord.channel("papers"), "papers alert hours", {}
    )
    said = await asked.message()
    assert "ask once more" in texts(said)
    await busy


async def test_an_answer_that_comes_too_late_breaks_nothing(stand):
    asked = stand.discord.slash(
        stand.member, stand.discord.channel("papers"), "papers search", {"query": "diffusion"}
    )
    asked.expire()
    said = await stand.ask("search", query="kind")
    assert "12 papers" in texts(said)


async def test_two_who_ask_at_once_are_both_answered_and_nothing_is_done_twice(stand):
    other = stand.discord.add_user("ada", stand.discord.guilds[0])
    asked = [
        stand.discord.slash(
            user, stand.discord.channel("papers"), "papers save", {"id": "2611.20001"}
        )
        for user in (stand.member, other, stand.member)
    ]
    for each in asked:
        assert "your list" in texts(await each.message()).lower()
    counts = [await stand.office.store.reading.count(user_of(u)) for u in (stand.member, other)]
    assert counts == [1, 1]


async def test_a_connection_that_breaks_is_made_again_and_loses_nothing(stand):
    for happening in (
        lambda: stand.discord.close_gateway(4000),
        stand.discord.reconnect,
        stand.discord.cut_gateway,
    ):
        happening()
        asked = stand.discord.slash(
            stand.member, stand.discord.channel("papers"), "papers search", {"query": "diffusion"}
        )
        said = await asked.message(within=20)
        assert "12 papers" in texts(said)


async def test_commands_are_told_once(office):
    async with DiscordStandin() as discord:
        with pointed_at(discord):
            for _ in range(2):
                async with connected(office, discord):
                    pass
        assert discord.syncs == 1


async def test_a_server_that_removes_paperboy_is_paused_and_goes_on_when_it_returns(stand):
    await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    guild = stand.discord.guilds[0]
    stand.discord.remove_app(guild)
    assert await comes_to(stand, PAUSED)
    stand.discord.install(guild)
    assert await comes_to(stand, ACTIVE)
    greeting = stand.discord.world.channels[guild.system_channel_id]
    said = await stand.discord.until(lambda: latest(stand, greeting))
    assert "Paperboy is back" in texts(said)


async def test_an_outage_of_a_server_pauses_nothing(stand):
    await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    guild = stand.discord.guilds[0]
    stand.discord.outage(guild)
    stand.discord.recover(guild)
    await stand.ask("search", query="diffusion")
    [kept] = await stand.office.store.subscriptions.every()
    assert kept.state is ACTIVE


async def test_who_left_while_nobody_looked_is_paused(office):
    async with DiscordStandin(guilds=2) as discord:
        with pointed_at(discord):
            async with connected(office, discord) as first:
                await first.ask("subscribe", first.owner, zone="Europe/Berlin")
            guild = discord.guilds[0]
            discord.remove_app(guild)
            async with connected(office, discord) as second:
                assert await comes_to(second, PAUSED)
    [kept] = await office.store.subscriptions.every()
    assert kept.pause_reason == LEFT


async def test_a_server_that_lets_it_in_is_greeted_in_one_line(stand):
    guild = stand.discord.add_guild("newcomers")
    place = stand.discord.world.channels[guild.system_channel_id]
    said = await stand.discord.until(lambda: latest(stand, place))
    assert labels(said) == ["Subscribe a channel"]


def latest(stand, channel):
    return next(iter(reversed(stand.discord.messages(channel))), None)


def user_of(member):
    return User("discord", str(member.id), member.name)


async def test_who_removed_it_while_it_was_down_gets_no_message_and_it_goes_on_later(office):
    async with DiscordStandin(guilds=2) as discord:
        with pointed_at(discord):
            async with connected(office, discord) as first:
                await first.ask("subscribe", first.owner, zone="Europe/Berlin")
            guild = discord.guilds[0]
            discord.remove_app(guild)
            async with connected(office, discord) as second:
                assert await comes_to(second, PAUSED)
                discord.install(guild)
                assert await comes_to(second, ACTIVE)


async def test_a_page_of_a_proxy_is_no_end(office):
    async with DiscordStandin() as discord:
        discord.fail("GET", "/users/@me", 200, kind="text")
        with pointed_at(discord):
            async with connected(office, discord) as stand:
                assert "12 papers" in texts(await stand.ask("search", query="diffusion"))


async def test_a_connection_that_drops_once_costs_no_answer(stand):
    for kind in ("drop", "act and drop"):
        stand.discord.fail("POST", "/interactions/*/callback", kind=kind)
        assert "12 papers" in texts(await stand.ask("search", query="diffusion"))


async def test_what_was_begun_is_done_though_nobody_hears_of_it(stand, monkeypatch):
    monkeypatch.setattr(responding, "PATIENCE", 0.05)
    held = await hold_up(stand, 0.4)
    asked = stand.discord.slash(
        stand.owner, stand.discord.channel("papers"), "papers subscribe", {"zone": "Asia/Tokyo"}
    )
    asked.expire()
    await held
    assert await comes_to(stand, ACTIVE)


@pytest.mark.parametrize(
    ("no_proxy", "taken"), [("", "http://proxy.example:3128"), ("127.0.0.1", None)]
)
async def test_the_proxy_of_the_environment_is_taken(stand, monkeypatch, no_proxy, taken):
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", no_proxy)
    client = Client(None, [], lambda _: None, 1.0)
    assert stand.discord.api_url.startswith("http://127.0.0.1")
    assert client.http.proxy == taken
