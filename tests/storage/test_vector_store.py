"""The port VectorStore: one vector a paper of its present text, all of one model."""

from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper

MODEL = "small@1"


def vector(number):
    return bytes([number, 0, 127])


def vectors(*numbers):
    return {ids(number)[0]: vector(number) for number in numbers}


async def using(store, *numbers, model=MODEL):
    """The store with these papers, the model in use."""
    await store.papers.add(batch([paper(n, abstract=f"About {n}.") for n in numbers]), NOW)
    await store.vectors.use(model, 3)
    return store.vectors


async def kept(opened, model=MODEL):
    """Every vector there is of a model, by paper id."""
    return {paper_id: found for _, paper_id, found in await opened.changed(model, 0, 1000)}


async def test_papers_without_a_vector_lack_one_the_newest_listed_first(store):
    await store.papers.add(batch([paper(1)], day=DAY), NOW)
    await store.papers.add(batch([paper(2, abstract="It reads.")], day=DAY + ONE_DAY), NOW)
    await store.papers.add(batch([paper(3)], []), NOW)
    await store.vectors.use(MODEL, 3)
    texts = [(ids(2)[0], "Paper 2\nIt reads."), (ids(1)[0], "Paper 1"), (ids(3)[0], "Paper 3")]
    assert await store.vectors.lacking(10) == texts
    assert await store.vectors.lacking(2) == texts[:2]


async def test_a_vector_that_is_kept_comes_back_as_it_was(store):
    opened = await using(store, 1, 2, 3)
    await opened.keep(vectors(1, 3), NOW)
    assert await kept(opened) == vectors(1, 3)
    assert [paper_id for paper_id, _ in await opened.lacking(10)] == [*ids(2)]
    assert await opened.count(MODEL) == (2, 3)


async def test_what_is_lacking_is_asked_for_until_nothing_is(store):
    opened = await using(store, 1, 2, 3)
    await opened.keep(vectors(1, 2, 3), NOW)
    assert await opened.lacking(10) == []


async def test_a_vector_of_an_unknown_paper_is_not_kept(store):
    opened = await using(store, 1)
    await opened.keep(vectors(1, 2), NOW)
    assert await kept(opened) == vectors(1)


async def test_changes_come_in_order_and_in_pages(store):
    opened = await using(store, *range(1, 8))
    for number in (4, 2, 7):
        await opened.keep(vectors(number), NOW)
    await opened.keep({ids(4)[0]: vector(9)}, NOW)
    first = await opened.changed(MODEL, 0, 2)
    rest = await opened.changed(MODEL, first[-1][0], 2)
    assert [paper_id for _, paper_id, _ in first + rest] == [*ids(2, 7, 4)]
    assert rest[-1][2] == vector(9)
    assert await opened.changed(MODEL, rest[-1][0], 2) == []


async def test_a_change_number_never_comes_twice(store):
    opened = await using(store, 1, 2)
    await opened.keep(vectors(1), NOW)
    [(number, _, _)] = await opened.changed(MODEL, 0, 10)
    await store.papers.add(batch([paper(1, abstract="Reworded.", version=2)]), NOW)
    await opened.keep(vectors(2), NOW)
    [(later, paper_id, _)] = await opened.changed(MODEL, number, 10)
    assert later > number
    assert paper_id == ids(2)[0]


async def test_a_reworded_paper_lacks_a_vector_again(store):
    opened = await using(store, 1, 2)
    await opened.keep(vectors(1, 2), NOW)
    await store.papers.add(batch([paper(1, abstract="Reworded.", version=2)]), NOW)
    assert await opened.lacking(10) == [(ids(1)[0], "Paper 1\nReworded.")]
    assert await kept(opened) == vectors(2)


async def test_a_paper_that_only_rises_in_votes_or_gains_keywords_keeps_its_vector(store):
    opened = await using(store, 1)
    await opened.keep(vectors(1), NOW)
    more = paper(1, abstract="About 1.", keywords=("turtles",), version=2)
    assert (await store.papers.add(batch([more], day=DAY + ONE_DAY), NOW)).updated == 1
    assert await kept(opened) == vectors(1)


async def test_a_vector_of_words_that_changed_meanwhile_is_not_kept(store):
    opened = await using(store, 1, 2)
    assert len(await opened.lacking(10)) == 2
    await store.papers.add(batch([paper(1, abstract="Reworded.", version=2)]), NOW)
    await opened.keep(vectors(1, 2), NOW)
    assert await kept(opened) == vectors(2)
    assert [paper_id for paper_id, _ in await opened.lacking(10)] == [*ids(1)]


async def test_another_model_forgets_the_vectors_of_the_one_before(store):
    opened = await using(store, 1, 2)
    await opened.keep(vectors(1, 2), NOW)
    [*_, (number, _, _)] = await opened.changed(MODEL, 0, 10)
    await opened.use("large@1", 4)
    assert await kept(opened) == {}
    assert await opened.count("large@1") == (0, 2)
    await opened.keep({ids(1)[0]: b"1234"}, NOW)
    assert await opened.changed("large@1", number, 10) == [(number + 1, ids(1)[0], b"1234")]
    assert await kept(opened) == {}, "asked for the model before"
    assert await opened.count(MODEL) == (0, 2)


async def test_the_same_model_keeps_its_vectors(store, beside):
    opened = await using(store, 1)
    await opened.keep(vectors(1), NOW)
    await beside.vectors.use(MODEL, 3)
    await opened.use(MODEL, 3)
    assert await kept(beside.vectors) == vectors(1)


async def test_many_vectors_are_forgotten_in_steps(store, beside):
    numbers = range(1, 12_001)
    await store.papers.add(batch([paper(n) for n in numbers], []), NOW)
    await store.vectors.use(MODEL, 3)
    await store.vectors.keep({ids(n)[0]: b"abc" for n in numbers}, NOW)
    await beside.vectors.use("large@1", 4)
    assert await store.vectors.count("large@1") == (0, 12_000)
    assert await kept(store.vectors) == {}


async def test_a_process_that_goes_on_with_the_model_before_keeps_nothing(store, beside):
    opened = await using(store, 1, 2)
    await opened.keep(vectors(1), NOW)
    await beside.vectors.use("large@1", 3)
    await opened.keep(vectors(2), NOW)
    assert await kept(beside.vectors, "large@1") == {}
    assert await beside.vectors.count("large@1") == (0, 2)
