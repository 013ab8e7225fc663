"""A postman that is told to stop finishes what it has taken up."""

import asyncio
import contextlib
import sqlite3
from datetime import UTC, datetime

from bot.delivery import Postman
from bot.models import Channel, Payload
from storage import open_store

NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)


class Wall:
    name = "wall"

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:  # noqa: ARG002
        return key


async def test_what_is_claimed_while_it_is_told_to_stop_is_sent(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/papers.db")
    await store.deliveries.enqueue(Channel("wall", "lab", "papers"), "a", [Payload("{}", "")], NOW)
    postman = Postman(
        store.deliveries,
        store.subscriptions,
        store.alerts,
        {"wall": Wall()},
        holder="me",
        clock=lambda: NOW,
    )
    with contextlib.closing(sqlite3.connect(tmp_path / "papers.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the claim has to wait
        running = asyncio.create_task(postman.run())
        for _ in range(10):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert await store.deliveries.counts() == {"sent": 1}
    await store.close()
