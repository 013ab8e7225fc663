"""Rows of readers, alerts and hits ↔ what they mean. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import time
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.models import Alert, AlertState, Cadence, Hit, Reader, User
from storage.sqlite.rows import Record, moment, moment_or_none, sound, stamp_or_none, whole

READER_COLUMNS = "platform id name zone hour weekdays cap muted_until closed".split()
ALERT_COLUMNS = "id query cadence state created_at".split()
HIT_COLUMNS = "alert_ids seen_at due_at bundle".split()
USER_COLUMNS = "platform id name".split()

NO_HOURS = ""  # the zone of somebody whose hours were never kept
ZONE_OF_NO_HOURS = "UTC"  # and of those in a zone that there is no more


class HitState(StrEnum):
    """Where a hit stands.

    `waiting` is to be brought at its `due_at`; `withdrawn` would be, if any of its alerts were
    active; `packed` is in a message, on its way or there; `kept` is for the inbox: the door is
    closed, the message was given up, or the bundle was cut; `read` was in the inbox.
    """

    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    PACKED = "packed"
    KEPT = "kept"
    READ = "read"


def reader_record(reader: Reader) -> Record:
    """The row of a reader."""
    return {
        "platform": reader.user.platform,
        "id": reader.user.id,
        "name": sound(reader.user.name),
        "zone": reader.zone,
        "hour": reader.hour.isoformat(),
        "weekdays": "".join(str(day) for day in sorted(reader.weekdays)),
        "cap": whole(reader.cap),
        "muted_until": stamp_or_none(reader.muted_until),
        "closed": sound(reader.closed),
    }


def reader_of(row: Sequence[Any]) -> Reader:
    """The reader of READER_COLUMNS."""
    platform, user_id, name, zone, hour, weekdays, cap, muted_until, closed = row
    return Reader(
        User(platform, user_id, name),
        _known_zone(zone),
        time.fromisoformat(hour),
        frozenset(map(int, weekdays)),
        cap,
        moment_or_none(muted_until),
        closed,
    )


@cache
def _known_zone(zone: str) -> str:
    """The zone, where this machine knows it: zones are renamed and go."""
    try:
        ZoneInfo(zone)
    except (ValueError, LookupError, OSError):
        return ZONE_OF_NO_HOURS
    return zone


def alert_of(row: Sequence[Any]) -> Alert:
    """The alert of ALERT_COLUMNS and USER_COLUMNS."""
    number, query, cadence, state, created_at, *user = row
    return Alert(
        number, User(*user), query, Cadence(cadence), AlertState(state), moment(created_at)
    )


def hit_of(user: User, row: Sequence[Any]) -> Hit:
    """The hit of a paper id and HIT_COLUMNS."""
    paper_id, alert_ids, seen_at, due_at, bundle = row
    ids = tuple(json.loads(alert_ids))
    return Hit(user, paper_id, ids, moment(seen_at), moment(due_at), bundle)
