"""What happens in the stand-in's world beside requests, and is told over the gateway."""

from __future__ import annotations

from typing import Any

from standins.discord.drafts import ping
from standins.discord.gateway import (
    DIRECT_MESSAGES,
    GUILD_MEMBERS,
    GUILD_MESSAGES,
    GUILDS,
    MESSAGE_CONTENT,
    Gateway,
)
from standins.discord.message_shapes import message_event
from standins.discord.permissions import VIEW_CHANNEL, permissions_in
from standins.discord.shapes import (
    channel_json,
    guild_created,
    role_json,
    user_json,
)
from standins.discord.world import (
    TEXT,
    THREAD,
    Channel,
    Guild,
    Message,
    Overwrite,
    Role,
    User,
    World,
)

HIDDEN = {"content": "", "components": [], "embeds": [], "attachments": []}


class Happenings:
    """Each of these changes the world and sends the events of it, as Discord does."""

    world: World
    gateway: Gateway
    nonces: dict[tuple[int, str], Message]

    # --- messages

    def keep(self, message: Message) -> None:
        """A message is there: in its channel, unless it is ephemeral, and told of."""
        self.world.messages[message.id] = message
        if not message.is_ephemeral:
            message.channel.messages[message.id] = message
            if message.nonce is not None and message.author is self.world.bot:
                self.nonces[message.channel.id, message.nonce] = message
        self.tell_message("MESSAGE_CREATE", message)

    def edited(self, message: Message, *, silently: bool = False) -> None:
        """`silently`: a deferred answer was filled in, which does not count as an edit."""
        if not silently:
            message.edited_at = self.world.clock()
        self.tell_message("MESSAGE_UPDATE", message)

    def delete_message(self, message: Message) -> None:
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        if not message.is_ephemeral:
            self._tell_of(message, "MESSAGE_DELETE", {"id": str(message.id)} | _where(message))

    def tell_message(self, event: str, message: Message) -> None:
        """With its content hidden from those whom it does not concern."""
        if message.is_ephemeral:
            return
        whole = message_event(message)
        bot = self.world.bot
        concerned = message.channel.guild is None or bot in (message.author, *message.mentioned)

        def body(intents: int) -> dict[str, Any]:
            return whole if concerned or intents & MESSAGE_CONTENT else whole | HIDDEN

        self._tell_of(message, event, body)

    def _tell_of(self, message: Message, event: str, body: Any) -> None:
        channel = message.channel
        if channel.guild is None:
            if channel.with_bot:
                self.gateway.dispatch(event, body, None, DIRECT_MESSAGES)
        elif permissions_in(channel.guild, channel, self.world.bot.id) & VIEW_CHANNEL:
            self.gateway.dispatch(event, body, channel.guild.id, GUILD_MESSAGES)

    def say(
        self, user: User, channel: Channel, text: str, reply_to: Message | None = None
    ) -> Message:
        """A person writes; a reply mentions whom it answers, as the client does by default."""
        message = Message(self.world.new_id(), channel, user, self.world.clock(), text)
        message.reply_to, message.kind = reply_to, 19 if reply_to else 0
        ping(self.world, message, None)
        if reply_to and reply_to.author not in message.mentioned:
            message.mentioned.append(reply_to.author)
        self.keep(message)
        return message

    # --- people

    def add_user(self, name: str, *guilds: Guild, locale: str = "en-US") -> User:
        """A new person, who is a member of these guilds."""
        user = self.world.add_user(name, locale=locale)
        for guild in guilds:
            self.join(user, guild)
        return user

    def join(self, user: User, guild: Guild, *roles: Role) -> None:
        """Become a member with these roles, or a member with these roles instead."""
        self.world.add_member(guild, user, *roles)

    def leave(self, user: User, guild: Guild) -> None:
        guild.members.pop(user.id, None)
        body = {"guild_id": str(guild.id), "user": user_json(user)}
        self.gateway.dispatch("GUILD_MEMBER_REMOVE", body, guild.id, GUILD_MEMBERS)

    def add_role(self, guild: Guild, name: str, permissions: int = 0) -> Role:
        role = Role(self.world.new_id(), name, permissions)
        guild.roles[role.id] = role
        body = {"guild_id": str(guild.id), "role": role_json(role)}
        self.gateway.dispatch("GUILD_ROLE_CREATE", body, guild.id, GUILDS)
        return role

    def change_role(self, guild: Guild, role: Role, permissions: int) -> None:
        role.permissions = permissions
        body = {"guild_id": str(guild.id), "role": role_json(role)}
        self.gateway.dispatch("GUILD_ROLE_UPDATE", body, guild.id, GUILDS)

    # --- places

    def add_guild(self, name: str, **told: Any) -> Guild:
        """As `World.add_guild`; the app is told that it joined."""
        guild = self.world.add_guild(name, **told)
        if guild.installed:
            self._tell_created(guild)
        return guild

    def install(self, guild: Guild) -> None:
        """The app is added, for the first time or again."""
        self.world.add_app(guild)
        self._tell_created(guild)

    def remove_app(self, guild: Guild) -> None:
        guild.installed = False
        guild.members.pop(self.world.bot.id, None)
        self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild.id, GUILDS)

    def outage(self, guild: Guild) -> None:
        guild.unavailable = True
        body = {"id": str(guild.id), "unavailable": True}
        self.gateway.dispatch("GUILD_DELETE", body, guild.id, GUILDS)

    def recover(self, guild: Guild) -> None:
        guild.unavailable = False
        self._tell_created(guild, {"unavailable": False})

    def _tell_created(self, guild: Guild, more: dict[str, object] | None = None) -> None:
        body = guild_created(guild, self.world.bot.id) | (more or {})
        self.gateway.dispatch("GUILD_CREATE", body, guild.id, GUILDS)

    def add_channel(self, guild: Guild, name: str, kind: int = TEXT) -> Channel:
        channel = self.world.add_channel(name, guild, kind)
        self.tell_place("CHANNEL_CREATE", channel)
        return channel

    def add_thread(self, parent: Channel, name: str) -> Channel:
        """A thread that a person began."""
        thread = self.world.add_channel(name, parent.guild, THREAD)
        thread.parent = parent
        self.tell_place("THREAD_CREATE", thread, newly_created=True)
        return thread

    def delete_channel(self, channel: Channel) -> None:
        """A channel with its threads, or a thread."""
        assert channel.guild is not None
        for each in [*channel.guild.channels.values()]:
            if each is channel or each.parent is channel:
                del channel.guild.channels[each.id]
                del self.world.channels[each.id]
        self.tell_place("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)

    def overwrite(
        self,
        channel: Channel,
        who: User | Role | None = None,
        *,
        allow: int = 0,
        deny: int = 0,
    ) -> None:
        """Set what a member or role (None: the bot) may and may not in a channel."""
        who = who or self.world.bot
        channel.overwrites = [each for each in channel.overwrites if each.id != who.id]
        if allow or deny:
            channel.overwrites.append(Overwrite(who.id, isinstance(who, User), allow, deny))
        self.tell_place("CHANNEL_UPDATE", channel)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        thread.archived, thread.locked = True, locked
        self.tell_place("THREAD_UPDATE", thread)

    def tell_place(self, event: str, channel: Channel, **more: object) -> None:
        assert channel.guild is not None
        self.gateway.dispatch(event, channel_json(channel) | more, channel.guild.id, GUILDS)


def _where(message: Message) -> dict[str, str]:
    guild = message.channel.guild
    where = {"channel_id": str(message.channel.id)}
    return where | ({"guild_id": str(guild.id)} if guild else {})
