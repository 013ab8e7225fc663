"""Somebody at a terminal in which a command runs: reads what comes, and types."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import sys
import termios
from asyncio.subprocess import Process
from typing import Self

import pytest
from standins.shell import Shell

PATIENCE = 30.0  # seconds until a test gives up waiting for what must come


class Person:
    """Sits at a terminal of 100 columns in which a command runs."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.shown = ""  # all of it
        self._unread = ""
        self._came = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (40, 100))
        self.kept = termios.tcgetattr(self.slave)
        asyncio.get_running_loop().add_reader(self.master, self._read)
        self.process: Process | None = None
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        asyncio.get_running_loop().remove_reader(self.master)
        os.close(self.master)
        os.close(self.slave)

    async def run(self, *words: str) -> None:
        take = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        start = f"{take} os.execv(sys.executable, [sys.executable, '-m', 'bot', *sys.argv[1:]])"
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", start, *words),
            cwd=self.shell.folder,
            env=self.shell.environment() | {"PYTHONIOENCODING": "utf-8"},
            **dict.fromkeys(("stdin", "stdout", "stderr"), self.slave),
            start_new_session=True,
        )

    def _read(self) -> None:
        text = os.read(self.master, 65536).decode("utf-8", "replace")
        self.shown += text
        self._unread += text
        self._came.set()

    async def reads(self, pattern: str) -> str:
        """What came up to and with the pattern."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := re.search(pattern, self._unread)):
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            pytest.fail(f"never came: {pattern!r}; there is {self._unread!r}")
        seen, self._unread = self._unread[: found.end()], self._unread[found.end() :]
        return seen

    def types(self, text: str) -> None:
        os.write(self.master, text.encode())

    async def ends(self) -> int:
        assert self.process
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    def has_terminal_as_before(self) -> bool:
        return termios.tcgetattr(self.slave)[3] == self.kept[3]
