"""The console's prompt as a person meets it: a real process in a real (pseudo) terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 20.0  # seconds until a test gives up waiting for what must come
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\")


class Person:
    """Types into a prompt, and reads what stands in the terminal."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 60))
        self.slave = slave
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
        environment |= {"PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            [sys.executable, "tests/standins/prompt.py"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: _take_terminal(slave),  # noqa: PLW1509 - no thread runs here
        )
        self.raw = ""

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def read_until(self, pattern: str) -> str:
        """What was printed up to and with the pattern; the rest is read next time."""
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, CODES.sub("", self.raw))):
            ready, _, _ = select.select([self.master], [], [], end - time.monotonic())
            assert ready, f"never came: {pattern!r}; there is {self.raw!r}"
            self.raw += os.read(self.master, 65536).decode("utf-8", "replace")
        seen = CODES.sub("", self.raw)
        self.raw = seen[found.end() :]
        return seen[: found.end()]

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, as a shell expects to find it."""
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def leave(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self.master)
        os.close(self.slave)


def _take_terminal(slave: int) -> None:
    import fcntl

    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


@pytest.fixture
def person() -> Iterator[Person]:
    sitting = Person()
    yield sitting
    sitting.leave()


def test_commands_are_answered_in_rich_text_until_ctrl_d(person: Person) -> None:
    person.read_until(r"> ")
    person.type("echo hello\n")
    answer = person.read_until(r"in #terminal\r\n\r\n> ")
    assert "╭──────╮\r\n│ echo │\r\n╰──────╯" in answer
    person.type("\x04")
    assert person.wait() == 0
    assert person.echoes()


def test_an_arrow_brings_back_the_last_line(person: Person) -> None:
    person.read_until(r"> ")
    person.type("echo once\n")
    person.read_until(r"text=once in #terminal\s+> ")
    person.type("\x1b[A\n")
    person.read_until(r"text=once in #terminal\s+> ")


def test_tab_completes_a_line_as_far_as_it_is_clear(person: Person) -> None:
    person.read_until(r"> ")
    person.type("ec\t")
    person.read_until(r"ho she")  # a bell may ring: there is more than one way on
    person.type("e\t\n")
    person.read_until(r"text=sheep in #terminal\s+> ")
    person.type("nothing\t here\n")
    person.read_until(r"text=here in #terminal")


def test_ctrl_c_ends_at_once_and_leaves_the_terminal_as_it_was(person: Person) -> None:
    person.read_until(r"> ")
    person.type("half a li")
    person.read_until(r"half a li")
    assert not person.echoes()
    started = time.monotonic()
    person.type("\x03")
    assert person.wait() == 130
    assert time.monotonic() - started < 5
    assert person.echoes()


def test_ctrl_c_ends_while_a_command_is_at_work(person: Person) -> None:
    person.read_until(r"> ")
    person.type("slow\n")
    person.read_until(r"slow\r\n")
    person.process.send_signal(signal.SIGINT)
    assert person.wait() == 130
    assert person.echoes()


def test_a_digest_comes_above_the_line_that_is_being_typed(person: Person) -> None:
    person.read_until(r"> ")
    person.type("echo a thou")
    person.read_until(r"echo a thou")
    person.process.send_signal(signal.SIGUSR1)
    posted = person.read_until(r"> echo a thou")
    assert "in #papers" in posted
    assert "│ The digest │" in posted
    person.type("ght\n")
    person.read_until(r"text=a thought in #terminal")


def test_a_form_is_asked_field_by_field(person: Person) -> None:
    person.read_until(r"> ")
    person.type("form\n")
    asked = person.read_until(r"Hour \[09:00\]: ")
    assert "Subscribe this channel" in asked
    assert "Local time, such as 09:00" in asked
    person.type("\n")
    assert "1. five\r\n  2. ten" in person.read_until(r"Papers \[ten\]: ")
    person.type("7\n")
    person.read_until(r"Type one of 1–2\.\s+Papers \[ten\]: ")
    person.type("1\n")
    person.read_until(r"Filter: ")
    person.type("\n")
    person.read_until(r"This one is needed\.\s+Filter: ")
    person.type("cat:cs.LG\n")
    answer = " ".join(person.read_until(r"in\s+#terminal\s+> ").split())
    assert "filter=cat:cs.LG hour=09:00 layout=compact size=5 in #terminal" in answer


def test_a_form_is_left_with_ctrl_d_and_the_prompt_goes_on(person: Person) -> None:
    person.read_until(r"> ")
    person.type("form\n")
    person.read_until(r"Hour \[09:00\]: ")
    person.type("\x04")
    person.read_until(r"Nothing was changed\.\s+> ")
    person.type("echo on\n")
    person.read_until(r"text=on in #terminal")
