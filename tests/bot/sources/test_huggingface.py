import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from standins.gates import MemoryGate, MemoryValidators
from standins.papers import opened_at, papers_of
from standins.sources import Fault, SourceStandin

from bot.errors import SourceError
from bot.models import HUGGINGFACE, Batch, PullState
from bot.sources.client import PoliteClient
from bot.sources.huggingface import HuggingFace

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)


class Bench:
    """A source over a stand-in, both at one time that a test sets."""

    def __init__(self, standin: SourceStandin) -> None:
        self.standin = standin
        self.now = datetime(2026, 3, 6, 18, tzinfo=UTC)
        standin.clock = self._seconds
        self.client = PoliteClient(
            HUGGINGFACE,
            standin.url,
            MemoryGate(),
            MemoryValidators(),
            lambda: self.now,
            contact="https://example.org/bot",
            timeout=timedelta(seconds=2),
            attempts=2,
            first_wait=timedelta(milliseconds=5),
        )
        self.source = HuggingFace(self.client, clock=lambda: self.now)

    def _seconds(self) -> float:
        return self.now.timestamp()

    async def fetch(self, since: date, until: date | None = None) -> Batch:
        return await self.source.fetch(since, until or since)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with SourceStandin(grows=False) as standin:
        bench = Bench(standin)
        yield bench
        await bench.client.close()


async def test_each_day_brings_its_papers(bench: Bench) -> None:
    batch = await bench.fetch(MONDAY, FRIDAY)
    for offset in range(5):
        day = MONDAY + timedelta(days=offset)
        ids = {seen.paper_id for seen in batch.sightings if seen.day == day}
        assert ids == {paper.id for paper in papers_of(day)}
    assert set(batch.days.values()) == {PullState.NEW}
    assert batch.entries == len(batch.sightings)
    assert (batch.malformed, batch.problems) == (0, ())


async def test_days_that_can_not_be_are_not_asked_for(bench: Bench) -> None:
    batch = await bench.fetch(date(2023, 5, 1), date(2023, 5, 5))
    assert sorted(batch.days) == [date(2023, 5, 4), date(2023, 5, 5)]
    batch = await bench.fetch(FRIDAY, FRIDAY + timedelta(days=30))
    assert list(batch.days) == [FRIDAY]
    assert (await bench.fetch(date(2027, 1, 1))).days == {}


async def test_an_empty_weekend_is_a_holiday(bench: Bench) -> None:
    batch = await bench.fetch(MONDAY - timedelta(days=2), MONDAY - timedelta(days=1))
    assert set(batch.days.values()) == {PullState.HOLIDAY}


async def test_an_empty_weekday_is_quiet_for_three_hours_and_stale_then(bench: Bench) -> None:
    bench.standin.pages["/api/daily_papers"] = (200, {}, b"[]")
    bench.now = opened_at(FRIDAY).astimezone(UTC) + timedelta(hours=2, minutes=59)
    assert (await bench.fetch(FRIDAY)).days == {FRIDAY: PullState.QUIET}
    bench.now += timedelta(minutes=1)
    assert (await bench.fetch(FRIDAY)).days == {FRIDAY: PullState.STALE}


async def test_a_refusal_of_the_newest_day_is_quiet_and_of_an_older_one_broken(
    bench: Bench,
) -> None:
    bench.standin.pages["/api/daily_papers"] = (400, {}, b"{}")
    assert (await bench.fetch(FRIDAY)).days == {FRIDAY: PullState.QUIET}
    with pytest.raises(SourceError, match="answered 400"):
        await bench.fetch(MONDAY)


async def test_a_growing_list_is_had_again_with_its_new_votes(bench: Bench) -> None:
    bench.standin.grows = True
    bench.now = opened_at(FRIDAY).astimezone(UTC) + timedelta(hours=2)
    early = await bench.fetch(FRIDAY)
    bench.now += timedelta(hours=30)
    late = await bench.fetch(FRIDAY)
    assert len(early.sightings) < len(late.sightings) == len(papers_of(FRIDAY))
    votes = {seen.paper_id: seen.upvotes for seen in late.sightings}
    assert sum(votes[seen.paper_id] for seen in early.sightings) > sum(
        seen.upvotes for seen in early.sightings
    )


def item(number: int, **about: object) -> dict[str, object]:
    paper = {"id": f"2603.{number:05}", "title": f"T {number}", "summary": "S", "authors": []}
    return {"paper": paper | {"upvotes": number} | about, "numComments": 0, "title": "other"}


async def test_a_long_day_is_paged_to_its_end(bench: Bench, tmp_path: Path) -> None:
    recorded = [item(number) for number in range(1, 251)]
    (tmp_path / f"{FRIDAY}.json").write_text(json.dumps(recorded))
    bench.standin.data = tmp_path
    batch = await bench.fetch(FRIDAY)
    assert len(batch.sightings) == len(batch.papers) == batch.entries == 250
    assert [seen.query.get("p", "0") for seen in bench.standin.requests] == ["0", "1", "2"]


async def test_a_list_that_grows_between_two_pages_counts_each_paper_once(
    bench: Bench, tmp_path: Path
) -> None:
    # One new paper on top pushes the last of the first page onto the second.
    recorded = [item(number) for number in (*range(1, 101), 100, 101)]
    (tmp_path / f"{FRIDAY}.json").write_text(json.dumps(recorded))
    bench.standin.data = tmp_path
    batch = await bench.fetch(FRIDAY)
    assert len(batch.sightings) == len(batch.papers) == batch.entries == 101


async def test_the_link_header_tells_of_further_pages(bench: Bench) -> None:
    body = json.dumps([item(number) for number in range(1, 101)]).encode()
    headers = {"Link": '<https://example.org/x?p=0>; rel="prev"'}
    bench.standin.pages["/api/daily_papers"] = (200, headers, body)
    batch = await bench.fetch(FRIDAY)
    assert len(bench.standin.requests) == 1
    assert batch.entries == 100


async def test_a_list_without_end_is_partial(bench: Bench) -> None:
    body = json.dumps([item(number) for number in range(1, 101)]).encode()
    bench.standin.pages["/api/daily_papers"] = (200, {}, body)
    batch = await bench.fetch(FRIDAY)
    assert batch.days == {FRIDAY: PullState.PARTIAL}
    assert len(bench.standin.requests) == 20


async def test_a_lost_second_page_makes_the_day_partial(bench: Bench, tmp_path: Path) -> None:
    recorded = [item(number) for number in range(1, 151)]
    (tmp_path / f"{FRIDAY}.json").write_text(json.dumps(recorded))
    bench.standin.data = tmp_path
    bench.standin.faults.extend([None, Fault("503"), Fault("503")])
    batch = await bench.fetch(FRIDAY)
    assert batch.days == {FRIDAY: PullState.PARTIAL}
    assert len(batch.papers) == 100
    assert batch.problems == ("2026-03-06: Hugging Face answered 503 twice",)


async def test_a_malformed_entry_costs_itself_alone(bench: Bench, tmp_path: Path) -> None:
    recorded = [item(1), item(2, title=7), item(3)]
    (tmp_path / f"{FRIDAY}.json").write_text(json.dumps(recorded))
    bench.standin.data = tmp_path
    batch = await bench.fetch(FRIDAY)
    assert [seen.paper_id for seen in batch.sightings] == ["2603.00001", "2603.00003"]
    assert (batch.entries, batch.malformed) == (3, 1)
    assert batch.days == {FRIDAY: PullState.PARTIAL}


async def test_a_paper_on_two_days_is_one_paper_seen_twice(bench: Bench, tmp_path: Path) -> None:
    thursday = FRIDAY - timedelta(days=1)
    (tmp_path / f"{FRIDAY}.json").write_text(json.dumps([item(1, upvotes=30)]))
    (tmp_path / f"{thursday}.json").write_text(json.dumps([item(1, upvotes=4)]))
    bench.standin.data = tmp_path
    batch = await bench.fetch(thursday, FRIDAY)
    assert len(batch.papers) == 1
    assert {(seen.day, seen.upvotes) for seen in batch.sightings} == {(FRIDAY, 30), (thursday, 4)}


@pytest.mark.parametrize("kind", ["half", "html"])
async def test_a_document_that_is_none_is_asked_for_again(bench: Bench, kind: str) -> None:
    bench.standin.faults.append(Fault(kind))
    batch = await bench.fetch(FRIDAY)
    assert batch.days == {FRIDAY: PullState.NEW}
    assert len(bench.standin.requests) == 2


@pytest.mark.parametrize("kind", ["half", "html", "503", "drop", "304"])
async def test_a_broken_day_does_not_stop_the_others(bench: Bench, kind: str) -> None:
    bench.standin.faults.extend([Fault(kind), Fault(kind)])
    batch = await bench.fetch(MONDAY, FRIDAY)
    assert batch.days[FRIDAY] is PullState.BROKEN
    assert [batch.days[FRIDAY - timedelta(days=back)] for back in range(1, 5)] == [
        PullState.NEW
    ] * 4
    assert batch.problems[0].startswith("2026-03-06: Hugging Face ")


async def test_a_service_that_goes_down_is_left_alone(bench: Bench) -> None:
    bench.standin.faults.extend([None, *[Fault("503")] * 4])
    batch = await bench.fetch(MONDAY, FRIDAY)
    assert [batch.days[FRIDAY - timedelta(days=back)] for back in range(5)] == [
        PullState.NEW,
        *[PullState.BROKEN] * 4,
    ]
    assert len(bench.standin.requests) == 5


async def test_a_service_that_answers_nothing_is_an_error(bench: Bench) -> None:
    bench.standin.faults.extend([Fault("drop")] * 20)
    with pytest.raises(SourceError, match="Hugging Face broke off its answer twice"):
        await bench.fetch(MONDAY, FRIDAY)
    assert len(bench.standin.requests) == 4
