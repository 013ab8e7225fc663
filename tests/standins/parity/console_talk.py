"""A person at the console's prompt, in a pseudo terminal of this process."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import pty
import re
import sys
import termios
from collections.abc import AsyncIterator, Mapping

import pytest
from standins.office import Office
from standins.parity.said import (
    NAME_OF_HELP,
    Answer,
    Asks,
    Said,
    as_line,
    form_title,
    lines_of,
)

from adapters.console import TERMINAL
from adapters.console.platform import PROMPT, ConsolePlatform, Screen
from bot.models import User

COLUMNS = 8000  # nothing is wrapped: where a line ends is only look
PATIENCE = 10.0
END = "\x00end\x00"
CLEAR = "\r\x1b[K"  # before what comes while somebody is asked for a line
END_OF_INPUT = "\x04"
_BUTTON = re.compile(r"\[(\d+)\] (.+?)(?=\s+\[\d+\] |\s*$)", re.MULTILINE)
_FIELD = re.compile(r"(?P<help>.+?)(?: \[(?P<value>.*)\])?: ")
_FILE = re.compile(
    r"^(?P<name>\S+\.(?:bib|ris|json))\n(?P<text>.*?)\n(?=\n\[\d|\n*\Z)", re.MULTILINE | re.DOTALL
)
_URL = re.compile(r"https?://[^\s)]+")
_WITH_URL = re.compile(r"^(?:(?:[A-Z][\w ]*?(?: \([\d,]+ stars?\))?: )?https?://\S+)$")


class Prompts(io.TextIOBase):
    """Where `input` shows its prompts, apart from the answers: so it is known when it waits."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def write(self, text: str) -> int:
        """A prompt ends in a space; anything else is a line of the log."""
        if text.endswith(" "):
            self._loop.call_soon_threadsafe(self.shown.put_nowait, text)
        return len(text)


class Terminal:
    """A pseudo terminal without echo; what it shows is read up to now."""

    def __init__(self) -> None:
        self._master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (50, COLUMNS))
        attributes = termios.tcgetattr(self.slave)
        attributes[1] &= ~termios.OPOST
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(self.slave, termios.TCSANOW, attributes)
        self._seen = b""
        self._came = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        self._seen += os.read(self._master, 65536)
        self._came.set()

    def types(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def shows(self) -> str:
        """All that was printed since this was asked last."""
        os.write(self.slave, END.encode())
        async with asyncio.timeout(PATIENCE):
            while not self._seen.endswith(END.encode()):
                self._came.clear()
                await self._came.wait()
        text = self._seen.decode().removesuffix(END)
        self._seen = b""
        return text

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self.slave)


class ConsoleTalk:
    """See standins.parity.said.Talk."""

    name = "console"
    channel = TERMINAL
    roles = "Librarians"

    def __init__(self, office: Office, user: User, terminal: Terminal, prompts: Prompts) -> None:
        self.office, self.user = office, user
        self._terminal, self._prompts = terminal, prompts
        self._prompt = PROMPT

    async def begin(self) -> None:
        """Wait for the first prompt."""
        assert await self._waits() == PROMPT

    async def ask(self, verb: str, args: Mapping[str, str]) -> Answer:
        return await self.write(as_line(verb, args))

    async def write(self, text: str) -> Answer:
        assert self._prompt == PROMPT, f"it asks for {self._prompt!r}"
        return await self._answer(f"/papers {text}")

    async def form(self, verb: str, args: Mapping[str, str]) -> Answer:
        return await self.ask(verb, args)

    async def press(self, said: Said, label: str) -> Answer:
        numbers = [number for number, each in _BUTTON.findall(said.shown) if each == label]
        return await self._answer(numbers[0])

    async def open(self, said: Said, place: int) -> Answer:
        """There is no menu: a paper's id stands beside it, and shows it."""
        ids = re.findall(r"(?<= · )\d{4}\.\d{5}$", said.shown, re.MULTILINE)
        return await self.write(f"paper {ids[place]}")

    async def submit(self, form: Asks, values: Mapping[str, str]) -> Answer:
        left = dict(values)
        answer: Answer = form
        while isinstance(answer, Asks) and self._prompt != PROMPT:
            given = left.pop(_name(self._prompt), None)
            typed = "" if given is None else given or "-"
            answer = await self._answer(typed)
        assert not left, f"nobody asked for {left}"
        return answer

    async def leave(self, form: Asks) -> None:  # noqa: ARG002
        if self._prompt != PROMPT:
            await self._answer(END_OF_INPUT, end="")

    async def fields(self, form: Asks, count: int) -> Asks:
        """They are asked for one after another; after the last one the form would be sent."""
        found = dict(form.fields)
        while len(found) < count and self._prompt != PROMPT:
            await self._answer("" if _held(self._prompt) else "x")  # it may be needed
            found |= _field(self._prompt)
        return Asks(form.title, found, form.shown)

    async def posted(self) -> list[Said]:
        shown = await self._terminal.shows()
        posts = [each.removesuffix(self._prompt) for each in shown.split(CLEAR)]
        return [read_page(each) for each in posts if each.strip()]

    async def _answer(self, typed: str, end: str = "\n") -> Answer:
        self._terminal.types(f"{typed}{end}")
        self._prompt = await self._waits()
        shown = await self._terminal.shows()
        if self._prompt != PROMPT:
            title, *_ = lines_of(shown) or ("",)
            return Asks(form_title(title), _field(self._prompt), shown)
        return read_page(shown)

    async def _waits(self) -> str:
        return await asyncio.wait_for(self._prompts.shown.get(), PATIENCE)


def read_page(shown: str) -> Said:
    """What is printed, as a person reads it."""
    found = _FILE.search(shown)
    if found:
        shown = shown.replace(found[0], "\n")
    rows = [row for row in shown.split("\n") if not re.fullmatch(r"=+", row)]
    told = [row for row in rows if not _BUTTON.match(row.strip())]
    buttons = [label for row in rows if row not in told for _, label in _BUTTON.findall(row)]
    words = [row for row in told if not _WITH_URL.match(row.strip())]
    return Said(
        lines=lines_of(*(re.sub(r" \(https?://\S+\)", "", row) for row in words)),
        links=frozenset(_URL.findall("\n".join(told))),
        buttons=tuple(buttons),
        files=((found["name"], found["text"]),) if found else (),
        shown=shown,
    )


def _field(prompt: str) -> dict[str, str]:
    return {_name(prompt): _held(prompt)}


def _name(prompt: str) -> str:
    found = _FIELD.fullmatch(prompt)
    assert found, f"{prompt!r} asks for no field"
    return NAME_OF_HELP.get(found["help"], found["help"])


def _held(prompt: str) -> str:
    found = _FIELD.fullmatch(prompt)
    return found["value"] or "" if found else ""


@contextlib.asynccontextmanager
async def console_talk(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ConsoleTalk]:
    """One life of the prompt."""
    monkeypatch.setenv("LOGNAME", "grace")
    terminal, prompts = Terminal(), Prompts()
    with (
        os.fdopen(os.dup(terminal.slave), encoding="utf-8") as keys,
        monkeypatch.context() as patched,
    ):
        patched.setattr(sys, "stdin", keys)
        patched.setattr(sys, "stdout", prompts)
        screen = Screen(terminal.slave, terminal.slave, "plain")
        platform = ConsolePlatform(office.commands, screen, office.clock)
        office.platforms["console"] = platform
        serving = asyncio.create_task(platform.serve())
        talk = ConsoleTalk(office, User("console", "grace", "grace"), terminal, prompts)
        try:
            await talk.begin()
            yield talk
        finally:
            terminal.types(f"{END_OF_INPUT}exit\n")
            await asyncio.wait_for(serving, PATIENCE)
            terminal.close()
