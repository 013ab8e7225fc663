"""The `paperboy` command line, thin: reads arguments, calls an operation, gives the exit code.

Imports stand inside the commands: `paperboy --help` must not wait for what it does not use.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from bot.errors import UserError
    from bot.settings import Settings

T = TypeVar("T")

EXIT_FAULT = 1
EXIT_WRONG = 2  # a missing or wrong setting, or a wrong argument
EXIT_INTERRUPTED = 130  # what shells expect after Ctrl-C

cli = typer.Typer(
    name="paperboy",
    help="Delivers the day's research papers to the channels where people already talk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

model_cli = typer.Typer(
    help="The model of semantic search.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
cli.add_typer(model_cli, name="model")

# A query may begin with a word such as -without: that is for the query's reader to judge.
_WORDS = {"ignore_unknown_options": True}
_ChannelOption = Annotated[
    str, typer.Option("--channel", "-c", metavar="NAME", help="Name of a console channel.")
]


@cli.command()
def demo() -> None:
    """Today's papers in this terminal, then a prompt."""
    from bot.operations.demo import demo as run_demo

    _run(run_demo(_settings(quiet=True)))


@cli.command()
def run() -> None:
    """The daemon: pulls, posts and answers until SIGTERM."""
    from bot.operations.daemon import run_daemon

    _run(run_daemon(_settings()))


@cli.command()
def pull(
    source: Annotated[
        str, typer.Option(metavar="NAME", help="huggingface or arxiv; both where left out.")
    ] = "",
    since: Annotated[
        str, typer.Option(metavar="DATE", help="First day of a backfill: 2026-10-01.")
    ] = "",
    until: Annotated[
        str, typer.Option(metavar="DATE", help="Last day of it; the newest where left out.")
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Also days that are complete.")] = False,
) -> None:
    """Fetch papers now; with dates, a backfill.

    A backfill can be broken off: called again, it goes on where it was.
    """
    from bot.operations.pulling import pull_days

    sys.exit(_run(pull_days(_settings(quiet=True), source, since, until, again=again)))


@cli.command()
def digest(
    channel: Annotated[
        str,
        typer.Option("--channel", "-c", metavar="CHANNEL", help="Key, id or name of a channel."),
    ],
    preview: Annotated[bool, typer.Option("--preview", help="Show it, without posting.")] = False,
) -> None:
    """Post a channel's digest now; --preview shows it."""
    from bot.operations.digest import show_digest

    _run(show_digest(_settings(quiet=True), channel, preview=preview))


@cli.command(context_settings=_WORDS)
def search(words: Annotated[list[str], typer.Argument(metavar="QUERY")]) -> None:
    """Search the papers that are kept."""
    from bot.operations.asking import ask

    _run(ask(_settings(quiet=True), "search " + " ".join(words)))


@cli.command()
def status() -> None:
    """How the channels, sources and outbox stand."""
    from bot.operations.asking import show_status

    _run(show_status(_settings(quiet=True)))


@cli.command(context_settings=_WORDS)
def papers(
    words: Annotated[list[str] | None, typer.Argument(metavar="VERB")] = None,
    channel: _ChannelOption = "",
) -> None:
    """One /papers line, as in a console channel.

    For example: papers subscribe 09:00 Europe/Berlin --channel lab
    """
    from bot.operations.arguments import typed_line
    from bot.operations.asking import ask

    _run(ask(_settings(quiet=True), typed_line(words or []), channel))


@cli.command()
def init(
    platform: Annotated[
        str, typer.Argument(metavar="PLATFORM", help="Its name; any other lists them.")
    ],
) -> None:
    """Set up a platform, up to its first digest."""
    from bot.operations.starting import start

    sys.exit(_run(start(_settings(quiet=True), platform)))


@cli.command()
def doctor() -> None:
    """Say what is wrong, and how to mend it."""
    from bot.operations.doctor import examine

    sys.exit(_run(examine(_settings(quiet=True))))


@model_cli.command("pull")
def model_pull() -> None:
    """Fetch the model, once; broken off, it goes on."""
    from bot.operations.modelling import pull_model

    try:
        pull_model(_settings(quiet=True))
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


@model_cli.command("status")
def model_status() -> None:
    """Say how semantic search stands."""
    from bot.operations.modelling import show_model

    sys.exit(_run(show_model(_settings(quiet=True))))


@cli.command()
def why(
    channel: Annotated[
        str, typer.Argument(metavar="CHANNEL", help="Key, id or name of a channel.")
    ],
    day: Annotated[
        str, typer.Argument(metavar="DATE", help="The local day, 2026-10-01; today's without.")
    ] = "",
) -> None:
    """Why a channel got what it got on a day."""
    from bot.operations.why import explain

    _run(explain(_settings(quiet=True), channel, day))


@cli.command()
def backup(path: Annotated[Path, typer.Argument(metavar="PATH", help="A new file.")]) -> None:
    """Write a consistent copy of the live database."""
    from bot.operations.restoring import back_up

    _run(back_up(_settings(quiet=True), path))


@cli.command()
def restore(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file that backup made.")],
    send_again: Annotated[
        bool, typer.Option("--send-again", help="Also send what fell due since the backup.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the database's place."""
    from bot.operations.restoring import restore as run_restore

    sys.exit(_run(run_restore(_settings(quiet=True), path, send_again=send_again, yes=yes)))


@cli.command()
def erase(
    platform: Annotated[str, typer.Argument(metavar="PLATFORM", help="The platform's name.")],
    user: Annotated[str, typer.Argument(metavar="USER", help="The person's id there.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase what is kept of one person."""
    from bot.operations.erasing import erase as run_erase

    sys.exit(_run(run_erase(_settings(quiet=True), platform, user, yes=yes)))


def main() -> None:
    """Run the command line; every fault is one line on standard error and an exit code."""
    from bot.errors import BotError, ConfigError, UserError

    _open_missing_streams()
    try:
        cli()
    except UserError as error:
        _fail(_described(error), EXIT_WRONG)
    except ConfigError as error:
        _fail(str(error), EXIT_WRONG)
    except BotError as error:
        _fail(str(error), EXIT_FAULT)
    except OSError as error:
        what = f": {error.filename}" if error.filename else ""
        _fail(f"{error.strerror or type(error).__name__}{what}", EXIT_FAULT)


def _open_missing_streams() -> None:
    """Give a process that was started without standard streams empty ones.

    Their numbers would go to the next files that are opened: a digest would be printed into the
    database. Standard output refuses what is written, so that nothing counts as posted there.
    """
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest free number: this one
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _described(error: UserError) -> str:
    from adapters.console.problems import describe

    return describe(error, shutil.get_terminal_size().columns)


def _fail(problem: str, code: int) -> None:
    sys.stderr.write(f"paperboy: {problem}\n")
    sys.exit(code)


def _settings(*, quiet: bool = False) -> Settings:
    from bot.logs import set_up_logs
    from bot.settings import Settings, load

    settings = load(Settings)
    set_up_logs("WARNING" if quiet else settings.log_level)
    return settings


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
