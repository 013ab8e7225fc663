"""Collections that tell how good a search is: papers, questions, and which papers answer them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import QueryError
from bot.models import Paper, Query
from bot.queries import parse_query, words_query
from bot.sources.daily_papers import parse_daily_papers


@dataclass(frozen=True)
class Collection:
    """Papers, questions by id, and by question the grades of the papers that answer it."""

    name: str
    papers: list[Paper]
    questions: dict[str, str]
    grades: dict[str, dict[str, int]]


def collections(data: Path) -> Iterator[Collection]:
    """The folders of `relevance` in recorded data; none where there are none."""
    for folder in sorted((data / "relevance").glob("*/")):
        papers = [
            Paper(f"{folder.name}:{about['_id']}", about["title"], about["text"])
            for about in _lines(folder / "corpus.jsonl")
        ]
        grades: dict[str, dict[str, int]] = {}
        for text in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            question, document, grade = text.split("\t")
            if grade.strip().isdecimal() and int(grade):
                grades.setdefault(question, {})[f"{folder.name}:{document}"] = int(grade)
        questions = {each["_id"]: each["text"] for each in _lines(folder / "queries.jsonl")}
        judged = {number: text for number, text in questions.items() if number in grades}
        yield Collection(folder.name, papers, judged, grades)


def known_items(data: Path) -> Collection:
    """The papers of the recorded days without their titles; each title is a question."""
    found: dict[str, Paper] = {}
    for path in sorted((data / "hf_daily").glob("*.json")):
        parsed = parse_daily_papers(path.read_bytes(), date.fromisoformat(path.stem))
        found |= {paper.id: paper for paper in parsed.papers if paper.abstract}
    papers = [Paper(paper.id, "", paper.abstract) for paper in found.values()]
    titles = {number: paper.title for number, paper in found.items()}
    return Collection("known items", papers, titles, {number: {number: 1} for number in titles})


def query_of(text: str) -> Query:
    """A question as it is searched for; what the language refuses is taken as words."""
    try:
        return parse_query(text)
    except QueryError:
        return words_query(text)


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """The normalised discounted cumulative gain of the first ten."""
    best = sorted(grades.values(), reverse=True)
    return _gain([grades.get(number, 0) for number in found]) / _gain(best)


def reciprocal_rank(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """One over the place of the first that is right, 0 where none is."""
    return next((1 / place for place, number in enumerate(found, 1) if number in grades), 0.0)


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
