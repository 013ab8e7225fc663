"""The port PlaceStore, and what becomes of workspaces that leave and come back."""

from datetime import timedelta

import pytest
from standins.askers import ask, bring, kept, meet, waiting
from standins.stock import (
    DOOR,
    NOW,
    ONE_DAY,
    WALL,
    batch,
    claim,
    ids,
    message,
    paper,
    subscribed,
)

from bot.delivery import Postman
from bot.errors import ChannelGoneError
from bot.models import DIRECT, Channel, SubscriptionState, User
from bot.places import LEFT, Places
from bot.ports import Press

ACTIVE, PAUSED, REMOVED = SubscriptionState
ELSEWHERE = Channel("wall", "office", "papers")
SECRET, NEWER = b"\x00\xffgAAAA-not-a-token", b"gAAAA-nor-this"
# People of two workspaces, where people are known within one only.
ANN, BOB = User("wall", "T1/U1", "Ann"), User("wall", "T10/U1", "Bob")
PRESS = Press("search", {"query": "強化学習 «é»", "cursor": "abc.5.200"})


@pytest.fixture
def places(store):
    return Places(store, lambda: NOW)


async def states(store):
    return [each.state for each in await store.subscriptions.every()]


async def test_a_press_is_found_by_its_token(places):
    await places.keep_presses({"a": PRESS, "b": Press("help", {})})
    await places.keep_presses({"a": PRESS})
    assert await places.press("a") == PRESS
    assert await places.press("b") == Press("help", {})
    assert await places.press("none") is None


async def test_a_press_is_kept_as_long_as_messages_are(store, places):
    await places.keep_presses({"a": PRESS})
    await store.keeper.prune(NOW + ONE_DAY, timedelta(days=2), timedelta(days=9))
    assert await places.press("a") == PRESS
    await store.keeper.prune(NOW + 3 * ONE_DAY, timedelta(days=2), timedelta(days=9))
    assert await places.press("a") is None


async def test_a_workspace_has_one_role_that_manages(store):
    await store.places.name_managers("wall", "lab", "7 Librarians")
    await store.places.name_managers("wall", "lab", "8 Readers")
    assert await store.places.managers("wall", "lab") == "8 Readers"
    assert await store.places.managers("wall", "office") == ""
    assert await store.places.managers("door", "lab") == ""


async def test_a_workspace_that_leaves_is_paused_and_kept(store, places):
    for channel in (WALL, DOOR):
        await subscribed(store, channel)
    await subscribed(store, ELSEWHERE)
    await places.left("wall", "lab")
    assert await states(store) == [PAUSED, PAUSED, ACTIVE]
    first = (await store.subscriptions.every())[0]
    assert (first.pause_reason, first.paused_at) == (LEFT, NOW)


async def test_what_comes_back_goes_on_but_for_what_people_paused(store, places):
    await subscribed(store)
    await subscribed(store, DOOR, state=PAUSED, pause_reason="paused by Ada", paused_at=NOW)
    await subscribed(store, WALL, state=REMOVED)
    await places.left("wall", "lab")
    resumed = await places.came_back("wall", "lab")
    assert [each.id for each in resumed] == [1]
    assert await states(store) == [ACTIVE, PAUSED]
    assert await places.came_back("wall", "lab") == []


async def test_an_hour_that_was_missed_meanwhile_is_due_at_once(store, places):
    missed = NOW - timedelta(hours=2)
    await subscribed(store, next_due_at=missed)
    await places.left("wall", "lab")
    [resumed] = await places.came_back("wall", "lab")
    assert resumed.next_due_at == NOW
    assert resumed.away_since == NOW


async def test_who_left_or_came_back_while_nobody_looked_is_noticed(store, places):
    await subscribed(store)
    await subscribed(store, ELSEWHERE)
    await subscribed(store, Channel("door", "lab", "papers"))
    await subscribed(store, Channel("wall", "@", "ada"))
    await places.served("wall", {"office"})
    assert await states(store) == [PAUSED, ACTIVE, ACTIVE, ACTIVE]
    await places.served("wall", {"lab", "office"})
    assert await states(store) == [ACTIVE] * 4


# --- installations


async def test_an_installation_is_kept_as_it_is_until_it_is_forgotten(places):
    assert await places.installation("wall", "T1") is None
    assert await places.keep_installation("wall", "T1", SECRET)
    assert await places.keep_installation("wall", "T2", NEWER)
    assert await places.keep_installation("door", "T1", NEWER)
    assert await places.installation("wall", "T1") == SECRET
    assert await places.installations("wall") == ["T1", "T2"]
    assert await places.keep_installation("wall", "T1", NEWER)
    assert await places.installation("wall", "T1") == NEWER
    await places.forget_installation("wall", "T1")
    await places.forget_installation("wall", "T1")
    assert await places.installations("wall") == ["T2"]
    assert await places.installations("door") == ["T1"]


async def test_of_two_that_renew_a_token_the_later_one_overwrites_nothing(places, beside):
    await places.keep_installation("wall", "T1", SECRET)
    other = Places(beside, lambda: NOW)
    assert await other.keep_installation("wall", "T1", NEWER, instead_of=SECRET)
    assert not await places.keep_installation("wall", "T1", b"too late", instead_of=SECRET)
    assert await places.installation("wall", "T1") == NEWER
    await other.forget_installation("wall", "T1")
    assert not await places.keep_installation("wall", "T1", b"gone", instead_of=NEWER)
    assert await places.installations("wall") == []


async def test_only_one_process_holds_what_only_one_may_have(places, beside):
    other = Places(beside, lambda: NOW)
    assert await places.hold("renew", timedelta(minutes=1))
    assert not await other.hold("renew", timedelta(minutes=1))
    assert await places.hold("renew", timedelta(minutes=1))


# --- askings and remarks


async def test_an_asking_is_the_first_once_whichever_process_it_reaches(places, beside):
    other = Places(beside, lambda: NOW)
    assert await places.first_time("a")
    assert [await each.first_time("a") for each in (places, other)] == [False, False]
    assert await other.first_time("b \ud800")
    assert not await places.first_time("b \ud800")


async def test_remarks_are_those_of_processes_that_run(store, beside):
    await store.places.keep_remarks("one", [("wall", "It fell"), ("door", "Shut")], NOW)
    await beside.places.keep_remarks("two", [("wall", "It fell")], NOW + ONE_DAY)
    assert await store.places.remarks(NOW) == [("door", "Shut"), ("wall", "It fell")]
    assert await store.places.remarks(NOW + ONE_DAY) == [("wall", "It fell")]
    await beside.places.keep_remarks("two", [], NOW + ONE_DAY)
    assert await store.places.remarks(NOW + ONE_DAY) == []
    await store.keeper.prune(NOW + 2 * ONE_DAY, 9 * ONE_DAY, 9 * ONE_DAY)
    assert await store.places.remarks(NOW) == []


# --- contacts


async def test_a_contact_is_known_by_the_number_or_where_nothing_else_is_meant(store, places):
    assert not await places.is_contact(WALL, ANN, "")
    await subscribed(store, contact=ANN)
    for number in ("", " ", "1", "#1"):
        assert await places.is_contact(WALL, ANN, number)
        assert not await places.is_contact(WALL, BOB, number)
    assert not await places.is_contact(WALL, User("door", ANN.id), "1")
    assert not await places.is_contact(DOOR, ANN, "1")  # a number of another channel
    assert not await places.is_contact(DOOR, ANN, "")
    for nonsense in ("2", "one", "1; 2", "9" * 40):
        assert not await places.is_contact(WALL, ANN, nonsense)


async def test_where_there_are_several_the_number_tells(store, places):
    await subscribed(store, contact=ANN)
    await subscribed(store, contact=BOB)
    assert not await places.is_contact(WALL, ANN, "")
    assert await places.is_contact(WALL, ANN, "1")
    assert not await places.is_contact(WALL, ANN, "2")


async def test_a_contact_brings_back_what_was_removed_by_its_number(store, places):
    await subscribed(store, contact=ANN, state=REMOVED)
    assert await places.is_contact(WALL, ANN, "1")
    assert not await places.is_contact(WALL, ANN, "")


# --- people who are known within a workspace only


def direct(user):
    return Channel(user.platform, DIRECT, user.id, user.name)


async def let_catch(store, user, number):
    """An alert of this person catches a paper."""
    await meet(store, user)
    await ask(store, f"marmoset{number}", user)
    await store.papers.add(batch([paper(number, title=f"A marmoset{number}")]), NOW)


async def test_a_workspace_that_leaves_takes_its_people_with_it_and_nobody_elses(store, places):
    for user in (ANN, BOB):
        await subscribed(store, direct(user), contact=user)
        await store.deliveries.enqueue(direct(user), f"test:{user.id}", [message()], NOW)
    await places.left("wall", "T1")
    assert await states(store) == [PAUSED, ACTIVE]
    assert [each.channel.id for each in await claim(store)] == [BOB.id]
    assert [each.channel.id for each in await places.came_back("wall", "T1")] == [ANN.id]
    assert await states(store) == [ACTIVE, ACTIVE]


async def test_what_alerts_catch_meanwhile_is_brought_when_it_is_back(store, places):
    for number, user in enumerate((ANN, BOB)):
        await let_catch(store, user, number)
    await places.left("wall", "T1")
    assert [h.paper_id for h in await waiting(store, BOB)] == [*ids(1)]
    assert await waiting(store, ANN) == []
    assert await kept(store, ANN) == [*ids(0)]
    await places.came_back("wall", "T1")
    assert [h.paper_id for h in await waiting(store, ANN)] == [*ids(0)]
    assert await kept(store, ANN) == []


async def test_a_door_that_was_closed_before_stays_closed(store, places):
    await let_catch(store, ANN, 0)
    await store.alerts.close_door(ANN, "she wants no messages")
    await places.left("wall", "T1")
    await places.came_back("wall", "T1")
    assert (await store.alerts.reader(ANN)).closed == "she wants no messages"
    assert await waiting(store, ANN) == []


async def test_people_who_left_while_nobody_looked_are_noticed(store, places):
    await let_catch(store, ANN, 0)
    await subscribed(store, direct(BOB), contact=BOB)
    await places.served("wall", {"T3"})
    assert (await store.alerts.reader(ANN)).closed == LEFT
    assert await states(store) == [PAUSED]
    await places.served("wall", {"T1", "T10"})
    assert (await store.alerts.reader(ANN)).closed == ""
    assert await states(store) == [ACTIVE]


async def test_people_who_are_known_everywhere_leave_with_no_workspace(store, places):
    ada = User("wall", "ada", "Ada")
    await let_catch(store, ada, 0)
    await subscribed(store, direct(ada), contact=ada)
    for workspace in ("ada", "", "lab"):
        await places.left("wall", workspace)
    await places.served("wall", set())
    assert (await store.alerts.reader(ada)).closed == ""
    assert await states(store) == [ACTIVE]


class Uninstalled:
    """A platform on which T1 has no installation any more."""

    name = "wall"

    def pack(self, said):
        return [message(text=said.title)]

    async def send(self, channel, payload, key, reply_to):  # noqa: ARG002
        if channel.id == ANN.id or channel.workspace == "T1":
            raise ChannelGoneError(LEFT)
        return key


async def test_what_is_refused_for_want_of_an_installation_goes_on_with_the_next(store, places):
    there = Channel("wall", "T1", "C1")
    await let_catch(store, ANN, 0)
    await bring(store, NOW + 9 * ONE_DAY, ids(0))
    await subscribed(store, there)
    await store.deliveries.enqueue(there, "test:1", [message()], NOW)
    postman = Postman(
        *(store.deliveries, store.subscriptions, store.alerts, {"wall": Uninstalled()}),
        holder="me",
        clock=lambda: NOW + 9 * ONE_DAY,
    )
    await postman.send_waiting()
    assert await states(store) == [PAUSED]
    assert (await store.alerts.reader(ANN)).closed == LEFT
    await places.came_back("wall", "T1")
    assert await states(store) == [ACTIVE]
    assert [h.paper_id for h in await waiting(store, ANN)] == [*ids(0)]
