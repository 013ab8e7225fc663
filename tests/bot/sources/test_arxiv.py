from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from standins.feeds import api_document, atom_document
from standins.gates import MemoryGate, MemoryValidators
from standins.papers import EASTERN, announced_on
from standins.sources import Fault, Reply, SourceStandin

from bot.errors import SourceError
from bot.models import ARXIV, Batch, PullState
from bot.sources.arxiv import Arxiv
from bot.sources.client import PoliteClient

TODAY = date(2026, 3, 4)  # a Wednesday
TUESDAY = date(2026, 3, 3)
MONDAY = date(2026, 3, 2)
SATURDAY = date(2026, 3, 7)


class Bench:
    """arXiv over a stand-in, with a store's memory of validators, at a time that a test sets."""

    def __init__(self, standin: SourceStandin) -> None:
        self.standin = standin
        self.now = datetime(2026, 3, 4, 15, tzinfo=UTC)
        standin.clock = self._seconds
        self.validators = MemoryValidators()
        self.archives: tuple[str, ...] = ("cs", "stat")
        self.clients = [
            PoliteClient(
                ARXIV,
                standin.url,
                MemoryGate(),
                self.validators,
                lambda: self.now,
                contact="https://example.org/bot",
                timeout=timedelta(seconds=5),
                attempts=2,
                first_wait=timedelta(milliseconds=5),
            )
            for _ in range(2)
        ]
        self.source = Arxiv(*self.clients, self._archives, clock=lambda: self.now, page_size=10)

    def _seconds(self) -> float:
        return self.now.timestamp()

    async def _archives(self) -> tuple[str, ...]:
        return self.archives

    async def fetch(self, since: date, until: date | None = None) -> Batch:
        return await self.source.fetch(since, until or since)

    def store(self, batch: Batch) -> None:
        self.validators.known |= batch.validators


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with SourceStandin() as standin:
        bench = Bench(standin)
        yield bench
        for client in bench.clients:
            await client.close()


def expected(day: date, *archives: str) -> set[str]:
    return {
        paper.id
        for paper in announced_on(day)
        if any(term.split(".")[0] in archives for term in paper.categories)
    }


async def test_the_announcement_lists_new_papers_and_cross_lists(bench: Bench) -> None:
    batch = await bench.fetch(TODAY)
    assert {seen.paper_id for seen in batch.sightings} == expected(TODAY, "cs", "stat")
    assert {seen.day for seen in batch.sightings} == {TODAY}
    assert not any(seen.estimated for seen in batch.sightings)
    assert batch.days == {TODAY: PullState.NEW}
    assert [seen.path for seen in bench.standin.requests] == ["/atom/cs", "/atom/stat"]


async def test_a_replacement_updates_its_paper_and_lists_nothing(bench: Bench) -> None:
    batch = await bench.fetch(TODAY)
    replaced = [paper for paper in batch.papers if paper.version == 2]
    assert replaced
    assert not {paper.id for paper in replaced} & {seen.paper_id for seen in batch.sightings}


async def test_a_paper_of_two_archives_is_listed_once_as_new(bench: Bench) -> None:
    batch = await bench.fetch(TODAY)
    listed = [seen.paper_id for seen in batch.sightings]
    assert len(listed) == len(set(listed))
    by_id = {paper.id: paper for paper in announced_on(TODAY)}
    both = [
        seen
        for seen in batch.sightings
        if {"cs", "stat"} <= {term.split(".")[0] for term in by_id[seen.paper_id].categories}
    ]
    assert both
    for seen in both:
        primary = by_id[seen.paper_id].categories[0].split(".")[0]
        assert seen.announce_type == ("new" if primary in {"cs", "stat"} else "cross")


async def test_earlier_days_come_from_the_api_on_estimated_days(bench: Bench) -> None:
    batch = await bench.fetch(MONDAY, TUESDAY)
    for day in (MONDAY, TUESDAY):
        listed = [seen for seen in batch.sightings if seen.day == day]
        assert {seen.paper_id for seen in listed} == expected(day, "cs", "stat")
        assert all(seen.estimated for seen in listed)
    assert batch.days == {MONDAY: PullState.NEW, TUESDAY: PullState.NEW}
    assert {seen.path for seen in bench.standin.requests} == {"/api/query"}
    assert batch.papers[0].comment == "12 pages"


async def test_a_weekend_behind_us_is_not_asked_for(bench: Bench) -> None:
    batch = await bench.fetch(date(2026, 2, 28), date(2026, 3, 1))
    assert set(batch.days.values()) == {PullState.HOLIDAY}
    assert bench.standin.requests == []


async def test_an_unchanged_feed_is_left_out_of_the_days(bench: Bench) -> None:
    bench.store(await bench.fetch(TODAY))
    batch = await bench.fetch(TODAY)
    assert (batch.days, batch.papers, batch.problems) == ({}, (), ())
    assert all("if-none-match" in seen.headers for seen in bench.standin.requests[2:])


async def test_a_feed_unchanged_since_yesterday_is_quiet_and_then_stale(bench: Bench) -> None:
    bench.store(await bench.fetch(TODAY))
    for path in ("/atom/cs", "/atom/stat"):
        etag = bench.validators.known[bench.standin.url + path][0]
        assert etag
        bench.standin.pages[path] = (304, {"ETag": etag}, b"")
    thursday = TODAY + timedelta(days=1)
    midnight = datetime.combine(thursday, datetime.min.time(), EASTERN).astimezone(UTC)
    bench.now = midnight + timedelta(hours=2, minutes=59)
    assert (await bench.fetch(thursday)).days == {thursday: PullState.QUIET}
    bench.now = midnight + timedelta(hours=3)
    assert (await bench.fetch(thursday)).days == {thursday: PullState.STALE}


async def test_yesterdays_batch_with_a_fresh_date_is_quiet_and_not_kept(bench: Bench) -> None:
    body = bench.standin._answer("/atom/cs", {}, {})[2]
    for path in ("/atom/cs", "/atom/stat"):
        bench.standin.pages[path] = (200, {"ETag": '"fresh"'}, body)
    thursday = TODAY + timedelta(days=1)
    bench.now = datetime(2026, 3, 5, 6, tzinfo=UTC)
    batch = await bench.fetch(thursday)
    assert batch.days == {thursday: PullState.QUIET}
    assert {seen.day for seen in batch.sightings} == {TODAY}
    assert batch.validators == {}


async def test_an_empty_feed_on_a_weekend_or_holiday_is_a_holiday(bench: Bench) -> None:
    bench.now = datetime(2026, 3, 7, 20, tzinfo=UTC)
    assert (await bench.fetch(SATURDAY)).days == {SATURDAY: PullState.HOLIDAY}
    for holiday in (date(2026, 12, 25), date(2027, 1, 1)):
        bench.now = datetime.combine(holiday, datetime.min.time(), UTC) + timedelta(hours=20)
        bench.standin.pages |= {
            path: (200, {}, atom_document("cs", bench.now, []).encode())
            for path in ("/atom/cs", "/atom/stat")
        }
        assert (await bench.fetch(holiday)).days == {holiday: PullState.HOLIDAY}


async def test_a_feed_that_has_papers_is_never_a_holiday(bench: Bench) -> None:
    bench.now = datetime(2026, 11, 27, 15, tzinfo=UTC)
    friday = date(2026, 11, 27)
    batch = await bench.fetch(friday)
    assert batch.days == {friday: PullState.NEW}


@pytest.mark.parametrize("kind", ["half", "html"])
async def test_a_feed_that_stays_no_document_is_named_and_the_other_kept(
    bench: Bench, kind: str
) -> None:
    bench.standin.only = "/atom/cs"
    bench.standin.faults.extend([Fault(kind)] * 2)
    batch = await bench.fetch(TODAY)
    assert batch.days == {TODAY: PullState.PARTIAL}
    assert {seen.paper_id for seen in batch.sightings} >= expected(TODAY, "stat")
    assert batch.problems[0].startswith("cs: ")


async def test_half_a_feed_keeps_its_whole_entries(bench: Bench) -> None:
    bench.archives = ("cs",)
    bench.standin.faults.append(Fault("half"))
    batch = await bench.fetch(TODAY)
    assert batch.days == {TODAY: PullState.PARTIAL}
    assert 0 < len(batch.papers) < len(expected(TODAY, "cs"))
    assert batch.validators == {}


async def test_a_full_feed_is_completed_from_the_api(bench: Bench) -> None:
    bench.archives = ("cs",)
    midnight = datetime(2026, 3, 4, tzinfo=EASTERN)
    first = announced_on(TODAY)[0]
    full = atom_document("cs", midnight, [(first, "new")] * 2_000).encode()
    bench.standin.pages["/atom/cs"] = (200, {"ETag": '"x"'}, full)
    batch = await bench.fetch(TODAY)
    assert {seen.paper_id for seen in batch.sightings} >= expected(TODAY, "cs")
    assert batch.days == {TODAY: PullState.NEW}
    assert batch.validators == {}
    announced = {seen.paper_id: seen.estimated for seen in batch.sightings}
    assert announced.pop(first.id) is False
    assert all(announced.values())


async def test_a_full_feed_that_can_not_be_completed_is_partial(bench: Bench) -> None:
    bench.archives = ("cs",)
    midnight = datetime(2026, 3, 4, tzinfo=EASTERN)
    full = atom_document("cs", midnight, [(announced_on(TODAY)[0], "new")] * 2_000).encode()
    bench.standin.pages["/atom/cs"] = (200, {}, full)
    bench.standin.only = "/api/query"
    bench.standin.faults.extend([Fault("503")] * 2)
    assert (await bench.fetch(TODAY)).days == {TODAY: PullState.PARTIAL}


async def test_an_empty_later_page_is_asked_for_again(bench: Bench) -> None:
    bench.standin.faults.extend([None, Fault("empty"), Fault("empty")])
    batch = await bench.fetch(TUESDAY)
    assert batch.days == {TUESDAY: PullState.NEW}
    assert {seen.paper_id for seen in batch.sightings} == expected(TUESDAY, "cs", "stat")


async def test_a_page_that_stays_empty_makes_the_day_partial(bench: Bench) -> None:
    bench.standin.faults.extend([None, *[Fault("empty")] * 3])
    batch = await bench.fetch(TUESDAY)
    assert batch.days == {TUESDAY: PullState.PARTIAL}
    assert len(batch.sightings) == 10
    assert "arXiv gave 10 of" in batch.problems[0]


async def test_half_a_page_loses_nothing_in_the_end(bench: Bench) -> None:
    bench.standin.faults.append(Fault("half"))
    batch = await bench.fetch(TUESDAY)
    assert batch.days == {TUESDAY: PullState.NEW}
    assert {seen.paper_id for seen in batch.sightings} == expected(TUESDAY, "cs", "stat")


@pytest.mark.parametrize("kind", ["429", "503", "406", "rate", "drop", "cut"])
async def test_a_passing_fault_costs_nothing(bench: Bench, kind: str) -> None:
    bench.standin.faults.extend([Fault(kind), None, Fault(kind), None, None])
    batch = await bench.fetch(TUESDAY, TODAY)
    assert set(batch.days.values()) == {PullState.NEW}
    assert {seen.paper_id for seen in batch.sightings} == (
        expected(TODAY, "cs", "stat") | expected(TUESDAY, "cs", "stat")
    )


async def test_a_broken_day_of_the_api_does_not_stop_the_others(bench: Bench) -> None:
    bench.standin.faults.extend([Fault("503")] * 2)
    batch = await bench.fetch(MONDAY, TUESDAY)
    assert batch.days == {TUESDAY: PullState.BROKEN, MONDAY: PullState.NEW}
    assert batch.problems == ("2026-03-03: arXiv answered 503 twice",)


async def test_an_api_that_goes_down_is_left_alone(bench: Bench) -> None:
    bench.standin.only = "/api/query"
    bench.standin.faults.extend([Fault("503")] * 20)
    batch = await bench.fetch(date(2026, 2, 23), TODAY)
    assert batch.days[TODAY] is PullState.NEW
    assert batch.days[date(2026, 2, 25)] is PullState.BROKEN
    assert len(bench.standin.requests) == 2 + 4


async def test_an_arxiv_that_answers_nothing_is_an_error(bench: Bench) -> None:
    bench.standin.faults.extend([Fault("drop")] * 40)
    with pytest.raises(SourceError, match="arXiv broke off its answer twice"):
        await bench.fetch(MONDAY, TODAY)


async def test_an_api_answer_that_is_an_error_is_told_in_its_words(bench: Bench) -> None:
    body = api_document([], 1, 0).replace(
        "</feed>",
        "<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>"
        "<summary>start must be an integer</summary></entry></feed>",
    )
    bench.standin.pages["/api/query"] = (200, {}, body.encode())
    with pytest.raises(SourceError, match="arXiv: start must be an integer"):
        await bench.source.by_ids(["2603.04001"])


async def test_papers_are_had_by_id_without_sightings(bench: Bench) -> None:
    known = [paper.id for paper in announced_on(TODAY)][:3]
    batch = await bench.source.by_ids(
        [known[0], f"{known[1]}v1", known[2], "2603.29999", "rubbish"]
    )
    assert {paper.id for paper in batch.papers} == set(known)
    assert (batch.sightings, batch.days) == ((), {})
    assert all(paper.categories for paper in batch.papers)
    (asked,) = bench.standin.requests
    assert "rubbish" not in asked.query["id_list"]


async def test_no_ids_are_no_request(bench: Bench) -> None:
    assert (await bench.source.by_ids(["rubbish"])).papers == ()
    assert bench.standin.requests == []


async def test_ids_are_asked_for_in_hundreds(bench: Bench) -> None:
    ids = [f"2603.{number:05}" for number in range(1, 251)]
    await bench.source.by_ids(ids)
    assert [len(seen.query["id_list"].split(",")) for seen in bench.standin.requests] == [
        100,
        100,
        50,
    ]


async def test_an_id_that_arxiv_refuses_costs_itself_alone(bench: Bench) -> None:
    known = [paper.id for paper in announced_on(TODAY)][:7]
    answer = bench.standin._query

    def picky(query: dict[str, str]) -> Reply:
        ids = query.get("id_list", "").split(",")
        return answer({"id_list": "abc"} if "2603.29999" in ids else query)

    bench.standin._query = picky
    batch = await bench.source.by_ids([*known, "2603.29999"])
    assert {paper.id for paper in batch.papers} == set(known)
    assert batch.problems == ("2603.29999: arXiv refuses the question",)


async def test_an_archive_without_categories_is_asked_for_by_its_name(bench: Bench) -> None:
    bench.archives = ("hep-th",)
    batch = await bench.fetch(TUESDAY)
    assert {seen.paper_id for seen in batch.sightings} == expected(TUESDAY, "hep-th")
    assert "(cat:hep-th)" in bench.standin.requests[0].query["search_query"]


async def test_without_archives_nothing_is_asked(bench: Bench) -> None:
    bench.archives = ()
    assert (await bench.fetch(MONDAY, TODAY)).days == {}
    assert bench.standin.requests == []
