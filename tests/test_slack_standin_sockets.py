"""Socket Mode of the stand-in of Slack, tried with slack_sdk's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from standins.slack.sample import App, running
from standins.slack.server import SlackStandin
from standins.slack.world import User

WRONG = "xoxb-wrong"


@pytest.fixture
async def standin() -> AsyncIterator[SlackStandin]:
    async with SlackStandin(2, post_rate=None, retry_waits=(0.0, 0.0, 0.0)) as server:
        yield server


@pytest.fixture
async def app(standin: SlackStandin) -> AsyncIterator[App]:
    async with running(standin) as connected:
        yield connected


@pytest.fixture
def ada(standin: SlackStandin) -> User:
    return standin.add_user("ada", tz="Europe/London", tz_offset=0)


async def refusal(call: Any) -> str:
    """The error that a Web API call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_a_wrong_app_token_gets_no_socket(standin: SlackStandin) -> None:
    client = AsyncWebClient(base_url=standin.api_url)
    assert await refusal(client.apps_connections_open(app_token=WRONG)) == "invalid_auth"
    told = await client.apps_connections_open(app_token=standin.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(told["url"]) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            assert hello["debug_info"]["host"]
            async with session.ws_connect((await _open(client, standin))["url"]) as second:
                assert (await second.receive_json())["num_connections"] == 2
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(told["url"])  # a ticket is good once


async def _open(client: AsyncWebClient, slack: SlackStandin) -> Any:
    return await client.apps_connections_open(app_token=slack.app_token)


async def test_a_refreshed_connection_loses_nothing(standin, app: App, ada: User) -> None:
    standin.disconnect("warning")
    standin.disconnect("refresh_requested")
    for number in range(5):
        await standin.slash(ada, standin.channel(), str(number)).message()
    # What was under way may come twice: its acknowledgement got lost with the connection.
    assert {body["text"] for _, body in app.heard} == {*"01234"}
    assert standin.sockets.opened >= 2


@pytest.mark.parametrize("how", ["cut", "close_sockets"])
async def test_what_a_lost_connection_left_open_is_sent_again(standin, app, ada, how) -> None:
    asked = standin.slash(ada, standin.channel(), "silent")
    await standin.until(lambda: app.heard)
    getattr(standin, how)()
    await standin.until(lambda: len(asked.delivery.tries) == 2, 10)
    await standin.until(lambda: len(app.heard) == 2)
    first, second = asked.delivery.tries
    assert first.id != second.id
    assert (second.attempt, second.reason) == (1, "connection_failed")


async def test_a_socket_that_goes_silent_is_replaced_by_another(standin, ada: User) -> None:
    standin.sockets.ack_seconds = 0.3
    async with running(standin) as app:
        [silent] = standin.silence()
        asked = standin.mention(ada, standin.channel(), "x")
        other = AsyncSocketModeHandler(app, standin.app_token, ping_interval=5)
        await other.connect_async()
        await asked.acked()
        assert len(asked.delivery.tries) == 2
        assert asked.delivery.tries[1].reason == "timeout"
        assert silent.pings
        await other.close_async()


async def test_the_librarys_own_watch_leaves_a_silent_socket(standin, ada: User) -> None:
    async with running(standin, ping_interval=0.1):
        standin.silence()
        await standin.until(lambda: standin.sockets.opened >= 2, 10)
        await standin.slash(ada, standin.channel(), "x").message()


async def test_an_event_is_sent_three_times_more(standin: SlackStandin, ada: User) -> None:
    standin.sockets.ack_seconds = 0.05
    async with running(standin):
        standin.silence()
        asked = standin.mention(ada, standin.channel(), "x")
        await standin.until(lambda: len(asked.delivery.tries) == 4)
        assert [each.attempt for each in asked.delivery.tries] == [0, 1, 2, 3]


async def test_a_link_that_is_disabled_is_closed(standin: SlackStandin, app: App) -> None:
    standin.fault("apps.connections.open", "internal_error", times=None)
    standin.disconnect("link_disabled")
    await standin.until(lambda: not standin.sockets.live())
    assert app.kinds() == []


async def test_two_copies_share_the_deliveries(standin, app: App, ada: User) -> None:
    async with running(standin) as copy:
        await standin.ready(2)
        for number in range(4):
            await standin.slash(ada, standin.channel(), str(number)).acked()
        assert (len(app.heard), len(copy.heard)) == (2, 2)


async def test_more_than_ten_connections_are_too_many(standin: SlackStandin) -> None:
    client = AsyncWebClient(base_url=standin.api_url)
    async with aiohttp.ClientSession() as session:
        sockets = [
            await session.ws_connect((await _open(client, standin))["url"]) for _ in range(11)
        ]
        told = [await socket.receive_json() for socket in sockets]
        assert [each["num_connections"] for each in told] == [*range(1, 12)]
        assert (await sockets[-1].receive_json())["reason"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()
