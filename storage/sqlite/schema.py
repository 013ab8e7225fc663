"""The tables, as migrations.

Texts of times are fixed-width UTC and days are ISO dates, so both compare as they stand. Lists are
JSON, but those that the full-text indices read, which are lines.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlite_utils import Database, Migrations

from storage.sqlite import (
    schema_alerts,
    schema_completing,
    schema_reading,
    schema_search,
    schema_vectors,
)

OPTIONAL_OF_PAPERS = frozenset(
    "published_at updated_at first_day last_day upvotes comments asked_at code_stars raw_title "
    "raw_abstract".split()
)

migrations = Migrations("paperboy")


@migrations()
def m001_papers(db: Database) -> None:
    """Papers, where they were seen, and how pulls ended."""
    # Short columns stand first: a filter or an order then never reads a long row's overflow pages.
    _create(
        db,
        "papers",
        {
            "pk": int,
            "id": str,
            "version": int,
            "published_at": str,
            "updated_at": str,
            "first_day": str,
            "last_day": str,
            "upvotes": int,
            "comments": int,
            "asked_at": str,
            "categories": str,
            "title": str,
            "abstract": str,
            "authors": str,
            "hidden_authors": str,
            "keywords": str,
            "organisation": str,
            "summary": str,
            "comment": str,
            "code_url": str,
            "code_stars": int,
            "project_url": str,
            "thumbnail_url": str,
            "raw_title": str,  # NULL where it is the same as the normalised text
            "raw_abstract": str,
        },
        optional=OPTIONAL_OF_PAPERS,
    )
    db.table("papers").create_index(["id"], unique=True)
    db.execute("CREATE INDEX papers_by_day ON papers (last_day DESC, upvotes DESC, pk DESC)")
    db.execute("CREATE INDEX papers_lacking ON papers (last_day) WHERE categories = ''")
    db.execute(
        "CREATE VIRTUAL TABLE papers_fts USING fts5(title, abstract, authors, keywords,"
        " organisation, content='papers', content_rowid='pk',"
        " tokenize='porter unicode61 remove_diacritics 2')"
    )
    # WITHOUT ROWID, which sqlite-utils does not write: these are looked up by their whole key.
    db.execute(
        """
        CREATE TABLE paper_categories (
            paper INTEGER NOT NULL REFERENCES papers (pk),
            category TEXT NOT NULL,
            PRIMARY KEY (paper, category)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE sightings (
            source TEXT NOT NULL,
            day TEXT NOT NULL,
            paper INTEGER NOT NULL REFERENCES papers (pk),
            upvotes INTEGER,
            comments INTEGER,
            announce_type TEXT NOT NULL,
            estimated INTEGER NOT NULL,
            seen_at TEXT NOT NULL,
            PRIMARY KEY (source, day, paper)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX sightings_by_paper ON sightings (paper, source, day)")
    db.execute(
        """
        CREATE TABLE source_days (
            source TEXT NOT NULL,
            day TEXT NOT NULL,
            state TEXT NOT NULL,
            papers INTEGER NOT NULL,
            checked_at TEXT NOT NULL,
            complete_at TEXT,
            PRIMARY KEY (source, day)
        ) STRICT, WITHOUT ROWID
        """
    )
    _create(
        db,
        "pulls",
        {
            "id": int,
            "source": str,
            "since": str,
            "until": str,
            "started_at": str,
            "finished_at": str,
            "state": str,
            "entries": int,
            "new": int,
            "updated": int,
            "unchanged": int,
            "malformed": int,
            "problem": str,
        },
        "id",
    )
    db.table("pulls").create_index(["source"])
    _create(db, "archives", {"name": str, "added_at": str}, "name")
    _create(db, "validators", {"url": str, "etag": str, "last_modified": str}, "url")
    _create(db, "kept_results", {"token": str, "query": str, "ids": str, "made_at": str}, "token")


@migrations()
def m002_subscriptions(db: Database) -> None:
    """Channels, what they want, what they were shown, and the outbox."""
    _create(db, "channels", {"pk": int, "platform": str, "workspace": str, "id": str, "name": str})
    db.table("channels").create_index(["platform", "workspace", "id"], unique=True)
    _create(
        db,
        "subscriptions",
        {
            "id": int,
            "channel": int,
            "hour": str,
            "zone": str,
            "weekdays": str,  # digits, 0 = Monday
            "filter": str,
            "size": int,
            "ranking": str,
            "layout": str,
            "tell_empty": int,
            "contact_platform": str,
            "contact_id": str,
            "contact_name": str,
            "state": str,
            "next_due_at": str,
            "created_at": str,
            "pause_reason": str,
            "paused_at": str,
            "covered_until": str,
            "due_from": str,
            "away_since": str,
            "empty_streak": int,
            "told": str,
        },
        "id",
        optional={"paused_at", "covered_until", "due_from", "away_since"},
        foreign_keys=[("channel", "channels", "pk")],
    )
    db.table("subscriptions").create_index(["channel"])
    db.execute(
        "CREATE INDEX subscriptions_due ON subscriptions (next_due_at, id) WHERE state = 'active'"
    )
    _create(
        db,
        "editions",
        {
            "id": int,
            "subscription": int,
            "local_day": str,
            "kind": str,
            "due_at": str,
            "made_at": str,
            "window_from": str,
            "window_until": str,
            "candidates": int,
            "due": int,
            "paper_ids": str,
            "heading": str,
            "note": str,
            "states": str,
        },
        "id",
        optional={"window_from"},
        foreign_keys=[("subscription", "subscriptions", "id")],
    )
    db.table("editions").create_index(["subscription", "local_day"], unique=True)
    # By channel, not by subscription: overlapping subscriptions must not repeat a paper.
    db.execute(
        """
        CREATE TABLE ledger (
            channel INTEGER NOT NULL REFERENCES channels (pk),
            paper INTEGER NOT NULL REFERENCES papers (pk),
            subscription INTEGER NOT NULL,
            edition INTEGER NOT NULL,
            shown_at TEXT NOT NULL,
            PRIMARY KEY (channel, paper)
        ) STRICT, WITHOUT ROWID
        """
    )
    _create(db, "filters", {"pk": int, "text": str})
    db.table("filters").create_index(["text"], unique=True)
    db.execute(
        """
        CREATE TABLE filter_papers (
            filter INTEGER NOT NULL REFERENCES filters (pk),
            paper INTEGER NOT NULL REFERENCES papers (pk),
            passed_at TEXT NOT NULL,
            PRIMARY KEY (filter, paper)
        ) STRICT, WITHOUT ROWID
        """
    )
    _create_outbox(db)


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


def _create_outbox(db: Database) -> None:
    _create(
        db,
        "deliveries",
        {
            "id": int,
            "key": str,
            "channel": int,
            "state": str,
            "tries": int,
            "created_at": str,
            "not_before": str,
            "holder": str,
            "lease_until": str,
            "edition": int,
            "subscription": int,
            "part": int,
            "parts": int,
            "threaded": int,
            "closed_at": str,  # when it was sent or given up
            "lost": int,  # 1 where it was given up and the next edition is to say so
            "reference": str,
            "reply_to": str,
            "error": str,
            "paper_ids": str,
            "body": str,
            "plain": str,
        },
        "id",
        optional={"lease_until", "edition", "subscription", "closed_at"},
        foreign_keys=[("channel", "channels", "pk")],
    )
    db.table("deliveries").create_index(["key"], unique=True)
    db.table("deliveries").create_index(["edition", "part"])
    # Partial indexes: the outbox is mostly long since sent, and a claim looks at the rest only.
    for name, columns, rows in (
        ("deliveries_open", "channel, id", "state IN ('waiting', 'sending')"),
        ("deliveries_waiting", "not_before, id", "state = 'waiting'"),
        ("deliveries_sending", "lease_until", "state = 'sending'"),
        ("deliveries_paused", "subscription", "state = 'paused'"),
        ("deliveries_failed", "subscription, closed_at", "state = 'failed'"),
    ):
        db.execute(f"CREATE INDEX {name} ON deliveries ({columns}) WHERE {rows}")
    db.table("deliveries").create_index(["state", "id"])
    _create(db, "leases", {"name": str, "holder": str, "held_until": str}, "name")
    _create(db, "gates", {"service": str, "free_at": str, "reserved_at": str}, "service")


def _create(
    db: Database,
    name: str,
    columns: dict[str, type],
    pk: str = "pk",
    *,
    optional: Collection[str] = frozenset(),
    foreign_keys: list[tuple[str, str, str]] | None = None,
) -> None:
    db.table(name).create(
        columns,
        pk=pk,
        not_null=columns.keys() - {*optional, pk},
        foreign_keys=foreign_keys,
        strict=True,
    )
