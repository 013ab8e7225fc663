"""People in plain words: `papers by Albert Gu and Tri Dao`. Pure."""

from __future__ import annotations

import re

from bot.plain_forms import BEGINS, ENDS, TAKEN
from bot.queries import STOP_WORDS

_NAME_WORD = r"[^\W\d_][\w.'-]*"
_BY = re.compile(
    rf"{BEGINS}by (?P<people>{_NAME_WORD}(?: {_NAME_WORD}){{0,8}}?)"
    rf"(?={ENDS}| (?:about|on|in|with|without|but|from|like|that|which|since|after|until|before"
    r"|this|last)\b)"
)
_PARTICLES = frozenset("van von der den de del della di da dos du la le bin al el ter ten".split())
_LONGEST_NAME = 4  # words
_SHORTEST_NAME = 2  # words, where nothing else says that a name is meant


def people_after(rest: str) -> tuple[str, list[str]]:
    """The text without the people right at its beginning (`papers` stands before it), in any
    case, and the conditions that they are.
    """
    return _without_people(rest, at_once=True, fewest=1)


def take_people(rest: str, *, asked: bool) -> tuple[str, list[str]]:
    """The text without the people in it, by their capitals, and the conditions that they are.

    Where nobody asked for papers, `Learning by Gradient Descent` is a title.
    """
    by = _BY.search(rest)
    around = (rest[: by.start()] + rest[by.end() :]).split() if by else []
    if not asked and any(word.istitle() for word in around):
        return rest, []
    return _without_people(rest, at_once=False, fewest=1 if asked else _SHORTEST_NAME)


def name_condition(name: str) -> str:
    """`author:"Albert Gu"`."""
    return f'author:"{name}"' if " " in name else f"author:{name}"


def _without_people(rest: str, *, at_once: bool, fewest: int) -> tuple[str, list[str]]:
    by = _BY.search(rest)
    if by is None or (at_once and rest[: by.start()].strip()):
        return rest, []
    people = re.split(r" and |, ", by["people"])
    if not all(_is_name(name.split(), fewest, any_case=at_once) for name in people):
        return rest, []
    return rest[: by.start()] + TAKEN + rest[by.end() :], [name_condition(name) for name in people]


def _is_name(words: list[str], fewest: int, *, any_case: bool) -> bool:
    if not fewest <= len(words) <= _LONGEST_NAME or STOP_WORDS & {w.lower() for w in words}:
        return False
    if any_case:
        return True
    return words[-1][0].isupper() and all(w[0].isupper() or w in _PARTICLES for w in words)
