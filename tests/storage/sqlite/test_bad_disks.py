"""A full disk, a read-only one, a busy database: one clear line each, and nothing lost."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from standins import crammed
from standins.stock import NOW, WALL, batch, claim, message, paper

from bot.errors import StoreError
from storage import open_store

FULL = r"the disk is full: free some space in .*; what is stored is safe"


ROOT = Path(__file__).parents[3]


def on_a_disk(tmp_path, mounted, script):
    """What a shell script prints; $PYTHON and $DISK are there, the latter mounted like that."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs {mounted} none "$DISK"'
    if not shutil.which("unshare") or in_a_namespace(disk, mount).returncode:
        pytest.skip("no disk can be mounted here: that takes unshare and a user namespace")
    ended = in_a_namespace(disk, f"set -e; {mount}; {script}")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def in_a_namespace(disk, script):
    about = os.environ | {"DISK": str(disk), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    call = ["unshare", "--mount", "--map-root-user", "sh", "-c", script]
    return subprocess.run(call, env=about, capture_output=True, text=True, check=False, timeout=60)


def test_on_a_full_disk_nothing_is_lost_and_with_room_all_goes_on(tmp_path):
    told = on_a_disk(tmp_path, "-o size=16m", f'"$PYTHON" "{crammed.__file__}" "$DISK"')
    full = f"the disk is full: free some space in {tmp_path}/disk; what is stored is safe"
    for asked in ("add", "backup"):
        assert told[asked] == full
    for asked in ("issue", "claim", "sent", "open"):  # small: the log may have room for them
        assert told[asked] in {full, ""}
    assert told["whole batches"]
    assert told["left of the backup"] == []
    assert told["shown"] == (0 if told["issue"] else 2)
    assert told["lost"] == 0
    assert told["again"] == ["", "", ""]
    assert told["counts"] == {"sent": 1, "waiting": 2}
    assert told["check"] == []


TRY = """
import json, sys
from bot.errors import StoreError
from storage import look_at_store, open_store
said = []
for name in ('papers.db', 'new.db'):
    url = f'sqlite:///{sys.argv[1]}/{name}'
    said.append(look_at_store(url))
    try:
        open_store(url)
    except StoreError as error:
        said.append(str(error))
print(json.dumps(said))
"""


def test_a_disk_that_is_read_only_is_told_as_such(tmp_path):
    script = f"""
        "$PYTHON" -c "{TRY}" "$DISK" > /dev/null && rm "$DISK"/new.db
        mount -o remount,ro "$DISK"
        "$PYTHON" -c "{TRY}" "$DISK"
    """
    refused = f"can't be opened: see whether the folder {tmp_path}/disk is there and may be written"
    assert on_a_disk(tmp_path, "", script) == [
        "current",
        f"the database papers.db {refused}",
        "absent",
        f"the database new.db {refused}",
    ]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc here")
async def test_a_backup_names_the_folder_that_it_can_not_be_written_to(store):
    with pytest.raises(StoreError, match=r"copy\.db can't be opened: see whether the folder /proc"):
        await store.keeper.backup("/proc/copy.db")
    await store.papers.add(batch([paper(1)]), NOW)


@pytest.fixture
async def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield opened
    await opened.close()


async def limit_pages(store, more):
    """Let the database grow by some pages and no further, as a full disk does."""

    def limit(db):
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages + more}")

    await store._engine.write(limit)


async def test_what_does_not_fit_is_refused_whole_and_taken_once_there_is_room(store):
    await store.papers.add(batch([paper(1)]), NOW)
    await limit_pages(store, 2)
    many = batch([paper(n, abstract="long " * 50) for n in range(2, 400)])
    with pytest.raises(StoreError, match=FULL):
        await store.papers.add(many, NOW)
    with pytest.raises(StoreError, match=FULL):
        await store.deliveries.enqueue(WALL, "big", [message(text="x" * 100_000)], NOW)
    assert await store.papers.count() == 1
    assert await store.deliveries.counts() == {}
    await limit_pages(store, 10_000)
    await store.papers.add(many, NOW)
    assert await store.papers.count() == 399
    assert await store.keeper.check() == []


async def test_a_message_is_claimed_and_recorded_on_a_disk_that_takes_no_more_pages(store):
    await store.deliveries.enqueue(WALL, "a", [message()], NOW)
    await limit_pages(store, 0)
    [claimed] = await claim(store)
    await store.deliveries.sent(claimed, "ref", NOW)
    assert await store.deliveries.counts() == {"sent": 1}


@pytest.fixture
async def hurried(tmp_path, monkeypatch):
    """A store that waits a tenth of a second for others, not ten."""
    monkeypatch.setattr("storage.sqlite.engine.BUSY_SECONDS", 0.1)
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield opened
    await opened.close()


async def test_while_another_writes_for_too_long_it_says_so_and_still_reads(hurried):
    await hurried.papers.add(batch([paper(1)]), NOW)
    with closing(sqlite3.connect(hurried.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE papers SET title = 'not yet'")
        with pytest.raises(StoreError, match="is busy: another process has been writing"):
            await hurried.papers.add(batch([paper(2)]), NOW)
        [seen] = await hurried.papers.get([paper(1).id])
        assert seen.paper.title == "Paper 1"
        [problem] = await hurried.keeper.check()  # and not that anything is damaged
        assert "is busy" in problem
        other.execute("ROLLBACK")
    await hurried.papers.add(batch([paper(2)]), NOW)
    assert await hurried.papers.count() == 2


async def test_a_file_that_may_not_be_written_is_told_as_such(store):
    await store.papers.add(batch([paper(1)]), NOW)
    await store._engine.write(lambda db: db.execute("PRAGMA query_only = ON"))
    with pytest.raises(
        StoreError, match=r"papers\.db can't be written: it or its folder .* is read"
    ):
        await store.papers.add(batch([paper(2)]), NOW)
    assert await store.papers.count() == 1
