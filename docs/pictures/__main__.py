"""`make pictures`: all of them to build/pictures/, those of the README to docs/pictures/ too."""

from __future__ import annotations

import asyncio
import logging
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from docs.pictures import chromium, discord_look, discord_scenes, slack_look, slack_scenes

HERE = Path(__file__).parent
EVERYTHING = HERE.parents[1] / "build" / "pictures"
PHONE, DESKTOP = 390, 720  # a card of Discord's is 600 wide at most, and so is a modal of Slack's
SCREEN = 844  # the height of a phone's screen
MOST_BYTES = 150_000
NO_CHROMIUM = "make pictures needs Chromium: apt install chromium"


@dataclass(frozen=True)
class Client:
    """A platform's client: what is seen in it, and how it looks.

    `shown` are the pictures of the README: scene, theme, width. `font` stands in for its own.
    """

    name: str
    scenes: Callable[[], Awaitable[Sequence[Any]]]
    page: Callable[[Any, str, int], str]
    prove: Callable[[Any], None]
    shown: frozenset[tuple[str, str, int]]
    font: str
    font_package: str


CLIENTS = (
    Client(
        "discord",
        discord_scenes.scenes,
        discord_look.page,
        discord_look.prove,
        frozenset(
            {
                ("digest", "dark", DESKTOP),
                ("digest", "light", DESKTOP),
                ("digest", "dark", PHONE),
                ("thread", "dark", DESKTOP),
                ("search", "dark", DESKTOP),
                ("paper", "light", DESKTOP),
                ("settings", "dark", DESKTOP),
            }
        ),
        "Noto Sans",
        "fonts-noto-core",
    ),
    Client(
        "slack",
        slack_scenes.scenes,
        slack_look.page,
        slack_look.prove,
        frozenset(
            {
                ("digest", "light", DESKTOP),
                ("digest", "dark", PHONE),
                ("subscribe-form", "light", PHONE),
                ("home", "dark", PHONE),
            }
        ),
        "Lato",
        "fonts-lato",
    ),
)


async def main() -> None:
    """Draw all. Ends with a line where something is missing."""
    browser = chromium.find()
    if not browser:
        sys.exit(NO_CHROMIUM)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    shutil.rmtree(EVERYTHING, ignore_errors=True)
    EVERYTHING.mkdir(parents=True)
    only = sys.argv[1:]
    async with chromium.page(browser) as tab:
        for client in CLIENTS:
            if not only or client.name in only:
                await _draw_all(tab, client)


async def _draw_all(tab: chromium.Page, client: Client) -> None:
    if not _has_font(client.font):
        print(  # noqa: T201 - it is a script
            f"{client.font}, in which {client.name.capitalize()} is drawn, is not installed here, "
            f"so widths differ: apt install {client.font_package}",
            file=sys.stderr,
        )
    found = await client.scenes()
    for scene in found:
        client.prove(scene)
    for scene in found:
        await _draw(tab, client, scene)


async def _draw(tab: chromium.Page, client: Client, scene: Any) -> None:  # noqa: ANN401
    for width, kind in ((DESKTOP, "desktop"), (PHONE, "phone")):
        for theme in ("dark", "light"):
            markup = client.page(scene, theme, width)
            name = f"{client.name}-{scene.name}-{kind}-{theme}.png"
            png = await tab.draw(markup, width)
            for text in await tab.overflowing():
                print(f"{name}: stands out: {text!r}", file=sys.stderr)  # noqa: T201
            (EVERYTHING / name).write_bytes(png)
            if (scene.name, theme, width) in client.shown:
                shown = await tab.draw(markup, width, SCREEN) if width == PHONE else png
                if len(shown) > MOST_BYTES:
                    sys.exit(f"{name} has {len(shown):,} bytes; {MOST_BYTES:,} are the most")
                (HERE / name).write_bytes(shown)


def _has_font(name: str) -> bool:
    if not shutil.which("fc-list"):
        return True  # nobody to ask
    ran = subprocess.run(["fc-list", name], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return bool(ran.stdout.strip())


asyncio.run(main())
