"""HTML → PNG in headless Chromium, over its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--font-render-hinting=none --disable-lcd-text --remote-debugging-port=0"
).split()
SCALE = 2  # for screens of many dots
COLOURS = 64
START_SECONDS = 20
HEIGHT = "document.fonts.ready.then(() => Math.ceil(document.body.getBoundingClientRect().height))"
STAND_OUT = """
[...document.querySelectorAll("main *")]
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.textContent.slice(0, 60))
"""
LONGEST_ANSWER = 64 * 1024 * 1024


def find() -> str:
    """The path of a Chromium; "" where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), "")


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session = ""

    async def open(self) -> None:
        """Open the tab; all else is asked of it."""
        target = await self._ask("Target.createTarget", url="about:blank")
        attached = await self._ask(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = attached["sessionId"]
        await self._ask("Page.enable")

    async def draw(self, markup: str, width: int, most: int = 0) -> bytes:
        """The document in this width as a PNG, as high as it is, or `most` at most."""
        await self._size(width, 400)
        tree = await self._ask("Page.getFrameTree")
        await self._ask(
            "Page.setDocumentContent", frameId=tree["frameTree"]["frame"]["id"], html=markup
        )
        height = await self._value(HEIGHT)
        height = min(height, most) if most else height
        await self._size(width, height)
        shot = await self._ask("Page.captureScreenshot", format="png")
        return _smaller(base64.b64decode(shot["data"]))

    async def overflowing(self) -> list[str]:
        """The texts that stand out of the page's width."""
        found: list[str] = await self._value(STAND_OUT)
        return found

    async def _size(self, width: int, height: int) -> None:
        await self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=SCALE, mobile=False,
        )  # fmt: skip

    async def _value(self, script: str) -> Any:  # noqa: ANN401 - as JavaScript gives it
        told = await self._ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        return told["result"]["value"]

    async def _ask(self, method: str, **params: object) -> dict[str, Any]:
        number = next(self._numbers)
        asked: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        await self._socket.send_json(asked)
        while (told := await self._socket.receive_json()).get("id") != number:
            pass
        if "error" in told:
            raise RuntimeError(f"Chromium refused {method}: {told['error']['message']}")
        result: dict[str, Any] = told["result"]
        return result


@asynccontextmanager
async def page(path: str) -> AsyncIterator[Page]:
    """A tab of a Chromium of its own, which ends with it."""
    with tempfile.TemporaryDirectory(prefix="paperboy-", ignore_cleanup_errors=True) as folder:
        told = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            path, *QUIET, f"--user-data-dir={folder}", stdout=told, stderr=told
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                address = await _address(Path(folder) / "DevToolsActivePort")
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(address, max_msg_size=LONGEST_ANSWER) as socket,
            ):
                tab = Page(socket)
                await tab.open()
                yield tab
        finally:
            process.terminate()
            await process.wait()


async def _address(file: Path) -> str:
    """Where the browser listens, as soon as it says so."""
    while not (lines := _lines(file))[1:]:  # noqa: ASYNC110 - a file rings no bell
        await asyncio.sleep(0.05)
    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def _smaller(png: bytes) -> bytes:
    """The same picture in its most frequent colours: of letters and plain areas nobody sees a
    difference.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    counted = picture.getcolors(picture.width * picture.height) or []
    frequent = sorted(counted, key=lambda each: -each[0])[:COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in frequent for part in colour])
    few = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    written = io.BytesIO()
    few.save(written, "PNG", optimize=True)
    return written.getvalue()
