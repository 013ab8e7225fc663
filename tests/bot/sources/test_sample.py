import json
from collections import Counter
from datetime import date, timedelta
from importlib.resources import files

from bot.identity import paper_id
from bot.models import SAMPLE, PullState
from bot.normalising import normalise
from bot.sources.sample import SampleSource

FRIDAY = date(2026, 3, 6)


async def test_the_sample_lists_most_papers_on_the_newest_day() -> None:
    batch = await SampleSource().fetch(FRIDAY - timedelta(days=7), FRIDAY)
    counts = Counter(seen.day for seen in batch.sightings)
    assert list(counts) == [FRIDAY - timedelta(days=back) for back in range(3)]
    assert counts[FRIDAY] > sum(counts.values()) / 2
    assert batch.days == dict.fromkeys(counts, PullState.NEW)
    assert {seen.source for seen in batch.sightings} == {SAMPLE}


async def test_on_a_weekend_the_newest_day_is_friday() -> None:
    batch = await SampleSource().fetch(FRIDAY - timedelta(days=7), FRIDAY + timedelta(days=2))
    assert max(batch.days) == FRIDAY


async def test_only_days_that_are_asked_for_are_given() -> None:
    batch = await SampleSource().fetch(FRIDAY, FRIDAY)
    assert set(batch.days) == {FRIDAY}
    assert {paper.id for paper in batch.papers} == {seen.paper_id for seen in batch.sightings}


async def test_every_sample_paper_is_whole_and_normal() -> None:
    batch = await SampleSource().fetch(FRIDAY - timedelta(days=7), FRIDAY)
    for paper in batch.papers:
        assert paper_id(paper.id) == (paper.id, 0)
        assert paper.authors
        assert paper.categories
        assert paper.keywords
        assert paper.published_at
        for text in (paper.title, paper.abstract, *paper.authors):
            assert normalise(text) == text
        # An id is given at the announcement, which may fall into the next month.
        later = paper.published_at + timedelta(days=4)
        assert paper.id[:4] in {f"{paper.published_at:%y%m}", f"{later:%y%m}"}


def test_the_sample_says_that_it_is_one() -> None:
    text = files("bot.sources").joinpath("sample.json").read_text(encoding="utf-8")
    about = json.loads(text)["about"]
    assert "sample" in about
    assert "invented" in about
