"""Embeddings of papers: the port `VectorStore`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from storage.sqlite.alerting import AlertWatch
from storage.sqlite.engine import Engine
from storage.sqlite.rows import chunks, json_list

FORGOTTEN_AT_ONCE = 5_000  # rows a transaction: a claim may come in between

# In the order of the index by day, so that the newest are read first and nothing is sorted.
_LACKING = (
    "SELECT id, title, abstract FROM papers WHERE pk IN (SELECT pk FROM papers p WHERE NOT EXISTS"
    " (SELECT 1 FROM vectors WHERE paper = p.pk)"
    " ORDER BY last_day DESC, upvotes DESC, pk DESC LIMIT ?)"
    " ORDER BY last_day DESC, upvotes DESC, pk DESC"
)


class SqliteVectors:
    """See bot.ports.VectorStore. `watch` writes what alerts catch by them."""

    def __init__(self, engine: Engine, watch: AlertWatch) -> None:
        self._engine = engine
        self._watch = watch
        self._using = ""
        self._given: dict[str, str] = {}  # the texts last given out to be embedded, by paper

    async def use(self, model: str, width: int) -> None:
        """Keep the vectors of this model from now on; another's are forgotten, step by step."""
        while not await self._engine.write(lambda db: _switch(db, model, width)):
            pass
        self._using = model

    async def lacking(self, limit: int) -> list[tuple[str, str]]:
        """(paper id, text to embed) of papers without a vector, the newest listed first."""
        texts = await self._engine.read(lambda db: _lacking(db, limit))
        self._given = dict(texts)
        return texts

    async def count(self, model: str) -> tuple[int, int]:
        """(papers with a vector of this model, all papers)."""
        return await self._engine.read(lambda db: _count(db, model))

    async def keep(self, vectors: Mapping[str, bytes], at: datetime) -> None:
        """Keep vectors by paper id, in one transaction."""
        model, given = self._using, self._given

        def work(db: Database) -> None:
            self._watch.look_at_vectors(db, _keep(db, model, vectors, given), at)

        await self._watch.write(self._engine, work)

    async def changed(self, model: str, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        """(change number, paper id, vector) of what was kept after a change number, in order."""
        sql = (
            "SELECT v.change, p.id, v.vector FROM vectors v JOIN papers p ON p.pk = v.paper"
            " WHERE v.change > ? AND (SELECT name FROM vector_model) = ?"
            " ORDER BY v.change LIMIT ?"
        )
        return await self._engine.read(lambda db: list(db.execute(sql, (after, model, limit))))


def forget_vectors(db: Database, papers: Iterable[int]) -> None:
    """Let go of the vectors of these papers, by pk: their text is another now."""
    pks = json_list(papers)
    db.execute(
        "INSERT OR IGNORE INTO former_vectors SELECT paper, vector FROM vectors"
        " WHERE paper IN (SELECT value FROM json_each(?))",
        (pks,),
    )
    db.execute("DELETE FROM vectors WHERE paper IN (SELECT value FROM json_each(?))", (pks,))


def _switch(db: Database, model: str, width: int) -> bool:
    """One step towards another model; True once it is in use."""
    if db.execute("SELECT name, width FROM vector_model").fetchone() == (model, width):
        return True
    db.execute(
        "DELETE FROM vectors WHERE paper IN (SELECT paper FROM vectors LIMIT ?)",
        (FORGOTTEN_AT_ONCE,),
    )
    if db.execute("SELECT 1 FROM vectors").fetchone():
        return False
    db.execute("DELETE FROM former_vectors")
    db.execute("UPDATE vector_model SET name = ?, width = ?", (model, width))
    return True


def _lacking(db: Database, limit: int) -> list[tuple[str, str]]:
    papers, vectors = db.execute(
        "SELECT (SELECT count(*) FROM papers), (SELECT count(*) FROM vectors)"
    ).fetchone()
    if papers == vectors:  # counting is a hundred times quicker than looking for what lacks one
        return []
    rows = db.execute(_LACKING, (limit,))
    return [(paper_id, _text(title, abstract)) for paper_id, title, abstract in rows]


def _count(db: Database, model: str) -> tuple[int, int]:
    vectors, papers = db.execute(
        "SELECT (SELECT count(*) FROM vectors WHERE (SELECT name FROM vector_model) = ?),"
        " (SELECT count(*) FROM papers)",
        (model,),
    ).fetchone()
    return vectors, papers


def _keep(
    db: Database, model: str, vectors: Mapping[str, bytes], given: Mapping[str, str]
) -> dict[int, bytes]:
    """Keep what is not out of date; returns the papers that had no vector of their text yet, by
    pk: the vector of their text before, b"" where they had none.
    """
    (name, changes) = db.execute("SELECT name, changes FROM vector_model").fetchone()
    if name != model:  # another process has changed the model since these were made
        return {}
    rows: list[tuple[int, int, bytes]] = []
    for ids in chunks(vectors):
        select = (
            "SELECT pk, id, title, abstract FROM papers"
            " WHERE id IN (SELECT value FROM json_each(?))"
        )
        for pk, paper_id, title, abstract in db.execute(select, (json_list(ids),)):
            # A text that was reworded meanwhile is embedded anew.
            if given.get(paper_id, text := _text(title, abstract)) == text:
                rows.append((pk, changes + len(rows) + 1, vectors[paper_id]))
    had = "SELECT paper FROM vectors WHERE paper IN (SELECT value FROM json_each(?))"
    known = {pk for (pk,) in db.execute(had, (json_list(pk for pk, *_ in rows),))}
    db.conn.executemany(
        "INSERT INTO vectors (paper, change, vector) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET change = excluded.change, vector = excluded.vector",
        rows,
    )
    db.execute("UPDATE vector_model SET changes = ?", (changes + len(rows),))
    former = _take_former(db, [pk for pk, *_ in rows])
    return {pk: former.get(pk, b"") for pk, *_ in rows if pk not in known}


def _take_former(db: Database, pks: Iterable[int]) -> dict[int, bytes]:
    """The vectors of papers' texts before, which are done with."""
    sql = (
        "DELETE FROM former_vectors WHERE paper IN (SELECT value FROM json_each(?))"
        " RETURNING paper, vector"
    )
    return {pk: v for chunk in chunks(pks) for pk, v in db.execute(sql, (json_list(chunk),))}


def _text(title: str, abstract: str) -> str:
    return f"{title}\n{abstract}".strip()
