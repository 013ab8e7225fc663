"""The tables, as migrations.

Texts of times are fixed-width UTC and days are ISO dates, so both compare as they stand. Lists are
JSON, but those that the full-text indices read, which are lines.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.sqlite import (
    schema_alerts,
    schema_completing,
    schema_installations,
    schema_pace,
    schema_papers,
    schema_places,
    schema_reading,
    schema_search,
    schema_subscriptions,
    schema_vectors,
)

migrations = Migrations("paperboy")


@migrations()
def m001_papers(db: Database) -> None:
    """Papers, where they were seen, and how pulls ended."""
    schema_papers.create(db)


@migrations()
def m002_subscriptions(db: Database) -> None:
    """Channels, what they want, what they were shown, and the outbox."""
    schema_subscriptions.create(db)


@migrations()
def m003_search(db: Database) -> None:
    """Names and beginnings of words, Chinese, Japanese and Korean, completion."""
    schema_search.create(db)


@migrations()
def m004_alerts(db: Database) -> None:
    """Alerts and what they catch."""
    schema_alerts.create(db)


@migrations()
def m005_vectors(db: Database) -> None:
    """Embeddings."""
    schema_vectors.create(db)


@migrations()
def m006_reading(db: Database) -> None:
    """Reading lists, what people asked, and the names a query may go on with."""
    schema_reading.create(db)
    schema_completing.create(db)


@migrations()
def m007_places(db: Database) -> None:
    """What buttons stand for, and workspaces."""
    schema_places.create(db)


@migrations()
def m008_pace(db: Database) -> None:
    """How fast a channel may be written to."""
    schema_pace.create(db)


@migrations()
def m009_installations(db: Database) -> None:
    """What adapters act with in workspaces, and what they have noticed."""
    schema_installations.create(db)
