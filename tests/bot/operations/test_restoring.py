"""`paperboy backup` and `restore`: consistent beside a writer, asked first, nothing sent twice."""

import re
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from standins.shell import Inside, ended, logged

from bot.models import Channel, Layout, Ranking, Subscription, SubscriptionState, User
from bot.operations.restoring import _passed

SUBSCRIBE = ("papers", "subscribe", "09:00", "UTC", "-c", "lab")
LONG_AGO = "2026-01-05T09:00:00.000000Z"


def asked(database: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(question).fetchall()
        connection.commit()
        return found


async def test_a_backup_beside_a_writer_is_whole(inside: Inside) -> None:
    daemon = await inside.start("run")
    await logged(daemon, "event=pulled")
    copy = inside.folder / "copies" / "papers.db"
    ran = await inside("backup", str(copy))
    daemon.send_signal(signal.SIGTERM)
    assert (await ended(daemon)).code == 0
    assert ran == (0, f"Backed up to {copy}.\n", "")
    assert asked(copy, "PRAGMA integrity_check") == [("ok",)]
    [(papers,)] = asked(copy, "SELECT count(*) FROM papers")
    assert papers > 0
    before = copy.read_bytes()
    twice = await inside("backup", str(copy))
    assert twice == (1, "", "paperboy: papers.db exists already: name a new file\n")
    assert copy.read_bytes() == before


async def test_where_there_is_no_database_nothing_is_backed_up(inside_offline: Inside) -> None:
    ran = await inside_offline("backup", "copy.db")
    assert ran == (2, "", "paperboy: there is no database yet: paperboy run makes it\n")
    assert list(inside_offline.folder.iterdir()) == []


async def test_a_restore_shows_what_fell_due_and_sends_none_of_it_again(
    inside_offline: Inside,
) -> None:
    await inside_offline(*SUBSCRIBE)
    database, copy = inside_offline.home / "papers.db", inside_offline.folder / "copy.db"
    asked(database, f"UPDATE subscriptions SET next_due_at = '{LONG_AGO}'")
    await inside_offline("backup", str(copy))
    asked(database, "UPDATE subscriptions SET size = 3")
    before = copy.read_bytes()

    refused = await inside_offline("restore", "copy.db", typed="no\n")
    assert refused.code == 1
    told = refused.out.splitlines()
    assert re.fullmatch(r"copy.db was written 20\d\d-\d\d-\d\d \d\d:\d\d UTC\.", told[0])
    assert told[1] == "  due since: console:local:lab, Mon 5 Jan, 09:00 UTC"
    assert told[2] == "1 subscription fell due since, and 0 messages waited in it to be sent."
    assert told[3] == "None of it is sent again."
    assert told[4] == "Put it in the database's place? [y/N] Nothing was changed."
    assert asked(database, "SELECT size FROM subscriptions") == [(3,)]

    done = await inside_offline("restore", "copy.db", typed="y\n")
    assert (done.code, done.err) == (0, "")
    assert asked(database, "SELECT size FROM subscriptions") == [(10,)]
    [(due,)] = asked(database, "SELECT next_due_at FROM subscriptions")
    assert str(due) > datetime.now(UTC).isoformat()
    assert copy.read_bytes() == before  # a backup is looked at, and stays one
    assert [p.name for p in inside_offline.folder.glob("copy*")] == ["copy.db"]
    [kept] = inside_offline.home.glob("papers.db.replaced-*")
    assert f"The database that was there is kept as {kept}." in done.out
    assert asked(kept, "SELECT size FROM subscriptions") == [(3,)]


async def test_with_send_again_what_fell_due_stays_due(inside_offline: Inside) -> None:
    await inside_offline(*SUBSCRIBE)
    database = inside_offline.home / "papers.db"
    asked(database, f"UPDATE subscriptions SET next_due_at = '{LONG_AGO}'")
    await inside_offline("backup", "copy.db")
    ran = await inside_offline("restore", "copy.db", "--send-again", "--yes")
    assert ran.code == 0
    assert "All of it will be sent (again)." in ran.out
    assert asked(database, "SELECT next_due_at FROM subscriptions") == [(LONG_AGO,)]


async def test_a_restore_into_an_empty_home_moves_paperboy(inside_offline: Inside) -> None:
    await inside_offline(*SUBSCRIBE)
    await inside_offline("backup", "copy.db")
    inside_offline.settings["PAPERBOY_HOME"] = str(inside_offline.folder / "new")
    ran = await inside_offline("restore", "copy.db", "--yes")
    assert ran.code == 0
    assert ran.out.endswith("\nRestored.\n")
    assert asked(
        inside_offline.folder / "new" / "papers.db", "SELECT count(*) FROM subscriptions"
    ) == [(1,)]


async def test_a_restore_is_refused_while_paperboy_runs(inside_offline: Inside) -> None:
    await inside_offline(*SUBSCRIBE)
    await inside_offline("backup", "copy.db")
    daemon = await inside_offline.start("run")
    await logged(daemon, "keeping the schedule")
    ran = await inside_offline("restore", "copy.db", "--yes")
    daemon.send_signal(signal.SIGTERM)
    assert (await ended(daemon)).code == 0
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("paperboy: Paperboy is running on this database: stop it first")
    assert (
        await inside_offline("restore", "copy.db", "--yes")
    ).code == 0  # at once, once it is stopped


async def test_a_damaged_database_can_be_restored(inside_offline: Inside) -> None:
    await inside_offline(*SUBSCRIBE)
    await inside_offline("backup", "copy.db")
    (inside_offline.home / "papers.db").write_bytes(b"This was a database. " * 1000)
    assert (await inside_offline("restore", "copy.db", "--yes")).code == 0
    assert "console:local:lab" in (await inside_offline("status")).out


async def test_an_unfit_file_is_one_line_and_changes_nothing(inside_offline: Inside) -> None:
    (inside_offline.folder / "text.db").write_text("no database " * 500)
    sqlite3.connect(inside_offline.folder / "empty.db").close()
    asked(inside_offline.folder / "other.db", "CREATE TABLE shopping (item)")
    newer = inside_offline.folder / "newer.db"
    await inside_offline("status")
    await inside_offline("backup", str(newer))
    asked(newer, "PRAGMA user_version = 999")
    unfit = {
        "text.db": "the backup text.db is damaged or no database",
        "empty.db": "the backup empty.db is empty",
        "other.db": "the backup other.db is not Paperboy's: it holds other tables",
        "newer.db": "the backup newer.db was written by a newer Paperboy: install that, or "
        "restore an older backup",
        "none.db": "there is no backup none.db",
    }
    before = (inside_offline.home / "papers.db").read_bytes()
    for name, line in unfit.items():
        ran = await inside_offline("restore", name, "--yes")
        assert ran == (1, "", f"paperboy: {line}\n")
    assert (inside_offline.home / "papers.db").read_bytes() == before


@pytest.mark.parametrize(
    ("hour", "first_day"),
    [(8, date(2026, 11, 24)), (20, date(2026, 11, 23))],
)
def test_what_counts_after_a_restore_depends_on_whether_todays_hour_is_past(
    hour: int, first_day: date
) -> None:
    """Restored on Monday at noon: what was listed today was posted at 08:00, not yet at 20:00."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    subscription = Subscription(
        id=1,
        channel=Channel("wall", "lab", "papers"),
        hour=time(hour),
        zone="UTC",
        weekdays=frozenset(range(7)),
        filter="",
        size=10,
        ranking=Ranking.UPVOTES,
        layout=Layout.COMPACT,
        tell_empty=True,
        contact=User("wall", "ada"),
        state=SubscriptionState.ACTIVE,
        next_due_at=noon - timedelta(days=3),
        created_at=noon - timedelta(days=30),
    )
    passed = _passed(subscription, noon)
    assert passed.due_from == first_day
    assert passed.next_due_at > noon
