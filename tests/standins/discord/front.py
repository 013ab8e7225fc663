"""The stand-in's front door: every REST request passes here, with its faults, limits and record."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from standins.discord import rest_app, rest_interactions, rest_messages, rest_places
from standins.discord.calls import Call, Route, Table
from standins.discord.drafts import Upload
from standins.discord.faults import Fault, Faults
from standins.discord.limits import Limits, too_fast
from standins.discord.published import problems
from standins.discord.refusals import Refused

if TYPE_CHECKING:
    from standins.discord.server import DiscordStandin

EVERYWHERE = [rest_app, rest_places, rest_messages, rest_interactions]
PLAIN_PAGE = "upstream connect error or disconnect/reset before headers. reset reason: overflow"
# What says whose bucket is meant, beside the route.
MAJOR = ("channel", "guild", "app", "token")
VIA = {"Via": "1.1 google"}  # a 429 without it is a ban by the proxy in front
Answered = tuple[int, object, dict[str, str]]


@dataclass
class Seen:
    """One request as it came in; `at` by the performance counter, `status` 0 if never answered."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    body: Any
    files: list[str]
    token: str
    status: int = 0


@dataclass
class Front:
    discord: DiscordStandin
    limits: Limits
    faults: Faults = field(default_factory=Faults)
    requests: list[Seen] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    crashes: list[Exception] = field(default_factory=list)
    unpublished: list[str] = field(default_factory=list)  # what no request may hold
    table: Table = field(
        default_factory=lambda: Table(route for module in EVERYWHERE for route in module.ROUTES)
    )

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        body, files = await _read(request)
        token = request.headers.get("Authorization", "")
        names = [each.name for each in files]
        query = dict(request.query)
        seen = Seen(time.perf_counter(), request.method, path, query, body, names, token)
        self.requests.append(seen)
        if "Upgrade" not in request.headers:  # who takes this for a gateway is heard by its answer
            self._compare(seen)
        fault = self.faults.take(request.method, path)
        if fault and fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "drop":
            return _cut(request)
        spoilt = self._spoilt(fault)
        status, told, headers = spoilt or self._answer(seen, files)
        self.discord.stir()
        if fault and fault.kind == "act and drop":
            return _cut(request)
        seen.status = status
        self.statuses[status] += 1
        return _response(status, told, headers)

    def _compare(self, seen: Seen) -> None:
        route, _, _ = self.table.find(seen.method, seen.path)
        if route:
            self.unpublished += problems(route.name, seen.query, seen.body)

    def _spoilt(self, fault: Fault | None) -> Answered | None:
        if fault is None or fault.kind not in ("answer", "text"):
            return None
        return fault.status, PLAIN_PAGE if fault.kind == "text" else fault.body, fault.headers

    def _answer(self, seen: Seen, files: list[Upload]) -> Answered:
        """Limits first, then the token, then the route: the order in which Discord refuses."""
        wait = self.limits.global_wait(seen.path)
        if wait:
            told, headers = too_fast(wait, is_global=True)
            return 429, told, VIA | headers
        route, args, known = self.table.find(seen.method, seen.path)
        if route is None:
            words = "405: Method Not Allowed" if known else "404: Not Found"
            return int(words[:3]), {"message": words, "code": 0}, VIA
        if not route.open and seen.token != f"Bot {self.discord.bot_token}":
            return 401, {"message": "401: Unauthorized", "code": 0}, VIA
        place = ",".join(args[name] for name in MAJOR if name in args)
        wait, headers = self.limits.bucket(route.name, place)
        if wait:
            told, more = too_fast(wait, is_global=False)
            return 429, told, VIA | headers | more
        call = Call(self.discord, args, seen.query, seen.body, files)
        return (*self._acted(route, call), VIA | headers)

    def _acted(self, route: Route, call: Call) -> tuple[int, object]:
        try:
            return route.handler(call)
        except Refused as refused:
            body = refused.body
            if refused.status == 429:
                body |= {"retry_after": 1.0, "global": False}
            return refused.status, body
        except Exception as error:
            self.crashes.append(error)
            raise


async def _read(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of a request, and the files of its form if it is one."""
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        return _parsed(raw), []
    body: Any = None
    files: list[Upload] = []
    async for part in await request.multipart():
        data = bytes(await part.read(decode=False))
        if part.name == "payload_json":
            body = _parsed(data)
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files.append(Upload(part.filename or "unknown", data, kind))
    return body, files


def _parsed(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection without an answer: what was asked for may have been done, or not."""
    if request.transport:
        request.transport.abort()
    return web.Response()


def _response(status: int, told: object, more: dict[str, str]) -> web.StreamResponse:
    headers = {**more}
    if told is None:
        return web.Response(status=status, headers=headers)
    if isinstance(told, str):
        headers["Content-Type"] = "text/plain"
        return web.Response(status=status, headers=headers, body=told.encode())
    # To the letter, without a charset: discord.py compares it so.
    headers["Content-Type"] = "application/json"
    return web.Response(status=status, headers=headers, body=json.dumps(told).encode())
