"""A stand-in for Hugging Face and arXiv: one HTTP server that behaves, and misbehaves, like both.

Its papers are made up, a fixed function of the day; or recorded days are replayed from a folder.
Run it by itself with `python tests/standins/sources.py --port 8090`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import random
import re
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self

from aiohttp import web

if __name__ == "__main__":  # run by itself, it finds its neighbours from here
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from standins.feeds import api_document, api_error, atom_document, rss_document
from standins.papers import (
    DAY,
    EASTERN,
    StandinPaper,
    announced_on,
    belongs,
    final_upvotes,
    from_recording,
    opened_at,
    papers_of,
)

FAULTS = ("429", "503", "half", "html", "empty", "drop", "cut", "slow", "rate")


@dataclass(frozen=True)
class Fault:
    """One misbehaviour. `value` is Retry-After for 429 and 503, seconds for slow."""

    kind: str
    value: str = ""


@dataclass(frozen=True)
class Seen:
    """One request as it came in; `at` by the monotonic clock, in seconds."""

    at: float
    path: str
    query: dict[str, str]
    headers: dict[str, str]


Reply = tuple[int, dict[str, str], bytes]  # status, headers, body
_REFUSALS: dict[str, Reply] = {
    "html": (200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><h1>Down for maintenance</h1>"),
    "rate": (200, {"Content-Type": "text/plain"}, b"Rate exceeded."),
    "304": (304, {}, b""),
}


async def _break_off(request: web.Request, body: bytes) -> None:
    """Close the connection: after half of the body, or with nothing at all."""
    if request.transport is None:
        return
    if body:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body) + 1}\r\n\r\n".encode()
        request.transport.write(head + body[: len(body) // 2])
        await asyncio.sleep(0.01)
    request.transport.close()


@dataclass
class SourceStandin:
    """The server; use it as an async context manager. `url` is the base of all its services.

    `faults` are taken one a request, None for none; then each request fails with `rate`. `only`
    restricts both to paths that contain it.
    """

    clock: Callable[[], float] = time.time
    data: Path | None = None
    seed: int | None = None
    rate: float = 0.0
    port: int = 0
    remaining: int = 500
    grows: bool = True
    faults: deque[Fault | None] = field(default_factory=deque)
    only: str = ""
    requests: list[Seen] = field(default_factory=list)
    pages: dict[str, Reply] = field(default_factory=dict)
    url: str = ""
    _window: int = -1
    _left: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._handle)
        self._chance = random.Random(self.seed)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Seen(time.monotonic(), request.path, query, headers))
        fault = self._next_fault(request.path)
        if fault and fault.kind == "slow":
            await asyncio.sleep(float(fault.value or 5))
        reply = self._answer(request.path, query, headers)
        status, more, body = await self._spoil(fault, request, reply) if fault else reply
        return web.Response(status=status, headers=more, body=body)

    def _next_fault(self, path: str) -> Fault | None:
        if self.only not in path:
            return None
        if self.faults:
            return self.faults.popleft()
        if self._chance.random() < self.rate:
            return Fault(self._chance.choice(FAULTS), "1")
        return None

    async def _spoil(self, fault: Fault, request: web.Request, honest: Reply) -> Reply:
        status, more, body = honest
        plain = {"Content-Type": more.get("Content-Type", "text/plain")}
        match fault.kind:
            case "half":
                return status, plain, body[: len(body) // 2]
            case "empty":
                emptied = re.sub(rb"<entry>.*</entry>", b"", body, flags=re.DOTALL)
                return 200, plain, b"[]" if body[:1] in b"[{" else emptied
            case "drop" | "cut":
                await _break_off(request, body if fault.kind == "cut" else b"")
                return honest
            case "slow":
                return honest
        return _REFUSALS.get(fault.kind) or (
            int(fault.kind),
            {"Retry-After": fault.value} if fault.value else {},
            b"no",
        )

    def _answer(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Reply:
        if path in self.pages:
            return self.pages[path]
        if path == "/api/daily_papers":
            return self._json(*self._daily(query))
        if path.startswith("/api/papers/"):
            return self._json(*self._detail(path.removeprefix("/api/papers/")))
        if path == "/api/query":
            return self._query(query)
        if path.startswith(("/atom/", "/rss/")):
            return self._feed(path, headers)
        return 404, {"Content-Type": "text/plain"}, b"not found"

    def _json(self, status: int, value: object) -> Reply:
        window, into = divmod(int(self.clock()), 300)
        if window != self._window:
            self._window, self._left = window, self.remaining
        self._left = max(0, self._left - 1)
        more = {
            "Content-Type": "application/json; charset=utf-8",
            "RateLimit": f'"api";r={self._left};t={300 - into}',
            "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
        }
        return status, more, json.dumps(value, ensure_ascii=False).encode()

    # --- Hugging Face

    def _daily(self, query: dict[str, str]) -> tuple[int, object]:
        try:
            day = date.fromisoformat(query.get("date", ""))
            page, limit = int(query.get("p", "0")), int(query.get("limit", "50"))
        except ValueError:
            return 400, {"error": "Invalid request"}
        if day > self.now().date() + DAY or not 1 <= limit <= 100:
            return 400, {"error": "Invalid request"}
        return 200, self.list_of(day)[page * limit : (page + 1) * limit]

    def list_of(self, day: date) -> list[dict[str, object]]:
        """The items that Hugging Face lists for a day by now."""
        if self.data is not None:
            recorded = self.data / f"{day}.json"
            items = json.loads(recorded.read_bytes()) if recorded.exists() else []
            return items if self.now() >= opened_at(day) else []
        age = self.now() - opened_at(day)
        picks = [
            paper
            for place, paper in enumerate(papers_of(day))
            if not self.grows or age >= place * timedelta(minutes=40)
        ]
        return [self._item(paper, day, age) for paper in picks]

    def _item(self, paper: StandinPaper, day: date, age: timedelta) -> dict[str, object]:
        share = min(1.0, max(0.0, age / timedelta(hours=36))) if self.grows else 1.0
        about = self._about(paper) | {
            "upvotes": int(final_upvotes(paper) * share),
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
        }
        return {
            "paper": about,
            "publishedAt": f"{day - DAY}T20:00:00.000Z",
            "title": paper.title.replace("\n ", ""),
            "summary": paper.abstract,
            "thumbnail": f"https://cdn.example.org/thumbnails/{paper.id}.png",
            "numComments": paper.rank % 4,
        }

    def _about(self, paper: StandinPaper) -> dict[str, object]:
        about: dict[str, object] = {
            "id": paper.id,
            "title": paper.title,
            "summary": paper.abstract,
            "publishedAt": paper.submitted_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "upvotes": final_upvotes(paper),
            "authors": [
                {"_id": f"{paper.id}-{place}", "name": name, "hidden": place > 2}
                for place, name in enumerate(paper.authors)
            ],
        }
        if paper.rank % 2:  # about half of the papers have code, keywords and an organisation
            about |= {
                "githubRepo": f"https://github.com/example/{paper.id}",
                "githubStars": paper.rank * 10,
                "ai_keywords": ["standing in", paper.categories[0]],
                "organization": {"_id": "0", "name": "example", "fullname": "Example Institute"},
            }
        return about

    def _detail(self, paper_id: str) -> tuple[int, object]:
        found = self.find(paper_id)
        return (200, self._about(found)) if found else (404, {"error": "Paper not found"})

    # --- arXiv

    def find(self, paper_id: str) -> StandinPaper | None:
        plain = re.sub(r"v\d+$", "", paper_id)
        if self.data is not None:
            return self._recorded().get(plain)
        found = re.fullmatch(r"(\d\d)(\d\d)\.(\d\d)(\d{3})", plain)
        if not found:
            return None
        try:
            day = date(2000 + int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
        return next((paper for paper in announced_on(day) if paper.id == plain), None)

    def _recorded(self) -> dict[str, StandinPaper]:
        if not hasattr(self, "_by_id"):
            self._by_id = {}
            for path in sorted(self.data.glob("????-??-??.json")) if self.data else []:
                for item in json.loads(path.read_bytes()):
                    self._by_id[item["paper"]["id"]] = from_recording(item["paper"])
        return self._by_id

    def _feed(self, path: str, headers: dict[str, str]) -> Reply:
        _, form, names = path.split("/", 2)
        day = self.now().astimezone(EASTERN).date()
        midnight = datetime.combine(day, datetime.min.time(), EASTERN)
        entries = self.announcement(day, names.split("+"))
        write = atom_document if form == "atom" else rss_document
        body = write(names, midnight, entries).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        more = {
            "Content-Type": "application/atom+xml" if form == "atom" else "application/rss+xml",
            "ETag": etag,
            "Last-Modified": format_datetime(midnight.astimezone(UTC), usegmt=True),
            "Cache-Control": "max-age=60",
        }
        if headers.get("if-none-match") == etag:
            return 304, more, b""
        return 200, more, body

    def announcement(self, day: date, names: list[str]) -> list[tuple[StandinPaper, str]]:
        """(paper, announce type) of a feed: new and cross-listed papers, and replacements."""
        found: list[tuple[StandinPaper, str]] = []
        for paper in announced_on(day):
            if any(belongs(paper.categories[0], name) for name in names):
                found.append((paper, "new"))
            elif any(belongs(term, name) for term in paper.categories for name in names):
                found.append((paper, "cross"))
        return found + [
            (replace(paper, version=2), "replace")
            for paper in announced_on(day - 7 * DAY)[:4]
            if any(belongs(term, name) for term in paper.categories for name in names)
        ]

    def _query(self, query: dict[str, str]) -> Reply:
        more = {"Content-Type": "application/atom+xml; charset=utf-8"}
        start, size = int(query.get("start", "0")), int(query.get("max_results", "10"))
        if "id_list" in query:
            ids = query["id_list"].split(",")
            bad = next(
                (name for name in ids if not re.search(r"\d{4}\.\d{4,5}|/\d{7}", name)), None
            )
            if bad is not None:
                return 400, more, api_error(bad).encode()
            papers = [paper for name in ids if (paper := self.find(name))]
        else:
            papers = self._search(query.get("search_query", ""))
        return 200, more, api_document(papers[start : start + size], len(papers), start).encode()

    def _search(self, query: str) -> list[StandinPaper]:
        span = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", query)
        if not span:
            return []
        first, last = (
            datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC) for text in span.groups()
        )
        names = [name.removesuffix(".*") for name in re.findall(r"cat:([\w.*-]+)", query)]
        today = self.now().astimezone(EASTERN).date()
        days = [first.date() + place * DAY for place in range((last - first).days + 6)]
        return [
            paper
            for day in days
            if day <= today
            for paper in announced_on(day)
            if first <= paper.submitted_at <= last
            and any(belongs(term, name) for term in paper.categories for name in names)
        ]


async def _run(standin: SourceStandin) -> None:
    async with standin:
        print(standin.url, flush=True)  # noqa: T201 - whoever started it reads the address
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder of recorded days, YYYY-MM-DD.json")
    parser.add_argument("--faults", type=int, help="seed of random faults; none without it")
    parser.add_argument("--rate", type=float, default=0.1, help="share of requests that fail")
    parser.add_argument("--limit", type=int, default=500, help="requests allowed in 5 minutes")
    given = parser.parse_args()
    rate = 0.0 if given.faults is None else given.rate
    standin = SourceStandin(
        data=given.data, seed=given.faults, rate=rate, port=given.port, remaining=given.limit
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(standin))


if __name__ == "__main__":
    main()
