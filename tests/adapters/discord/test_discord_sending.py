"""Deliveries to Discord: sent once, in their form, and what each refusal means."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standins.newsstand import texts

from bot.errors import (
    ChannelGoneError,
    CredentialsError,
    RenderError,
    TemporaryDeliveryError,
)
from bot.messages import Button, Message, PaperCard, line
from bot.models import DIRECT, Channel, Layout, ListedPaper, Paper

SILENT, COMPONENTS = 1 << 12, 1 << 15
SEND_MESSAGES = 1 << 11
SEND_MESSAGES_IN_THREADS = 1 << 38
KIND_OF_TOMORROW = 99
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CREATE_MESSAGE = "/channels/*/messages"


def papers(count):
    return tuple(
        PaperCard(ListedPaper(Paper(f"2611.{n:05}", f"Paper {n}", "About it."), upvotes=n), n)
        for n in range(1, count + 1)
    )


DIGEST = Message(title="Papers of Monday", cards=papers(3), silent=True)
ALERT = Message(title="Caught for you", cards=papers(2), private=True)


def place(stand, name="papers"):
    found = stand.discord.channel(name)
    return Channel("discord", str(stand.discord.guilds[0].id), str(found.id), name)


def door(user):
    return Channel("discord", DIRECT, str(user.id), user.name)


def sent(stand, name="papers"):
    return stand.discord.messages(stand.discord.channel(name))


async def send(stand, message=DIGEST, channel=None, key="edition:1:0"):
    [payload] = stand.platform.pack(message)
    return await stand.platform.send(channel or place(stand), payload, key, "")


async def test_a_digest_stands_in_its_channel_and_rings_nobody(stand):
    reference = await send(stand)
    [message] = sent(stand)
    assert reference == f"{message.channel.id}/{message.id}"
    assert message.flags & SILENT
    assert message.flags & COMPONENTS
    assert [f"Paper {n}" in texts(message) for n in (1, 2, 3)] == [True] * 3
    assert stand.discord.refused == []


async def test_the_same_key_is_the_same_message(stand):
    first = await send(stand)
    assert await send(stand) == first
    assert await send(stand, key="edition:2:0") != first
    assert len(sent(stand)) == 2


async def test_a_message_that_arrived_before_the_connection_broke_is_not_said_twice(stand):
    stand.discord.fail("POST", CREATE_MESSAGE, kind="act and drop")
    with pytest.raises(TemporaryDeliveryError):
        await send(stand)
    await send(stand)
    assert len(sent(stand)) == 1


async def test_long_after_it_is_found_among_the_latest(stand):
    [payload] = stand.platform.pack(DIGEST)
    reference = await send(stand)
    assert await stand.platform.recall(place(stand), payload, "", LONG_AGO) == reference
    [other] = stand.platform.pack(replace(DIGEST, title="Papers of Tuesday"))
    assert await stand.platform.recall(place(stand), other, "", LONG_AGO) == ""


async def test_plain_text_is_found_again_too(stand):
    [payload] = stand.platform.pack(DIGEST)
    plain = replace(payload, body="")
    reference = await stand.platform.send(place(stand), plain, "edition:1:0", "")
    assert await stand.platform.recall(place(stand), payload, "", LONG_AGO) == reference


async def test_where_paperboy_may_not_read_along_nothing_is_found(stand):
    [payload] = stand.platform.pack(DIGEST)
    stand.discord.fail("GET", CREATE_MESSAGE, 403, 50001)
    assert await stand.platform.recall(place(stand), payload, "", LONG_AGO) == ""


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, 10003, ChannelGoneError),
        (403, 50001, ChannelGoneError),
        (403, 50013, ChannelGoneError),
        (401, 0, CredentialsError),
        (400, 50035, RenderError),
        (503, 0, TemporaryDeliveryError),
    ],
)
async def test_each_refusal_means_something(stand, status, code, error):
    stand.discord.fail("POST", CREATE_MESSAGE, status, code, times=None)
    with pytest.raises(error):
        async with asyncio.timeout(60):
            await send(stand)


async def test_what_is_lacking_is_named(stand):
    channel = stand.discord.channel("papers")
    stand.discord.overwrite(channel, stand.discord.bot, deny=SEND_MESSAGES)
    with pytest.raises(ChannelGoneError, match="lacks Send Messages in #papers"):
        await send(stand)


async def test_a_person_whose_door_is_closed_is_told_so(stand):
    stand.member.dms_open = False
    with pytest.raises(ChannelGoneError, match="direct messages from Paperboy are closed"):
        await send(stand, ALERT, door(stand.member), "alerts:1:1:0")


async def test_an_alert_rings_with_its_text_and_becomes_its_card(stand):
    await send(stand, ALERT, door(stand.member), "alerts:1:1:0")
    [message] = stand.discord.messages(stand.discord.dm(stand.member))
    created, edited = message.edits
    assert "Caught for you" in created["content"]
    assert not created.get("flags", 0) & (SILENT | COMPONENTS)
    assert edited["flags"] & COMPONENTS
    assert "Paper 2" in texts(message)
    assert stand.discord.refused == []


async def test_an_alert_that_is_stopped_in_between_can_be_read(stand):
    stand.discord.fail("PATCH", "/channels/*/messages/*", 403, 50001)
    await send(stand, ALERT, door(stand.member), "alerts:1:1:0")
    [message] = stand.discord.messages(stand.discord.dm(stand.member))
    assert "Paper 1" in message.content
    assert "Paper 2" in message.content


async def test_a_thread_is_opened_under_its_digest(stand):
    first, *others = stand.platform.pack(replace(DIGEST, layout=Layout.THREAD))
    reference = await stand.platform.send(place(stand), first, "edition:1:0", "")
    for number, payload in enumerate(others, 1):
        await stand.platform.send(place(stand), payload, f"edition:1:{number}", reference)
    [heading] = sent(stand)
    assert heading.thread
    assert heading.thread.name == "Papers of Monday"
    inside = stand.discord.messages(heading.thread)
    assert [f"Paper {n}" in texts(m) for n, m in enumerate(inside, 1)] == [True] * 3


async def test_where_no_thread_may_be_opened_the_papers_answer_the_digest(stand):
    stand.discord.fail("POST", "/channels/*/messages/*/threads", 403, 50013, times=None)
    first, second, *_ = stand.platform.pack(replace(DIGEST, layout=Layout.THREAD))
    reference = await stand.platform.send(place(stand), first, "edition:1:0", "")
    await stand.platform.send(place(stand), second, "edition:1:1", reference)
    heading, answer = sent(stand)
    assert answer.reply_to is heading


async def test_what_a_long_button_stands_for_is_kept_before_it_is_sent(stand):
    long = Button("Search", "search", {"query": "mamba " * 60})
    await send(stand, Message(lines=(line("Press"),), buttons=(long,)))
    pressed = stand.discord.press(stand.member, sent(stand)[0], "Search")
    assert "mamba" in texts(await pressed.message())


async def test_many_channels_are_served_at_the_pace_that_discord_allows(stand):
    """Without a pacer of ours discord.py meets 429s, and loses some (PLATFORMS)."""
    stand.discord.limits.rate = 50
    stand.platform._pacer._spacing = 1 / 48
    guild = stand.discord.guilds[0]
    channels = [stand.discord.add_channel(guild, f"c{n}") for n in range(100)]
    began = time.monotonic()
    await asyncio.gather(
        *(
            send(stand, channel=Channel("discord", str(guild.id), str(c.id)), key=f"edition:{c.id}")
            for c in channels
        )
    )
    assert time.monotonic() - began >= 99 / 48 * 0.95
    assert [len(stand.discord.messages(c)) for c in channels] == [1] * 100
    assert stand.discord.status_count(429) <= 5, "a busy machine bunches a few"


async def test_before_it_is_connected_nothing_is_lost(stand):
    stand.platform._sender = None
    with pytest.raises(TemporaryDeliveryError) as raised:
        await send(stand)
    assert raised.value.retry_after <= timedelta(seconds=10)


async def test_what_was_there_before_is_another_message_though_it_says_the_same(stand):
    [payload] = stand.platform.pack(DIGEST)
    await send(stand)
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert await stand.platform.recall(place(stand), payload, "", later) == ""


async def test_an_answer_is_found_where_no_thread_could_be_opened(stand):
    stand.discord.fail("POST", "/channels/*/messages/*/threads", 403, 50013, times=None)
    first, second, *_ = stand.platform.pack(replace(DIGEST, layout=Layout.THREAD))
    heading = await stand.platform.send(place(stand), first, "edition:1:0", "")
    answer = await stand.platform.send(place(stand), second, "edition:1:1", heading)
    assert await stand.platform.recall(place(stand), second, heading, LONG_AGO) == answer


@pytest.mark.parametrize(("status", "code"), [(403, 0), (404, 0), (403, 40333)])
async def test_who_stands_between_closes_no_channel(stand, status, code):
    stand.discord.fail("POST", CREATE_MESSAGE, status, code)
    with pytest.raises(TemporaryDeliveryError):
        await send(stand)


async def test_an_archived_and_locked_thread_is_closed_to_us(stand):
    stand.discord.fail("POST", CREATE_MESSAGE, 400, 50083)
    with pytest.raises(ChannelGoneError, match="archived"):
        await send(stand)


async def test_a_thread_of_a_channel_that_the_library_does_not_know_can_be_closed_too(stand):
    guild = stand.discord.guilds[0]
    odd = stand.discord.add_channel(guild, "odd", KIND_OF_TOMORROW)
    thread = stand.discord.add_thread(odd, "papers there")
    channel = Channel("discord", str(guild.id), str(thread.id), thread.name)
    await send(stand, channel=channel)
    stand.discord.overwrite(odd, stand.discord.bot, deny=SEND_MESSAGES_IN_THREADS)
    with pytest.raises(ChannelGoneError, match="may not post there"):
        await send(stand, channel=channel, key="edition:2:0")
