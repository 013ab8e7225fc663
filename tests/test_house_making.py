"""Making the environment and installing, on machines that lack this or that.

A stand-in for uv makes a bare environment, so nothing is fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = "sh cat cksum rm mkdir head dirname date sed mv cp ln chmod find sort tail id make".split()
UV = """#!/bin/sh
# Stands in for uv: `venv … FOLDER` and `pip install …`, without any package.
echo "$*" >>"$UV_CALLS"
case "$1" in
venv)
    for folder; do :; done
    "$UV_PYTHON" -m venv --without-pip "$folder"
    printf '#!/bin/sh\\necho paperboy\\n' >"$folder/bin/paperboy"
    chmod +x "$folder/bin/paperboy"
    ;;
pip) exit "${UV_FAILS:-0}" ;;
esac
"""
OLD_PYTHON = """#!/bin/sh
# Stands in for a Python that is too old: it runs nothing, and says its version.
[ "$1" = --version ] && echo "Python 3.9.2" && exit 0
exit 1
"""
DEBIAN_PYTHON = """#!/bin/sh
# Stands in for Debian's Python without python3-venv: ensurepip is missing.
case "$*" in *ensurepip*) exit 1 ;; esac
exec "$REAL_PYTHON" "$@"
"""

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


class Machine:
    """A copy of the project, and a PATH of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "paper boy"  # a space, as people's folders have them
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls = folder / "uv-calls"
        self.calls.touch()
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)
        self.folder.mkdir()
        names = "Makefile pyproject.toml requirements.lock requirements-dev.lock .env.example"
        for name in names.split():
            shutil.copy(ROOT / name, self.folder)
        for name in (".ci", "docs"):
            shutil.copytree(ROOT / name, self.folder / name)

    def has(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        known = {"PATH": str(self.bin), "UV_CALLS": str(self.calls), "UV_PYTHON": sys.executable}
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env={**known, "REAL_PYTHON": sys.executable, "LC_ALL": "C", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def uv_calls(self) -> int:
        return len(self.calls.read_text().splitlines())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def complaint(ran: subprocess.CompletedProcess[str]) -> str:
    """The one line that was said, make's own word aside."""
    assert ran.returncode != 0
    [line] = [text for text in ran.stderr.splitlines() if not text.startswith("make")]
    return line


def test_an_old_python_is_one_line_with_the_way_out(machine: Machine) -> None:
    machine.has("python3", OLD_PYTHON)
    said = complaint(machine.make("environment"))
    assert "needs Python 3.11 or newer, and here is Python 3.9.2" in said
    assert "apt install python3.11-venv" in said
    assert "uv" in said


def test_no_python_at_all_is_one_line_too(machine: Machine) -> None:
    assert "and here is none" in complaint(machine.make("environment"))


def test_a_missing_venv_module_is_one_line_that_names_the_package(machine: Machine) -> None:
    machine.has("python3", DEBIAN_PYTHON)
    assert "apt install python3-venv" in complaint(machine.make("environment"))
    assert not (machine.folder / ".venv").exists()


def test_uv_fetches_a_python_where_the_one_here_is_too_old(machine: Machine) -> None:
    machine.has("python3", OLD_PYTHON)
    machine.has("uv", UV)
    assert machine.make("environment").returncode == 0
    assert "--python >=3.11,<3.15" in machine.calls.read_text()


def test_the_environment_is_made_once_and_says_so_in_one_line(machine: Machine) -> None:
    machine.has("uv", UV)
    first = machine.make("environment")
    made = machine.uv_calls()
    second = machine.make("environment")
    assert first.stderr == "Making the environment (once, about a minute) …\n"
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert machine.uv_calls() == made


def installs(machine: Machine) -> int:
    return machine.calls.read_text().count("pip install")


def test_an_environment_that_was_not_filled_does_not_count(machine: Machine) -> None:
    machine.has("uv", UV)
    assert machine.make("environment", UV_FAILS="1").returncode != 0
    before = installs(machine)
    assert machine.make("environment").returncode == 0
    assert installs(machine) == before + 2  # the packages, then Paperboy


def test_an_environment_is_made_anew_after_a_move_or_another_lock(machine: Machine) -> None:
    machine.has("uv", UV)
    machine.make("environment")
    made = installs(machine)
    machine.folder = machine.folder.rename(machine.folder.with_name("moved"))
    machine.make("environment")
    assert installs(machine) == made * 2
    with (machine.folder / "requirements.lock").open("a") as lock:
        lock.write("# another\n")
    machine.make("environment")
    assert installs(machine) == made * 3


def test_what_the_tests_need_is_enough_for_the_demo(machine: Machine) -> None:
    machine.has("uv", UV)
    machine.make("development")
    made = installs(machine)
    machine.make("environment")
    machine.make("development")
    assert installs(machine) == made


def test_installing_twice_keeps_settings_and_turns_to_the_new_release(machine: Machine) -> None:
    machine.has("uv", UV)
    out = machine.folder / "out"
    first = machine.make("install", "DESTDIR=out")
    assert first.returncode == 0, first.stderr
    settings = out / "etc/paperboy/paperboy.env"
    settings.write_text("HUGGINGFACE_TOKEN=mine\n")
    before = (out / "opt/paperboy/current").resolve(strict=True)
    for _ in range(2):
        assert machine.make("install", "DESTDIR=out").returncode == 0
    after = (out / "opt/paperboy/current").resolve(strict=True)
    assert before != after
    assert not before.exists()
    assert len(list((out / "opt/paperboy/releases").iterdir())) == 2
    assert settings.read_text() == "HUGGINGFACE_TOKEN=mine\n"
    assert settings.stat().st_mode & 0o777 == 0o640
    unit = (out / "etc/systemd/system/paperboy.service").read_text()
    assert "ExecStart=/opt/paperboy/current/bin/paperboy run\n" in unit


def test_an_install_that_fails_leaves_the_release_before(machine: Machine) -> None:
    machine.has("uv", UV)
    machine.make("install", "DESTDIR=out")
    current = machine.folder / "out/opt/paperboy/current"
    before = current.resolve(strict=True)
    assert machine.make("install", "DESTDIR=out", UV_FAILS="1").returncode != 0
    assert current.resolve(strict=True) == before
    assert list(before.parent.iterdir()) == [before]


@pytest.mark.skipif(os.getuid() == 0, reason="only somebody who is not root is turned away")
def test_installing_for_real_needs_root(machine: Machine) -> None:
    assert "sudo make install" in complaint(machine.make("install"))


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    unit = (ROOT / "docs/deploy/paperboy.service").read_text()
    file = tmp_path / "paperboy.service"
    file.write_text(unit.replace("@PREFIX@/current/bin/paperboy", "/bin/true"))
    ran = subprocess.run(
        ["systemd-analyze", "verify", file], capture_output=True, text=True, check=False
    )
    about_ours = [text for text in ran.stderr.splitlines() if str(file) in text]
    assert [
        text for text in about_ours if "RestartSteps" not in text and "MaxDelay" not in text
    ] == []
