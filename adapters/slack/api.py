"""Slack's Web API as set-up and the doctor ask it: few questions, each fault in plain words.

No message of a fault holds a token or an address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.directory import (
    Identity,
    Json,
    Person,
    Room,
    read_identity,
    read_person,
    read_room,
)
from adapters.slack.faults import TOO_FAST, code_of, why
from adapters.slack.web import Web
from bot.errors import BotError, CredentialsError

ATTEMPTS = 3
FAULT_WAIT = 0.5  # seconds before the next try after a fault of theirs
LONGEST_WAIT = 30.0  # seconds: of a rate limit, that somebody who watches waits for
QUESTION_SECONDS = 15
PAGE = 500  # of a list; Slack allows less than 1,000 ("conversations.list")
MOST_PAGES = 20  # Slack answers about 20 a minute ("Rate limits", tier 2)
CHANNELS = "public_channel,private_channel"

# What is wrong with a token, by Slack's names ("auth.test", "Errors").
_REFUSED = {
    "invalid_auth": "it is not known: maybe it was cut short",
    "not_authed": "it is not known: maybe it was cut short",
    "account_inactive": "the app was removed from the workspace",
    "user_removed_from_team": "the app was removed from the workspace",
    "token_revoked": "it was revoked",
    "token_expired": "it has expired",
    "not_allowed_token_type": "it is of another kind",
    "team_access_not_granted": "the organisation's admins have not let the app in yet",
    "access_denied": "an admin has not approved the app yet",
    "no_permission": "it was not given what it needs",
}
# Slack's own faults, which pass ("auth.test", "Errors").
_PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
OTHER_PAGE = "Slack answered with another page"

T = TypeVar("T")


class ApiError(BotError):
    """Slack can't be reached, or refuses a question; then `code` is its name of the error, "" for
    a fault that may pass.
    """

    def __init__(self, problem: str, code: str = "") -> None:
        super().__init__(problem)
        self.code = code


class Api:
    """Asks with this token; use it as an async context manager.

    Every method raises CredentialsError where the token is refused, else ApiError.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self._web = Web(url)
        self._token = token

    async def __aenter__(self) -> Self:
        await self._web.__aenter__()
        # It tries once: how often to ask again is decided here.
        self._client = self._web.posting(self._token)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._web.__aexit__(None, None, None)

    async def identity(self) -> Identity:
        """Whom the bot token belongs to, and what it was granted."""
        answer = await self._ask("auth.test")
        scopes = answer.headers.get("x-oauth-scopes")
        return _parsed(lambda told: read_identity(told, scopes), answer)

    async def app_id(self) -> str:
        """The app that the app token belongs to; "" where Slack does not tell it."""
        return _parsed(lambda told: str(told.get("app_id") or ""), await self._ask("auth.test"))

    async def app_of_bot(self, bot_id: str) -> str:
        """The app that a bot belongs to."""
        answer = await self._ask("bots.info", bot=bot_id)
        return _parsed(lambda told: str(told["bot"].get("app_id") or ""), answer)

    async def prove_socket(self) -> None:
        """Whether Socket Mode would let the app in: an address is asked for, and not called."""
        _parsed(lambda told: str(told["url"]), await self._ask("apps.connections.open"))

    async def prove_client(self, number: str, secret: str) -> None:
        """Whether that is the client id of an app, and its secret: a code is tried that is none.

        Raises ApiError with invalid_client_id or bad_client_secret where it is not.
        """
        try:
            await self._ask("oauth.v2.access", client_id=number, client_secret=secret, code="none")
        except ApiError as error:
            if not error.code or error.code in {"invalid_client_id", "bad_client_secret"}:
                raise

    async def rooms(self) -> list[Room]:
        """Its channels and all public ones, none archived; of very many the first 10,000."""
        told = await self._pages(
            "conversations.list", "channels", types=CHANNELS, exclude_archived="true"
        )
        return _parsed(lambda all_told: [read_room(each) for each in all_told], told)

    async def own_rooms(self) -> list[Room]:
        """The channels that it is in, with archived ones."""
        told = await self._pages("users.conversations", "channels", types=CHANNELS)
        return _parsed(lambda all_told: [read_room(each) for each in all_told], told)

    async def room(self, channel_id: str) -> Room:
        """One channel; ApiError with channel_not_found where it can't be seen."""
        answer = await self._ask("conversations.info", channel=channel_id)
        return _parsed(lambda told: read_room(told["channel"]), answer)

    async def people(self) -> list[Person]:
        """The members of the workspace; of very many the first 10,000."""
        told = await self._pages("users.list", "members")
        found = _parsed(lambda all_told: [read_person(each) for each in all_told], told)
        return [person for person in found if person]

    async def person(self, user_id: str) -> Person | None:
        """One member; None where the account is closed. ApiError with user_not_found for none."""
        answer = await self._ask("users.info", user=user_id)
        return _parsed(lambda told: read_person(told["user"]), answer)

    async def _pages(self, method: str, key: str, **params: str) -> list[Json]:
        found: list[Json] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            answer = await self._ask(method, limit=str(PAGE), **params, **more)
            found += _parsed(lambda told: list(told[key]), answer)
            cursor = _parsed(_next_cursor, answer)
            if not cursor:
                break
        return found

    async def _ask(self, method: str, **params: str) -> AsyncSlackResponse:
        """Ask, again where a fault may pass."""
        for left in reversed(range(ATTEMPTS)):
            try:
                async with asyncio.timeout(QUESTION_SECONDS):
                    return await self._client.api_call(method, data=params)
            except SlackApiError as error:
                wait = _wait(error)
                if not left or wait is None:
                    raise _refusal(error) from None
            except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
                wait = FAULT_WAIT
                if not left:
                    raise ApiError(f"Slack can't be reached: {why(error)}") from None
            except (AttributeError, ValueError):  # the SDK stumbles over a proxy's page
                raise ApiError(OTHER_PAGE) from None
            await asyncio.sleep(wait)
        raise AssertionError  # the last try returned or raised


def _next_cursor(told: Json) -> str:
    return str((told.get("response_metadata") or {}).get("next_cursor") or "")


def _parsed(parse: Callable[[Any], T], told: Any) -> T:  # noqa: ANN401
    try:
        return parse(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ApiError("Slack answered something else than was asked") from error


def _wait(error: SlackApiError) -> float | None:
    """Seconds to wait before the next try; None where trying again is of no use."""
    status = _status(error)
    if status == 429 or _code(error) in TOO_FAST:
        named = _headers(error).get("retry-after", "")
        seconds = float(named) if named.isdecimal() else FAULT_WAIT
        return seconds if seconds <= LONGEST_WAIT else None
    return FAULT_WAIT if status >= 500 or _code(error) in _PASSING else None


def _refusal(error: SlackApiError) -> BotError:
    code = _code(error)
    if reason := _REFUSED.get(code):
        return CredentialsError(f"Slack refuses the token: {reason} ({code})")
    if code == "missing_scope":
        needed = str(error.response.get("needed") or "a scope")
        return ApiError(f"Slack refuses it: the app lacks {needed}", code)
    if not code and _status(error) == 200:
        return ApiError(OTHER_PAGE)
    is_passing = code in _PASSING or code in TOO_FAST
    return ApiError(f"Slack answered {code or _status(error)}"[:200], "" if is_passing else code)


def _code(error: SlackApiError) -> str:
    """Slack's name of the error; "" where somebody else answered, such as a proxy."""
    try:
        return code_of(error)
    except (AttributeError, ValueError):
        return ""


def _status(error: SlackApiError) -> int:
    """The status of an answer, of the SDK's class or, where it could not be read, aiohttp's."""
    answer = error.response
    return int(getattr(answer, "status_code", 0) or getattr(answer, "status", 0))


def _headers(error: SlackApiError) -> Mapping[str, str]:
    return {str(name).lower(): text for name, text in (error.response.headers or {}).items()}
