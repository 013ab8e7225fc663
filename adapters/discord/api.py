"""Discord's REST API as set-up and the doctor ask it: few questions, each fault in plain words.

It goes through aiohttp as discord.py does: the same certificates are trusted, the same way is
taken. No message of a fault holds the token or an address.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Self, TypeVar

import aiohttp

from adapters.discord.servers import (
    Application,
    Gateway,
    House,
    Json,
    Server,
    read_application,
    read_gateway,
    read_house,
    read_servers,
)
from bot.errors import BotError, CredentialsError

HOME = "https://github.com/paperboy-bot/paperboy"
TIMEOUT = aiohttp.ClientTimeout(total=10)
ATTEMPTS = 3
FAULT_WAIT = 0.5  # seconds before the next try after a fault of theirs
LONGEST_WAIT = 10.0  # seconds: of a rate limit, that somebody who watches waits for
MOST_GUILDS = 200  # a page (Discord, "Get Current User Guilds")
MOST_PAGES = 15
HELLO = 10  # the gateway's first word

T = TypeVar("T")


class ApiError(BotError):
    """Discord can't be reached, or refuses a question; `status` 0 and `code` 0 where none."""

    def __init__(self, problem: str, status: int = 0, code: int = 0) -> None:
        super().__init__(problem)
        self.status = status
        self.code = code


class Api:
    """Asks as the bot of this token; use it as an async context manager.

    Every method raises CredentialsError where the token is refused, else ApiError.
    """

    def __init__(self, base_url: str, token: str) -> None:
        self._base = base_url.rstrip("/")
        self._token = token
        self._own_id = ""

    async def __aenter__(self) -> Self:
        headers = {
            "Authorization": f"Bot {self._token}",
            "User-Agent": f"DiscordBot ({HOME}, {_own_version()})",
        }
        self._http = aiohttp.ClientSession(headers=headers, timeout=TIMEOUT, trust_env=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def me(self) -> str:
        """The id of the bot's own user."""
        if not self._own_id:
            self._own_id = _parsed(
                lambda told: str(told["id"]), await self._ask("GET", "/users/@me")
            )
        return self._own_id

    async def application(self) -> Application:
        """The app itself."""
        return _parsed(read_application, await self._ask("GET", "/applications/@me"))

    async def set_contexts(self, contexts: Json) -> None:
        """Keep these install contexts."""
        await self._ask("PATCH", "/applications/@me", body={"integration_types_config": contexts})

    async def servers(self) -> list[Server]:
        """The servers that it is in, the oldest first; of very many the first few thousand."""
        found: list[Server] = []
        for _ in range(MOST_PAGES):
            after = {"after": found[-1].id} if found else {}
            told = await self._ask("GET", "/users/@me/guilds", {"limit": str(MOST_GUILDS), **after})
            page = _parsed(read_servers, told)
            found += page
            if len(page) < MOST_GUILDS:
                break
        return found

    async def house(self, server_id: str) -> House:
        """What decides the app's permissions in a server."""
        path = f"/guilds/{server_id}"
        own = await self.me()
        guild = await self._ask("GET", path)
        member = await self._ask("GET", f"{path}/members/{own}")
        channels = await self._ask("GET", f"{path}/channels")
        return _parsed(lambda all_three: read_house(*all_three), (guild, member, channels))

    async def channel(self, channel_id: str) -> Json:
        """A channel or thread, as Discord tells it."""
        return _parsed(dict, await self._ask("GET", f"/channels/{channel_id}"))

    async def gateway(self) -> Gateway:
        """Where the gateway is."""
        return _parsed(read_gateway, await self._ask("GET", "/gateway/bot"))

    async def greet(self, url: str) -> None:
        """Hear the gateway's first word, and hang up: that starts no session."""
        try:
            async with (
                asyncio.timeout(TIMEOUT.total),
                self._http.ws_connect(url, params={"v": "10", "encoding": "json"}) as socket,
            ):
                word = (await socket.receive_json())["op"]
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ApiError(_why(error)) from error
        except (ValueError, TypeError, KeyError) as error:
            raise ApiError("answered something else than a gateway") from error
        if word != HELLO:
            raise ApiError("answered something else than a gateway")

    async def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
    ) -> Any:  # noqa: ANN401 - JSON; each caller parses it
        """Ask, again where a fault may pass."""
        for left in reversed(range(ATTEMPTS)):
            try:
                status, told = await self._asked_once(method, path, params, body)
            except ApiError:
                if not left:
                    raise
                status, told = 500, {}
            wait = _wait(status, told)
            if status < 300:
                return told
            if not left or wait is None:
                break
            await asyncio.sleep(wait)
        raise _refusal(status, told)

    async def _asked_once(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Json | None
    ) -> tuple[int, Any]:
        try:
            # A redirection would carry the token elsewhere.
            async with self._http.request(
                method, self._base + path, params=params, json=body, allow_redirects=False
            ) as answer:
                try:
                    return answer.status, await answer.json(content_type=None)
                except ValueError as error:
                    if answer.status < 300:
                        raise ApiError("Discord answered with another page") from error
                    return answer.status, {}
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ApiError(f"Discord can't be reached: {_why(error)}") from error


def _parsed(parse: Callable[[Any], T], told: Any) -> T:  # noqa: ANN401
    try:
        return parse(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ApiError("Discord answered something else than was asked") from error


def _wait(status: int, told: Any) -> float | None:  # noqa: ANN401
    """Seconds to wait before the next try; None where trying again is of no use."""
    if status == 429:
        named = told.get("retry_after") if isinstance(told, dict) else None
        seconds = float(named) if isinstance(named, int | float) else FAULT_WAIT
        return seconds if seconds <= LONGEST_WAIT else None
    return FAULT_WAIT if status >= 500 else None


def _refusal(status: int, told: Any) -> BotError:  # noqa: ANN401
    if status == 401:
        return CredentialsError("Discord refuses the token (401)")
    code = told.get("code", 0) if isinstance(told, dict) else 0
    said = f"{status}, {code}" if code else f"{status}"
    return ApiError(f"Discord answered {said}", status, code)


def _why(error: Exception) -> str:
    """What kept us from an answer, without an address."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            return "its certificate is not trusted here"
        case aiohttp.ClientConnectorDNSError():
            return "its name is not found"
        case aiohttp.WSServerHandshakeError():
            return f"answered {error.status}"
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientConnectorError():
            return error.os_error.strerror or "no connection"
    return type(error).__name__


def _own_version() -> str:
    try:
        return version("paperboy")
    except PackageNotFoundError:
        return "0"
