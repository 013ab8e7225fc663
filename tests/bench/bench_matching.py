"""Which of a million alerts a paper sets off: `python tests/bench/bench_matching.py [folder]`.

Prints the machine, the mix of alerts, the figures, and beside them a loop of `in` per alert and
one full-text query per alert. Alerts are made from the titles in `arxiv_metadata.jsonl.gz` of the
folder of recordings, papers are those of its `hf_daily`; without them both are made up.
"""

# ruff: noqa: T201 - it is there to print

from __future__ import annotations

import gzip
import json
import os
import pickle
import platform
import random
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time as clock
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.matching import AlertIndex, Document, documents, plan_of  # noqa: E402
from bot.models import (  # noqa: E402
    HUGGINGFACE,
    And,
    Category,
    ListedPaper,
    Node,
    Not,
    Paper,
    Query,
    TextField,
    Upvotes,
    Word,
)
from bot.queries import STOP_WORDS  # noqa: E402
from bot.sources.daily_papers import parse_daily_papers  # noqa: E402
from storage.sqlite.analyzer import TOKENIZERS, SqliteAnalyzer  # noqa: E402

DATA = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
SIZES = (100_000, 1_000_000)
PAPERS = 2_000
PAGE = 50  # papers of one pull
COUNTED = 20_000  # papers whose stems tell how rare each is
LOOPED = 5  # papers for the loop of `in`
ASKED = 1_000  # alerts for the full-text queries
STATM = Path("/proc/self/statm")
TODAY = date(2026, 11, 23)
UNWANTED = "survey review benchmark dataset".split()

Alert = tuple[str, Query]  # what the loop of `in` looks for, and the query


def recorded_papers() -> list[ListedPaper]:
    """Papers to make alerts from: recorded titles, authors and categories, else made up."""
    recorded = DATA / "arxiv_metadata.jsonl.gz"
    if not recorded.exists():
        return list(_made_up(10_000))
    with gzip.open(recorded, "rt", encoding="utf-8") as lines:
        return [_listed(json.loads(line)) for line in lines]


def _listed(row: dict[str, object]) -> ListedPaper:
    title, abstract, authors, names = (
        row[name] for name in ("title", "summary", "authors", "categories")
    )
    return ListedPaper(
        Paper(str(row["id"]), str(title), str(abstract), tuple(authors), categories=tuple(names))  # type: ignore[arg-type]
    )


def _made_up(count: int) -> Iterator[ListedPaper]:
    chance = random.Random(1)
    letters = "aeionrstlmcdpu"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 11))) for _ in range(40_000)]
    weights = [1 / (place + 10) for place in range(len(words))]  # few words are most of a text
    for number in range(count):
        text = " ".join(chance.choices(words, weights, k=190))
        paper = Paper(f"{number}", text[:80], text, ("Ada Lovelace",), categories=("cs.LG",))
        yield ListedPaper(paper, number % 99, TODAY)


def daily_papers(known: Sequence[ListedPaper]) -> list[ListedPaper]:
    """The newest of the recorded days; arXiv's categories are lent them by other papers."""
    days = sorted((DATA / "hf_daily").glob("*.json"), reverse=True)
    lent = random.Random(2)
    found: list[ListedPaper] = []
    for path in days:
        parsed = parse_daily_papers(path.read_bytes(), date.fromisoformat(path.stem))
        votes = {sighting.paper_id: sighting for sighting in parsed.sightings}
        for paper in parsed.papers:
            sighting = votes[paper.id]
            categories = lent.choice(known).paper.categories
            lender = Paper(**{**_values(paper), "categories": categories})
            found.append(
                ListedPaper(lender, sighting.upvotes, None, sighting.day, None, (HUGGINGFACE,))
            )
    return (found or list(known))[:PAPERS]


def _values(paper: Paper) -> dict[str, object]:
    return {name: getattr(paper, name) for name in Paper.__slots__}


class Wishes:
    """Alerts as people set them, drawn from titles: what is common there is asked for often."""

    def __init__(self, papers: Sequence[ListedPaper]) -> None:
        self._chance = random.Random(3)
        self._papers = papers
        self.mix: Counter[str] = Counter()

    def make(self) -> Alert:
        """One word 35 %, two or three 35 %, a phrase 20 %, with another condition 10 %."""
        kind = self._chance.choices(("one word", "words", "phrase", "conditions"), (35, 35, 20, 10))
        wanted, node = self._of_kind(kind[0])
        self.mix[kind[0]] += 1
        parts = node.parts if isinstance(node, And) else (node,)
        return wanted, Query(And(parts))

    def _of_kind(self, kind: str) -> tuple[str, Node]:
        if kind == "one word":
            [word] = self._words(1)
            return word, Word(word)
        if kind == "words":
            words = self._words(self._chance.choice((2, 3)))
            return words[0], And(tuple(map(Word, words)))
        if kind == "phrase":
            phrase = self._phrase()
            return phrase, Word(phrase, quoted=True)
        return self._with_condition()

    def _with_condition(self) -> tuple[str, Node]:
        paper = self._chance.choice(self._papers).paper
        [word] = self._words(1)
        if self._chance.random() < 0.25 and paper.authors:
            name = self._chance.choice(paper.authors)
            return name.lower(), Word(name, quoted=True, field=TextField.AUTHOR)
        conditions = (
            Category(self._chance.choice(paper.categories)),
            Not(Word(self._chance.choice(UNWANTED))),
        )
        votes = Upvotes(self._chance.choice((1, 5, 10, 20, 50)))
        return word, And((Word(word), self._chance.choice((*conditions, votes))))

    def _words(self, count: int) -> list[str]:
        while True:
            words = list(dict.fromkeys(self._title_words()))
            if len(words) >= count:
                return self._chance.sample(words, count)

    def _title_words(self) -> list[str]:
        title = self._chance.choice(self._papers).paper.title.lower()
        return [word for word in re.findall(r"[a-z][a-z0-9-]+", title) if word not in STOP_WORDS]

    def _phrase(self) -> str:
        while True:
            words = re.findall(r"[\w-]+", self._chance.choice(self._papers).paper.title.lower())
            length = self._chance.choice((2, 2, 3, 3, 4))
            places = [p for p in range(len(words) - length + 1) if words[p] not in STOP_WORDS]
            if places:
                place = self._chance.choice(places)
                return " ".join(words[place : place + length])


def counted(papers: Sequence[ListedPaper], analyze: SqliteAnalyzer) -> Counter[str]:
    """How many of the papers hold each stem."""
    counts: Counter[str] = Counter()
    for start in range(0, len(papers), PAGE):
        for document in documents(papers[start : start + PAGE], analyze, {}):
            counts.update({stem for tokens in document.fields.values() for stem in tokens.stems})
    return counts


def write_plans(path: Path, alerts: Sequence[Alert], known: Sequence[ListedPaper]) -> None:
    """Each alert's plan, pickled: what a database keeps beside it."""
    analyze = SqliteAnalyzer()
    rarity = counted(known[:COUNTED], analyze)
    began = clock.perf_counter()
    plans: dict[Query, str] = {}
    with path.open("wb") as file:
        for _, query in alerts:
            if query not in plans:
                plans[query] = plan_of(query, analyze, rarity.__getitem__)
            pickle.dump(plans[query], file)
    spent = clock.perf_counter() - began
    print(
        f"  plans         {len(plans):,} different queries, {len(set(plans.values())):,} different "
        f"plans; {spent / len(plans) * 1e6:.0f} us each, once in an alert's life"
    )


def measure(size: int, folder: Path) -> None:
    """In a process of its own: build the index of `size` alerts, and match every paper."""
    papers: list[ListedPaper] = pickle.loads((folder / "papers").read_bytes())  # noqa: S301
    analyze = SqliteAnalyzer()
    apart, taking = _taken_apart(papers, analyze)
    before = resident_megabytes()
    index, reading = AlertIndex(lambda _: b""), 0.0
    with (folder / "plans").open("rb") as file:
        began = clock.perf_counter()
        for number in range(size):
            index.add(number, pickle.load(file))  # noqa: S301
        built = clock.perf_counter() - began
        file.seek(0)
        began = clock.perf_counter()
        for _ in range(size):
            pickle.load(file)  # noqa: S301
        reading = clock.perf_counter() - began
    grown = resident_megabytes() - before
    spent, worked, found = [], [], []
    for document in apart:
        began, at_work = clock.perf_counter(), clock.process_time()
        numbers = index.matching(document, TODAY)
        worked.append(clock.process_time() - at_work)
        spent.append(clock.perf_counter() - began)
        found.append(len(numbers))
    whole = [one + other for one, other in zip(spent, taking, strict=True)]
    print(f"  build         {built - reading:.2f} s (and {reading:.2f} s to read the plans)")
    print(f"  memory        {grown:.0f} MB; {index.unkeyed:,} alerts without a term")
    print(f"  a paper       {_spread(spent)} (of the processor {_spread(worked)})")
    print(f"  with its texts taken apart before: {_spread(whole)}")
    print(f"  matches       mean {sum(found) / len(found):,.0f} a paper, most {max(found):,}")


def resident_megabytes() -> float:
    """The memory that this process holds; elsewhere than on Linux the most that it ever held."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _taken_apart(
    papers: Sequence[ListedPaper], analyze: SqliteAnalyzer
) -> tuple[list[Document], list[float]]:
    """The papers in pages as a pull brings them, and the seconds that each of them took."""
    found: list[Document] = []
    seconds: list[float] = []
    for start in range(0, len(papers), PAGE):
        page = papers[start : start + PAGE]
        began = clock.perf_counter()
        found += documents(page, analyze, {})
        seconds += [(clock.perf_counter() - began) / len(page)] * len(page)
    return found, seconds


def loop_naively(alerts: Sequence[Alert], papers: Sequence[ListedPaper]) -> float:
    """Seconds a paper of looking for each alert's first word in the paper's text."""
    began = clock.perf_counter()
    for listed in papers[:LOOPED]:
        text = f"{listed.paper.title} {listed.paper.abstract}".lower()
        sum(wanted in text for wanted, _ in alerts)
    return (clock.perf_counter() - began) / LOOPED


def query_naively(alerts: Sequence[Alert], papers: Sequence[ListedPaper]) -> float:
    """Seconds an alert of one full-text query over a page of papers."""
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE fts USING fts5(text, tokenize='{TOKENIZERS['stems']}')")
    db.executemany(
        "INSERT INTO fts VALUES (?)", [(f"{p.paper.title} {p.paper.abstract}",) for p in papers]
    )
    some = random.Random(4).sample(alerts, ASKED)
    began = clock.perf_counter()
    for wanted, _ in some:
        db.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (f'"{wanted}"',)).fetchall()
    return (clock.perf_counter() - began) / ASKED


def _spread(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    mean, late = sum(ordered) / len(ordered), ordered[int(len(ordered) * 0.99)]
    return f"mean {mean * 1000:.2f}, p99 {late * 1000:.2f} ms"


def main() -> None:
    """The figures of all sizes."""
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )
    known = recorded_papers()
    papers = daily_papers(known)
    wishes = Wishes(known)
    alerts = [wishes.make() for _ in range(max(SIZES))]
    mix = ", ".join(f"{kind} {number / len(alerts):.0%}" for kind, number in wishes.mix.items())
    print(f"  alerts        drawn from {len(known):,} titles: {mix}")
    print(f"  papers        {len(papers):,}, by pages of {PAGE}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "papers").write_bytes(pickle.dumps(papers))
        write_plans(folder / "plans", alerts, known)
        for size in SIZES:
            print(f"{size:,} alerts", flush=True)
            command = [sys.executable, __file__, "measure", str(size), name]
            subprocess.run(command, check=True)
            loop = loop_naively(alerts[:size], papers)
            asking = query_naively(alerts[:size], papers[:PAGE]) * size / PAGE
            print(
                f"  loop of in    {loop * 1000:,.0f} ms a paper (its first word, {LOOPED} papers)"
            )
            print(
                f"  a query each  {asking * 1000:,.0f} ms a paper, worked out from {ASKED:,} "
                f"queries over a page of {PAGE}"
            )


if sys.argv[1:2] == ["measure"]:
    measure(int(sys.argv[2]), Path(sys.argv[3]))
else:
    main()
