"""What alerts catch: each paper once a person, in the transaction that saw it change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from standins.askers import ADA, BERT, TOMORROW_AT_NINE, ask, bring, caught, kept, meet, put
from standins.stock import DAY, NOW, ONE_DAY, batch, ids, paper, seen

from bot.models import ARXIV, AlertState, Cadence
from storage import open_store

[FIRST, SECOND, THIRD] = ids(1, 2, 3)
MAMBA = paper(1, title="Mamba rules")


def voted(number, upvotes, **told):
    """A listing of a paper with a figure of upvotes, and nothing new of the paper itself."""
    return batch([], [seen(number, upvotes=upvotes, **told)])


async def test_a_new_paper_is_caught_by_all_of_a_persons_alerts_that_it_meets(store):
    await meet(store)
    word, phrase, _ = [await ask(store, q) for q in ("mamba", '"state space"', "diffusion")]
    await store.papers.add(batch([paper(1, title="Mamba, a state space model"), paper(2)]), NOW)
    assert await caught(store) == {FIRST: (word.id, phrase.id)}


async def test_each_person_is_told_of_a_paper_by_their_own_alerts(store):
    await meet(store)
    await meet(store, BERT)
    hers, his = await ask(store, "mamba", ADA), await ask(store, "rules", BERT)
    await store.papers.add(batch([MAMBA]), NOW)
    assert await caught(store, ADA) == {FIRST: (hers.id,)}
    assert await caught(store, BERT) == {FIRST: (his.id,)}


async def test_a_person_whose_hours_were_never_kept_is_told_at_nine_utc(store):
    await ask(store, "mamba")
    await store.papers.add(batch([MAMBA]), NOW)
    assert await caught(store, at=TOMORROW_AT_NINE - timedelta(seconds=1)) == {}
    assert set(await caught(store, at=TOMORROW_AT_NINE)) == {FIRST}


async def test_a_paper_is_caught_once_however_often_it_is_pulled(store):
    await meet(store)
    await ask(store, "mamba")
    for _ in range(3):
        await store.papers.add(batch([MAMBA]), NOW)
    assert await bring(store, TOMORROW_AT_NINE, [FIRST]) == 1
    for version in range(3):
        again = replace(MAMBA, title=f"Mamba rules v{version}", version=version)
        await store.papers.add(batch([again], day=DAY + ONE_DAY), TOMORROW_AT_NINE)
        await store.papers.add(voted(1, 100 * version), TOMORROW_AT_NINE)
    assert await caught(store) == {}
    assert await kept(store) == []


@pytest.mark.parametrize(
    ("query", "later"),
    [
        ("mamba upvotes:>=20", voted(1, 20)),
        ("mamba cat:cs.LG", batch([replace(MAMBA, categories=("cs.LG",))], [])),
        ("mamba cat:cs", batch([replace(MAMBA, categories=("cs.LG",))], [])),
        ("mamba source:arxiv", batch([], [seen(1, source=ARXIV)], source=ARXIV)),
        ("mamba has:code", batch([replace(MAMBA, code_url="https://example.org/1")], [])),
        ("keyword:pruning", batch([replace(MAMBA, keywords=("Pruning",))], [])),
        ("org:mit", batch([replace(MAMBA, organisation="MIT")], [])),
        ("author:lovelace", batch([replace(MAMBA, authors=("Ada Lovelace",))], [])),
        ("linear", batch([replace(MAMBA, abstract="In linear time.")], [])),
        ("-mamba rules", batch([replace(MAMBA, title="It rules", version=2)], [])),
    ],
)
async def test_a_paper_that_comes_to_meet_an_alert_is_caught_then(store, query, later):
    await meet(store)
    alert = await ask(store, query)
    await store.papers.add(batch([replace(MAMBA, version=1)]), NOW)
    assert await caught(store) == {}
    await store.papers.add(later, NOW + ONE_DAY)
    assert await caught(store) == {FIRST: (alert.id,)}
    assert await bring(store, NOW + 3 * ONE_DAY, [FIRST]) == 1
    await store.papers.add(later, NOW + 3 * ONE_DAY)
    assert await caught(store) == {}


@pytest.mark.parametrize("query", ["mamba -cat:cs.CV", "-cat:cs.CV", "mamba (word OR -cat:cs)"])
async def test_what_asks_for_categories_waits_until_they_are_known(store, query):
    await meet(store)
    await ask(store, query)
    plain = await ask(store, "mamba OR cat:cs.CV")
    await store.papers.add(batch([MAMBA, paper(2, title="Mamba")]), NOW)
    assert await caught(store) == {FIRST: (plain.id,), SECOND: (plain.id,)}
    await store.papers.add(voted(1, 3), NOW)
    known = [
        replace(MAMBA, categories=("cs.CV",)),
        paper(2, title="Mamba", categories=("q-bio.NC",)),
    ]
    await store.papers.add(batch(known, []), NOW + ONE_DAY)
    assert await caught(store) == {FIRST: (plain.id,), SECOND: (plain.id - 1, plain.id)}


async def test_what_another_source_lists_awaits_no_categories(store):
    await meet(store)
    alert = await ask(store, "mamba -cat:cs.CV")
    other = replace(MAMBA, id="biorxiv:1")
    await store.papers.add(batch([other], source="biorxiv"), NOW)
    assert await caught(store) == {other.id: (alert.id,)}


async def test_a_paper_that_meets_an_alert_no_more_is_not_taken_back(store):
    await meet(store)
    alert = await ask(store, "mamba -survey")
    await store.papers.add(batch([MAMBA]), NOW)
    await store.papers.add(batch([replace(MAMBA, abstract="A survey.")]), NOW)
    assert await caught(store) == {FIRST: (alert.id,)}


async def test_an_alert_catches_nothing_of_what_was_there_before_it(store):
    await meet(store)
    await store.papers.add(batch([MAMBA, paper(2)]), NOW)
    await ask(store, "mamba")
    late = await ask(store, "mamba upvotes:>=20")
    await store.papers.add(batch([replace(MAMBA, categories=("cs.LG",))]), NOW)
    assert await caught(store) == {}
    await store.papers.add(voted(1, 20), NOW)
    assert late.id in (await caught(store))[FIRST]


async def test_only_active_alerts_catch(store):
    await meet(store)
    alerts = [await ask(store, "mamba") for _ in range(3)]
    await put(store, alerts[0], AlertState.PAUSED)
    await put(store, alerts[1], AlertState.REMOVED)
    await store.papers.add(batch([MAMBA]), NOW)
    assert await caught(store) == {FIRST: (alerts[2].id,)}
    await put(store, alerts[2], AlertState.PAUSED)
    await store.papers.add(batch([paper(2, title="Mamba again")]), NOW)
    await put(store, alerts[0], AlertState.ACTIVE)
    await store.papers.add(batch([paper(3, title="Mamba anew")]), NOW)
    assert await caught(store) == {THIRD: (alerts[0].id,)}


async def test_a_changed_query_catches_from_then_on(store):
    await meet(store)
    alert = await ask(store, "diffusion")
    await store.papers.add(batch([MAMBA]), NOW)
    await store.alerts.revise(alert.id, lambda now: replace(now, query="mamba"))
    await store.papers.add(batch([paper(2, title="Mamba and diffusion")]), NOW)
    await store.papers.add(batch([paper(3, title="Diffusion")]), NOW)
    assert await caught(store) == {SECOND: (alert.id,)}


@pytest.mark.parametrize(
    ("days_ago", "is_caught"), [(0, True), (-1, True), (7, True), (8, False), (-2, False)]
)
async def test_only_what_was_listed_in_the_last_seven_days_is_caught(store, days_ago, is_caught):
    await meet(store)
    await ask(store, "mamba")
    await store.papers.add(batch([MAMBA], day=DAY - days_ago * ONE_DAY), NOW)
    assert bool(await caught(store)) is is_caught


async def test_an_old_paper_that_is_listed_anew_is_caught(store):
    await meet(store)
    alert = await ask(store, "mamba")
    await store.papers.add(batch([MAMBA], day=DAY - 90 * ONE_DAY, source=ARXIV), NOW)
    assert await caught(store) == {}
    await store.papers.add(voted(1, 3), NOW)
    assert await caught(store) == {FIRST: (alert.id,)}


async def test_a_paper_that_was_looked_up_before_it_was_listed_is_caught_when_it_is(store):
    await meet(store)
    alert = await ask(store, "mamba")
    await store.papers.add(batch([MAMBA], []), NOW)
    assert await caught(store) == {}
    await store.papers.add(batch([], [seen(1)]), NOW)
    assert await caught(store) == {FIRST: (alert.id,)}


@pytest.mark.parametrize("ahead", [6, 10, 4000])
async def test_what_came_while_the_clock_was_ahead_is_caught_and_due_as_by_the_right_one(
    store, ahead
):
    await meet(store)
    alert = await ask(store, "mamba")
    await store.papers.add(batch([MAMBA]), NOW + ahead * ONE_DAY)
    await store.papers.add(batch([MAMBA], [seen(1, upvotes=1)]), NOW)
    assert await caught(store, at=TOMORROW_AT_NINE) == {FIRST: (alert.id,)}
    late = await ask(store, "rules upvotes:>=5")
    await ask(store, "rules")
    await store.papers.add(voted(1, 5), NOW + timedelta(hours=1))
    found = await caught(store, at=TOMORROW_AT_NINE)
    assert {alert.id, late.id} <= set(found[FIRST])
    await bring(store, TOMORROW_AT_NINE, [FIRST])
    await store.papers.add(voted(1, 6), NOW + 2 * ONE_DAY)
    assert await caught(store) == {}


async def test_an_alert_made_after_the_clock_was_put_right_catches_nothing_old(store):
    await meet(store)
    await store.papers.add(batch([MAMBA]), NOW + 10 * ONE_DAY)
    await store.papers.add(voted(1, 1), NOW)
    await ask(store, "mamba")
    await store.papers.add(voted(1, 2), NOW)
    assert await caught(store) == {}


async def test_a_first_listing_day_is_asked_for_as_of_today(store):
    await meet(store)
    alert = await ask(store, "mamba date:3d")
    day = DAY - 3 * ONE_DAY
    await store.papers.add(batch([MAMBA], day=day), NOW)
    assert await caught(store) == {}
    await store.papers.add(batch([paper(2, title="Mamba")], day=day + ONE_DAY), NOW)
    assert await caught(store) == {SECOND: (alert.id,)}


async def test_alerts_of_another_process_count_at_once(store, beside):
    await meet(store)
    alert = await ask(store, "mamba")
    await store.papers.add(batch([MAMBA]), NOW)
    other = await ask(beside, "diffusion")
    await put(beside, alert, AlertState.REMOVED)
    await store.papers.add(
        batch([paper(2, title="Mamba"), paper(3, title="Diffusion")]), NOW + ONE_DAY
    )
    await beside.papers.add(batch([MAMBA]), NOW)
    assert await caught(store) == {THIRD: (other.id,)}
    await put(beside, alert, AlertState.ACTIVE)
    assert set(await caught(store)) == {FIRST, THIRD}


async def test_a_paper_that_two_processes_pull_is_caught_once(store, beside):
    await meet(store)
    alert = await ask(store, "mamba")
    for each in (store, beside, store):
        await each.papers.add(batch([MAMBA]), NOW)
    assert await caught(beside) == {FIRST: (alert.id,)}
    assert await bring(beside, TOMORROW_AT_NINE, [FIRST]) == 1
    await store.papers.add(voted(1, 50), NOW)
    assert await caught(store) == {}


async def test_a_restart_forgets_no_alert_and_no_hit(store, url):
    await meet(store)
    alert = await ask(store, "mamba")
    await store.papers.add(batch([MAMBA]), NOW)
    await bring(store, TOMORROW_AT_NINE, [FIRST])
    await store.close()
    again = open_store(url)
    await again.papers.add(batch([MAMBA, paper(2, title="Mamba")]), NOW)
    assert await caught(again) == {SECOND: (alert.id,)}
    await again.close()


async def test_what_waits_is_told_of_by_every_alert_that_catches_it_meanwhile(store):
    await meet(store)
    daily = await ask(store, "mamba")
    await store.papers.add(batch([MAMBA]), NOW)
    quick = await ask(store, "upvotes:>=20", cadence=Cadence.AT_ONCE)
    assert await caught(store, at=NOW) == {}
    await store.papers.add(voted(1, 20), NOW)
    assert await caught(store, at=NOW) == {FIRST: (daily.id, quick.id)}
    assert await bring(store, NOW, [FIRST]) == 1
    await ask(store, "upvotes:>=50", cadence=Cadence.AT_ONCE)
    await store.papers.add(voted(1, 50), NOW)
    assert await caught(store) == {}


async def test_what_was_caught_at_once_is_due_at_once(store):
    await meet(store, BERT, zone="Asia/Tokyo")  # 18:00 there
    await meet(store, ADA, zone="America/New_York")  # 04:00 there
    for user in (ADA, BERT):
        await ask(store, "mamba", user, Cadence.AT_ONCE)
    await store.papers.add(batch([MAMBA]), NOW)
    assert set(await caught(store, BERT, NOW)) == {FIRST}
    at_eight = NOW + timedelta(hours=4)
    assert await caught(store, ADA, at_eight - timedelta(seconds=1)) == {}
    assert set(await caught(store, ADA, at_eight)) == {FIRST}


async def test_a_batch_of_thousands_of_papers_and_alerts_leaves_nobody_out(store):
    users = [replace(ADA, id=f"user{n}") for n in range(60)]
    alerts = [await ask(store, f"word{n % 20}", user) for n, user in enumerate(users)]
    papers = [paper(n, title=f"Word{n % 20} and word{(n + 1) % 20}") for n in range(1200)]
    await store.papers.add(batch(papers), NOW)
    for alert, user in zip(alerts, users, strict=True):
        found = await caught(store, user)
        wanted = {int(alert.query.removeprefix("word")), int(alert.query.removeprefix("word")) - 1}
        assert found == {
            p.id: (alert.id,) for n, p in enumerate(papers) if n % 20 in {w % 20 for w in wanted}
        }


def vector(cosine):
    """A unit vector of two dimensions at this cosine to that of `cosine` 1."""
    rest = (1 - cosine**2) ** 0.5
    return bytes([round(127 * cosine), round(127 * rest)])


async def given(store, vectors, at=NOW):
    """The papers with these numbers have these vectors from now on."""
    await store.vectors.use("small@1", 2)
    known = {ids(number)[0]: found for number, found in vectors.items()}
    await store.vectors.keep(known, at)


async def test_a_paper_like_another_is_caught_when_it_is_given_its_vector(store):
    await meet(store)
    alert = await ask(store, f"like:{FIRST}")
    await store.papers.add(batch([paper(1), paper(2), paper(3)]), NOW)
    await given(store, {1: vector(1)})
    assert await caught(store) == {}
    await given(store, {2: vector(0.99), 3: vector(0.1)})
    assert await caught(store) == {SECOND: (alert.id,)}
    await bring(store, TOMORROW_AT_NINE, [SECOND])
    await given(store, {2: vector(0.99), 3: vector(0.1)})
    assert await caught(store) == {}


async def test_a_paper_is_caught_when_the_one_that_it_is_like_is_given_its_vector(store):
    await meet(store)
    alert = await ask(store, f"like:{FIRST} second")
    await store.papers.add(batch([paper(1)], day=DAY - 900 * ONE_DAY), NOW)
    await store.papers.add(
        batch([paper(2, title="The second"), paper(3, title="A third")]), NOW - ONE_DAY
    )
    await store.papers.add(batch([paper(4, title="Second")], day=DAY - 9 * ONE_DAY), NOW)
    await given(store, {2: vector(0.99), 3: vector(0.99), 4: vector(0.99)})
    assert await caught(store) == {}
    await given(store, {1: vector(1)})
    assert await caught(store) == {SECOND: (alert.id,)}


async def test_a_reworded_paper_is_compared_anew(store):
    await meet(store)
    alert = await ask(store, f"like:{FIRST}")
    await store.papers.add(batch([paper(1), paper(2)]), NOW)
    await given(store, {1: vector(1), 2: vector(0.1)})
    assert await caught(store) == {}
    await store.papers.add(batch([paper(2, title="Nearer", version=2)]), NOW)
    await given(store, {2: vector(0.98)})
    assert await caught(store) == {SECOND: (alert.id,)}


async def test_an_alert_for_what_is_alike_that_is_paused_or_new_catches_nothing_old(store):
    await meet(store)
    await store.papers.add(batch([paper(1), paper(2)]), NOW)
    paused = await ask(store, f"like:{FIRST}")
    await put(store, paused, AlertState.PAUSED)
    await given(store, {1: vector(1), 2: vector(0.99)})
    await put(store, paused, AlertState.ACTIVE)
    await ask(store, f"like:{FIRST}")
    await store.papers.add(voted(2, 5), NOW)
    assert await caught(store) == {}


async def test_a_revision_of_the_paper_that_others_are_like_makes_them_no_news(store):
    await meet(store)
    await store.papers.add(batch([paper(1), paper(2), paper(3)]), NOW)
    await given(store, {1: vector(1), 2: vector(0.99), 3: vector(0.3)})
    alert = await ask(store, f"like:{FIRST}")
    await store.papers.add(batch([paper(1, abstract="More.", version=2)], []), NOW)
    await given(store, {1: vector(1)})
    assert await caught(store) == {}
    await store.papers.add(batch([paper(1, abstract="Else.", version=3)], []), NOW)
    await given(store, {1: vector(0.3)})
    assert await caught(store) == {THIRD: (alert.id,)}


async def test_a_revision_of_a_paper_that_was_like_another_before_the_alert_is_no_news(store):
    await meet(store)
    await store.papers.add(batch([paper(1), paper(2)]), NOW)
    await given(store, {1: vector(1), 2: vector(0.99)})
    await ask(store, f"like:{FIRST}")
    await store.papers.add(batch([paper(2, abstract="More.", version=2)], []), NOW)
    await given(store, {2: vector(0.98)})
    assert await caught(store) == {}
