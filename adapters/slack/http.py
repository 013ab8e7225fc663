"""What Slack and browsers reach over HTTP: events that Slack has signed, and OAuth's pages."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.faults import Network, code_of
from adapters.slack.installing import InstallationError, not_installed
from adapters.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.errors import BotError, ConfigError

HEALTH = "/health"
MOST_BYTES = 2 * 1024 * 1024  # a view holds 250 kB at most, and a form brings it back

BODY_SECONDS = 10.0  # until a request is there as a whole; Slack waits 3 for its answer
GOODBYE_SECONDS = 3.0  # for requests under way when Paperboy stops

log = structlog.get_logger()


class Http:
    """A server for Slack's requests. `events` takes them where there is no Socket Mode."""

    def __init__(
        self, host: str, port: int, *, events: AsyncApp | None, oauth: AsyncOAuthFlow | None
    ) -> None:
        self._host, self._port = host, port
        self._events = events
        self._oauth = oauth
        self.address = ""

    async def run(self) -> None:
        """Serve until cancelled. Raises ConfigError where the port can't be had."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_get(HEALTH, _healthy)
        if self._events:
            app.router.add_post(EVENTS_PATH, self._event)
        if self._oauth:
            app.router.add_get(INSTALL_PATH, self._install)
            app.router.add_get(REDIRECT_PATH, self._redirect)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=GOODBYE_SECONDS)
        await runner.setup()
        try:
            await self._listen(runner)
            log.info("slack: listening", address=self.address)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigError(
                f"SLACK_HTTP_HOST and SLACK_PORT: {self._host}:{self._port} can't be listened on "
                f"({error.strerror})"
            ) from error
        host, port, *_ = runner.addresses[0]
        self.address = f"http://{host}:{port}"

    async def _event(self, request: web.Request) -> web.Response:
        assert self._events is not None  # noqa: S101 - else there is no such route
        asked = await _read(request)
        return await to_aiohttp_response(await self._events.async_dispatch(asked))

    async def _install(self, request: web.Request) -> web.Response:
        assert self._oauth is not None  # noqa: S101 - else there is no such route
        asked = await _read(request)
        return await to_aiohttp_response(await self._oauth.handle_installation(asked))

    async def _redirect(self, request: web.Request) -> web.Response:
        assert self._oauth is not None  # noqa: S101 - else there is no such route
        asked = await _read(request)
        try:
            return await to_aiohttp_response(await self._oauth.handle_callback(asked))
        except (*Network, BotError) as error:
            is_ours = isinstance(error, InstallationError)
            reason = str(error) if is_ours else code_of(error) or type(error).__name__
            log.warning("slack: not installed", reason=reason)
            return await to_aiohttp_response(not_installed(reason))


async def _read(request: web.Request) -> AsyncBoltRequest:
    """The request as Bolt knows it. Raises HTTPException where it is none, or comes too slowly."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await to_bolt_request(request)
    except web.HTTPException:
        raise
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="the request took too long") from None
    except Exception:  # noqa: BLE001 - Bolt reads what comes before it looks who signed it
        raise web.HTTPBadRequest(text="this is no request of Slack's") from None


async def _healthy(_: web.Request) -> web.Response:
    return web.json_response({"ok": True})
