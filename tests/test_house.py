"""The house around the code: settings file, locks, layers, and that nothing lies about."""

from __future__ import annotations

import fnmatch
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import adapters
from bot.settings import Settings, env_example

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PACKAGES = ("bot", "adapters", "storage")
AT_THE_TOP = {
    *PACKAGES,
    *LOCKS,
    "tests",
    "docs",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "Makefile",
}
LONGEST_FILE = 300  # lines; the aim is 250 (DESIGN §8)
DECLARATIONS = {"bot/models.py", "bot/ports.py"}  # no logic: looked up in, not read through


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_settings_example_is_made_from_the_settings() -> None:
    names = sorted(module.name for module in pkgutil.iter_modules(adapters.__path__))
    kinds = [importlib.import_module(f"adapters.{name}").Settings for name in names]
    assert read(".env.example") == env_example([Settings, *kinds])


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_address(name: str) -> None:
    lines = [text.strip(" \\") for text in read(name).splitlines() if not text.startswith("#")]
    for text in lines:
        assert re.fullmatch(
            r"--hash=sha256:[0-9a-f]{64}|[a-z0-9-]+(\[[a-z0-9,-]+\])?==[0-9][^/]*", text
        )
    for place, text in enumerate(lines):
        assert not text.startswith("--") or place > 0
        assert text.startswith("--") or lines[place + 1].startswith("--hash=")


def pinned(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[\S+\])?==(\S+)", read(name), re.MULTILINE))


def wanted(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", text) for text in requirements)
    return {re.sub(r"[._]", "-", name[0]).lower() for name in names if name}


def test_the_locks_hold_what_the_project_asks_for() -> None:
    runtime, development = map(pinned, LOCKS)
    project = tomllib.loads(read("pyproject.toml"))
    extras = project["project"]["optional-dependencies"].values()
    asked = [*project["project"]["dependencies"], *(text for extra in extras for text in extra)]
    assert wanted(asked) | wanted(project["build-system"]["requires"]) <= runtime.keys()
    assert wanted(project["dependency-groups"]["dev"]) <= development.keys()
    assert runtime.items() <= development.items()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_the_extras_that_its_packages_ask_for(name: str) -> None:
    """Else pip looks for the newest release with that extra, and refuses it for its hash."""
    locked = dict(re.findall(r"^([a-z0-9-]+)(?:\[(\S+)\])?==", read(name), re.MULTILINE))
    for each in locked.keys() & {found.name.lower() for found in distributions()}:
        for text in requires(each) or ():
            asked = Requirement(text)
            if asked.marker is None or asked.marker.evaluate({"extra": ""}):
                assert asked.extras <= {*locked.get(canonicalize_name(asked.name), "").split(",")}


def test_the_top_holds_only_what_every_project_has() -> None:
    ignored = [text.strip("/") for text in read(".gitignore").split()]
    found = {
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".")
        and not any(fnmatch.fnmatch(path.name, pattern) for pattern in ignored)
    }
    assert found - AT_THE_TOP == set()


def test_every_make_command_that_is_written_down_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    pages = ["README.md", *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]
    told = {
        name
        for page in pages
        for code in re.findall(r"`[^`\n]+`|^```.*?^```", read(page), re.DOTALL | re.MULTILINE)
        for name in re.findall(r"(?:^|[\s`])make ([a-z]+)", code)
    }
    assert {"demo", "install"} <= told
    assert told <= targets


def test_make_alone_names_every_command() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    helped = set(re.findall(r'@echo "make ([a-z]+)', read("Makefile")))
    assert targets - helped == {"help", "lint", "environment", "development"}


def source_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in source_files()
    }
    too_long = {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}
    assert {name: too_long[name] for name in too_long.keys() - DECLARATIONS} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "base"}
    assert [path for path in source_files() if path.stem in empty] == []


def test_the_import_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed beside this Python")
    ran = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
