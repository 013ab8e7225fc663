from __future__ import annotations

from datetime import timedelta

from standins.office import ADA, MONDAY, Office, titles

from bot.bundles import best_first
from bot.catches import Catches
from bot.models import Payload
from bot.ports import Bundle


async def test_the_inbox_goes_on_where_the_bundle_was_cut(office: Office) -> None:
    await office.ask("alert add mamba")
    await office.ask("alert add kind*")
    await office.list_papers(
        MONDAY, {f"Mamba of kind {n}": n for n in range(1, 5)} | {"Mamba alone": 99, "A kind": 98}
    )
    later = office.now + timedelta(days=4)
    [waiting] = await office.store.alerts.due([ADA.platform], later, 9)
    lookup = Catches(office.store.alerts, office.store.papers, office.now)
    best = [c.listed.paper for c in best_first(await lookup.of(ADA, waiting.hits))]
    payload = Payload("{}", "", tuple(paper.id for paper in best[:2]))
    await office.store.alerts.issue([Bundle(waiting.reader, waiting.hits, (payload,))], later)
    assert titles(await office.ask("alert inbox")) == [paper.title for paper in best[2:]]
    assert best[-2].title == "Mamba alone"
