"""What has become of papers that were written, as far as alerts ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.due import DUE_DAYS
from bot.models import ListedPaper
from storage.sqlite.rows import FIGURE_COLUMNS, PAPER_COLUMNS, Row, day_or_none, paper_of

WRITTEN_COLUMNS = (*PAPER_COLUMNS, *FIGURE_COLUMNS)
# What an alert can ask about, beside the sources and the vector.
_FACTS = "title abstract authors categories keywords organisation code_url upvotes first_day"
_FACT_PLACES = [WRITTEN_COLUMNS.index(name) for name in _FACTS.split()]
# No list is further ahead: Hugging Face's day is at most one ahead of UTC's.
_DAYS_AHEAD = timedelta(days=1)


class Known(NamedTuple):
    """A paper as it is, or was, kept: PAPER_COLUMNS and FIGURE_COLUMNS, and its sources."""

    row: Row
    sources: frozenset[str]

    @property
    def facts(self) -> tuple[object, ...]:
        """What an alert can ask about."""
        return (*(self.row[place] for place in _FACT_PLACES), self.sources)

    @property
    def last_day(self) -> str:
        """Its latest listing day, "" where it was never listed."""
        return self.row[-1] or ""

    @property
    def listed(self) -> ListedPaper:
        """It as the core knows it."""
        upvotes, comments, first_day, last_day = self.row[len(PAPER_COLUMNS) :]
        days = day_or_none(first_day), day_or_none(last_day)
        return ListedPaper(paper_of(self.row), upvotes, comments, *days, tuple(self.sources))


class Change(NamedTuple):
    """A paper that was written: as it was before, None where it was not there, and as it is."""

    pk: int
    before: Known | None
    after: Known

    def was_listed_since(self, day: str) -> bool:
        """Whether it had a listing on that day or later before this change."""
        return self.before is not None and self.before.last_day >= day


def news_days(at: datetime) -> tuple[str, str]:
    """The first and the last listing day that are news at a moment (DESIGN §2)."""
    return (at.date() - DUE_DAYS).isoformat(), (at.date() + _DAYS_AHEAD).isoformat()


def news(changes: Iterable[Change], at: datetime) -> list[Change]:
    """Those papers that are news and of which something has changed that alerts ask about.

    What a paper was before counts only where it was news then, so that an old one that is listed
    anew is all new.
    """
    since, until = news_days(at)
    found = [
        change if change.was_listed_since(since) else change._replace(before=None)
        for change in changes
        if since <= change.after.last_day <= until
    ]
    return [each for each in found if not each.before or each.before.facts != each.after.facts]
