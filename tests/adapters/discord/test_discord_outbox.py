"""The outbox over Discord: each message once, whatever breaks, and who is told of what."""

from __future__ import annotations

from datetime import timedelta

from standins.newsstand import texts

from bot.delivery import LEASE, Postman
from bot.messages import Message, line
from bot.models import Channel, SubscriptionState

NEWS = Message(title="News", lines=(line("Something happened."),), silent=True)
CREATE_MESSAGE = "/channels/*/messages"
HOUR = timedelta(hours=1)


def place(stand):
    guild, found = stand.discord.guilds[0], stand.discord.channel("papers")
    return Channel("discord", str(guild.id), str(found.id), "papers")


def postman(stand, holder="one"):
    store = stand.office.store
    return Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        {"discord": stand.platform},
        holder=holder,
        clock=stand.office.clock,
    )


async def put_in(stand, *keys):
    for key in keys:
        payloads = stand.platform.pack(NEWS)
        await stand.office.store.deliveries.enqueue(place(stand), key, payloads, stand.office.now)


def posted(stand):
    return stand.discord.messages(stand.discord.channel("papers"))


async def claimed_and_sent_by_somebody_who_died(stand):
    """A message that arrived, of which nobody knows."""
    await put_in(stand, "news")
    store, now = stand.office.store, stand.office.now
    [delivery] = await store.deliveries.claim({"discord"}, "dead", now, LEASE, 9)
    await stand.platform.send(delivery.channel, delivery.payload, delivery.key, "")


async def test_what_a_dead_process_has_sent_is_not_said_again_soon(stand):
    await claimed_and_sent_by_somebody_who_died(stand)
    stand.office.now += LEASE + timedelta(seconds=1)
    assert await postman(stand).send_waiting() == 1
    assert len(posted(stand)) == 1
    assert await stand.office.store.deliveries.counts() == {"sent": 1}


async def test_nor_long_after_when_discord_has_forgotten_the_key(stand):
    await claimed_and_sent_by_somebody_who_died(stand)
    stand.discord.nonces.clear()
    stand.office.now += HOUR
    await postman(stand).send_waiting()
    assert len(posted(stand)) == 1
    assert await stand.office.store.deliveries.counts() == {"sent": 1}


async def test_what_never_arrived_is_sent_long_after(stand):
    await put_in(stand, "news")
    stand.discord.fail("POST", CREATE_MESSAGE, kind="drop")
    await postman(stand).send_waiting()
    assert posted(stand) == []
    stand.office.now += HOUR
    await postman(stand).send_waiting()
    assert len(posted(stand)) == 1


async def test_a_refused_form_is_sent_as_plain_text(stand):
    await put_in(stand, "news")
    stand.discord.fail("POST", CREATE_MESSAGE, 400, 50035)
    await postman(stand).send_waiting()
    [message] = posted(stand)
    assert "Something happened." in message.content


async def test_a_closed_channel_pauses_its_subscription_and_tells_its_contact(stand):
    await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    stand.discord.overwrite(stand.discord.channel("papers"), stand.discord.bot, deny=1 << 11)
    await put_in(stand, "news")
    sender = postman(stand)
    await sender.send_waiting()
    [kept] = await stand.office.store.subscriptions.every()
    assert kept.state is SubscriptionState.PAUSED
    assert "Send Messages" in kept.pause_reason
    [told] = stand.discord.messages(stand.discord.dm(stand.owner))
    assert "Send Messages" in texts(told)
    assert "resume" in texts(told)
    said = await stand.ask("status", stand.owner)
    assert "Send Messages" in texts(said)


async def test_a_token_that_is_refused_stops_discord_and_loses_nothing(stand):
    await put_in(stand, "news")
    stand.discord.fail("POST", CREATE_MESSAGE, 401)
    sender = postman(stand)
    await sender.send_waiting()
    assert "discord" in sender.stopped
    assert await stand.office.store.deliveries.counts() == {"waiting": 1}


async def test_where_the_contact_can_t_be_reached_the_owner_is_told_and_then_the_channel(stand):
    role = stand.discord.add_role(stand.discord.guilds[0], "Librarians", 1 << 4)
    stand.discord.join(stand.member, stand.discord.guilds[0], role)
    await stand.ask("subscribe", stand.member, zone="Europe/Berlin")
    stand.member.dms_open = stand.owner.dms_open = False
    refused = stand.discord.fail("POST", f"/channels/{place(stand).id}/messages", 403, 50013)
    await put_in(stand, "news")
    await postman(stand).send_waiting()
    assert refused.met == 1
    keys = [row.key for row in await stand.office.store.deliveries.failures(None, 9)]
    assert sorted(key.split(":")[3] for key in keys) == ["0", "1"]
    told = posted(stand)[-1]
    assert "Paused: papers" in texts(told)


async def test_while_it_is_not_connected_nothing_is_tried_however_long(stand):
    await put_in(stand, "news")
    sender, stand.platform._sender = stand.platform._sender, None
    for _ in range(20):
        stand.office.now += HOUR
        assert await postman(stand).send_waiting() == 0
    stand.platform._sender = sender
    await postman(stand).send_waiting()
    assert len(posted(stand)) == 1
