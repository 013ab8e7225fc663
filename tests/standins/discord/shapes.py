"""The JSON of Discord's objects, with every field that it sends and clients read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from standins.discord.permissions import permissions_in
from standins.discord.world import Channel, Guild, Member, Role, User, World

Json = dict[str, Any]


def moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def user_json(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0",
        "global_name": None if user.bot else user.name.title(),
        "avatar": None,
        "avatar_decoration_data": None,
        "public_flags": 0,
        **({"bot": True} if user.bot else {}),
    }


def me_json(user: User) -> Json:
    own = {"verified": True, "mfa_enabled": True, "email": None, "flags": 0, "locale": "en-US"}
    return user_json(user) | own


def application_json(world: World) -> Json:
    about = world.application
    return {
        "id": str(about.id),
        "name": about.name,
        "icon": None,
        "description": about.description,
        "summary": "",
        "type": None,
        "bot": user_json(world.bot),
        "owner": user_json(about.owner),
        "team": about.team,
        "bot_public": about.bot_public,
        "bot_require_code_grant": about.bot_require_code_grant,
        "verify_key": "0" * 64,
        "flags": about.flags,
        "hook": True,
        "redirect_uris": [],
        "interactions_endpoint_url": about.interactions_endpoint_url,
        "role_connections_verification_url": None,
        "integration_types_config": about.integration_types_config,
        "approximate_guild_count": sum(guild.installed for guild in world.guilds.values()),
        "approximate_user_install_count": 0,
        **({"install_params": about.install_params} if about.install_params else {}),
    }


def role_json(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member_json(member: Member) -> Json:
    return {
        "user": user_json(member.user),
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in member.roles],
        "joined_at": moment(member.joined_at),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def channel_json(channel: Channel) -> Json:
    latest = max(channel.messages, default=None)
    about: Json = {
        "id": str(channel.id),
        "type": channel.kind,
        "last_message_id": latest and str(latest),
        "flags": 0,
    }
    if channel.guild is None:
        return about | {"recipients": [user_json(user) for user in channel.people]}
    about |= {"name": channel.name, "guild_id": str(channel.guild.id), "rate_limit_per_user": 0}
    return about | (_thread_json(channel) if channel.parent else _place_json(channel))


def _place_json(channel: Channel) -> Json:
    return {
        "position": 0,
        "parent_id": None,
        "topic": channel.topic,
        "nsfw": False,
        "permission_overwrites": [
            {
                "id": str(each.id),
                "type": int(each.member),
                "allow": str(each.allow),
                "deny": str(each.deny),
            }
            for each in channel.overwrites
        ],
        **({"available_tags": [], "default_reaction_emoji": None} if channel.kind == 15 else {}),
    }


def _thread_json(thread: Channel) -> Json:
    assert thread.parent is not None
    return {
        "parent_id": str(thread.parent.id),
        "owner_id": str(thread.owner_id),
        "message_count": len(thread.messages),
        "total_message_sent": len(thread.messages),
        "member_count": 1,
        "applied_tags": [],
        "thread_metadata": {
            "archived": thread.archived,
            "auto_archive_duration": 1440,
            "archive_timestamp": moment(0.0),
            "locked": thread.locked,
            "create_timestamp": moment(0.0),
        },
    }


def guild_json(guild: Guild) -> Json:
    """What GET /guilds/{id} tells."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "owner_id": str(guild.owner_id),
        "roles": [role_json(role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": guild.features,
        "system_channel_id": guild.system_channel_id and str(guild.system_channel_id),
        "system_channel_flags": 0,
        "preferred_locale": guild.preferred_locale,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "afk_timeout": 300,
        "afk_channel_id": None,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "description": None,
    }


def guild_created(guild: Guild, bot_id: int) -> Json:
    """The body of GUILD_CREATE; without the members' intent only the bot's own member is in it."""
    bot = guild.members.get(bot_id)
    visible = [each for each in guild.channels.values() if permissions_in(guild, each, bot_id)]
    return guild_json(guild) | {
        "joined_at": moment(bot.joined_at if bot else 0.0),
        "large": len(guild.members) > 250,
        "member_count": len(guild.members),
        "members": [member_json(bot)] if bot else [],
        "channels": [channel_json(each) for each in guild.channels.values() if not each.parent],
        "threads": [channel_json(each) for each in visible if each.parent and not each.archived],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
