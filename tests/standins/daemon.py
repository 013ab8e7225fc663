"""Paperboy as a process of its own, under a clock of ours, beside sources that live in its time.

The clock is libfaketime's (Debian's `faketime`), preloaded without its wrapper: a SIGKILL is to hit
Paperboy, not a parent of it. Standard output is one file for all processes of a house, appended to.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from standins.counting import Outbox, Said
from standins.sources import SourceStandin

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
NO_LIBRARY = "there is no libfaketime here (Debian: apt install faketime)"
PATIENCE = 30.0  # real seconds; nothing that is waited for here takes ten on an idle machine
LONGEST_GOODBYE = 5.0  # real seconds from SIGTERM to the end


class FastClock:
    """Fake time that runs `speed` times as fast as real time, here and in every process."""

    def __init__(self, now: datetime, speed: float) -> None:
        self.speed = speed
        self.jump(now)

    def jump(self, to: datetime) -> None:
        self._start, self._since = to, time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self.speed)

    def timestamp(self) -> float:
        return self.now().timestamp()

    def as_told(self) -> str:
        """What libfaketime is told; it reads whole seconds, the next one here: never backwards."""
        return f"@{self.now() + timedelta(seconds=1):%Y-%m-%d %H:%M:%S} x{self.speed:g}"


@dataclass
class Daemon:
    """One process of `python -m bot run`, and the lines it logged so far."""

    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)
    _reading: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        async for text in self.process.stderr:
            self.log.append(text.decode())

    def said(self, text: str) -> bool:
        return any(text in told for told in self.log)

    async def says(self, text: str) -> None:
        """Wait until it logs this."""
        await until(lambda: self.said(text), f"the daemon says {text!r}")

    async def kill(self) -> None:
        """SIGKILL, whatever it does."""
        await self.end(signal.SIGKILL)

    async def end(self, how: signal.Signals) -> int:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
        assert self._reading
        await self._reading
        _sweep(self.process.pid)
        return code


def _sweep(pid: int) -> None:
    """Away with what libfaketime leaves of a process that is killed: its number may come again."""
    for left in Path("/dev/shm").glob(f"*faketime*_{pid}"):  # noqa: S108
        left.unlink(missing_ok=True)


@dataclass
class House:
    """A folder of state, a clock and sources; processes are started in it and killed."""

    home: Path
    clock: FastClock
    standin: SourceStandin
    settings: dict[str, str] = field(default_factory=dict)
    daemons: list[Daemon] = field(default_factory=list)
    torn: int = 0

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.home / "papers.db")

    @property
    def output(self) -> Path:
        return self.home / "output.jsonl"

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TZ": "UTC",
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME": self.clock.as_told(),
            "PAPERBOY_HOME": str(self.home),
            "DEFAULT_ZONE": "UTC",
            "HUGGINGFACE_URL": self.standin.url,
            "ARXIV_RSS_URL": self.standin.url,
            "ARXIV_API_URL": self.standin.url,
            "HUGGINGFACE_SPACING_SECONDS": "0",
            "ARXIV_SPACING_SECONDS": "0",
            "REQUEST_TIMEOUT_SECONDS": "600",  # of the fast clock
            "CONSOLE_FORMAT": "json",
            "BACKUP_DAYS": "0",
        } | self.settings

    async def start(self) -> Daemon:
        with self.output.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                cwd=self.home,
                env=self.environment(),
            )
        self.daemons.append(Daemon(process))
        return self.daemons[-1]

    async def ask(self, *words: str) -> str:
        """One command to its end, which must be a good one; what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=self.home,
            env=self.environment(),
        )
        output, _ = await process.communicate()
        assert process.returncode == 0
        return output.decode()

    async def kill(self, daemon: Daemon) -> None:
        """SIGKILL, and take down which messages were printed and not recorded yet."""
        await daemon.kill()
        if self.output.read_bytes()[-1:] not in {b"", b"\n"}:
            with self.output.open("ab") as output:  # killed inside a write: that is no message
                output.write(b"\n")
        self.outbox.take_down_a_kill(self.said())

    async def stop(self, daemon: Daemon) -> None:
        """SIGTERM: it ends well, soon, and leaves no message lying that it claimed."""
        await daemon.says("paperboy runs")  # before that, a signal ends any process at once
        asked = time.monotonic()
        code = await daemon.end(signal.SIGTERM)
        assert code == 0
        assert time.monotonic() - asked < LONGEST_GOODBYE
        assert self.outbox.claimed(f"%:{daemon.process.pid}:%") == []
        assert not daemon.said("Traceback")

    def said(self) -> list[Said]:
        """The messages on standard output so far."""
        messages: list[Said] = []
        self.torn = 0
        for text in self.output.read_text().splitlines():
            try:
                told = json.loads(text)
            except json.JSONDecodeError:
                self.torn += 1
                continue
            messages.append(Said(told["channel"], told["delivery"], tuple(told["paper_ids"])))
        return messages

    def is_settled(self) -> bool:
        return self.outbox.is_settled(self.clock.now())


@asynccontextmanager
async def open_house(
    home: Path, now: datetime, speed: float, **standin: object
) -> AsyncIterator[House]:
    """A house whose processes are ended with it. `standin`: how the sources behave."""
    clock = FastClock(now, speed)
    # Its own limit of 500 requests in 5 minutes would be met by a clock that runs so fast.
    async with SourceStandin(clock=clock.timestamp, remaining=10**6, **standin) as sources:
        house = House(home, clock, sources)
        try:
            yield house
        finally:
            for daemon in house.daemons:
                if daemon.process.returncode is None:
                    await daemon.kill()


async def comes(condition: Callable[[], bool], within: float) -> bool:
    """Whether it comes to be so within these real seconds; looked at every few milliseconds."""
    give_up = time.monotonic() + within
    while not condition():
        if time.monotonic() > give_up:
            return False
        await asyncio.sleep(0.003)
    return True


async def until(condition: Callable[[], bool], meaning: str) -> None:
    """Wait until it is so. Raises TimeoutError that says what never came."""
    if not await comes(condition, PATIENCE):
        raise TimeoutError(f"waited {PATIENCE:g} s until {meaning}")
