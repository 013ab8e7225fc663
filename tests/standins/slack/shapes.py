"""The JSON in which Slack tells of workspaces, people, channels, messages and views."""

from __future__ import annotations

from standins.slack.world import DM, GROUP, PRIVATE, App, Channel, Json, Message, User, View, World


def user_json(user: User, *, locale: bool = False) -> Json:
    profile = {
        "real_name": user.name.title(),
        "display_name": user.name,
        "real_name_normalized": user.name.title(),
        "display_name_normalized": user.name,
        "team": user.workspace.id,
    }
    about = {
        "id": user.id,
        "team_id": user.workspace.id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.name.title(),
        "tz": user.tz,
        "tz_label": user.tz.split("/")[-1],
        "tz_offset": user.tz_offset,
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": user.is_admin,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }
    return about | ({"locale": user.locale} if locale else {}) | user.told


def channel_json(channel: Channel) -> Json:
    bot = channel.workspace.bot
    if channel.kind == DM:
        person = next((each for each in channel.members if each is not bot), bot)
        about = {"id": channel.id, "is_im": True, "user": person.id, "is_archived": False}
        return about | {"created": 1_700_000_000, "is_user_deleted": person.deleted}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": 1_700_000_000,
        "is_channel": channel.kind not in (PRIVATE, GROUP),
        "is_group": channel.kind == PRIVATE,
        "is_im": False,
        "is_mpim": channel.kind == GROUP,
        "is_private": channel.kind in (PRIVATE, GROUP),
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "is_member": bot in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": channel.workspace.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def message_json(message: Message, app: App) -> Json:
    place = message.channel.workspace
    about: Json = {
        "type": "message",
        "user": message.user.id,
        "ts": message.ts,
        "text": message.text,
        "team": place.id,
    }
    if message.by_app:
        profile = {"id": place.bot_id, "app_id": app.id, "name": app.name, "team_id": place.id}
        about |= {"bot_id": place.bot_id, "app_id": app.id, "bot_profile": profile}
    more: Json = {
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": message.files,
        "subtype": message.subtype,
        "thread_ts": message.thread_ts,
    }
    about |= {name: value for name, value in more.items() if value}
    if len(message.edits) > 1:
        about["edited"] = {"user": message.user.id, "ts": message.ts}
    return about | _replies(message)


def _replies(message: Message) -> Json:
    replies = [each for each in message.channel.messages.values() if is_reply_to(each, message)]
    if not replies:
        return {}
    latest = replies[-1].ts
    return {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": latest}


def is_reply_to(message: Message, parent: Message) -> bool:
    return message.thread_ts == parent.ts and message is not parent


def view_json(view: View, world: World) -> Json:
    place = view.user.workspace
    body = view.body
    return {
        "id": view.id,
        "team_id": place.id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": state_of(view)},
        "hash": view.hash,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": world.app.id,
        "external_id": view.external_id,
        "app_installed_team_id": place.id,
        "bot_id": place.bot_id,
    }


def state_of(view: View) -> Json:
    """What stands in a view's inputs, as `state.values` has it."""
    values: Json = {}
    for (block_id, action_id), state in view.filled.items():
        values.setdefault(block_id, {})[action_id] = state
    return values


def place_name(channel: Channel) -> str:
    """The name that commands and presses give a channel."""
    names = {DM: "directmessage", GROUP: "mpdm", PRIVATE: "privategroup"}
    return names.get(channel.kind, channel.name)
