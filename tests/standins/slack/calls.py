"""One Web API request as its handler sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from standins.slack.refusals import Refused
from standins.slack.world import DM, PUBLIC, Channel, Json, Token, User, Workspace

if TYPE_CHECKING:
    from standins.slack.server import SlackStandin

# What comes as JSON inside a form's field.
NESTED = ("blocks", "attachments", "view", "files", "metadata", "unfurls", "channels_json")


@dataclass(frozen=True)
class Method:
    """How a Web API method is answered; any of the `scopes` opens it, () is open to all."""

    handler: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("bot",)  # of tokens; () for none at all


@dataclass
class Call:
    """A request. `params` are those of the query, the form or the JSON body."""

    slack: SlackStandin
    method: str
    params: Json
    headers: dict[str, str] = field(default_factory=dict)
    token: Token | None = None

    @property
    def workspace(self) -> Workspace:
        assert self.token
        assert self.token.workspace
        return self.token.workspace

    @property
    def bot(self) -> User:
        return self.workspace.bot

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """A parameter, or invalid_arguments where it is not given."""
        if not self.text(name):
            raise Refused("invalid_arguments", [f"missing required field: {name}"])
        return self.text(name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.params.get(name, default)
        return value is True or str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isdecimal():
            raise Refused("invalid_arguments", [f"{name} is no number"])
        return int(text)

    def nested(self, name: str) -> Any:
        """A parameter that is JSON, however it was sent; None where it is not given."""
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            error = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise Refused(error, [f"{name} is no JSON"]) from None

    def user(self, name: str = "user") -> User:
        found = self.workspace.users.get(self.needed(name))
        if found is None:
            raise Refused("user_not_found")
        return found

    def channel(self, name: str = "channel") -> Channel:
        """The channel as far as the bot may know of it; else channel_not_found."""
        given = self.needed(name)
        channels = self.workspace.channels
        found = channels.get(given) or next(
            (each for each in channels.values() if given.removeprefix("#") == each.name), None
        )
        if found is None or (found.kind != PUBLIC and self.bot not in found.members):
            raise Refused("channel_not_found")
        return found

    def place(self) -> Channel:
        """Where a message goes: a channel, or the person whose id is given in its place."""
        person = self.workspace.users.get(self.needed("channel"))
        return self.direct([person]) if person else self.channel()

    def direct(self, people: list[User]) -> Channel:
        """The conversation with these people, or the refusal of those who can't be written to."""
        for each in people:
            if each.is_bot:
                raise Refused("cannot_dm_bot")
            if each.deleted:
                raise Refused("user_disabled")
        return self.slack.world.dm(*people)

    def may_write(self, channel: Channel) -> None:
        """Raise what Slack says where the bot can't post."""
        if channel.archived:
            raise Refused("is_archived")
        if channel.kind == DM and any(each.deleted for each in channel.members):
            raise Refused("user_disabled")
        open_to_all = channel.kind == PUBLIC and self.token and (
            "chat:write.public" in self.token.scopes
        )  # fmt: skip
        if self.bot not in channel.members and not open_to_all:
            raise Refused("not_in_channel")


def paged(call: Call, name: str, items: list[Json], default: int = 100) -> Json:
    """One page of a list with the cursor of the next one."""
    limit = call.number("limit", default) or default
    cursor = call.text("cursor")
    if cursor and not cursor.isdecimal():
        raise Refused("invalid_cursor")
    start = int(cursor or 0)
    ends = start + limit
    following = str(ends) if ends < len(items) else ""
    return {name: items[start:ends], "response_metadata": {"next_cursor": following}}
