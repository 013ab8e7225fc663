"""What the stand-in of Slack knows, and the making of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from standins.slack.entities import (
    DM,
    GROUP,
    PRIVATE,
    PUBLIC,
    App,
    Channel,
    Hook,
    Json,
    Message,
    Token,
    Trigger,
    User,
    View,
    Workspace,
)

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class World:
    """Everything there is, and the making of it. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float], app: App) -> None:
        self.clock, self.app = clock, app
        self._number = 0
        self._micro = 0
        self.workspaces: dict[str, Workspace] = {}
        self.tokens: dict[str, Token] = {}
        self.messages: list[Message] = []  # all there ever were, the ephemeral ones too
        self.views: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, Hook] = {}
        self.files: dict[str, Json] = {}
        self.orders = 0

    # --- names and numbers

    def new_id(self, prefix: str) -> str:
        self._number += 1
        number, text = self._number, ""
        while number or len(text) < 8:
            number, place = divmod(number, 36)
            text = LETTERS[place] + text
        return f"{prefix}0{text}"

    def new_ts(self) -> str:
        self._micro = max(self._micro + 1, int(self.clock() * 1_000_000))
        return f"{self._micro // 1_000_000}.{self._micro % 1_000_000:06d}"

    def next_order(self) -> int:
        self.orders += 1
        return self.orders

    # --- workspaces, people, channels

    def add_workspace(
        self, name: str, channels: Iterable[str] = ("general", "papers"), *, installed: bool = True
    ) -> Workspace:
        """A workspace with these public channels; the app's bot is in all of them if installed."""
        place = Workspace(self.new_id("T"), name, name.lower().replace(" ", "-"))
        place.bot_id = self.new_id("B")
        self.workspaces[place.id] = place
        place.bot = self.add_user("paperboy", place, is_bot=True)
        for each in channels:
            self.add_channel(each, place)
        if installed:
            self.grant(place)
            for channel in place.channels.values():
                channel.members.add(place.bot)
        return place

    def add_user(self, name: str, workspace: Workspace, **about: Any) -> User:
        user = User(self.new_id("U"), name, workspace, **about)
        workspace.users[user.id] = user
        return user

    def add_channel(
        self, name: str, workspace: Workspace, kind: str = PUBLIC, members: Iterable[User] = ()
    ) -> Channel:
        prefix = {PUBLIC: "C", PRIVATE: "C", DM: "D", GROUP: "G"}[kind]
        channel = Channel(self.new_id(prefix), name, workspace, kind, set(members))
        workspace.channels[channel.id] = channel
        return channel

    def dm(self, *users: User) -> Channel:
        """The conversation of these people with the bot, made if there is none."""
        workspace = users[0].workspace
        people = {*users, workspace.bot}
        for channel in workspace.channels.values():
            if channel.is_direct and channel.members == people:
                return channel
        return self.add_channel("", workspace, DM if len(users) == 1 else GROUP, people)

    # --- what an app is given

    def grant(self, workspace: Workspace, *, expires_at: float | None = None) -> Token:
        """A new bot token: the app is installed."""
        prefix = "xoxe.xoxb-1-" if expires_at else "xoxb-"
        token = self.add_token(f"{prefix}stand-in-{workspace.id}-{secrets.token_hex(6)}", "bot")
        token.workspace, token.expires_at = workspace, expires_at
        workspace.installed, workspace.bot_token = True, token.text
        return token

    def add_token(self, text: str, kind: str) -> Token:
        scopes = self.app.scopes if kind == "bot" else ("connections:write",)
        token = Token(text, kind, None, scopes)
        self.tokens[text] = token
        return token

    def new_trigger(self, user: User, view: View | None = None) -> Trigger:
        trigger = Trigger(f"{self.new_id('')}.{secrets.token_hex(8)}", user, self.clock(), view)
        self.triggers[trigger.id] = trigger
        return trigger

    def new_hook(self, user: User, channel: Channel, message: Message | None = None) -> Hook:
        hook = Hook(secrets.token_urlsafe(18), user, channel, self.clock(), message)
        self.hooks[hook.token] = hook
        return hook


__all__ = [
    "DM",
    "GROUP",
    "PRIVATE",
    "PUBLIC",
    "App",
    "Channel",
    "Hook",
    "Json",
    "Message",
    "Token",
    "Trigger",
    "User",
    "View",
    "Workspace",
    "World",
]
