"""`paperboy pull`: fetch now, or backfill years; broken off at any moment, it goes on."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.announcements import FIRST_DAYS, is_listing_day, listing_day
from bot.app import App, open_app, utc_now
from bot.errors import UserError
from bot.ingest import RECENT
from bot.models import HUGGINGFACE, Pull, PullState
from bot.operations.arguments import read_day
from bot.settings import Settings
from bot.wording import count_of, day_span, listing, source_title

ARXIV_FIRST_DAY = date(1991, 8, 14)
# Each unanswered day has been asked for several times already: the service is away.
BROKEN_IN_A_ROW = 3


@dataclass(slots=True)
class Work:
    """What is to be pulled of one source, and how far it has come.

    `days` is None for what is recent; `complete` counts days that are passed over.
    """

    source: str
    days: list[date] | None
    complete: int = 0
    pulls: list[Pull] = field(default_factory=list)

    @property
    def given_up(self) -> bool:
        """Whether the source seems to be away."""
        latest = self.pulls[-BROKEN_IN_A_ROW:]
        return len(latest) == BROKEN_IN_A_ROW and all(p.state is PullState.BROKEN for p in latest)


async def pull_days(settings: Settings, source: str, since: str, until: str, *, again: bool) -> int:
    """Pull one source or all: what is recent, or every listing day of a span, newest first.

    Days that are complete already are passed over unless `again`; the last 7 days never are,
    since their lists still grow. Returns the exit code: 1 where a day could not be had. Raises
    UserError for a wrong source or date.
    """
    first, last = _span(since, until)
    async with open_app(settings) as app:
        names = [_known(app, source)] if source else list(app.ingest.sources)
        works = [await _work(app, name, first, last, again=again) for name in names]
        try:
            await _pull_all(app, works)
            await app.store.completions.refresh()
        except asyncio.CancelledError:
            _tell("Broken off. What came is kept, and the same command goes on from there:")
            raise
        finally:
            for work in works:
                _tell(closing_line(work))
    return 1 if any(_is_fault(pull) for work in works for pull in work.pulls) else 0


def _is_fault(pull: Pull) -> bool:
    """Nothing at all could be had where something was to be expected."""
    return pull.state is PullState.BROKEN or bool(pull.problem and not pull.entries)


def closing_line(work: Work) -> str:
    """`Hugging Face: 464 days pulled (460 new, 4 holiday), 7,398 entries, 7,396 new papers.`."""
    name, pulls = source_title(work.source), work.pulls
    passed_over = f"{count_of(work.complete, 'day')} complete already"
    if not pulls:
        return f"{name}: nothing pulled, {passed_over}."
    told = [f"{_days(work)} pulled ({_states(pulls)})"]
    told.append(count_of(sum(p.entries for p in pulls), "entry", "entries"))
    told.append(count_of(sum(p.new for p in pulls), "new paper"))
    if malformed := sum(p.malformed for p in pulls):
        told.append(count_of(malformed, "malformed entry", "malformed entries"))
    if work.complete:
        told.append(passed_over)
    return f"{name}: {', '.join(told)}.{_lost(work)}"


def _days(work: Work) -> str:
    if work.days is None:
        return day_span(work.pulls[0].since, work.pulls[0].until)
    if len(work.pulls) < len(work.days):
        return f"{len(work.pulls):,} of {count_of(len(work.days), 'day')}"
    return count_of(len(work.days), "day")


def _states(pulls: list[Pull]) -> str:
    if len(pulls) == 1:
        return str(pulls[0].state)
    counts = Counter(pull.state for pull in pulls)
    return ", ".join(f"{counts[state]:,} {state}" for state in PullState if counts[state])


def _lost(work: Work) -> str:
    """The last thing that went wrong, and whether it was given up for that."""
    problem = next((p.problem for p in reversed(work.pulls) if p.problem), "")
    if not problem:
        return ""
    first, _, rest = problem.partition("; ")
    more = f" (and {rest.count('; ') + 1} more)" if rest else ""
    gave_up = " It was not asked further: call again later." if work.given_up else ""
    return f"\n  {first}{more}.{gave_up}"


def _span(since: str, until: str) -> tuple[date | None, date | None]:
    first, last = read_day("--since", since), read_day("--until", until)
    # The farthest zones are a day ahead of UTC.
    newest = utc_now().date() + timedelta(days=1)
    for name, day in (("--since", first), ("--until", last)):
        if day and day > newest:
            raise UserError(f"{name} {day} is in the future")
    if first and last and first > last:
        raise UserError(f"--since {first} is after --until {last}")
    return first, last


async def _work(
    app: App, name: str, since: date | None, until: date | None, *, again: bool
) -> Work:
    """What is to be pulled of a source, the newest listing day first."""
    if since is None and until is None:
        return Work(name, None)
    newest = listing_day(name, app.clock())
    last = min(until or newest, newest)
    first = max(since or last - RECENT, FIRST_DAYS.get(name, ARXIV_FIRST_DAY))
    days = [last - timedelta(days=n) for n in range((last - first).days + 1)]
    # Hugging Face lists a few papers on weekends too, so every day of it is asked for.
    days = [day for day in days if name == HUGGINGFACE or is_listing_day(name, day)]
    known = await app.store.pulls.days(name, first, last)
    complete = {day.day for day in known if day.complete_at and day.day < newest - RECENT}
    wanted = [day for day in days if again or day not in complete]
    return Work(name, wanted, len(days) - len(wanted))


async def _pull_all(app: App, works: list[Work]) -> None:
    """Side by side: an answer of arXiv takes three seconds, one of Hugging Face a fifth of one."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        await asyncio.gather(*(_pull(app, work, progress) for work in works))
    if all(work.days is None for work in works):
        await app.ingest.enrich(utc_now().date() - RECENT)


async def _pull(app: App, work: Work, progress: Progress) -> None:
    if work.days is None:
        if recent := await app.ingest.pull_recent(work.source):
            work.pulls.append(recent)
        return
    if not work.days:
        return
    task = progress.add_task(source_title(work.source), total=len(work.days))
    for day in work.days:
        work.pulls.append(await app.ingest.pull(work.source, day, day))
        progress.advance(task)
        if work.given_up:
            return


def _known(app: App, source: str) -> str:
    name = {"hf": HUGGINGFACE}.get(source.lower(), source.lower())
    if name not in app.ingest.sources:
        raise UserError(
            f"there is no source {source} (there are {listing(list(app.ingest.sources))})"
        )
    return name


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
