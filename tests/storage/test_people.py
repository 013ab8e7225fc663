"""The port People: what is kept of somebody, and that nothing of it is left once it is erased."""

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from standins.askers import ADA, BERT, MUCH_LATER, ask, bring, caught, meet, put
from standins.stock import (
    DAY,
    DOOR,
    NOW,
    ONE_DAY,
    WALL,
    batch,
    claim,
    ids,
    issue_of,
    message,
    paper,
    send_all,
    subscribed,
)

from bot.delivery import Postman
from bot.errors import ChannelGoneError, TemporaryDeliveryError
from bot.models import (
    DIRECT,
    AlertState,
    Channel,
    DeliveryState,
    SubscriptionState,
    User,
)
from bot.ports import Bundle, Kept, Press

CLEO = User("wall", "c1e0-77", "Cleo Quuxworthy")
DORA = User("wall", "d0ra-88", "Dora Quuxby")
# Known within a workspace only.
ERIN, FAYE = User("wall", "T0/E11N", "Erin Quuxton"), User("wall", "T0/F4YE", "Faye Quuxley")
LATER = NOW + ONE_DAY
NUMBERS = range(1, 40)


def secret(user, word):
    """Something that only this person wrote."""
    return f"{word}zz{''.join(filter(str.isalnum, user.id))}"


def direct(user):
    return Channel(user.platform, DIRECT, user.id, user.name)


async def hour(store, user, chance):
    await meet(store, user, cap=chance.randint(1, 9), muted_until=NOW + 9 * ONE_DAY)


async def alerts(store, user, chance):
    kept = [await ask(store, f"marmoset -{secret(user, w)}", user) for w in ("one", "two")]
    await ask(store, f"like:{paper(1).id} -{secret(user, 'like')}", user)
    if chance.random() < 0.5:
        await put(store, kept[0], AlertState.REMOVED)
    number = chance.choice(NUMBERS)
    about = [paper(n, title=f"A marmoset {n}") for n in (number, number + 100)]
    await store.papers.add(batch(about, day=DAY), NOW)


async def bundle(store, user, chance):
    due = await store.alerts.due([user.platform], MUCH_LATER, 99)
    for each in due:
        if each.reader.user == user:
            part = [hit.paper_id for hit in each.hits[: chance.randint(0, 2)]]
            text = message(*part, text=f"Good morning {secret(user, 'letter')}")
            await store.alerts.issue([Bundle(each.reader, each.hits, (text,))], MUCH_LATER)


async def saved(store, user, chance):
    for number in chance.sample(NUMBERS, 4):
        await store.reading.save(user, paper(number).id, NOW)
        await store.reading.note(user, paper(number).id, f"{secret(user, 'note')} {number}")
    undo = {"id": paper(3).id, "noted": secret(user, "lost"), "since": "then"}
    await store.places.keep_presses({secret(user, "t")[:22]: Press("save", undo)}, NOW)


async def queries(store, user, chance):
    for word in ("ask", "seek"):
        text = f"marmoset {secret(user, word)}"
        await store.completions.remember(user, text, NOW)
        await store.papers.keep_results(secret(user, word), text, ids(1, 2), NOW)
        press = Press("search", {"query": text, "cursor": "x.5.9"})
        await store.places.keep_presses({f"{word}{chance.random()}": press}, NOW)
    for text in (f"saved wall {user.id} sheep", f"inbox wall {user.id}"):
        await store.papers.keep_results(f"{text[:5]}{chance.random()}", text, ids(1), NOW)


async def own_digest(store, user, chance):
    subscription = await subscribed(
        store, direct(user), contact=user, filter=secret(user, "filter")
    )
    number = chance.choice(NUMBERS)
    issue = issue_of(subscription, ids(number), passed=ids(number), heading="For you")
    await store.subscriptions.issue([issue])
    held = replace(subscription, pause_reason=f"paused by {user.name}")
    await store.subscriptions.revise(subscription.id, lambda _: held)


async def channel(store, user, chance):
    number = chance.randint(100, 999)
    place = Channel("wall", "lab", f"room{number}", f"#room{number}")
    state = chance.choice(list(SubscriptionState))
    reason = f"removed by {user.name}"
    await subscribed(store, place, contact=user, state=state, pause_reason=reason)
    shared = message(*ids(2), text=f"A paper\nshared by {user.name} · 2 upvotes")
    await store.deliveries.enqueue(place, f"share:{number}", [shared], NOW)
    await store.deliveries.enqueue(place, f"share:{user.mark}:{number}", [shared], NOW)


DEEDS = (hour, alerts, bundle, saved, queries, own_digest, channel)


async def live(store, chance, *users):
    """Let people do what people do here, in any order, some of it twice."""
    papers = [paper(n) for n in NUMBERS]
    await store.papers.add(batch(papers), NOW)
    deeds = [(deed, user) for user in users for deed in (*DEEDS, alerts, bundle)]
    chance.shuffle(deeds)
    for deed, user in deeds:
        await deed(store, user, chance)
    for delivery in await claim(store, at=MUCH_LATER, limit=chance.randint(0, 5)):
        await store.deliveries.sent(delivery, f"ref-{delivery.id}", MUCH_LATER)


def database(url):
    return closing(sqlite3.connect(url.removeprefix("sqlite:///")))


def dump(url):
    """Every table with all of its rows, also those of the indices."""
    with database(url) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def traces(url, *words):
    """Where any of these words stands in the database."""
    return [
        (table, row)
        for table, rows in dump(url).items()
        for row in rows
        if any(word in text for word in words for text in map(str, row))
    ]


READER = "(SELECT pk FROM readers WHERE id = :user)"
CHANNEL = "(SELECT pk FROM channels WHERE id = :user)"
THEIRS = "(SELECT id FROM subscriptions WHERE contact_id = :user)"
OWN = (
    "readers WHERE id = :user",
    f"alerts WHERE reader = {READER}",
    f"alert_anchors WHERE alert IN (SELECT id FROM alerts WHERE reader = {READER})",
    f"hits WHERE reader = {READER}",
    f"bundles WHERE reader = {READER}",
    "saved WHERE user = :user",
    "recent_queries WHERE user = :user",
    "channels WHERE id = :user",
    "subscriptions WHERE contact_id = :user",
    f"deliveries WHERE channel = {CHANNEL}",
    f"ledger WHERE channel = {CHANNEL}",
    f"editions WHERE subscription IN {THEIRS}",
    "deliveries WHERE plain LIKE '%' || :name || '%'",
    "kept_results WHERE query LIKE '%' || :user || '%' OR query LIKE :secret",
    "presses WHERE args LIKE :secret AND NOT args LIKE '%noted%'",
    "filter_papers WHERE filter IN (SELECT pk FROM filters WHERE text LIKE :secret)",
)


def rows_of(url, user):
    """All that the database holds of a person, as it stands there."""
    values = {"user": user.id, "name": user.name, "secret": f"%{secret(user, '')}%"}
    with database(url) as db:
        return {rows: db.execute(f"SELECT * FROM {rows}", values).fetchall() for rows in OWN}


@pytest.mark.parametrize(("one", "other"), [(CLEO, DORA), (ERIN, FAYE)])
@pytest.mark.parametrize("seed", range(8))
async def test_nothing_in_any_table_leads_back_to_who_was_erased(store, url, seed, one, other):
    await live(store, random.Random(seed), one, other)
    words = (one.id, one.name, one.mark, secret(one, ""))
    assert traces(url, *words)
    others, papers = rows_of(url, other), {t: r for t, r in dump(url).items() if "papers" in t}
    assert all(others.values())
    theirs = await store.people.kept(other)

    was = await store.people.erase(one, LATER)

    assert not was.is_nothing
    assert traces(url, *words) == []
    assert rows_of(url, other) == others
    assert await store.people.kept(other) == theirs
    now = dump(url)
    assert {t: r for t, r in papers.items() if t != "filter_papers"}.items() <= now.items()
    assert await store.keeper.check() == []
    assert await store.people.kept(one) == Kept(one)
    await store.people.erase(other, LATER)
    assert traces(url, other.id, other.name, other.mark, secret(other, "")) == []


@pytest.mark.parametrize(
    "written", ["Tom &amp; Ann", "_Tom & Ann_", "Tom \\& Ann", "T\u200bom & Ann"]
)
async def test_what_they_shared_is_theirs_however_a_platform_writes_their_name(store, url, written):
    tom, ann = User("wall", "T1/U1", "Tom"), User("wall", "T1/U12", "Tom & Ann")
    for user, name in ((tom, "Tom"), (ann, written)):
        for number, place in enumerate((WALL, DOOR)):
            shared = message(text=f"A paper, Shared by {name}")
            await store.deliveries.enqueue(place, f"share:{user.mark}:{number}", [shared], NOW)
    for toms in await claim(store):
        await store.deliveries.sent(toms, "ref", NOW)
    await store.deliveries.sent((await claim(store, limit=1))[0], "ref", NOW)
    await store.people.erase(ann, NOW)
    assert traces(url, written, ann.mark) == []
    assert len(traces(url, "Shared by Tom")) == 2
    assert await store.deliveries.counts() == {"failed": 1, "sent": 3}


async def test_a_second_erase_changes_nothing(store, url):
    await live(store, random.Random(7), CLEO, DORA)
    await store.people.erase(CLEO, LATER)
    before = dump(url)
    assert (await store.people.erase(CLEO, LATER + ONE_DAY)).is_nothing
    assert dump(url) == before


async def test_all_that_is_kept_of_a_person_is_told(store):
    await live(store, random.Random(3), CLEO, DORA)
    kept = await store.people.kept(CLEO)
    assert kept.reader.user == CLEO
    assert {alert.user for alert in kept.alerts} == {CLEO}
    assert len(kept.alerts) == 6
    assert {s.note.split()[0] for s in kept.saved} == {secret(CLEO, "note")}
    assert [q for q, _ in kept.queries] == [f"marmoset {secret(CLEO, w)}" for w in ("ask", "seek")]
    assert [s.filter for s in kept.direct] == [secret(CLEO, "filter")]
    assert len(kept.editions) == len(kept.shown) == 1
    assert {d.channel.id for d in kept.letters} == {CLEO.id}
    assert [s.channel.workspace for s in kept.contact_of] == ["lab"]
    assert {c.hit.user for c in kept.caught} == {CLEO}
    assert {c.hit.bundle for c in kept.caught} - {None} <= {number for number, _ in kept.bundles}


async def test_nobody_is_kept_and_nobody_is_erased(store, url):
    await live(store, random.Random(5), CLEO, DORA)
    await store.people.erase(CLEO, LATER)
    before = dump(url)
    for nobody in (User("wall", ""), User("", "")):
        assert (await store.people.kept(nobody)).is_nothing
        assert (await store.people.erase(nobody, LATER)).is_nothing
    assert dump(url) == before


async def test_the_same_id_elsewhere_is_somebody_else(store):
    elsewhere = replace(CLEO, platform="door")
    await meet(store, elsewhere)
    await store.reading.save(elsewhere, paper(1).id, NOW)
    kept = await store.people.kept(elsewhere)
    await store.people.erase(CLEO, LATER)
    assert await store.people.kept(elsewhere) == kept


async def test_an_alert_that_was_erased_catches_nothing_in_any_process(store, beside):
    await meet(store)
    await meet(store, BERT)
    await ask(store, "marmoset", ADA)
    await ask(store, "marmoset", BERT)
    for number, each in enumerate((store, beside), 1):  # both indices know the alerts by now
        await each.papers.add(batch([paper(number, title="A marmoset")]), NOW)
    assert set(await caught(store)) == set(await caught(store, BERT)) == {*ids(1, 2)}
    await store.people.erase(ADA, NOW)
    for number, each in enumerate((store, beside), 3):
        await each.papers.add(batch([paper(number, title="A marmoset")]), NOW)
    assert await caught(store) == {}
    assert set(await caught(store, BERT)) == {*ids(1, 2, 3, 4)}
    assert (await store.people.kept(ADA)).is_nothing


async def test_an_alert_made_after_an_erase_is_seen_by_every_process(store, beside):
    await meet(store)
    erased = await ask(store, "marmoset")
    await beside.papers.add(batch([paper(1, title="A marmoset")]), NOW)
    await store.people.erase(ADA, NOW)
    await meet(store, BERT)
    made = await ask(store, "marmoset", BERT)
    assert made.id > erased.id  # an old button must not mean a new alert
    await beside.papers.add(batch([paper(2, title="A marmoset")]), NOW)
    assert set(await caught(store, BERT)) == {*ids(2)}


async def test_who_comes_back_starts_as_new(store):
    await live(store, random.Random(2), CLEO, DORA)
    await store.people.erase(CLEO, LATER)
    await meet(store, CLEO)
    await ask(store, "marmoset", CLEO)
    await store.papers.add(batch([paper(500, title="A marmoset")]), NOW)
    assert set(await caught(store, CLEO)) == {*ids(500)}
    assert await store.reading.count(CLEO) == 0
    subscription = await subscribed(store, direct(CLEO), contact=CLEO)
    await store.subscriptions.issue([issue_of(subscription, ids(*NUMBERS))])
    kept = await store.people.kept(CLEO)
    assert [s.id for s in kept.direct] == [subscription.id]
    assert len(kept.shown) == len(NUMBERS)  # what was shown before is not held against them
    assert len(kept.letters) == 1


async def test_what_they_looked_after_goes_on_without_a_contact(store):
    subscription = await subscribed(store, WALL, contact=ADA)
    other = await subscribed(store, WALL, contact=BERT, filter="sheep")
    await store.people.erase(ADA, NOW)
    left = await store.subscriptions.subscription(subscription.id)
    assert left == replace(subscription, contact=User("wall", "", ""))
    assert await store.subscriptions.subscription(other.id) == other
    assert await store.subscriptions.issue([issue_of(left, ids())]) == [subscription.id]


async def test_a_name_that_another_bears_stays_theirs(store):
    twin = User("wall", "twin", ADA.name)
    reason = f"paused by {ADA.name}"
    mine = await subscribed(store, WALL, contact=BERT, pause_reason=reason)
    theirs = await subscribed(store, WALL, contact=twin, pause_reason=reason, filter="sheep")
    await store.people.erase(ADA, NOW)
    reasons = [(await store.subscriptions.subscription(s.id)).pause_reason for s in (mine, theirs)]
    assert reasons == ["paused by somebody", reason]


async def test_what_others_ask_for_too_keeps_its_buttons(store):
    press = Press("search", {"query": "marmoset", "cursor": "x.5.9"})
    for user in (ADA, BERT):
        await store.completions.remember(user, "marmoset", NOW)
    await store.completions.remember(ADA, "my illness", NOW)
    hers = Press("search", {"query": "my illness", "cursor": "y.5.9"})
    await store.places.keep_presses({"both": press, "hers": hers}, NOW)
    await store.people.erase(ADA, NOW)
    assert await store.places.press("both") == press
    assert await store.places.press("hers") is None


class Slow:
    """A platform that is still sending while something else happens, and then ends so."""

    name = "wall"

    def __init__(self, store, fault=None):
        self.store = store
        self.fault = fault
        self.sent = []

    async def send(self, channel, payload, key, reply_to):  # noqa: ARG002
        if channel.is_direct and not self.sent:
            await self.store.people.erase(ADA, NOW)
            await self.store.deliveries.enqueue(WALL, "test:next", [message(text="next")], NOW)
            if self.fault:
                raise self.fault
        self.sent.append((channel.id, payload.plain))
        return f"ref-{key}"


@pytest.mark.parametrize(
    "fault", [None, TemporaryDeliveryError("busy"), ChannelGoneError("closed")]
)
async def test_an_erase_while_the_outbox_sends_leaves_nothing_and_loses_nothing(store, url, fault):
    await store.papers.add(batch([paper(1, title="A marmoset")]), NOW - ONE_DAY)
    await meet(store)
    await ask(store, "marmoset -zzada")
    await store.papers.add(batch([paper(2, title="A marmoset")]), NOW)
    await bring(store, MUCH_LATER, ids(2), [])
    slow = Slow(store, fault)
    now = MUCH_LATER
    postman = Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        {"wall": slow},
        holder="me",
        clock=lambda: now,
    )
    await postman.send_waiting()
    assert slow.sent.count((WALL.id, "next")) == 1
    assert len([one for one in slow.sent if one[0] == ADA.id]) == (0 if fault else 1)
    assert traces(url, ADA.id, ADA.name, "zzada") == []
    assert (await store.deliveries.counts()) == {"sent": 3}
    retention, ledger = timedelta(days=90), timedelta(days=730)
    await store.keeper.prune(MUCH_LATER + 2 * ledger, retention, ledger)
    assert await store.deliveries.counts() == {}


async def test_what_another_process_holds_of_the_erased_marks_nothing_else(store, beside):
    await store.deliveries.enqueue(direct(ADA), "paused:1", [message(text="hers")], NOW)
    [held] = await claim(beside, "other")
    await store.people.erase(ADA, NOW)
    await store.deliveries.enqueue(WALL, "test:1", [message(text="ours")], NOW)
    await beside.deliveries.sent(held, "ref", NOW)
    await beside.deliveries.retry(held, NOW, "busy")
    await beside.deliveries.fail(held, "gone", NOW)
    assert await store.deliveries.counts() == {"sent": 1, "waiting": 1}
    [ours] = await send_all(store, NOW)
    assert (ours.payload.plain, ours.state) == ("ours", DeliveryState.SENDING)


async def test_numbers_of_editions_and_subscriptions_never_come_twice(store):
    await store.papers.add(batch([paper(1), paper(2)]), NOW)
    hers = await subscribed(store, direct(ADA), contact=ADA)
    await store.subscriptions.issue([issue_of(hers, ids(1))])
    [first] = await claim(store, at=MUCH_LATER)
    await store.people.erase(ADA, NOW)
    ours = await subscribed(store, WALL, contact=BERT)
    assert ours.id > hers.id
    await store.subscriptions.issue([issue_of(ours, ids(1))])
    [second] = await claim(store, at=MUCH_LATER)
    assert second.key != first.key
    assert await store.subscriptions.issue([issue_of(hers, ids(2))]) == []


async def test_a_bundle_that_was_read_before_an_erase_is_not_issued_after_it(store, url):
    await meet(store)
    await ask(store, "marmoset")
    await store.papers.add(batch([paper(1, title="A marmoset")]), NOW)
    [due] = await store.alerts.due(["wall"], MUCH_LATER, 9)
    await store.people.erase(ADA, NOW)
    assert await store.alerts.issue([Bundle(due.reader, due.hits, (message(*ids(1)),))], NOW) == 0
    assert traces(url, ADA.id, ADA.name) == []
