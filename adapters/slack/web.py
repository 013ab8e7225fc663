"""Slack's Web API: one pool of connections for all workspaces, and how its answers are retried."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import structlog
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

REQUEST_SECONDS = 20  # of one request; a send under way is leased for 60
CONNECTIONS = 200  # at once, over all workspaces


class _Errors(logging.Handler):
    """What goes wrong within the libraries, without their words: those hold addresses with
    tickets in them, and whole messages.
    """

    def emit(self, record: logging.LogRecord) -> None:
        failed = record.exc_info[1] if record.exc_info else None
        log = structlog.get_logger()
        log.warning("slack: the library failed", where=record.module, kind=type(failed).__name__)


QUIET = logging.getLogger("paperboy.slack_sdk")
QUIET.addHandler(_Errors())
QUIET.propagate = False
QUIET.setLevel(logging.ERROR)


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address; None where it is reached without one.

    The library reads some of the variables by itself, but excepts nobody (NO_PROXY); aiohttp
    would hand Slack what a .netrc has for others, and asks the disk at every request.
    """
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    is_direct = not parts.hostname or bool(proxy_bypass(parts.hostname))
    return None if is_direct else getproxies().get(scheme)


class Web:
    """Makes clients of the Web API. Use it as an async context manager.

    `url` is that of the API, with "/" at its end or without.
    """

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/"
        self._proxy = proxy_for(url)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool of connections, within the context."""
        assert self._session is not None  # noqa: S101 - used within the context alone
        return self._session

    def asking(self, token: str = "") -> AsyncWebClient:
        """A client whose questions are asked again where the way is broken or Slack is busy: for
        what does no harm when it is done twice.
        """
        retries: list[AsyncRetryHandler] = [
            AsyncConnectionErrorRetryHandler(max_retry_count=2),
            AsyncRateLimitErrorRetryHandler(max_retry_count=1),
            AsyncServerErrorRetryHandler(max_retry_count=2),
        ]
        return self._client(token or None, retries)

    def posting(self, token: str) -> AsyncWebClient:
        """A client that tries once: what was maybe posted is for the outbox to decide."""
        return self._client(token, [])

    def _client(self, token: str | None, retries: list[AsyncRetryHandler]) -> AsyncWebClient:
        client = AsyncWebClient(
            token,
            base_url=self._url,
            session=self.session,
            retry_handlers=retries,
            logger=QUIET,
        )
        client.proxy = self._proxy  # afterwards: in place of None it looks for one itself
        return client
