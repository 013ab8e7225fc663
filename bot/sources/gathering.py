"""Putting a batch together from many answers: each paper once, each sighting once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.errors import SourceError
from bot.merging import merge
from bot.models import Batch, Paper, PullState, Sighting
from bot.sources.fields import Parsed

# Of two sightings of one paper on one day, the one that says more: announced before estimated,
# first announcement before cross-list.
_RANKS: Mapping[str, int] = {"new": 0, "cross": 1}


@dataclass(slots=True)
class Gathering:
    """A batch while it is being fetched. `answered`: the service gave at least one answer."""

    source: str
    since: date
    until: date
    answered: bool = False
    papers: dict[str, Paper] = field(default_factory=dict)
    sightings: dict[tuple[str, date], Sighting] = field(default_factory=dict)
    days: dict[date, PullState] = field(default_factory=dict)
    validators: dict[str, tuple[str, str]] = field(default_factory=dict)
    entries: int = 0
    malformed: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, parsed: Parsed) -> None:
        """Take in what one answer held."""
        self.answered = True
        self.entries += parsed.entries
        self.malformed += parsed.malformed
        for paper in parsed.papers:
            known = self.papers.get(paper.id)
            self.papers[paper.id] = merge(known, paper) if known else paper
        for seen in parsed.sightings:
            key = (seen.paper_id, seen.day)
            if key not in self.sightings or _rank(seen) < _rank(self.sightings[key]):
                self.sightings[key] = seen

    def problem(self, text: str) -> None:
        """Note what was lost, once."""
        if text not in self.problems:
            self.problems.append(text)

    def lost(self, day: date, text: str, state: PullState = PullState.BROKEN) -> None:
        """Note that a day was lost, or a part of it."""
        self.days[day] = state
        self.problem(f"{day}: {text}")

    def batch(self) -> Batch:
        """The batch. Raises SourceError where something was asked and nothing was answered."""
        if self.problems and not self.answered:
            raise SourceError(self.problems[0])
        return Batch(
            self.source,
            self.since,
            self.until,
            papers=tuple(self.papers.values()),
            sightings=tuple(self.sightings.values()),
            days=self.days,
            entries=self.entries,
            malformed=self.malformed,
            problems=tuple(self.problems),
            validators=self.validators,
        )


def _rank(seen: Sighting) -> tuple[bool, int]:
    return seen.estimated, _RANKS.get(seen.announce_type, 2)
