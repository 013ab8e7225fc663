"""Where and by whom something was asked, as Discord tells it → what an Invocation needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from adapters.discord.locales import likely_zones
from adapters.discord.permissions import lacking, manages_server, may_manage, tell_lacking
from bot.messages import Invocation
from bot.models import DIRECT, Channel, User

NAME = "discord"
ELSEWHERE = "@@"  # the workspace of group messages: Paperboy is no part of them
NAMES_MANAGERS = "managers"  # the verb that says which role manages
MAY_NOT_WRITE = "You may not write in this channel, so nothing can be shared there for you."
NOT_INVITED = (
    "Paperboy is not a member of this server, so it can't post here. Whoever manages the server "
    "can add it: open Paperboy's profile, then Add App, Add to Server."
)
NO_MEMBER = "Paperboy is no part of this conversation, so it can't post here; ask in a server"


def user_of(interaction: discord.Interaction) -> User:
    """Who asked."""
    return User(NAME, str(interaction.user.id), interaction.user.display_name)


def channel_of(interaction: discord.Interaction) -> Channel:
    """Where it was asked; with Paperboy alone, the channel is the person's own."""
    number, name = str(interaction.channel_id or 0), getattr(interaction.channel, "name", None)
    if interaction.guild_id:
        return Channel(NAME, str(interaction.guild_id), number, name or "")
    if interaction.context.dm_channel or not interaction.context.private_channel:
        user = user_of(interaction)
        return Channel(NAME, DIRECT, user.id, user.name)
    return Channel(NAME, ELSEWHERE, number, name or "")


def obstacle_of(interaction: discord.Interaction, channel: Channel) -> str:
    """What keeps Paperboy from posting there; "" for nothing."""
    if channel.is_direct:
        return ""
    if channel.workspace == ELSEWHERE:
        return f"{NO_MEMBER}."
    if not interaction.is_guild_integration():
        return NOT_INVITED
    in_thread = isinstance(interaction.channel, discord.Thread)
    names = lacking(interaction.app_permissions.value, in_thread=in_thread)
    return tell_lacking(names, channel.name)


def is_for_asker_alone(interaction: discord.Interaction) -> bool:
    """Whether Paperboy answers only since the asker installed it for themselves."""
    return not (interaction.is_guild_integration() or interaction.context.dm_channel)


def granted_to(member: discord.Member, place: Any) -> int | None:  # noqa: ANN401
    """The permissions of a member in a channel or thread; None for a thread whose channel the
    connection does not know, such as one of a kind that the library has not heard of.
    """
    try:
        granted: int = place.permissions_for(member).value
    except discord.ClientException:
        return None
    return granted


def may_write(interaction: discord.Interaction) -> bool:
    """Whether the asker may write where they asked: what they can't say, nobody says for them."""
    if not interaction.guild_id:
        return True
    in_thread = isinstance(interaction.channel, discord.Thread)
    return not lacking(interaction.permissions.value, in_thread=in_thread)


def manages(interaction: discord.Interaction, verb: str, channel: Channel, managers: str) -> bool:
    """Whether the asker may manage there. `managers` is the id of a role that may too, and its
    name behind it; who that is, is for those alone who manage the whole server.
    """
    if channel.is_direct:
        return True
    if channel.workspace == ELSEWHERE:
        return False
    granted = interaction.permissions.value
    if verb == NAMES_MANAGERS:
        return manages_server(granted)
    role = managers.partition(" ")[0]
    roles = {str(role.id) for role in getattr(interaction.user, "roles", ())}
    return may_manage(granted) or bool(role and role in roles)


def invocation_of(
    interaction: discord.Interaction,
    verb: str,
    args: Mapping[str, str],
    *,
    at: datetime,
    managers: str = "",
) -> Invocation:
    """The asking for a verb, by whoever is behind the interaction."""
    channel = channel_of(interaction)
    locales = (str(interaction.locale), str(interaction.guild_locale or ""))
    return Invocation(
        verb=verb,
        args=dict(args),
        channel=channel,
        user=user_of(interaction),
        at=at,
        key=f"discord:{interaction.id}",
        may_manage=manages(interaction, verb, channel, managers),
        zones=likely_zones(*locales),
        obstacle=obstacle_of(interaction, channel),
    )
