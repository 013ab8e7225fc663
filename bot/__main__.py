"""The `paperboy` command line, thin: reads arguments, opens the app, prints what it says.

Imports stand inside the commands: `paperboy --help` must not wait for what it does not use.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

T = TypeVar("T")

EXIT_FAULT = 1
EXIT_SETTING = 2  # a missing or wrong setting, or a wrong argument
EXIT_INTERRUPTED = 130  # what shells expect after Ctrl-C

cli = typer.Typer(
    name="paperboy",
    help="Delivers the day's research papers to the channels where people already talk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")]
ChannelName = Annotated[str, typer.Option("--channel", "-c", help="Key, id or name of a channel.")]


@cli.command()
def demo() -> None:
    """Today's papers in this terminal, then a prompt; nothing to set up."""
    from bot.operations.demo import demo as run_demo

    _run(run_demo(_settings(quiet=True)))


@cli.command()
def run() -> None:
    """The daemon: keeps the schedule, posts, and answers, until it is stopped."""
    from bot.operations.daemon import run_daemon

    _run(run_daemon(_settings()))


@cli.command()
def pull(
    source: Annotated[str, typer.Option(help="huggingface or arxiv; both where left out.")] = "",
    since: Day = None,
    until: Day = None,
    again: Annotated[bool, typer.Option(help="Also days that are complete already.")] = False,
) -> None:
    """Fetch papers now; with dates, a backfill that can be broken off and goes on."""
    from bot.operations.pulling import pull_days

    days = (since.date() if since else None, until.date() if until else None)
    _run(pull_days(_settings(quiet=True), source, *days, again=again))


@cli.command()
def digest(
    channel: ChannelName,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would be posted, without posting.")
    ] = False,
) -> None:
    """What a channel would get now (--preview), or post it at once."""
    from bot.operations.asking import show_digest

    _run(show_digest(_settings(quiet=True), channel, preview=preview))


@cli.command()
def search(words: Annotated[list[str], typer.Argument(metavar="QUERY...")]) -> None:
    """Search the papers that are kept."""
    _answer("search " + " ".join(words))


@cli.command()
def status() -> None:
    """How the sources, the schedule and the outbox stand."""
    _answer("status")


@cli.command()
def papers(
    words: Annotated[list[str] | None, typer.Argument(metavar="VERB...")] = None,
    channel: Annotated[str, typer.Option("--channel", "-c", help="Name of the channel.")] = "",
) -> None:
    """One /papers line, asked from a console channel: papers subscribe 09:00 Europe/Berlin."""
    _answer(" ".join(words or []), channel)


@cli.command()
def doctor() -> None:
    """Check settings, database, sources and platforms; exit 1 where something is wrong."""
    from bot.operations.doctor import examine

    raise typer.Exit(_run(examine(_settings(quiet=True))))


@cli.command()
def why(
    channel: Annotated[str, typer.Argument(help="Key, id or name of a channel.")],
    day: Annotated[datetime | None, typer.Argument(formats=["%Y-%m-%d"], metavar="[DATE]")] = None,
) -> None:
    """Why a channel got what it got on a day, read from the rows."""
    from bot.operations.asking import explain

    _run(explain(_settings(quiet=True), channel, day.date() if day else None))


@cli.command()
def backup(path: Annotated[Path, typer.Argument(help="A new file.")]) -> None:
    """A consistent copy of the live database."""
    from bot.operations.asking import back_up

    _run(back_up(_settings(quiet=True), path))


@cli.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that backup made.")],
    send_again: Annotated[
        bool, typer.Option("--send-again", help="Also what fell due since the backup.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in place of the database; shows first what fell due since."""
    from bot.operations.restoring import restore as run_restore

    _run(run_restore(_settings(quiet=True), path, send_again=send_again, yes=yes))


def main() -> None:
    """Run the command line; every fault is one line on standard error and an exit code."""
    from bot.errors import BotError, ConfigError, QueryError

    try:
        cli()
    except QueryError as error:
        _fail(f"{error}\n  {error.text}\n  {' ' * error.place}^", EXIT_SETTING)
    except ConfigError as error:
        _fail(str(error), EXIT_SETTING)
    except BotError as error:
        _fail(str(error), EXIT_FAULT)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough; Python must not complain again at exit.
        sys.stderr.close()
        sys.exit(EXIT_FAULT)


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
    return asyncio.run(work)


def _answer(text: str, channel: str = "") -> None:
    from bot.operations.asking import ask

    _run(ask(_settings(quiet=True), text, channel))


if __name__ == "__main__":
    main()
