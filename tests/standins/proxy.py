"""A proxy as companies have one: it takes plain requests and tunnels, and counts whom it led on."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

WANTED = re.compile(rb"(?:CONNECT |[A-Z]+ (?:http|ws)://)([^/: ]+):(\d+)")
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Proxy:
    """`led` counts the connections by where they went, "host:port"."""

    url: str = ""
    led: Counter[str] = field(default_factory=Counter)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            wanted = WANTED.match(head)
            if wanted is None:
                writer.write(REFUSED)
                return
            host, port = wanted[1].decode(), int(wanted[2])
            self.led[f"{host}:{port}"] += 1
            there, thither = await asyncio.open_connection(host, port)
            with contextlib.closing(thither):
                if head.startswith(b"CONNECT"):
                    writer.write(ESTABLISHED)
                else:
                    thither.write(head)
                await asyncio.gather(_pour(reader, thither), _pour(there, writer))


async def _pour(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            into.write(data)
            await into.drain()
    into.close()


@asynccontextmanager
async def proxy() -> AsyncIterator[Proxy]:
    """A proxy on this machine."""
    made = Proxy()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made
