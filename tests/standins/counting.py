"""What was said, held against what the store believes: for tests that kill the process in between.

The database is read as a file, from outside, as an operator would.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Said:
    """A message that reached a channel."""

    channel: str
    key: str
    paper_ids: tuple[str, ...]


@dataclass
class Outbox:
    """The store's outbox seen from outside, with a tally of the kills.

    `in_doubt` counts for each message how often it was said by somebody who was killed before
    recording that: so often it is said once more, and no more often (DESIGN §3).
    """

    database: Path
    kills: int = 0
    kills_while_sending: int = 0
    in_doubt: Counter[str] = field(default_factory=Counter)

    def read(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def claimed(self, holder: str = "%") -> list[str]:
        """Keys of the messages that are being sent, by this holder (a pattern) or by any."""
        sql = "SELECT key FROM deliveries WHERE state = 'sending' AND holder LIKE ?"
        return [key for (key,) in self.read(sql, holder)]

    def held_at(self, moment: datetime) -> set[str]:
        """Keys of the messages that nobody else may send at that moment."""
        sql = "SELECT key FROM deliveries WHERE state = 'sending' AND lease_until > ?"
        return {key for (key,) in self.read(sql, _stamp(moment))}

    def is_settled(self, now: datetime) -> bool:
        """Whether nothing is due and nothing waits to be sent."""
        due = "SELECT count(*) FROM subscriptions WHERE next_due_at <= ?"
        open_rows = "SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'sending')"
        return self.read(due, _stamp(now)) == [(0,)] and self.read(open_rows) == [(0,)]

    def take_down_a_kill(self, said: Iterable[Said]) -> None:
        """To be called after each SIGKILL, before anything else is started."""
        claimed = set(self.claimed())
        self.kills += 1
        self.kills_while_sending += bool(claimed)
        times = Counter(message.key for message in said)
        for key in claimed & times.keys():
            assert times[key] - self.in_doubt[key] in {0, 1}  # a claim sends once
            self.in_doubt[key] = times[key]
        # The oldest of a channel alone is claimed: so a repeat never overtakes.
        twice = (
            "SELECT channel FROM deliveries WHERE state = 'sending' GROUP BY 1 HAVING count(*) > 1"
        )
        assert self.read(twice) == []

    def tally(self, said: Sequence[Said]) -> str:
        """The counts in a line, for whoever runs the long form."""
        messages = len({message.key for message in said})
        return (
            f"{self.kills} kills, {self.kills_while_sending} while sending; {messages} messages, "
            f"{len(said) - messages} said again"
        )

    # --- What must hold in the end

    def assert_every_message_is_out(self, said: Sequence[Said]) -> None:
        """What the store says was sent was said, and nothing is left."""
        rows = dict(self.read("SELECT key, state FROM deliveries"))
        assert Counter(rows.values()).keys() <= {"sent"}
        assert rows.keys() == {message.key for message in said}

    def assert_nothing_is_told_twice(self, said: Sequence[Said]) -> None:
        """A paper has one key a channel; a key comes once, and again as often as in doubt."""
        keys: dict[tuple[str, str], set[str]] = {}
        for message in said:
            for paper_id in message.paper_ids:
                keys.setdefault((message.channel, paper_id), set()).add(message.key)
        assert {place: several for place, several in keys.items() if len(several) > 1} == {}
        times = Counter(message.key for message in said)
        assert {key: n for key, n in times.items() if n != 1 + self.in_doubt[key]} == {}

    def assert_order_is_kept(self, said: Sequence[Said]) -> None:
        """A channel's messages come in the order of the outbox, a repeat right behind its first."""
        order = dict(self.read("SELECT key, id FROM deliveries"))
        places: dict[str, list[int]] = {}
        for message in said:
            places.setdefault(message.channel, []).append(order[message.key])
        assert [name for name, row in places.items() if row != sorted(row)] == []

    def assert_one_edition_a_day(self, days: Iterable[datetime]) -> None:
        """Each subscription has exactly one on each of these days, and none on any other."""
        editions = Counter(self.read("SELECT subscription, local_day FROM editions"))
        wanted = [number for (number,) in self.read("SELECT id FROM subscriptions")]
        assert editions == {(number, f"{day:%Y-%m-%d}"): 1 for day in days for number in wanted}


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
