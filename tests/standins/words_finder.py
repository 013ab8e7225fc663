"""A Finder by words alone, as where there is no model."""

from __future__ import annotations

from bot.models import And, Query, Word
from bot.ports import PaperStore, Results


class WordsFinder:
    def __init__(self, papers: PaperStore) -> None:
        self._papers = papers

    async def search(self, query: Query, limit: int) -> Results:
        ids = await self._papers.search(query, 1001)
        return Results(tuple(ids[:limit]), frozenset(ids[:limit]), len(ids), {})

    async def similar(self, paper_id: str, limit: int) -> Results:
        [listed] = await self._papers.get([paper_id])
        words = tuple(Word(text) for text in listed.paper.title.split()[:1])
        found = await self._papers.search(Query(And(words)), limit + 1)
        ids = tuple(i for i in found if i != paper_id)[:limit]
        return Results(ids, frozenset(ids), len(ids), {})
