"""Trees of queries by chance, in the normal form that the parser makes."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from bot.categories import CATEGORIES
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    SAMPLE,
    Category,
    FirstListed,
    HasCode,
    Lately,
    Like,
    ListedBy,
    TextField,
    Upvotes,
    Word,
)
from bot.query_trees import all_of, any_of, negation

_TEXTS = ["mamba", "GPT-4o", "C++", "l'été", "强化学习", "state-of-the-art", "x1", "x1y", "été:x"]
_DAYS = st.dates(date(1991, 1, 1), date(2099, 12, 31))
_VOTES = st.integers(0, 999_999_999)
_WORDS = st.builds(
    Word, st.sampled_from(_TEXTS), st.booleans(), st.sampled_from(TextField), st.booleans()
) | st.builds(Word, st.sampled_from(["to be or not", "state space"]), st.just(value=True))

LEAVES = st.one_of(
    _WORDS,
    st.builds(Category, st.sampled_from(CATEGORIES)),
    st.builds(ListedBy, st.sampled_from([HUGGINGFACE, ARXIV, SAMPLE])),
    st.builds(Upvotes, _VOTES, st.none()),
    st.builds(Upvotes, st.none(), _VOTES),
    st.tuples(_VOTES, _VOTES).map(lambda both: Upvotes(*sorted(both))),
    st.tuples(_DAYS, _DAYS).map(lambda both: FirstListed(*sorted(both))),
    st.builds(FirstListed, _DAYS, st.none()),
    st.builds(FirstListed, st.none(), _DAYS),
    st.builds(Lately, st.integers(1, 36_500)),
    st.just(HasCode()),
    st.builds(Like, st.sampled_from(["2405.21060", "math/0309136"]), st.booleans()),
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(all_of),
        st.lists(inner, min_size=2, max_size=3).map(any_of),
        inner.map(negation),
    ),
    max_leaves=10,
)
