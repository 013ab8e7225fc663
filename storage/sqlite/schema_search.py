"""The tables of one migration: names, beginnings of words, texts without spaces, completion."""

from __future__ import annotations

from sqlite_utils import Database

from storage.sqlite import schema_vocabulary
from storage.sqlite.indexing import INDICES, TEXT_COLUMNS, keep_segmented
from storage.sqlite.segmenting import LINE_BREAK

_LIST = ", ".join(TEXT_COLUMNS)


def create(db: Database) -> None:
    """Make them, and index again what is there."""
    db.table("segmented").create(
        {"paper": int} | dict.fromkeys(TEXT_COLUMNS, str),
        pk="paper",
        not_null=TEXT_COLUMNS,
        foreign_keys=[("paper", "papers", "pk")],
        strict=True,
    )
    # What both indices read. It is plain SQL, so any SQLite shell can check and rebuild them.
    line_break = " || ".join(f"char({ord(sign)})" for sign in LINE_BREAK)
    texts = ", ".join(
        f"coalesce(s.{name}, replace(p.{name}, char(10), {line_break})) AS {name}"
        for name in TEXT_COLUMNS
    )
    db.execute(
        f"CREATE VIEW papers_text AS SELECT p.pk AS pk, {texts}"  # noqa: S608
        " FROM papers p LEFT JOIN segmented s ON s.paper = p.pk"
    )
    keep_segmented(db, db.execute(f"SELECT pk, {_LIST} FROM papers"))  # noqa: S608
    db.execute("DROP TABLE papers_fts")  # it read the papers themselves
    for name, tokenizer in INDICES.items():
        db.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5({_LIST}, content='papers_text',"
            f" content_rowid='pk', tokenize='{tokenizer}')"
        )
        db.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")  # noqa: S608
    # The ids of what a search finds: from a paper's row each would be a page to read.
    db.execute("CREATE INDEX papers_ids ON papers (pk, id)")
    schema_vocabulary.create(db)
