"""Discord's permissions, computed from owner, roles and overwrites as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standins.discord.world import Channel, Guild

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_EXTERNAL_EMOJIS = 1 << 18
MANAGE_ROLES = 1 << 28
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
SEND_MESSAGES_IN_THREADS = 1 << 38
USE_EXTERNAL_APPS = 1 << 50
ALL = (1 << 53) - 1

_TALKING = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY
_THREADS = CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS
EVERYONE = _TALKING | _THREADS | ADD_REACTIONS | USE_APPLICATION_COMMANDS | USE_EXTERNAL_APPS
INVITED = _TALKING | _THREADS
# Denied with SEND_MESSAGES, whatever else is allowed: Discord's "implicit" permissions.
_WITH_SENDING = EMBED_LINKS | ATTACH_FILES | MENTION_EVERYONE


def permissions_in(guild: Guild, channel: Channel | None, user_id: int) -> int:
    """The bits a member has in a channel or thread, or in the guild as a whole for None."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.roles:
        bits |= guild.roles[role_id].permissions if role_id in guild.roles else 0
    if bits & ADMINISTRATOR:
        return ALL
    if channel is None:
        return bits
    bits = _overwritten(bits, channel.parent or channel, guild.id, user_id, member.roles)
    if not bits & VIEW_CHANNEL:
        return 0
    return bits if bits & SEND_MESSAGES or channel.is_thread else bits & ~_WITH_SENDING


def everyone_in(guild: Guild, channel: Channel) -> int:
    """The bits of somebody without roles: what a user-installed app has where its bot is not."""
    everyone = guild.roles[guild.id].permissions
    return _overwritten(everyone, channel.parent or channel, guild.id, 0, set())


def _overwritten(bits: int, place: Channel, guild_id: int, user_id: int, roles: set[int]) -> int:
    """In Discord's order: @everyone, then all roles together, then the member."""
    steps = (
        [each for each in place.overwrites if each.id == guild_id],
        [each for each in place.overwrites if not each.member and each.id in roles],
        [each for each in place.overwrites if each.member and each.id == user_id],
    )
    for step in steps:
        for each in step:
            bits &= ~each.deny
        for each in step:
            bits |= each.allow
    return bits
