"""Papers + subscription → Edition → Message. Pure: what is due, in which order, and how it reads.

What is due is DESIGN §2: a paper is due from the moment it first passes the filter until it was
shown in the channel once, at most 7 days after its latest listing; what an edition ranked by
upvotes cut stays due for 3 days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.announcements import listing_day
from bot.messages import Button, Message, PaperCard, line, quiet
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    SEVERITY,
    Edition,
    EditionKind,
    Layout,
    ListedPaper,
    PullState,
    Ranking,
    SourceDay,
    Subscription,
)
from bot.ports import History, Passing
from bot.schedules import local_day, next_due
from bot.wording import count_of, day_span, listing_name, short_day, since_when, source_title

DUE_DAYS = timedelta(days=7)  # after the latest listing
CUT_DAYS = timedelta(days=3)  # what a ranking by upvotes cut stays due so long
AWAY_DAYS = timedelta(days=31)  # how far back the edition after an absence looks
AWAY_AFTER = timedelta(hours=2)  # later than this is an absence: longer than any wait for a source
PATIENCE = timedelta(minutes=90)  # how long an edition waits for a stale or broken source
SILENT_STREAK = 5  # every fifth edition that the filter left empty says so

LOSSES = frozenset({PullState.STALE, PullState.PARTIAL, PullState.BROKEN})


@dataclass(frozen=True, slots=True)
class Occasion:
    """One hour of one subscription: what is being made, for which day, over which window."""

    subscription: Subscription
    now: datetime
    due_at: datetime
    day: date
    away: bool = False

    @property
    def horizon(self) -> date:
        """The first listing day that counts."""
        regular = self.day - DUE_DAYS
        reached = self.subscription.covered_until
        if not self.away or reached is None:
            return regular
        return max(self.day - AWAY_DAYS, min(regular, reached.date() - DUE_DAYS))

    @property
    def size(self) -> int:
        """How many papers it may hold: up to twice as many after an absence."""
        return self.subscription.size * (2 if self.away else 1)


@dataclass(frozen=True, slots=True)
class Findings:
    """What an edition is made from: `candidates` listed in the window, those of them that pass,
    what the channel has seen, and the listing days of the sources it needs.
    """

    passing: Sequence[Passing]
    history: History
    candidates: int
    days: Sequence[SourceDay]


@dataclass(frozen=True, slots=True)
class Composed:
    """An edition before it is packed: who is in it, and the subscription after it."""

    edition: Edition
    subscription: Subscription
    chosen: tuple[Passing, ...]
    notes: tuple[str, ...]


def still_due(occasion: Occasion, passing: Sequence[Passing], history: History) -> list[Passing]:
    """Those of the passing papers that this channel is owed, in the order of its ranking."""
    subscription = occasion.subscription
    first = subscription.due_from
    if first is None:
        first = max((paper.last_day for paper in passing), default=occasion.day)
    first = max(first, occasion.horizon)
    due = [
        paper
        for paper in passing
        if paper.last_day >= first
        and paper.paper_id not in history.shown
        and not _cut_long_ago(paper, subscription.ranking, history)
    ]
    return sorted(due, key=_by_upvotes if subscription.ranking is Ranking.UPVOTES else _by_day)


def compose(occasion: Occasion, findings: Findings) -> Composed:
    """Decide the edition of this occasion, and what the subscription is after it."""
    due = still_due(occasion, findings.passing, findings.history)
    chosen = tuple(due[: occasion.size])
    trouble = _trouble(findings.days, occasion.now)
    notes, told, streak = _notes(occasion, findings, bool(due), trouble)
    kind = EditionKind.AWAY if occasion.away else EditionKind.REGULAR
    subscription = occasion.subscription
    edition = Edition(
        subscription_id=subscription.id,
        local_day=occasion.day,
        kind=kind if chosen or notes else EditionKind.SILENT,
        due_at=occasion.due_at,
        made_at=occasion.now,
        window_from=subscription.covered_until,
        window_until=occasion.now,
        candidates=findings.candidates,
        due=len(due),
        paper_ids=tuple(paper.paper_id for paper in chosen),
        heading=_title(occasion, len(chosen), len(due)),
        note=" ".join(notes),
        states=tuple(
            f"{day.source} {day.day} {day.state}" for day in findings.days if day.state in LOSSES
        ),
    )
    return Composed(edition, _after(occasion, findings, told, streak), chosen, notes)


def compose_message(
    composed: Composed, occasion: Occasion, listed: Mapping[str, ListedPaper]
) -> Message:
    """How an edition reads. `listed` holds the papers of the edition by id."""
    subscription, edition = occasion.subscription, composed.edition
    cards = tuple(
        PaperCard(listed[paper.paper_id], number, full=subscription.layout is not Layout.COMPACT)
        for number, paper in enumerate(composed.chosen, 1)
        if paper.paper_id in listed
    )
    notes = tuple(line(quiet(note)) for note in composed.notes)
    if not cards:
        return Message(title=edition.heading, lines=notes, silent=True)
    return Message(
        title=edition.heading,
        subtitle=_subtitle(occasion, composed),
        cards=cards,
        notes=notes,
        buttons=_buttons(edition),
        layout=subscription.layout,
        silent=True,
    )


def needed_sources(sources: frozenset[str]) -> frozenset[str]:
    """Those of a filter's sources that can be late: the sample edition can't."""
    return sources & {HUGGINGFACE, ARXIV}


def window_start(occasion: Occasion) -> date:
    """The first listing day of an edition's window, for its counts and states."""
    subscription = occasion.subscription
    if subscription.covered_until is None:
        return max(occasion.horizon, subscription.due_from or occasion.horizon)
    return max(occasion.horizon, local_day(subscription.covered_until, subscription.zone))


def awaited(days: Sequence[SourceDay], now: datetime) -> SourceDay | None:
    """The source that an edition at `now` should wait for: its newest day is stale or broken."""
    for day in days:
        if day.day >= listing_day(day.source, now) and day.state in {
            PullState.STALE,
            PullState.BROKEN,
        }:
            return day
    return None


def _cut_long_ago(paper: Passing, ranking: Ranking, history: History) -> bool:
    """An edition more than 3 days ago had it to choose from and left it out."""
    if ranking is not Ranking.UPVOTES or paper.passed_at is None or history.settled_at is None:
        return False
    return paper.passed_at <= history.settled_at


def _by_upvotes(paper: Passing) -> tuple[int, int, str]:
    return (-paper.upvotes, -paper.last_day.toordinal(), paper.paper_id)


def _by_day(paper: Passing) -> tuple[int, float, str]:
    published = paper.published_at.timestamp() if paper.published_at else 0.0
    return (-paper.last_day.toordinal(), -published, paper.paper_id)


def _trouble(days: Sequence[SourceDay], now: datetime) -> SourceDay | None:
    """The day an empty edition speaks of: the worst loss in the window, else a newest day that
    had no announcement. Weekends behind us are no news on a Monday.
    """
    losses = [day for day in days if day.state in LOSSES]
    if losses:
        return max(losses, key=lambda day: (SEVERITY[day.state], day.day))
    newest = [day for day in days if day.day >= listing_day(day.source, now)]
    return next((day for day in newest if day.state is PullState.HOLIDAY), None)


def _notes(
    occasion: Occasion, findings: Findings, has_papers: bool, trouble: SourceDay | None
) -> tuple[tuple[str, ...], str, int]:
    """What the edition says beside its papers, the state told from now on, the empty streak."""
    subscription = occasion.subscription
    notes: list[str] = []
    told, streak = subscription.told, 0
    state = f"{trouble.state} {trouble.source}" if trouble else ""
    lost = trouble is not None and trouble.state in LOSSES
    if trouble is not None and (lost if has_papers else told != state):
        notes += (
            [_trouble_line(trouble, has_papers)] if subscription.tell_empty or has_papers else []
        )
        told = state
    elif not trouble and told and subscription.tell_empty:
        notes.append(_recovery_line(told))
    if not trouble:
        told = ""
        streak = 0 if has_papers else subscription.empty_streak + 1
        notes += _empty_line(occasion, findings, streak) if not has_papers else []
    if findings.history.failed_parts:
        notes.append(_failed_line(findings.history.failed_parts))
    return tuple(notes), told, streak


def _trouble_line(day: SourceDay, has_papers: bool) -> str:
    name, when = source_title(day.source), short_day(day.day)
    later = "What it lists later comes in the next edition."
    match day.state:
        case PullState.HOLIDAY:
            return f"No new papers: {listing_name(day.source, day.day)}."
        case PullState.STALE:
            return f"{name} has listed nothing for {when} yet. {later}"
        case PullState.PARTIAL:
            return f"{name} answered only in part for {when}. {later}"
        case _:
            lead = "" if has_papers else "No new papers: "
            return f"{lead}{name} gave no valid answer for {when}. {later}"


def _recovery_line(told: str) -> str:
    state, _, source = told.partition(" ")
    after = "after the break" if state == PullState.HOLIDAY else "after the trouble"
    return f"{source_title(source)} lists papers again {after}."


def _empty_line(occasion: Occasion, findings: Findings, streak: int) -> list[str]:
    subscription = occasion.subscription
    if streak % SILENT_STREAK or not subscription.tell_empty:
        return []
    since = since_when(subscription.covered_until, occasion.now, subscription.zone)
    looked_at = count_of(findings.candidates, "paper")
    return [f"Nothing matched here for {streak} editions in a row: none of {looked_at} ({since})."]


def _failed_line(parts: int) -> str:
    what = "One message" if parts == 1 else f"{parts} messages"
    return f"{what} of an earlier edition could not be delivered; its papers are due again."


def _title(occasion: Occasion, shown: int, due: int) -> str:
    subscription = occasion.subscription
    if occasion.away:
        start = subscription.away_since or subscription.next_due_at
        span = day_span(
            local_day(start, subscription.zone), local_day(occasion.now, subscription.zone)
        )
        count = f"top {shown} of {due}" if shown < due else f"{due} new"
        return (
            f"While Paperboy was away, {span}: {count}"
            if due
            else f"While Paperboy was away, {span}"
        )
    return f"{subscription.filter or 'Hugging Face picks'} · {short_day(occasion.day)}"


def _subtitle(occasion: Occasion, composed: Composed) -> str:
    """`10 of 31 new, 4 from Friday · since Fri 09:00`."""
    edition = composed.edition
    count = (
        f"{edition.shown} of {edition.due} new"
        if edition.shown < edition.due
        else f"{edition.due} new"
    )
    newest = max(paper.last_day for paper in composed.chosen)
    older: dict[date, int] = {}
    for paper in composed.chosen:
        if paper.last_day < newest:
            older[paper.last_day] = older.get(paper.last_day, 0) + 1
    parts = [f"{older[day]} from {day:%A}" for day in sorted(older, reverse=True)[:3]]
    since = since_when(edition.window_from, occasion.now, occasion.subscription.zone)
    return ", ".join((count, *parts)) + f" · {since}"


def _buttons(edition: Edition) -> tuple[Button, ...]:
    if edition.shown >= edition.due:
        return ()
    return (Button("The whole day", "today", {"when": edition.local_day.isoformat()}),)


def _after(occasion: Occasion, findings: Findings, told: str, streak: int) -> Subscription:
    """The subscription once this edition is written."""
    subscription = occasion.subscription
    first = subscription.due_from
    if first is None and findings.passing:
        first = max(paper.last_day for paper in findings.passing)
    return replace(
        subscription,
        next_due_at=next_due(
            occasion.now,
            subscription.hour,
            subscription.zone,
            subscription.weekdays,
            later_than=occasion.day,
        ),
        covered_until=occasion.now,
        due_from=first,
        away_since=None,
        told=told,
        empty_streak=streak,
    )
