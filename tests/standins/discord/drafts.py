"""What becomes of a message's body: checked as Discord checks it, then taken over."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from standins.discord import components as parts
from standins.discord.permissions import MENTION_EVERYONE, permissions_in
from standins.discord.refusals import invalid, refuse
from standins.discord.world import COMPONENTS_V2, Message, World

Json = dict[str, Any]
Check = Callable[[Json], list[str]]
ROW = 1
MAX_CONTENT = 2000
# Of the flags, what an app may set: no embeds, ephemeral (interactions), silent, Components V2.
SETTABLE = 1 << 2 | 1 << 6 | 1 << 12 | COMPONENTS_V2
_LEGACY = "The 'content', 'embeds', 'poll' and 'stickers' fields cannot be used with components V2"


def problems_of_limits(payload: Json) -> list[str]:
    """The suite's own validator of Discord's limits, where there is one."""
    try:
        from standins.discord_limits import problems
    except ImportError:
        return []
    return list(problems(payload))


@dataclass
class Upload:
    name: str
    data: bytes
    kind: str = "application/octet-stream"


@dataclass
class Desk:
    """Takes messages over; `refused` are the bodies that `check` found problems in, with those."""

    world: World
    cdn_url: str
    check: Check | None
    refused: list[tuple[Json, list[str]]] = field(default_factory=list)

    def take(self, message: Message, body: Json, files: list[Upload]) -> None:
        """Make the message what `body` says, whatever is not named staying; or raise Refused."""
        flags = body.get("flags")
        flags = (message.flags if flags is None else message.flags & ~4 | flags) & (
            SETTABLE | message.flags
        )
        after = {
            "content": body.get("content", message.content) or "",
            "embeds": body.get("embeds", message.embeds) or [],
            "components": body.get("components", message.components) or [],
        }
        self._inspect(after, flags)
        attachments = self._attachments(message, body, files)
        if not any((*after.values(), attachments)):
            raise refuse(50006)
        self.checked(body, _whole(message, body, flags))
        uploads = {each["filename"]: each["url"] for each in attachments}
        message.content, message.embeds = after["content"], after["embeds"]
        message.components = parts.settled(after["components"], uploads)
        message.attachments, message.flags = attachments, flags
        message.edits.append(body)
        ping(self.world, message, body.get("allowed_mentions"))

    def checked(self, body: Json, whole: Json) -> None:
        problems = self.check(whole) if self.check else []
        if problems:
            self.refused.append((body, problems))
            raise invalid({"": ("STANDIN_CHECK", "; ".join(problems))})

    @staticmethod
    def _inspect(after: Json, flags: int) -> None:
        """The rules that hold whatever the check is."""
        if len(after["content"]) > MAX_CONTENT:
            words = f"Must be {MAX_CONTENT} or fewer in length."
            raise invalid({"content": ("BASE_TYPE_MAX_LENGTH", words)})
        if flags & COMPONENTS_V2:
            if after["content"] or after["embeds"]:
                name = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                raise invalid({"flags": (name, _LEGACY)})
            return
        for place, each in enumerate(after["components"]):
            if each.get("type") != ROW:
                words = 'Value of field "type" must be one of (1,).'
                raise invalid({f"components.{place}": ("UNION_TYPE_CHOICES", words)})

    def _attachments(self, message: Message, body: Json, files: list[Upload]) -> list[Json]:
        kept = message.attachments
        if "attachments" in body:
            ids = {str(each.get("id")) for each in body["attachments"] or []}
            kept = [each for each in kept if each["id"] in ids]
        told = {str(each.get("id")): each for each in body.get("attachments") or []}
        new = []
        for place, upload in enumerate(files):
            path = f"attachments/{message.channel.id}/{self.world.new_id()}/{upload.name}"
            self.world.files[path] = upload.data
            new.append(
                {
                    "id": path.split("/")[2],
                    "filename": upload.name,
                    "size": len(upload.data),
                    "url": f"{self.cdn_url}/{path}",
                    "proxy_url": f"{self.cdn_url}/{path}",
                    "content_type": upload.kind,
                    **_described(told.get(str(place), {})),
                }
            )
        return [*kept, *new]


def _whole(message: Message, body: Json, flags: int) -> Json:
    """The body of the message that an edit leads to, as if it were sent at once."""
    whole: Json = {}
    for step in (*message.edits, body):
        whole |= step
    whole["flags"] = flags & SETTABLE
    return {name: value for name, value in whole.items() if value is not None}


def ping(world: World, message: Message, allowed: Json | None) -> None:
    """Note who is notified: whom the text names, as far as `allowed` (None: all) lets it."""
    text = "\n".join([message.content, *parts.texts(message.components)])
    kinds = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse", []))
    allowed = allowed or {}
    named = {int(each) for each in (*allowed.get("users", ()), *allowed.get("roles", ()))}
    message.pings = {
        int(found[2])
        for found in re.finditer(r"<@([!&]?)(\d+)>", text)
        if ("roles" if found[1] == "&" else "users") in kinds or int(found[2]) in named
    }
    message.mentioned = [world.users[each] for each in message.pings if each in world.users]
    guild = message.channel.guild
    may = permissions_in(guild, message.channel, message.author.id) if guild else 0
    shouts = "everyone" in kinds and re.search(r"@(everyone|here)\b", text)
    message.pings_everyone = bool(shouts and may & MENTION_EVERYONE)


def _described(told: Json) -> Json:
    return {"description": told["description"]} if told.get("description") else {}
