"""Logs: one line an event, whatever is in it, and each line explained to the operator."""

import asyncio
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from standins.shell import ROOT, Shell

from bot.logs import set_up_logs


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def written(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_an_event_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO")
    structlog.get_logger().info("given up", reason="two\nlines \x1b[2J and \x9b a bell \x07")
    [line] = written(capsys)
    assert re.match(r'timestamp=\S+Z level=info event="given up" reason=', line)
    assert re.search(r"[\x00-\x1f\x7f-\x9f]", line) is None


def test_a_traceback_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO")
    try:
        int("an example")
    except ValueError:
        structlog.get_logger().exception("a job failed here")
    [line] = written(capsys)
    assert "ValueError: invalid literal" in line


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("WARNING")
    structlog.get_logger().info("pulled")
    assert written(capsys) == []


def test_a_library_warns_in_a_line_like_ours(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("it is %s", "late")
    [line] = written(capsys)
    assert 'level=warning event="it is late" library=some.library' in line


def test_the_scheduler_is_silent_about_what_is_meant_to_be(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("INFO")
    logging.getLogger("apscheduler.scheduler").warning("skipped: maximum number of instances")
    stopped = asyncio.CancelledError()
    executor = logging.getLogger("apscheduler.executors.default")
    executor.error("Job raised", exc_info=(type(stopped), stopped, None))
    assert written(capsys) == []
    executor.error("Job raised", exc_info=(ValueError, ValueError("a bug"), None))
    assert len(written(capsys)) == 1


def test_a_log_that_can_not_be_written_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_up_logs("INFO")
    closed = (tmp_path / "log").open("w")
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    structlog.get_logger().info("pulled")
    assert (tmp_path / "log").read_text() == ""


def test_a_log_may_go_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("WARNING", tmp_path / "demo.log")
    structlog.get_logger().warning("categories wait")
    assert 'event="categories wait"' in (tmp_path / "demo.log").read_text()
    assert written(capsys) == []


async def test_a_retry_is_logged_without_the_innards_of_a_library(offline: Shell) -> None:
    process = await offline.start("run")
    async with asyncio.timeout(30):
        while b"asking again" not in (line := await process.stderr.readline()):
            assert line
    process.terminate()
    await process.communicate()
    told = line.decode()
    assert re.search(r'event="asking again" .*reason="could not be reached"', told)
    assert "Error" not in told


def events() -> set[str]:
    found: set[str] = set()
    for package in ("bot", "adapters", "storage"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(
                re.findall(r"\blog\.(?:info|warning|error|exception)\(\s*\"([^\"]+)", text)
            )
            found |= set(re.findall(r"get_logger\(\)\.\w+\(\s*\"([^\"]+)", text))
    return found


def test_every_line_of_the_log_is_explained_to_the_operator() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([^`]+)`", page.split("## What the log says")[1]))
    assert {"pulled", "asking again"} <= events()
    assert events() - explained == set()
