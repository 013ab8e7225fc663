"""Slack over HTTP: requests that Slack has signed, and no others."""

from __future__ import annotations

import aiohttp
import pytest
from standins.slack.server import SlackStandin
from standins.slack_newsstand import over_http, texts


@pytest.fixture
async def stand(office):
    async with SlackStandin(post_rate=None) as slack, over_http(office, slack) as (made, _):
        yield made


async def test_a_command_is_answered(stand):
    assert "Diffusion" in texts(await stand.ask("diffusion"))


async def test_a_form_is_refused_and_taken(stand):
    form = await stand.ask_form("subscribe")
    refused = stand.slack.submit(stand.member, form, {"filter": "mamba cat:cs.LX"})
    assert list(await refused.refused()) == ["filter"]
    await stand.slack.submit(stand.member, form, {"filter": "mamba"}).closed()
    assert "Subscribed" in texts(await stand.private(1))


async def test_zones_are_completed_in_the_form(stand):
    form = await stand.ask_form("subscribe")
    asked = stand.slack.options(stand.member, form, "zone", "lond")
    await asked.acked()
    assert "Europe/London" in [each["value"] for each in asked.options]


async def test_slack_proves_the_address(stand):
    challenge = {"type": "url_verification", "challenge": "abc", "token": "t"}
    reply = await stand.slack.http.post("events_api", challenge)
    assert (reply.status, "abc" in reply.text) == (200, True)


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"age": 3600.0}])
async def test_a_bad_or_old_signature_is_refused(stand, wrong):
    challenge = {"type": "url_verification", "challenge": "abc", "token": "t"}
    reply = await stand.slack.http.post("events_api", challenge, **wrong)
    assert reply.status == 401
    assert "abc" not in reply.text


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"payload=%7B", b"{" * 100_000])
async def test_what_is_no_request_of_slacks_is_refused(stand, body):
    async with (
        aiohttp.ClientSession() as session,
        session.post(stand.slack.http.url, data=body) as answer,
    ):
        assert answer.status in {400, 401}


async def test_an_event_that_comes_twice_is_answered_once(stand):
    asked = stand.slack.direct(stand.member, "diffusion")
    await asked.message()
    again = stand.slack.repeat(asked)
    await stand.slack.until(lambda: again.ack)
    await stand.slack.direct(stand.member, "status").message()
    told = [each for each in stand.slack.messages(stand.slack.dm(stand.member)) if each.user.is_bot]
    assert len(told) == 2
