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

# The last words of what was typed, with their field and the quote they opened, if any.
_LAST = re.compile(r'(?:(?P<field>[A-Za-z]+):)?"?(?P<word>[^":\s][^":]*)?$')
_WORD_STARTS = re.compile(r"(?<![^\s(|-])(?<!\w-)(?=[^\s(|-])")
MOST_ENDINGS = 5  # of what was typed, the longest first, that a name may begin with
_BY = re.compile(r"(?:(?<!\S)(?:papers|articles|preprints) )?(?<!\S)by $", re.IGNORECASE)
_SAME = 4  # times as many names are read as are shown: some are one name spelled otherwise
_LARGEST = ("cs.LG", "cs.CV", "cs.CL", "cs.AI", "cs.RO", "stat.ML")
_BY_LIKELIHOOD = tuple(dict.fromkeys((*_LARGEST, *CATEGORIES)))
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
    found = _recent(db, user, text) + _going_on(db, text, limit)
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


def _going_on(db: Database, text: str, limit: int) -> list[Completion]:
    """The text with its last words made a name: as many of them as any name begins with."""
    for before, field, word in _endings(text):
        found = list(_ending_in(db, before, field, word, limit))
        if found:
            return found
    return []


def _endings(text: str) -> Iterator[tuple[str, str, str]]:
    """Ways to read what was typed as something finished, a field and a word that goes on."""
    last = _LAST.search(text)
    if last is None:
        return
    field, word = (last["field"] or "").lower(), last["word"] or ""
    yield text[: last.start()], field, word
    if not field:
        starts = [match.start() for match in _WORD_STARTS.finditer(text, last.end() - len(word))]
        for start in starts[-MOST_ENDINGS:]:
            yield text[:start], "", text[start:]


def _ending_in(
    db: Database, before: str, field: str, typed: str, limit: int
) -> Iterator[Completion]:
    word = _folded(typed)
    if field in {"", "cat"} and (field or len(word) >= SHORTEST):
        for name in _categories(word):
            yield Completion("category", f"{before}cat:{name}", f"{before}{name} (category)")
    if field in {"", *_KINDS} and len(word) >= SHORTEST:
        for kind, name in _distinct(_named(db, word, _KINDS.get(field, ""), limit * _SAME)):
            # `papers by Yann` is read by a search alone; the field says the same to an alert too.
            told = _BY.sub("", before) if kind == "author" else before
            yield Completion(kind, f'{told}{_FIELDS[kind]}:"{name}"', f"{told}{name} ({kind})")


def _distinct(names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The first of those that differ in case, accents, hyphens or the number of a keyword alone:
    a query for one finds the others, or most of them.
    """
    seen: set[tuple[str, str]] = set()
    for kind, name in names:
        plain = _folded(name).replace("-", " ")
        key = (kind, plain.removesuffix("s") if kind == "keyword" else plain)
        if key not in seen:
            seen.add(key)
            yield kind, name


def _categories(word: str) -> Iterable[str]:
    return (name for name in _BY_LIKELIHOOD if name.lower().startswith(word))


def _named(db: Database, word: str, kind: str, limit: int) -> list[tuple[str, str]]:
    sql = (
        "SELECT DISTINCT kind, name FROM (SELECT n.kind, n.name, n.papers FROM name_starts s"
        " CROSS JOIN names n ON n.pk = s.name WHERE s.start >= ? AND s.start < ?"
        " AND (? IN ('', n.kind)) LIMIT ?) ORDER BY papers DESC, name LIMIT ?"
    )
    return db.execute(sql, (word, f"{word}\U0010ffff", kind, _AMONG, limit)).fetchall()
