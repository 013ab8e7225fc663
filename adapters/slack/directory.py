"""What Slack's API tells of a workspace → what set-up and the doctor ask about. Pure.

The readers raise KeyError, TypeError, ValueError or AttributeError where it tells something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SLACKBOT = "USLACKBOT"  # it says of itself that it is no bot

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a bot token belongs to. `scopes` is None where Slack did not tell them."""

    team: str
    workspace: str
    bot_user: str
    bot_name: str
    bot_id: str
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Room:
    """A channel, as the app sees it."""

    id: str
    name: str
    is_member: bool
    is_archived: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace. `names` are all that they go by, the first is shown."""

    id: str
    handle: str
    names: tuple[str, ...]
    is_primary_owner: bool
    is_owner: bool

    def is_called(self, typed: str) -> bool:
        """Whether that is their id, their @name or any other name of theirs, in any letters."""
        wanted = typed.strip().removeprefix("@").casefold()
        return wanted in {name.casefold() for name in (self.id, self.handle, *self.names)}


def read_identity(told: Json, scopes: str | None) -> Identity:
    """The answer to auth.test for a bot token, and its header of scopes."""
    granted = None if scopes is None else frozenset(each.strip() for each in scopes.split(","))
    return Identity(
        team=str(told["team_id"]),
        workspace=str(told.get("team") or told["team_id"]),
        bot_user=str(told["user_id"]),
        bot_name=str(told.get("user") or "Paperboy"),
        bot_id=str(told.get("bot_id") or ""),
        scopes=granted,
    )


def read_room(told: Json) -> Room:
    """A channel."""
    return Room(
        id=str(told["id"]),
        name=str(told.get("name") or told["id"]),
        is_member=bool(told.get("is_member")),
        is_archived=bool(told.get("is_archived")),
        is_private=bool(told.get("is_private")),
    )


def read_person(told: Json) -> Person | None:
    """A member; None for a bot, and for one whose account is closed."""
    if told.get("deleted") or told.get("is_bot") or told["id"] == SLACKBOT:
        return None
    profile = told.get("profile") or {}
    names = (profile.get("display_name"), told.get("real_name") or profile.get("real_name"))
    handle = str(told.get("name") or told["id"])
    return Person(
        id=str(told["id"]),
        handle=handle,
        names=tuple(dict.fromkeys(str(name) for name in names if name)) or (handle,),
        is_primary_owner=bool(told.get("is_primary_owner")),
        is_owner=bool(told.get("is_owner")),
    )


def owner_of(people: Sequence[Person]) -> Person | None:
    """Who owns the workspace; the first where there are several, None where none is told."""
    owners = [person for person in people if person.is_owner or person.is_primary_owner]
    return min(owners, key=lambda person: not person.is_primary_owner, default=None)
