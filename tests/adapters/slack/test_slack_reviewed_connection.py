"""Connections that are sent away, requests that never end, and tokens of two apps."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time

import pytest
from standins.slack.server import SlackStandin
from standins.slack_installed import running, slack_of_two
from standins.slack_newsstand import connected, over_http, texts

HALF = b"POST /slack/events HTTP/1.1\r\nHost: paperboy\r\nContent-Length: 100\r\n\r\nabc"
HALF_INSTALL = b"GET /slack/install HTTP/1.1\r\nHost: paperboy\r\nContent-Length: 100\r\n\r\nabc"


@contextlib.asynccontextmanager
async def half_sent(address, request=HALF):
    """A connection over which the half of a request came."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await writer.drain()
    try:
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_half_sent_request_does_not_keep_paperboy_from_stopping(office):
    async with (
        SlackStandin(post_rate=None) as slack,
        over_http(office, slack) as (stand, serving),
        half_sent(stand.platform.http.address),
    ):
        await stand.ask("status")  # by now the half is there
        began = time.monotonic()
        serving.cancel()
        await asyncio.wait({serving}, timeout=20)
        assert serving.done()
        assert time.monotonic() - began < 6


async def test_a_request_that_comes_too_slowly_is_refused(office, monkeypatch):
    monkeypatch.setattr("adapters.slack.http.BODY_SECONDS", 0.2)
    async with SlackStandin(post_rate=None) as slack, over_http(office, slack) as (stand, _):
        async with half_sent(stand.platform.http.address) as reader:
            answer = await asyncio.wait_for(reader.readline(), 5)
            assert answer.startswith(b"HTTP/1.1 408")
        assert "Diffusion" in texts(await stand.ask("diffusion"))


async def test_a_page_that_is_asked_for_too_slowly_is_refused(office, monkeypatch):
    monkeypatch.setattr("adapters.slack.http.BODY_SECONDS", 0.2)
    async with (
        slack_of_two() as slack,
        running(office, slack) as stand,
        half_sent(stand.platform.http.address, HALF_INSTALL) as reader,
    ):
        answer = await asyncio.wait_for(reader.readline(), 5)
        assert answer.startswith(b"HTTP/1.1 408")


async def test_being_sent_away_over_and_over_is_met_with_patience(office):
    async with SlackStandin(post_rate=None) as slack, connected(office, slack) as stand:
        asked = [time.perf_counter()]
        sent_away = set()

        def send_away():
            for each in slack.sockets.live():
                if each not in sent_away:
                    sent_away.add(each)
                    slack.sockets.disconnect("too_many_websockets", each)
            asked[:] = [each.at for each in slack.calls("apps.connections.open")]
            return asked[-1] - asked[0] > 3

        await slack.until(send_away, 15)
        assert len(asked) < 8
        assert max(after - before for before, after in itertools.pairwise(asked)) > 1.5
        assert "Diffusion" in texts(
            await slack.slash(stand.member, stand.papers, "diffusion").message(within=15)
        )


async def test_tokens_of_two_apps_are_remarked(office):
    async with SlackStandin(post_rate=None) as slack:
        async with connected(office, slack) as stand:
            assert stand.platform.remarks() == []
        slack.sockets.app_id = "A0OTHER"  # the app token is another app's
        async with connected(office, slack) as stand:
            [remark] = await slack.until(stand.platform.remarks)
            assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are of two apps" in remark


@pytest.mark.parametrize("fault", ["missing_scope", "bot_not_found", "503"])
async def test_where_slack_does_not_tell_whose_a_token_is_nothing_is_remarked(office, fault):
    async with SlackStandin(post_rate=None) as slack:
        slack.fault("bots.info", fault, times=None)
        slack.sockets.app_id = "A0OTHER"
        async with connected(office, slack) as stand:
            await stand.ask("status")
            assert stand.platform.remarks() == []
