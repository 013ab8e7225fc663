"""Which of a million alerts does this paper set off? Pure.

The strict meaning of a query (DESIGN §5), evaluated in memory over the engine's own tokens.
"""

from __future__ import annotations

from datetime import date

from bot.alert_index import AlertIndex
from bot.conditions import Anchors, Examined, condition_of, tokens_of
from bot.documents import Document, awaiting_categories, documents
from bot.models import Query
from bot.plans import plan_of
from bot.ports import Analyzer

__all__ = [
    "AlertIndex",
    "Anchors",
    "Document",
    "awaiting_categories",
    "documents",
    "matches",
    "plan_of",
]


def matches(
    query: Query, document: Document, analyze: Analyzer, anchors: Anchors, today: date
) -> bool:
    """Whether the paper meets the query strictly: the plain way, one query at a time."""
    condition = condition_of(query.tree, tokens_of(query.tree, analyze))
    return Examined(document, anchors, today).meets(condition)
