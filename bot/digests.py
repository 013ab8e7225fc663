"""Papers + subscription → Edition → Message. Pure: what is in it, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.due import DUE_DAYS, Findings, Occasion, still_due
from bot.messages import Button, Message, PaperCard, line, quiet
from bot.models import Edition, EditionKind, Layout, ListedPaper, Subscription
from bot.ports import Passing
from bot.query_words import filter_title
from bot.remarks import LOSSES, Remarks, remark
from bot.schedules import local_day, next_due
from bot.wording import day_span, short_day, since_when


@dataclass(frozen=True, slots=True)
class Composed:
    """An edition before it is packed: who is in it, and the subscription after it."""

    edition: Edition
    subscription: Subscription
    chosen: tuple[Passing, ...]
    notes: tuple[str, ...]


def compose(occasion: Occasion, findings: Findings) -> Composed:
    """Decide the edition of this occasion, and what the subscription is after it."""
    due = still_due(occasion, findings.passing, findings.history)
    chosen = tuple(due[: occasion.size])
    remarks = remark(occasion, findings, has_papers=bool(due))
    kind = EditionKind.AWAY if occasion.away else EditionKind.REGULAR
    subscription = occasion.subscription
    edition = Edition(
        subscription_id=subscription.id,
        local_day=occasion.day,
        kind=kind if chosen or remarks.notes else EditionKind.SILENT,
        due_at=occasion.due_at,
        made_at=occasion.now,
        window_from=subscription.covered_until,
        window_until=occasion.now,
        candidates=findings.candidates,
        due=len(due),
        paper_ids=tuple(paper.paper_id for paper in chosen),
        heading=_title(occasion, len(chosen), len(due)),
        note=" ".join(remarks.notes),
        states=tuple(
            f"{day.source} {day.day} {day.state}" for day in findings.days if day.state in LOSSES
        ),
    )
    return Composed(edition, _after(occasion, findings, remarks), chosen, remarks.notes)


def compose_message(
    composed: Composed, occasion: Occasion, listed: Mapping[str, ListedPaper]
) -> Message:
    """How an edition reads. `listed` holds the papers of the edition by id."""
    subscription, edition = occasion.subscription, composed.edition
    cards = tuple(
        PaperCard(
            listed[paper.paper_id],
            number,
            full=subscription.layout is not Layout.COMPACT,
            buttons=(Button("Save", "save", {"id": paper.paper_id}),),
        )
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
        buttons=_buttons(occasion, composed),
        layout=subscription.layout,
        silent=True,
    )


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
    return f"{filter_title(subscription.filter)} · {short_day(occasion.day)}"


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


def _buttons(occasion: Occasion, composed: Composed) -> tuple[Button, ...]:
    """The way to what was cut: the listing day, which need not be the local one."""
    is_whole = composed.edition.shown >= composed.edition.due
    # `today` shows the picks: beside a filter it would be another list.
    if is_whole or occasion.subscription.filter:
        return ()
    newest = max(paper.last_day for paper in composed.chosen)
    return (Button("The whole day", "today", {"when": newest.isoformat()}),)


def _after(occasion: Occasion, findings: Findings, remarks: Remarks) -> Subscription:
    """The subscription once this edition is written."""
    subscription = occasion.subscription
    first = subscription.due_from
    if first is None and findings.passing:
        first = max(paper.last_day for paper in findings.passing)
    next_due_at = next_due(
        occasion.now,
        subscription.hour,
        subscription.zone,
        subscription.weekdays,
        later_than=occasion.day,
    )
    return replace(
        subscription,
        next_due_at=next_due_at,
        covered_until=_covered_until(occasion, findings, next_due_at),
        due_from=first,
        away_since=None,
        told=remarks.told,
        empty_streak=remarks.empty_streak,
    )


def _covered_until(
    occasion: Occasion, findings: Findings, next_due_at: datetime
) -> datetime | None:
    """Up to now; but where days of the window were not had, and the next edition would be too late
    for them, its window stays open: what is had of them later is due then.
    """
    subscription = occasion.subscription
    next_horizon = local_day(next_due_at, subscription.zone) - DUE_DAYS
    if any(day < next_horizon for day in findings.missing):
        return subscription.covered_until or subscription.created_at
    return occasion.now
