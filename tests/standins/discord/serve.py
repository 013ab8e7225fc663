"""Serves a stand-in of Discord until it is killed: `python tests/standins/discord/serve.py`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here, and they theirs
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from standins.discord.server import DiscordStandin


async def _run(discord: DiscordStandin) -> None:
    async with discord:
        print(f"DISCORD_API_URL={discord.api_url}")  # noqa: T201 - whoever started it reads this
        print(f"DISCORD_GATEWAY_URL={discord.gateway_url}")  # noqa: T201
        print(f"DISCORD_CDN_URL={discord.cdn_url}")  # noqa: T201
        print(f"DISCORD_TOKEN={discord.bot_token}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--guilds", type=int, default=1)
    parser.add_argument("--shards", type=int, help="that /gateway/bot recommends")
    parser.add_argument("--rate", type=int, help="requests allowed a second; all without it")
    given = parser.parse_args()
    discord = DiscordStandin(given.guilds, port=given.port, shards=given.shards, rate=given.rate)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(discord))


if __name__ == "__main__":
    main()
