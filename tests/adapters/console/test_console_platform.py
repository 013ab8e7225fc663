"""The console over real descriptors: pipes, sockets and files."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standins.messages import DIGEST
from standins.prompt import PAPERS, FewCommands, digest

from adapters.console.commands import TERMINAL
from adapters.console.keyboard import MAX_LINE_BYTES
from adapters.console.platform import ConsolePlatform, Screen
from bot.errors import CredentialsError, RenderError, TemporaryDeliveryError
from bot.messages import Message, line
from bot.models import Payload

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LINE = Message(lines=(line("hello"),))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def pipe(stack: ExitStack) -> tuple[int, int]:
    reader, writer = os.pipe()
    for descriptor in (reader, writer):
        stack.callback(_close, descriptor)
    return reader, writer


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        return


async def talk(typed: bytes, folder: Path, form: str = "plain") -> tuple[str, FewCommands]:
    """What is printed when these lines are typed through a pipe, and what was asked."""
    source, target = folder / "typed", folder / "printed"
    source.write_bytes(typed)
    commands = FewCommands()
    with source.open("rb") as read, target.open("wb") as write:
        screen = Screen(read.fileno(), write.fileno(), form)
        await ConsolePlatform(commands, screen, lambda: NOW).serve()
    return target.read_text(), commands


async def test_every_line_is_answered_until_the_input_ends(tmp_path: Path) -> None:
    printed, commands = await talk(b"echo one\n\n/papers echo two", tmp_path)
    assert [asked.args for asked in commands.asked] == [{"text": "one"}, {"text": "two"}]
    assert printed == (
        "> echo one\necho\n====\n\ntext=one in #terminal\n\n"
        "> /papers echo two\necho\n====\n\ntext=two in #terminal\n\n"
    )


async def test_an_invocation_tells_who_asks_where_and_when(tmp_path: Path) -> None:
    _, commands = await talk(b"echo 1\necho 1\n", tmp_path)
    first, second = commands.asked
    assert (first.channel, first.at, first.may_manage) == (TERMINAL, NOW, True)
    assert first.user.platform == "console"
    assert first.user.name
    assert first.key != second.key


@pytest.mark.parametrize("goodbye", [b"exit", b"QUIT", b" quit "])
async def test_exit_and_quit_end_the_prompt(goodbye: bytes, tmp_path: Path) -> None:
    _, commands = await talk(b"echo 1\n" + goodbye + b"\necho 2\n", tmp_path)
    assert len(commands.asked) == 1


async def test_a_number_presses_that_button_of_the_last_answer(tmp_path: Path) -> None:
    printed, commands = await talk(b"7\nbuttons\n1\n3\n2048\n", tmp_path)
    assert [asked.verb for asked in commands.asked] == ["buttons", "again", "2048"]
    assert commands.asked[1].args == {"page": "2"}
    assert "there is no button [7]; there are none yet" in printed
    assert "there is no button [3]; they go to [2]" in printed


async def test_what_a_person_typed_wrong_is_one_line_with_the_place(tmp_path: Path) -> None:
    printed, _ = await talk(b"unreadable\nquery\necho on\n", tmp_path)
    assert "> unreadable\nthat can't be read\n" in printed
    assert "there is no field foo:\n  mamba foo:bar\n        ^\n" in printed
    assert "text=on" in printed


async def test_our_own_fault_is_one_line_and_the_prompt_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed, _ = await talk(b"crash\necho on\n", tmp_path)
    assert "That went wrong here, not with you; it is in the log.\n" in printed
    assert "secret-token" not in printed
    assert "text=on" in printed
    assert "a command failed" in capsys.readouterr().out


async def test_a_form_over_a_pipe_says_what_to_type_instead(tmp_path: Path) -> None:
    printed, commands = await talk(b"form\necho on\n", tmp_path)
    wanted = "/papers subscribe layout:compact hour:09:00 size:10 filter:…"
    assert f"Type it in one line: {wanted}\n" in printed
    assert len(commands.asked) == 2


async def test_a_line_without_an_end_fills_no_memory_and_the_next_is_read(tmp_path: Path) -> None:
    typed = b"x" * (300 * MAX_LINE_BYTES) + b"\necho on\n" + b"y" * (MAX_LINE_BYTES + 1)
    printed, commands = await talk(typed, tmp_path)
    assert [asked.args for asked in commands.asked] == [{"text": "on"}]
    assert printed.count("that line is longer than 10,000 bytes\n") == 2


async def test_bytes_that_are_no_text_do_not_stop_the_prompt(tmp_path: Path) -> None:
    printed, commands = await talk(b"echo \xff\xfe\x1b[2J\x00\necho on\n", tmp_path)
    assert len(commands.asked) == 2
    assert "\x1b" not in printed


async def test_a_program_reads_one_json_line_a_message(tmp_path: Path) -> None:
    printed, _ = await talk(b"echo one\nunreadable\nform\n", tmp_path, "json")
    answer, problem, form = (json.loads(text) for text in printed.splitlines())
    assert answer["channel"] == TERMINAL.key
    assert (answer["title"], answer["text"]) == ("echo", "echo\n====\n\ntext=one in #terminal")
    assert problem["text"] == "that can't be read"
    assert "Type it in one line" in form["text"]


async def send_to(target: int, form: str = "plain", message: Message = DIGEST) -> str:
    platform = ConsolePlatform(FewCommands(), Screen(0, target, form))
    [payload] = platform.pack(message)
    return await platform.send(PAPERS, payload, "edition:1:0", "edition:0:0")


async def test_a_delivery_is_printed_in_one_write_and_names_its_channel() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        assert await send_to(ours.fileno()) == "edition:1:0"
        # One datagram is one write.
        text = theirs.recv(1_000_000).decode()
        theirs.settimeout(0)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)
    assert text.startswith("in #papers\n\nPaperboy, Friday 20 November\n====")
    assert "[3] Pause for now" in text


async def test_the_terminals_own_channel_needs_no_name(tmp_path: Path) -> None:
    with (tmp_path / "printed").open("wb") as target:
        platform = ConsolePlatform(FewCommands(), Screen(0, target.fileno()))
        [payload] = platform.pack(LINE)
        await platform.send(TERMINAL, payload, "edition:1:0", "")
    assert (tmp_path / "printed").read_text() == "hello\n\n"


async def test_a_delivery_as_json_names_channel_key_and_papers() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        await send_to(ours.fileno(), "json")
        told = json.loads(theirs.recv(1_000_000))
    assert told["channel"] == "console:local:papers"
    assert (told["delivery"], told["reply_to"]) == ("edition:1:0", "edition:0:0")
    assert told["paper_ids"] == ["2611.01234", "math/0601001", "2611.04321"]
    assert told["subtitle"] == "3 of 31 new, 1 from Thursday · since Thu 09:00"


async def test_a_button_of_a_posted_digest_is_pressed_in_its_channel(stack: ExitStack) -> None:
    source, typing = pipe(stack)
    commands = FewCommands()
    _, target = pipe(stack)
    platform = ConsolePlatform(commands, Screen(source, target, "plain"))
    [payload] = platform.pack(digest())
    await platform.send(PAPERS, payload, "edition:1:0", "")
    os.write(typing, b"1\n")
    os.close(typing)
    await platform.serve()
    assert [(asked.verb, asked.channel) for asked in commands.asked] == [("pause", PAPERS)]


async def test_a_closed_output_stops_the_platform(stack: ExitStack) -> None:
    reader, writer = pipe(stack)
    os.close(reader)
    with pytest.raises(CredentialsError, match="closed"):
        await send_to(writer)
    with pytest.raises(CredentialsError, match="closed"):
        ConsolePlatform(FewCommands(), Screen(0, writer)).show(LINE)


async def test_a_closed_output_ends_the_prompt(stack: ExitStack, tmp_path: Path) -> None:
    reader, writer = pipe(stack)
    os.close(reader)
    (tmp_path / "typed").write_bytes(b"echo 1\necho 2\n")
    commands = FewCommands()
    with (tmp_path / "typed").open("rb") as source:
        await ConsolePlatform(commands, Screen(source.fileno(), writer)).serve()
    assert commands.asked == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
async def test_a_full_disk_is_tried_again_later(stack: ExitStack) -> None:
    target = os.open("/dev/full", os.O_WRONLY)
    stack.callback(os.close, target)
    with pytest.raises(TemporaryDeliveryError, match="No space left"):
        await send_to(target)


async def test_a_body_that_is_no_page_asks_for_the_plain_form(tmp_path: Path) -> None:
    with (tmp_path / "printed").open("wb") as target:
        platform = ConsolePlatform(FewCommands(), Screen(0, target.fileno()))
        with pytest.raises(RenderError):
            await platform.send(PAPERS, Payload("no page", "no page"), "edition:1:0", "")
    assert (tmp_path / "printed").read_bytes() == b""


async def test_a_reader_that_is_slow_holds_up_nothing_else(stack: ExitStack) -> None:
    reader, writer = pipe(stack)
    long = Message(lines=tuple(line("x" * 70) for _ in range(5000)))  # far over a pipe's buffer
    sending = asyncio.create_task(send_to(writer, message=long))
    for _ in range(100):
        await asyncio.sleep(0)  # the loop turns while the write waits
    assert not sending.done()
    read = await asyncio.to_thread(_read_all, reader, 71 * 5000)
    assert await sending == "edition:1:0"
    assert read.count(b"x" * 70 + b"\n") == 5000


def _read_all(reader: int, size: int) -> bytes:
    read = b""
    while len(read) < size:
        read += os.read(reader, 65536)
    return read


def run_prompt(
    typed: bytes, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "tests/standins/prompt.py", *arguments],
        input=typed,
        capture_output=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), **environment},
        timeout=30,
        check=False,
    )


def test_a_process_answers_a_pipe_without_escape_codes_and_exits_0() -> None:
    ran = run_prompt(b"/papers echo caf\xc3\xa9\nbuttons\n2\n", PYTHONIOENCODING="utf-8")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "text=café in #terminal" in ran.stdout.decode()
    assert b"\x1b" not in ran.stdout
    assert b"stop\n====\n" in ran.stdout


def test_an_output_that_is_not_utf8_crashes_nothing() -> None:
    typed = "echo 日本 — “x”\n".encode()
    ran = run_prompt(typed, "rich", PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b'text=?? - "x" in #terminal' in ran.stdout
