"""What an edition says beside its papers: holidays, stale and broken days, losses, silences. Pure.

A holiday, a stale or a broken day is told once at its start and once at its end; where papers were
lost, the edition that lacks them says so; an edition that the filter left empty is silent, and
says so every fifth time (DESIGN §2, §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.announcements import listing_day
from bot.due import Findings, Occasion
from bot.models import SEVERITY, PullState, SourceDay, Subscription
from bot.wording import count_of, listing_name, short_day, since_when, source_title

SILENT_STREAK = 5
LOSSES = frozenset({PullState.STALE, PullState.PARTIAL, PullState.BROKEN})
LATER = "What it lists later comes in the next edition."


@dataclass(frozen=True, slots=True)
class Remarks:
    """The lines of an edition; what its channel was told last, and its empty streak, after it."""

    notes: tuple[str, ...]
    told: str
    empty_streak: int


def remark(occasion: Occasion, findings: Findings, *, has_papers: bool) -> Remarks:
    """What is to be said beside the papers, or in place of them."""
    subscription = occasion.subscription
    trouble = _trouble(findings.days, occasion.now)
    streak = 0 if has_papers or trouble else subscription.empty_streak + 1
    if trouble:
        notes, told = _of_trouble(subscription, trouble, has_papers)
    elif has_papers or any(day.state is PullState.NEW for day in findings.days):
        notes, told = _of_recovery(subscription), ""
    else:
        notes, told = [], subscription.told
    if not has_papers and not trouble:
        notes += _of_silence(occasion, findings, streak)
    if not subscription.tell_empty and not has_papers:
        notes = []
    failed = findings.history.failed_parts
    return Remarks((*notes, *([_failed_line(failed)] if failed else [])), told, streak)


def _trouble(days: Sequence[SourceDay], now: datetime) -> SourceDay | None:
    """The day an edition speaks of: the worst loss in the window, else a newest day that had no
    announcement. Weekends behind us are no news on a Monday.
    """
    losses = [day for day in days if day.state in LOSSES]
    if losses:
        return max(losses, key=lambda day: (SEVERITY[day.state], day.day))
    newest = [day for day in days if day.day >= listing_day(day.source, now)]
    return next((day for day in newest if day.state is PullState.HOLIDAY), None)


def _of_trouble(
    subscription: Subscription, trouble: SourceDay, has_papers: bool
) -> tuple[list[str], str]:
    """Beside papers every loss is told, since it is theirs; without papers each trouble once."""
    state = f"{trouble.state} {trouble.source}"
    if has_papers and trouble.state in LOSSES:
        return [_trouble_line(trouble, has_papers)], state
    if has_papers:  # a holiday is no news beside them, but the end of a fault is
        was_holiday = subscription.told.startswith(PullState.HOLIDAY)
        return ([], subscription.told) if was_holiday else (_of_recovery(subscription), "")
    return ([] if subscription.told == state else [_trouble_line(trouble, has_papers)]), state


def _trouble_line(day: SourceDay, has_papers: bool) -> str:
    name, when = source_title(day.source), short_day(day.day)
    match day.state:
        case PullState.HOLIDAY:
            return f"No new papers: {listing_name(day.source, day.day)}."
        case PullState.STALE:
            return f"{name} has listed nothing for {when} yet. {LATER}"
        case PullState.PARTIAL:
            return f"{name} answered only in part for {when}. {LATER}"
        case _:
            lead = "" if has_papers else "No new papers: "
            return f"{lead}{name} gave no valid answer for {when}. {LATER}"


def _of_recovery(subscription: Subscription) -> list[str]:
    if not subscription.told or not subscription.tell_empty:
        return []
    state, _, source = subscription.told.partition(" ")
    after = "break" if state == PullState.HOLIDAY else "trouble"
    return [f"{source_title(source)} lists papers again after the {after}."]


def _of_silence(occasion: Occasion, findings: Findings, streak: int) -> list[str]:
    """Without a filter an empty day is news; with one, every fifth in a row."""
    subscription = occasion.subscription
    since = since_when(subscription.covered_until, occasion.now, subscription.zone)
    if not subscription.filter:
        return [] if streak > 1 else [f"No new papers {since}: nothing more was listed."]
    if streak % SILENT_STREAK:
        return []
    looked_at = count_of(findings.candidates, "paper")
    return [f"Nothing matched here for {streak} editions in a row: none of {looked_at} ({since})."]


def _failed_line(parts: int) -> str:
    what = "One message" if parts == 1 else f"{parts} messages"
    return f"{what} of an earlier edition could not be delivered; its papers are due again."
