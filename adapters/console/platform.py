"""The terminal: prints what is sent, and answers what is typed."""

from __future__ import annotations

import asyncio
import errno
import functools
import json
import os
import select
import sys
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from adapters.console import render
from adapters.console.cleaning import clean
from adapters.console.commands import TERMINAL, Asker, Commands
from adapters.console.draw import Surface, draw, encode
from adapters.console.forms import as_one_line, fill
from adapters.console.keyboard import Keyboard, in_thread
from adapters.console.page import Page
from adapters.console.problems import UNEXPECTED, describe
from bot.errors import CredentialsError, RenderError, TemporaryDeliveryError, UserError
from bot.messages import Form, Invocation, Message
from bot.models import Channel, Payload
from bot.ports import Clock

PROMPT = "> "
PLAIN_WIDTH = 80  # columns, where there is no terminal to measure
GOODBYES = frozenset({"exit", "quit", "/exit", "/quit"})
COMPLETION_SECONDS = 1.0  # a person waits after Tab
CLEAR_LINE = "\r\x1b[K"

# A pipe without a reader, a terminal that hung up, a descriptor that was never open.
_CLOSED = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EIO, errno.EBADF})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Screen:
    """Where to print, where to read, and how (`auto`, `rich`, `plain` or `json`)."""

    source: int = 0
    target: int = 1
    form: str = "auto"

    def surface(self) -> Surface:
        """What the output is at this moment: a window may have changed its size."""
        tty = os.isatty(self.target)
        able = tty and os.environ.get("TERM", "dumb") != "dumb"
        return Surface(
            width=os.get_terminal_size(self.target).columns or PLAIN_WIDTH if tty else PLAIN_WIDTH,
            rich=able if self.form == "auto" else self.form == "rich",
            colour=not os.environ.get("NO_COLOR"),  # no-color.org
            unicode=self.encoding().lower().startswith("utf"),
        )

    def encoding(self) -> str:
        """The encoding of what is printed."""
        return getattr(sys.stdout, "encoding", None) or "utf-8"  # None where it was closed


class ConsolePlatform:
    """The console as a platform."""

    name = "console"

    def __init__(self, commands: Commands, screen: Screen, clock: Clock | None = None) -> None:
        self._commands = commands
        self._screen = screen
        self._keyboard = Keyboard(screen.source, screen.target)
        self._asker = Asker(commands, clock or _now)
        self._printing = asyncio.Lock()

    def pack(self, message: Message) -> list[Payload]:
        """The message as payloads: one, or in a thread one and one a paper."""
        return render.pack(message)

    def show(self, message: Message) -> None:
        """Print a message where the operator is, at once. Raises DeliveryError."""
        pages = self._paged(message)
        self._write(self._look(TERMINAL, pages))
        self._remember(pages, TERMINAL)

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:
        """Print a payload and return its key as its reference.

        Raises CredentialsError where the output is closed, TemporaryDeliveryError where it can't
        be written now, RenderError for a body that is no page.
        """
        pages = [(_page_of(payload), payload)]
        await self._print(self._look(channel, pages, key, reply_to))
        self._remember(pages, channel)
        return key

    async def serve(self) -> None:
        """Answer what is typed, until the end of the input, `exit`, or a closed output."""
        try:
            while (text := await self._next_line()) is not None:
                await self._respond(text)
        except CredentialsError:
            log.info("console closed")

    async def _next_line(self) -> str | None:
        """The next line that asks for something; None at the end."""
        complete = functools.partial(_in_loop, asyncio.get_running_loop(), self._asker.complete)
        while True:
            try:
                text = await self._keyboard.line(PROMPT, complete)
            except UserError as error:
                await self._tell(describe(error, self._screen.surface().width))
                continue
            if text is None or text.strip().lower() in GOODBYES:
                return None
            if text.strip():
                return text

    async def _respond(self, text: str) -> None:
        if not self._keyboard.interactive and self._screen.form != "json":
            await self._tell(f"{PROMPT}{clean(text).strip()}")  # no terminal has echoed it
        try:
            invocation = self._asker.read(text)
            answer = await self._commands.answer(invocation)
            while isinstance(answer, Form):
                filled = await self._fill(answer, invocation)
                if filled is None:
                    return
                invocation = filled
                answer = await self._commands.answer(invocation)
            await self._show(invocation.channel, answer)
        except UserError as error:
            await self._tell(describe(error, self._screen.surface().width))
        except CredentialsError:
            raise
        except Exception:
            log.exception("a command failed")
            await self._tell(UNEXPECTED)

    async def _fill(self, form: Form, invocation: Invocation) -> Invocation | None:
        if not self._keyboard.interactive:
            await self._tell(as_one_line(form))
            return None
        args = await fill(form, self._keyboard.line, self._tell)
        if args is None:
            await self._tell("\nNothing was changed.")
            return None
        return self._asker.ask(form.verb, args, invocation.channel)

    async def _show(self, channel: Channel, answer: Message) -> None:
        pages = self._paged(answer)
        await self._print(self._look(channel, pages))
        self._remember(pages, channel)

    def _remember(self, pages: Iterable[tuple[Page, Payload]], channel: Channel) -> None:
        for page, _ in pages:
            self._asker.show(page.pressable, channel)

    def _paged(self, message: Message) -> list[tuple[Page, Payload]]:
        return [(_page_of(payload), payload) for payload in self.pack(message)]

    def _look(
        self,
        channel: Channel,
        pages: Iterable[tuple[Page, Payload]],
        key: str = "",
        reply_to: str = "",
    ) -> str:
        if self._screen.form == "json":
            return "".join(_as_json(channel, *page, key, reply_to) for page in pages)
        surface = self._screen.surface()
        name = "" if channel == TERMINAL else clean(channel.name or channel.id)
        texts = [draw(page, surface, name) for page, _ in pages]
        return "\n".join([*texts, ""])

    async def _tell(self, text: str) -> None:
        if self._screen.form == "json":
            text = json.dumps({"channel": TERMINAL.key, "text": text})
        await self._print(f"{text}\n")

    async def _print(self, text: str) -> None:
        """Print in one piece: a kill in between leaves a whole message, or none of it."""
        async with self._printing:
            prompt = self._keyboard.waiting_prompt
            if prompt:  # a digest came while somebody was typing: it goes above their line
                text = f"{CLEAR_LINE}{text}{prompt}{self._keyboard.typed}"
            # A stopped terminal (Ctrl-S) or a full pipe holds a write, and only that.
            await in_thread(functools.partial(self._write, text))

    def _write(self, text: str) -> None:
        try:
            _write_all(self._screen.target, encode(text, self._screen.encoding()))
        except OSError as error:
            if error.errno in _CLOSED:
                raise CredentialsError("the console's output is closed") from error
            problem = f"the console can't be written: {os.strerror(error.errno or 0)}"
            raise TemporaryDeliveryError(problem) from error


def _in_loop(
    loop: asyncio.AbstractEventLoop, ask: Callable[[str], Coroutine[Any, Any, list[str]]], text: str
) -> list[str]:
    """Ask in the event loop from the thread of the keyboard; nothing where it takes too long."""
    asked = asyncio.run_coroutine_threadsafe(ask(text), loop)
    try:
        return asked.result(COMPLETION_SECONDS)
    except (TimeoutError, CancelledError):
        asked.cancel()
        return []


def _page_of(payload: Payload) -> Page:
    try:
        return Page.from_json(payload.body)
    except ValueError as error:
        raise RenderError(str(error)) from error


def _as_json(channel: Channel, page: Page, payload: Payload, key: str, reply_to: str) -> str:
    """One line for a program. Plain ASCII, so that no encoding can spoil it."""
    told = {
        "channel": channel.key,
        "delivery": key,
        "reply_to": reply_to,
        "title": page.title,
        "subtitle": page.subtitle,
        "text": payload.plain,
        "paper_ids": payload.paper_ids,
    }
    return json.dumps(told) + "\n"


def _write_all(target: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(target, rest) :]
        except BlockingIOError:  # whoever started us may have left it so
            select.select([], [target], [])


def _now() -> datetime:
    return datetime.now(UTC)
