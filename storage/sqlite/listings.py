"""What one paper's sightings come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bot.models import Sighting
from storage.sqlite.rows import whole


class Listing(NamedTuple):
    """The stored values of a sighting; its key is (source, day)."""

    upvotes: int | None
    comments: int | None
    announce_type: str
    estimated: int
    seen_at: str


Listings = dict[tuple[str, str], Listing]


def settle(stored: Listings, sightings: Iterable[Sighting], seen_at: str) -> Listings:
    """A paper's listings after it was seen again.

    The newest figure that is one wins. An estimated day is kept only where the source has listed
    the paper on no day yet, and goes as soon as it does.
    """
    after = dict(stored)
    for sighting in sightings:
        key = (sighting.source, sighting.day.isoformat())
        mine = [known for known in after if known[0] == sighting.source]
        if sighting.estimated:
            if mine and key not in after:
                continue
        else:
            for known in mine:
                if after[known].estimated and known != key:
                    del after[known]
        after[key] = _newer(after.get(key), sighting, seen_at)
    return after


def _newer(known: Listing | None, sighting: Sighting, seen_at: str) -> Listing:
    upvotes, comments = whole(sighting.upvotes), whole(sighting.comments)
    if known is None:
        estimated = int(sighting.estimated)
        return Listing(upvotes, comments, sighting.announce_type, estimated, seen_at)
    return Listing(
        known.upvotes if upvotes is None else upvotes,
        known.comments if comments is None else comments,
        sighting.announce_type or known.announce_type,
        int(known.estimated and sighting.estimated),
        known.seen_at,
    )
