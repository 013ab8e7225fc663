"""What a query asks of a paper, as lists that JSON can hold, and whether a paper meets it. Pure.

A condition is `[kind, …]`: "and", "or" and "not" hold other conditions, each leaf of the query's
tree is one of the rest. Its words are tokens already, so it is kept beside an alert and checked
without the engine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

from bot.categories import ARCHIVES
from bot.documents import FIELDS, Document
from bot.likeness import is_alike
from bot.models import (
    And,
    Category,
    FirstListed,
    HasCode,
    Lately,
    Like,
    ListedBy,
    Node,
    Not,
    Or,
    TextField,
    Tokens,
    Upvotes,
    Word,
)
from bot.ports import Analyzer

Fact = Category | ListedBy | Upvotes | FirstListed | Lately | HasCode | Like
Condition = list[Any]
Anchors = Callable[[str], bytes]  # the vector of a paper by its id, b"" where it has none

NAMES = frozenset({TextField.AUTHOR, TextField.ORGANISATION})
CACHED = 10_000  # conditions kept as lists, about 5 MB; more are read anew


def condition_of(node: Node, tokens: Mapping[str, Tokens]) -> Condition:
    """What the node asks; `tokens` by the text of each of its words."""
    match node:
        case And(parts):
            return ["and", *(condition_of(part, tokens) for part in parts)]
        case Or(parts):
            return ["or", *(condition_of(part, tokens) for part in parts)]
        case Not(part):
            return ["not", condition_of(part, tokens)]
        case Word():
            return _word_condition(node, tokens[node.text])
        case _:
            return _fact_condition(node)


def tokens_of(node: Node, analyze: Analyzer) -> dict[str, Tokens]:
    """The tokens of the node's words, by their text, taken apart in one go."""
    texts = list(dict.fromkeys(_word_texts(node)))
    return dict(zip(texts, analyze(texts), strict=True))


def is_plain(word: Word) -> bool:
    """Whether it is compared unstemmed: names, and beginnings of words."""
    return word.prefix or word.field in NAMES


class Examined(dict[str, bool]):
    """A document under the eyes of many conditions; `terms` are those of bot.plans, `settled` the
    lines that are known already.

    `examined[line]` says whether it meets a line of a plan, which is worked out when it is first
    asked for. It is asked a thousand times a paper: a method around the look into the dictionary
    would cost three times as much, and holding on to one would make a cycle of objects.
    """

    def __init__(
        self,
        document: Document,
        anchors: Anchors,
        today: date,
        terms: AbstractSet[str] = frozenset(),
        settled: Mapping[str, bool] | None = None,
    ) -> None:
        super().__init__(settled or {})
        self._document = document
        self._anchors = anchors
        self._today = today
        self._terms = terms
        self._texts: dict[tuple[str, str], str] = {}
        self._is_denied = False  # whether what is asked at the moment stands under a "not"

    def __missing__(self, line: str) -> bool:
        answer = self[line] = self._settle(line)
        return answer

    def holds_all(self, lines: str) -> bool:
        """Whether the paper meets each of the lines; "" is none."""
        return not lines or all(map(self.__getitem__, lines.split("\n")))

    def _settle(self, line: str) -> bool:
        if line.startswith("["):
            return self.meets(_read(line))
        if line.startswith("-"):
            is_open = line.startswith("-cat:") and self._document.awaits_categories
            return line[1:] not in self._terms and not is_open
        return line in self._terms

    def meets(self, condition: Condition) -> bool:
        """Whether the paper meets the condition."""
        match condition:
            case ["word", field, kind, phrase]:
                return phrase in self._text(field, kind)
            case ["not", part]:
                return self._meets_not(part)
            case ["and", *parts]:
                return all(map(self.meets, parts))
            case ["or", *parts]:
                return any(map(self.meets, parts))
            case ["any", *terms]:
                return not self._terms.isdisjoint(terms)
            case _:
                return self._meets_fact(condition)

    def _meets_not(self, condition: Condition) -> bool:
        self._is_denied = not self._is_denied
        met = self.meets(condition)
        self._is_denied = not self._is_denied
        return not met

    def _meets_fact(self, condition: Condition) -> bool:
        document, day = self._document, self._document.first_day
        match condition:
            case ["upvotes", low, high]:
                met = _is_within(document.upvotes, low, high)
            case ["category", _] if document.awaits_categories:
                met = self._is_denied  # what is not known yet never helps
            case ["category", name]:
                met = name in with_archives(document.categories)
            case ["source", source]:
                met = source in document.sources
            case ["listed", since, until]:
                met = _is_within(day and day.isoformat(), since, until)
            case ["lately", days]:
                met = day is not None and (self._today - day).days < days
            case ["code"]:
                met = document.has_code
            case ["like", paper_id, loose]:
                met = self._is_like(paper_id, loose=loose)
            case _:
                raise ValueError(f"no condition of this version: {condition[:1]}")
        return met

    def _is_like(self, paper_id: str, *, loose: bool) -> bool:
        if (known := self.get(like_line(paper_id, loose=loose))) is not None:
            return known
        vector = self._document.vector
        if not vector or paper_id == self._document.paper_id:
            return False
        return is_alike(vector, self._anchors(paper_id), loose=loose)

    def _text(self, field: str, kind: str) -> str:
        """A field's tokens (every field's, a line each) with a space before and after each."""
        text = self._texts.get((field, kind))
        if text is None:
            fields = (TextField(field),) if field else FIELDS
            found = (getattr(self._document.fields[each], kind) for each in fields)
            text = "\n".join(f" {' '.join(tokens)} " for tokens in found)
            self._texts[field, kind] = text
        return text


def check_lines(lines: Sequence[str]) -> None:
    """Raise ValueError where one of these lines of a plan can't be read."""
    if not all(lines):
        raise ValueError("a plan with an empty line")
    for line in lines:
        if line.startswith("["):
            _read(line)


def written(condition: Condition) -> str:
    """A condition as a line of a plan."""
    return json.dumps(condition, separators=(",", ":"))


def like_line(paper_id: str, *, loose: bool) -> str:
    """The line that asks for papers like another: as `written`, ten times as fast."""
    return f'["like",{encode_basestring_ascii(paper_id)},{"true" if loose else "false"}]'


def with_archives(categories: Collection[str]) -> set[str]:
    """The categories and the archives that they belong to (`cs` beside `cs.LG`)."""
    archives = {name.partition(".")[0] for name in categories}
    return {*categories, *(archives & ARCHIVES)}


@lru_cache(CACHED)
def _read(line: str) -> Condition:
    try:
        condition: Condition = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("a plan with a condition that is no JSON") from error
    return condition


def _word_condition(word: Word, tokens: Tokens) -> Condition:
    kind = "plain" if is_plain(word) else "stems"
    found: tuple[str, ...] = getattr(tokens, kind)
    if not found:
        return ["or"]  # a word without any letter or digit is met by no paper
    return ["word", word.field.value, kind, f" {' '.join(found)}{'' if word.prefix else ' '}"]


def _fact_condition(node: Fact) -> Condition:
    condition: Condition
    match node:
        case Category(name):
            condition = ["category", name]
        case ListedBy(source):
            condition = ["source", source]
        case Upvotes(low, high):
            condition = ["upvotes", low, high]
        case FirstListed(since, until):
            condition = ["listed", since and since.isoformat(), until and until.isoformat()]
        case Lately(days):
            condition = ["lately", days]
        case HasCode():
            condition = ["code"]
        case Like(paper_id, loose):
            condition = ["like", paper_id, loose]
    return condition


def _word_texts(node: Node) -> Iterator[str]:
    match node:
        case Word(text):
            yield text
        case And(parts) | Or(parts):
            for part in parts:
                yield from _word_texts(part)
        case Not(part):
            yield from _word_texts(part)


def _is_within(value: Any, low: Any, high: Any) -> bool:  # noqa: ANN401 - counts, or ISO dates
    """Whether a value is known and within its bounds; None is no bound."""
    return value is not None and (low is None or value >= low) and (high is None or value <= high)
