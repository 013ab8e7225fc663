"""A sentence model on the CPU, through fastembed (onnxruntime): the port `Embedder`.

Nothing here is fetched: the files are in a folder, put there by `paperboy model pull` or by hand.
The vendors are imported when a model is loaded, which takes a second, and never before.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
import functools
import hashlib
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ModelError
from bot.likeness import SCALE

if TYPE_CHECKING:
    from fastembed import TextEmbedding

MODEL_FILE = "model.onnx"
NEEDED_FILES = (MODEL_FILE, "tokenizer.json", "tokenizer_config.json")
EXTRA = ("fastembed", "numpy", "usearch")
GET_EXTRA = "pip install 'paperboy[semantic]'"

# all-MiniLM-L6-v2 was made for 256 tokens; its tokenizer would let twice as many pass.
MOST_TOKENS = 256
LONGEST_TEXT = 10_000  # characters: far more than 256 tokens, and quick to take apart
NICENESS = 10  # of the thread that works through the archive
_NAME = "paperboy/local"  # what fastembed calls whatever is in the folder


class SentenceModel:
    """See bot.ports.Embedder; made by `load_model`.

    Two threads share the model, so that a query never waits for a paper. Texts are embedded one by
    one, which on one core is quicker than in batches, where all are as long as the longest (8.1
    texts a second against 6.3 in eights, measured), and whoever waits need not wait for long.
    """

    def __init__(self, name: str, embedding: TextEmbedding) -> None:
        self.name = name
        self._embedding = embedding
        self.width = len(_vector(embedding, "width"))
        self._queries = ThreadPoolExecutor(1, "embed-query")
        self._papers = ThreadPoolExecutor(1, "embed-papers", initializer=_step_back)

    async def embed(self, texts: Sequence[str], *, patiently: bool = False) -> list[bytes]:
        """A unit vector a text, as int8 scaled by 127. Raises ModelError."""
        pool = self._papers if patiently else self._queries
        try:
            futures = [pool.submit(_vector, self._embedding, text) for text in texts]
        except RuntimeError as error:
            raise ModelError("the model is closed") from error
        return await asyncio.gather(*map(asyncio.wrap_future, futures))

    async def close(self) -> None:
        """Let go of the model, once the text that is being embedded is done."""
        for pool in (self._queries, self._papers):
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)


async def load_model(folder: Path, name: str) -> SentenceModel:
    """Load the model in a folder, off the event loop; `name` names it with its revision.

    Raises ModelError.
    """
    return await asyncio.to_thread(_load, folder, name)


def missing_extra() -> bool:
    """Whether a package of the extra is not installed."""
    return any(importlib.util.find_spec(name) is None for name in EXTRA)


def missing_files(folder: Path) -> list[str]:
    """The files that a model's folder lacks."""
    return [name for name in NEEDED_FILES if not (folder / name).is_file()]


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load(folder: Path, name: str) -> SentenceModel:
    if missing_extra():
        raise ModelError(f"its packages are not installed: {GET_EXTRA}")
    if missing := missing_files(folder):
        raise ModelError(f"the model's folder {folder} lacks {', '.join(missing)}")
    try:
        return SentenceModel(name, _open(folder))
    except ModelError:
        raise
    except Exception as error:  # fastembed, tokenizers and onnxruntime raise what they like
        raise ModelError(f"the model in {folder} can't be read: {_told(error)}") from error


def _open(folder: Path) -> TextEmbedding:
    # Both are read at the first import: nothing here may ever ask a hub.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from fastembed import TextEmbedding

    _describe()
    embedding = TextEmbedding(
        _NAME,
        specific_model_path=str(folder),
        cache_dir=str(folder),  # else fastembed makes one of its own
        local_files_only=True,
        threads=1,  # the other cores are for searches and the event loop
        providers=["CPUExecutionProvider"],
    )
    _cut(embedding)
    return embedding


@functools.cache
def _describe() -> None:
    """Tell fastembed once what a folder holds: a model whose token vectors are averaged."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    TextEmbedding.add_custom_model(
        model=_NAME,
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf=_NAME),
        dim=0,  # not looked at: the width is what comes out
        model_file=MODEL_FILE,
    )


def _cut(embedding: TextEmbedding) -> None:
    """Read no more of a text than the model was made for."""
    tokenizer = getattr(embedding.model, "tokenizer", None)
    if tokenizer is None or tokenizer.truncation is None:
        raise ModelError("this fastembed shows no tokenizer to set a limit to")
    if tokenizer.truncation["max_length"] > MOST_TOKENS:
        tokenizer.enable_truncation(MOST_TOKENS)


def _vector(embedding: TextEmbedding, text: str) -> bytes:
    import numpy as np

    try:
        [vector] = embedding.embed([_readable(text)], batch_size=1)
    except Exception as error:  # onnxruntime's own are plain Exceptions
        raise ModelError(f"the model can't embed a text: {_told(error)}") from error
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or not length:
        raise ModelError("the model makes vectors without a direction")
    return np.rint(vector / length * SCALE).astype(np.int8).tobytes()


def _readable(text: str) -> str:
    """What the tokenizer takes: no halves of surrogate pairs."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def _told(error: Exception) -> str:
    """The first line of a vendor's error."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"


def _step_back() -> None:
    """Give this thread's turn to the rest of the machine; Linux counts niceness by thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
