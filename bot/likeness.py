"""When two papers are alike in sense: one measure for search, alerts and filters. Pure."""

from __future__ import annotations

from operator import mul

SCALE = 127  # a vector's largest component, so a vector of length 1 has about this length
# Cosines of embeddings, below which two papers are not close, or not even loosely alike.
CLOSE = 0.60
LOOSE = 0.45


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
