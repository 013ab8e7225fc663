"""REST about guilds, their members, channels and threads."""

from __future__ import annotations

from standins.discord.calls import Call, Reply, Route
from standins.discord.message_shapes import message_event
from standins.discord.permissions import (
    CREATE_PUBLIC_THREADS,
    MANAGE_THREADS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
)
from standins.discord.refusals import invalid, refuse
from standins.discord.shapes import (
    channel_json,
    guild_json,
    member_json,
    role_json,
)
from standins.discord.world import FORUM, TEXT, THREAD, Channel, Message


def guild(call: Call) -> Reply:
    return 200, guild_json(call.guild())


def channels(call: Call) -> Reply:
    return 200, [channel_json(each) for each in call.guild().channels.values() if not each.parent]


def roles(call: Call) -> Reply:
    return 200, [role_json(each) for each in call.guild().roles.values()]


def member(call: Call) -> Reply:
    found = call.guild().members.get(call.id("user"))
    if found is None:
        raise refuse(10007 if call.id("user") in call.discord.world.users else 10013)
    return 200, member_json(found)


def leave(call: Call) -> Reply:
    call.discord.remove_app(call.guild())
    return 204, None


def channel(call: Call) -> Reply:
    return 200, channel_json(call.channel())


def typing(call: Call) -> Reply:
    call.channel(SEND_MESSAGES)
    return 204, None


def edit_channel(call: Call) -> Reply:
    """Only a thread's name, archiving and locking; a bot may archive its own."""
    found = call.channel()
    if found.parent is None:
        raise refuse(50013)
    if found.owner_id != call.discord.world.bot.id:
        call.demand(found, MANAGE_THREADS)
    found.name = call.data.get("name", found.name)
    found.archived = call.data.get("archived", found.archived)
    found.locked = call.data.get("locked", found.locked)
    call.discord.tell_place("THREAD_UPDATE", found)
    return 200, channel_json(found)


def thread_of_message(call: Call) -> Reply:
    parent = call.channel(CREATE_PUBLIC_THREADS)
    if parent.guild is None or parent.is_thread:
        raise refuse(50008)
    message = call.message(parent)
    if message.thread:
        raise refuse(160004)
    thread = _new_thread(call, parent, message.id)
    message.thread = thread
    call.discord.tell_message("MESSAGE_UPDATE", message)
    return 201, channel_json(thread)


def thread(call: Call) -> Reply:
    """A thread without a message; in a forum a post, whose first message is in the body."""
    parent = call.channel(VIEW_CHANNEL)
    if parent.kind == FORUM:
        call.demand(parent, SEND_MESSAGES)
        made = _new_thread(call, parent, call.discord.world.new_id())
        first = Message(made.id, made, call.discord.world.bot, call.discord.clock())
        try:
            call.discord.desk.take(first, call.data.get("message") or {}, call.files)
        except BaseException:
            _forget(call, made)
            raise
        call.discord.keep(first)
        return 201, channel_json(made) | {"message": message_event(first)}
    if parent.kind != TEXT:
        raise refuse(50008)
    call.demand(parent, CREATE_PUBLIC_THREADS)
    return 201, channel_json(_new_thread(call, parent, call.discord.world.new_id()))


def _new_thread(call: Call, parent: Channel, thread_id: int) -> Channel:
    name = str(call.data.get("name") or "")
    if not 1 <= len(name) <= 100:
        words = "Must be between 1 and 100 in length."
        raise invalid({"name": ("BASE_TYPE_BAD_LENGTH", words)})
    world = call.discord.world
    made = Channel(thread_id, name, THREAD, parent.guild, parent, owner_id=world.bot.id)
    world.channels[made.id] = made
    assert parent.guild is not None
    parent.guild.channels[made.id] = made
    call.discord.tell_place("THREAD_CREATE", made, newly_created=True)
    return made


def _forget(call: Call, made: Channel) -> None:
    del call.discord.world.channels[made.id]
    assert made.guild is not None
    del made.guild.channels[made.id]


ROUTES = [
    Route("GET", "/guilds/{guild}", guild),
    Route("GET", "/guilds/{guild}/channels", channels),
    Route("GET", "/guilds/{guild}/roles", roles),
    Route("GET", "/guilds/{guild}/members/{user}", member),
    Route("DELETE", "/users/@me/guilds/{guild}", leave),
    Route("GET", "/channels/{channel}", channel),
    Route("PATCH", "/channels/{channel}", edit_channel),
    Route("POST", "/channels/{channel}/typing", typing),
    Route("POST", "/channels/{channel}/threads", thread),
    Route("POST", "/channels/{channel}/messages/{message}/threads", thread_of_message),
]
