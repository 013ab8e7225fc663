"""What Discord's API tells of the app and its servers → what set-up and the doctor ask about. Pure.

The readers raise KeyError, TypeError, ValueError or AttributeError where it tells something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.discord.permissions import ADMINISTRATOR, VIEW_CHANNEL
from bot.models import User

TEXT, NEWS = 0, 5  # kinds of channels that digests go to
EVERYTHING = (1 << 53) - 1

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Application:
    """The app behind the token. `contexts` are its install contexts, as Discord keeps them."""

    id: str
    name: str
    owner: User
    is_public: bool
    needs_code_grant: bool
    contexts: Json
    endpoint: str


@dataclass(frozen=True, slots=True)
class Server:
    """A server that the app is in."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or thread, and the permissions that the app has there."""

    id: str
    name: str
    kind: int
    granted: int
    in_thread: bool = False


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the gateway is, and how many sessions may be started today."""

    url: str
    sessions_left: int
    sessions: int


@dataclass(frozen=True, slots=True)
class House:
    """A server as it decides what the app may do: roles, channels, and the app's own member."""

    guild: Json
    member: Json
    channels: tuple[Json, ...]

    def places(self) -> list[Place]:
        """Its text channels, in the order of Discord's list."""
        positions = {str(each["id"]): int(each.get("position", 0)) for each in self.channels}
        shown = [each for each in self.channels if each["type"] in {TEXT, NEWS}]
        shown.sort(
            key=lambda each: (
                positions.get(str(each.get("parent_id")), -1),
                int(each.get("position", 0)),
                int(each["id"]),
            )
        )
        return [self._place(each, each) for each in shown]

    def place(self, channel_id: str) -> Place | None:
        """One of its channels; None for a thread, or where it is gone."""
        found = next((each for each in self.channels if str(each["id"]) == channel_id), None)
        return self._place(found, found) if found else None

    def thread(self, thread: Json) -> Place | None:
        """A thread of one of its channels: who may do what there is said at the channel."""
        parent = str(thread.get("parent_id"))
        found = next((each for each in self.channels if str(each["id"]) == parent), None)
        return self._place(thread, found, in_thread=True) if found else None

    def _place(self, shown: Json, ruled: Json, *, in_thread: bool = False) -> Place:
        bits = granted(self.guild, self.member, ruled)
        return Place(str(shown["id"]), str(shown["name"]), int(shown["type"]), bits, in_thread)


def granted(guild: Json, member: Json, channel: Json) -> int:
    """The permissions of a member in a channel (Discord, "Permissions": its overwrites)."""
    own = str(member["user"]["id"])
    if str(guild["owner_id"]) == own:
        return EVERYTHING
    everyone, roles = str(guild["id"]), {str(each) for each in member["roles"]}
    bits = 0
    for role in guild["roles"]:
        if str(role["id"]) in roles | {everyone}:
            bits |= int(role["permissions"])
    if bits & ADMINISTRATOR:
        return EVERYTHING
    rules = {str(each["id"]): each for each in channel.get("permission_overwrites", ())}
    for among in ({everyone}, roles - {everyone}, {own}):
        meant = [rule for number, rule in rules.items() if number in among]
        for rule in meant:
            bits &= ~int(rule["deny"])
        for rule in meant:
            bits |= int(rule["allow"])
    return bits if bits & VIEW_CHANNEL else 0


def read_application(told: Json) -> Application:
    """The answer to "Get Current Application"."""
    owner, team = told.get("owner") or {}, told.get("team")
    number, name = str(owner.get("id", "")), owner.get("global_name") or owner.get("username", "")
    if team:  # its "owner" is a user that stands for the team, whom nobody can write to
        number = str(team["owner_user_id"])
        people = {str(each["user"]["id"]): each["user"]["username"] for each in team["members"]}
        name = people.get(number, "")
    return Application(
        id=str(told["id"]),
        name=str(told["name"]),
        owner=User("discord", number, name),
        is_public=bool(told.get("bot_public", True)),
        needs_code_grant=bool(told.get("bot_require_code_grant", False)),
        contexts=dict(told.get("integration_types_config") or {}),
        endpoint=str(told.get("interactions_endpoint_url") or ""),
    )


def read_servers(told: Iterable[Json]) -> list[Server]:
    """The answer to "Get Current User Guilds"."""
    return [Server(str(each["id"]), str(each["name"])) for each in told]


def read_gateway(told: Json) -> Gateway:
    """The answer to "Get Gateway Bot"."""
    starts = told["session_start_limit"]
    return Gateway(str(told["url"]), int(starts["remaining"]), int(starts["total"]))


def read_house(guild: Json, member: Json, channels: Iterable[Json]) -> House:
    """A server from the answers about it, its member that is the app, and its channels."""
    house = House(dict(guild), dict(member), tuple(dict(each) for each in channels))
    house.places()  # so that whatever can't be read of it is found out here
    return house
