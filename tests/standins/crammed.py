"""A store on a disk that is full, then not: `python tests/standins/crammed.py FOLDER`.

FOLDER is on a disk of few MB. Prints a JSON object with what was said and what was kept.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable
from pathlib import Path

if __name__ == "__main__":  # run by itself, it finds its neighbours from here
    sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]

from standins.stock import NOW, WALL, batch, claim, ids, issue_of, message, paper, shown, subscribed

from bot.errors import StoreError
from bot.ports import Store
from storage import open_store

MANY = 300  # papers a batch: more than a disk has left that did not take the last one


def many(number: int) -> list[int]:
    return list(range(number * MANY, (number + 1) * MANY))


async def problem_of(asked: Awaitable[object]) -> str:
    """What a store says to something; "" where it does it."""
    try:
        await asked
    except StoreError as error:
        return str(error)
    return ""


def left(folder: Path) -> list[str]:
    return [each.name for each in folder.glob("copy.db*")]


async def add(store: Store, number: int) -> str:
    papers = [paper(n, abstract=f"About {n}. " * 40) for n in many(number)]
    return await problem_of(store.papers.add(batch(papers), NOW))


async def fill(store: Store, folder: Path) -> str:
    """Add papers until no batch fits, then take up the rest of the disk."""
    number = 0
    while not (said := await add(store, number)):
        number += 1
    with (folder / "rest").open("wb", buffering=0) as rest:
        try:
            while rest.write(bytes(4096)):
                pass
        except OSError:
            return said
    return said


async def tell(folder: Path) -> dict[str, object]:
    url = f"sqlite:///{folder}/papers.db"
    (folder / "ballast").write_bytes(bytes(8_000_000))
    store = open_store(url)
    subscription = await subscribed(store)
    await store.deliveries.enqueue(WALL, "first", [message()], NOW)
    [claimed] = await claim(store)
    told: dict[str, object] = {"add": await fill(store, folder)}
    kept = await store.papers.count()
    told["claim"] = await problem_of(claim(store, "other", NOW))
    told["sent"] = await problem_of(store.deliveries.sent(claimed, "ref", NOW))
    issue = issue_of(subscription, ids(0), ids(1), passed=ids(*many(0)))
    told["issue"] = await problem_of(store.subscriptions.issue([issue]))
    told["backup"] = await problem_of(store.keeper.backup(str(folder / "copy.db")))
    told["left of the backup"] = left(folder)
    told["whole batches"] = kept % MANY == 0 and kept > 0
    told["shown"] = len(await shown(store, subscription, 0, 1))
    await store.close()
    told["open"] = await problem_of(reopened(url))
    for name in ("ballast", "rest"):
        (folder / name).unlink()
    store = open_store(url)
    told["lost"] = kept - await store.papers.count()
    again = [
        await add(store, kept // MANY),
        await problem_of(store.deliveries.sent(claimed, "ref", NOW)),
        await problem_of(store.subscriptions.issue([issue])),
    ]
    told["again"] = again
    told["counts"] = dict(await store.deliveries.counts())
    told["check"] = await store.keeper.check()
    await store.close()
    return told


async def reopened(url: str) -> None:
    await open_store(url).close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(tell(Path(sys.argv[1])))))  # noqa: T201 - whoever asked reads it
