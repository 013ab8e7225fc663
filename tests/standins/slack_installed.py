"""Paperboy in Slack, installed by OAuth in many workspaces: over a real store, to a stand-in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from standins.office import Office
from standins.slack.installing import Installed
from standins.slack.server import SlackStandin
from standins.slack_newsstand import Stand, settings_of
from standins.slack_tenants import free_port

from adapters.slack.platform import platform_of

KEY = Fernet.generate_key().decode()


def slack_of_two(**more: Any) -> SlackStandin:
    return SlackStandin(2, post_rate=None, **more)


@contextlib.asynccontextmanager
async def running(
    office: Office, slack: SlackStandin, later: list[timedelta] | None = None, key: str = KEY
) -> AsyncIterator[Stand]:
    """`later`: how far the clock is ahead, changed while it runs."""
    port = free_port()
    slack.redirect_uris = [f"http://127.0.0.1:{port}/slack/oauth_redirect"]
    settings = settings_of(
        slack,
        slack_bot_token="",
        slack_client_id=slack.app.client_id,
        slack_client_secret=slack.app.client_secret,
        slack_encryption_key=key,
        slack_public_url=f"http://127.0.0.1:{port}",
        slack_port=port,
    )
    ahead = later or [timedelta(0)]
    platform = platform_of(settings, office.commands, lambda: datetime.now(UTC) + ahead[0])
    office.platforms["slack"] = platform
    serving = asyncio.create_task(platform.serve())
    try:
        await slack.ready(len(slack.sockets.live()) + 1)
        await slack.until(lambda: platform.http and platform.http.address, 10)
        yield Stand(office, slack, platform, slack.add_user("grace"))
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def install(stand: Stand, place: int, **more: Any) -> Installed:
    start = f"{stand.platform.http.address}/slack/install"
    return await stand.slack.install(start, stand.slack.workspaces[place], **more)
