"""What a query may go on with: the port `Completions`.

Names are derived from the papers, some hundreds a transaction, in the background.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlite_utils import Database

from bot.categories import CATEGORIES
from bot.models import User
from bot.ports import Completion
from storage.sqlite.engine import Engine
from storage.sqlite.rows import sound, stamp
from storage.sqlite.vocabulary import refresh_vocabulary

RECENT_KEPT = 50  # queries of one person
SHORTEST = 2  # characters: from one alone half of all names begin
LONGEST_NAME = 80  # characters: longer names are no help in a list
CHUNK = 500  # papers read at once
MOST_STARTS = 6  # words of a name from which on it is found
_AMONG = 5000  # names that begin alike and are compared by how many papers bear them
# Keywords and organisations come with Hugging Face's listing, often after arXiv's: what was listed
# lately is looked at again.
_RELISTED = "last_day >= date((SELECT max(last_day) FROM papers), '-8 days')"

# The last word of what was typed, with its field and the quote it opened, if any.
_LAST = re.compile(r'(?:(?P<field>[A-Za-z]+):)?"?(?P<word>[^":\s][^":]*)?$')
_KINDS = {"author": "author", "org": "organisation", "keyword": "keyword"}
_FIELDS = {kind: field for field, kind in _KINDS.items()}


class SqliteCompletions:
    """See bot.ports.Completions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def refresh(self) -> bool:
        """Bring words, names and counts up to date, if enough has changed; True where it did."""
        named = False
        while await self._engine.write(_add_names):
            named = True
        if named:
            await self._engine.write(_add_relisted)
        return await refresh_vocabulary(self._engine) or named

    async def remember(self, user: User, query: str, at: datetime) -> None:
        """Keep a query as one of this person's recent ones."""
        await self._engine.write(lambda db: _remember(db, user, sound(query), stamp(at)))

    async def complete(self, user: User, text: str, limit: int) -> list[Completion]:
        """Whole queries that go on from `text`, the likeliest first."""
        return await self._engine.read(lambda db: _complete(db, user, text, limit))


def _add_names(db: Database) -> int:
    """Take in the names of the next papers; returns how far it came, 0 where all were done."""
    (done,) = db.execute("SELECT done_until FROM names_progress").fetchone()
    rows = db.execute(
        "SELECT pk, authors, keywords, organisation FROM papers WHERE pk > ? ORDER BY pk LIMIT ?",
        (done, CHUNK),
    ).fetchall()
    if not rows:
        return 0
    _count(db, Counter(name for _, *texts in rows for name in _names_in(*texts)))
    until = int(rows[-1][0])
    db.execute("UPDATE names_progress SET done_until = ?", (until,))
    return until


def _add_relisted(db: Database) -> None:
    rows = db.execute(
        "SELECT '', keywords, organisation FROM papers"  # noqa: S608
        f" WHERE {_RELISTED} AND (keywords <> '' OR organisation <> '')"
    )
    known = set(db.execute("SELECT kind, name FROM names WHERE kind <> 'author'"))
    found = Counter(name for texts in rows for name in _names_in(*texts))
    _count(db, Counter({name: count for name, count in found.items() if name not in known}))


def _names_in(authors: str, keywords: str, organisation: str) -> Iterator[tuple[str, str]]:
    for kind, text in (("author", authors), ("keyword", keywords), ("organisation", organisation)):
        for name in text.split("\n"):
            plain = " ".join(name.replace('"', " ").split())
            if SHORTEST <= len(plain) <= LONGEST_NAME:
                yield kind, plain


def _count(db: Database, found: Counter[tuple[str, str]]) -> None:
    for (kind, name), papers in found.items():
        [(pk, total)] = db.execute(
            "INSERT INTO names (kind, name, papers) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET papers = papers + excluded.papers RETURNING pk, papers",
            (kind, name, papers),
        ).fetchall()
        if total == papers:
            db.conn.executemany(
                "INSERT OR IGNORE INTO name_starts (start, name) VALUES (?, ?)",
                [(start, pk) for start in _starts(name)],
            )


def _starts(name: str) -> list[str]:
    """The folded name from each of its words on."""
    words = _folded(name).split()
    return [" ".join(words[place:]) for place in range(min(len(words), MOST_STARTS))]


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(s for s in decomposed if not unicodedata.combining(s)).casefold()


def _remember(db: Database, user: User, query: str, at: str) -> None:
    owner = (user.platform, user.id)
    db.execute(
        "INSERT INTO recent_queries (platform, user, query, asked_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET asked_at = excluded.asked_at",
        (*owner, query, at),
    )
    db.execute(
        "DELETE FROM recent_queries WHERE platform = ? AND user = ? AND query NOT IN ("
        "SELECT query FROM recent_queries WHERE platform = ? AND user = ?"
        " ORDER BY asked_at DESC LIMIT ?)",
        (*owner, *owner, RECENT_KEPT),
    )


def _complete(db: Database, user: User, text: str, limit: int) -> list[Completion]:
    found = [*_recent(db, user, text), *_going_on(db, text, limit)]
    return list({each.query: each for each in found}.values())[:limit]


def _recent(db: Database, user: User, text: str) -> list[Completion]:
    sql = "SELECT query FROM recent_queries WHERE platform = ? AND user = ? ORDER BY asked_at DESC"
    begun = _folded(text.strip())
    queries = [query for (query,) in db.execute(sql, (user.platform, user.id))]
    return [
        Completion("recent", query, query)
        for query in queries
        if _folded(query).startswith(begun) and query != text
    ]


def _going_on(db: Database, text: str, limit: int) -> Iterator[Completion]:
    """The text with its last word made a name."""
    last = _LAST.search(text)
    word = _folded(last["word"] or "") if last else ""
    if last is None or len(word) < SHORTEST:
        return
    before, field = text[: last.start()], (last["field"] or "").lower()
    if field in {"", "cat"}:
        for name in _categories(word):
            yield Completion("category", f"{before}cat:{name}", f"{before}{name} (category)")
    if field in {"", *_KINDS}:
        for kind, name in _named(db, word, _KINDS.get(field, ""), limit):
            query = f'{before}{_FIELDS[kind]}:"{name}"'
            yield Completion(kind, query, f"{before}{name} ({kind})")


def _categories(word: str) -> Iterable[str]:
    return (name for name in CATEGORIES if name.lower().startswith(word))


def _named(db: Database, word: str, kind: str, limit: int) -> list[tuple[str, str]]:
    sql = (
        "SELECT DISTINCT kind, name FROM (SELECT n.kind, n.name, n.papers FROM name_starts s"
        " CROSS JOIN names n ON n.pk = s.name WHERE s.start >= ? AND s.start < ?"
        " AND (? IN ('', n.kind)) LIMIT ?) ORDER BY papers DESC, name LIMIT ?"
    )
    return db.execute(sql, (word, f"{word}\U0010ffff", kind, _AMONG, limit)).fetchall()
