"""What is due to a channel, and in which order (DESIGN §2). Pure.

A paper is due from the moment it first passes the filter until it was shown in the channel once,
at most 7 days after its latest listing; what an edition ranked by upvotes cut stays due for 3 days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.announcements import is_listing_day, listing_day
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
        subscription = self.subscription
        since = subscription.covered_until or subscription.created_at
        reached = local_day(since, subscription.zone)
        # Where nobody was away this lies further back only for a window that was left open.
        first = reached - DUE_DAYS if self.away else reached
        return max(self.day - AWAY_DAYS, min(regular, first))

    @property
    def size(self) -> int:
        """How many papers it may hold: up to twice as many after an absence."""
        return self.subscription.size * (2 if self.away else 1)


@dataclass(frozen=True, slots=True)
class Findings:
    """What an edition is made from: `candidates` listed in the window, those of them that pass,
    what the channel has seen, the listing days of the sources it needs, and those of them in the
    window that were not had at all: broken, or never asked for.
    """

    passing: Sequence[Passing]
    history: History
    candidates: int
    days: Sequence[SourceDay]
    missing: Sequence[date] = ()


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


def missing_days(
    sources: frozenset[str], days: Sequence[SourceDay], since: date, now: datetime
) -> list[date]:
    """Listing days from `since` on that were not had at all, though lists were to be expected."""
    had = {
        (day.source, day.day)
        for day in days
        if day.complete_at is not None or day.state is not PullState.BROKEN
    }
    return [
        since + timedelta(days=place)
        for source in sorted(needed_sources(sources))
        for place in range((listing_day(source, now) - since).days + 1)
        if is_listing_day(source, since + timedelta(days=place))
        and (source, since + timedelta(days=place)) not in had
    ]


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
    """An edition more than 3 days ago had it to choose from and left it out; a listing since then
    makes it due anew (Hugging Face picks many a paper days after arXiv announced it).
    """
    settled_at = history.settled_at
    if ranking is not Ranking.UPVOTES or paper.passed_at is None or settled_at is None:
        return False
    return paper.passed_at <= settled_at and paper.last_day <= settled_at.date()


def _by_upvotes(paper: Passing) -> tuple[int, int, str]:
    return (-paper.upvotes, -paper.last_day.toordinal(), paper.paper_id)


def _by_day(paper: Passing) -> tuple[int, float, str]:
    published = paper.published_at.timestamp() if paper.published_at else 0.0
    return (-paper.last_day.toordinal(), -published, paper.paper_id)
