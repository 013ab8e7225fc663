"""The things in the stand-in of Slack: app, workspaces, people, channels, messages, views."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
PUBLIC, PRIVATE, DM, GROUP = "channel", "group", "im", "mpim"


@dataclass(eq=False)
class App:
    """The app as its owner set it up. `scopes` are what an installation is asked to grant."""

    id: str
    name: str
    client_id: str
    client_secret: str
    signing_secret: str
    verification_token: str
    scopes: tuple[str, ...]
    events: frozenset[str]
    commands: frozenset[str] | None = None  # None: any
    shortcuts: frozenset[str] | None = None  # callback ids; None: any
    rotates: bool = False  # tokens end after 12 hours and are refreshed
    whole_organisation: bool = False  # it is installed for all of an organisation's workspaces
    interactive: bool = True
    socket_mode: bool = True
    has_home: bool = True
    has_messages: bool = True  # people may write to it directly


@dataclass(eq=False)
class Token:
    """`state` is the error that it meets, "" while it is good; `expires_at` by the clock."""

    text: str
    kind: str  # bot or app
    workspace: Workspace | None = field(repr=False)
    scopes: tuple[str, ...]
    state: str = ""
    expires_at: float | None = None


@dataclass(eq=False)
class User:
    id: str
    name: str
    workspace: Workspace = field(repr=False)
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False
    tz: str = "Europe/Berlin"
    tz_offset: int = 3600
    locale: str = "en-US"
    told: Json = field(default_factory=dict, repr=False)  # of them beside that: "is_restricted" …
    home: View | None = field(default=None, repr=False)
    stack: list[View] = field(default_factory=list, repr=False)  # open modals, the root first

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Workspace:
    id: str
    name: str
    domain: str
    bot_id: str = ""
    installed: bool = False
    bot: User = field(init=False, repr=False)
    users: dict[str, User] = field(default_factory=dict, repr=False)
    channels: dict[str, Channel] = field(default_factory=dict, repr=False)
    bot_token: str = ""  # the newest

    def channel(self, name: str) -> Channel:
        """The channel of this name."""
        return next(each for each in self.channels.values() if each.name == name)


@dataclass(eq=False)
class Channel:
    id: str
    name: str
    workspace: Workspace = field(repr=False)
    kind: str = PUBLIC
    members: set[User] = field(default_factory=set, repr=False)
    archived: bool = False
    topic: str = ""
    messages: dict[str, Message] = field(default_factory=dict, repr=False)

    @property
    def is_direct(self) -> bool:
        return self.kind in (DM, GROUP)


@dataclass(eq=False)
class Message:
    """`edits` are the bodies that made it what it is, the first is the creation."""

    ts: str
    channel: Channel = field(repr=False)
    user: User
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    visible_to: User | None = None  # an ephemeral message
    files: list[Json] = field(default_factory=list)
    edits: list[Json] = field(default_factory=list, repr=False)
    order: int = 0  # of everything that happened in the world
    deleted: bool = False
    response_token: str = ""  # of the response_url that made it
    subtype: str = ""

    @property
    def is_ephemeral(self) -> bool:
        return self.visible_to is not None

    @property
    def by_app(self) -> bool:
        return self.user is self.channel.workspace.bot

    @property
    def reference(self) -> str:
        return f"{self.channel.id}/{self.ts}"


@dataclass(eq=False)
class View:
    """A modal or a Home. `filled` is what the person put in: (block_id, action_id) to state."""

    id: str
    user: User
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    order: int = 0
    changes: int = 0  # how often it was updated
    is_open: bool = True
    filled: dict[tuple[str, str], Json] = field(default_factory=dict)
    external_id: str = ""

    @property
    def blocks(self) -> list[Json]:
        return self.body["blocks"]

    @property
    def title(self) -> str:
        return (self.body.get("title") or {}).get("text", "")

    @property
    def is_home(self) -> bool:
        return self.body["type"] == "home"


@dataclass(eq=False)
class Trigger:
    """A trigger_id: good once, for three seconds."""

    id: str
    user: User
    made_at: float
    view: View | None = None  # where it was pressed
    used: bool = False
    opened: View | None = None


@dataclass(eq=False)
class Hook:
    """A response_url: five times, for thirty minutes. `message` is where it was pressed."""

    token: str
    user: User
    channel: Channel
    made_at: float
    message: Message | None = None
    uses: int = 0
