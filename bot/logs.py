"""Logs: one line an event, to standard error, as key=value where nobody watches.

What each line means stands in docs/operating.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

_KEYS = ["timestamp", "level", "event"]
# What a terminal would obey, and what would make two lines of one; structlog escapes "\n" itself.
_OBEYED = {sign: f"\\x{sign:02x}" for sign in (*range(32), *range(127, 160)) if sign != 10}


def set_up_logs(level: str, file: Path | None = None) -> None:
    """Send our logs, and the warnings of the libraries, to standard error or to the end of `file`.

    Raises OSError where the file can't be written.
    """
    if file is not None:
        file.open("a").close()
    target = _Target(file)
    watched = file is None and sys.stderr is not None and sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if watched else [structlog.processors.format_exc_info]),
            _clean,
            _renderer(watched=watched),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=target),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Library()], force=True)
    _log_retries()


def _renderer(*, watched: bool) -> structlog.types.Processor:
    if not watched:
        return structlog.processors.LogfmtRenderer(key_order=_KEYS)
    # The fancy tracebacks show local variables: a token may be among them.
    return structlog.dev.ConsoleRenderer(
        colors=not os.environ.get("NO_COLOR"),  # no-color.org
        exception_formatter=structlog.dev.plain_traceback,
    )


def _clean(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Text from outside (a platform's answer, a title) may not steer the terminal."""
    return {
        key: value.translate(_OBEYED) if isinstance(value, str) else value
        for key, value in event.items()
    }


class _Target:
    """Standard error as it is at the moment, or a file; what can't be written is dropped.

    A full disk or a closed pipe behind the log must not stop what is being logged. Looking it up
    anew lets a progress bar catch what is written above it.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._file is None:
                sys.stderr.write(text)
                return
            with self._file.open("a", encoding="utf-8") as file:
                file.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


class _Library(logging.Handler):
    """A library's log records, as lines like our own."""

    def emit(self, record: logging.LogRecord) -> None:
        failed = record.exc_info[1] if record.exc_info else None
        # A job that is under way when Paperboy stops: the next start takes it up.
        if isinstance(failed, asyncio.CancelledError):
            return
        # A job that is due again while it still runs is how the scheduler keeps it to one.
        if record.name == "apscheduler.scheduler" and record.levelno < logging.ERROR:
            return
        log = structlog.get_logger()
        text = record.getMessage()
        log.log(record.levelno, text, library=record.name, exc_info=failed)


def _log_retries() -> None:
    """One plain line a retry, in place of the library's own with its internals."""
    import stamina.instrumentation  # noqa: PLC0415 - `--help` sets up no logs, and need not wait

    def told(details: stamina.instrumentation.RetryDetails) -> None:
        structlog.get_logger().info(
            "asking again",
            service=details.name,
            reason=str(details.caused_by),
            seconds=round(details.wait_for, 1),
        )

    stamina.instrumentation.set_on_retry_hooks([told])
