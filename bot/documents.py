"""A paper as matching sees it: its texts as the full-text index has them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.models import ListedPaper, Paper, TextField, Tokens
from bot.ports import Analyzer

FIELDS = tuple(field for field in TextField if field is not TextField.ANY)


@dataclass(frozen=True, slots=True)
class Document:
    """A paper as matching sees it; `fields` holds every text field but ANY.

    While its categories are awaited it meets only what it meets whichever they will be.
    """

    paper_id: str
    fields: Mapping[TextField, Tokens]
    categories: frozenset[str]
    sources: frozenset[str]
    upvotes: int | None = None
    first_day: date | None = None
    has_code: bool = False
    vector: bytes = b""
    awaits_categories: bool = False


def documents(
    papers: Sequence[ListedPaper], analyze: Analyzer, vectors: Mapping[str, bytes]
) -> list[Document]:
    """The papers, taken apart in one go; `vectors` by paper id, of those that have one."""
    tokens = iter(analyze([text for listed in papers for text in _texts(listed.paper)]))
    return [
        Document(
            listed.paper.id,
            {field: next(tokens) for field in FIELDS},
            frozenset(listed.paper.categories),
            frozenset(listed.sources),
            listed.upvotes,
            listed.first_day,
            bool(listed.paper.code_url),
            vectors.get(listed.paper.id, b""),
        )
        for listed in papers
    ]


def awaiting_categories(document: Document) -> Document:
    """The paper as one that awaits its categories, where it has none: every paper of arXiv has.

    Papers of other sources, whose ids have a prefix, have none to wait for.
    """
    if document.categories or ":" in document.paper_id:
        return document
    return replace(document, awaits_categories=True)


def _texts(paper: Paper) -> list[str]:
    """The texts in the order of FIELDS; several names stand in lines, as in the index."""
    texts = {
        TextField.TITLE: paper.title,
        TextField.ABSTRACT: paper.abstract,
        TextField.AUTHOR: "\n".join(paper.authors),
        TextField.KEYWORD: "\n".join(paper.keywords),
        TextField.ORGANISATION: paper.organisation,
    }
    return [texts[field] for field in FIELDS]
