"""How a pull ended: its named state, from what came and what was lost (DESIGN §2). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.announcements import listing_day
from bot.models import SEVERITY, Batch, Ingested, Pull, PullState

LOST = frozenset({PullState.PARTIAL, PullState.BROKEN})


def nothing(name: str, since: date, until: date, now: datetime, problem: str) -> Batch:
    """A source that answered nothing: the newest day is broken, older ones stay as they were."""
    newest = min(until, listing_day(name, now))
    days = {newest: PullState.BROKEN} if newest >= since else {}
    return Batch(name, since, until, days=days, problems=(problem,))


def judge(batch: Batch, ingested: Ingested, started: datetime, finished: datetime) -> Pull:
    """The named state of a pull: what was lost first, then what came (DESIGN §2)."""
    states = list(batch.days.values())
    newest = batch.days[max(batch.days)] if batch.days else PullState.QUIET
    if batch.problems and not batch.entries and all(state in LOST for state in states):
        state = PullState.BROKEN
    elif batch.malformed or any(state in LOST for state in states):
        state = PullState.PARTIAL
    elif ingested.new_ids or ingested.new_sightings:
        state = PullState.NEW
    else:
        state = newest if newest in {PullState.HOLIDAY, PullState.STALE} else PullState.QUIET
    return Pull(
        batch.source,
        batch.since,
        batch.until,
        started,
        finished,
        state,
        entries=batch.entries,
        new=len(ingested.new_ids),
        updated=ingested.updated,
        unchanged=ingested.unchanged,
        malformed=batch.malformed,
        problem="; ".join(batch.problems)[:500],
    )


def _worse(newer: PullState, older: PullState) -> PullState:
    """What was lost in either; else whether either brought something; else how the newer ended."""
    if {newer, older} & LOST:
        return max(newer, older, key=lambda state: SEVERITY[state])
    return PullState.NEW if PullState.NEW in {newer, older} else newer


def sum_up(total: Pull, piece: Pull) -> Pull:
    """Two pieces of one pull as one; `piece` is the older span, pulled after."""
    return replace(
        total,
        since=min(total.since, piece.since),
        finished_at=piece.finished_at,
        state=_worse(total.state, piece.state),
        entries=total.entries + piece.entries,
        new=total.new + piece.new,
        updated=total.updated + piece.updated,
        unchanged=total.unchanged + piece.unchanged,
        malformed=total.malformed + piece.malformed,
        problem=total.problem or piece.problem,
    )
