"""The tables of one migration: papers, where they were seen, and how pulls ended."""

from __future__ import annotations

from sqlite_utils import Database

from storage.sqlite.schema_tables import create_table

_OPTIONAL = frozenset(
    "published_at updated_at first_day last_day upvotes comments asked_at code_stars raw_title "
    "raw_abstract".split()
)


def create(db: Database) -> None:
    """Make them."""
    # Short columns stand first: a filter or an order then never reads a long row's overflow pages.
    create_table(
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
        optional=_OPTIONAL,
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
    create_table(
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
    create_table(db, "archives", {"name": str, "added_at": str}, "name")
    create_table(db, "validators", {"url": str, "etag": str, "last_modified": str}, "url")
    create_table(
        db, "kept_results", {"token": str, "query": str, "ids": str, "made_at": str}, "token"
    )
