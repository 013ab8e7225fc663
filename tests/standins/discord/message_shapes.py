"""The JSON of Discord's messages."""

from __future__ import annotations

from standins.discord.shapes import Json, channel_json, member_json, moment, user_json
from standins.discord.world import HAS_THREAD, Interaction, Message


def message_json(message: Message) -> Json:
    body: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": message.kind,
        "author": user_json(message.author),
        "content": message.content,
        "timestamp": moment(message.made_at),
        "edited_timestamp": moment(message.edited_at),
        "tts": False,
        "mention_everyone": message.pings_everyone,
        "mentions": [user_json(user) for user in message.mentioned],
        "mention_roles": [],
        "attachments": message.attachments,
        "embeds": message.embeds,
        "components": message.components,
        "pinned": False,
        "flags": message.flags | (HAS_THREAD if message.thread else 0),
    }
    if message.nonce is not None:
        body["nonce"] = message.nonce
    if message.thread:
        body["thread"] = channel_json(message.thread)
    if message.reply_to:
        body["message_reference"] = {"type": 0} | _reference(message.reply_to)
        body["referenced_message"] = (
            None if message.reply_to.deleted else message_json(message.reply_to)
        )
    return body | (_from_interaction(message.interaction) if message.interaction else {})


def _reference(message: Message) -> Json:
    guild = message.channel.guild
    where = {"guild_id": str(guild.id)} if guild else {}
    return where | {"message_id": str(message.id), "channel_id": str(message.channel.id)}


def _from_interaction(asked: Interaction) -> Json:
    about: Json = {
        "id": str(asked.id),
        "type": asked.kind,
        "user": user_json(asked.user),
        "authorizing_integration_owners": asked.owners,
    }
    if asked.message:
        about["interacted_message_id"] = str(asked.message.id)
    body = {"interaction_metadata": about}
    if asked.kind == 2:  # the older form of the same, still sent for commands
        older = {key: about[key] for key in ("id", "type", "user")} | {"name": asked.name}
        body["interaction"] = older
    return body


def message_event(message: Message) -> Json:
    """The body of MESSAGE_CREATE and MESSAGE_UPDATE."""
    body = message_json(message)
    guild = message.channel.guild
    if guild is None:
        return body | {"channel_type": message.channel.kind}
    member = guild.members.get(message.author.id)
    if member is None:
        return body | {"guild_id": str(guild.id)}
    about = member_json(member)
    del about["user"]
    return body | {"guild_id": str(guild.id), "member": about}
