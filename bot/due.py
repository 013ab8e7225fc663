"""What is due to a channel, and in which order (DESIGN §2). Pure.

A paper is due from the moment it first passes the filter until it was shown in the channel once,
at most 7 days after its latest listing; what an edition ranked by upvotes cut stays due for 3 days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.announcements import listing_day
from bot.models import ARXIV, HUGGINGFACE, PullState, Ranking, SourceDay, Subscription
from bot.ports import History, Passing
from bot.schedules import local_day

DUE_DAYS = timedelta(days=7)  # after the latest listing
CUT_DAYS = timedelta(days=3)  # what a ranking by upvotes cut stays due so long
AWAY_DAYS = timedelta(days=31)  # how far back the edition after an absence looks
AWAY_AFTER = timedelta(hours=2)  # later than this is an absence: longer than any wait for a source
PATIENCE = timedelta(minutes=90)  # how long an edition waits for a stale or broken source


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
