"""`paperboy pull` as real processes: counted, resumable, and plain about what it could not have."""

import asyncio
import re
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from standins.shell import Inside, Shell, ended
from standins.sources import Fault, SourceStandin

TODAY = datetime.now(UTC).date()
SINCE, UNTIL = TODAY - timedelta(days=60), TODAY - timedelta(days=31)
SPAN = ("pull", "--since", str(SINCE), "--until", str(UNTIL))


def asked_days(sources: SourceStandin) -> list[str]:
    return [s.query["date"] for s in sources.requests if s.path == "/api/daily_papers"]


def kept(shell: Shell) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(shell.home / "papers.db")) as connection:
        return connection.execute("SELECT id, title FROM papers ORDER BY id").fetchall()


async def test_a_backfill_counts_what_it_did_and_passes_over_it_next_time(
    inside: Inside, sources: SourceStandin
) -> None:
    first = await inside(*SPAN)
    assert first.code == 0
    huggingface, arxiv = first.out.splitlines()
    assert huggingface.startswith("Hugging Face: 30 days pulled (")
    assert re.match(r"arXiv: \d\d days pulled \(\d\d new\), [\d,]+ entries, [\d,]+ new", arxiv)
    assert "30/30" in first.err  # the bar is for the eyes: standard output can be kept
    sources.requests.clear()
    second = await inside(*SPAN)
    assert second.code == 0
    assert second.out.splitlines()[0] == ("Hugging Face: nothing pulled, 30 days complete already.")
    assert sources.requests == []
    again = await inside(*SPAN, "--again", "--source", "hf")
    assert again.out.startswith("Hugging Face: 30 days pulled (")
    assert again.out.endswith(" 0 new papers.\n")
    assert len(asked_days(sources)) == 30


async def test_pull_alone_brings_the_last_days(inside: Inside) -> None:
    ran = await inside("pull")
    assert ran.code == 0
    assert re.match(r"Hugging Face: \S.* pulled \(new\), \d+ entries, \d+ new papers", ran.out)
    assert kept(inside)


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
async def test_a_backfill_that_is_broken_off_goes_on_where_it_was(
    shell: Shell, sources: SourceStandin, kill: signal.Signals
) -> None:
    sources.faults.extend([*[None] * 25, *[Fault("slow", "30")] * 2])
    process = await shell.start(*SPAN)
    async with asyncio.timeout(20):
        while len(sources.requests) < 27:  # noqa: ASYNC110 - it is another process that is waited for
            await asyncio.sleep(0.02)
    process.send_signal(kill)
    broken = await ended(process)
    assert broken.code == {signal.SIGINT: 130, signal.SIGKILL: -9}[kill]
    if kill is signal.SIGINT:
        assert "the same command goes on from there" in broken.out
        assert re.search(r"Hugging Face: \d+ of 30 days pulled", broken.out)
        assert "Traceback" not in broken.err
    done = len(asked_days(sources)) - 1
    sources.requests.clear()
    rest = await shell(*SPAN)
    assert rest.code == 0
    # A day whose answer was not stored yet when the process was killed is asked for again.
    assert 30 - done <= len(asked_days(sources)) <= 30 - done + 1
    whole = Shell(shell.folder, shell.url, {"PAPERBOY_HOME": str(shell.folder / "whole")})
    await whole(*SPAN)
    with closing(sqlite3.connect(shell.folder / "whole" / "papers.db")) as connection:
        wanted = connection.execute("SELECT id, title FROM papers ORDER BY id").fetchall()
    assert kept(shell) == wanted


async def test_a_source_that_is_away_is_given_up_and_named(
    inside: Inside, sources: SourceStandin
) -> None:
    sources.only = "/api/daily_papers"
    sources.faults.extend([Fault("404")] * 100)
    ran = await inside(*SPAN)
    assert ran.code == 1
    told = ran.out.splitlines()
    assert told[0].startswith("Hugging Face: 3 of 30 days pulled (3 broken)")
    assert told[1].startswith("  Hugging Face answered 404")
    assert told[1].endswith("It was not asked further: call again later.")
    assert re.match(r"arXiv: \d+ days pulled \(\d+ new\)", told[2])
    assert len(asked_days(sources)) == 3


async def test_wrong_dates_and_sources_are_one_line(inside: Inside) -> None:
    soon = str(TODAY + timedelta(days=40))
    wrong = {
        "--since yesterday": "--since wants a date such as 2026-10-31",
        "--until 2026-02-30": "--until wants a date such as 2026-10-31",
        f"--since {soon}": f"--since {soon} is in the future",
        f"--until {soon}": f"--until {soon} is in the future",
        "--since 2026-01-02 --until 2026-01-01": "--since 2026-01-02 is after --until 2026-01-01",
        "--source biorxiv": "there is no source biorxiv (there are huggingface and arxiv)",
    }
    for words, line in wrong.items():
        assert await inside("pull", *words.split()) == (2, "", f"paperboy: {line}\n")
