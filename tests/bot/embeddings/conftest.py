"""One model for all tests of this folder: loading it takes a second."""

import asyncio

import pytest
from standins.model_folder import model_folder

from bot.embeddings.model import load_model


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return model_folder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def model(folder):
    loaded = asyncio.run(load_model(folder, "small@1"))
    yield loaded
    asyncio.run(loaded.close())
