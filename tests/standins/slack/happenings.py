"""What happens in the stand-in's world beside requests, and is told to the app as events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standins.slack import payloads
from standins.slack.deliveries import EVENT, Courier, Delivery
from standins.slack.drafts import Desk
from standins.slack.manifests import EVENT_SCOPES
from standins.slack.shapes import message_json, view_json
from standins.slack.world import (
    DM,
    GROUP,
    PRIVATE,
    PUBLIC,
    Channel,
    Json,
    Message,
    User,
    View,
    Workspace,
    World,
)

KINDS = {PUBLIC: "C", PRIVATE: "G", DM: "D", GROUP: "G"}


class Happenings:
    """Each of these changes the world and sends the events of it, as Slack does."""

    world: World
    desk: Desk
    deliveries: list[Delivery]

    @property
    def courier(self) -> Courier:
        raise NotImplementedError

    def stir(self) -> None:
        raise NotImplementedError

    def deliver(
        self, kind: str, payload: Json, on_ack: Callable[[Json], None] | None = None
    ) -> Delivery:
        """Send a payload to the app."""
        delivery = Delivery(kind, payload, on_ack)
        self.deliveries.append(delivery)
        self.courier.send(delivery)
        return delivery

    def tell(self, workspace: Workspace, about: Json, *, name: str = "") -> Delivery:
        """Send an event, if the app subscribes to it (`name` where that is not its type)."""
        app, name = self.world.app, name or about["type"]
        payload = payloads.event(self.world, workspace.bot, about)
        needed = EVENT_SCOPES.get(name, ())
        if name not in app.events or (needed and not {*needed} & {*app.scopes}):
            return Delivery(EVENT, payload, failed="not subscribed")
        return self.deliver(EVENT, payload)

    # --- messages

    def told_message(self, message: Message, *, changed: bool = False) -> None:
        """The app hears of messages in its direct messages, of its own too."""
        channel = message.channel
        if message.is_ephemeral or channel.kind != DM:
            return
        about = message_json(message, self.world.app)
        where = {"channel": channel.id, "channel_type": "im", "event_ts": message.ts}
        if changed:
            about = {
                "type": "message",
                "subtype": "message_changed",
                "message": about,
                "hidden": True,
            }
            where["event_ts"] = about["ts"] = self.world.new_ts()
        self.tell(channel.workspace, about | where, name="message.im")

    def say(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Message:
        """A person writes; nobody is told, but in a direct message."""
        message = Message(
            self.world.new_ts(), channel, user, payloads.typed(text), thread_ts=thread_ts
        )
        message.edits.append({"text": text})
        message.order = self.world.next_order()
        self.world.messages.append(message)
        channel.messages[message.ts] = message
        return message

    def forget(self, message: Message) -> None:
        message.deleted = True
        message.channel.messages.pop(message.ts, None)

    def clear(self, user: User) -> None:
        """All modals of this person are closed."""
        for view in user.stack:
            view.is_open = False
        user.stack.clear()

    # --- people and places

    def add_workspace(self, name: str, **told: Any) -> Workspace:
        return self.world.add_workspace(name, **told)

    def add_user(self, name: str, workspace: Workspace | None = None, **about: Any) -> User:
        """A new person (tz, tz_offset, is_admin, locale…), a member of all public channels."""
        place = workspace or next(iter(self.world.workspaces.values()))
        user = self.world.add_user(name, place, **about)
        for channel in place.channels.values():
            if channel.kind == PUBLIC:
                channel.members.add(user)
        return user

    def add_channel(
        self, name: str, workspace: Workspace | None = None, *members: User, private: bool = False
    ) -> Channel:
        """A channel with these people; the app is in it only once it was invited."""
        place = workspace or next(iter(self.world.workspaces.values()))
        everybody = members or [each for each in place.users.values() if not each.is_bot]
        return self.world.add_channel(name, place, PRIVATE if private else PUBLIC, everybody)

    def let_in(self, user: User, channel: Channel, inviter: User | None = None) -> Delivery:
        """member_joined_channel, with the inviter if there is one."""
        channel.members.add(user)
        about = {
            "type": "member_joined_channel",
            "user": user.id,
            "channel": channel.id,
            "channel_type": KINDS[channel.kind],
            "team": channel.workspace.id,
            "event_ts": self.world.new_ts(),
        }
        return self.tell(channel.workspace, about | ({"inviter": inviter.id} if inviter else {}))

    def remove(self, channel: Channel, user: User | None = None) -> Delivery:
        """Somebody (None: the app) leaves a channel or is removed from it."""
        gone = user or channel.workspace.bot
        channel.members.discard(gone)
        ts = self.world.new_ts()
        if gone is channel.workspace.bot:
            kind = "group_left" if channel.kind == PRIVATE else "channel_left"
            self.tell(channel.workspace, {"type": kind, "channel": channel.id, "event_ts": ts})
        about = {"type": "member_left_channel", "user": gone.id, "channel": channel.id}
        more = {"channel_type": KINDS[channel.kind], "team": channel.workspace.id, "event_ts": ts}
        return self.tell(channel.workspace, about | more)

    def archive(self, channel: Channel, *, archived: bool = True) -> Delivery:
        channel.archived = archived
        start = "group" if channel.kind == PRIVATE else "channel"
        kind = f"{start}_archive" if archived else f"{start}_unarchive"
        about = {"type": kind, "channel": channel.id, "event_ts": self.world.new_ts()}
        return self.tell(channel.workspace, about)

    def delete_channel(self, channel: Channel) -> Delivery:
        del channel.workspace.channels[channel.id]
        kind = "group_deleted" if channel.kind == PRIVATE else "channel_deleted"
        about = {"type": kind, "channel": channel.id, "event_ts": self.world.new_ts()}
        return self.tell(channel.workspace, about)

    def rename_channel(self, channel: Channel, name: str) -> Delivery:
        channel.name = name
        kind = "group_rename" if channel.kind == PRIVATE else "channel_rename"
        told = {"id": channel.id, "name": name, "created": 1_700_000_000}
        about = {"type": kind, "channel": told, "event_ts": self.world.new_ts()}
        return self.tell(channel.workspace, about)

    # --- the app in a workspace

    def told_revoked(self, workspace: Workspace) -> Delivery:
        tokens = {"oauth": [], "bot": [workspace.bot.id]}
        about = {"type": "tokens_revoked", "tokens": tokens, "event_ts": self.world.new_ts()}
        return self.tell(workspace, about)

    def uninstall(self, workspace: Workspace) -> Delivery:
        """The app is removed: its tokens end, and it is told so twice, as Slack does."""
        workspace.installed, workspace.bot_token = False, ""
        for token in self.world.tokens.values():
            if token.workspace is workspace:
                token.state = "account_inactive"
        for channel in workspace.channels.values():
            channel.members.discard(workspace.bot)
        self.told_revoked(workspace)
        about = {"type": "app_uninstalled", "event_ts": self.world.new_ts()}
        return self.tell(workspace, about)

    def home_json(self, view: View | None) -> Json:
        return {"view": view_json(view, self.world)} if view else {}
