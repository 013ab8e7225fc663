"""Sending, where a message is refused for itself alone, and where Paperboy stops in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from standins.slack.server import SlackStandin
from standins.slack_newsstand import settings_of

from adapters.slack.platform import platform_of
from bot.delivery import Postman
from bot.errors import ChannelGoneError, TemporaryDeliveryError
from bot.messages import Button, Message, line
from bot.models import DIRECT, Channel

NEWS = Message(title="News", lines=(line("Something happened."),))
POST = "chat.postMessage"


def postman_of(office, holder="one", ahead=timedelta(0)):
    store = office.store
    return Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        office.platforms,
        holder=holder,
        clock=lambda: datetime.now(UTC) + ahead,
    )


def place(slack, name="papers"):
    found = slack.channel(name)
    return Channel("slack", found.workspace.id, found.id, name)


async def test_no_permission_closes_one_channel_and_no_other(stand):
    [payload] = stand.platform.pack(NEWS)
    stand.slack.fault(POST, "no_permission", channel=stand.slack.channel("general"))
    with pytest.raises(ChannelGoneError, match="/invite"):
        await stand.platform.send(place(stand.slack, "general"), payload, "one", "")
    assert await stand.platform.send(place(stand.slack), payload, "two", "")


@pytest.mark.parametrize("code", ["missing_scope", "org_login_required", "not_allowed_token_type"])
async def test_what_one_message_may_not_do_stops_nothing(stand, code):
    office, store, team = stand.office, stand.office.store, stand.slack.workspaces[0].id
    postman = postman_of(office)
    person = Channel("slack", DIRECT, f"{team}/{stand.member.id}", "grace")
    stand.slack.fault("conversations.open", code, times=None)
    now = datetime.now(UTC)
    await store.deliveries.enqueue(person, "direct", stand.platform.pack(NEWS), now)
    await store.deliveries.enqueue(place(stand.slack), "news", stand.platform.pack(NEWS), now)
    await postman.send_waiting()
    assert postman.stopped == {}
    assert stand.platform.remarks() == []
    assert len(stand.slack.messages(stand.papers)) == 1
    assert await store.deliveries.counts() == {"sent": 1, "waiting": 1}


async def test_what_slack_has_stored_when_paperboy_is_told_to_stop_is_said_once(office):
    async with SlackStandin(post_rate=None) as slack:
        platform = platform_of(settings_of(slack), office.commands)
        office.platforms["slack"] = platform
        postman = postman_of(office)

        async def serve():  # as bot.app does
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(postman.run())
                tasks.create_task(platform.serve())

        serving = asyncio.create_task(serve())
        await slack.until(lambda: platform.connected, 10)
        slack.fault(POST, "slow", seconds=0.5)
        news = platform.pack(NEWS)
        await office.store.deliveries.enqueue(place(slack), "news", news, datetime.now(UTC))
        postman.ring()
        await slack.until(lambda: slack.messages(slack.channel("papers")))
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        assert await office.store.deliveries.counts() == {"sent": 1}

        later = timedelta(minutes=10)  # when any lease is over
        again = platform_of(settings_of(slack), office.commands)
        office.platforms["slack"] = again
        serving = asyncio.create_task(again.serve())
        await slack.until(lambda: again.connected, 10)
        assert await postman_of(office, "two", later).send_waiting() == 0
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        assert len(slack.messages(slack.channel("papers"))) == 1


async def test_a_message_whose_turn_comes_as_the_connection_ends_waits_for_the_next(office):
    async with SlackStandin(post_rate=None) as slack:
        platform = platform_of(settings_of(slack), office.commands)
        office.platforms["slack"] = platform
        serving = asyncio.create_task(platform.serve())
        await slack.until(lambda: platform.connected, 10)
        much = {f"filter{n}": "x" * 900 for n in range(4)}  # so its button's meaning is kept
        [payload] = platform.pack(Message(title="News", buttons=(Button("On", "search", much),)))
        writing = office.store.papers._engine.write(lambda _: time.sleep(1.0))
        held = asyncio.ensure_future(writing)
        await asyncio.sleep(0)
        sending = asyncio.create_task(platform.send(place(slack), payload, "news", ""))
        await asyncio.sleep(0)
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        assert not sending.done()
        with pytest.raises(TemporaryDeliveryError):
            await sending
        await held
        assert slack.calls(POST) == []
