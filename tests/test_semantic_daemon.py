"""A real daemon with the real model: it embeds what it pulls, and goes on after a SIGKILL."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from standins.daemon import LIBRARY, NO_LIBRARY, comes, open_house
from standins.model_folder import model_folder

pytestmark = pytest.mark.skipif(LIBRARY is None, reason=NO_LIBRARY)

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
SPEED = 20
LONG = 50.0  # real seconds: loading a model takes one on an idle machine


def embedded(house):
    """How many papers have their vector."""
    with closing(sqlite3.connect(house.home / "papers.db")) as connection:
        return connection.execute("SELECT count(*) FROM vectors").fetchone()[0]


async def test_a_daemon_embeds_what_it_pulls_and_goes_on_after_a_kill(tmp_path):
    folder = model_folder(tmp_path / "model")
    home = tmp_path / "home"
    home.mkdir()
    async with open_house(home, MONDAY, SPEED) as house:
        house.settings["EMBEDDING_MODEL"] = str(folder)
        first = await house.start()
        assert await comes(lambda: first.said("search by sense"), LONG), first.log
        assert await comes(lambda: embedded(house) > 0, LONG), first.log
        await house.kill(first)
        before = embedded(house)
        second = await house.start()
        assert await comes(lambda: embedded(house) > before, LONG), second.log
        await house.stop(second)
        told = await house.ask("model", "status")
        assert told.startswith("Semantic search: model@")
        assert not any(each.said("Traceback") for each in house.daemons)
