"""Marked texts, and the passage of one that is worth showing. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.models import Runs

LONGEST_PASSAGE = 240  # characters: about three lines of a card
_LEAD = 60  # characters: how far before the first mark a passage may begin
_MARKS_WEIGHED = 200  # as first ones of a passage: bounds the time for a text of nothing but marks
_SENTENCE_END = re.compile(r"[.!?] (?=\S)|[。！？]")


class Marked(NamedTuple):
    """A text, and its spans (start, end) that are marked: in order, apart."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()


def united(one: Marked, other: Marked) -> Marked:
    """A text with what either marks."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((*one.spans, *other.spans)):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return Marked(one.text, tuple(spans))


def runs(marked: Marked) -> Runs:
    """The text in runs, each with whether it is marked."""
    found: list[tuple[str, bool]] = []
    place = 0
    for start, end in marked.spans:
        found += [(marked.text[place:start], False), (marked.text[start:end], True)]
        place = end
    found.append((marked.text[place:], False))
    return tuple(run for run in found if run[0])


def passage(abstract: Marked) -> Runs:
    """The part of an abstract with the most different words marked, the first of such.

    An abstract without marks gives its beginning.
    """
    text = abstract.text
    if len(text) <= LONGEST_PASSAGE:
        return runs(abstract)
    start = _beginning(text, _best_mark(abstract))
    end = _ending(text, start + LONGEST_PASSAGE)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    moved = len(before) - start
    spans = ((max(s, start) + moved, min(e, end) + moved) for s, e in abstract.spans)
    shown = Marked(f"{before}{text[start:end]}{after}", tuple(s for s in spans if s[0] < s[1]))
    return runs(shown)


def _best_mark(marked: Marked) -> int:
    """Where the mark begins that more different words follow close by than any other."""
    best, most = 0, 0
    for place, (start, _) in enumerate(marked.spans[:_MARKS_WEIGHED]):
        near = marked.spans[place : place + LONGEST_PASSAGE]
        shown = start + LONGEST_PASSAGE - _LEAD
        words = {marked.text[s:e].casefold() for s, e in near if e <= shown}
        if len(words) > most:
            best, most = start, len(words)
    return best


def _beginning(text: str, first: int) -> int:
    """Where to begin so that the first mark is shown: at a sentence, else at a word."""
    least = max(first - _LEAD, 0)
    if not least:
        return 0
    ends = [end.end() for end in _SENTENCE_END.finditer(text, least, first)]
    return ends[-1] if ends else text.find(" ", least, first) + 1 or least


def _ending(text: str, most: int) -> int:
    """Where to end, behind a word if that is near."""
    if most >= len(text):
        return len(text)
    space = text.rfind(" ", most - _LEAD, most + 1)
    return len(text[: most if space < 0 else space].rstrip(" ,;:"))
