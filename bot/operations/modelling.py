"""`paperboy model`: fetch the model of semantic search, and say how it stands."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from bot.embeddings.fetching import HubModel, Report, fetch_model
from bot.embeddings.model import GET_EXTRA, missing_extra
from bot.embeddings.semantics import checked_model, describe, open_model, why_off
from bot.errors import ConfigError, ModelError, StoreError
from bot.operations.findings import Finding
from bot.ports import Store
from bot.settings import Settings
from storage import look_at_store, open_store

ABOUT = "semantic search"


def pull_model(settings: Settings) -> None:
    """Fetch the model of the settings, unless it is here already, and try it.

    Raises ConfigError where there is nothing to fetch, ModelError where it can't be had.
    """
    folder = settings.model_folder
    if folder is None:
        raise ConfigError("EMBEDDING_MODEL is off: it names no model to fetch")
    if settings.has_local_model:
        raise ConfigError("EMBEDDING_MODEL is a folder: nothing is ever fetched to it")
    if missing_extra():  # before 23 MB are fetched for nothing
        raise ModelError(f"semantic search is an extra: {GET_EXTRA}")
    model = HubModel(
        settings.embedding_hub_url,
        settings.embedding_model,
        settings.embedding_revision,
        settings.embedding_file,
        settings.embedding_sha256,
    )
    if not _is_here(settings):
        with _progress() as report:
            fetch_model(model, folder, report)
    width = asyncio.run(_width(settings))
    _tell(f"The model is ready in {folder}: {model.name}, {width} dimensions.")
    _tell("Start Paperboy (anew, if it runs): it gives papers their vectors, the newest first.")


async def show_model(settings: Settings) -> int:
    """Print how semantic search stands; returns 1 where it is off, else 0."""
    standing = await asyncio.to_thread(look_at_store, settings.store_url)
    store = None
    if standing == "current":
        store = await asyncio.to_thread(open_store, settings.store_url)
    try:
        _tell(f"Semantic search: {await describe(settings, store.vectors if store else None)}.")
    except ModelError as error:
        _tell(f"Semantic search is off: {error}.")
        return 1
    finally:
        if store:
            await store.close()
    return 0


async def examine_model(settings: Settings, store: Store | None) -> list[Finding]:
    """How semantic search stands, for the doctor: off is no fault, a wrong model is."""
    reason = await asyncio.to_thread(why_off, settings)
    if reason and not settings.has_local_model:
        return [Finding(ABOUT, f"off: {reason}")]
    try:
        return [Finding(ABOUT, await describe(settings, store.vectors if store else None))]
    except ModelError as error:
        return [
            Finding(ABOUT, str(error), fault=True, mend="mend EMBEDDING_MODEL, or set it to off")
        ]
    except StoreError:
        return []  # told as a fault of the database


async def _width(settings: Settings) -> int:
    """How many dimensions the model's vectors have: loading it tries it. Raises ModelError."""
    model = await open_model(settings)
    await model.close()
    return model.width


def _is_here(settings: Settings) -> bool:
    try:
        checked_model(settings)
    except ModelError:
        return False
    return True


@contextmanager
def _progress() -> Iterator[Report]:
    """A bar a file in a terminal; a line a file where there is none."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def report(file: str, here: int, size: int | None) -> None:
            if file not in tasks:
                tasks[file] = progress.add_task(file, total=size, completed=here)
                if not console.is_terminal:
                    _tell(f"{file}: {f'{size:,} bytes' if size else 'of unknown size'}")
            progress.update(tasks[file], completed=here)

        yield report


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
