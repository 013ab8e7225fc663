"""A person is erased: what is theirs goes, and nothing that stays leads back to them.

Numbers outlive what they named: an alert's revision tells the indices of other processes that it is
gone, and the numbers of messages and subscriptions may be in the hands of whoever sends them just
now. So those rows stay, emptied, and are nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlite_utils import Database

from bot.models import DIRECT, User
from bot.ports import Kept
from storage.sqlite.readers import reader_pk
from storage.sqlite.rows import json_list

NOBODY = User("", "")
LONGEST_NAME = 60  # characters of a name that `share` tells (bot.commands.sharing)
SOMEBODY = "somebody"  # who is named where a name has to stand

# Each takes a revision of its own; no index has anything left to read in it.
_EMPTY_ALERT = """
UPDATE alerts SET reader = :nobody, query = '', cadence = 'daily', state = 'removed',
    created_at = :at, plan = '', is_keyed = 0,
    revision = (SELECT max(revision) + 1 FROM alerts) WHERE id = :alert
"""
_FORGET_READER = """
DELETE FROM hits WHERE reader = :reader;
DELETE FROM bundles WHERE reader = :reader;
DELETE FROM readers WHERE pk = :reader
"""
# As sent, a message is neither claimed nor tried again, whoever has it in hand, and housekeeping
# forgets it with what was sent. It keeps its edition's number, which is in keys: none comes twice.
_EMPTY_CHANNEL = """
UPDATE deliveries SET key = 'erased:' || id, state = 'sent', created_at = :at, not_before = :at,
    holder = '', lease_until = NULL, subscription = NULL, threaded = 0, closed_at = :at, lost = 0,
    reference = '', reply_to = '', error = '', paper_ids = '[]', body = '', plain = ''
    WHERE channel = :channel;
DELETE FROM ledger WHERE channel = :channel;
DELETE FROM editions WHERE subscription IN (SELECT id FROM subscriptions WHERE channel = :channel);
UPDATE subscriptions SET hour = '00:00:00', zone = 'UTC', weekdays = '', filter = '', size = 0,
    ranking = 'upvotes', layout = 'compact', tell_empty = 0, contact_platform = '',
    contact_id = '', contact_name = '', state = 'removed', next_due_at = :at, created_at = :at,
    pause_reason = '', paused_at = NULL, covered_until = NULL, due_from = NULL,
    away_since = NULL, empty_streak = 0, told = '' WHERE channel = :channel;
UPDATE channels SET workspace = '', id = 'erased:' || pk, name = '' WHERE pk = :channel
"""
# What passed a filter is kept by the filter's text: one that nobody has any more was theirs.
_FORGET_FILTERS = """
DELETE FROM filter_papers WHERE filter IN
    (SELECT pk FROM filters WHERE text NOT IN (SELECT filter FROM subscriptions));
DELETE FROM filters WHERE text NOT IN (SELECT filter FROM subscriptions)
"""
_FORGET_OWN = """
DELETE FROM saved WHERE platform = :platform AND user = :user;
DELETE FROM recent_queries WHERE platform = :platform AND user = :user;
UPDATE subscriptions SET contact_id = '', contact_name = ''
    WHERE contact_platform = :platform AND contact_id = :user
"""
# Where another of that name may be meant, it stays.
_UNNAME_PAUSES = """
UPDATE subscriptions SET pause_reason = :verb || ' by ' || :somebody
    WHERE pause_reason = :verb || ' by ' || :name
    AND channel IN (SELECT pk FROM channels WHERE platform = :platform)
    AND ((contact_platform = :platform AND contact_id = :user) OR contact_name <> :name)
"""
# What they shared names them, and their mark stands in its key: once it is posted its text serves
# nothing, and what is still to be posted is given up.
_EMPTY_SHARES = """
UPDATE deliveries SET key = 'erased:' || id, body = '', plain = '', holder = '', lease_until = NULL,
    state = iif(state = 'sent', 'sent', 'failed'), closed_at = coalesce(closed_at, :at)
    WHERE key >= 'share:' || :mark || ':' AND key < 'share:' || :mark || ';'
"""
# Before m008 keys told nobody: the text is looked through for the name, and that of somebody whose
# name begins alike goes too; what is still to be posted only where the name ends there. Adapters
# put backslashes before signs.
_EMPTY_OLD_SHARES = """
UPDATE deliveries SET body = '', plain = '', holder = '', lease_until = NULL,
    state = iif(state = 'sent', 'sent', 'failed'), closed_at = coalesce(closed_at, :at)
    WHERE key >= 'share:' AND key < 'share;' AND key NOT GLOB 'share:*:*:*'
    AND channel IN (SELECT pk FROM channels WHERE platform = :platform)
    AND CASE WHEN state IN ('sent', 'failed') THEN instr(replace(plain, '\\', ''), :by)
        ELSE instr(replace(plain, '\\', '') || char(10), :by || char(10))
            OR instr(replace(plain, '\\', ''), :by || ' · ') END
"""
_KEPT_BY_OTHERS = """
SELECT query FROM recent_queries WHERE query IN (SELECT value FROM json_each(:texts))
UNION SELECT query FROM alerts WHERE query IN (SELECT value FROM json_each(:texts))
UNION SELECT filter FROM subscriptions WHERE filter IN (SELECT value FROM json_each(:texts))
"""
# Buttons and lists are kept by what they ask for, not by whose they are. A note that a button would
# bring back may be of anybody: all go, and with them only the *Undo* of a note.
_FORGET_ASKINGS = """
DELETE FROM presses WHERE EXISTS (SELECT 1 FROM json_each(presses.args) arg WHERE
    (arg.key IN ('note', 'noted') AND arg.value <> '')
    OR arg.value IN (SELECT value FROM json_each(:texts)));
DELETE FROM kept_results WHERE query IN (SELECT value FROM json_each(:texts))
    OR query = 'inbox ' || :platform || ' ' || :user
    OR instr(query, 'saved ' || :platform || ' ' || :user || ' ') = 1
"""


def erase(db: Database, user: User, was: Kept, at: str) -> None:
    """Erase a person of whom `was` is kept; the caller holds the transaction."""
    # Else what is deleted would lie in the file's free pages.
    db.execute("PRAGMA secure_delete = ON")
    names = _names(db, user)
    _erase_alerts(db, user, was, at)
    _erase_direct(db, user, at)
    db.execute(_EMPTY_SHARES, {"mark": user.mark, "at": at})
    for name in names:
        _unname(db, user, name, at)
    who = {"platform": user.platform, "user": user.id}
    _run(db, _FORGET_OWN, **who)
    _run(db, _FORGET_ASKINGS, **who, texts=json_list(_texts_of_nobody_else(db, was)))


def _names(db: Database, user: User) -> list[str]:
    """Every name that the person is kept under; their id is one where a platform tells none."""
    rows = db.execute(
        "SELECT name FROM readers WHERE platform = :platform AND id = :user"
        " UNION SELECT name FROM channels WHERE platform = :platform AND id = :user"
        " AND workspace = :direct"
        " UNION SELECT contact_name FROM subscriptions"
        " WHERE contact_platform = :platform AND contact_id = :user",
        {"platform": user.platform, "user": user.id, "direct": DIRECT},
    )
    return sorted({user.id, user.name, *(name for (name,) in rows)} - {""})


def _erase_alerts(db: Database, user: User, was: Kept, at: str) -> None:
    row = db.execute(
        "SELECT pk FROM readers WHERE platform = ? AND id = ?", (user.platform, user.id)
    ).fetchone()
    if row is None:
        return
    nobody = reader_pk(db, NOBODY)
    numbers = [alert.id for alert in was.alerts]
    db.conn.executemany("DELETE FROM alert_anchors WHERE alert = ?", [(n,) for n in numbers])
    db.conn.executemany(
        _EMPTY_ALERT, [{"nobody": nobody, "at": at, "alert": number} for number in numbers]
    )
    _run(db, _FORGET_READER, reader=row[0])


def _erase_direct(db: Database, user: User, at: str) -> None:
    """Empty a person's direct messages: what is subscribed there, and what was sent."""
    row = db.execute(
        "SELECT pk FROM channels WHERE platform = ? AND workspace = ? AND id = ?",
        (user.platform, DIRECT, user.id),
    ).fetchone()
    if row is not None:
        _run(db, _EMPTY_CHANNEL, channel=row[0], at=at)
        _run(db, _FORGET_FILTERS)


def _unname(db: Database, user: User, name: str, at: str) -> None:
    """Take a name out of what names the person in places that are not theirs."""
    who = {"platform": user.platform, "user": user.id, "name": name}
    for verb in ("paused", "removed"):
        db.execute(_UNNAME_PAUSES, {**who, "verb": verb, "somebody": SOMEBODY})
    # From its second letter on: it begins a line, or stands within one.
    by = " ".join(f"hared by {name[:LONGEST_NAME]}".replace("\\", "").split())
    db.execute(_EMPTY_OLD_SHARES, {"platform": user.platform, "by": by, "at": at})


def _texts_of_nobody_else(db: Database, was: Kept) -> Collection[str]:
    """What the person wrote, but for what somebody else has written too."""
    texts = set(_texts(was)) - {""}
    known = db.execute(_KEPT_BY_OTHERS, {"texts": json_list(texts)})
    return sorted(texts.difference(text for (text,) in known))


def _texts(was: Kept) -> Iterator[str]:
    yield from (alert.query for alert in was.alerts)
    yield from (saved.note for saved in was.saved)
    yield from (query for query, _ in was.queries)
    yield from (subscription.filter for subscription in was.direct)


def _run(db: Database, statements: str, **values: str | int) -> None:
    for statement in statements.split(";"):
        db.execute(statement, values)
