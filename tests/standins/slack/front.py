"""The stand-in's front door: every request passes here, with its faults, limits and record."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from standins.slack import (
    api_app,
    api_files,
    api_messages,
    api_oauth,
    api_places,
    api_views,
    faults,
    response_urls,
)
from standins.slack.calls import Call, Method
from standins.slack.faults import Fault, Faults
from standins.slack.refusals import Refused, TooFastError
from standins.slack.world import Json, Token

if TYPE_CHECKING:
    from standins.slack.server import SlackStandin

EVERYWHERE = (api_app, api_files, api_messages, api_oauth, api_places, api_views)
TABLE: dict[str, Method] = {
    name: method for module in EVERYWHERE for name, method in module.METHODS.items()
}
PROXY_PAGE = "upstream connect error or disconnect/reset before headers"
HTML_PAGE = "<!DOCTYPE html><title>Slack is down</title>"


@dataclass
class Seen:
    """One request as it came in; `at` by the performance counter, `error` "ok" where it was."""

    at: float
    method: str
    params: Json
    token: str
    headers: dict[str, str]
    status: int = 0
    error: str = ""


@dataclass
class Front:
    slack: SlackStandin
    faults: Faults = field(default_factory=Faults)
    requests: list[Seen] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    crashes: list[Exception] = field(default_factory=list)

    # --- the three doors

    async def api(self, request: web.Request) -> web.StreamResponse:
        """The Web API."""
        params = {**request.query, **await _read(request)}
        given = request.headers.get("Authorization", "")
        token = given.removeprefix("Bearer ") if given.startswith("Bearer ") else ""
        token = token or str(params.pop("token", "") or "")
        seen = self._see(request.match_info["method"], params, token, request)

        def act() -> web.Response:
            return self._answered(seen)

        return await self._pass(request, seen, act)

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """A response_url."""
        body = await _read(request)
        token = request.match_info["token"]
        seen = self._see("response_url", body, token, request)

        def act() -> web.Response:
            try:
                response_urls.answer(self.slack, token, body)
            except Refused as refused:
                gone = refused.error in ("used_url", "expired_url", "invalid_token")
                seen.error = refused.error
                return web.json_response(refused.body, status=404 if gone else 400)
            return web.Response(text="ok")

        return await self._pass(request, seen, act)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Where files.getUploadURLExternal sends a file."""
        file = self.slack.world.files.get(request.match_info["file"])
        data = await request.read()
        seen = self._see("upload", {"bytes": len(data)}, "", request)

        def act() -> web.Response:
            if file is None:
                return web.Response(status=404, text="no such file")
            file["data"] = data
            return web.Response(text=f"OK - {len(data)}")

        return await self._pass(request, seen, act)

    # --- what they have in common

    def _see(self, method: str, params: Json, token: str, request: web.Request) -> Seen:
        seen = Seen(time.perf_counter(), method, params, token, dict(request.headers))
        self.requests.append(seen)
        return seen

    async def _pass(self, request: web.Request, seen: Seen, act: Any) -> web.StreamResponse:
        known = self.slack.world.tokens.get(seen.token)
        team = known.workspace.id if known and known.workspace else ""
        channel = str(seen.params.get("channel") or seen.params.get("channel_id") or "")
        fault = self.faults.take(seen.method, channel, team)
        if fault and fault.kind == faults.HANG:
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == faults.RESET:
            return _cut(request)
        response = _spoilt(fault, seen) or self._act(act)
        self.slack.stir()
        if fault and fault.kind == faults.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == faults.STORED_AND_RESET:
            return _cut(request)
        seen.status = response.status
        seen.error = seen.error or ("ok" if response.status == 200 else str(response.status))
        self.statuses[response.status] += 1
        return response

    def _act(self, act: Any) -> web.Response:
        try:
            return act()
        except TooFastError as early:
            return _too_fast(early.wait)
        except Exception as error:
            self.crashes.append(error)
            raise

    def _answered(self, seen: Seen) -> web.Response:
        """The token first, then its scopes, then the tier, then the method itself."""
        headers = {}
        try:
            method = _method(seen.method)
            token = self._token(seen.token, method) if method.kinds else None
            if token:
                headers["x-oauth-scopes"] = ",".join(token.scopes)
                headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
            team = token.workspace.id if token and token.workspace else ""
            self.slack.limits.ask(seen.method, team)
            call = Call(self.slack, seen.method, dict(seen.params), seen.headers, token)
            body = {"ok": True} | method.handler(call)
        except Refused as refused:
            seen.error, body = refused.error, refused.body
        return web.json_response(body, headers=headers)

    def _token(self, text: str, method: Method) -> Token:
        if not text:
            raise Refused("not_authed")
        token = self.slack.world.tokens.get(text)
        if token is None:
            raise Refused("invalid_auth")
        if token.state:
            raise Refused(token.state)
        if token.expires_at is not None and self.slack.clock() >= token.expires_at:
            raise Refused("token_expired")
        if token.kind not in method.kinds:
            raise Refused("not_allowed_token_type")
        if method.scopes and not {*method.scopes} & {*token.scopes}:
            needed, provided = ",".join(method.scopes), ",".join(token.scopes)
            raise Refused("missing_scope", needed=needed, provided=provided)
        return token


def _method(name: str) -> Method:
    if name not in TABLE:
        raise Refused("unknown_method", req_method=name)
    return TABLE[name]


async def _read(request: web.Request) -> Json:
    """The parameters of a body, be it JSON or a form."""
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _spoilt(fault: Fault | None, seen: Seen) -> web.Response | None:
    if fault is None:
        return None
    if fault.kind == faults.TOO_FAST:
        return _too_fast(fault.retry_after)
    if fault.kind == faults.DOWN:
        return web.Response(status=503, text=PROXY_PAGE)
    if fault.kind == faults.PAGE:
        return web.Response(text=HTML_PAGE, content_type="text/html")
    if not fault.is_error:
        return None
    seen.error = fault.kind
    body = Refused(fault.kind).body
    return web.json_response(body, status=404 if seen.method == "response_url" else 200)


def _too_fast(wait: float) -> web.Response:
    """Slack's Retry-After is in whole seconds."""
    headers = {"Retry-After": str(max(1, math.ceil(wait)))}
    return web.json_response(Refused("ratelimited").body, status=429, headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection without an answer: what was asked for may have been done, or not."""
    if request.transport:
        request.transport.abort()
    return web.Response()
