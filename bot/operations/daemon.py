"""`paperboy run`: the daemon."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys

import anyio.lowlevel
import structlog

from bot.app import open_app
from bot.settings import Settings

# The loop's turn comes at least this often beside threads that parse and pack: a heartbeat or an
# acknowledgement must not wait for Python's default of 5 ms a thread.
SWITCH_SECONDS = 0.001

log = structlog.get_logger()


async def keep_loop_free() -> None:
    """Set this process up so that nothing holds the event loop for long.

    httpx loads anyio with its first request, which takes 50 ms (measured): it is loaded before.
    A full collection walks every object there is, 40 ms with all modules loaded (measured); what
    is there at the start stays to the end, so it is left out of all later ones.
    """
    await anyio.lowlevel.checkpoint()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()


async def run_daemon(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; what is being sent then is finished first.

    Raises ConfigError, StoreError where it can't begin.
    """
    async with open_app(settings) as app:
        await keep_loop_free()
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stopping.set)
        log.info("paperboy runs", home=str(settings.paperboy_home), platforms=sorted(app.platforms))
        serving = asyncio.create_task(app.serve())
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({serving, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        log.info("paperboy stopped")
