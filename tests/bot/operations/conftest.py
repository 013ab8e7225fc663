from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from standins.shell import Inside, Shell
from standins.sources import SourceStandin


@pytest.fixture
async def sources() -> AsyncIterator[SourceStandin]:
    async with SourceStandin(grows=False) as standin:
        yield standin


@pytest.fixture
def shell(sources: SourceStandin, tmp_path: Path) -> Shell:
    """A shell whose sources can be reached."""
    return Shell(tmp_path, sources.url)


@pytest.fixture
def offline(tmp_path: Path) -> Shell:
    """A shell without a network."""
    return Shell(tmp_path)


@pytest.fixture
def inside(
    sources: SourceStandin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Inside:
    """A quick shell whose sources can be reached."""
    return Inside(tmp_path, sources.url, patch=monkeypatch, screen=capfd)


@pytest.fixture
def inside_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Inside:
    """A quick shell without a network."""
    return Inside(tmp_path, patch=monkeypatch, screen=capfd)
