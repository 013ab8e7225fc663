"""The command line as a whole: help, exit codes, settings and streams, as real processes."""

import asyncio
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from standins.shell import ROOT, Inside, Shell, ended, logged, under_permissions

COMMANDS = (
    "demo run pull digest search status papers init doctor why backup restore erase model".split()
)
SECRET = "hf_not-to-be-seen"  # noqa: S105
FULL = Path("/dev/full")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Inside:
    return Inside(tmp_path, patch=monkeypatch, screen=capfd)


def lines_of(text: str) -> list[str]:
    return text.splitlines()


async def test_help_names_every_command_in_words_that_are_not_cut(shell: Shell) -> None:
    ran = await shell("--help")
    assert ran.code == 0
    told = dict(re.findall(r"^  ([a-z]+) {2,}(\S.*)$", ran.out.split("Commands:")[1], re.MULTILINE))
    assert list(told) == COMMANDS
    assert all(text.endswith(".") and "..." not in text for text in told.values())


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_command_explains_itself(inside: Inside, name: str) -> None:
    inside.settings["HUGGINGFACE_TOKEN"] = SECRET
    ran = await inside(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: paperboy {name}")
    assert SECRET not in ran.out


def test_help_waits_for_no_import_that_it_does_not_need() -> None:
    heavy = {"httpx", "sqlite_utils", "feedparser", "apscheduler", "rich", "pydantic", "stamina"}
    code = "import sys; before = set(sys.modules); import bot.__main__; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.split())
    assert "typer" in loaded
    assert loaded & heavy == set()


@pytest.mark.parametrize(
    "words", ["fly", "pull --fast", "why", "search", "digest", "backup", "demo now"]
)
async def test_what_is_no_command_exits_with_2(inside: Inside, words: str) -> None:
    ran = await inside(*words.split())
    assert (ran.code, ran.out) == (2, "")
    assert "Error: " in ran.err
    assert not inside.home.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEFAULT_ZONE", "Mars/Olympus"),
        ("HUGGINGFACE_URL", "http://ada:hunter2@example.org"),
        ("HUGGINGFACE_TOKEN", "hf_ no token"),
        ("DATABASE_URL", "postgres://ada:hunter2@example.org/papers"),
        ("CONSOLE_FORMAT", "shiny"),
    ],
)
async def test_a_wrong_setting_is_one_line_that_names_it(
    inside: Inside, name: str, value: str
) -> None:
    inside.settings[name] = value
    ran = await inside("status")
    assert (ran.code, ran.out) == (2, "")
    [line] = lines_of(ran.err)
    assert line.startswith(f"paperboy: {name} ")
    assert value not in line


async def test_a_settings_file_that_is_no_text_is_one_line(shell: Shell) -> None:
    (shell.folder / ".env").write_bytes(b"LOG_LEVEL=\xff\xfe\n")
    ran = await shell("status")
    assert ran == (2, "", "paperboy: .env is not UTF-8 text\n")


async def test_the_settings_file_of_the_folder_is_read(inside: Inside) -> None:
    (inside.folder / ".env").write_text("LOG_LEVEL=LOUD\n")
    ran = await inside("status")
    assert ran.code == 2
    assert ran.err.startswith("paperboy: LOG_LEVEL must be ")


@pytest.fixture
def bound(shell: Shell) -> Shell:
    """A shell whom the permissions of files bind."""
    before = under_permissions()
    if before is None:
        pytest.skip("root can't be bound by permissions here: there is no setpriv")
    shell.before = before
    return shell


async def test_a_home_that_can_not_be_written_is_one_line(bound: Shell) -> None:
    bound.folder.chmod(0o555)
    words = ("run", "papers subscribe 09:00")
    ended_ones = await asyncio.gather(*(bound(*each.split()) for each in words))
    bound.folder.chmod(0o755)
    line = f"paperboy: the folder {bound.home} can't be written\n"
    assert ended_ones == [(1, "", line)] * len(words)


async def test_a_settings_file_that_may_not_be_read_is_one_line(bound: Shell) -> None:
    (bound.folder / ".env").write_text(f"HUGGINGFACE_TOKEN={SECRET}\n")
    (bound.folder / ".env").chmod(0)
    ran = await bound("status")
    assert ran == (2, "", "paperboy: .env can't be read: Permission denied\n")


@pytest.mark.parametrize("words", ["status", "run", "search mamba", "pull"])
async def test_a_damaged_database_is_one_line(inside: Inside, words: str) -> None:
    inside.home.mkdir()
    (inside.home / "papers.db").write_bytes(b"This was a database. " * 1000)
    ran = await inside(*words.split())
    line = "paperboy: the database file papers.db is damaged: restore a backup\n"
    assert ran == (1, "", line)


async def test_a_wrong_query_shows_where_and_obeys_nothing_in_it(inside: Inside) -> None:
    ran = await inside("search", "mamba", "\x1b[31m", "cat:cs.XX")
    assert (ran.code, ran.out) == (2, "")
    problem, query, caret = lines_of(ran.err)
    assert problem.startswith("paperboy: ")
    assert "cs.XX" in problem
    assert "\x1b" not in ran.err
    assert query[caret.index("^") :] == "cs.XX"


async def test_words_that_look_like_options_belong_to_the_query(inside: Inside) -> None:
    ran = await inside("search", "mamba", "-diffusion")
    assert ran.code == 0, ran.err
    assert "No paper matches: mamba -diffusion" in ran.out


async def test_quotes_that_the_shell_took_are_put_back(inside: Inside) -> None:
    ran = await inside(
        *("papers", "subscribe", "09:00", "New York", "filter:cat:cs.LG diffusion model"),
        *("--channel", "lab"),
    )
    assert ran.code == 0, ran.err
    status = await inside("status")
    told = " ".join(status.out.split())
    assert "console:local:lab #1 Papers about “diffusion” and “model”, in cs.LG" in told
    assert "Monday to Friday at 09:00 America/New_York" in told


async def test_a_daemon_starts_and_stops_in_lines_of_keys_and_values(shell: Shell) -> None:
    shell.settings["HUGGINGFACE_TOKEN"] = SECRET
    daemon = await shell.start("run")
    begun = await logged(daemon, "could not be reached")  # the sources are down: only logged
    daemon.send_signal(signal.SIGTERM)
    code, out, rest = await ended(daemon)
    assert (code, out) == (0, "")
    lines = lines_of(begun + rest)
    assert all(re.match(r"timestamp=\S+ level=[a-z]+ event=", line) for line in lines), lines
    assert 'event="paperboy runs"' in lines[0]
    assert 'event="paperboy stopped"' in lines[-1]
    assert SECRET not in begun + rest


def leases(database: Path) -> int:
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as connection, suppress(sqlite3.OperationalError):
        return int(connection.execute("SELECT count(*) FROM leases").fetchone()[0])
    return 0


async def test_a_daemon_lives_without_standard_streams(shell: Shell) -> None:
    """Closed streams would give their numbers to the next files: the database, for one."""
    command = f'exec "{sys.executable}" -m bot run <&- >&- 2>&-'
    daemon = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", command, cwd=shell.folder, env=shell.environment()
    )
    database = shell.home / "papers.db"
    async with asyncio.timeout(20):
        while not leases(database):  # it keeps the schedule: it is wholly there
            await asyncio.sleep(0.05)
            assert daemon.returncode is None
    daemon.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(daemon.wait(), 20) == 0
    assert database.read_bytes().startswith(b"SQLite format 3\0")


async def test_posting_to_a_closed_output_loses_nothing(shell: Shell) -> None:
    await shell("papers", "subscribe", "09:00", "-c", "lab")
    command = f'exec "{sys.executable}" -m bot papers status >&-'
    ran = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", command),
        cwd=shell.folder,
        env=shell.environment(),
        stderr=subprocess.PIPE,
    )
    code, _, err = await ended(ran)
    assert (code, err) == (1, "paperboy: the console's output is closed\n")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
async def test_a_full_disk_under_the_output_is_one_line(shell: Shell) -> None:
    with FULL.open("wb") as target:  # noqa: ASYNC230 - it is a device
        ran = await shell("status", stdout=target)
    assert ran.code == 1
    assert ran.err == "paperboy: the console can't be written: No space left on device\n"
