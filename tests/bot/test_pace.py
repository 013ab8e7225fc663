"""The pace of a platform: what rests, who goes side by side, and what counts as a failed try."""

import asyncio
import contextlib
import itertools
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from standins.stock import NOW, claim, message

from bot.delivery import IDLE, Messenger, Postman
from bot.errors import CredentialsError, RenderError, TemporaryDeliveryError
from bot.messages import Message
from bot.models import Channel, Payload
from bot.ports import Paced
from storage import open_store

SPACING = timedelta(seconds=0.2)
SECOND = timedelta(seconds=1)
PATIENCE = 30  # seconds that a broken postman holds a test up


def place(number, platform="wall"):
    return Channel(platform, "lab", f"c{number}")


class Wall:
    """A platform that tells when each message came, and fails as often as there are faults."""

    def __init__(self, name="wall"):
        self.name = name
        self.came = defaultdict(list)
        self.faults = []
        self.tries = 0
        self.failed_at = 0.0

    def pack(self, message: Message) -> list[Payload]:
        return [Payload("{}", each) for each in message.title.split()]

    async def send(self, channel, payload, key, reply_to):  # noqa: ARG002
        self.tries += 1
        if self.faults:
            self.failed_at = time.monotonic()
            raise self.faults.pop(0)
        self.came[channel.id].append((time.monotonic(), key))
        return f"ref-{key}"

    async def serve(self):
        return

    def keys(self, number):
        return [key for _, key in self.came[f"c{number}"]]

    def gaps(self):
        rows = [[at for at, _ in row] for row in self.came.values()]
        return [later - sooner for row in rows for sooner, later in itertools.pairwise(row)]


class PacedWall(Wall):
    """One that takes a message a channel and span."""

    spacing, at_once = SPACING, 8


class SlowWall(Wall):
    """One on which nothing arrives before the gate is opened."""

    def __init__(self, name="wall"):
        super().__init__(name)
        self.gate = asyncio.Event()
        self.under_way = self.most = 0

    async def send(self, channel, payload, key, reply_to):
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.gate.wait()
        self.under_way -= 1
        return await super().send(channel, payload, key, reply_to)


class NarrowWall(SlowWall):
    """One that names how many go side by side."""

    spacing, at_once = timedelta(0), 3


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


def wall_clock():
    return datetime.now(UTC)


@pytest.fixture
async def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield opened
    await opened.close()


@pytest.fixture
async def beside(store):
    opened = open_store(f"sqlite:///{store.path}")
    yield opened
    await opened.close()


def postman_of(store, *walls, holder="me", clock=wall_clock):
    return Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        {wall.name: wall for wall in walls},
        holder=holder,
        clock=clock,
    )


@contextlib.asynccontextmanager
async def running(*postmen):
    tasks = [asyncio.create_task(postman.run()) for postman in postmen]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def until(holds):
    end = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def all_are_sent(store, count):
    async def holds():
        return await store.deliveries.counts() == {"sent": count}

    await until(holds)


async def put_in(store, channel, key, parts=1, at=None):
    payloads = [message(text=f"{key} {part}") for part in range(parts)]
    await store.deliveries.enqueue(channel, key, payloads, at or wall_clock())


async def test_a_channel_gets_a_message_a_span_in_order_and_channels_go_side_by_side(store):
    wall = PacedWall()
    assert isinstance(wall, Paced)
    for number in range(20):
        await put_in(store, place(number), f"m{number}", parts=3)
    began = time.monotonic()
    async with running(postman_of(store, wall)):
        await all_are_sent(store, 60)
    took = time.monotonic() - began
    assert [wall.keys(n) for n in range(20)] == [[f"m{n}:{p}" for p in range(3)] for n in range(20)]
    assert min(wall.gaps()) >= SPACING.total_seconds()
    assert took < IDLE  # the next is sent when its time comes, not at the next look


async def test_what_is_put_in_the_outbox_later_waits_for_its_channel_too(store):
    wall = PacedWall()
    postman = postman_of(store, wall)
    async with running(postman):
        for number in range(4):
            await put_in(store, place(0), f"m{number}")
            postman.ring()
            await all_are_sent(store, number + 1)
    assert wall.keys(0) == [f"m{number}:0" for number in range(4)]
    assert min(wall.gaps()) >= SPACING.total_seconds()


async def test_two_processes_keep_one_pace(store, beside):
    wall = PacedWall()
    for number in range(6):
        await put_in(store, place(number), f"m{number}", parts=4)
    postmen = postman_of(store, wall, holder="one"), postman_of(beside, wall, holder="two")
    async with running(*postmen):
        await all_are_sent(store, 24)
    assert [wall.keys(n) for n in range(6)] == [[f"m{n}:{p}" for p in range(4)] for n in range(6)]
    assert min(wall.gaps()) >= SPACING.total_seconds()


async def test_a_channel_rests_after_what_was_refused_too(store):
    wall = PacedWall()
    wall.faults = [RenderError("its form"), RenderError("its plain form")]
    await put_in(store, place(0), "m0", parts=2)
    await postman_of(store, wall).send_waiting()
    [(at, key)] = wall.came["c0"]
    assert key == "m0:1"
    assert at - wall.failed_at >= SPACING.total_seconds()


async def test_all_that_waits_is_sent_at_once_at_its_pace(store):
    wall = PacedWall()
    await put_in(store, place(0), "m0", parts=3)
    await put_in(store, place(1), "m1")
    assert await postman_of(store, wall).send_waiting() == 4
    assert min(wall.gaps()) >= SPACING.total_seconds()


async def test_what_is_to_be_tried_again_is_tried_when_its_time_comes(store):
    wall = Wall()
    wall.faults = [TemporaryDeliveryError("rate limited", retry_after=SECOND)]
    await put_in(store, place(0), "m0")
    began = time.monotonic()
    async with running(postman_of(store, wall)):
        await all_are_sent(store, 1)
    assert 1 <= time.monotonic() - began < IDLE


async def test_a_platform_takes_no_room_from_another(store):
    slow, quick = SlowWall("slow"), Wall("quick")
    for number in range(100):
        await put_in(store, place(number, "slow"), f"slow{number}")
    postman = postman_of(store, slow, quick)
    async with running(postman):

        async def is_full():
            return slow.under_way == 32

        await until(is_full)
        for number in range(50):
            await put_in(store, place(number, "quick"), f"quick{number}")
        postman.ring()

        async def have_passed():
            return sum(map(len, quick.came.values())) == 50

        await until(have_passed)
        assert slow.under_way == 32
        slow.gate.set()
        await all_are_sent(store, 150)
    assert slow.most == 32


async def test_a_platform_names_how_many_go_side_by_side(store):
    narrow = NarrowWall()
    for number in range(10):
        await put_in(store, place(number), f"m{number}")
    async with running(postman_of(store, narrow)):

        async def is_full():
            return narrow.under_way == 3

        await until(is_full)
        narrow.gate.set()
        await all_are_sent(store, 10)
    assert narrow.most == 3


# --- failed tries


async def try_again_and_again(store, wall, clock, hours=24, step=timedelta(minutes=10)):
    postman = postman_of(store, wall, clock=clock)
    end = NOW + timedelta(hours=hours)
    while clock.now < end and set(await store.deliveries.counts()) - {"sent", "failed"}:
        await postman.send_waiting()
        clock.now += step


async def test_what_the_platform_itself_puts_off_is_no_failed_try(store):
    wall, clock = Wall(), Clock()
    wall.faults = [TemporaryDeliveryError("rate limited", retry_after=30 * SECOND)] * 50
    await put_in(store, place(0), "m0", at=NOW)
    await try_again_and_again(store, wall, clock)
    assert await store.deliveries.counts() == {"sent": 1}
    assert wall.tries == 51


async def test_twelve_failed_tries_are_the_last_however_often_it_was_put_off_in_between(store):
    wall, clock = Wall(), Clock()
    put_off = TemporaryDeliveryError("rate limited", retry_after=SECOND)
    wall.faults = [put_off, put_off, TemporaryDeliveryError("broken")] * 20
    await put_in(store, place(0), "m0", at=NOW)
    await try_again_and_again(store, wall, clock)
    [failed] = await store.deliveries.failures(None, 9)
    assert (failed.tries, failed.put_off, failed.error) == (36, 24, "broken")


async def test_after_a_day_it_is_given_up_also_where_it_was_only_put_off(store):
    wall, clock = Wall(), Clock()
    wall.faults = [TemporaryDeliveryError("rate limited", retry_after=SECOND)] * 10_000
    await put_in(store, place(0), "m0", at=NOW)
    await try_again_and_again(store, wall, clock, hours=30)
    [failed] = await store.deliveries.failures(None, 9)
    assert failed.error == "rate limited"
    assert timedelta(hours=24) < clock.now - NOW < timedelta(hours=25)


@pytest.mark.parametrize("named", [timedelta(0), timedelta(seconds=-5)])
async def test_a_platform_that_names_no_time_is_not_asked_without_end(store, named):
    wall, clock = Wall(), Clock()
    wall.faults = [TemporaryDeliveryError("rate limited", retry_after=named)] * 3
    await put_in(store, place(0), "m0", at=NOW)
    postman = postman_of(store, wall, clock=clock)
    assert [await postman.send_waiting() for _ in range(3)] == [1, 0, 0]
    clock.now += 2 * SECOND
    assert await postman.send_waiting() == 1


async def test_starts_with_a_wrong_token_use_up_no_tries(store):
    wall, clock = Wall(), Clock()
    wall.faults = [CredentialsError("the token is refused")] * 20
    await put_in(store, place(0), "m0", at=NOW)
    for _ in range(20):
        assert await postman_of(store, wall, clock=clock).send_waiting() == 1
    await postman_of(store, wall, clock=clock).send_waiting()
    assert await store.deliveries.counts() == {"sent": 1}


# --- past the outbox


async def test_what_goes_past_the_outbox_keeps_the_pace_and_the_outbox_keeps_it_after_it(store):
    wall = PacedWall()
    postman = postman_of(store, wall)
    messenger = Messenger(store.deliveries, {"wall": wall}, wall_clock, postman.ring)
    async with running(postman):
        await messenger.prove(place(0), Message(title="one two"), "proof")
        await put_in(store, place(0), "m0")
        assert await claim(store, "other", at=wall_clock()) == []
        began = time.monotonic()
        await all_are_sent(store, 1)
        assert time.monotonic() - began < IDLE
    await messenger.prove(place(0), Message(title="three"), "again")
    assert wall.keys(0) == ["proof", "proof", "m0:0", "again"]
    assert min(wall.gaps()) >= SPACING.total_seconds()


async def test_a_platform_without_a_pace_leaves_no_trace_of_what_went_past_the_outbox(store):
    wall = Wall()
    messenger = Messenger(store.deliveries, {"wall": wall}, wall_clock, lambda _: None)
    await messenger.prove(place(0), Message(title="one two"), "proof")
    await put_in(store, place(0), "m0")
    assert len(await claim(store, at=wall_clock())) == 1
