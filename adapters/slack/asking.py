"""Where and by whom something was asked, as Slack tells it → what an Invocation needs. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.models import DIRECT, Channel, User

NAME = "slack"
HERE = "_in"  # an argument of a press that is ours: the channel it is about, in the App Home

Json = Mapping[str, Any]

_LINK = re.compile(r"<((?:https?|mailto):[^|>]*)(?:\|[^>]*)?>")
_NAMED = re.compile(r"<[#@!][^|>]*\|([^>]*)>")
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_SIGNED = re.compile(r"<[#@!]([^|>]*)>")


class Surface(StrEnum):
    """What something was asked from; it decides where the answer can go."""

    COMMAND = "command"
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"
    FORM = "form"
    MENTION = "mention"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked where.

    `channel` is Slack's id, "" in the App Home; `thread` the ts of the thread it was asked in.
    `trigger` opens a modal for 3 s, `respond` is a response_url, both "" where there is none.
    `own`: the message that was pressed is seen by the asker alone, so it may be replaced.
    `repeat` is the same for every delivery of one asking. `view` is the modal's id.
    `elsewhere`: it is about a channel that the asker does not stand in.
    """

    surface: Surface
    team: str
    user_id: str
    repeat: str
    user_name: str = ""
    channel: str = ""
    channel_name: str = ""
    thread: str = ""
    trigger: str = ""
    respond: str = ""
    own: bool = False
    view: str = ""
    message_ts: str = ""
    elsewhere: bool = False
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def user(self) -> User:
        """The asker; ids of people are of their workspace."""
        return User(NAME, f"{self.team}/{self.user_id}", self.user_name)

    @property
    def is_direct(self) -> bool:
        """Whether it was asked where nobody else reads along, or in no channel at all."""
        return not self.channel or self.channel.startswith("D")

    @property
    def place(self) -> Channel:
        """The channel as the core knows it; alone with Paperboy, it is the person's own."""
        if self.is_direct:
            return Channel(NAME, DIRECT, self.user.id, self.user_name)
        return Channel(NAME, self.team, self.channel, self.channel_name)

    def at(self, channel: str, name: str) -> Asked:
        """The same asking, about another channel of the workspace."""
        return replace(self, channel=channel, channel_name=name, thread="", elsewhere=True)


def of_command(body: Json) -> Asked:
    """A slash command (Slack, "Implementing slash commands")."""
    channel, name = body.get("channel_id", ""), body.get("channel_name", "")
    return Asked(
        Surface.COMMAND,
        team=body.get("team_id") or "",
        user_id=body.get("user_id", ""),
        user_name=body.get("user_name", ""),
        channel=channel,
        # A private channel tells this in place of its name, a direct message the other.
        channel_name="" if name in {"privategroup", "directmessage"} else name,
        trigger=body.get("trigger_id", ""),
        respond=body.get("response_url", ""),
        repeat=f"command:{body.get('trigger_id', '')}",
    )


def of_action(body: Json) -> Asked:
    """A press or a choice, in a message, a modal or the App Home ("block_actions payload")."""
    container, view = body.get("container") or {}, body.get("view") or {}
    channel, message = body.get("channel") or {}, body.get("message") or {}
    surface = {"home": Surface.HOME, "modal": Surface.MODAL}.get(
        view.get("type", ""), Surface.MESSAGE
    )
    meta = _meta(view) if surface is Surface.MODAL else {}
    number = channel.get("id") or container.get("channel_id") or meta.get("channel", "")
    name = channel.get("name") or meta.get("name", "")
    actions = body.get("actions") or [{}]
    moment = f"{actions[0].get('action_ts', '')}:{actions[0].get('action_id', '')}"
    is_own = bool(container.get("is_ephemeral")) or number.startswith("D")
    return _of_person(
        surface,
        body,
        channel=number,
        channel_name="" if name in {"privategroup", "directmessage"} else name,
        thread=_thread_of(container, message) or meta.get("thread", ""),
        respond=body.get("response_url") or meta.get("respond", ""),
        own=is_own,
        view=view.get("id", ""),
        message_ts=container.get("message_ts", ""),
        elsewhere="elsewhere" in meta,
        repeat=f"action:{body.get('trigger_id', '')}:{moment}",
        meta=meta,
    )


def _thread_of(container: Json, message: Json) -> str:
    """The thread that a message stands in; one that only hangs under it is not meant."""
    thread = container.get("thread_ts") or message.get("thread_ts") or ""
    return "" if thread == container.get("message_ts") else thread


def of_submission(body: Json) -> Asked:
    """A form that was sent ("view_submission payload")."""
    view = body.get("view") or {}
    meta = _meta(view)
    return _of_person(
        Surface.FORM,
        body,
        channel=meta.get("channel", ""),
        channel_name=meta.get("name", ""),
        thread=meta.get("thread", ""),
        respond=meta.get("respond", ""),
        own="own" in meta,
        elsewhere="elsewhere" in meta,
        view=view.get("id", ""),
        repeat=f"view:{view.get('id', '')}:{view.get('hash', '')}:{body.get('trigger_id', '')}",
        meta=meta,
    )


def of_shortcut(body: Json) -> Asked:
    """A shortcut on a message ("Message shortcuts")."""
    channel, message = body.get("channel") or {}, body.get("message") or {}
    return _of_person(
        Surface.COMMAND,
        body,
        channel=channel.get("id", ""),
        channel_name=channel.get("name", ""),
        thread=message.get("thread_ts", ""),
        respond=body.get("response_url", ""),
        repeat=f"shortcut:{body.get('trigger_id', '')}",
    )


def of_event(body: Json) -> Asked:
    """Something written, or the App Home opened ("Events API")."""
    event = body.get("event") or {}
    channel = event.get("channel", "")
    is_direct = event.get("channel_type") == "im" or str(channel).startswith("D")
    is_home = event.get("type") == "app_home_opened"
    surface = Surface.HOME if is_home else Surface.DIRECT if is_direct else Surface.MENTION
    return Asked(
        surface,
        team=_team_of_event(body),
        user_id=event.get("user") or "",
        channel="" if is_home else channel,
        # In a thread that nobody has begun, an answer for the asker alone is not shown.
        thread=event.get("thread_ts") or "",
        message_ts=event.get("ts", ""),
        # One message may come as two events: as a mention, and as a direct message.
        repeat=f"event:{channel}:{event.get('ts') or body.get('event_id', '')}",
    )


def _team_of_event(body: Json) -> str:
    """The workspace that is asked for: in a channel shared by two, the one Paperboy is in."""
    [first, *_] = body.get("authorizations") or [{}]
    return first.get("team_id") or body.get("team_id") or ""


def _of_person(surface: Surface, body: Json, **known: Any) -> Asked:  # noqa: ANN401
    user = body.get("user") or {}
    return Asked(
        surface,
        team=_team_of(body),
        user_id=user.get("id", ""),
        user_name=user.get("name") or user.get("username") or "",
        trigger=body.get("trigger_id", ""),
        **known,
    )


def _team_of(body: Json) -> str:
    """The workspace that Paperboy is in. Of a form in a channel that two share, `team` is that of
    the person (slackapi/bolt-js #1614); of one that is installed for an organisation it is null.
    """
    view, user = body.get("view") or {}, body.get("user") or {}
    return str(
        view.get("app_installed_team_id")
        or (body.get("team") or {}).get("id")
        or user.get("team_id")
        or view.get("team_id")
        or ""
    )


def _meta(view: Json) -> dict[str, str]:
    """What a modal of ours was told to remember; {} where it is none of ours."""
    try:
        told = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    known = told if isinstance(told, dict) else {}
    return {name: text for name, text in known.items() if isinstance(text, str)}


def typed_text(text: str) -> str:
    """What a person typed, without what Slack makes of it: links, names of channels, `&gt;`."""
    without = _MENTION.sub(" ", text)
    plain = _SIGNED.sub(r"\1", _NAMED.sub(r"\1", _LINK.sub(r"\1", without)))
    for escaped, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # Slack escapes no others
        plain = plain.replace(escaped, sign)
    return plain.replace("\u00a0", " ").strip()


def texts_of(message: Json) -> str:
    """All that stands in a message, with the addresses behind its links."""
    return " ".join(_texts(message))


def _texts(part: Any) -> list[str]:  # noqa: ANN401 - whatever Slack nests
    if isinstance(part, str):
        return [part]
    if isinstance(part, Mapping):
        told = ("text", "url", "title_link", "from_url", "title", "elements", "blocks", "fallback")
        return [
            text for name in (*told, "attachments", "fields") for text in _texts(part.get(name))
        ]
    if isinstance(part, list | tuple):
        return [text for each in part for text in _texts(each)]
    return []
