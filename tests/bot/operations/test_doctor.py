"""`paperboy doctor`: one fault at a time, each named with its mend, and nothing changed."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from standins.discord.permissions import SEND_MESSAGES
from standins.discord.server import DiscordStandin
from standins.shell import Inside, Ran, Shell, under_permissions
from standins.sources import Fault, SourceStandin

SECRET = "hf_not-to-be-seen"  # noqa: S105
SUBSCRIBE = ("papers", "subscribe", "09:00", "UTC", "-c", "lab")


def faults(ran: Ran) -> list[str]:
    """The lines of a report that name a fault, without the mark."""
    wrong = [text for text in ran.out.splitlines() if text.startswith("wrong ")]
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines()[-1] == f"{len(wrong)} fault{'s' * (len(wrong) != 1)}."
    return [text.removeprefix("wrong ") for text in wrong]


def change(shell: Shell, statement: str) -> None:
    with closing(sqlite3.connect(shell.home / "papers.db")) as connection:
        connection.execute(statement)
        connection.commit()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


async def test_an_empty_home_is_well_and_stays_empty(shell: Shell) -> None:
    ran = await shell("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert "database: none yet: paperboy run makes it" in ran.out
    assert ran.out.endswith("All is well.\n")
    assert not shell.home.exists()


async def test_a_home_in_use_is_well_and_holds_the_same_afterwards(inside: Inside) -> None:
    await inside(*SUBSCRIBE)
    before = everything(inside.folder)
    ran = await inside("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert "1 active subscription, 0 paused" in ran.out
    after = everything(inside.folder)
    assert after.keys() == before.keys()


async def test_an_older_database_is_not_migrated_by_a_look(inside: Inside) -> None:
    inside.home.mkdir()
    sqlite3.connect(inside.home / "papers.db").close()
    before = everything(inside.folder)
    ran = await inside("doctor")
    assert ran.code == 0
    assert "the next start migrates it" in ran.out
    assert everything(inside.folder) == before


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("503 /api/daily_papers", "Hugging Face: answered 503"),
        ("404 /api/daily_papers", "Hugging Face: answered 404"),
        ("html /api/daily_papers", "Hugging Face: answered with another page"),
        ("drop /api/daily_papers", "Hugging Face: broke off its answer"),
        ("503 /atom/", "arXiv feed: answered 503"),
        ("rate /api/query", "arXiv API: answered 429"),
    ],
)
async def test_one_source_that_is_ill_is_the_one_fault(
    inside: Inside, sources: SourceStandin, fault: str, said: str
) -> None:
    kind, sources.only = fault.split()
    sources.faults.append(Fault(kind))
    ran = await inside("doctor")
    assert faults(ran) == [said]
    assert "→" in ran.out.split(said)[1].splitlines()[1]


async def test_sources_that_can_not_be_reached_are_named_with_their_settings(
    inside_offline: Inside,
) -> None:
    ran = await inside_offline("doctor")
    assert faults(ran) == [
        "Hugging Face: could not be reached",
        "arXiv feed: could not be reached",
        "arXiv API: could not be reached",
    ]
    assert "the network, or HUGGINGFACE_URL" in ran.out


async def test_a_token_that_is_refused_is_named_and_not_shown(
    inside: Inside, sources: SourceStandin
) -> None:
    inside.settings["HUGGINGFACE_TOKEN"] = SECRET
    sources.only = "/api/daily_papers"
    sources.faults.append(Fault("401"))
    ran = await inside("doctor")
    assert faults(ran) == ["Hugging Face: refuses HUGGINGFACE_TOKEN (401)"]
    assert SECRET not in ran.out + ran.err
    asked = next(seen for seen in sources.requests if seen.path == "/api/daily_papers")
    assert asked.headers["authorization"] == f"Bearer {SECRET}"


async def test_the_sources_are_asked_by_name_and_in_turn(
    inside: Inside, sources: SourceStandin
) -> None:
    inside.settings["ARXIV_SPACING_SECONDS"] = "1"
    await inside("doctor")
    first, second = [s for s in sources.requests if s.path != "/api/daily_papers"]
    assert abs(second.at - first.at) >= 0.5  # a second, less what the first was on its way
    assert all(seen.headers["user-agent"].startswith("Paperboy/") for seen in sources.requests)


async def test_a_clock_that_is_an_hour_off_is_a_fault(
    inside: Inside, sources: SourceStandin
) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    sources.pages["/api/daily_papers"] = (200, {"Date": later}, b"[]")
    [said] = faults(await inside("doctor"))
    assert said.startswith("clock: this machine's clock is ")
    assert said.endswith((" 59 minutes behind", " 60 minutes behind"))


async def test_a_damaged_database_names_the_newest_backup(inside: Inside) -> None:
    (inside.home / "backups").mkdir(parents=True)
    for day in ("2026-11-01", "2026-11-02"):
        (inside.home / "backups" / f"papers-{day}.db").touch()
    (inside.home / "papers.db").write_bytes(b"This was a database. " * 1000)
    ran = await inside("doctor")
    assert faults(ran) == ["database: the database file papers.db is damaged: restore a backup"]
    assert f"paperboy restore {inside.home}/backups/papers-2026-11-02.db" in ran.out


async def test_what_a_platform_of_the_running_paperboy_notices_is_a_fault(inside: Inside) -> None:
    await inside(*SUBSCRIBE)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    change(inside, f"INSERT INTO remarks VALUES ('one', 'wall', 'It fell; mend it', '{now}')")
    assert faults(await inside("doctor")) == ["platform wall: It fell; mend it"]
    ran = await inside("status")
    assert "To be looked into: It fell; mend it." in ran.out


async def test_a_damaged_index_is_found(inside: Inside) -> None:
    await inside("pull")
    change(inside, "DELETE FROM papers_fts_docsize WHERE rowid IN (SELECT min(pk) FROM papers)")
    assert any("index" in said for said in faults(await inside("doctor")))


async def test_a_database_of_a_newer_paperboy_is_named(inside: Inside) -> None:
    await inside("status")
    change(inside, "PRAGMA user_version = 999")
    [said] = faults(await inside("doctor"))
    assert "written by a newer Paperboy" in said


async def test_overdue_subscriptions_ask_for_a_start(inside: Inside) -> None:
    await inside(*SUBSCRIBE)
    change(inside, "UPDATE subscriptions SET next_due_at = '2026-01-05T09:00:00.000000Z'")
    ran = await inside("doctor")
    assert faults(ran) == ["schedule: 1 subscription overdue for more than 3 hours"]
    assert "paperboy run" in ran.out


async def test_a_wrong_setting_of_an_adapter_is_the_one_fault(inside: Inside) -> None:
    inside.settings["CONSOLE_FORMAT"] = "shiny"
    [said] = faults(await inside("doctor"))
    assert said.startswith("platform console: CONSOLE_FORMAT must be ")


async def test_a_platform_without_a_token_is_off_and_no_fault(inside: Inside) -> None:
    ran = await inside("doctor")
    assert ran.code == 0
    assert "ok    discord: off: no DISCORD_TOKEN (paperboy init discord sets it up)" in ran.out


async def test_a_channel_of_a_platform_is_looked_at_where_it_is(inside: Inside) -> None:
    async with DiscordStandin() as discord:
        inside.settings |= {
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DISCORD_TOKEN": discord.bot_token,
        }
        await inside(*SUBSCRIBE)
        papers = discord.channel()
        where = f"workspace = '{discord.guilds[0].id}', id = '{papers.id}', name = 'papers'"
        change(inside, f"UPDATE channels SET platform = 'discord', {where}")
        well = await inside("doctor")
        discord.overwrite(papers, deny=SEND_MESSAGES)
        ill = await inside("doctor")
        inside.settings["DISCORD_TOKEN"] = SECRET
        refused = await inside("doctor")
    assert well.code == 0
    assert "discord #papers: has all 6 permissions" in well.out
    assert faults(ill) == ["discord #papers: lacks Send Messages"]
    assert faults(refused) == ["discord: refuses DISCORD_TOKEN (401)"]
    assert SECRET not in refused.out


async def test_a_wrong_engine_is_the_one_fault(inside: Inside) -> None:
    inside.settings["DATABASE_URL"] = "postgres://ada:hunter2@example.org/papers"
    ran = await inside("doctor")
    assert faults(ran) == ["settings: DATABASE_URL must begin with sqlite:"]
    assert "hunter2" not in ran.out


async def test_a_folder_that_can_not_be_written_is_named(shell: Shell) -> None:
    before = under_permissions()
    if before is None:
        pytest.skip("root can't be bound by permissions here: there is no setpriv")
    shell.before = before
    shell.folder.chmod(0o555)
    ran = await shell("doctor")
    shell.folder.chmod(0o755)
    [said] = faults(ran)
    assert said == f"folder: {shell.home}, not made yet: {shell.folder} can't be written"
    assert "make it writable for this user, or set PAPERBOY_HOME" in ran.out


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place)
    if (
        shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(("umount", "-l", place), check=True)


async def test_a_full_disk_is_named_and_every_command_says_so(
    inside: Inside, small_disk: Path
) -> None:
    inside.settings["PAPERBOY_HOME"] = str(small_disk)
    await inside("status")
    (small_disk / "filler").write_bytes(b"0" * shutil.disk_usage(small_disk).free)
    pulled, looked = await inside("pull"), await inside("doctor")
    copied = await inside("backup", str(small_disk / "copy.db"))
    assert pulled.code == 1
    assert pulled.err.splitlines()[-1].startswith("paperboy: the disk is full: free some space in ")
    assert "Traceback" not in pulled.err
    assert any(said.startswith("folder: ") and "GB free" in said for said in faults(looked))
    assert (copied.code, len(copied.err.splitlines())) == (1, 1)
    (small_disk / "filler").unlink()
    assert (await inside("pull")).code == 0
