"""`make pictures`: all of them to build/pictures/, those of the README to docs/pictures/ too."""

from __future__ import annotations

import asyncio
import logging
import shutil
import subprocess
import sys
from pathlib import Path

import structlog
from standins.discord_markdown import see

from docs.pictures import chromium
from docs.pictures.look import Scene, page, texts
from docs.pictures.markdown import to_html, visible
from docs.pictures.scenes import scenes

HERE = Path(__file__).parent
EVERYTHING = HERE.parents[1] / "build" / "pictures"
PHONE, DESKTOP = 390, 720  # a card is 600 wide at most
FENCE = "```"  # of a block of code, which the other reader leaves as it stands
SCREEN = 844  # the height of a phone's screen
MOST_BYTES = 150_000
# What the README shows: scene, theme, width.
SHOWN = {
    ("digest", "dark", DESKTOP),
    ("digest", "light", DESKTOP),
    ("digest", "dark", PHONE),
    ("thread", "dark", DESKTOP),
    ("search", "dark", DESKTOP),
    ("paper", "light", DESKTOP),
    ("settings", "dark", DESKTOP),
}
NO_CHROMIUM = "make pictures needs Chromium: apt install chromium"
NO_FONT = (
    "Noto Sans, which Discord shows where its own font is missing, is not installed here, so "
    "widths differ: apt install fonts-noto-core"
)


async def main() -> None:
    """Draw all. Ends with a line where something is missing."""
    browser = chromium.find()
    if not browser:
        sys.exit(NO_CHROMIUM)
    if not _has_font("Noto Sans"):
        print(NO_FONT, file=sys.stderr)  # noqa: T201 - it is a script
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = await scenes()
    for scene in found:
        _prove(scene)
    shutil.rmtree(EVERYTHING, ignore_errors=True)
    EVERYTHING.mkdir(parents=True)
    async with chromium.page(browser) as tab:
        for scene in found:
            await _draw(tab, scene)


async def _draw(tab: chromium.Page, scene: Scene) -> None:
    for width, kind in ((DESKTOP, "desktop"), (PHONE, "phone")):
        for theme in ("dark", "light"):
            markup, name = page(scene, theme, width), f"{scene.name}-{kind}-{theme}.png"
            png = await tab.draw(markup, width)
            for text in await tab.overflowing():
                print(f"{name}: stands out: {text!r}", file=sys.stderr)  # noqa: T201
            (EVERYTHING / name).write_bytes(png)
            if (scene.name, theme, width) in SHOWN:
                shown = await tab.draw(markup, width, SCREEN) if width == PHONE else png
                if len(shown) > MOST_BYTES:
                    sys.exit(f"{name} has {len(shown):,} bytes; {MOST_BYTES:,} are the most")
                (HERE / name).write_bytes(shown)


def _prove(scene: Scene) -> None:
    """Two readers of Discord's markdown, written apart, see the same text."""
    every = [each for shown in scene.messages for each in (shown, *shown.within)]
    for markdown in (text for shown in every for text in texts(shown.components)):
        ours, theirs = visible(to_html(markdown)), see(markdown).text.replace(FENCE, "")
        if ours.split() != theirs.split():
            raise AssertionError(f"{scene.name}: {ours!r} is not {theirs!r}")


def _has_font(name: str) -> bool:
    if not shutil.which("fc-list"):
        return True  # nobody to ask
    ran = subprocess.run(["fc-list", name], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return bool(ran.stdout.strip())


asyncio.run(main())
