"""A SQLite file is made, migrated after a copy, or refused with one clear line."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from standins.stock import NOW, batch, paper, send_all

from bot.errors import ConfigError, StoreError, StoreTooNewError
from bot.queries import parse_query
from storage import look_at_store, open_store
from storage.sqlite.indexing import INDICES
from storage.sqlite.schema import migrations

ROOT = Path(__file__).parents[3]
OLD_PAPER = (
    "INSERT INTO papers (id, version, categories, title, abstract, authors, hidden_authors,"
    " keywords, organisation, summary, comment, code_url, project_url, thumbnail_url)"
    " VALUES ('2611.00001', 1, '', 'Old turtles', '', '', '', '', '', '', '', '', '', '')"
)

LATER_MIGRATION = (
    "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
    " VALUES ('paperboy', 'm099_later', '2030-01-01')"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "papers.db"


def url_of(path):
    return f"sqlite:///{path}"


def make_older(path):
    """A database as the first migration left it, with a paper in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        db = Database(connection)
        migrations.apply(db, stop_before="m002_subscriptions")
        db.execute("PRAGMA user_version = 1")
        db.execute(OLD_PAPER)
        db.execute("INSERT INTO papers_fts (papers_fts) VALUES ('rebuild')")


async def count_in(path):
    store = open_store(url_of(path))
    count = await store.papers.count()
    await store.close()
    return count


def execute(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return [connection.execute(statement).fetchall() for statement in statements]


def refusal(path):
    """What is said of the file, which is left as it is, by whoever looks or opens."""
    before = path.read_bytes()
    with pytest.raises(StoreError) as looking:
        look_at_store(url_of(path))
    with pytest.raises(StoreError) as opening:
        open_store(url_of(path))
    assert path.read_bytes() == before
    assert str(looking.value) == str(opening.value)
    return opening.value


async def test_a_missing_file_is_made_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "papers.db"
    assert look_at_store(url_of(path)) == "absent"
    assert not path.parent.exists()
    assert await count_in(path) == 0
    assert look_at_store(url_of(path)) == "current"


async def test_an_empty_file_is_filled(path):
    path.touch()
    assert await count_in(path) == 0


async def test_an_older_database_is_migrated_after_a_copy(path):
    make_older(path)
    assert look_at_store(url_of(path)) == "older"
    store = open_store(url_of(path))
    assert (await store.papers.get(["2611.00001"]))[0].paper.title == "Old turtles"
    assert await store.subscriptions.every() == []
    assert await store.keeper.check() == []
    await store.close()
    assert look_at_store(url_of(path)) == "current"
    [copy] = path.parent.glob("papers.db.*")
    assert copy.name == "papers.db.before-m002_subscriptions"
    assert look_at_store(url_of(copy)) == "older"
    assert execute(copy, "SELECT title FROM papers") == [[("Old turtles",)]]


async def test_the_papers_of_an_older_database_are_indexed_as_new_ones_are(path):
    make_older(path)
    names = "'Hao Wei' || char(10) || 'Li Wu'"
    execute(path, f"UPDATE papers SET title = '面向强化学习', authors = {names}")
    store = open_store(url_of(path))
    searches = ("强化", "author:wei", '"li wu"', "ha*", 'author:"wei li"', "old")
    found = [await store.papers.count_matches(parse_query(text), 9) for text in searches]
    assert found == [1, 1, 1, 1, 0, 0]
    await store.papers.add(batch([paper(1, title="Another", version=2)]), NOW)
    assert await store.papers.count_matches(parse_query("强化"), 9) == 0
    assert await store.keeper.check() == []
    await store.close()


async def test_what_waits_in_the_outbox_of_an_older_database_is_sent(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.apply(Database(connection), stop_before="m008_pace")
        connection.execute("PRAGMA user_version = 7")
        connection.execute(
            "INSERT INTO channels (platform, workspace, id, name) VALUES ('wall', 'lab', 'c', '')"
        )
        at = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        for number, state in enumerate(("sent", "sending", "waiting", "paused")):
            connection.execute(
                "INSERT INTO deliveries (key, channel, state, tries, created_at, not_before,"
                " holder, lease_until, part, parts, threaded, lost, reference, reply_to, error,"
                " paper_ids, body, plain) VALUES (?, 1, ?, 1, ?, ?, 'dead', ?, 0, 1, 0, 0, '', '',"
                " '', '[]', '', '')",
                (f"m{number}", state, at, at, at),
            )
    store = open_store(url_of(path))
    assert [each.key for each in await send_all(store, NOW)] == ["m1", "m2"]
    assert await store.deliveries.counts() == {"paused": 1, "sent": 3}
    await store.close()


async def test_a_database_of_this_version_is_not_copied(path):
    await count_in(path)
    await count_in(path)
    assert list(path.parent.glob("papers.db.*")) == []


def test_an_older_database_stays_as_it_is_where_no_copy_can_be_made(path):
    make_older(path)
    path.with_name("papers.db.before-m002_subscriptions").mkdir()  # in the way of the copy
    with pytest.raises(StoreError, match="can't be copied before it is migrated"):
        open_store(url_of(path))
    assert look_at_store(url_of(path)) == "older"
    assert execute(path, "SELECT count(*) FROM papers") == [[(1,)]]
    assert list(path.parent.glob("*unfinished*")) == []


@pytest.mark.parametrize("mark", ["PRAGMA user_version = 99", LATER_MIGRATION])
async def test_a_database_of_a_newer_version_is_refused(path, mark):
    await count_in(path)
    execute(path, mark)
    problem = refusal(path)
    assert isinstance(problem, StoreTooNewError)
    assert "papers.db was written by a newer Paperboy: install that" in str(problem)


def test_the_database_of_another_program_is_refused(path):
    # In WAL mode already: that is the one mark that opening leaves.
    execute(path, "PRAGMA journal_mode = WAL", "CREATE TABLE notes (text)")
    assert "is not Paperboy's: it holds other tables" in str(refusal(path))


def test_what_is_no_database_is_refused(path):
    path.write_text("Dear diary, " * 500)
    assert str(refusal(path)) == "the database file papers.db is damaged: restore a backup"


async def test_a_torn_file_is_refused(path):
    store = open_store(url_of(path))
    await store.papers.add(batch([paper(n) for n in range(500)]), NOW)
    await store.close()
    path.write_bytes(path.read_bytes()[:50_000])
    assert str(refusal(path)) == "the database file papers.db is damaged: restore a backup"


async def test_damage_within_is_told_when_it_is_met_and_by_the_check(path):
    store = open_store(url_of(path))
    await store.papers.add(batch([paper(n) for n in range(500)]), NOW)
    await store.close()
    [[(page,)], [(size,)]] = execute(
        path, "SELECT rootpage FROM sqlite_master WHERE name = 'papers'", "PRAGMA page_size"
    )
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    store = open_store(url_of(path))
    with pytest.raises(StoreError, match=r"papers\.db is damaged: restore a backup"):
        await store.papers.get(["2611.00001"])
    assert len(await store.keeper.check()) > 0
    assert await store.subscriptions.every() == []  # what is whole can still be read
    await store.close()


async def test_an_index_that_does_not_say_what_the_papers_say_is_told_by_the_check(path):
    store = open_store(url_of(path))
    await store.papers.add(batch([paper(1, title="Slow turtles")]), NOW)
    execute(path, "UPDATE papers SET title = 'Fast hares'")
    damaged = [f"the full-text index {name} is damaged" for name in INDICES]
    assert await store.keeper.check() == damaged
    execute(path, "INSERT INTO papers_fts (papers_fts) VALUES ('rebuild')")
    assert await store.keeper.check() == damaged[1:]
    execute(path, "INSERT INTO papers_plain (papers_plain) VALUES ('rebuild')")
    assert await store.keeper.check() == []
    execute(path, "PRAGMA foreign_keys = OFF", "DELETE FROM papers")
    wrong = await store.keeper.check()
    assert "references between tables are broken" in wrong
    assert "the full-text index papers_fts holds 1 of 0 papers" in wrong
    assert "the full-text index papers_plain holds 1 of 0 papers" in wrong
    await store.close()


@pytest.mark.parametrize("place", ["/proc/papers.db", "/proc/paperboy/papers.db"])
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc here")
def test_a_folder_that_nothing_can_be_written_to_is_named(place):
    with pytest.raises(StoreError, match="/proc"):
        open_store(url_of(place))
    assert look_at_store(url_of(place)) == "absent"


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"the folder .*/file can't be written"):
        open_store(url_of(tmp_path / "file" / "papers.db"))


def test_a_folder_in_the_place_of_the_file_is_refused(path):
    path.mkdir()
    with pytest.raises(StoreError, match=r"papers\.db can't be opened: see whether"):
        open_store(url_of(path))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "papers.db",
        "sqlite:",
        "sqlite:papers.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a\0b",
        "nosuch:///papers.db",
        "SQLITE:///x",
    ],
)
def test_a_url_that_names_no_file_is_a_wrong_setting(url):
    with pytest.raises(ConfigError, match="DATABASE_URL must"):
        open_store(url)


OPEN = """
import asyncio, sys
from storage import open_store
sys.stdin.read()  # the gun
store = open_store(sys.argv[1])
print(asyncio.run(store.papers.count()))
"""


@pytest.mark.parametrize("kind", ["fresh", "older"])
def test_processes_that_open_it_at_once_agree(path, kind):
    if kind == "older":
        make_older(path)
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    command = [sys.executable, "-c", OPEN, url_of(path)]
    openers = [subprocess.Popen(command, **pipe) for _ in range(4)]
    for opener in openers:
        opener.stdin.close()
    counts = [opener.stdout.read() for opener in openers]
    for opener in openers:
        opener.stdout.close()
    assert [opener.wait() for opener in openers] == [0] * 4
    assert counts == ["1\n" if kind == "older" else "0\n"] * 4
    assert len(list(path.parent.glob("papers.db.before-*"))) == (kind == "older")
    assert list(path.parent.glob("*unfinished*")) == []
    assert asyncio.run(count_in(path)) == (kind == "older")
