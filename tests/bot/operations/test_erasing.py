"""`paperboy erase`: one person's things, asked first, also while Paperboy runs."""

import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from standins.shell import Inside, ended, logged

from bot.models import User
from storage import open_store

GRACE, LIN = User("discord", "4711", "Grace"), User("discord", "4712", "Lin")
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
ERASE = ("erase", "discord", GRACE.id)


async def remembered(inside: Inside, *users: User) -> None:
    """The people have asked for something, in a database that is there."""
    inside.home.mkdir(exist_ok=True)
    store = open_store(f"sqlite:///{inside.home}/papers.db")
    for user in users:
        await store.completions.remember(user, f"sheep of {user.name}", NOW)
    await store.close()


def asking(inside: Inside) -> list[str]:
    with closing(sqlite3.connect(inside.home / "papers.db")) as database:
        return [user for (user,) in database.execute("SELECT user FROM recent_queries")]


async def test_it_shows_what_is_kept_and_asks(inside_offline: Inside) -> None:
    await remembered(inside_offline, GRACE, LIN)
    for typed in ("n\n", "\n", ""):
        ran = await inside_offline(*ERASE, typed=typed)
        assert (ran.code, ran.err) == (1, "")
        assert ran.out.splitlines()[:2] == [
            "Kept of 4711 on discord:",
            "  1 recent query, to complete what is typed; the newest 50 are kept.",
        ]
        assert ran.out.endswith("Nothing was changed.\n")
    assert sorted(asking(inside_offline)) == [GRACE.id, LIN.id]
    ran = await inside_offline(*ERASE, typed="yes\n")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(
        "Erase all of it? It can't be undone. [y/N] "
        "Erased. Backups that were made before still hold it.\n"
    )
    assert asking(inside_offline) == [LIN.id]


async def test_with_yes_nothing_is_asked(inside_offline: Inside) -> None:
    await remembered(inside_offline, GRACE, LIN)
    ran = await inside_offline("erase", "Discord", GRACE.id, "--yes")
    assert ran.code == 0
    assert "[y/N]" not in ran.out
    assert asking(inside_offline) == [LIN.id]


async def test_somebody_unknown_is_no_error(inside_offline: Inside) -> None:
    await remembered(inside_offline, LIN)
    assert await inside_offline(*ERASE) == (0, "Nothing is kept of 4711 on discord.\n", "")
    assert asking(inside_offline) == [LIN.id]


async def test_it_wants_a_person_and_a_database(inside_offline: Inside) -> None:
    ran = await inside_offline(*ERASE)
    assert ran == (2, "", "paperboy: there is no database yet: paperboy run makes it\n")
    ran = await inside_offline("erase", "discord", " ")
    assert ran.code == 2
    assert ran.err.startswith("paperboy: name the platform and the person's id")


async def test_it_erases_beside_a_daemon(inside: Inside) -> None:
    await remembered(inside, GRACE, LIN)
    daemon = await inside.start("run")
    await logged(daemon, "event=pulled")
    ran = await inside(*ERASE, "--yes")
    daemon.send_signal(signal.SIGTERM)
    assert (await ended(daemon)).code == 0
    assert (ran.code, ran.err) == (0, "")
    assert asking(inside) == [LIN.id]
