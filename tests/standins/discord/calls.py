"""One REST request as the handlers see it, and the table of what is answered how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from standins.discord.drafts import Upload
from standins.discord.permissions import VIEW_CHANNEL, permissions_in
from standins.discord.refusals import invalid, refuse
from standins.discord.world import Channel, Guild, Message

if TYPE_CHECKING:
    from standins.discord.server import DiscordStandin

Json = dict[str, Any]
Reply = tuple[int, object]  # status and body; None for none
Handler = Callable[["Call"], Reply]


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Handler
    open: bool = False  # without the bot's token: the path holds a secret, or there is none

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Call:
    """A request. `args` are what stands in the path's places, `files` a form's uploads."""

    discord: DiscordStandin
    args: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: list[Upload] = field(default_factory=list)

    def id(self, name: str) -> int:
        """The snowflake in the path, or 50035."""
        text = self.args[name]
        if not text.isdecimal():
            words = f'Value "{text}" is not snowflake.'
            raise invalid({name: ("NUMBER_TYPE_COERCE", words)})
        return int(text)

    @property
    def data(self) -> Json:
        if not isinstance(self.body, dict):
            words = "Only dictionaries may be used in a DictType"
            raise invalid({"": ("DICT_TYPE_CONVERT", words)})
        return self.body

    def guild(self) -> Guild:
        guild = self.discord.world.guilds.get(self.id("guild"))
        if guild is None or not guild.installed:
            raise refuse(10004)
        return guild

    def channel(self, needed: int = VIEW_CHANNEL) -> Channel:
        """The channel, if the bot sees it and has all the bits `needed` there."""
        channel = self.discord.world.channels.get(self.id("channel"))
        if channel is None or not channel.with_bot:
            raise refuse(10003)
        self.demand(channel, needed)
        return channel

    def demand(self, channel: Channel, needed: int) -> None:
        """Raise 50001 where the bot does not see the channel, 50013 where it lacks a bit."""
        if channel.guild is None:
            return
        bits = permissions_in(channel.guild, channel, self.discord.world.bot.id)
        if not bits & VIEW_CHANNEL:
            raise refuse(50001)
        if needed & ~bits:
            raise refuse(50013)

    def message(self, channel: Channel) -> Message:
        """A message of the channel; ephemeral ones are no channel's."""
        message = channel.messages.get(self.id("message"))
        if message is None:
            raise refuse(10008)
        return message


class Table:
    """Finds the route of a path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_length: dict[int, list[tuple[re.Pattern[str], Route]]] = {}
        for route in routes:
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path))
            self._by_length.setdefault(route.path.count("/"), []).append((pattern, route))

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str], bool]:
        """(the route, what stands in its places, whether the path is known with any method)."""
        known = False
        for pattern, route in self._by_length.get(path.count("/"), []):
            found = pattern.fullmatch(path)
            if not found:
                continue
            if route.method == method:
                return route, found.groupdict(), True
            known = True
        return None, {}, known
