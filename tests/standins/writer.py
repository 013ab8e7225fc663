"""Short lives of a writing process: `python tests/standins/writer.py FOLDER NUMBER < lives`.

A line of input is a life: how many seconds after it began to write it is killed. Answered by a
line with how it ended: minus the number of the signal. Lives are forked, so that one takes
milliseconds; each opens FOLDER/papers.db for itself. What they are about to do and what is done is
appended to FOLDER/log. Lives are numbered from NUMBER on; leases end from one to the next.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here
    sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]

from standins.stock import DAY, NOW, ONE_DAY, batch, claim, ids, issue_of, paper

from bot.ports import Store
from storage import open_store

MANY = 40  # papers a batch: one round, all or none of them
SHOWN = 4  # papers an edition, in two parts
PARTS = 2
YEARS_ON = NOW + timedelta(days=36_500)  # when all that was issued is due


@dataclass
class Writer:
    """One life: adds rounds, words them anew, issues editions, sends them, until it is killed."""

    store: Store
    log: int
    life: int

    def note(self, text: str) -> None:
        os.write(self.log, f"{text}\n".encode())

    async def live(self) -> None:
        parent = os.getppid()
        while os.getppid() == parent:  # nobody else would end it
            await self.add()
            for subscription in await self.store.subscriptions.every():
                await self.issue(subscription.id)
            await self.send()

    async def add(self) -> None:
        """A new round, and one of those before it in a newer version."""
        number = await self.store.papers.count() // MANY
        for each, version in ((number, 1), (number // 2, self.life + 2)):
            papers = [
                paper(n, title=f"Study {n} word{version}", version=version)
                for n in range(each * MANY, (each + 1) * MANY)
            ]
            self.note(f"add {each} {version}")
            await self.store.papers.add(batch(papers, day=DAY + each * ONE_DAY), NOW)
            self.note(f"added {each} {version}")

    async def issue(self, number: int) -> None:
        subscription = await self.store.subscriptions.subscription(number)
        assert subscription
        done = (subscription.next_due_at - NOW).days
        chosen = ids(*range(done * SHOWN, (done + 1) * SHOWN))
        self.note(f"issue {number} {done}")
        parts = (chosen[: SHOWN // PARTS], chosen[SHOWN // PARTS :])
        await self.store.subscriptions.issue([issue_of(subscription, *parts, passed=chosen)])
        self.note(f"issued {number} {done}")

    async def send(self) -> None:
        now = YEARS_ON + timedelta(minutes=2 * self.life)  # the leases of the dead have ended
        self.note("claim")
        for delivery in await claim(self.store, f"life {self.life}", now):
            self.note("claimed")
            self.note(f"send {delivery.key}")
            await self.store.deliveries.sent(delivery, delivery.key, now)
            self.note(f"sent {delivery.key}")


async def live(folder: Path, log: int, life: int, begun: int, kind: type[Writer]) -> None:
    store = open_store(f"sqlite:///{folder}/papers.db")
    os.write(begun, b".")
    await kind(store, log, life).live()


def lead(folder: Path, log: int, life: int, kill_after: float, kind: type[Writer]) -> int:
    """Let one life be lived, and end it."""
    heard, begun = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        asyncio.run(live(folder, log, life, begun, kind))
        os._exit(1)
    os.close(begun)
    os.read(heard, 1)
    os.close(heard)
    time.sleep(kill_after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main(kind: type[Writer] = Writer) -> None:
    folder = Path(sys.argv[1])
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for life, text in enumerate(sys.stdin, int(sys.argv[2])):
        print(lead(folder, log, life, float(text), kind), flush=True)  # noqa: T201 - to whoever asked


if __name__ == "__main__":
    main()
