"""A small sample edition that ships with Paperboy, for trying it without a network.

`sample.json` says what in it is real (ids, titles, authors, dates) and what is invented (votes and
listing days).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from bot.announcements import previous_listing_days
from bot.models import SAMPLE, Batch, Paper, PullState, Sighting

LISTING_DAYS = 3  # the newest one holds most of the papers, the two before a few


class SampleSource:
    """The sample edition as a `Source`: its newest listing day is the last one asked for."""

    name = SAMPLE

    async def fetch(self, since: date, until: date) -> Batch:
        """The sample papers whose invented listing day is in the span."""
        newest_first = previous_listing_days(SAMPLE, until, LISTING_DAYS)
        entries = [
            (entry, newest_first[entry["days_back"]])
            for entry in _entries()
            if newest_first[entry["days_back"]] >= since
        ]
        return Batch(
            SAMPLE,
            since,
            until,
            papers=tuple(_paper(entry) for entry, _ in entries),
            sightings=tuple(
                Sighting(entry["id"], SAMPLE, day, entry["votes"], entry["comments"])
                for entry, day in entries
            ),
            days={day: PullState.NEW for _, day in entries},
            entries=len(entries),
        )


def _entries() -> list[Mapping[str, Any]]:
    text = files("bot.sources").joinpath("sample.json").read_text(encoding="utf-8")
    entries: list[Mapping[str, Any]] = json.loads(text)["papers"]
    return entries


def _paper(entry: Mapping[str, Any]) -> Paper:
    return Paper(
        id=entry["id"],
        title=entry["title"],
        abstract=entry["abstract"],
        authors=tuple(entry["authors"]),
        categories=tuple(entry["categories"]),
        keywords=tuple(entry["keywords"]),
        published_at=datetime.combine(
            date.fromisoformat(entry["published"]), datetime.min.time(), UTC
        ),
        code_url=entry["code"],
        raw_title=entry["title"],
        raw_abstract=entry["abstract"],
    )
