"""The connection: late stores, dead sockets, refreshes, refused tokens, HTTP and its signatures."""

from __future__ import annotations

import asyncio

import pytest
from standins.slack.server import SlackStandin
from standins.slack_newsstand import connected, settings_of, texts

from adapters.slack.platform import platform_of
from bot.errors import CredentialsError
from bot.models import Channel, Payload


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_connection_that_is_to_be_replaced_loses_nothing(stand, reason):
    asked = [stand.slack.slash(stand.member, stand.papers, "search diffusion") for _ in range(3)]
    stand.slack.disconnect(reason)
    asked += [stand.slack.slash(stand.member, stand.papers, "search diffusion") for _ in range(3)]
    await stand.private(len(asked))
    for each in asked:
        await each.acked()
    await stand.slack.until(lambda: len(stand.slack.sockets.live()) == 1, 10)
    assert len(stand.slack.ephemerals(stand.member)) == len(asked)


async def test_a_cut_connection_is_made_again(stand):
    stand.slack.cut()
    asked = stand.slack.slash(stand.member, stand.papers, "diffusion")
    assert "Diffusion" in texts(await asked.message(within=15))


async def test_a_refused_bot_token_stops_slack_and_names_itself(office):
    async with SlackStandin() as slack:
        wrong = {"slack_bot_token": "xoxb-wrong"}
        platform = platform_of(settings_of(slack, **wrong), office.commands)
        await asyncio.wait_for(platform.serve(), 10)
        assert platform.remarks() == [
            "Slack: stopped: Slack refuses SLACK_BOT_TOKEN (invalid_auth)"
        ]
        with pytest.raises(CredentialsError, match="SLACK_BOT_TOKEN"):
            await platform.send(Channel("slack", "T1", "C1"), Payload("", "hello", ()), "k", "")


async def test_a_refused_app_token_stops_slack_and_names_itself(office):
    async with SlackStandin() as slack:
        wrong = {"slack_app_token": "xapp-1-wrong"}
        platform = platform_of(settings_of(slack, **wrong), office.commands)
        await asyncio.wait_for(platform.serve(), 10)
        assert "SLACK_APP_TOKEN" in platform.remarks()[0]


async def test_a_second_copy_is_remarked(office):
    async with SlackStandin(post_rate=None) as slack, connected(office, slack) as one:
        async with connected(office, slack) as two:
            await slack.until(two.platform.remarks, 10)
            assert "another copy" in two.platform.remarks()[0]
        assert one.platform.remarks() == []


async def test_a_command_is_acknowledged_while_every_reader_of_the_store_is_held(stand):
    held = await stand.hold_up(1.5)
    asked = stand.slack.slash(stand.member, stand.papers, "search diffusion")
    await asked.acked()
    assert asked.seconds is not None
    assert asked.seconds < 1
    await held
    assert "Diffusion" in texts(await asked.message(within=10))


async def test_a_form_that_takes_too_long_is_answered_in_its_place(stand):
    form = await stand.ask_form("subscribe")
    held = await stand.hold_up(3.0)
    sent = stand.slack.submit(stand.member, form, {"time": "17:30"})
    await sent.acked()
    await held
    await stand.slack.until(
        lambda: "Subscribed" in texts(stand.slack.modal(stand.member) or form), 10
    )
    [subscription] = await stand.subscriptions()
    assert f"{subscription.hour:%H:%M}" == "17:30"


async def test_a_silent_connection_is_replaced(office):
    async with SlackStandin(post_rate=None) as slack, connected(office, slack) as stand:
        silent = slack.silence()
        await slack.until(lambda: [c for c in slack.sockets.live() if c not in silent], 40)
        assert "Diffusion" in texts(await stand.ask("diffusion"))
