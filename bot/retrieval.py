"""Search by words and by sense: the port `Finder`.

Two lists are put together, one ranked by the words of the text, one by vectors. What
is no word of the text (`cat:`, `date:`, `author:`, `-without` …) is strict for both. Whatever goes
wrong with the vectors, the words alone answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.errors import BotError
from bot.fusion import Asked, asked_of, fused, middle, ranked_words, strict_first
from bot.likeness import least_cosine
from bot.models import And, Found, Like, ListedPaper, Node, Query, Sort
from bot.ports import Embedder, Nearest, PaperStore, Results
from bot.queries import words_query

DEPTH = 100  # of the papers by words that count in the common list
# The longer the list of the nearest, the smaller the differences at its head, and the more a clear
# match by words counts. nDCG@10 of CISI and Cranfield, and MRR of known items: 0.450, 0.440, 0.932
# with 200 of each, 0.449, 0.441, 0.940 with these (measured).
NEAR_DEPTH = 400
# How many of the nearest are looked through for papers that meet the conditions. Where too few
# do, all that meet them are compared, as long as they are no more than `SELECTIVE`.
WIDE = 1_000
SELECTIVE = 20_000
PATIENCE = 1.0  # seconds that vectors may take before the words answer alone
MOST_COUNTED = 1_000

log = structlog.get_logger()

Near = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Sense:
    """What searching by sense takes: a model that is loaded, and the vectors of papers."""

    embedder: Embedder
    nearest: Nearest


class Retrieval:
    """See bot.ports.Finder. It searches by words alone while its `sense` is None."""

    def __init__(self, papers: PaperStore, patience: float = PATIENCE) -> None:
        self._papers = papers
        self._patience = patience
        self._is_faulty = False
        self.sense: Sense | None = None

    async def search(self, query: Query, limit: int) -> Results:
        """The papers for a query without Lately, best first. Raises StoreError."""
        asked = asked_of(query)
        # An order that was asked for is one of strict matches, of which vectors know nothing.
        if asked.likes and query.sort is Sort.RELEVANCE:
            return await self._alike(query, asked, limit)
        if self.sense is None or query.sort is not Sort.RELEVANCE:
            return _by_words(await self._papers.find(query, limit), limit)
        found, near = await asyncio.gather(
            self._papers.find(query, max(limit, DEPTH)), self._felt(asked, NEAR_DEPTH)
        )
        return await self._together(query, found, near, limit)

    async def similar(self, paper_id: str, limit: int) -> Results:
        """The papers most like one that is kept: by vectors, else by its title and keywords."""
        near = await self._felt(Asked(likes=(paper_id,)), limit)
        if near:
            close = frozenset(i for i, cosine in near if cosine >= least_cosine(loose=False))
            ids = tuple(i for i, _ in near)
            return Results(ids, close, len(close), {}, in_sense=True)
        return await self._by_their_words((paper_id,), (), limit)

    async def _alike(self, query: Query, asked: Asked, limit: int) -> Results:
        """The papers that meet a query with `like:`, then those that are nearest."""
        near = [i for i, _ in await self._felt(asked, WIDE)]
        if not near:
            others = tuple(part for part in query.tree.parts if not isinstance(part, Like))
            return await self._by_their_words(asked.likes, others, limit)
        strict = await self._papers.matching(query, near)
        ids = tuple(dict.fromkeys((*strict, *near)))[:limit]
        return Results(ids, frozenset(strict) & frozenset(ids), len(strict), {}, in_sense=True)

    async def _by_their_words(
        self, likes: Sequence[str], others: tuple[Node, ...], limit: int
    ) -> Results:
        """What shares words with the titles and keywords of papers, where vectors can't tell.

        It is like them in part at most: none of it counts as a strict match.
        """
        papers = [listed.paper for listed in await self._papers.get(likes)]
        text = " ".join(word for paper in papers for word in (paper.title, *paper.keywords))
        words = words_query(text).tree.parts
        if not words:
            return Results((), frozenset(), 0, {})
        found = await self._papers.find(Query(And((*words, *others))), limit + len(likes))
        ids = tuple(i for i in found.ids if i not in likes)[:limit]
        return Results(ids, frozenset(), 0, {})

    async def _together(self, query: Query, found: Found, near: Near, limit: int) -> Results:
        """Both lists as one: what matches all of the query first, and where that is a short list
        what matches in part or in sense.
        """
        if not near:
            return _by_words(found, limit)
        order = tuple(dict.fromkeys((*fused(ranked_words(found)[:DEPTH], near), *found.ids)))
        strict = found.strict_ids
        if len(strict) >= max(limit, DEPTH):  # some of the nearest may match beyond these
            others = [i for i in order if i not in strict]
            strict |= frozenset(await self._papers.matching(query, others))
        ids = strict_first(order, strict)[:limit]
        return Results(ids, strict & frozenset(ids), found.strict, found.corrected, in_sense=True)

    async def _felt(self, asked: Asked, limit: int) -> Near:
        """The papers nearest to what is asked; none where vectors can't tell."""
        if self.sense is None or not (asked.text or asked.likes):
            return []
        try:
            async with asyncio.timeout(self._patience):
                near = await self._nearest(self.sense, asked, limit)
        except (BotError, TimeoutError) as error:
            if not self._is_faulty:
                reason = str(error) or f"no answer within {self._patience:g} s"
                log.warning("searching by words alone", reason=reason)
            self._is_faulty = True
            return []
        self._is_faulty = False
        return near

    async def _nearest(self, sense: Sense, asked: Asked, limit: int) -> Near:
        vector = middle(await self._vectors(sense, asked))
        if not vector:
            return []
        near = await self._passing(
            sense.nearest, vector, asked.conditions, limit + len(asked.likes)
        )
        return [each for each in near if each[0] not in asked.likes][:limit]

    async def _vectors(self, sense: Sense, asked: Asked) -> list[bytes]:
        """Those of the words and of the papers that are named."""
        known = [sense.nearest.vector(paper_id) for paper_id in asked.likes]
        missing = [i for i, vector in zip(asked.likes, known, strict=True) if not vector]
        texts = [asked.text] if asked.text else []
        texts += [_text(listed) for listed in await self._papers.get(missing)] if missing else []
        made = await sense.embedder.embed(texts) if texts else []
        return [vector for vector in (*made, *known) if vector]

    async def _passing(self, nearest: Nearest, vector: bytes, conditions: And, limit: int) -> Near:
        """The nearest of the papers that meet the conditions."""
        if not conditions.parts:
            return await nearest.near(vector, limit)
        query = Query(conditions)
        wide = await nearest.near(vector, max(limit, WIDE))
        passing = frozenset(await self._papers.matching(query, [i for i, _ in wide]))
        near = [each for each in wide if each[0] in passing]
        if len(near) >= limit or len(wide) < WIDE:
            return near[:limit]
        every = await self._papers.search(query, SELECTIVE + 1)
        if len(every) > SELECTIVE:
            return near
        return await nearest.near(vector, limit, every)


def _by_words(found: Found, limit: int) -> Results:
    return Results(found.ids[:limit], found.strict_ids, found.strict, found.corrected)


def _text(listed: ListedPaper) -> str:
    return f"{listed.paper.title}\n{listed.paper.abstract}"
