"""A stand-in for the hub that models are fetched from, with a small model, and its faults."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aiohttp import web

NAME = "owner/model"
REVISION = "1" * 40
FILE = "onnx/model_int8.onnx"
WEIGHTS = bytes(range(256)) * 4_000


def made_up_files() -> dict[str, bytes]:
    """A model's files by their path; the weights are bytes that no runtime could read."""
    return {
        FILE: WEIGHTS,
        "tokenizer.json": json.dumps({"model": {}}).encode(),
        "tokenizer_config.json": json.dumps({"model_max_length": 256}).encode(),
        "config.json": b"{}",
    }


def real_files(folder: Path) -> dict[str, bytes]:
    """Those of a model's folder."""
    named = {"model.onnx": FILE}
    return {named.get(path.name, path.name): path.read_bytes() for path in folder.iterdir()}


@dataclass
class HubStandin:
    """Serves `files` as a hub does: the weights by way of a store, what is missing as 404.

    `faults` of a path are taken one a request: "cut" ends the answer after half of it, a number is
    the status, "silent" no answer, "html" a hotel's page, "whole" an answer that knows no ranges.
    `seen` are the path and the range of every request that was answered with a file.
    """

    files: dict[str, bytes] = field(default_factory=made_up_files)
    faults: dict[str, list[str]] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get(f"/{NAME}/resolve/{REVISION}/{{path:.+}}", self._resolve)
        app.router.add_get("/store/{path:.+}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.files[FILE]).hexdigest()

    async def _resolve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["path"] == FILE:
            raise web.HTTPFound(f"/store/{FILE}")
        return await self._serve(request)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        faults = self.faults.get(path, [])
        fault = faults.pop(0) if faults else ""
        if fault.isdecimal():
            return web.Response(status=int(fault))
        if fault == "silent":
            await asyncio.sleep(60)
        if fault == "html":
            return web.Response(text="<h1>Welcome to our hotel</h1>", content_type="text/html")
        if path not in self.files:
            raise web.HTTPNotFound
        self.seen.append((path, request.headers.get("Range", "")))
        return await self._answer(request, self.files[path], fault)

    async def _answer(self, request: web.Request, body: bytes, fault: str) -> web.StreamResponse:
        start = request.http_range.start or 0
        if fault == "whole":
            start = 0
        if start >= len(body):
            return web.Response(status=416)
        part = body[start:]
        if fault != "cut":
            return web.Response(status=206 if start else 200, body=part)
        answer = web.StreamResponse(headers={"Content-Length": str(len(part))})
        await answer.prepare(request)
        await answer.write(part[: len(part) // 2])
        await asyncio.sleep(0.05)  # else the half is thrown away with the connection
        if request.transport:
            request.transport.abort()
        return answer
