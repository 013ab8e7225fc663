"""REST about messages: sending, editing, reading and deleting them."""

from __future__ import annotations

from standins.discord.calls import Call, Json, Reply, Route
from standins.discord.message_shapes import message_json
from standins.discord.permissions import (
    ATTACH_FILES,
    EMBED_LINKS,
    MANAGE_MESSAGES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
    VIEW_CHANNEL,
    permissions_in,
)
from standins.discord.refusals import invalid, refuse
from standins.discord.world import EPHEMERAL, FORUM, GROUP, Channel, Message

NONCE_SECONDS = 180.0  # "a few minutes"
MAX_NONCE = 25
REPLY = 19


def send(call: Call) -> Reply:
    channel = call.channel()
    _may_send(call, channel)
    body = _allowed(call, channel)
    before = _said_before(call, channel, body)
    if before:
        return 200, message_json(before)
    discord = call.discord
    message = Message(discord.world.new_id(), channel, discord.world.bot, discord.clock())
    message.nonce = None if body.get("nonce") is None else str(body["nonce"])
    _reply(call, channel, message, body.get("message_reference"))
    discord.desk.take(message, body, call.files)
    channel.archived = False
    discord.keep(message)
    return 200, message_json(message)


def _may_send(call: Call, channel: Channel) -> None:
    if channel.guild is None:
        if channel.kind == GROUP or not all(person.dms_open for person in channel.people):
            raise refuse(50007)
        return
    if channel.kind == FORUM:
        raise refuse(50008)
    call.demand(channel, SEND_MESSAGES_IN_THREADS if channel.is_thread else SEND_MESSAGES)
    if channel.archived and channel.locked:
        raise refuse(50083)
    if call.files:
        call.demand(channel, ATTACH_FILES)


def _allowed(call: Call, channel: Channel) -> Json:
    """The body without what is silently dropped: embeds that need a permission, another's flag."""
    body = dict(call.data)
    if body.get("flags"):
        body["flags"] &= ~EPHEMERAL
    bits = _bits(call, channel)
    if bits is not None and not bits & EMBED_LINKS:
        body.pop("embeds", None)
    return body


def _bits(call: Call, channel: Channel) -> int | None:
    """The bot's permissions; None in direct messages."""
    if channel.guild is None:
        return None
    return permissions_in(channel.guild, channel, call.discord.world.bot.id)


def _said_before(call: Call, channel: Channel, body: Json) -> Message | None:
    """The bot's latest message with this nonce, where it is to be enforced."""
    nonce = body.get("nonce")
    if nonce is None:
        return None
    if len(str(nonce)) > MAX_NONCE:
        words = f"Must be {MAX_NONCE} or fewer in length."
        raise invalid({"nonce": ("NONCE_TYPE_TOO_LONG", words)})
    if not body.get("enforce_nonce"):
        return None
    message = call.discord.nonces.get((channel.id, str(nonce)))
    fresh = message and call.discord.clock() - message.made_at < call.discord.nonce_seconds
    return message if fresh else None


def _reply(call: Call, channel: Channel, message: Message, told: Json | None) -> None:
    if not told:
        return
    bits = _bits(call, channel)
    if bits is not None and not bits & READ_MESSAGE_HISTORY:
        raise refuse(160002)
    message.reply_to = channel.messages.get(int(told["message_id"]))
    if message.reply_to:
        message.kind = REPLY
    elif told.get("fail_if_not_exists", True):
        words = "Unknown message"
        raise invalid({"message_reference": ("REPLIES_UNKNOWN_MESSAGE", words)})


def edit(call: Call) -> Reply:
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.discord.world.bot:
        raise refuse(50005)
    if channel.archived:
        raise refuse(50083)
    body = _allowed(call, channel)
    call.discord.desk.take(message, body, call.files)
    call.discord.edited(message)
    return 200, message_json(message)


def delete(call: Call) -> Reply:
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.discord.world.bot:
        call.demand(channel, MANAGE_MESSAGES)
    call.discord.delete_message(message)
    return 204, None


def read(call: Call) -> Reply:
    return 200, message_json(call.message(call.channel(VIEW_CHANNEL | READ_MESSAGE_HISTORY)))


def history(call: Call) -> Reply:
    """The newest first; without the permission to read the history there is none."""
    channel = call.channel()
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        words = "int value should be between 1 and 100."
        raise invalid({"limit": ("NUMBER_TYPE_MAX", words)})
    bits = _bits(call, channel)
    if bits is not None and not bits & READ_MESSAGE_HISTORY:
        return 200, []
    return 200, [message_json(channel.messages[each]) for each in _page(call, channel, limit)]


def _page(call: Call, channel: Channel, limit: int) -> list[int]:
    ids = sorted(channel.messages)
    if "around" in call.query:
        middle = int(call.query["around"])
        older = [each for each in ids if each < middle][-(limit // 2) :]
        ids = older + [each for each in ids if each >= middle][: limit - len(older)]
    elif "after" in call.query:
        ids = [each for each in ids if each > int(call.query["after"])][:limit]
    elif "before" in call.query:
        ids = [each for each in ids if each < int(call.query["before"])]
    return ids[-limit:][::-1]


ROUTES = [
    Route("POST", "/channels/{channel}/messages", send),
    Route("GET", "/channels/{channel}/messages", history),
    Route("GET", "/channels/{channel}/messages/{message}", read),
    Route("PATCH", "/channels/{channel}/messages/{message}", edit),
    Route("DELETE", "/channels/{channel}/messages/{message}", delete),
]
