"""When two papers are alike in sense: one measure for search, alerts and filters. Pure."""

from __future__ import annotations

from operator import mul

SCALE = 127  # a vector's largest component, so a vector of length 1 has about this length
# Cosines from which on two papers are alike, for all-MiniLM-L6-v2. Over the 7,398 recorded papers
# of Hugging Face a paper has this many others so close to it (median, and the middle half):
# CLOSE 12 (2–40), its narrow topic; LOOSE 74 (20–204), its field. Another model wants others.
CLOSE = 0.68
LOOSE = 0.62


def similarity(one: bytes, other: bytes) -> int:
    """The dot product of two vectors of signed bytes; 0 where they are not of one width.

    Whole numbers, so every engine and every machine comes to the same answer.
    """
    if len(one) != len(other):
        return 0
    return sum(map(mul, memoryview(one).cast("b"), memoryview(other).cast("b")))


def least_cosine(*, loose: bool) -> float:
    """The cosine from which on two papers are alike."""
    return LOOSE if loose else CLOSE


def least_similarity(*, loose: bool) -> int:
    """The dot product from which on two papers are alike."""
    return round(least_cosine(loose=loose) * SCALE * SCALE)


def is_alike(one: bytes, other: bytes, *, loose: bool) -> bool:
    """Whether two papers' vectors are close enough; False where one is missing."""
    return bool(one) and bool(other) and similarity(one, other) >= least_similarity(loose=loose)
