"""Short lives of a process that writes papers for which people have alerts; see standins.writer.

A life adds rounds of papers, moves the votes of earlier ones, brings what alerts caught and sends
it. Some people's alerts are made meanwhile.
"""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here
    sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]

from standins.askers import ADA, ask, bundle_of
from standins.stock import NOW, batch, paper, seen
from standins.writer import Writer, main

ROUND = 15  # papers
VOTED = 5  # of them get the votes that an alert waits for
ENOUGH = 20  # upvotes
LATER = timedelta(days=30)  # when all that was caught is due


class Alerter(Writer):
    """One life. Each begins with another step: a slow machine does few in a life."""

    async def live(self) -> None:
        steps = (self.add, self.vote, self.bring, self.send, self.add_alert)
        for place in itertools.count(self.life):
            await steps[place % len(steps)]()

    async def add(self) -> None:
        number = await self.store.papers.count() // ROUND
        papers = [paper(n, title=f"Study {n}") for n in range(number * ROUND, (number + 1) * ROUND)]
        self.note(f"add {number}")
        await self.store.papers.add(batch(papers), NOW)
        self.note(f"added {number}")

    async def vote(self) -> None:
        """Some papers of the newest round get enough votes, and soon more."""
        newest = max(await self.store.papers.count() - ROUND, 0)
        for votes in (ENOUGH, ENOUGH + 1):
            moved = [seen(newest + n, upvotes=votes) for n in range(VOTED)]
            self.note(f"vote {newest}")
            await self.store.papers.add(batch([], moved), NOW)
            self.note(f"voted {newest}")

    async def add_alert(self) -> None:
        """Somebody asks for what the life beside this one may be adding."""
        await ask(self.store, "study", replace(ADA, id=f"late{self.life}"))

    async def bring(self) -> None:
        due = await self.store.alerts.due([ADA.platform], NOW + LATER, 9)
        bundles = [bundle_of(each, [hit.paper_id for hit in each.hits]) for each in due]
        self.note("bring")
        await self.store.alerts.issue(bundles, NOW + LATER)
        self.note("brought")


if __name__ == "__main__":
    main(Alerter)
