"""The Web API of places and people: conversations and users."""

from __future__ import annotations

from standins.slack.calls import Call, Method, paged
from standins.slack.refusals import Refused
from standins.slack.shapes import channel_json, user_json
from standins.slack.world import DM, GROUP, PRIVATE, PUBLIC, Channel, Json

READS = ("channels:read", "groups:read", "im:read", "mpim:read")
TYPES = {"public_channel": PUBLIC, "private_channel": PRIVATE, "im": DM, "mpim": GROUP}


def open_direct(call: Call) -> Json:
    """`users` are one or more, parted by commas; or a `channel` that is a direct message."""
    if call.text("channel"):
        channel = call.channel()
    else:
        ids = [each.strip() for each in call.needed("users").split(",")]
        people = [call.workspace.users.get(each) for each in ids]
        if None in people:
            raise Refused("user_not_found")
        channel = call.direct([each for each in people if each])
    about = channel_json(channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": about, "no_op": False, "already_open": False}


def info(call: Call) -> Json:
    return {"channel": channel_json(call.channel())}


def _listed(call: Call, *, mine: bool) -> Json:
    wanted = {TYPES.get(each.strip()) for each in call.text("types", "public_channel").split(",")}
    if None in wanted:
        raise Refused("invalid_types")
    kept = [each for each in call.workspace.channels.values() if _shows(call, each, mine=mine)]
    found = [channel_json(each) for each in kept if each.kind in wanted]
    return paged(call, "channels", found)


def _shows(call: Call, channel: Channel, *, mine: bool) -> bool:
    if channel.archived and call.flag("exclude_archived"):
        return False
    return call.bot in channel.members or (channel.kind == PUBLIC and not mine)


def list_all(call: Call) -> Json:
    return _listed(call, mine=False)


def list_mine(call: Call) -> Json:
    """users.conversations, of the bot."""
    return _listed(call, mine=True)


def members(call: Call) -> Json:
    ids = [each.id for each in call.channel().members]
    page = paged(call, "members", [{"id": each} for each in sorted(ids)])
    return page | {"members": [each["id"] for each in page["members"]]}


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != PUBLIC:
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if call.bot not in channel.members:
        call.slack.let_in(call.bot, channel)
    return {"channel": channel_json(channel)}


def leave(call: Call) -> Json:
    channel = call.channel()
    was_in = call.bot in channel.members
    if was_in:
        call.slack.remove(channel)
    return {} if was_in else {"not_in_channel": True}


def user_info(call: Call) -> Json:
    return {"user": user_json(call.user(), locale=call.flag("include_locale"))}


def users_list(call: Call) -> Json:
    return paged(call, "members", [user_json(each) for each in call.workspace.users.values()])


METHODS = {
    "conversations.open": Method(open_direct, ("im:write", "mpim:write")),
    "conversations.info": Method(info, READS),
    "conversations.list": Method(list_all, READS),
    "conversations.members": Method(members, READS),
    "conversations.join": Method(join, ("channels:join",)),
    "conversations.leave": Method(leave, ("channels:manage", "channels:join")),
    "users.conversations": Method(list_mine, READS),
    "users.info": Method(user_info, ("users:read",)),
    "users.list": Method(users_list, ("users:read",)),
}
