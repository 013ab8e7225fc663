"""People who have left: noticed where they can't be told, and what becomes of what they had."""

from __future__ import annotations

import pytest
from standins.newsstand import texts

from bot.delivery import Postman
from bot.errors import ChannelGoneError
from bot.messages import Message, line
from bot.models import DIRECT, Channel, User

MANAGE_CHANNELS, SEND_MESSAGES = 1 << 4, 1 << 11
MEMBER, CREATE_MESSAGE, OPEN = "/guilds/*/members/*", "/channels/*/messages", "/users/@me/channels"
NEWS = Message(title="News", lines=(line("Something happened."),), silent=True)


def postman(stand):
    store = stand.office.store
    platforms = {"discord": stand.platform}
    return Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        platforms,
        holder="one",
        clock=stand.office.clock,
    )


@pytest.fixture
async def looked_after(stand):
    """A subscription that a member with a role looks after."""
    guild = stand.discord.guilds[0]
    role = stand.discord.add_role(guild, "Librarians", MANAGE_CHANNELS)
    stand.discord.join(stand.member, guild, role)
    await stand.ask("subscribe", stand.member, zone="Europe/Berlin")
    return stand


async def shut_out(stand):
    """The channel is closed to Paperboy, which finds out."""
    channel = stand.discord.channel("papers")
    stand.discord.overwrite(channel, stand.discord.bot, deny=SEND_MESSAGES)
    place = Channel("discord", str(stand.discord.guilds[0].id), str(channel.id), "papers")
    payloads = stand.platform.pack(NEWS)
    await stand.office.store.deliveries.enqueue(place, "news", payloads, stand.office.now)
    await postman(stand).send_waiting()


async def contact(stand):
    [kept] = await stand.office.store.subscriptions.every()
    return kept.contact


def told(stand, user):
    return [texts(message) for message in stand.discord.messages(stand.discord.dm(user))]


async def test_a_contact_who_left_the_server_is_told_nothing_and_its_owner_is(looked_after, capsys):
    stand = looked_after
    stand.discord.leave(stand.member, stand.discord.guilds[0])
    await shut_out(stand)
    assert told(stand, stand.member) == []
    [notice] = told(stand, stand.owner)
    assert "/papers subscriptions adopt" in notice
    assert await contact(stand) == User("discord", "")
    assert f"paperboy erase discord {stand.member.id}" in capsys.readouterr().out


async def test_what_nobody_looks_after_says_so_and_is_adopted(looked_after):
    stand = looked_after
    stand.discord.leave(stand.member, stand.discord.guilds[0])
    await shut_out(stand)
    for verb in ("subscriptions list", "status"):
        assert "subscriptions adopt" in texts(await stand.ask(verb, stand.owner))
    said = await stand.ask("subscriptions adopt", stand.owner)
    assert "instead of nobody" in texts(said)
    assert (await contact(stand)).id == str(stand.owner.id)
    for verb in ("subscriptions list", "status"):
        assert "subscriptions adopt" not in texts(await stand.ask(verb, stand.owner))


async def test_a_contact_who_is_still_there_is_told(looked_after):
    stand = looked_after
    await shut_out(stand)
    [notice] = told(stand, stand.member)
    assert "adopt" not in notice
    assert told(stand, stand.owner) == []
    assert (await contact(stand)).id == str(stand.member.id)


@pytest.mark.parametrize(("status", "code"), [(503, 0), (403, 50001), (404, 10004), (404, 0)])
async def test_where_it_can_t_be_told_who_left_nothing_changes(looked_after, status, code):
    stand = looked_after
    stand.discord.fail("GET", MEMBER, status, code, times=None)
    await shut_out(stand)
    assert len(told(stand, stand.member)) == 1
    assert (await contact(stand)).id == str(stand.member.id)


@pytest.mark.parametrize(
    ("where", "status", "code"), [(CREATE_MESSAGE, 403, 50278), (OPEN, 404, 10013)]
)
async def test_who_shares_no_server_any_more_looks_after_nothing(
    looked_after, capsys, where, status, code
):
    stand = looked_after
    stand.discord.fail("POST", where, status, code)
    door = Channel("discord", DIRECT, str(stand.member.id))
    [payload] = stand.platform.pack(NEWS)
    with pytest.raises(ChannelGoneError):
        await stand.platform.send(door, payload, "alerts:1:1:0", "")
    assert await contact(stand) == User("discord", "")
    assert f"paperboy erase discord {stand.member.id}" in capsys.readouterr().out


async def test_a_closed_door_is_no_departure(looked_after):
    stand = looked_after
    stand.member.dms_open = False
    door = Channel("discord", DIRECT, str(stand.member.id))
    [payload] = stand.platform.pack(NEWS)
    with pytest.raises(ChannelGoneError):
        await stand.platform.send(door, payload, "alerts:1:1:0", "")
    assert (await contact(stand)).id == str(stand.member.id)


async def test_who_is_found_gone_by_the_notice_itself_is_followed_by_the_owner(looked_after):
    stand = looked_after
    stand.discord.fail("GET", MEMBER, 503, times=None)
    stand.discord.fail("POST", OPEN, 404, 10013)
    await shut_out(stand)
    assert len(told(stand, stand.owner)) == 1
    assert await contact(stand) == User("discord", "")
