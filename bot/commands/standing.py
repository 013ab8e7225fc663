"""How the sources stand, in lines."""

from __future__ import annotations

from collections import Counter
from datetime import date

from bot.commands.desk import Desk
from bot.commands.telling import tell_moment
from bot.messages import Line, line
from bot.models import ARXIV, HUGGINGFACE, SAMPLE, PullState, SourceDay
from bot.wording import count_of, listing, short_day, source_title

_MEANINGS = {
    PullState.QUIET: "nothing new",
    PullState.HOLIDAY: "a day without announcement",
    PullState.STALE: "still the list of the day before",
    PullState.PARTIAL: "only part of the answer came through",
    PullState.BROKEN: "no valid answer",
}


async def latest_pulls(desk: Desk, zone: str) -> list[Line]:
    """Each source's latest pull: how it ended, when, and what it brought."""
    lines = []
    for source in (HUGGINGFACE, ARXIV, SAMPLE):
        pull = await desk.store.pulls.latest(source)
        if pull is None:
            if source != SAMPLE:
                lines.append(line(f"{source_title(source)}: not pulled yet"))
            continue
        told = f"{_tell_state(pull.state)}, {tell_moment(pull.finished_at, zone)}"
        if pull.entries:
            told += f"; {count_of(pull.entries, 'entry', 'entries')}, {pull.new:,} new"
        lines.append(line(f"{source_title(source)}: {told}"))
    return lines


async def sources_on(desk: Desk, since: date, until: date, zone: str) -> tuple[Line, ...]:
    """How each source answered for these days."""
    lines = []
    for source in (HUGGINGFACE, ARXIV):
        days = await desk.store.pulls.days(source, since, until)
        told = _tell_days(days, zone) if days else "not asked for yet"
        lines.append(line(f"{source_title(source)}: {told}"))
    return tuple(lines)


async def reaches(desk: Desk) -> str:
    """How far back each source's papers are kept without a gap."""
    parts = []
    for source in (HUGGINGFACE, ARXIV):
        since = await desk.store.pulls.reach(source)
        if since is not None:
            parts.append(f"to {short_day(since)} {since.year} for {source_title(source)}")
    return f"back {listing(parts)}" if parts else ""


def _tell_state(state: PullState) -> str:
    """`new`, `quiet (nothing new)`: the state's name, and what it means where that is not plain."""
    return f"{state} ({_MEANINGS[state]})" if state in _MEANINGS else str(state)


def _tell_days(days: list[SourceDay], zone: str) -> str:
    checked = max(day.checked_at for day in days)
    if len(days) == 1:
        papers = f", {count_of(days[0].papers, 'paper')}" if days[0].papers else ""
        words = f"{_tell_state(days[0].state)}{papers}"
    else:
        counts = Counter(day.state for day in days)
        words = listing([f"{count_of(number, 'day')} {state}" for state, number in counts.items()])
    return f"{words}, asked {tell_moment(checked, zone)}"
