"""Semantic search in one process: whether there is a model, and what goes on once there is."""

from __future__ import annotations

import asyncio

import structlog

from bot.embeddings.filling import Filling
from bot.embeddings.model import (
    GET_EXTRA,
    MODEL_FILE,
    SentenceModel,
    checksum,
    load_model,
    missing_extra,
    missing_files,
)
from bot.embeddings.nearest import VectorsInMemory
from bot.errors import ModelError, StoreError
from bot.ports import Clock, VectorStore
from bot.retrieval import Retrieval, Sense
from bot.settings import Settings
from bot.wording import count_of

log = structlog.get_logger()


class Semantics:
    """Loads the model, keeps the vectors in memory up to date, and makes those that lack.

    Until `open` is done, and where there is no model, searches go by words alone.
    """

    def __init__(
        self, settings: Settings, vectors: VectorStore, retrieval: Retrieval, clock: Clock
    ) -> None:
        self._settings = settings
        self._vectors = vectors
        self._retrieval = retrieval
        self._clock = clock
        self._opening = asyncio.Lock()
        self._model: SentenceModel | None = None
        self._memory: VectorsInMemory | None = None
        self._filling: Filling | None = None

    async def open(self) -> None:
        """Load what there is, off the event loop; a fault is logged, never fatal."""
        async with self._opening:
            if self._model is not None:
                return
            try:
                model = await open_model(self._settings)
            except ModelError as error:
                log.info("no search by sense", reason=str(error))
                return
            memory = VectorsInMemory(self._vectors, model.name, model.width)
            self._model, self._memory = model, memory
            self._filling = Filling(self._vectors, model, self._clock)
            try:
                await memory.catch_up()
            except StoreError as error:  # what is there is searched; `work` reads the rest
                log.warning("vectors are read later", reason=str(error))
            self._retrieval.sense = Sense(model, memory)
            log.info("search by sense", model=model.name, papers=len(memory))

    async def work(self, *, fill: bool) -> bool:
        """Take in vectors that were kept meanwhile, and where told make those that lack, for a
        while; True where some are left to be made. Raises StoreError.
        """
        if self._memory is None:
            return False
        left = False
        if fill and self._filling is not None:
            try:
                left = await self._filling.fill()
            except ModelError as error:
                log.error("vectors are made no longer", reason=str(error))
                self._filling = None
        await self._memory.catch_up()
        return left

    async def close(self) -> None:
        """Let go of the model."""
        self._retrieval.sense = None
        for part in (self._memory, self._model):
            if part is not None:
                await part.close()


async def open_model(settings: Settings) -> SentenceModel:
    """The model of the settings, loaded. Raises ModelError, which says what to do."""
    name = await asyncio.to_thread(checked_model, settings)
    folder = settings.model_folder
    if folder is None:
        raise ModelError(why_off(settings))
    return await load_model(folder, name)


def checked_model(settings: Settings) -> str:
    """The name of the model with its revision, as the store knows it; a folder's is its checksum.

    Raises ModelError where it is not there, or is not the one that the settings pin.
    """
    folder = settings.model_folder
    if folder is None or why_off(settings):
        raise ModelError(why_off(settings))
    try:
        found = checksum(folder / MODEL_FILE)
    except OSError as error:
        raise ModelError(f"the model in {folder} can't be read: {error.strerror}") from error
    if settings.has_local_model:
        return f"{folder.name}@{found[:12]}"
    if found != settings.embedding_sha256:
        raise ModelError("the model's checksum differs from EMBEDDING_SHA256: paperboy model pull")
    return f"{settings.embedding_model}@{settings.embedding_revision[:12]}"


def why_off(settings: Settings) -> str:
    """Why there is no semantic search, and what to do; "" where its model can be loaded."""
    folder = settings.model_folder
    if folder is None:
        return "EMBEDDING_MODEL is off"
    if missing_extra():
        return f"it is an extra: {GET_EXTRA}"
    missing = missing_files(folder)
    if not missing:
        return ""
    if settings.has_local_model:
        return f"the folder of EMBEDDING_MODEL lacks {', '.join(missing)}"
    return "the model is missing: run paperboy model pull"


# What whoever has no model is told once.
OFFER = "Searches go by words alone; to search by sense too, once: paperboy model pull"


def is_missing(settings: Settings) -> bool:
    """Whether a model is all that semantic search lacks here."""
    folder = settings.model_folder
    return folder is not None and not missing_extra() and bool(missing_files(folder))


async def describe(settings: Settings, vectors: VectorStore | None) -> str:
    """Which model there is, and how many papers it has done. Raises ModelError, StoreError."""
    name = await asyncio.to_thread(checked_model, settings)
    if vectors is None:
        return name
    done, papers = await vectors.count(name)
    return f"{name}, {done:,} of {count_of(papers, 'paper')} embedded"
