"""A stale announcement is known by its ids: feeds of arXiv were seen to repeat the last batch under
a new date (UPSTREAM: compare the ids, not the dates).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.announcements import empty_state
from bot.models import ARXIV, Batch, PullState
from bot.ports import PaperStore


async def without_repeat(batch: Batch, papers: PaperStore, now: datetime) -> Batch:
    """The batch; where its newest day announces as new only what arXiv listed on earlier days,
    without that day's sightings, and with the day as one that is not out yet, or stale.
    """
    newest = max(batch.days, default=None)
    if newest is None or batch.source != ARXIV or batch.days[newest] is not PullState.NEW:
        return batch
    if not await _is_repeated(batch, newest, papers):
        return batch
    return replace(
        batch,
        sightings=tuple(seen for seen in batch.sightings if seen.day != newest),
        days={**batch.days, newest: empty_state(ARXIV, newest, now)},
        validators={},  # the answer is to be had again, and whole
    )


async def _is_repeated(batch: Batch, newest: date, papers: PaperStore) -> bool:
    # Cross-lists are of older papers by nature; a paper is announced as new only once.
    announced = {
        seen.paper_id
        for seen in batch.sightings
        if seen.day == newest and seen.announce_type == "new"
    }
    known = await papers.get(sorted(announced))
    earlier = [
        listed
        for listed in known
        if ARXIV in listed.sources and listed.first_day and listed.first_day < newest
    ]
    return 0 < len(announced) == len(earlier)
