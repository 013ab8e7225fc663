"""What the stand-in of Discord knows: people, guilds, channels, messages and interactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from standins.discord.permissions import EVERYONE, INVITED

EPOCH_MS = 1_420_070_400_000  # snowflakes count from 2015
SHARD_STEP = 1 << 22  # (id >> 22) decides the shard of a guild

TEXT, DM, GROUP, NEWS, NEWS_THREAD, THREAD, PRIVATE_THREAD, FORUM = 0, 1, 3, 5, 10, 11, 12, 15
THREADS = {NEWS_THREAD, THREAD, PRIVATE_THREAD}
EPHEMERAL, LOADING, COMPONENTS_V2, HAS_THREAD = 1 << 6, 1 << 7, 1 << 15, 1 << 5


@dataclass(eq=False)
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    dms_open: bool = True
    dms_too_many: bool = False  # opening a direct message is answered with 40003

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Application:
    id: int
    name: str
    owner: User
    team: dict[str, object] | None = None
    bot_public: bool = True
    bot_require_code_grant: bool = False
    flags: int = 0
    description: str = ""
    install_params: dict[str, object] | None = None
    integration_types_config: dict[str, object] = field(default_factory=lambda: {"0": {}})
    interactions_endpoint_url: str | None = None


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: int = 0
    position: int = 1
    managed: bool = False


@dataclass(eq=False)
class Overwrite:
    id: int
    member: bool
    allow: int = 0
    deny: int = 0


@dataclass(eq=False)
class Member:
    user: User
    roles: set[int] = field(default_factory=set)
    joined_at: float = 0.0
    nick: str | None = None


@dataclass(eq=False)
class Guild:
    id: int
    name: str
    owner_id: int
    installed: bool = True  # the app's bot is a member
    unavailable: bool = False
    preferred_locale: str = "en-US"
    system_channel_id: int | None = None
    features: list[str] = field(default_factory=list)
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)

    def channel(self, name: str) -> Channel:
        """The channel or thread of this name."""
        return next(each for each in self.channels.values() if each.name == name)


@dataclass(eq=False)
class Channel:
    id: int
    name: str
    kind: int = TEXT
    guild: Guild | None = field(default=None, repr=False)
    parent: Channel | None = field(default=None, repr=False)  # of a thread
    overwrites: list[Overwrite] = field(default_factory=list)
    people: list[User] = field(default_factory=list)  # of a direct message, without our bot
    with_bot: bool = True  # a direct message between others has no bot in it
    topic: str | None = None
    owner_id: int = 0
    archived: bool = False
    locked: bool = False
    messages: dict[int, Message] = field(default_factory=dict, repr=False)

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS


@dataclass(eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    made_at: float
    content: str = ""
    components: list[dict] = field(default_factory=list)
    embeds: list[dict] = field(default_factory=list)
    attachments: list[dict] = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    nonce: str | None = None
    edited_at: float | None = None
    edits: list[dict] = field(default_factory=list, repr=False)  # bodies, the first is the creation
    pings: set[int] = field(default_factory=set)  # users and roles that were really notified
    pings_everyone: bool = False
    mentioned: list[User] = field(default_factory=list, repr=False)
    reply_to: Message | None = field(default=None, repr=False)
    thread: Channel | None = field(default=None, repr=False)
    interaction: Interaction | None = field(default=None, repr=False)
    deleted: bool = False

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        return bool(self.flags & LOADING)


@dataclass(eq=False)
class Interaction:
    """One interaction; `sent` and `answered` are seconds of the performance counter."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    name: str
    owners: dict[str, str]
    made_at: float
    context: int = 0
    message: Message | None = field(default=None, repr=False)
    parent: Interaction | None = field(default=None, repr=False)  # whose modal this submits
    target: object = field(default=None, repr=False)
    sent: float = 0.0
    answered: float | None = None
    answer: dict | None = None
    expired: bool = False  # told so: 10062 whatever the clock says
    original: Message | None = field(default=None, repr=False)
    followups: list[Message] = field(default_factory=list, repr=False)

    @property
    def only_user_installed(self) -> bool:
        return "0" not in self.owners


class World:
    """All of it, with the ids given out. A new id is later than all before, whatever the clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._last_id = 0
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}  # the ephemeral ones too
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[dict] = []
        self.files: dict[str, bytes] = {}
        self.bot = self.add_user("paperboy", bot=True)
        self.owner = self.add_user("operator")
        self.application = Application(self.bot.id, "Paperboy", self.owner)

    def new_id(self, step: int = 1) -> int:
        since = int(self.clock() * 1000) - EPOCH_MS
        self._last_id = max(self._last_id + step, since * SHARD_STEP)
        return self._last_id

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US") -> User:
        user = User(self.new_id(), name, bot, locale)
        self.users[user.id] = user
        return user

    def add_guild(
        self,
        name: str,
        *,
        owner: User | None = None,
        channels: Iterable[str] = ("general", "papers"),
        installed: bool = True,
    ) -> Guild:
        """A guild with its owner, these text channels (the first is the system's) and the app."""
        owner = owner or self.add_user(f"owner-of-{name}")
        guild = Guild(self.new_id(SHARD_STEP), name, owner.id, installed=False)
        guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE, 0)
        self.guilds[guild.id] = guild
        self.add_member(guild, owner)
        for each in channels:
            channel = self.add_channel(each, guild)
            guild.system_channel_id = guild.system_channel_id or channel.id
        if installed:
            self.add_app(guild)
        return guild

    def add_member(self, guild: Guild, user: User, *roles: Role) -> Member:
        member = Member(user, {role.id for role in roles}, self.clock())
        guild.members[user.id] = member
        return member

    def add_app(self, guild: Guild) -> None:
        """The bot joins, with a role of its own that holds what the invitation asks for."""
        role = Role(self.new_id(), self.application.name, INVITED, managed=True)
        guild.roles[role.id] = role
        self.add_member(guild, self.bot, role)
        guild.installed = True

    def add_channel(self, name: str, guild: Guild | None = None, kind: int = TEXT) -> Channel:
        channel = Channel(self.new_id(), name, kind, guild)
        self.channels[channel.id] = channel
        if guild:
            guild.channels[channel.id] = channel
        return channel

    def dm(self, *people: User, with_bot: bool = True) -> Channel:
        """The direct message of these people, made if there is none; without the bot if so told."""
        for channel in self.channels.values():
            if channel.people and set(channel.people) == {*people} and channel.with_bot == with_bot:
                return channel
        kind = DM if len(people) == (1 if with_bot else 2) else GROUP
        channel = self.add_channel("", kind=kind)
        channel.people, channel.with_bot = [*people], with_bot
        return channel
