"""arXiv's XML → papers: the announcement feeds (Atom and RSS) and the query API's answers. Pure.

Both server generations are read (UPSTREAM.md): elements are found by namespace, in any order.
"""

from __future__ import annotations

import calendar
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from xml.sax import SAXException

import feedparser

from bot.announcements import EASTERN
from bot.errors import SourceError
from bot.identity import paper_id
from bot.models import ARXIV, Paper, Sighting
from bot.normalising import normalise
from bot.sources.fields import (
    MAX_ABSTRACT,
    MAX_AUTHORS,
    MAX_NAME,
    MAX_TITLE,
    MalformedError,
    Parsed,
    optional_moment,
    optional_text,
    required_text,
    text,
)

LISTED_TYPES = frozenset({"new", "cross"})  # replacements update a paper and list nothing

_PREFIX = re.compile(
    r"\s*arXiv:\S+\s+Announce Type:\s*(?P<type>[a-z-]+)\s+Abstract:\s*", re.IGNORECASE
)
_CATEGORY = re.compile(r"[a-z-]{2,}(?:\.[A-Za-z-]{2,})?")  # MSC and ACM classes stand there too
_AUTHOR_BREAK = re.compile(r",\s*(?:and\s+)?|\s+and\s+")
_AFFILIATION = re.compile(r"\s*\([^()]*\)")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
_ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML 1.0 forbids them, even escaped
_LONGEST_LIST = 40_000  # characters of one list of authors

Entry = dict[str, Any]


def parse_listing(body: bytes) -> Parsed:
    """The announced papers of a feed; sightings (of new papers and cross-lists) bear its day.

    Half a document gives its whole entries and is `cut`. Raises SourceError where it is no feed.
    """
    document, lost, cut = _document(body)
    papers: list[Paper] = []
    sightings: list[Sighting] = []
    for entry in document.entries:
        try:
            paper, day, announce_type = _announced(entry)
        except MalformedError:
            lost += 1
            continue
        papers.append(paper)
        if announce_type in LISTED_TYPES:
            sightings.append(Sighting(paper.id, ARXIV, day, announce_type=announce_type))
    return Parsed(tuple(papers), tuple(sightings), len(papers) + lost, lost, cut)


def parse_answer(body: bytes) -> Parsed:
    """The papers of an answer of the query API, without sightings.

    Raises SourceError where it is no feed or tells of an error.
    """
    document, lost, cut = _document(body)
    papers: list[Paper] = []
    for entry in document.entries:
        if entry.get("title") == "Error" and not paper_id(entry.get("id", "")):
            raise SourceError(f"arXiv: {normalise(entry.get('summary', 'an error'))[:200]}")
        try:
            papers.append(_queried(entry))
        except MalformedError:
            lost += 1
    told = str(document.feed.get("opensearch_totalresults", "")).strip()
    if not re.fullmatch(r"[0-9]{1,9}", told):  # else half an answer would pass for an empty one
        raise SourceError("arXiv's answer does not say how many results there are")
    return Parsed(tuple(papers), (), len(papers) + lost, lost, cut, int(told))


def _document(body: bytes) -> tuple[Any, int, bool]:
    """(document, entries lost, whether it ended early); never read by feedparser's loose parser,
    which takes markup for text.
    """
    if b"<!DOCTYPE" in body[:1000].upper() or b"<!ENTITY" in body:
        raise SourceError("arXiv sent a page that is no feed")
    legal = _ILLEGAL.sub(b"", body)
    document = _strictly(legal)
    if document is not None:
        return document, 0, False
    return _piecemeal(legal.decode("utf-8", "replace").encode())


def _piecemeal(body: bytes) -> tuple[Any, int, bool]:
    """What can be saved of a broken document: all its whole entries, each read by itself."""
    tag, foot = (b"entry", b"</feed>") if b"<feed" in body else (b"item", b"</channel></rss>")
    head, *rest = re.split(rb"(?=<%s\b)" % tag, body)
    end = b"</%s>" % tag
    blocks = [block.partition(end)[0] + end for block in rest if end in block]
    cut = foot[:7] not in body[-200:]
    document = _strictly(head + b"".join(blocks) + foot)
    if document is not None:
        return document, 0, cut
    document = _strictly(head + foot)
    if document is None:
        raise SourceError("arXiv sent no valid XML")
    pieces = [_strictly(head + block + foot) for block in blocks]
    document.entries = [entry for piece in pieces if piece for entry in piece.entries]
    return document, sum(piece is None for piece in pieces), cut


def _strictly(body: bytes) -> Any:  # noqa: ANN401 - feedparser has no types
    """The document, None where it is not well-formed or no feed."""
    try:
        document = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # noqa: BLE001 - a hostile document brings out faults of the parser itself
        return None
    if isinstance(document.get("bozo_exception"), SAXException) or not document.get("version"):
        return None
    return document


def _announced(entry: Entry) -> tuple[Paper, date, str]:
    summary = text(entry.get("summary", ""), MAX_ABSTRACT)
    prefix = _PREFIX.match(summary)
    abstract = summary[prefix.end() :] if prefix else summary
    announce_type = _named(entry, "announce_type") or (prefix["type"].lower() if prefix else "")
    authors = _split_authors(text(entry.get("author", ""), _LONGEST_LIST))
    paper = _paper(entry, abstract, authors, _categories(entry, ""))
    if not announce_type:  # a feed without types: a first version is new, a later one an update
        announce_type = "new" if paper.version <= 1 else "replace"
    return paper, _feed_day(entry), announce_type


def _queried(entry: Entry) -> Paper:
    names = [author.get("name", "") for author in entry.get("authors", [])]
    if len(names) > MAX_AUTHORS:
        raise MalformedError("too many authors")
    authors = tuple(normalise(text(name, MAX_NAME)) for name in names)
    primary = entry.get("arxiv_primary_category") or {}
    return _paper(
        entry,
        text(entry.get("summary", ""), MAX_ABSTRACT),
        authors,
        _categories(entry, primary.get("term") or ""),
        published_at=optional_moment(entry.get("published")),
        # Past feedparser's own `get`, which would take the one time for the other, with a warning.
        updated_at=optional_moment(dict.get(entry, "updated")),
        comment=optional_text(_named(entry, "comment"), MAX_TITLE),
    )


def _paper(
    entry: Entry,
    abstract: str,
    authors: tuple[str, ...],
    categories: tuple[str, ...],
    *,
    published_at: datetime | None = None,
    updated_at: datetime | None = None,
    comment: str = "",
) -> Paper:
    found = paper_id(entry.get("id", "")) or paper_id(entry.get("link", ""))
    if found is None:
        raise MalformedError("no arXiv id")
    title = required_text(entry.get("title"), MAX_TITLE)
    return Paper(
        id=found[0],
        title=normalise(title),
        abstract=normalise(abstract),
        authors=tuple(name for name in authors if name),
        categories=categories,
        published_at=published_at,
        updated_at=updated_at,
        version=found[1],
        comment=comment,
        raw_title=title,
        raw_abstract=abstract,
    )


def _feed_day(entry: Entry) -> date:
    """The day of the announcement: an entry is dated midnight, US Eastern, of it."""
    try:
        moment = datetime.fromtimestamp(calendar.timegm(entry["published_parsed"]), UTC)
        return moment.astimezone(EASTERN).date()
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise MalformedError("no day") from error


def _categories(entry: Entry, primary: str) -> tuple[str, ...]:
    terms = [primary, *(tag.get("term") or "" for tag in entry.get("tags", []))]
    return tuple(dict.fromkeys(term for term in terms if _CATEGORY.fullmatch(term)))


def _named(entry: Entry, name: str) -> str:
    """The element of arXiv's own namespace, whatever prefix the document gives that."""
    return next(
        (str(entry[key]).strip() for key in entry if key.partition("_")[2] == name and entry[key]),
        "",
    )


def _split_authors(line: str) -> tuple[str, ...]:
    """`A. One, B. Two and C. Three, Jr.` → three names; affiliations in brackets are left out."""
    names: list[str] = []
    for part in _AUTHOR_BREAK.split(_AFFILIATION.sub("", " ".join(line.split()))):
        name = normalise(part)
        if names and name.lower() in _SUFFIXES:
            names[-1] += f", {name}"
        elif name:
            names.append(name)
    if len(names) > MAX_AUTHORS or any(len(name) > MAX_NAME for name in names):
        raise MalformedError("no list of authors")
    return tuple(names)
