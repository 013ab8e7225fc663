"""The payloads of commands, presses, forms, menus and events, as Slack makes them."""

from __future__ import annotations

import re

from standins.slack.elements import Found
from standins.slack.shapes import message_json, place_name, view_json
from standins.slack.world import Channel, Hook, Json, Message, Trigger, User, View, World

# What is in Slack's form already: mentions, links, entities.
MARKED = re.compile(r"(<(?:[@#!]|https?://|mailto:)[^<>]*>|&(?:amp|lt|gt);)")
LINK = re.compile(r"(?<![\w<|@/.])(https?://[^\s<>|]+|(?:[a-z0-9-]+\.)+(?:org|com|co)/[^\s<>|]+)")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def typed(text: str) -> str:
    """What somebody typed as Slack passes it on: `& < >` escaped, addresses made links.

    What has Slack's form already (`<@U…>`, `<https://…|…>`, `&gt;`) stays as it is.
    """
    parts = enumerate(MARKED.split(text))
    return "".join(part if place % 2 else _marked(part) for place, part in parts)


def _marked(text: str) -> str:
    escaped = "".join(ESCAPES.get(sign, sign) for sign in text)
    return LINK.sub(_link, escaped)


def _link(found: re.Match[str]) -> str:
    address, _, rest = found[0].partition("&gt;")
    link = f"<{address}>" if "://" in address else f"<http://{address}|{address}>"
    return link + (f"&gt;{rest}" if "&gt;" in found[0] else "")


def command(
    world: World, hook: Hook, response_url: str, trigger: Trigger, typed_in: tuple[str, str]
) -> Json:
    user, channel = hook.user, hook.channel
    place, (name, text) = user.workspace, typed_in
    return {
        "token": world.app.verification_token,
        "team_id": place.id,
        "team_domain": place.domain,
        "channel_id": channel.id,
        "channel_name": place_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": world.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger.id,
    }


def interaction(world: World, user: User, kind: str, trigger: Trigger | None) -> Json:
    """What all payloads of interactivity have in common."""
    place = user.workspace
    about: Json = {
        "type": kind,
        "team": {"id": place.id, "domain": place.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": place.id},
        "api_app_id": world.app.id,
        "token": world.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return about | ({"trigger_id": trigger.id} if trigger else {})


def in_message(world: World, message: Message) -> Json:
    """Where a message's element was used; of an ephemeral message its content is not told."""
    channel = message.channel
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    about: Json = {"container": container, "channel": channel_in(channel)}
    if not message.is_ephemeral:
        about["message"] = message_json(message, world.app)
    return about


def channel_in(channel: Channel) -> Json:
    return {"id": channel.id, "name": place_name(channel)}


def in_view(world: World, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view_json(view, world)}


def states_in_message(states: dict[tuple[str, str], Json]) -> Json:
    values: Json = {}
    for (block_id, action_id), state in states.items():
        values.setdefault(block_id, {})[action_id] = state
    return {"state": {"values": values}}


def action(found: Found, chosen: Json, ts: str) -> Json:
    """One entry of `actions`: the element, and what was chosen in it."""
    element = found.element
    about: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": found.block["block_id"],
        "action_ts": ts,
    }
    kept = ("text", "value", "style", "placeholder") if element["type"] == "button" else (
        "placeholder",
    )  # fmt: skip
    about |= {name: element[name] for name in kept if name in element}
    return about | {name: value for name, value in chosen.items() if name != "type"}


def event(world: World, user_of_app: User, about: Json) -> Json:
    """An event in its wrapper."""
    place = user_of_app.workspace
    authorization = {
        "enterprise_id": None,
        "team_id": place.id,
        "user_id": place.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": world.app.verification_token,
        "team_id": place.id,
        "context_team_id": place.id,
        "context_enterprise_id": None,
        "api_app_id": world.app.id,
        "event": about,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.clock()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-stand-in-{world.new_id('')}",
    }
