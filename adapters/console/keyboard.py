"""What a person types, or a pipe brings, line by line, without holding the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import select
import termios
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from bot.errors import UserError

MAX_LINE_BYTES = 10_000  # a command is far shorter; without an end, a file would fill the memory
CHUNK_BYTES = 65_536

T = TypeVar("T")
Complete = Callable[[str], list[str]]


async def in_thread(call: Callable[[], T]) -> T:
    """Run what may wait for ever. At its end the process does not wait for it.

    `asyncio.to_thread` would: its threads are joined, and a read from a terminal has no end.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(how: Callable[[Any], None], what: object) -> None:
        if not future.done():
            how(what)

    def run() -> None:
        try:
            outcome = functools.partial(settle, future.set_result, call())
        except Exception as error:  # noqa: BLE001 - it is raised where it was awaited
            outcome = functools.partial(settle, future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(outcome)

    threading.Thread(target=run, daemon=True, name="console").start()
    return await future


class Keyboard:
    """Standard input. `interactive` where a person sits at it and sees what is printed."""

    def __init__(self, source: int = 0, target: int = 1) -> None:
        self.interactive = os.isatty(source) and os.isatty(target)
        self.waiting_prompt = ""
        self._source = source
        self._rest = b""
        self._ended = False
        self._settings = termios.tcgetattr(source) if self.interactive else None

    async def line(self, prompt: str, complete: Complete | None = None) -> str | None:
        """The next line without its end; None where there is none left.

        `complete` gives the lines that Tab may make of a line; it is called from another thread.
        Raises UserError for a line that is too long, which is passed over.
        """
        if not self.interactive:
            return await in_thread(self._read)
        self.waiting_prompt = prompt
        try:
            return await in_thread(functools.partial(_type, prompt, complete))
        except EOFError:
            return None
        except asyncio.CancelledError:
            # The thread goes on waiting, and the terminal is still as line editing left it:
            # without echo, and with its paste mode on.
            self._restore()
            raise
        finally:
            self.waiting_prompt = ""

    @property
    def typed(self) -> str:
        """What stands behind the prompt so far."""
        with contextlib.suppress(ImportError):
            import readline  # noqa: PLC0415 - some builds of Python have none

            return readline.get_line_buffer()
        return ""

    def _restore(self) -> None:
        if self._settings is not None:
            termios.tcsetattr(self._source, termios.TCSANOW, self._settings)
            os.write(self._source, b"\x1b[?2004l\n")

    def _read(self) -> str | None:
        too_long = False
        while b"\n" not in self._rest and not self._ended:
            if len(self._rest) > MAX_LINE_BYTES:
                too_long, self._rest = True, b""
            chunk = self._chunk()
            self._ended = not chunk
            self._rest += chunk
        text, _, self._rest = self._rest.partition(b"\n")
        if too_long or len(text) > MAX_LINE_BYTES:
            raise UserError(f"that line is longer than {MAX_LINE_BYTES:,} bytes")
        if not text and self._ended and not self._rest:
            return None
        return text.decode("utf-8", "replace")

    def _chunk(self) -> bytes:
        try:
            return os.read(self._source, CHUNK_BYTES)
        except BlockingIOError:  # whoever started us may have left it so
            select.select([self._source], [], [])
            return os.read(self._source, CHUNK_BYTES)
        except OSError:  # the terminal has gone
            return b""


def _type(prompt: str, complete: Complete | None) -> str:
    with contextlib.suppress(ImportError):
        import readline  # noqa: PLC0415 - its import gives `input` editing and history

        readline.set_completer(_by_number(complete) if complete else None)
        readline.set_completer_delims("")  # a line is completed as a whole
        # macOS has libedit in its place, which names things otherwise.
        is_libedit = "libedit" in (readline.__doc__ or "")
        readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
    return input(prompt)


def _by_number(complete: Complete) -> Callable[[str, int], str | None]:
    """The lines one by one, as readline asks for them: from 0 on, until there is none."""
    found: list[str] = []

    def line(text: str, number: int) -> str | None:
        if number == 0:
            found[:] = complete(text)
        return found[number] if number < len(found) else None

    return line
