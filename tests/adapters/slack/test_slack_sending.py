"""Messages over Slack: what each failure means, threads, direct messages, and one a second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from standins.slack_newsstand import texts

from adapters.slack import SlackSettings, connect
from bot.delivery import Postman
from bot.errors import (
    ChannelGoneError,
    ConfigError,
    CredentialsError,
    PersonGoneError,
    RenderError,
    TemporaryDeliveryError,
)
from bot.messages import Message, line
from bot.models import DIRECT, Channel

NEWS = Message(title="News", lines=(line("Something happened."),), silent=True)
POST = "chat.postMessage"


def place(stand, name="papers"):
    found = stand.slack.channel(name)
    return Channel("slack", found.workspace.id, found.id, name)


def person(stand):
    user = stand.member
    return Channel("slack", DIRECT, f"{user.workspace.id}/{user.id}", user.name)


def postman(stand):
    store = stand.office.store
    return Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        {"slack": stand.platform},
        holder="one",
        clock=stand.office.clock,
    )


async def send(stand, channel=None, reply_to=""):
    [payload] = stand.platform.pack(NEWS)
    return await stand.platform.send(channel or place(stand), payload, "key", reply_to)


async def test_a_message_comes_with_its_text_and_without_previews(stand):
    reference = await send(stand)
    [message] = stand.slack.messages(stand.papers)
    assert reference == f"{stand.papers.id}/{message.ts}"
    assert "News" in message.text
    assert "Something happened." in texts(message)
    [call] = stand.slack.calls(POST)
    told = [str(call.params[name]).lower() for name in ("unfurl_links", "unfurl_media")]
    assert told in (["false"] * 2, ["0"] * 2)


async def test_a_reply_goes_into_the_thread(stand):
    first = await send(stand)
    await send(stand, reply_to=first)
    parent, reply = stand.slack.messages(stand.papers)
    assert reply.thread_ts == parent.ts


async def test_a_person_is_written_to_directly(stand):
    await send(stand, person(stand))
    await send(stand, person(stand))
    assert len(stand.slack.messages(stand.slack.dm(stand.member))) == 2
    assert len(stand.slack.calls("conversations.open")) == 1


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        ("channel_not_found", ChannelGoneError),
        ("not_in_channel", ChannelGoneError),
        ("is_archived", ChannelGoneError),
        ("restricted_action", ChannelGoneError),
        ("user_disabled", ChannelGoneError),
        ("cannot_dm_bot", ChannelGoneError),
        ("invalid_blocks", RenderError),
        ("msg_blocks_too_long", RenderError),
        ("token_revoked", CredentialsError),
        ("account_inactive", CredentialsError),
        ("invalid_auth", CredentialsError),
        ("internal_error", TemporaryDeliveryError),
        ("fatal_error", TemporaryDeliveryError),
        ("503", TemporaryDeliveryError),
        ("page", TemporaryDeliveryError),
        ("reset", TemporaryDeliveryError),
        ("stored and reset", TemporaryDeliveryError),
    ],
)
async def test_what_a_failure_means(stand, fault, meaning):
    stand.slack.fault(POST, fault)
    with pytest.raises(meaning):
        await send(stand)
    assert len(stand.slack.calls(POST)) == 1  # what was maybe said is not said again here


async def test_too_fast_waits_as_long_as_slack_says_and_the_whole_workspace_with_it(stand):
    stand.slack.fault(POST, "429", retry_after=7)
    with pytest.raises(TemporaryDeliveryError) as told:
        await send(stand)
    assert told.value.retry_after == timedelta(seconds=7)
    with pytest.raises(TemporaryDeliveryError):
        await send(stand, place(stand, "general"))
    assert len(stand.slack.calls(POST)) == 1


async def test_refused_blocks_are_sent_as_plain_text(stand):
    store = stand.office.store
    await store.deliveries.enqueue(
        place(stand), "news", stand.platform.pack(NEWS), stand.office.now
    )
    stand.slack.fault(POST, "invalid_blocks")
    await postman(stand).send_waiting()
    [message] = stand.slack.messages(stand.papers)
    assert not message.blocks
    assert "Something happened." in message.text


async def test_whoever_has_left_looks_after_nothing_any_more(stand):
    await stand.subscribe()
    stand.slack.fault(POST, "user_disabled")
    with pytest.raises(PersonGoneError):
        await send(stand, person(stand))
    [subscription] = await stand.subscriptions()
    assert subscription.contact.id == ""


async def test_a_closed_channel_pauses_what_is_subscribed_there_and_tells_its_contact(stand):
    await stand.subscribe()
    store = stand.office.store
    await store.deliveries.enqueue(
        place(stand), "news", stand.platform.pack(NEWS), stand.office.now
    )
    stand.slack.remove(stand.papers)
    stand.office.now += timedelta(seconds=2)
    await postman(stand).send_waiting()
    [subscription] = await stand.subscriptions()
    assert subscription.state == "paused"
    assert "not in the channel" in subscription.pause_reason
    told = stand.slack.messages(stand.slack.dm(stand.member))
    assert "Paused: papers" in texts(told[-1])


async def test_a_test_of_a_digest_in_a_thread_stands_in_a_thread(stand):
    await stand.subscribe("subscribe 9:00 layout:thread size:3")
    await stand.ask("subscriptions test")
    stand.office.now += timedelta(seconds=2)
    delivering, parts = postman(stand), 0
    while tried := await delivering.send_waiting():
        parts += tried
        stand.office.now += timedelta(seconds=2)
    _, parent, *replies = stand.slack.messages(stand.papers)
    assert len(replies) == parts - 1 == 3
    assert {each.thread_ts for each in replies} == {parent.ts}


async def test_an_app_token_alone_is_told(office):
    with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN is missing"):
        connect(SlackSettings(_env_file=None, slack_app_token="xapp-1-x"), office.commands)  # noqa: S106
