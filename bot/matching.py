"""Which of a million alerts does this paper set off? Pure.

The strict meaning of a query (DESIGN §5), evaluated in memory over the engine's own tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.models import ListedPaper, Query, TextField, Tokens
from bot.ports import Analyzer

Anchors = Callable[[str], bytes]  # the vector of a paper by its id, b"" where it has none


@dataclass(frozen=True, slots=True)
class Document:
    """A paper as matching sees it; `fields` holds every text field but ANY."""

    paper_id: str
    fields: Mapping[TextField, Tokens]
    categories: frozenset[str]
    sources: frozenset[str]
    upvotes: int | None = None
    first_day: date | None = None
    has_code: bool = False
    vector: bytes = b""


def documents(
    papers: Sequence[ListedPaper], analyze: Analyzer, vectors: Mapping[str, bytes]
) -> list[Document]:
    """The papers, taken apart in one go."""
    raise NotImplementedError


def plan_of(query: Query, analyze: Analyzer, rarity: Callable[[str], float]) -> str:
    """A query as the compact text that an index is built from, kept beside the alert.

    `rarity` tells how many papers hold a stem, about: the rarest necessary term becomes the key.
    """
    raise NotImplementedError


def matches(
    query: Query, document: Document, analyze: Analyzer, anchors: Anchors, today: date
) -> bool:
    """Whether the paper meets the query strictly: the plain way, one query at a time."""
    raise NotImplementedError


class AlertIndex:
    """Alerts by number, each under its rarest necessary term."""

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors

    def add(self, number: int, plan: str) -> None:
        """Take in an alert by its plan (`plan_of`). A number that is there is replaced."""
        raise NotImplementedError

    def discard(self, number: int) -> None:
        """Forget an alert; an unknown number is none."""
        raise NotImplementedError

    def matching(self, document: Document, today: date) -> list[int]:
        """The numbers of the alerts that the paper meets, in ascending order."""
        raise NotImplementedError
