"""arXiv: the day's announcement from its feeds, earlier days and single papers from its API.

The terms of use count both hosts together: one request every 3 seconds, one connection. So both
clients share a gate, and here one request is under way at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from bot.announcements import (
    EASTERN,
    empty_state,
    estimated_listing_day,
    is_listing_day,
    listing_day,
    listing_due_at,
    submissions_of,
)
from bot.categories import CATEGORIES
from bot.errors import SourceError
from bot.identity import paper_id
from bot.models import ARXIV, Batch, PullState, Sighting
from bot.ports import Clock
from bot.sources.arxiv_feeds import parse_answer, parse_listing
from bot.sources.client import Answer, PoliteClient
from bot.sources.fields import Parsed
from bot.sources.gathering import Gathering

FEED_LIMIT = 2_000  # entries a feed holds at most: one that is full has lost some (UPSTREAM)
RESULT_LIMIT = 30_000  # results of one query that the API lets page through (UPSTREAM)
EMPTY_PAGE_TRIES = 3  # later pages come empty at times and are there the next moment (UPSTREAM)
ID_BATCH = 100  # ids in one request
FAILURES_TO_STOP = 2  # days in a row without an answer: the service is down


class _RefusedError(SourceError):
    """The API finds fault with the question (HTTP 400): asking again is no use."""


class Arxiv:
    """arXiv over HTTP; a `Source`. `archives` names what is pulled (`cs`, `stat`)."""

    name = ARXIV

    def __init__(
        self,
        feeds: PoliteClient,
        api: PoliteClient,
        archives: Callable[[], Awaitable[Collection[str]]],
        *,
        clock: Clock,
        page_size: int = 1_000,  # 2,000 is the most; smaller slices fail less often
    ) -> None:
        self._feeds = feeds
        self._api = api
        self._archives = archives
        self._clock = clock
        self._page_size = page_size
        self._one_at_a_time = asyncio.Lock()

    async def fetch(self, since: date, until: date) -> Batch:
        """The papers announced from `since` to `until`, newest day first.

        The current listing day comes from the feeds; where they are unchanged since they were
        stored it is left out of `days`. Earlier days come from the API, on estimated days.
        Raises SourceError where nothing at all was answered.
        """
        now = self._clock()
        today = listing_day(ARXIV, now)
        last = min(until, today)
        archives = sorted(await self._archives())
        gathered = Gathering(ARXIV, since, until)
        if since <= today == last and archives:
            await self._announced(gathered, archives, now)
            last -= timedelta(days=1)
        failures = 0
        for back in range((last - since).days + 1 if archives else 0):
            day = last - timedelta(days=back)
            if failures >= FAILURES_TO_STOP:
                gathered.lost(day, "not asked, the service is down")
                continue
            state = await self._archived(gathered, archives, day, now)
            failures = failures + 1 if state is PullState.BROKEN else 0
        return gathered.batch()

    async def by_ids(self, ids: Collection[str]) -> Batch:
        """The papers with these ids as arXiv knows them, without sightings or days.

        What is no arXiv id is not asked for, what arXiv does not know is left out. Raises
        SourceError where nothing at all was answered.
        """
        today = listing_day(ARXIV, self._clock())
        gathered = Gathering(ARXIV, today, today)
        wanted = list(dict.fromkeys(found[0] for text in ids if (found := paper_id(text))))
        for start in range(0, len(wanted), ID_BATCH):
            try:
                await self._by_ids(gathered, wanted[start : start + ID_BATCH])
            except SourceError as error:
                if not gathered.answered:
                    raise
                gathered.problem(str(error))
                break
        return gathered.batch()

    async def _by_ids(self, gathered: Gathering, ids: Sequence[str]) -> None:
        params = {"id_list": ",".join(ids), "max_results": str(len(ids))}
        try:
            _, parsed = await self._read(parse_answer, self._api, "/api/query", params)
        except _RefusedError as error:
            gathered.answered = True
            if len(ids) == 1:
                gathered.problem(f"{ids[0]}: {error}")
                return
            # One bad id spoils the whole request: halve it until it stands alone.
            await self._by_ids(gathered, ids[: len(ids) // 2])
            await self._by_ids(gathered, ids[len(ids) // 2 :])
            return
        gathered.add(parsed)

    async def _announced(self, gathered: Gathering, archives: list[str], now: datetime) -> None:
        """The current listing day: one feed an archive."""
        day = listing_day(ARXIV, now)
        results = [await self._feed(gathered, archive, day, now) for archive in archives]
        if all(state is PullState.BROKEN for state in results):
            gathered.days[day] = PullState.BROKEN
        elif {PullState.BROKEN, PullState.PARTIAL} & set(results):
            gathered.days[day] = PullState.PARTIAL
        elif PullState.NEW in results:
            gathered.days[day] = PullState.NEW
        elif None not in results:
            gathered.days[day] = empty_state(ARXIV, day, now)

    async def _feed(
        self, gathered: Gathering, archive: str, day: date, now: datetime
    ) -> PullState | None:
        """How one feed stands: NEW, PARTIAL, BROKEN, QUIET (not of `day`), None (as stored)."""
        try:
            answer, parsed = await self._read(
                parse_listing, self._feeds, f"/atom/{archive}", conditional=True
            )
        except SourceError as error:
            gathered.problem(f"{archive}: {error}")
            return PullState.BROKEN
        gathered.add(parsed)
        if answer.status == 304:
            return None if _stored_day(answer) == day else PullState.QUIET
        if parsed.entries >= FEED_LIMIT:
            # All first announcements are in the API too, so then nothing that counts is lost.
            whole = await self._archived(gathered, [archive], day, now) is PullState.NEW
            return PullState.NEW if whole and not parsed.malformed else PullState.PARTIAL
        if parsed.cut or parsed.malformed:
            gathered.problem(f"{archive}: entries of the feed were lost")
            return PullState.PARTIAL
        if not any(seen.day >= day for seen in parsed.sightings):
            return PullState.QUIET
        # Kept only with a whole batch of the day, whose date stands in for the time of change, so
        # that a later 304 tells of which day it is.
        gathered.validators[answer.url] = (
            answer.validators[0],
            format_datetime(listing_due_at(ARXIV, day), usegmt=True),
        )
        return PullState.NEW

    async def _archived(
        self, gathered: Gathering, archives: list[str], day: date, now: datetime
    ) -> PullState:
        """One listing day from the API, and how that ended."""
        if not is_listing_day(ARXIV, day):
            gathered.answered = True
            return gathered.days.setdefault(day, empty_state(ARXIV, day, now))
        query = _query(archives, day)
        start = total = listed = malformed = 0
        try:
            while not start or start < min(total, RESULT_LIMIT):
                page = await self._slice(query, start, total)
                total = max(total, page.total)
                if not page.entries:
                    break
                start += page.entries
                malformed += page.malformed
                listed += _list(gathered, page, day)
        except SourceError as error:
            gathered.lost(day, str(error), PullState.PARTIAL if start else PullState.BROKEN)
            return gathered.days[day]
        if start < total:
            gathered.lost(day, f"arXiv gave {start} of {total} results", PullState.PARTIAL)
        elif malformed:
            gathered.lost(day, f"{malformed} entries can't be read", PullState.PARTIAL)
        else:
            gathered.days[day] = PullState.NEW if listed else empty_state(ARXIV, day, now)
        return gathered.days[day]

    async def _slice(self, query: str, start: int, total: int) -> Parsed:
        """One page; one that should not be empty is asked for again."""
        params = {
            "search_query": query,
            "start": str(start),
            "max_results": str(self._page_size),
            "sortBy": "submittedDate",
            "sortOrder": "ascending",
        }
        page = Parsed()
        for _ in range(EMPTY_PAGE_TRIES):
            _, page = await self._read(parse_answer, self._api, "/api/query", params)
            if page.entries or start >= max(total, page.total):
                break
        return page

    async def _read(
        self,
        parse: Callable[[bytes], Parsed],
        client: PoliteClient,
        path: str,
        params: dict[str, str] | None = None,
        *,
        conditional: bool = False,
    ) -> tuple[Answer, Parsed]:
        """Ask and parse; a document that is none is mostly whole when asked for again."""
        answer = await self._ask(client, path, params, conditional=conditional)
        try:
            return answer, await _parsed(parse, answer)
        except SourceError:
            if answer.status != 200:
                raise
        answer = await self._ask(client, path, params, conditional=conditional)
        return answer, await _parsed(parse, answer)

    async def _ask(
        self,
        client: PoliteClient,
        path: str,
        params: dict[str, str] | None = None,
        *,
        conditional: bool = False,
    ) -> Answer:
        async with self._one_at_a_time:
            return await client.get(path, params, conditional=conditional)


async def _parsed(parse: Callable[[bytes], Parsed], answer: Answer) -> Parsed:
    if answer.status == 304:
        return Parsed()
    if answer.status == 400:
        raise _RefusedError("arXiv refuses the question")
    if answer.status != 200:
        raise SourceError(f"arXiv answered {answer.status}")
    return await asyncio.to_thread(parse, answer.body)  # 2,000 entries take half a second


def _list(gathered: Gathering, page: Parsed, day: date) -> int:
    """Keep the papers that were to be announced on `day`; returns how many."""
    sightings = [
        Sighting(paper.id, ARXIV, day, estimated=True)
        for paper in page.papers
        if paper.published_at and estimated_listing_day(paper.published_at) == day
    ]
    ids = {seen.paper_id for seen in sightings}
    papers = tuple(paper for paper in page.papers if paper.id in ids)
    gathered.add(Parsed(papers, tuple(sightings), len(papers) + page.malformed, page.malformed))
    return len(papers)


def _stored_day(answer: Answer) -> date | None:
    try:
        return parsedate_to_datetime(answer.validators[1]).astimezone(EASTERN).date()
    except ValueError:
        return None


def _query(archives: list[str], day: date) -> str:
    """All that was submitted for the announcement of `day`, in the API's language."""
    first, last = submissions_of(day)
    terms = " OR ".join(_term(archive) for archive in archives)
    return f"({terms}) AND submittedDate:[{first:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]"


def _term(archive: str) -> str:
    """An archive as the API names it: some have categories (`cs.*`), some are one (`hep-th`)."""
    return f"cat:{archive}" if archive in CATEGORIES else f"cat:{archive}.*"
