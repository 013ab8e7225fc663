"""`paperboy model`: the real model over a stand-in hub, every ending with its line and its code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from standins.hub import FILE, NAME, REVISION, HubStandin, real_files
from standins.model_folder import model_folder
from standins.shell import Inside


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[HubStandin]:
    async with HubStandin(files=real_files(model_folder(tmp_path / "real"))) as standin:
        yield standin


@pytest.fixture
def shell(inside_offline: Inside, hub: HubStandin) -> Inside:
    inside_offline.settings |= {
        "EMBEDDING_HUB_URL": hub.url,
        "EMBEDDING_MODEL": NAME,
        "EMBEDDING_REVISION": REVISION,
        "EMBEDDING_FILE": FILE,
        "EMBEDDING_SHA256": hub.sha256,
    }
    return inside_offline


async def test_a_model_is_pulled_once_and_tried(shell: Inside, hub: HubStandin) -> None:
    ran = await shell("model", "pull")
    assert (ran.code, ran.err) == (0, "")
    folder = shell.home / "models" / f"owner--model@{REVISION}"
    assert "model.onnx: 22,928,619 bytes\n" in ran.out
    assert f"The model is ready in {folder}: {NAME}, 384 dimensions.\n" in ran.out
    hub.seen.clear()
    again = await shell("model", "pull")
    assert again.code == 0
    assert "bytes" not in again.out
    assert hub.seen == []


async def test_the_standing_of_the_model_is_told(shell: Inside) -> None:
    before = await shell("model", "status")
    missing = "Semantic search is off: the model is missing: run paperboy model pull.\n"
    assert (before.code, before.out) == (1, missing)
    await shell("model", "pull")
    await shell("status")  # makes the database
    after = await shell("model", "status")
    told = f"Semantic search: {NAME}@{REVISION[:12]}, 0 of 0 papers embedded.\n"
    assert (after.code, after.out) == (0, told)


async def test_another_checksum_is_a_fault(shell: Inside) -> None:
    shell.settings["EMBEDDING_SHA256"] = "0" * 64
    ran = await shell("model", "pull")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith(f"paperboy: the checksum of {FILE} differs from EMBEDDING_SHA256")
    assert (await shell("model", "status")).code == 1


async def test_weights_that_no_runtime_reads_are_a_fault(shell: Inside, hub: HubStandin) -> None:
    hub.files[FILE] = b"no weights"
    shell.settings["EMBEDDING_SHA256"] = hub.sha256
    ran = await shell("model", "pull")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "can't be read" in ran.err


@pytest.mark.parametrize("model", ["off", "/tmp/of-mine"])  # noqa: S108 - only named
async def test_there_is_nothing_to_pull_where_no_model_is_named(shell: Inside, model: str) -> None:
    shell.settings["EMBEDDING_MODEL"] = model
    ran = await shell("model", "pull")
    assert ran.code == 2
    assert ran.err.startswith("paperboy: EMBEDDING_MODEL is ")


async def test_a_model_that_was_changed_on_disk_is_not_used(shell: Inside) -> None:
    await shell("model", "pull")
    folder = shell.home / "models" / f"owner--model@{REVISION}"
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"!")
    ran = await shell("model", "status")
    assert ran.code == 1
    assert "checksum differs from EMBEDDING_SHA256: paperboy model pull" in ran.out
    assert (await shell("model", "pull")).code == 0
    assert (await shell("model", "status")).code == 0


async def test_the_doctor_tells_how_it_stands_and_that_off_is_no_fault(shell: Inside) -> None:
    about = "semantic search: "
    missing = await shell("doctor")
    assert f"ok    {about}off: the model is missing: run paperboy model pull\n" in missing.out
    await shell("model", "pull")
    await shell("status")  # makes the database
    there = await shell("doctor")
    assert f"ok    {about}{NAME}@{REVISION[:12]}, 0 of 0 papers embedded\n" in there.out
    shell.settings["EMBEDDING_MODEL"] = "off"
    assert f"ok    {about}off: EMBEDDING_MODEL is off\n" in (await shell("doctor")).out


async def test_the_doctor_names_a_model_that_is_not_the_pinned_one(shell: Inside) -> None:
    await shell("model", "pull")
    shell.settings["EMBEDDING_SHA256"] = "0" * 64
    ran = await shell("doctor")
    assert ran.code == 1
    assert "wrong semantic search: the model's checksum differs from EMBEDDING_SHA256" in ran.out


async def test_the_demo_offers_the_model_once_and_uses_it_then(shell: Inside) -> None:
    offer = "to search by sense too, once: paperboy model pull"
    before = await shell("demo", typed="")
    assert offer in " ".join(before.out.split())
    await shell("model", "pull")
    after = await shell("demo", typed="")
    assert (after.code, after.err) == (0, "")
    assert offer not in " ".join(after.out.split())
