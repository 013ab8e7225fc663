"""What holds where nobody said otherwise (DESIGN §4), in one place. The README repeats it."""

from __future__ import annotations

from datetime import time, timedelta

from bot.models import ARXIV, HUGGINGFACE, SAMPLE, Layout, Query, Ranking
from bot.queries import sources_of

HOUR = time(9)
WEEKDAYS = frozenset(range(5))  # Monday to Friday: the sources announce nothing at weekends
FILTER = ""  # the Hugging Face picks
RANKING = Ranking.UPVOTES
LAYOUT = Layout.COMPACT
TELL_EMPTY = True  # a line on holiday, stale and broken days
PICKS_SIZE = 10
ARXIV_SIZE = 25  # arXiv lists several times as many and gives no votes to cut by
LARGEST_SIZE = 50  # papers an edition: a large day of Hugging Face (UPSTREAM), several messages

DAY_SOURCES = frozenset({HUGGINGFACE, SAMPLE})  # what `today` and `trending` look at
SEARCH_PAGE = 5
DAY_PAGE = 10
START_PAGE = 3  # `/papers` alone
KEPT_RESULTS = 200  # ids behind a pager (DESIGN §7)
COUNTED_RESULTS = 1000  # matches are counted up to here, then "more than"

TRENDING_DAYS = 7  # listing days
TRENDING_HALF_LIFE = timedelta(days=2)  # after this an upvote counts half


def edition_size(query: Query) -> int:
    """How many papers an edition with this filter holds."""
    return ARXIV_SIZE if sources_of(query) == {ARXIV} else PICKS_SIZE
