"""Fetching a model over real HTTP: whole, checked and in place, or not there at all."""

import asyncio
import errno
import os
import resource
import signal
from contextlib import contextmanager

import pytest
from standins.hub import FILE, NAME, REVISION, WEIGHTS, HubStandin

from bot.embeddings import fetching
from bot.embeddings.fetching import HubModel, fetch_model
from bot.errors import ModelError


@pytest.fixture
async def hub():
    async with HubStandin() as standin:
        yield standin


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "models" / "owner--model"


async def fetch(hub, folder, reported=None, **changes):
    wanted = {"hub_url": hub.url, "name": NAME, "revision": REVISION, "file": FILE}
    model = HubModel(**(wanted | {"sha256": hub.sha256} | changes))
    report = (lambda *step: reported.append(step)) if reported is not None else _silent
    await asyncio.to_thread(fetch_model, model, folder, report)


def _silent(_file, _here, _size):
    return None


async def refusal(hub, folder, **changes):
    with pytest.raises(ModelError) as caught:
        await fetch(hub, folder, **changes)
    assert "\n" not in str(caught.value)
    assert not folder.exists()
    return str(caught.value)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


async def test_a_model_is_put_in_place_with_all_of_its_files(hub, folder):
    await fetch(hub, folder)
    assert names(folder) == ["config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json"]
    assert (folder / "model.onnx").read_bytes() == WEIGHTS
    assert names(folder.parent) == ["owner--model"]


async def test_progress_ends_with_all_of_a_file(hub, folder):
    reported = []
    await fetch(hub, folder, reported)
    weights = [(here, size) for file, here, size in reported if file == "model.onnx"]
    assert weights[-1] == (len(WEIGHTS), len(WEIGHTS))
    assert [here for here, _ in weights] == sorted(here for here, _ in weights)


async def test_a_fetch_that_was_broken_off_goes_on_where_it_was(hub, folder):
    hub.faults[FILE] = ["cut"]
    said = await refusal(hub, folder)
    assert said == f"127.0.0.1 broke off {FILE}; call it again, it goes on where it was"
    await fetch(hub, folder)
    assert (folder / "model.onnx").read_bytes() == WEIGHTS
    assert [asked for path, asked in hub.seen if path == FILE] == [
        "",
        f"bytes={len(WEIGHTS) // 2}-",
    ]


async def test_a_hub_that_knows_no_ranges_is_asked_for_the_whole(hub, folder):
    hub.faults[FILE] = ["cut", "whole"]
    await refusal(hub, folder)
    await fetch(hub, folder)
    assert (folder / "model.onnx").read_bytes() == WEIGHTS


async def test_what_is_here_already_is_not_fetched_again(hub, folder):
    partial = folder.with_name(f"{folder.name}.partial")
    partial.mkdir(parents=True)
    (partial / "model.onnx.part").write_bytes(WEIGHTS)
    await fetch(hub, folder)
    assert (folder / "model.onnx").read_bytes() == WEIGHTS


async def test_weights_of_another_checksum_are_thrown_away(hub, folder):
    said = await refusal(hub, folder, sha256="0" * 64)
    assert said.startswith(f"the checksum of {FILE} differs from EMBEDDING_SHA256")
    hub.seen.clear()
    await fetch(hub, folder)
    assert (FILE, "") in hub.seen, "nothing of the wrong ones is gone on with"


async def test_a_part_of_other_weights_does_not_spoil_the_next_try_for_good(hub, folder):
    partial = folder.with_name(f"{folder.name}.partial")
    partial.mkdir(parents=True)
    (partial / "model.onnx.part").write_bytes(b"of another model")
    await refusal(hub, folder)
    await fetch(hub, folder)
    assert (folder / "model.onnx").read_bytes() == WEIGHTS


async def test_a_model_that_the_hub_does_not_have_names_the_settings(hub, folder):
    said = await refusal(hub, folder, name="owner/other")
    assert said == (
        "127.0.0.1 has no tokenizer_config.json of owner/other at 111111111111: "
        "see EMBEDDING_MODEL, EMBEDDING_REVISION and EMBEDDING_FILE"
    )
    assert f"has no other.onnx of {NAME}" in await refusal(hub, folder, file="other.onnx")


async def test_a_model_whose_tokenizer_is_missing_is_refused(hub, folder):
    del hub.files["tokenizer.json"]
    assert "has no tokenizer.json" in await refusal(hub, folder)


async def test_a_page_in_place_of_a_file_is_seen_before_the_weights_are_fetched(hub, folder):
    hub.faults["tokenizer_config.json"] = ["html"]
    said = await refusal(hub, folder)
    assert said == "127.0.0.1 sent no JSON for tokenizer_config.json"
    assert hub.seen == []


async def test_a_fault_of_the_hub_is_told_by_its_status(hub, folder):
    hub.faults["tokenizer.json"] = ["503"]
    assert await refusal(hub, folder) == "127.0.0.1 answered 503 for tokenizer.json"


async def test_without_a_network_nothing_is_left_in_place(hub, folder):
    said = await refusal(hub, folder, hub_url="http://127.0.0.1:9")
    assert said == "127.0.0.1 can't be reached; call it again, it goes on where it was"


async def test_a_hub_that_never_answers_is_given_up(hub, folder, monkeypatch):
    monkeypatch.setattr(fetching, "DEADLINES", 0.2)
    hub.faults["tokenizer.json"] = ["silent"]
    assert (await refusal(hub, folder)).startswith("127.0.0.1 does not answer; call it again")


async def test_a_file_without_end_is_given_up(hub, folder, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST_MODEL", 100_000)
    assert "sent more than 100,000 bytes" in await refusal(hub, folder)


async def test_a_damaged_model_in_place_is_replaced(hub, folder):
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"damaged")
    await fetch(hub, folder)
    assert (folder / "model.onnx").read_bytes() == WEIGHTS


async def test_a_full_disk_is_one_clear_line(hub, folder):
    with largest_file(100_000):
        said = await refusal(hub, folder)
    assert said == f"{folder.parent} can't be written: {os.strerror(errno.EFBIG)}"
    await fetch(hub, folder)
    assert (folder / "model.onnx").read_bytes() == WEIGHTS


@contextmanager
def largest_file(size):
    """What a full disk does to a file: writing beyond a size fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
