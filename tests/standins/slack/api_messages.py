"""The Web API of messages: posting, changing, deleting and reading them."""

from __future__ import annotations

from standins.slack.calls import Call, Method, paged
from standins.slack.refusals import Refused
from standins.slack.shapes import is_reply_to, message_json
from standins.slack.world import Channel, Json, Message

WRITES = ("chat:write",)
BODY = (
    "text", "blocks", "attachments", "thread_ts", "reply_broadcast", "unfurl_links",
    "unfurl_media", "mrkdwn", "metadata", "link_names", "parse", "icon_emoji", "username",
)  # fmt: skip
NESTED = ("blocks", "attachments", "metadata")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def body_of(call: Call) -> Json:
    """What the request says of the message."""
    body = {}
    for name in BODY:
        if call.params.get(name) is not None:
            body[name] = call.nested(name) if name in NESTED else call.params[name]
    for name in ("unfurl_links", "unfurl_media", "reply_broadcast"):
        if name in body:
            body[name] = call.flag(name)
    return body


def post_message(call: Call) -> Json:
    channel = call.place()
    call.may_write(channel)
    body = body_of(call)
    _check_thread(channel, body)
    call.slack.limits.post(channel.id, call.workspace.id)
    message = call.slack.desk.post(channel, body)
    call.slack.told_message(message)
    shown = message_json(message, call.slack.app)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def _check_thread(channel: Channel, body: Json) -> None:
    parent = body.get("thread_ts")
    if parent and parent not in channel.messages:
        # Slack posts it beside the thread; no caller wants that, so it is an error here.
        raise Refused("thread_not_found")


def post_ephemeral(call: Call) -> Json:
    person = call.user()
    channel = call.place()
    if call.bot not in channel.members:
        # Slack: channel_not_found for a private channel, not_in_channel for a public one.
        raise Refused("not_in_channel")
    if person not in channel.members:
        raise Refused("user_not_in_channel")
    message = call.slack.desk.post(channel, body_of(call), to=person)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, "cant_update_message")
    if channel.archived:
        raise Refused("is_archived")
    call.slack.desk.fill(message, body_of(call))
    call.slack.told_message(message, changed=True)
    shown = message_json(message, call.slack.app)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    call.slack.forget(message)
    return {"channel": channel.id, "ts": message.ts}


def _own(call: Call, channel: Channel, error: str) -> Message:
    """The app's message, which is no ephemeral one: those can't be found."""
    message = channel.messages.get(call.needed("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.user is not call.bot:
        raise Refused(error)
    return message


def permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.needed("message_ts")
    if ts not in channel.messages:
        raise Refused("message_not_found")
    place = channel.workspace
    link = f"https://{place.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def history(call: Call) -> Json:
    """The newest first, without the replies of threads."""
    channel = _readable(call)
    top = [each for each in channel.messages.values() if not each.thread_ts or each.broadcast]
    oldest, latest = call.text("oldest", "0"), call.text("latest") or "9"
    inclusive = call.flag("inclusive")
    kept = [
        each
        for each in reversed(top)
        if oldest < each.ts < latest or (inclusive and each.ts in (oldest, latest))
    ]
    return _page(call, kept)


def replies(call: Call) -> Json:
    """The parent first, then its replies, the oldest first."""
    channel = _readable(call)
    parent = channel.messages.get(call.needed("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    kept = [each for each in channel.messages.values() if is_reply_to(each, parent)]
    return _page(call, [parent, *kept])


def _readable(call: Call) -> Channel:
    channel = call.channel()
    if call.bot not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _page(call: Call, messages: list[Message]) -> Json:
    page = paged(call, "messages", [message_json(each, call.slack.app) for each in messages])
    return page | {"has_more": bool(page["response_metadata"]["next_cursor"])}


METHODS = {
    "chat.postMessage": Method(post_message, WRITES),
    "chat.postEphemeral": Method(post_ephemeral, WRITES),
    "chat.update": Method(update, WRITES),
    "chat.delete": Method(delete, WRITES),
    "chat.getPermalink": Method(permalink),
    "conversations.history": Method(history, HISTORY),
    "conversations.replies": Method(replies, HISTORY),
}
