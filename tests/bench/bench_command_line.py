"""How long somebody waits at a shell: `python tests/bench/bench_command_line.py`.

Prints the machine, and for each command the median and the slowest of some runs as real processes.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = 7
CLOSED = "http://127.0.0.1:9"
COMMANDS = {  # with the longest that is wanted, in seconds
    ("--help",): 0.4,
    ("pull", "--help"): 0.4,
    ("demo",): 2.0,
    ("search", "attention"): 0.0,
    ("status",): 0.0,
}


def main() -> None:
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{RUNS} runs each, no network"
    )
    with tempfile.TemporaryDirectory() as folder:
        for words, wanted in COMMANDS.items():
            spans = sorted(_seconds(words, folder) for _ in range(RUNS))
            goal = f" (wanted: {wanted:g} s)" if wanted else ""
            told = f"{statistics.median(spans):.2f} s, slowest {spans[-1]:.2f} s{goal}"
            print(f"  {'paperboy ' + ' '.join(words):26}{told}")


def _seconds(words: tuple[str, ...], folder: str) -> float:
    settings = dict.fromkeys(("HUGGINGFACE_URL", "ARXIV_RSS_URL", "ARXIV_API_URL"), CLOSED)
    home = {"PAPERBOY_HOME": f"{folder}/home", "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    subprocess.run(
        (sys.executable, "-m", "bot", *words),
        cwd=folder,
        env=os.environ | settings | home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
