"""Who people are and what channels are, as far as Slack tells, remembered for a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from adapters.slack.faults import Network, code_of
from adapters.slack.web import Web
from adapters.slack.workspaces import Workspaces
from bot.errors import DeliveryError

REMEMBERED = 10_000  # people, and channels: about 3 MB each
MEMBER_SECONDS = 600.0  # how long somebody who is no admin any more still counts as one, at most
# Slack tells when Paperboy is let into a channel or sent away, and when one is archived.
CHANNEL_SECONDS = 300.0
INSIDER_SECONDS = 60.0  # who has left a channel still counts as being in it, at most
INSIDERS = 200  # channels whose people are remembered: a large one has some thousands
MOST_PAGES = 20  # of a workspace's people, or a channel's
UNKNOWN_SECONDS = 5.0  # what could not be told is asked for again after this

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Member:
    """A person. `is_guest`: also somebody of another workspace. `is_gone`: their account is closed.
    `is_known`: Slack has told; `problem` is its name of why it has not.
    """

    name: str = ""
    zone: str = ""
    is_admin: bool = False
    is_guest: bool = False
    is_gone: bool = False
    is_known: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A channel. `is_in`: Paperboy is a member of it. `is_known`: Slack has told."""

    name: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_in: bool = False
    is_known: bool = False
    problem: str = ""


class Directory:
    """Asks Slack about people and channels; never raises, what it can't tell is not known."""

    def __init__(
        self, web: Web, workspaces: Workspaces, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._web = web
        self._workspaces = workspaces
        self._members: _Memory[Member] = _Memory(MEMBER_SECONDS, clock)
        self._rooms: _Memory[Room] = _Memory(CHANNEL_SECONDS, clock)
        self._insiders: _Memory[frozenset[str]] = _Memory(INSIDER_SECONDS, clock, INSIDERS)

    async def member(self, team: str, user: str) -> Member:
        """A person of a workspace ("users.info")."""

        async def ask() -> Member:
            told = await self._asked(team, "users_info", user=user)
            about: Mapping[str, Any] = told.get("user") or {}
            if not about:
                return Member(problem=str(told.get("error") or ""))
            return _member(about, (await self._workspaces.get(team)).id)

        return await self._members.get(f"{team}/{user}", ask)

    async def room(self, team: str, channel: str) -> Room:
        """A channel of a workspace ("conversations.info")."""

        async def ask() -> Room:
            told = await self._asked(team, "conversations_info", channel=channel)
            about: Mapping[str, Any] = told.get("channel") or {}
            return _room(about) if about else Room(problem=str(told.get("error", "")))

        return await self._rooms.get(f"{team}/{channel}", ask)

    def forget_room(self, team: str, channel: str) -> None:
        """What is known of a channel is old: Paperboy was let in, or sent away."""
        self._rooms.drop(f"{team}/{channel}")
        self._insiders.drop(f"{team}/{channel}")

    async def is_in_room(self, team: str, channel: str, user: str) -> bool:
        """Whether a person is in a channel ("conversations.members")."""

        async def ask() -> frozenset[str]:
            found: set[str] = set()
            cursor = ""
            for _ in range(MOST_PAGES):
                told = await self._asked(
                    team, "conversations_members", channel=channel, limit=1000, cursor=cursor
                )
                found |= set(told.get("members") or ())
                cursor = (told.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
            return frozenset(found)

        return user in await self._insiders.get(f"{team}/{channel}", ask)

    async def owner(self, team: str) -> str:
        """The id of the primary owner of a workspace ("users.list"), "" where none is found."""
        cursor = ""
        for _ in range(MOST_PAGES):
            told = await self._asked(team, "users_list", limit=200, cursor=cursor)
            for about in told.get("members") or ():
                if about.get("is_primary_owner"):
                    return str(about.get("id", ""))
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return ""

    async def _asked(self, team: str, method: str, **about: Any) -> Mapping[str, Any]:  # noqa: ANN401
        """What Slack answers; where it refuses, only its error."""
        try:
            client = self._web.asking((await self._workspaces.get(team)).token)
            answer = await getattr(client, method)(**about)
        except Network as error:
            log.info("slack: something is not told", method=method, reason=code_of(error))
            return {"error": code_of(error)}
        except DeliveryError as error:
            return {"error": str(error)}
        told: Any = answer.data
        return told if isinstance(told, Mapping) else {}


def _member(about: Mapping[str, Any], team: str) -> Member:
    profile = about.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), about.get("name"))
    # Of an organisation's member this may name another of its workspaces, or the organisation.
    teams = (about.get("enterprise_user") or {}).get("teams") or ()
    home = about.get("team_id") or team
    is_stranger = bool(about.get("is_stranger")) or (home != team and team not in teams)
    return Member(
        name=next((str(name) for name in names if name), ""),
        zone=str(about.get("tz") or ""),
        is_admin=bool(about.get("is_admin") or about.get("is_owner")),
        is_gone=bool(about.get("deleted")),
        is_guest=bool(
            about.get("is_restricted") or about.get("is_ultra_restricted") or is_stranger
        ),
        is_known=True,
    )


def _room(about: Mapping[str, Any]) -> Room:
    return Room(
        name=str(about.get("name") or ""),
        is_private=bool(about.get("is_private")),
        is_archived=bool(about.get("is_archived")),
        is_in=bool(about.get("is_member") or about.get("is_im")),
        is_known=True,
    )


class _Memory(Generic[T]):
    """What was told, for so many seconds; of as many as there is room for."""

    def __init__(self, seconds: float, clock: Callable[[], float], most: int = REMEMBERED) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    async def get(self, key: str, ask: Callable[[], Awaitable[T]]) -> T:
        until, known = self._kept.get(key, (0.0, None))
        if known is not None and self._clock() < until:
            return known
        told = await ask()
        seconds = self._seconds if getattr(told, "is_known", True) else UNKNOWN_SECONDS
        self._kept[key] = (self._clock() + seconds, told)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return told

    def drop(self, key: str) -> None:
        self._kept.pop(key, None)
