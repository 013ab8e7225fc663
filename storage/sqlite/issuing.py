"""Editions written with all that belongs to them, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from bot.errors import StoreError
from bot.models import Edition
from bot.ports import Issue
from storage.sqlite.channel_rows import EDITION_COLUMNS, edition_row, progress_record
from storage.sqlite.rows import chunks, json_list, moment, sound, stamp


def issue(db: Database, issues: Sequence[Issue]) -> list[int]:
    """Write editions; the caller holds the transaction. See bot.ports.SubscriptionStore.issue."""
    pks = _pks(db, {i for each in issues for i in (*each.edition.paper_ids, *each.passed_ids)})
    # What passed has passed, also where its edition is left out.
    _record_passes(db, issues, pks)
    written: list[int] = []
    last_id = _last_id(db)
    for each in issues:
        papers = [_known(pks, paper_id) for paper_id in each.edition.paper_ids]
        channel = _open_channel(db, each, papers)
        if channel is not None:
            written.append(each.subscription.id)
            _write(db, each, last_id + len(written), channel, papers)
    return written


def _last_id(db: Database) -> int:
    """The highest id that any edition had, also one that was undone: it is in delivery keys."""
    (last_id,) = db.execute(
        "SELECT max(coalesce((SELECT max(id) FROM editions), 0),"
        " coalesce((SELECT max(edition) FROM deliveries), 0))"
    ).fetchone()
    return int(last_id)


def _pks(db: Database, ids: set[str]) -> dict[str, int]:
    sql = "SELECT id, pk FROM papers WHERE id IN (SELECT value FROM json_each(?))"
    return {i: pk for chunk in chunks(ids) for i, pk in db.execute(sql, (json_list(chunk),))}


def _known(pks: Mapping[str, int], paper_id: str) -> int:
    try:
        return pks[paper_id]
    except KeyError:
        raise StoreError(f"an edition holds {paper_id}, which is not stored") from None


def _record_passes(db: Database, issues: Sequence[Issue], pks: Mapping[str, int]) -> None:
    """Note when each filter was first seen to let a paper pass."""
    first: dict[tuple[str, str], str] = {}
    for each in issues:
        made_at = stamp(each.edition.made_at)
        for paper_id in each.passed_ids:
            first.setdefault((each.subscription.filter, paper_id), made_at)
    texts = {text for text, _ in first}
    db.conn.executemany("INSERT OR IGNORE INTO filters (text) VALUES (?)", [(t,) for t in texts])
    db.conn.executemany(
        "INSERT OR IGNORE INTO filter_papers (filter, paper, passed_at)"
        " VALUES ((SELECT pk FROM filters WHERE text = ?), ?, ?)",
        [(text, _known(pks, paper), made_at) for (text, paper), made_at in first.items()],
    )


def _open_channel(db: Database, each: Issue, papers: Sequence[int]) -> int | None:
    """The key of the channel that an issue goes to; None where the issue is to be left out."""
    edition = each.edition
    stored = db.execute(
        "SELECT channel, state, next_due_at, EXISTS (SELECT 1 FROM editions"
        " WHERE subscription = subscriptions.id AND local_day = ?) FROM subscriptions WHERE id = ?",
        (edition.local_day.isoformat(), each.subscription.id),
    ).fetchone()
    if stored is None:
        return None
    channel, state, next_due_at, is_taken = stored
    if is_taken or state != "active" or not _is_owed(edition, moment(next_due_at)):
        return None
    # Another subscription of the channel may have shown one of these since they were chosen.
    repeats = db.execute(
        "SELECT 1 FROM ledger WHERE channel = ? AND paper IN (SELECT value FROM json_each(?))",
        (channel, json_list(papers)),
    ).fetchone()
    return None if repeats else int(channel)


def _is_owed(edition: Edition, next_due_at: datetime) -> bool:
    """Whether the edition is that of the stored hour, of one that has passed, or made on demand
    (`due_at` is then `made_at`). An hour that was changed meanwhile lies ahead.
    """
    is_on_demand = edition.due_at == edition.made_at
    return is_on_demand or next_due_at == edition.due_at or next_due_at <= edition.made_at


def _write(db: Database, each: Issue, edition_id: int, channel: int, papers: Sequence[int]) -> None:
    number, made_at = each.subscription.id, stamp(each.edition.made_at)
    marks = ", ".join("?" * len(EDITION_COLUMNS))
    db.conn.execute(
        f"INSERT INTO editions (id, {', '.join(EDITION_COLUMNS)}) VALUES (?, {marks})",  # noqa: S608
        (edition_id, *edition_row(each.edition)),
    )
    db.conn.executemany(
        "INSERT INTO ledger (channel, paper, subscription, edition, shown_at)"
        " VALUES (?, ?, ?, ?, ?)",
        [(channel, paper, number, edition_id, made_at) for paper in papers],
    )
    parts = len(each.payloads)
    threaded = int(each.threaded)
    db.conn.executemany(
        INSERT_DELIVERY,
        [
            (
                f"edition:{edition_id}:{part}",
                *(channel, made_at, made_at, edition_id, number, part, parts, threaded),
                *(json_list(payload.paper_ids), sound(payload.body), sound(payload.plain)),
            )
            for part, payload in enumerate(each.payloads)
        ],
    )
    progress = progress_record(each.subscription)
    db.conn.execute(
        f"UPDATE subscriptions SET {', '.join(f'{name} = :{name}' for name in progress)}"  # noqa: S608
        " WHERE id = :id",
        progress | {"id": number},
    )


# The platform is that of the channel, which is the second value.
INSERT_DELIVERY = (
    "INSERT INTO deliveries (key, channel, created_at, not_before, edition, subscription, part,"
    " parts, threaded, paper_ids, body, plain, platform, state, tries, holder, lost, reference,"
    " reply_to, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " (SELECT platform FROM channels WHERE pk = ?2), 'waiting', 0, '', 0, '', '', '')"
)
