"""The command line as somebody at a shell uses it: real processes in a folder of their own."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from bot.__main__ import main

ROOT = Path(__file__).parents[2]
CLOSED_PORT = "http://127.0.0.1:9"
DEADLINE_SECONDS = 30


class Ran(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass
class Shell:
    """Runs `paperboy …` in `folder`; its home is `folder/home`, its sources are at `url`.

    `before` are words that go before the command.
    """

    folder: Path
    url: str = CLOSED_PORT
    settings: dict[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self) -> dict[str, str]:
        addresses = ("HUGGINGFACE_URL", "ARXIV_RSS_URL", "ARXIV_API_URL")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "80",
            "TERM": "dumb",
            "DEFAULT_ZONE": "UTC",
            "PAPERBOY_HOME": str(self.home),
            "HUGGINGFACE_SPACING_SECONDS": "0",
            "ARXIV_SPACING_SECONDS": "0",
            **dict.fromkeys(addresses, self.url),
            **self.settings,
        }

    async def start(self, *words: str, **how: object) -> Process:
        given = {"stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE} | how
        command = (*self.before, sys.executable, "-m", "bot", *words)
        return await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, env=self.environment(), **given
        )

    async def __call__(self, *words: str, typed: str | None = None, **how: object) -> Ran:
        """Run to the end; `typed` is the standard input, None for one without a line."""
        how = how if typed is None else {"stdin": PIPE} | how
        process = await self.start(*words, **how)
        return await ended(process, typed)


@dataclass
class Inside(Shell):
    """The same, but commands that end by themselves run in this process, in a tenth of the time.

    What is started with `start` is a process of its own still.
    """

    patch: pytest.MonkeyPatch = field(kw_only=True)
    screen: pytest.CaptureFixture[str] = field(kw_only=True)

    async def __call__(self, *words: str, typed: str | None = None, **how: object) -> Ran:
        assert not how
        with self.patch.context() as patch:
            for name, value in self.environment().items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["paperboy", *words])
            patch.setattr(sys, "stdin", StringIO(typed or ""))
            self.screen.readouterr()
            code = await asyncio.to_thread(_run_main)
        logging.root.handlers.clear()
        structlog.reset_defaults()
        return Ran(code, *self.screen.readouterr())


def _run_main() -> int:
    with pytest.raises(SystemExit) as ended_with:
        main()
    return int(ended_with.value.code or 0)


def under_permissions() -> tuple[str, ...] | None:
    """What to put before a command so that file permissions hold for it: root passes them all.

    None where this machine has no way to do so.
    """
    if os.geteuid():
        return ()
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    try:
        tried = subprocess.run([*drop, "true"], capture_output=True, check=False)
    except OSError:
        return None
    return None if tried.returncode else drop


async def ended(process: Process, typed: str | None = None) -> Ran:
    """How a process ends, within the deadline."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            out, err = await process.communicate(None if typed is None else typed.encode())
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    code = process.returncode
    assert code is not None
    return Ran(code, (out or b"").decode(), (err or b"").decode())


async def logged(process: Process, text: str) -> str:
    """What a process wrote to standard error, up to the line that holds `text`."""
    seen = ""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while text not in seen:
            line = await process.stderr.readline()
            assert line, seen
            seen += line.decode()
    return seen
