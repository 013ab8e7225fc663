"""Slack as it is reached from where Paperboy runs: proxies, and what a machine is set up with."""

from __future__ import annotations

import asyncio

import pytest
from standins.authority import found
from standins.proxy import proxy
from standins.slack.server import SlackStandin
from standins.slack_newsstand import connected, office, texts

from adapters.slack.web import Web
from adapters.slack.workspaces import Workspace, identified
from bot.errors import TemporaryDeliveryError

__all__ = ["office"]
VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """A machine that is set up with nothing."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


async def test_what_a_netrc_has_for_others_is_not_told_to_slack(office, machine, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ada password not-for-slack\n")
    machine.setenv("NETRC", str(netrc))
    async with SlackStandin(post_rate=None) as slack, connected(office, slack) as stand:
        assert "Diffusion" in texts(await stand.ask("diffusion"))
    assert not any("Basic" in each.headers.get("Authorization", "") for each in slack.requests)


async def test_everything_goes_by_the_proxy_of_the_environment(office, machine):
    async with proxy() as between, SlackStandin(post_rate=None) as slack:
        machine.setenv("http_proxy", between.url)
        async with connected(office, slack) as stand:
            assert "Diffusion" in texts(await stand.ask("diffusion"))
        # The Web API, the socket, and the response_url.
        assert between.led[f"127.0.0.1:{slack.port}"] >= 2


async def test_whom_the_environment_excepts_is_reached_without_its_proxy(office, machine):
    async with proxy() as between, SlackStandin(post_rate=None) as slack:
        machine.setenv("HTTP_PROXY", between.url)
        machine.setenv("NO_PROXY", "127.0.0.1")
        async with connected(office, slack) as stand:
            assert "Diffusion" in texts(await stand.ask("diffusion"))
        assert not between.led


async def test_a_certificate_that_is_not_trusted_is_told_with_what_to_read(tmp_path):
    server = await asyncio.start_server(
        lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=found(tmp_path).server
    )
    port = server.sockets[0].getsockname()[1]
    async with server, Web(f"https://127.0.0.1:{port}/api") as web:
        with pytest.raises(TemporaryDeliveryError, match=r"not trusted here \(docs/install"):
            await identified(web, Workspace("", "xoxb-not-a-real-one"))


async def test_nothing_is_tried_while_the_socket_is_lost(office):
    """An outage must not use up a message's tries."""
    async with SlackStandin(post_rate=None) as slack, connected(office, slack) as stand:
        lost = slack.fault("socket", "503", None)
        slack.cut()
        await slack.until(lambda: not stand.platform.connected, 15)
        lost.lift()
        await slack.until(lambda: stand.platform.connected, 15)


async def test_what_is_being_answered_when_paperboy_stops_is_finished(office):
    async with SlackStandin(post_rate=None) as slack:
        async with connected(office, slack) as stand:
            busy = await stand.hold_up(0.5)
            asked = slack.slash(stand.member, stand.papers, "subscribe 9:00")
            await asked.acked()
        await busy
        assert "Subscribed" in texts(asked.messages[-1])
