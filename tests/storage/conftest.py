"""Every engine is run through the contract tests: they know the ports of bot.ports and no more."""

import pytest

from storage import engines, open_store


@pytest.fixture(params=engines())
def url(request, tmp_path):
    # An engine that keeps no file makes its URL here, from the environment, or is skipped.
    return f"{request.param}:///{tmp_path}/papers.db"


@pytest.fixture
async def store(url):
    opened = open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
async def beside(store, url):  # noqa: ARG001 - it stands beside that store
    """A second store on the same database, as another process has it."""
    opened = open_store(url)
    yield opened
    await opened.close()
