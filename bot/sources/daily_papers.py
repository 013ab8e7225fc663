"""Hugging Face's JSON → papers: every shape since 2023, old and new. Pure.

Which fields can be trusted is told in UPSTREAM.md: `item.publishedAt` and `item.title` can't.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from bot.errors import SourceError
from bot.identity import paper_id
from bot.models import HUGGINGFACE, Paper, Sighting
from bot.normalising import normalise
from bot.sources.fields import (
    MAX_ABSTRACT,
    MAX_AUTHORS,
    MAX_NAME,
    MAX_TITLE,
    MalformedError,
    Parsed,
    count,
    mapping,
    optional_moment,
    optional_text,
    optional_url,
    required_text,
    text,
)

MAX_KEYWORDS = 100


def parse_daily_papers(body: bytes, day: date) -> Parsed:
    """The papers of a list (`/api/daily_papers`, `/api/papers/search`), seen on `day`.

    An entry that can't be read is counted as malformed and costs itself alone. Raises SourceError
    where the body is no JSON array.
    """
    items = _json(body)
    if not isinstance(items, list):
        raise SourceError("Hugging Face sent no list of papers")
    papers: list[Paper] = []
    sightings: list[Sighting] = []
    for item in items:
        try:
            paper, sighting = _listed(mapping(item), day)
        except MalformedError:
            continue
        papers.append(paper)
        sightings.append(sighting)
    return Parsed(tuple(papers), tuple(sightings), len(items), len(items) - len(papers))


def parse_paper(body: bytes) -> Paper:
    """The paper of `/api/papers/{id}`. Raises SourceError where it can't be read."""
    try:
        return _paper(mapping(_json(body)))
    except MalformedError as error:
        raise SourceError("Hugging Face sent no paper that can be read") from error


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceError("Hugging Face sent no valid JSON") from error


def _listed(item: Mapping[str, object], day: date) -> tuple[Paper, Sighting]:
    about = mapping(item.get("paper"))
    paper = _paper({**about, **_beside(item, about)})
    upvotes = count(about.get("upvotes"))
    return paper, Sighting(paper.id, HUGGINGFACE, day, upvotes, count(item.get("numComments")))


def _beside(item: Mapping[str, object], about: Mapping[str, object]) -> dict[str, object]:
    """What may stand beside the paper: its picture always does, its organisation at times."""
    beside = {"thumbnail": item.get("thumbnail")}
    if "organization" not in about:
        beside["organization"] = item.get("organization")
    return beside


def _paper(about: Mapping[str, object]) -> Paper:
    found = paper_id(text(about.get("id"), MAX_NAME))
    if found is None:
        raise MalformedError("no arXiv id")
    title = required_text(about.get("title"), MAX_TITLE)
    abstract = text(about.get("summary", ""), MAX_ABSTRACT)
    shown, hidden = _authors(about.get("authors", []))
    return Paper(
        id=found[0],
        title=normalise(title),
        abstract=normalise(abstract),
        authors=shown,
        hidden_authors=hidden,
        keywords=_keywords(about.get("ai_keywords")),
        organisation=_organisation(about.get("organization")),
        summary=optional_text(about.get("ai_summary"), MAX_ABSTRACT),
        published_at=optional_moment(about.get("publishedAt")),
        code_url=optional_url(about.get("githubRepo")),
        code_stars=_stars(about.get("githubStars")),
        project_url=optional_url(about.get("projectPage")),
        thumbnail_url=optional_url(about.get("thumbnail")),
        raw_title=title,
        raw_abstract=abstract,
    )


def _authors(value: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(shown, hidden) names, in order. Namesakes among the authors of a paper are two people."""
    if not isinstance(value, list) or len(value) > MAX_AUTHORS:
        raise MalformedError("no list of authors")
    shown: list[str] = []
    hidden: list[str] = []
    for entry in value:
        author = mapping(entry)
        name = normalise(text(author.get("name"), MAX_NAME))
        (hidden if author.get("hidden") is True else shown).append(name)
    return (
        tuple(name for name in shown if name and name not in hidden),
        tuple(dict.fromkeys(name for name in hidden if name)),
    )


def _keywords(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    found = (optional_text(word, MAX_NAME) for word in value[:MAX_KEYWORDS])
    return tuple(dict.fromkeys(word for word in found if word))


def _organisation(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    return optional_text(value.get("fullname"), MAX_NAME) or optional_text(
        value.get("name"), MAX_NAME
    )


def _stars(value: object) -> int | None:
    try:
        return count(value)
    except MalformedError:  # a wrong star count is no reason to lose the paper
        return None
