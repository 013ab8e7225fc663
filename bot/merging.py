"""Two accounts of one paper → one: what was known is never overwritten by less. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.models import Paper


def merge(known: Paper, seen: Paper) -> Paper:
    """What is known of a paper after it was seen again.

    The text of a newer version replaces that of an older one; a source that names no version
    (0) fills gaps, and replaces only what came from such a source too. Lists of categories grow.
    Raises ValueError where the two are not the same paper.
    """
    if known.id != seen.id:
        raise ValueError("two papers can't be merged")
    newer = seen.version >= known.version
    hidden = tuple(dict.fromkeys((*known.hidden_authors, *seen.hidden_authors)))
    authors = seen.authors if seen.authors and (newer or not known.authors) else known.authors
    return replace(
        known,
        **_text(known, seen, newer),
        authors=tuple(name for name in authors if name not in hidden),
        hidden_authors=hidden,
        categories=tuple(dict.fromkeys(_first_categories(known, seen, newer))),
        keywords=seen.keywords or known.keywords,
        organisation=seen.organisation or known.organisation,
        summary=seen.summary or known.summary,
        published_at=_published(known.published_at, seen.published_at),
        updated_at=max(filter(None, (known.updated_at, seen.updated_at)), default=None),
        version=max(known.version, seen.version),
        comment=seen.comment if seen.comment and newer else known.comment or seen.comment,
        code_url=seen.code_url or known.code_url,
        code_stars=known.code_stars if seen.code_stars is None else seen.code_stars,
        project_url=seen.project_url or known.project_url,
        thumbnail_url=seen.thumbnail_url or known.thumbnail_url,
    )


def _text(known: Paper, seen: Paper, newer: bool) -> dict[str, str]:
    """Title and abstract, each with the raw text it was made from."""
    text: dict[str, str] = {}
    for name in ("title", "abstract"):
        new = getattr(seen, name)
        source = seen if new and (newer or not getattr(known, name)) else known
        text |= {name: getattr(source, name), f"raw_{name}": getattr(source, f"raw_{name}")}
    return text


def _first_categories(known: Paper, seen: Paper, newer: bool) -> tuple[str, ...]:
    """All categories of both; the primary one, which stands first, is the newer account's."""
    first, second = (seen, known) if newer else (known, seen)
    return (*first.categories, *second.categories)


def _published(known: datetime | None, seen: datetime | None) -> datetime | None:
    """The more exact of two times: since 2026 Hugging Face gives the date alone (UPSTREAM)."""
    if known is None or seen is None:
        return known or seen
    exact = [
        moment
        for moment in (known, seen)
        if moment.time().replace(microsecond=0).isoformat() != "00:00:00"
    ]
    return min(exact or (known, seen))
