"""Rows ↔ what they mean. Pure.

Times are stored as fixed-width UTC text (`2026-11-23T09:00:00.000000Z`), which compares as it
stands and can be read in any SQLite shell; days as ISO dates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from bot.models import ListedPaper, Paper, Pull, PullState, SourceDay

Row = tuple[Any, ...]
Record = dict[str, Any]

CHUNK = 500  # rows asked for at once: bounds how long one JSON text holds the interpreter
LARGEST = 2**63 - 1  # of an SQLite integer

PAPER_COLUMNS = (
    "id title abstract authors hidden_authors categories keywords organisation summary "
    "published_at updated_at version comment code_url code_stars project_url thumbnail_url "
    "raw_title raw_abstract"
).split()
FIGURE_COLUMNS = "upvotes comments first_day last_day".split()
PULL_COLUMNS = (
    "source since until started_at finished_at state entries new updated unchanged malformed "
    "problem"
).split()


def stamp(moment: datetime) -> str:
    """The text of a time, of fixed width."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def stamp_or_none(moment: datetime | None) -> str | None:
    """The text of a time, None for none."""
    return None if moment is None else stamp(moment)


def moment(text: str) -> datetime:
    """The time of a text."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    """The time of a text, None for none."""
    return None if text is None else datetime.fromisoformat(text)


def day_or_none(text: str | None) -> date | None:
    """The day of a text, None for none."""
    return None if text is None else date.fromisoformat(text)


def json_list(values: Iterable[object]) -> str:
    """A list as JSON, to be kept or to be bound to `json_each(?)`."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def chunks(values: Iterable[object]) -> Iterator[list[object]]:
    """The values, some hundreds at a time."""
    left = iter(values)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def whole(number: int | None) -> int | None:
    """A count that fits into an integer of the database, whatever a source claims."""
    return None if number is None else max(-LARGEST, min(number, LARGEST))


def paper_row(paper: Paper) -> Row:
    """A paper's values in the order of PAPER_COLUMNS."""
    row: Row = (
        paper.id,
        paper.title,
        paper.abstract,
        _lines(paper.authors),
        _lines(paper.hidden_authors),
        " ".join(paper.categories),
        _lines(paper.keywords),
        paper.organisation,
        paper.summary,
        stamp_or_none(paper.published_at),
        stamp_or_none(paper.updated_at),
        whole(paper.version),
        paper.comment,
        paper.code_url,
        whole(paper.code_stars),
        paper.project_url,
        paper.thumbnail_url,
        None if paper.raw_title == paper.title else paper.raw_title,
        None if paper.raw_abstract == paper.abstract else paper.raw_abstract,
    )
    try:
        "".join(value for value in row if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        row = tuple(sound(value) if isinstance(value, str) else value for value in row)
    return row


def paper_of(row: Sequence[Any]) -> Paper:
    """The paper of values in the order of PAPER_COLUMNS; what follows is not looked at."""
    return Paper(
        id=row[0],
        title=row[1],
        abstract=row[2],
        authors=_split(row[3]),
        hidden_authors=_split(row[4]),
        categories=tuple(row[5].split()),
        keywords=_split(row[6]),
        organisation=row[7],
        summary=row[8],
        published_at=moment_or_none(row[9]),
        updated_at=moment_or_none(row[10]),
        version=row[11],
        comment=row[12],
        code_url=row[13],
        code_stars=row[14],
        project_url=row[15],
        thumbnail_url=row[16],
        raw_title=row[1] if row[17] is None else row[17],
        raw_abstract=row[2] if row[18] is None else row[18],
    )


def listed_of(row: Sequence[Any]) -> ListedPaper:
    """The listed paper of PAPER_COLUMNS, FIGURE_COLUMNS and its sources as a JSON list."""
    upvotes, comments, first_day, last_day, sources = row[len(PAPER_COLUMNS) :]
    return ListedPaper(
        paper_of(row),
        upvotes,
        comments,
        day_or_none(first_day),
        day_or_none(last_day),
        tuple(sorted(json.loads(sources))),
    )


def pull_record(pull: Pull) -> Record:
    """The row of a pull."""
    return {
        "source": pull.source,
        "since": pull.since.isoformat(),
        "until": pull.until.isoformat(),
        "started_at": stamp(pull.started_at),
        "finished_at": stamp(pull.finished_at),
        "state": pull.state.value,
        "entries": pull.entries,
        "new": pull.new,
        "updated": pull.updated,
        "unchanged": pull.unchanged,
        "malformed": pull.malformed,
        "problem": sound(pull.problem),
    }


def pull_of(row: Sequence[Any]) -> Pull:
    """The pull of values in the order of PULL_COLUMNS."""
    source, since, until, started_at, finished_at, state, *rest = row
    span = date.fromisoformat(since), date.fromisoformat(until)
    return Pull(source, *span, moment(started_at), moment(finished_at), PullState(state), *rest)


def source_day_of(row: Sequence[Any]) -> SourceDay:
    """The source day of (source, day, state, papers, checked_at, complete_at)."""
    source, day, state, papers, checked_at, complete_at = row
    return SourceDay(
        source,
        date.fromisoformat(day),
        PullState(state),
        papers,
        moment(checked_at),
        moment_or_none(complete_at),
    )


def sound(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can spell and UTF-8 can't."""
    return text.encode("utf-8", "replace").decode()


def _lines(names: tuple[str, ...]) -> str:
    """Names as lines, which the full-text index reads as they stand."""
    text = "\n".join(names)
    if text.count("\n") < max(len(names), 1):
        return text
    return "\n".join(" ".join(name.split()) for name in names)


def _split(lines: str) -> tuple[str, ...]:
    return tuple(lines.split("\n")) if lines else ()
