"""INTERACTION_CREATE: all that Discord sends around an interaction's data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from standins.discord.message_shapes import message_json
from standins.discord.permissions import (
    ATTACH_FILES,
    EMBED_LINKS,
    MENTION_EVERYONE,
    USE_EXTERNAL_EMOJIS,
    everyone_in,
    permissions_in,
)
from standins.discord.shapes import channel_json, member_json, role_json, user_json
from standins.discord.world import Channel, Guild, Interaction, Message, Role, User, World

Json = dict[str, Any]
MAX_ATTACHMENT = 10 * 1024 * 1024  # bytes, of a server without boosts
IN_PRIVATE = ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE


def envelope(world: World, asked: Interaction, data: Json) -> Json:
    channel = asked.channel
    about: Json = {
        "id": str(asked.id),
        "application_id": str(world.application.id),
        "type": asked.kind,
        "token": asked.token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": _channel(channel, asked.user),
        "app_permissions": str(_app_permissions(world, channel)),
        "locale": asked.user.locale,
        "context": asked.context,
        "authorizing_integration_owners": asked.owners,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": MAX_ATTACHMENT,
    }
    if asked.message:
        about["message"] = message_json(asked.message)
    return about | _asker(asked.user, channel)


def _channel(channel: Channel, user: User) -> Json:
    about = channel_json(channel)
    if channel.guild:
        about["permissions"] = str(permissions_in(channel.guild, channel, user.id))
    return about


def _app_permissions(world: World, channel: Channel) -> int:
    if channel.guild is None:
        return IN_PRIVATE | (USE_EXTERNAL_EMOJIS if channel.with_bot else 0)
    if not channel.guild.installed:
        return everyone_in(channel.guild, channel)
    return permissions_in(channel.guild, channel, world.bot.id)


def _asker(user: User, channel: Channel) -> Json:
    guild = channel.guild
    if guild is None:
        return {"user": user_json(user)}
    bits = permissions_in(guild, channel, user.id)
    return {
        "guild_id": str(guild.id),
        "guild_locale": guild.preferred_locale,
        "guild": {
            "id": str(guild.id),
            "locale": guild.preferred_locale,
            "features": guild.features,
        },
        "member": member_json(guild.members[user.id]) | {"permissions": str(bits)},
    }


def resolved(channel: Channel, things: Iterable[User | Role | Channel | Message]) -> Json:
    """What Discord tells of the things that an interaction names by their id only."""
    told: Json = {}
    for each in things:
        key = str(each.id)
        if isinstance(each, User):
            told.setdefault("users", {})[key] = user_json(each)
            _resolve_member(told, channel.guild, each)
        elif isinstance(each, Role):
            told.setdefault("roles", {})[key] = role_json(each)
        elif isinstance(each, Channel):
            bits = permissions_in(each.guild, each, each.guild.owner_id) if each.guild else 0
            about = channel_json(each) | {"permissions": str(bits)}
            told.setdefault("channels", {})[key] = about
        else:
            told.setdefault("messages", {})[key] = message_json(each)
    return told


def _resolve_member(told: Json, guild: Guild | None, user: User) -> None:
    member = guild.members.get(user.id) if guild else None
    if guild is None or member is None:
        return
    about = member_json(member) | {"permissions": str(permissions_in(guild, None, user.id))}
    for name in ("user", "deaf", "mute"):
        del about[name]
    told.setdefault("members", {})[str(user.id)] = about
