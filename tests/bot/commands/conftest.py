from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from standins.office import FRIDAY, Office

from storage import open_store


@pytest.fixture
async def empty_office(tmp_path: Path) -> AsyncIterator[Office]:
    store = open_store(f"sqlite:///{tmp_path}/papers.db")
    yield Office(store)
    await store.close()


@pytest.fixture
async def office(empty_office: Office) -> Office:
    """With twelve papers on Friday and three on Thursday; Monday has none yet."""
    await empty_office.list_papers(
        FRIDAY, {f"Diffusion of kind {number}": number for number in range(1, 13)}
    )
    await empty_office.list_papers(
        FRIDAY - timedelta(days=1),
        {"Old mamba": 30, "Selective state spaces": 9, "Mamba and sheep": 2},
    )
    return empty_office
