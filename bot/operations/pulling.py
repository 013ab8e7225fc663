"""`paperboy pull`: fetch now, or backfill years; broken off at any moment, it goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.announcements import is_listing_day, listing_day
from bot.app import App, open_app
from bot.errors import SourceError, UserError
from bot.ingest import FIRST_DAYS, RECENT
from bot.models import HUGGINGFACE, Pull, PullState
from bot.settings import Settings
from bot.wording import count_of, source_title


async def pull_days(
    settings: Settings, source: str, since: date | None, until: date | None, *, again: bool
) -> None:
    """Pull one source or all: what is recent, or every listing day of a span, newest first.

    Days that are complete already are passed over unless `again`; the last 7 days never are,
    since their lists still grow. Raises SourceError where nothing at all could be had.
    """
    async with open_app(settings) as app:
        names = [_known(app, source)] if source else list(app.ingest.sources)
        # One of arXiv's requests takes three seconds: the sources are pulled side by side.
        totals = await _with_progress(app, names, since, until, again)
    for name in names:
        Console().print(closing_line(name, totals[name]), highlight=False)
    if all(pulls and all(p.state is PullState.BROKEN for p in pulls) for pulls in totals.values()):
        problems = [pull.problem for pulls in totals.values() for pull in pulls]
        raise SourceError(problems[0] or "no source gave a valid answer")


def closing_line(name: str, pulls: list[Pull]) -> str:
    """`Hugging Face: 464 days pulled, 7,398 papers, 7,396 new …`."""
    if not pulls:
        return f"{source_title(name)}: nothing to pull, every day is complete"
    states = Counter(pull.state for pull in pulls)
    told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    entries, new = sum(p.entries for p in pulls), sum(p.new for p in pulls)
    malformed = sum(p.malformed for p in pulls)
    lost = f", {count_of(malformed, 'malformed entry', 'malformed entries')}" if malformed else ""
    return (
        f"{source_title(name)}: {count_of(len(pulls), 'pull')} ({told}), "
        f"{count_of(entries, 'entry', 'entries')}, {count_of(new, 'new paper')}{lost}"
    )


async def days_to_pull(
    app: App, name: str, since: date | None, until: date | None, *, again: bool
) -> list[date]:
    """The listing days of a span that are to be pulled, newest first."""
    newest = listing_day(name, app.clock())
    last = min(until or newest, newest)
    first = max(since or last - RECENT, FIRST_DAYS.get(name, date(1991, 8, 14)))
    known = await app.store.pulls.days(name, first, last)
    complete = {day.day for day in known if day.complete_at and day.day < newest - RECENT}
    days = [last - timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        day
        for day in days
        if (name == HUGGINGFACE or is_listing_day(name, day)) and (again or day not in complete)
    ]


async def _with_progress(
    app: App, names: list[str], since: date | None, until: date | None, again: bool
) -> dict[str, list[Pull]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    totals: dict[str, list[Pull]] = {name: [] for name in names}
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:

        async def one(name: str) -> None:
            if since is None and until is None:
                recent = await app.ingest.pull_recent(name)
                totals[name] += [recent] if recent else []
                return
            days = await days_to_pull(app, name, since, until, again=again)
            task = progress.add_task(source_title(name), total=len(days))
            for day in days:
                totals[name].append(await app.ingest.pull(name, day, day))
                progress.advance(task)

        await asyncio.gather(*(one(name) for name in names))
    return totals


def _known(app: App, source: str) -> str:
    name = {"hf": HUGGINGFACE}.get(source.lower(), source.lower())
    if name not in app.ingest.sources:
        known = " and ".join(app.ingest.sources)
        raise UserError(f"there is no source {source} (there are {known})")
    return name
