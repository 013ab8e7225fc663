"""What alerts caught: due, frozen into bundles, kept for the inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlite_utils import Database

from bot.models import DIRECT, Channel, Hit, User
from bot.ports import Bundle, Waiting
from storage.sqlite.alert_rows import HIT_COLUMNS, HitState, hit_of
from storage.sqlite.channels import channel_pk
from storage.sqlite.issuing import INSERT_DELIVERY
from storage.sqlite.readers import known_reader, readers_of
from storage.sqlite.rows import json_list, sound, stamp

_HITS = (
    f"SELECT p.id, {', '.join(f'h.{name}' for name in HIT_COLUMNS)}"  # noqa: S608
    " FROM hits h JOIN papers p ON p.pk = h.paper"
)
# The order of bot.bundles.best_first. All that one pull brought was seen at one moment.
_BEST = (
    "(SELECT count(*) FROM json_each(h.alert_ids) caught JOIN alerts a ON a.id = caught.value"
    " WHERE a.state <> 'removed') DESC,"
    " coalesce(p.upvotes, 0) DESC, p.last_day DESC, p.id DESC"
)


def due(db: Database, platforms: Collection[str], now: datetime, limit: int) -> list[Waiting]:
    """People of these platforms with hits due at or before now, the longest due first."""
    at = stamp(now)
    pks = _longest_due(db, platforms, at, limit)
    readers = readers_of(db, pks)
    sql = (
        f"{_HITS} WHERE h.reader = ? AND h.state = 'waiting' AND h.due_at <= ?"
        " ORDER BY h.seen_at, h.paper"
    )
    return [
        Waiting(
            readers[pk],
            tuple(hit_of(readers[pk].user, row) for row in db.execute(sql, (pk, at))),
        )
        for pk in pks
    ]


def issue(db: Database, bundles: Sequence[Bundle], at: datetime) -> int:
    """Freeze bundles and put their messages in the outbox; the caller holds the transaction."""
    return sum(_issue(db, bundle, stamp(at)) for bundle in bundles)


def inbox(db: Database, user: User, limit: int) -> list[Hit]:
    """What the inbox of a person holds: the newest bundle first, in its own order, so that it goes
    on where it was cut.
    """
    rows = db.execute(
        f"{_HITS} LEFT JOIN bundles b ON b.id = h.bundle"  # noqa: S608
        " WHERE h.reader = (SELECT pk FROM readers WHERE platform = ? AND id = ?)"
        f" AND h.state = 'kept' ORDER BY coalesce(b.made_at, h.seen_at) DESC, {_BEST} LIMIT ?",
        (user.platform, user.id, limit),
    )
    return [hit_of(user, row) for row in rows]


def clear_inbox(db: Database, user: User) -> None:
    """Count what the inbox holds as seen."""
    db.execute(
        "UPDATE hits SET state = 'read' WHERE state = 'kept'"
        " AND reader = (SELECT pk FROM readers WHERE platform = ? AND id = ?)",
        (user.platform, user.id),
    )


def _longest_due(db: Database, platforms: Collection[str], at: str, limit: int) -> list[int]:
    """Keys of people, in the order of the index: read no further than needed."""
    pks: dict[int, None] = {}
    sql = (
        "SELECT h.reader FROM hits h CROSS JOIN readers r ON r.pk = h.reader"
        " WHERE h.state = 'waiting' AND h.due_at <= ?"
        " AND r.platform IN (SELECT value FROM json_each(?)) ORDER BY h.due_at, h.reader"
    )
    for (pk,) in db.execute(sql, (at, json_list(platforms))):
        if len(pks) == limit:
            break
        pks[pk] = None
    return list(pks)


def _issue(db: Database, bundle: Bundle, at: str) -> int:
    reader = known_reader(db, bundle.reader.user)
    if reader is None:  # erased since the hits were read
        return 0
    papers = json_list(hit.paper_id for hit in bundle.hits)
    free = db.execute(
        "SELECT count(*) FROM hits WHERE reader = ? AND state = 'waiting' AND due_at <= ?"
        " AND paper IN (SELECT pk FROM papers WHERE id IN (SELECT value FROM json_each(?)))",
        (reader, at, papers),
    ).fetchone()[0]
    if not bundle.hits or free < len(bundle.hits):
        return 0
    (number,) = db.execute(
        "INSERT INTO bundles (reader, made_at) VALUES (?, ?) RETURNING id", (reader, at)
    ).fetchone()
    _freeze(db, reader, number, papers, HitState.KEPT)
    in_messages = json_list(i for payload in bundle.payloads for i in payload.paper_ids)
    _freeze(db, reader, number, in_messages, HitState.PACKED)
    _post(db, bundle, f"alerts:{reader}:{number}", at)
    return 1


def _freeze(db: Database, reader: int, number: int, papers: str, state: HitState) -> None:
    db.execute(
        "UPDATE hits SET bundle = ?, state = ? WHERE reader = ? AND coalesce(bundle, ?) = ?"
        " AND state IN ('waiting', 'kept')"
        " AND paper IN (SELECT pk FROM papers WHERE id IN (SELECT value FROM json_each(?)))",
        (number, state, reader, number, number, papers),
    )


def _post(db: Database, bundle: Bundle, key: str, at: str) -> None:
    user, parts = bundle.reader.user, len(bundle.payloads)
    channel = channel_pk(db, Channel(user.platform, DIRECT, user.id, user.name))
    db.conn.executemany(
        INSERT_DELIVERY,
        [
            (
                f"{key}:{part}",
                *(channel, at, at, None, None, part, parts, 0),
                *(json_list(payload.paper_ids), sound(payload.body), sound(payload.plain)),
            )
            for part, payload in enumerate(bundle.payloads)
        ],
    )
