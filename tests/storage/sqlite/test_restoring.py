"""A backup in the place of a SQLite file: at one blow or not at all; nothing is thrown away."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from standins.stock import NOW, batch, ids, paper, stocked

from bot.errors import StoreError, StoreTooNewError
from bot.models import HUGGINGFACE, Pull, PullState
from storage import check_backup, look_at_store, open_store, restore_store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "papers.db"


@pytest.fixture
def url(path):
    return f"sqlite:///{path}"


@pytest.fixture
async def backup(url, tmp_path):
    """A backup of a store with one paper, which has two by now."""
    store = open_store(url)
    await stocked(store, 1)
    await store.pulls.record(
        Pull(HUGGINGFACE, NOW.date(), NOW.date(), NOW, NOW, PullState.NEW, entries=1)
    )
    copy = tmp_path / "papers.copy"
    await store.keeper.backup(str(copy))
    await stocked(store, 2)
    await store.close()
    return copy


async def papers_at(path):
    store = open_store(f"sqlite:///{path}")
    known = [each.paper.id for each in await store.papers.get(ids(1, 2))]
    assert await store.keeper.check() == []
    await store.close()
    return known


async def test_a_backup_is_one_plain_file(backup):
    """To be moved as such: the format's byte 18 is 1 where no log belongs to the file."""
    assert [each.name for each in backup.parent.glob("papers.copy*")] == ["papers.copy"]
    assert backup.read_bytes()[18] == 1


async def test_a_backup_takes_the_place_and_what_was_there_is_kept(backup, url, path):
    kept = restore_store(url, backup)
    assert await papers_at(path) == [*ids(1)]
    assert await papers_at(kept) == [*ids(1, 2)]
    assert kept.name.startswith("papers.db.replaced-")
    assert await papers_at(backup) == [*ids(1)]


async def test_a_backup_is_put_where_nothing_was(backup, tmp_path):
    path = tmp_path / "elsewhere" / "papers.db"
    assert restore_store(f"sqlite:///{path}", backup) is None
    assert await papers_at(path) == [*ids(1)]


async def test_two_restores_in_one_second_keep_both(backup, url):
    kept = {restore_store(url, backup) for _ in range(3)}
    assert len(kept) == 3
    assert all(each.exists() for each in kept)


async def test_a_damaged_database_is_replaced_and_kept_as_it_is(backup, url, path):
    path.write_bytes(b"torn" * 5000)
    kept = restore_store(url, backup)
    assert kept.read_bytes() == b"torn" * 5000
    assert await papers_at(path) == [*ids(1)]


async def test_a_database_that_is_in_use_is_left_alone(backup, url, path):
    store = open_store(url)
    assert await store.papers.count() == 2
    with pytest.raises(StoreError, match=r"papers\.db is in use: stop Paperboy first"):
        restore_store(url, backup)
    await store.papers.add(batch([paper(3)]), NOW)
    assert await store.papers.count() == 3
    await store.close()
    assert sorted(each.name for each in path.parent.iterdir()) == ["papers.copy", "papers.db"]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda file: None, "there is no backup papers.bad"),  # noqa: ARG005
        (lambda file: file.mkdir(), "there is no backup papers.bad"),
        (lambda file: file.write_bytes(b""), "the backup papers.bad is empty"),
        (lambda file: file.write_bytes(b"no" * 5000), "papers.bad is damaged or no database"),
    ],
)
async def test_what_is_no_backup_changes_nothing(backup, url, path, make, problem):
    bad = backup.with_name("papers.bad")
    make(bad)
    for ask in (check_backup, restore_store):
        with pytest.raises(StoreError, match=problem):
            ask(url, bad)
    assert await papers_at(path) == [*ids(1, 2)]
    assert not list(path.parent.glob("*replaced*"))
    assert not list(path.parent.glob("*restoring*"))


async def test_a_torn_backup_is_refused(backup, url, path):
    backup.write_bytes(backup.read_bytes()[:-20_000])
    with pytest.raises(StoreError, match=r"the backup papers\.copy is damaged"):
        restore_store(url, backup)
    assert await papers_at(path) == [*ids(1, 2)]


async def test_a_backup_of_a_newer_version_is_refused(backup, url, path):
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNewError, match=r"papers\.copy was written by a newer Paperboy"):
        restore_store(url, backup)
    assert await papers_at(path) == [*ids(1, 2)]


async def test_a_backup_tells_of_when_it_is(backup, url, path):
    assert check_backup(url, backup) == NOW
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    empty = path.with_name("empty.db")
    await open_store(f"sqlite:///{empty}").close()
    assert check_backup(url, empty) >= made  # it knows of nothing: when the file was written


async def test_looking_changes_nothing_and_makes_no_file(backup, path, url):
    before = {each: each.read_bytes() for each in path.parent.iterdir()}
    assert look_at_store(url) == look_at_store(f"sqlite:///{backup}") == "current"
    assert look_at_store(f"sqlite:///{path}.none") == "absent"
    assert {each: each.read_bytes() for each in path.parent.iterdir()} == before
    store = open_store(url)
    await store.papers.add(batch([paper(3)]), NOW)
    assert look_at_store(url) == "current"  # also while it is in use
    await store.close()
