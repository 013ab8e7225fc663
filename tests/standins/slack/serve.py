"""Serves a stand-in of Slack until it is killed: `python tests/standins/slack/serve.py`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here, and they theirs
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from standins.slack.server import SlackStandin


async def _run(slack: SlackStandin) -> None:
    async with slack:
        told = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.app.signing_secret,
            "SLACK_CLIENT_ID": slack.app.client_id,
            "SLACK_CLIENT_SECRET": slack.app.client_secret,
        }
        for name, value in told.items():
            print(f"{name}={value}", flush=True)  # noqa: T201 - whoever started it reads this
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--workspaces", type=int, default=1, help="that have the app at first")
    parser.add_argument("--post-rate", type=float, default=1.0, help="messages a second a channel")
    parser.add_argument("--events-url", default="", help="the app's URL; without it, Socket Mode")
    parser.add_argument("--rotates", action="store_true", help="tokens end after 12 hours")
    given = parser.parse_args()
    slack = SlackStandin(
        given.workspaces,
        port=given.port,
        post_rate=given.post_rate or None,
        events_url=given.events_url,
        rotates=given.rotates,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(slack))


if __name__ == "__main__":
    main()
