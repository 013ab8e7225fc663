"""People whom alerts are brought: their hours, and what waits for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.bundles import due_moment
from bot.models import Cadence, Reader, User
from storage.sqlite.alert_rows import NO_HOURS, READER_COLUMNS, reader_of, reader_record
from storage.sqlite.channels import within
from storage.sqlite.leases import CLOCK_SLACK
from storage.sqlite.rows import chunks, json_list, sound, stamp

_LIST = ", ".join(READER_COLUMNS)
# Any active alert of a hit, or any that is to be brought at once.
_ACTIVE = (
    "EXISTS (SELECT 1 FROM json_each(hits.alert_ids) named JOIN alerts a ON a.id = named.value"
    " WHERE a.state = 'active'"
)

_IN_MESSAGE = (
    "reader = ? AND paper IN (SELECT pk FROM papers WHERE id IN (SELECT value FROM json_each(?)))"
)


def reader_pk(db: Database, user: User) -> int:
    """The key of a person, who is made known if they were not; their newest name is kept."""
    db.execute(
        "INSERT INTO readers (platform, id, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET name = excluded.name WHERE excluded.name NOT IN ('', name)",
        (user.platform, user.id, sound(user.name)),
    )
    (pk,) = db.execute(
        "SELECT pk FROM readers WHERE platform = ? AND id = ?", (user.platform, user.id)
    ).fetchone()
    return int(pk)


def known_reader(db: Database, user: User) -> int | None:
    """The key of a person; None where they are not known, or were erased."""
    row = db.execute(
        "SELECT pk FROM readers WHERE platform = ? AND id = ?", (user.platform, user.id)
    ).fetchone()
    return int(row[0]) if row else None


def readers_of(db: Database, pks: Iterable[int]) -> dict[int, Reader]:
    """People by their keys."""
    sql = f"SELECT pk, {_LIST} FROM readers WHERE pk IN (SELECT value FROM json_each(?))"  # noqa: S608
    return {
        pk: reader_of(row)
        for chunk in chunks(pks)
        for pk, *row in db.execute(sql, (json_list(chunk),))
    }


def kept_reader(db: Database, user: User) -> Reader | None:
    """A person as they were kept; None where their hours never were."""
    row = db.execute(
        f"SELECT {_LIST} FROM readers WHERE platform = ? AND id = ? AND zone <> ?",  # noqa: S608
        (user.platform, user.id, NO_HOURS),
    ).fetchone()
    return reader_of(row) if row else None


def keep(db: Database, reader: Reader, now: datetime) -> None:
    """Keep a person; all that waits for them is due as their hours say from now on."""
    pk = reader_pk(db, reader.user)
    was_closed = bool(readers_of(db, [pk])[pk].closed)
    db.table("readers").update(pk, reader_record(reader))
    settle(db, pk, with_kept=was_closed and not reader.closed)
    _set_due(db, pk, reader, now)


def put_off(db: Database, users: Iterable[User], after: datetime) -> None:
    """All that waits for these people is due as their hours say after a moment."""
    sql = "SELECT pk FROM readers WHERE platform = ? AND id = ?"
    pks = [pk for user in users for (pk,) in db.execute(sql, (user.platform, user.id))]
    for pk, reader in readers_of(db, pks).items():
        _set_due(db, pk, reader, after)


def mend_hours(db: Database, now: datetime) -> int:
    """What was caught while the clock was far ahead is due as if it were caught now."""
    beyond = stamp(now + CLOCK_SLACK)
    sql = "SELECT DISTINCT reader FROM hits WHERE state = 'waiting' AND seen_at > ?"
    early = readers_of(db, [pk for (pk,) in db.execute(sql, (beyond,))])
    for pk, reader in early.items():
        _set_due(db, pk, reader, now)
        db.execute(
            "UPDATE hits SET seen_at = ? WHERE reader = ? AND state = 'waiting' AND seen_at > ?",
            (stamp(now), pk, beyond),
        )
    return len(early)


def due_at(reader: Reader, cadence: Cadence, at: datetime) -> str:
    """When what is caught at `at` is to be brought, as it is stored."""
    try:
        return stamp(due_moment(reader, cadence, at))
    except (ValueError, LookupError, OverflowError):
        return stamp(at)  # an hour that there is no more: late is worse than early


def _set_due(db: Database, pk: int, reader: Reader, at: datetime) -> None:
    """All that waits for a person is due as if it were caught at `at`."""
    db.execute(
        f"UPDATE hits SET due_at = CASE WHEN {_ACTIVE} AND a.cadence = ?) THEN ? ELSE ? END"  # noqa: S608
        " WHERE reader = ? AND state = 'waiting'",
        (
            Cadence.AT_ONCE.value,
            due_at(reader, Cadence.AT_ONCE, at),
            due_at(reader, Cadence.DAILY, at),
            pk,
        ),
    )


def close(db: Database, user: User, reason: str) -> None:
    """Bring a person nothing, and keep all for their inbox: also what lies in the outbox."""
    pk = reader_pk(db, user)
    db.execute("UPDATE readers SET closed = ? WHERE pk = ?", (sound(reason) or "closed", pk))
    unsent = db.execute(
        "DELETE FROM deliveries WHERE state IN ('waiting', 'paused') AND channel ="
        " (SELECT pk FROM channels WHERE platform = ? AND workspace = '@' AND id = ?)"
        " AND key LIKE ? RETURNING key, paper_ids",
        (user.platform, user.id, f"alerts:{pk}:%"),
    ).fetchall()
    for key, paper_ids in unsent:
        keep_unbrought(db, key, paper_ids)
    settle(db, pk)


def close_all(db: Database, platform: str, workspace: str, reason: str) -> int:
    """Close the open doors of a workspace's people; how many."""
    people = db.execute(
        "SELECT id FROM readers WHERE platform = ? AND id >= ? AND id < ? AND closed = ''",
        (platform, *within(workspace)),
    ).fetchall()
    for (number,) in people:
        close(db, User(platform, number), reason)
    return len(people)


def open_all(db: Database, platform: str, workspace: str, reason: str, now: datetime) -> int:
    """Open the doors of a workspace's people that were closed for this reason; how many."""
    people = db.execute(
        "UPDATE readers SET closed = '' WHERE platform = ? AND id >= ? AND id < ? AND closed = ?"
        " RETURNING pk",
        (platform, *within(workspace), sound(reason)),
    ).fetchall()
    for pk, reader in readers_of(db, [pk for (pk,) in people]).items():
        settle(db, pk, with_kept=True)
        _set_due(db, pk, reader, now)
    return len(people)


def workspaces(db: Database, platform: str, reason: str) -> set[tuple[str, bool]]:
    """(workspace, whether its people's doors were closed for this reason), both where both are."""
    rows = db.execute(
        "SELECT DISTINCT substr(id, 1, instr(id, '/') - 1), closed <> '' FROM readers"
        " WHERE platform = ? AND instr(id, '/') AND closed IN ('', ?)",
        (platform, sound(reason)),
    )
    return {(workspace, bool(is_closed)) for workspace, is_closed in rows}


def keep_unbrought(db: Database, key: str, paper_ids: str) -> None:
    """Put what a message (its key and papers) did not bring into the inbox, if it was a bundle's.

    It is in no bundle then: a person who opens their door again is brought it.
    """
    if place := _bundle(key):
        db.execute(
            f"UPDATE hits SET state = 'kept', bundle = NULL WHERE {_IN_MESSAGE}"  # noqa: S608
            " AND bundle = ? AND state = 'packed'",
            (place.reader, paper_ids, place.bundle),
        )


def count_brought(db: Database, key: str, paper_ids: str) -> None:
    """A bundle's message that was given up has arrived after all."""
    if place := _bundle(key):
        db.execute(
            f"UPDATE hits SET state = 'packed', bundle = ? WHERE {_IN_MESSAGE}"  # noqa: S608
            " AND bundle IS NULL",
            (place.bundle, place.reader, paper_ids),
        )


def keep_all(db: Database, at: str) -> None:
    """Put all that waits into the inbox, and what will be caught of the days up to now.

    It may have been brought already; there nobody is told twice, and nothing is lost.
    """
    db.execute("UPDATE hits SET state = 'kept' WHERE state = 'waiting'")
    db.execute("INSERT OR IGNORE INTO left_behind (day) VALUES (date(?))", (at,))


def settle(db: Database, pk: int, *, with_kept: bool = False) -> None:
    """Bring what is in no bundle yet in line with the person's alerts and their door.

    `with_kept`: also what the inbox holds for want of a message.
    """
    db.execute(
        f"UPDATE hits SET state = CASE WHEN NOT {_ACTIVE}) THEN 'withdrawn'"  # noqa: S608
        " WHEN (SELECT closed FROM readers WHERE pk = hits.reader) <> '' THEN 'kept'"
        " ELSE 'waiting' END"
        " WHERE reader = ? AND bundle IS NULL AND state IN ('waiting', 'withdrawn', ?)",
        (pk, "kept" if with_kept else "waiting"),
    )


class _Bundle(NamedTuple):
    reader: int
    bundle: int


def _bundle(key: str) -> _Bundle | None:
    """Whose bundle a delivery belongs to, and which; None for any other message."""
    place = re.fullmatch(r"alerts:(\d+):(\d+):\d+", key)
    return _Bundle(int(place[1]), int(place[2])) if place else None
