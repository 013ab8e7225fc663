"""Slack's Web API: one pool of connections for all workspaces, and how its answers are retried."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Self

import aiohttp
import structlog
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


class Web:
    """Makes clients of the Web API. Use it as an async context manager.

    `url` is that of the API, with "/" at its end or without.
    """

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            trust_env=True,
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
        retries = [
            AsyncConnectionErrorRetryHandler(max_retry_count=2),
            AsyncRateLimitErrorRetryHandler(max_retry_count=1),
            AsyncServerErrorRetryHandler(max_retry_count=2),
        ]
        return AsyncWebClient(
            token or None,
            base_url=self._url,
            session=self.session,
            retry_handlers=retries,
            logger=QUIET,
        )

    def posting(self, token: str) -> AsyncWebClient:
        """A client that tries once: what was maybe posted is for the outbox to decide."""
        return AsyncWebClient(
            token, base_url=self._url, session=self.session, retry_handlers=[], logger=QUIET
        )
