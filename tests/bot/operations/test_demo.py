"""`paperboy demo` as real processes, with a network, without, and with one that is worse."""

import asyncio
import signal
import socket
import time
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from standins.shell import Shell, ended
from standins.sources import Fault, SourceStandin

SAMPLE = "this is the sample edition"


async def test_the_demo_shows_the_digest_and_answers_what_a_pipe_brings(shell: Shell) -> None:
    ran = await shell("demo", typed="/papers status\n/papers help\n")
    assert ran.code == 0
    assert ran.err == ""
    assert "Hugging Face picks · " in ran.out
    assert "the first edition here" in ran.out
    assert ran.out.index("first edition") < ran.out.index("> /papers status")
    assert "Paperboy brings the day's papers" in ran.out


async def test_the_demo_shows_the_same_digest_when_it_is_started_again(shell: Shell) -> None:
    first = await shell("demo")
    second = await shell("demo")
    assert second == first
    assert first.out.count("https://huggingface.co/papers/") >= 3


async def test_without_a_network_the_demo_says_so_and_shows_the_sample(offline: Shell) -> None:
    began = time.monotonic()
    ran = await offline("demo", typed="/papers search attention\n")
    assert ran.code == 0
    assert ran.err == ""
    assert SAMPLE in " ".join(ran.out.split())
    assert "Sample edition · " in ran.out
    assert "Hugging Face picks" not in ran.out
    assert "> /papers search attention" in ran.out
    assert time.monotonic() - began < 10
    assert not offline.home.exists()  # a sample leaves nothing behind


async def test_what_a_line_of_a_pipe_posts_is_shown_before_the_end(offline: Shell) -> None:
    ran = await offline("demo", typed="/papers subscribe 09:00 Europe/Berlin\n1\n")
    assert ran.code == 0
    assert "The latest is on its way" in ran.out
    assert "Hugging Face picks · " in ran.out.split("on its way")[1]


async def test_an_address_that_never_answers_costs_the_demo_a_second(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:  # takes a connection, and says nothing
        shell = Shell(tmp_path, f"http://127.0.0.1:{hole.getsockname()[1]}")
        process = await shell.start("demo")
        began = time.monotonic()
        first = await asyncio.wait_for(process.stdout.readline(), 15)
        assert first.decode().startswith("Hugging Face can't be reached")
        assert time.monotonic() - began < 6  # a second, and the start of Python on a busy machine
        assert (await ended(process)).code == 0


async def test_a_name_server_that_hangs_costs_the_demo_a_second(offline: Shell) -> None:
    hanging = "import socket, time\nsocket.getaddrinfo = lambda *_, **__: time.sleep(60)\n"
    (offline.folder / "sitecustomize.py").write_text(hanging)
    offline.settings["PYTHONPATH"] = f"{offline.folder}:{offline.environment()['PYTHONPATH']}"
    began = time.monotonic()
    ran = await offline("demo", typed="/papers today\n")
    assert ran.code == 0
    assert SAMPLE in " ".join(ran.out.split())
    assert time.monotonic() - began < 12  # not the sixty of the name server


@pytest.mark.parametrize("fault", ["503", "html", "429"])
async def test_another_answer_than_papers_is_no_network(
    shell: Shell, sources: SourceStandin, fault: str
) -> None:
    sources.faults.append(Fault(fault))
    ran = await shell("demo")
    assert ran.code == 0
    assert SAMPLE in " ".join(ran.out.split())


async def test_a_slow_arxiv_holds_nothing_up(shell: Shell, sources: SourceStandin) -> None:
    sources.only = "/atom/"
    sources.faults.extend([Fault("slow", "60")] * 20)
    began = time.monotonic()
    ran = await shell("demo", typed="/papers today\n")
    assert ran.code == 0
    assert ran.err == ""
    assert "Hugging Face picks · " in ran.out
    assert "The day's papers" in ran.out
    assert time.monotonic() - began < 15


async def test_ctrl_c_ends_the_demo_at_once_and_without_a_word(shell: Shell) -> None:
    process = await shell.start("demo", stdin=PIPE)
    async with asyncio.timeout(20):
        while b"the first edition" not in (line := await process.stdout.readline()):
            assert line
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    ran = await ended(process)
    assert (ran.code, ran.err) == (130, "")
    assert time.monotonic() - began < 5


async def test_a_demo_whose_output_is_closed_ends_quietly_enough(shell: Shell) -> None:
    process = await shell.start("demo")
    await process.stdout.readline()
    process.stdout._transport.close()
    err = await asyncio.wait_for(process.stderr.read(), 20)
    assert await process.wait() in {0, 1}
    assert b"Traceback" not in err
