"""The port PaperStore: papers are merged, never overwritten by less."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper, seen, stocked

from bot.errors import StoreError
from bot.models import ARXIV, HUGGINGFACE, SAMPLE, Ingested, Paper

WHOLE = Paper(
    id="2611.00001",
    title="Żółw: a slow reader",
    abstract="It reads.\nThen it rests — in 深層 water.",
    authors=("Zoë Ñandú", "Ola Nordmann"),
    hidden_authors=("A. Hidden",),
    categories=("cs.LG", "stat.ML"),
    keywords=("slow reading", "turtles"),
    organisation="Pond Lab",
    summary="A turtle reads.",
    published_at=datetime(2026, 11, 6, 17, 30, 1, tzinfo=UTC),
    updated_at=datetime(2026, 11, 7, 8, 0, 0, 250, tzinfo=UTC),
    version=2,
    comment="12 pages",
    code_url="https://example.org/code",
    code_stars=7,
    project_url="https://example.org",
    thumbnail_url="https://example.org/a.png",
    raw_title="\\.Z\\'o{\\l}w: a slow reader",
    raw_abstract="It reads.\n  Then it rests.",
)


async def listed_one(store, number=1):
    [found] = await store.papers.get(ids(number))
    return found


async def test_a_paper_comes_back_as_it_was_given(store):
    await store.papers.add(batch([WHOLE]), NOW)
    assert (await listed_one(store)).paper == WHOLE


async def test_what_is_not_known_comes_back_as_not_known(store):
    bare = Paper("2611.00001", "")
    await store.papers.add(batch([bare], []), NOW)
    found = await listed_one(store)
    assert found.paper == bare
    assert (found.upvotes, found.comments, found.first_day, found.last_day) == (None,) * 4
    assert found.sources == ()


async def test_what_was_known_is_never_overwritten_by_less(store):
    await store.papers.add(batch([WHOLE]), NOW)
    done = await store.papers.add(batch([Paper(WHOLE.id, "", version=3)]), NOW)
    assert done == Ingested(updated=1)
    assert (await listed_one(store)).paper == replace(WHOLE, version=3)


async def test_a_source_without_versions_fills_gaps_and_replaces_nothing(store):
    await store.papers.add(batch([paper(1, title="As arXiv has it", version=1)]), NOW)
    late = paper(1, title="As shortened", abstract="New", organisation="Pond Lab")
    await store.papers.add(batch([late]), NOW)
    found = (await listed_one(store)).paper
    assert (found.title, found.abstract, found.version) == ("As arXiv has it", "New", 1)
    assert found.organisation == "Pond Lab"


async def test_one_paper_twice_in_a_batch_is_one_paper(store):
    twice = [paper(1, abstract="first"), paper(1, abstract="second", version=2)]
    done = await store.papers.add(batch(twice), NOW)
    assert done == Ingested(new_ids=ids(1), new_sightings=1)
    assert (await listed_one(store)).paper.abstract == "second"
    assert await store.papers.count() == 1


async def test_adding_says_what_it_changed(store):
    first = await store.papers.add(batch([paper(2), paper(1)]), NOW)
    assert first == Ingested(new_ids=ids(2, 1), new_sightings=2)
    again = batch([paper(1), paper(2, code_url="https://example.org"), paper(3)])
    assert await store.papers.add(again, NOW) == Ingested(ids(3), 1, 1, 1)


async def test_the_same_answer_again_changes_nothing(store):
    answer = batch([WHOLE, paper(2)], [seen(1, upvotes=3), seen(2)])
    await store.papers.add(answer, NOW)
    before = await store.papers.get(ids(1, 2))
    assert await store.papers.add(answer, NOW + ONE_DAY) == Ingested(unchanged=2)
    assert await store.papers.get(ids(1, 2)) == before


async def test_a_batch_that_can_not_be_stored_leaves_nothing_behind(store):
    half_a_sign = {"https://example.org": ("\ud800", "")}
    with pytest.raises(StoreError, match="no valid text"):
        await store.papers.add(batch([paper(1)], validators=half_a_sign), NOW)
    assert await store.papers.count() == 0
    assert await store.pulls.days(HUGGINGFACE, DAY, DAY) == []
    assert await store.papers.add(batch([paper(1)]), NOW) == Ingested(ids(1), new_sightings=1)


async def test_half_signs_and_monstrous_numbers_of_a_source_are_survived(store):
    odd = paper(1, title="half \ud83d sign", authors=("a\nb", "c"), code_stars=10**30)
    await store.papers.add(batch([odd], [seen(1, upvotes=-(10**30))]), NOW)
    found = await listed_one(store)
    assert found.paper.title == "half ? sign"
    assert found.paper.authors == ("a b", "c")
    assert found.paper.code_stars == 2**63 - 1
    assert found.upvotes < -(2**62)


async def test_a_listing_of_a_paper_that_nobody_knows_is_left_out(store):
    done = await store.papers.add(batch([paper(1)], [seen(1), seen(9)]), NOW)
    assert done.new_sightings == 1
    assert await store.papers.count_listed(DAY, DAY, [HUGGINGFACE]) == 1


async def test_a_paper_that_is_known_can_be_listed_without_its_text(store):
    await store.papers.add(batch([WHOLE], []), NOW)
    done = await store.papers.add(batch([], [seen(1, upvotes=4)]), NOW)
    assert done == Ingested(updated=1, new_sightings=1)
    found = await listed_one(store)
    assert (found.paper, found.upvotes, found.last_day) == (WHOLE, 4, DAY)


async def test_sightings_are_summed_up_over_days_and_sources(store):
    await store.papers.add(batch([paper(1)], [seen(1, upvotes=3, comments=1)]), NOW)
    later = [seen(1, DAY + ONE_DAY, upvotes=60)]
    await store.papers.add(batch([paper(1)], later, day=DAY + ONE_DAY), NOW)
    announced = [seen(1, DAY - ONE_DAY, ARXIV, announce_type="new")]
    await store.papers.add(batch([paper(1)], announced, source=ARXIV, day=DAY - ONE_DAY), NOW)
    found = await listed_one(store)
    assert (found.upvotes, found.comments) == (60, 1)
    assert (found.first_day, found.last_day) == (DAY - ONE_DAY, DAY + ONE_DAY)
    assert found.sources == (ARXIV, HUGGINGFACE)


async def test_a_figure_that_is_not_told_does_not_replace_one_that_was(store):
    await store.papers.add(batch([paper(1)], [seen(1, upvotes=60, comments=2)]), NOW)
    await store.papers.add(batch([paper(1)], [seen(1)]), NOW)
    found = await listed_one(store)
    assert (found.upvotes, found.comments) == (60, 2)


async def test_votes_may_fall(store):
    await store.papers.add(batch([paper(1)], [seen(1, upvotes=60)]), NOW)
    await store.papers.add(batch([paper(1)], [seen(1, upvotes=0)]), NOW)
    assert (await listed_one(store)).upvotes == 0


async def days_of(store, number=1):
    span = [DAY + n * ONE_DAY for n in range(-5, 5)]
    counts = [await store.papers.count_listed(day, day, [ARXIV]) for day in span]
    assert (await listed_one(store, number)).first_day in {*span, None}
    return [day for day, count in zip(span, counts, strict=True) if count]


GUESS, ANNOUNCED = seen(1, source=ARXIV, estimated=True), seen(1, DAY + ONE_DAY, ARXIV)


@pytest.mark.parametrize(
    "batches",
    [
        [[GUESS], [ANNOUNCED]],
        [[ANNOUNCED], [GUESS]],
        [[GUESS, ANNOUNCED]],
        [[ANNOUNCED, GUESS]],
        [[GUESS], [ANNOUNCED, GUESS]],
        [[GUESS], [GUESS, ANNOUNCED], [GUESS]],
    ],
)
async def test_an_announced_day_takes_the_place_of_an_estimated_one(store, batches):
    for sightings in batches:
        await store.papers.add(batch([paper(1)], sightings, source=ARXIV), NOW)
    assert await days_of(store) == [DAY + ONE_DAY]
    assert (await listed_one(store)).first_day == DAY + ONE_DAY


async def test_a_guess_says_nothing_where_a_day_was_announced(store):
    await store.papers.add(batch([paper(1)], [seen(1, source=ARXIV)], source=ARXIV), NOW)
    for day in (DAY - ONE_DAY, DAY, DAY + ONE_DAY):
        guess = seen(1, day, ARXIV, estimated=True)
        done = await store.papers.add(batch([paper(1)], [guess], source=ARXIV, day=day), NOW)
        assert done.new_sightings == 0
    assert await days_of(store) == [DAY]
    another = seen(1, DAY + ONE_DAY, ARXIV)  # what was announced on DAY was no guess, and stays
    await store.papers.add(batch([paper(1)], [another], source=ARXIV), NOW)
    assert await days_of(store) == [DAY, DAY + ONE_DAY]


async def test_a_guess_of_one_source_is_nothing_to_another(store):
    guess = seen(1, DAY - ONE_DAY, ARXIV, estimated=True)
    await store.papers.add(batch([paper(1)], [guess], source=ARXIV), NOW)
    await store.papers.add(batch([paper(1)]), NOW)
    found = await listed_one(store)
    assert (found.first_day, found.last_day) == (DAY - ONE_DAY, DAY)


async def test_papers_come_in_the_order_they_are_asked_for(store):
    numbers = range(1200)
    await stocked(store, *numbers)
    wanted = ids(*reversed(numbers))
    found = await store.papers.get([*wanted, "9999.99999", wanted[0]])
    assert [each.paper.id for each in found] == [*wanted, wanted[0]]
    assert await store.papers.get([]) == []


async def test_the_listed_come_by_upvotes_then_newest_first(store):
    sightings = [
        seen(1, upvotes=5),
        seen(2, upvotes=50),
        seen(3),
        seen(4, DAY - ONE_DAY, upvotes=5),
        seen(5, DAY - 2 * ONE_DAY, upvotes=99),
        seen(6, source=ARXIV),
    ]
    early, late = NOW - timedelta(hours=9), NOW - timedelta(hours=3)
    papers = [paper(n, published_at=late if n == 6 else early) for n in range(1, 7)]
    await store.papers.add(batch(papers, sightings), NOW)
    both = [HUGGINGFACE, ARXIV]
    found = await store.papers.listed(DAY - ONE_DAY, DAY, both, 10)
    assert tuple(each.paper.id for each in found) == ids(2, 1, 4, 6, 3)
    first = await store.papers.listed(DAY - ONE_DAY, DAY, both, 2)
    assert first == found[:2]
    assert await store.papers.count_listed(DAY - ONE_DAY, DAY, both) == 5
    assert await store.papers.count_listed(DAY - ONE_DAY, DAY, [ARXIV]) == 1
    assert await store.papers.count_listed(DAY - ONE_DAY, DAY, []) == 0


async def test_a_paper_on_two_days_of_a_span_is_counted_once(store):
    twice = [seen(1), seen(1, DAY - ONE_DAY), seen(1, source=ARXIV)]
    await store.papers.add(batch([paper(1)], twice), NOW)
    assert await store.papers.count_listed(DAY - ONE_DAY, DAY, [HUGGINGFACE, ARXIV]) == 1
    assert len(await store.papers.listed(DAY - ONE_DAY, DAY, [HUGGINGFACE, ARXIV], 9)) == 1


async def test_the_newest_day_is_that_of_the_sources_asked_for(store):
    assert await store.papers.newest_day([HUGGINGFACE]) is None
    sightings = [seen(1), seen(1, DAY - 3 * ONE_DAY), seen(1, DAY + ONE_DAY, ARXIV)]
    await store.papers.add(batch([paper(1)], sightings), NOW)
    newest = store.papers.newest_day
    assert await newest([HUGGINGFACE]) == DAY
    assert await newest([HUGGINGFACE, ARXIV, SAMPLE]) == DAY + ONE_DAY
    assert await newest([HUGGINGFACE, ARXIV], DAY) == DAY
    assert await newest([HUGGINGFACE], DAY - ONE_DAY) == DAY - 3 * ONE_DAY
    assert await newest([HUGGINGFACE], DAY - 4 * ONE_DAY) is None
    assert await newest([]) is None


async def test_those_without_categories_are_named_newest_first_until_asked_about(store):
    papers = [paper(1), paper(2, categories=("cs.LG",)), paper(3), paper(4)]
    sightings = [seen(1, DAY - ONE_DAY), seen(2), seen(3), seen(4, DAY - 3 * ONE_DAY)]
    await store.papers.add(batch(papers, sightings), NOW)
    lacking = store.papers.lacking_categories
    since = DAY - ONE_DAY
    assert await lacking(since, NOW, 9) == [*ids(3, 1)]
    assert await lacking(since, NOW, 1) == [*ids(3)]
    await store.papers.mark_asked(ids(3), NOW)
    assert await lacking(since, NOW, 9) == [*ids(1)]
    assert await lacking(since, NOW + timedelta(seconds=1), 9) == [*ids(3, 1)]
    await store.papers.add(batch([paper(1, categories=("math.ST",))], []), NOW)
    assert await lacking(since, NOW + timedelta(seconds=1), 9) == [*ids(3)]


async def test_kept_results_come_back_until_they_are_30_days_old(store):
    found = ids(*range(200))
    token, other = "a-token", "another"
    await store.papers.keep_results(token, 'cat:cs.LG "a b"', found, NOW)
    await store.papers.keep_results(other, "b", (), NOW)
    spans = timedelta(days=90), timedelta(days=730)
    await store.keeper.prune(NOW + timedelta(days=30), *spans)
    assert await store.papers.results(token) == ('cat:cs.LG "a b"', [*found])
    assert await store.papers.results(other) == ("b", [])
    await store.keeper.prune(NOW + timedelta(days=30, seconds=1), *spans)
    assert await store.papers.results(token) is None
    assert await store.papers.results("never given") is None
