from datetime import timedelta

from standins.stock import NOW, ONE_DAY, batch, ids, paper, stocked

from bot.models import SavedPaper, User
from bot.queries import parse_query

ADA = User("wall", "ada", "Ada")
BERT = User("wall", "bert", "Bert")
[ONE] = ids(1)


async def test_a_saved_paper_is_on_its_readers_list_and_on_nobody_elses(store):
    await stocked(store, 1, 2)
    assert await store.reading.save(ADA, ONE, NOW)
    assert await store.reading.saved(ADA) == [SavedPaper(ONE, NOW)]
    assert await store.reading.saved(BERT) == []
    assert await store.reading.saved(User("tower", "ada")) == []
    assert await store.reading.count(ADA) == 1


async def test_a_paper_is_saved_once_and_keeps_its_first_time(store):
    await stocked(store, 1)
    assert await store.reading.save(ADA, ONE, NOW)
    assert not await store.reading.save(ADA, ONE, NOW + ONE_DAY)
    assert await store.reading.saved(ADA) == [SavedPaper(ONE, NOW)]


async def test_a_paper_that_is_not_kept_is_not_saved(store):
    assert not await store.reading.save(ADA, ONE, NOW)
    assert await store.reading.count(ADA) == 0


async def test_a_list_is_newest_first(store):
    await stocked(store, 1, 2, 3)
    for number, hours in ((1, 2), (2, 3), (3, 1)):
        await store.reading.save(ADA, *ids(number), NOW + timedelta(hours=hours))
    assert tuple(s.paper_id for s in await store.reading.saved(ADA)) == ids(2, 1, 3)


async def test_a_list_is_searched_as_the_papers_are(store):
    await store.papers.add(batch([paper(1, title="Mambas"), paper(2, title="Sheep")]), NOW)
    for each in ids(1, 2):
        await store.reading.save(ADA, each, NOW)
    found = await store.reading.saved(ADA, parse_query("mamba"))
    assert tuple(s.paper_id for s in found) == ids(1)


async def test_a_note_stays_with_its_paper_until_it_is_taken_away(store):
    await stocked(store, 1)
    assert not await store.reading.note(ADA, ONE, "early")
    await store.reading.save(ADA, ONE, NOW)
    assert await store.reading.note(ADA, ONE, "half \ud83d a note")
    [saved] = await store.reading.saved(ADA)
    assert saved.note == "half ? a note"
    assert await store.reading.note(ADA, ONE, "")
    assert await store.reading.saved(ADA) == [SavedPaper(ONE, NOW)]


async def test_what_was_removed_comes_back_as_it_stood(store):
    await stocked(store, 1)
    await store.reading.save(ADA, ONE, NOW)
    await store.reading.note(ADA, ONE, "good")
    removed = await store.reading.remove(ADA, ONE)
    assert removed == SavedPaper(ONE, NOW, "good")
    assert await store.reading.remove(ADA, ONE) is None
    assert await store.reading.count(ADA) == 0
    await store.reading.restore(ADA, removed)
    assert await store.reading.saved(ADA) == [removed]


async def test_another_process_sees_the_list(store, beside):
    await stocked(store, 1)
    await store.reading.save(ADA, ONE, NOW)
    assert await beside.reading.saved(ADA) == [SavedPaper(ONE, NOW)]
