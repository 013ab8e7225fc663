"""Several processes claim, send, fail and fall silent: nothing is lost or out of turn."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from standins.stock import LEASE, NOW, message

from bot.models import Channel, Delivery
from storage import engines, open_store

CHANNELS = [*(Channel("wall", "lab", f"c{n}") for n in range(3)), Channel("door", "lab", "c9")]
HOLDERS = ("a", "b", "c")
SPANS = [timedelta(seconds=seconds) for seconds in (1, 30, 60, 600)]
RESTS = [timedelta(seconds=seconds) for seconds in (0, 1, 30)]
SLACK = timedelta(minutes=1)  # what is further ahead was set by another clock


@dataclass
class Entry:
    """What the outbox is to know of a delivery."""

    key: str
    channel: Channel
    due_at: datetime
    state: str = "waiting"
    holder: str = ""
    lease_until: datetime = NOW
    tries: int = 0
    put_off: int = 0


class Outbox(RuleBasedStateMachine):
    """The store beside a plain list of what it must hold."""

    engine = ""
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.runner = asyncio.Runner()
        url = f"{self.engine}:///{self.folder.name}/papers.db"
        self.store_of = {holder: open_store(url) for holder in HOLDERS}
        self.store = self.store_of["a"]
        self.now = NOW
        self.entries: list[Entry] = []
        self.free_at = dict.fromkeys(CHANNELS, NOW)

    def rests(self, channel: Channel) -> bool:
        return self.now < self.free_at[channel] <= self.now + SLACK

    def rest(self, channel: Channel, at: datetime, rest: timedelta) -> None:
        if rest:
            known = self.free_at[channel]
            self.free_at[channel] = (
                at + rest if known > at + rest + SLACK else max(known, at + rest)
            )

    def entry(self, delivery: Delivery) -> Entry:
        return next(each for each in self.entries if each.key == delivery.key)

    def of(self, claim):
        """The outbox as the claim's holder has it, the delivery, and what is known of it."""
        holder, delivery = claim
        return self.store_of[holder].deliveries, delivery, self.entry(delivery)

    def claimable(self, holder: str, platforms: set[str]) -> set[str]:
        """The oldest open one of each channel that does not rest, if it is due and nobody's, or its
        holder is late.
        """
        found = set()
        for channel in CHANNELS:
            if channel.platform not in platforms or self.rests(channel):
                continue
            there = [each for each in self.entries if each.channel == channel]
            oldest = next((each for each in there if each.state in {"waiting", "sending"}), None)
            if oldest is None:
                continue
            is_due = oldest.state == "waiting" and oldest.due_at <= self.now
            is_late = oldest.state == "sending" and oldest.lease_until <= self.now
            if is_due or (is_late and oldest.holder != holder):
                found.add(oldest.key)
        return found

    @rule(channel=st.sampled_from(CHANNELS), parts=st.integers(1, 3))
    def enqueue(self, channel, parts):
        key = f"m{len(self.entries)}"
        payloads = [message(text=f"{key} {part}") for part in range(parts)]
        self.runner.run(self.store.deliveries.enqueue(channel, key, payloads, self.now))
        self.entries += [Entry(f"{key}:{part}", channel, self.now) for part in range(parts)]

    @rule(
        target=claims,
        holder=st.sampled_from(HOLDERS),
        platforms=st.sampled_from([{"wall"}, {"door"}, {"door", "wall"}]),
        limit=st.integers(1, 3),
    )
    def claim(self, holder, platforms, limit):
        may = self.claimable(holder, platforms)
        log = self.store_of[holder].deliveries
        claimed = self.runner.run(log.claim(platforms, holder, self.now, LEASE, limit))
        assert {each.key for each in claimed} <= may
        assert len({each.key for each in claimed}) == len(claimed) == min(limit, len(may))
        for delivery in claimed:
            entry = self.entry(delivery)
            entry.state, entry.holder = "sending", holder
            entry.lease_until = self.now + LEASE
            entry.tries += 1
            assert (delivery.tries, delivery.lease_until) == (entry.tries, entry.lease_until)
            assert delivery.put_off == entry.put_off
        return multiple(*((holder, each) for each in claimed))

    @rule(claim=claims, rest=st.sampled_from(RESTS))
    def send(self, claim, rest):
        log, delivery, entry = self.of(claim)
        self.runner.run(log.sent(delivery, "ref", self.now, rest))
        if entry.state != "sent":
            self.rest(entry.channel, self.now, rest)
        entry.state = "sent"

    @rule(claim=claims, wait=st.sampled_from(SPANS), counts=st.booleans())
    def retry(self, claim, wait, counts):
        log, delivery, entry = self.of(claim)
        self.runner.run(log.retry(delivery, self.now + wait, "later", counts=counts))
        if entry.state == "sending" and entry.tries == delivery.tries:
            entry.state, entry.due_at = "waiting", self.now + wait
            entry.put_off += not counts

    @rule(claim=claims, rest=st.sampled_from(RESTS))
    def fail(self, claim, rest):
        log, delivery, entry = self.of(claim)
        self.runner.run(log.fail(delivery, "no", self.now, rest))
        if entry.state in {"sending", "waiting"} and entry.tries == delivery.tries:
            entry.state = "failed"
            self.rest(entry.channel, self.now, rest)

    @rule(channel=st.sampled_from(CHANNELS), rest=st.sampled_from(RESTS))
    def send_past_the_outbox(self, channel, rest):
        turn = self.free_at[channel] if self.rests(channel) else self.now
        taken = self.runner.run(self.store.deliveries.take_turn(channel, self.now, rest))
        assert taken == turn
        self.rest(channel, turn, rest)

    @rule(claim=claims)
    def renew(self, claim):
        log, delivery, entry = self.of(claim)
        until = self.now + LEASE
        self.runner.run(log.renew([delivery.id], claim[0], until))
        if entry.state == "sending" and entry.holder == claim[0]:
            entry.lease_until = until

    @rule(span=st.sampled_from(SPANS))
    def time_goes_by(self, span):
        self.now += span

    @invariant()
    def nothing_is_lost(self):
        counts = self.runner.run(self.store.deliveries.counts())
        assert counts == Counter(each.state for each in self.entries)

    @invariant()
    def at_most_one_of_a_channel_is_being_sent(self):
        sending = Counter(each.channel for each in self.entries if each.state == "sending")
        assert max(sending.values(), default=0) <= 1

    def teardown(self):
        """Whatever happened: a holder left alone gets all the rest, each channel in its turn."""
        self.now += timedelta(hours=1)
        open_ones = [each for each in self.entries if each.state in {"waiting", "sending"}]
        out = []
        log, both = self.store.deliveries, {"door", "wall"}
        while claimed := self.runner.run(log.claim(both, "last", self.now, LEASE, 9)):
            for delivery in claimed:
                self.runner.run(self.store.deliveries.sent(delivery, "ref", self.now))
            out += claimed
        for channel in CHANNELS:
            expected = [each.key for each in open_ones if each.channel == channel]
            assert [each.key for each in out if each.channel == channel] == expected
        for store in self.store_of.values():
            self.runner.run(store.close())
        self.runner.close()
        self.folder.cleanup()


@pytest.mark.parametrize("engine", engines())
def test_whatever_holders_do_nothing_is_lost_and_each_channel_keeps_its_order(engine):
    machine = type("OutboxOf", (Outbox,), {"engine": engine})
    few = settings(max_examples=25, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(machine, settings=few)
