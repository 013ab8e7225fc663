"""The person at the terminal who is asked by a command, one question after the other."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import termios
from functools import partial
from getpass import getpass

from adapters.console.cleaning import clean_lines
from adapters.console.keyboard import MAX_LINE_BYTES, Keyboard, in_thread
from bot.errors import ConfigError
from bot.operations.env_file import EnvFile

PIPE_SECONDS = 60.0  # until what is to bring a secret counts as silent


class Terminal:
    """The person who sets Paperboy up, and the file that their settings are kept in."""

    def __init__(self, file: EnvFile) -> None:
        self._file = file
        self._keyboard = Keyboard()

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer."""
        return self._keyboard.interactive

    def tell(self, text: str = "") -> None:
        """Print this; what comes from outside can't steer the terminal."""
        sys.stdout.write(f"{clean_lines(text)}\n")
        sys.stdout.flush()

    async def ask(self, question: str, default: str = "") -> str | None:
        """What they type; the default for Enter alone; None where nobody answers."""
        if not self.interactive:
            return None
        shown = f" [{default}]" if default else ""
        answer = await self._keyboard.line(f"{question}{shown}: ")
        if answer is None:
            self.tell()
        return answer if answer is None else answer.strip() or default

    async def ask_secret(self, question: str) -> str | None:
        """The same, unseen; also what a pipe brings. Raises ConfigError where it can't be kept."""
        self._file.check()
        if self.interactive:
            return await self._unseen(f"{question}: ")
        if os.isatty(0):  # it would be seen
            return None
        try:
            async with asyncio.timeout(PIPE_SECONDS):
                return await self._keyboard.line("")
        except TimeoutError:
            return None

    async def _unseen(self, prompt: str) -> str | None:
        before = termios.tcgetattr(0)
        try:
            return await in_thread(partial(getpass, prompt))
        except (EOFError, UnicodeError):
            return None
        except asyncio.CancelledError:
            self.tell()  # the thread goes on waiting, and would leave the terminal without echo
            raise
        finally:
            termios.tcsetattr(0, termios.TCSANOW, before)

    async def enters_within(self, seconds: float) -> bool:
        """Wait so long for the Enter key; also true where nobody is there."""
        if not self.interactive:
            return True
        # Nothing must be left behind that reads: it would take the next answer.
        ready = await in_thread(lambda: select.select([0], [], [], seconds)[0])
        return bool(ready and os.read(0, MAX_LINE_BYTES) is not None)

    def keep(self, name: str, value: str) -> None:
        """Keep a setting in `.env`, and use it from now on. Raises ConfigError."""
        given = os.environ.get(name)
        try:
            changed = self._file.keep(name, value)
        except ConfigError as error:
            if given != value:
                raise
            self.tell(f"{name} is not kept, and must be in the environment at every start: {error}")
            return
        if changed:
            self.tell(f"{name} is in {self._file.path.absolute()} now, readable for you alone.")
        if given and given != value:
            self.tell(
                f"Take {name} out of the environment: what it holds there is wrong, and wins."
            )
            os.environ[name] = value
