"""How well papers fit a question: what is looked up, and in what order its papers stand. Pure.

The index finds candidates by BM25. The best of them are looked at again, word by word, for what
BM25 does not know: words that stand side by side in the question and in the paper. That lifts the
mean reciprocal rank of titles from 0.918 to 0.938 (docs/decisions.md).
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from storage.sqlite.segmenting import segment

# A match in the title says more than one in the abstract, a name more than a word.
WEIGHTS = (3.0, 1.0, 2.0, 2.0, 1.0)  # of title, abstract, authors, keywords, organisation
SATURATION, LENGTH_WEIGHT = 1.2, 0.75  # k1 and b of BM25, as the index has them (sqlite.org/fts5)
SIDE_BY_SIDE = 0.35  # what a pair of words counts, of what its words count
NEAR_TIE = 0.01  # of the best score: as much as being new, or having upvotes, may move a paper
HALF_LIKED = 20  # upvotes that are worth half of what many are
HALF_NEW = 365  # days after which a paper is half as new as today's

# Words of questions: they say nothing of what is asked. The language leaves out smaller ones yet.
WEAK_WORDS = frozenset(
    "about above across after again against all also am among any anything because been before "
    "being below between both can could did do does doing done down during each either else "
    "ever every few further had having he her here his how however i just may me might more most "
    "must my nor now off once only other our out over own per same shall she should since so "
    "some something than them through too toward towards under until up upon us very via want "
    "what when where whether which while who whom whose why within without would you your".split()
)

_LETTER = r"[^\W_]"
_ANY_WORD = re.compile(_LETTER)
_WORD = re.compile(rf"{_LETTER}+")
_MAY_COMBINE = re.compile("[^\0-\u02ff]+")  # no sign before these is a combining mark
_APART = 4  # signs that stand between two neighbours at most: a hyphen, a comma and a space
_BREAK = "\n" * (_APART + 1)  # stands between columns

Columns = Sequence[str]  # the texts of a paper, in the order of WEIGHTS
StemsOf = Callable[[Collection[str]], Mapping[str, str]]
Counted = defaultdict[str | tuple[str, str], float]  # by stem, and by pair of stems


@dataclass(frozen=True, slots=True)
class Term:
    """A stem that is asked for, and how telling it is: the logarithm of its rarity.

    `begins`: any word that begins so is asked for.
    """

    stem: str
    telling: float
    begins: bool = False

    @property
    def key(self) -> str:
        """What it is counted under: `mamb` and `mamb*` are two."""
        return f"{self.stem}*" if self.begins else self.stem


def term(stem: str, holders: int, papers: int) -> Term:
    """A stem that so many of all papers hold."""
    rest = max(papers - holders, 0)
    return Term(stem, math.log(1 + (rest + 0.5) / (holders + 0.5)))


def fitness(papers: Sequence[Columns], terms: Sequence[Term], stems_of: StemsOf) -> list[float]:
    """How well each paper fits the terms, which are in the order of the question.

    BM25 over its words, and over pairs of them that stand side by side.
    """
    told: Counted = defaultdict(float)
    for one in terms:
        told[one.key] += one.telling
    for one, two in pairwise(terms):
        told[one.key, two.key] = SIDE_BY_SIDE * (one.telling + two.telling)
    wanted = {one.stem for one in terms if not one.begins}
    begun = [one for one in terms if one.begins]
    beginnings = [*_beginnings(wanted), *(one.stem for one in begun)]
    columns = [[_folded(column) + _BREAK for column in paper] for paper in papers]
    texts = ["".join(paper) for paper in columns]
    words = [_words_begun(text, beginnings) for text in texts]
    stems = stems_of({word[0] for found in words for word in found})
    begins = {word: one.key for word in stems for one in begun if word.startswith(one.stem)}
    stems = begins | {word: stem for word, stem in stems.items() if stem in wanted}
    mean = sum(map(len, texts)) / max(len(texts), 1)
    return [
        _bm25(_counted(found, [*accumulate(map(len, paper))], stems, told), told, len(text) / mean)
        for paper, text, found in zip(columns, texts, words, strict=True)
    ]


def _beginnings(stems: Collection[str]) -> list[str]:
    """What words with one of these stems begin with: stemming changes the end of a word alone."""
    return [stem[:-2] if len(stem) > 5 else stem.rstrip("iy") or stem for stem in stems]


def _words_begun(text: str, beginnings: Collection[str]) -> list[re.Match[str]]:
    """The words that begin so, in order. Three times as quick as a pattern of all of them."""
    found: dict[int, re.Match[str]] = {}
    for beginning in beginnings:
        start = text.find(beginning)
        while start >= 0:
            if not (start and text[start - 1].isalnum()) and (word := _WORD.match(text, start)):
                found[start] = word
            start = text.find(beginning, start + 1)
    return [found[start] for start in sorted(found)]


def _folded(text: str) -> str:
    """The text about as the tokenizer sees it: small letters without marks, signs apart."""
    if text.isascii():
        return text.lower()
    bare = _MAY_COMBINE.sub(_without_marks, unicodedata.normalize("NFKD", text))
    return segment(unicodedata.normalize("NFC", bare)).lower()


def _without_marks(signs: re.Match[str]) -> str:
    return "".join(sign for sign in signs[0] if not unicodedata.combining(sign))


def _counted(
    words: Sequence[re.Match[str]], ends: Sequence[int], stems: Mapping[str, str], told: Counted
) -> Counted:
    """How often a paper holds what is told, weighed by column; `ends` is where each ends."""
    counts: Counted = defaultdict(float)
    before, end = "", -_APART - 1
    for word in words:
        stem = stems.get(word[0])
        if stem is None:
            continue
        weight = WEIGHTS[bisect(ends, word.start())]
        counts[stem] += weight
        if (before, stem) in told and _is_next(word, end):
            counts[before, stem] += weight
        before, end = stem, word.end()
    return counts


def _is_next(word: re.Match[str], end: int) -> bool:
    """Whether no other word stands between the place and the word."""
    start = word.start()
    return start - end <= _APART and not _ANY_WORD.search(word.string, end, start)


def _bm25(counts: Counted, told: Counted, relative_length: float) -> float:
    damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * relative_length)
    return sum(
        told[key] * count * (SATURATION + 1) / (count + damping) for key, count in counts.items()
    )


def favour(upvotes: int | None, days_ago: int | None) -> float:
    """From 0 to 1: more for a paper that is liked, more for one that is new."""
    liked = upvotes / (upvotes + HALF_LIKED) if upvotes and upvotes > 0 else 0.0
    new = HALF_NEW / (max(days_ago, 0) + HALF_NEW) if days_ago is not None else 0.0
    return (liked + new) / 2
