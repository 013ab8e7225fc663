"""Reading what comes from outside: every value is checked before it becomes ours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.models import Paper, Sighting
from bot.normalising import normalise, storable

# Far above anything seen (UPSTREAM: abstracts to 1,923 characters, 664 authors), far below harm.
MAX_TITLE = 2_000
MAX_ABSTRACT = 50_000
MAX_NAME = 300
MAX_AUTHORS = 10_000
MAX_URL = 2_000
MAX_COUNT = 10**9


class MalformedError(ValueError):
    """An entry that can't be read. It costs that entry alone."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one answer held: papers, their sightings, and how many entries could not be read.

    `entries` counts all that were read, the `malformed` among them; `cut` says that the answer
    ended early, `total` how many it announced (arXiv's API alone does).
    """

    papers: tuple[Paper, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    entries: int = 0
    malformed: int = 0
    cut: bool = False
    total: int = 0


def mapping(value: object) -> Mapping[str, object]:
    """A JSON object. Raises MalformedError."""
    if not isinstance(value, dict):
        raise MalformedError("no object")
    return value


def text(value: object, limit: int) -> str:
    """A text of at most `limit` characters, as it came but fit to be stored.

    Raises MalformedError.
    """
    if not isinstance(value, str) or len(value) > limit:
        raise MalformedError("no text of a fit length")
    return storable(value)


def required_text(value: object, limit: int) -> str:
    """A text that is not empty, not even once it is normalised. Raises MalformedError."""
    found = text(value, limit)
    if not normalise(found):
        raise MalformedError("an empty text")
    return found


def optional_text(value: object, limit: int) -> str:
    """A text for reading, on one line; "" for anything else."""
    if not isinstance(value, str) or len(value) > limit:
        return ""
    return normalise(value)


def optional_url(value: object) -> str:
    """An absolute http or https address; "" for anything else."""
    if not isinstance(value, str) or len(value) > MAX_URL:
        return ""
    address = value.strip()
    if not address.isprintable() or any(sign in ' "<>\\`{}|^' for sign in address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.hostname else ""


def count(value: object) -> int | None:
    """A count, None where there is none. Raises MalformedError for what can't be one."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
        raise MalformedError("no count")
    return value


def optional_moment(value: object) -> datetime | None:
    """An aware UTC time from ISO 8601 text; None for anything else."""
    if not isinstance(value, str) or not value.isascii() or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if 1900 < aware.year < 2200 else None
    except (ValueError, OverflowError):
        return None
