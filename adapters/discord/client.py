"""The connection to Discord: what it asks for, and whom it tells of what comes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import discord
import structlog
from yarl import URL

from adapters.discord.commands import Payload, are_known
from adapters.discord.faults import Network
from adapters.discord.guilds import Guilds

log = structlog.get_logger()

# None of these is privileged. Messages are heard of for their mentions of Paperboy and for direct
# messages alone: of all others Discord leaves out the text.
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)

# Of connecting a shard, 5 seconds apart, before the whole connection is made anew.
LAUNCH_TRIES = 5

# There is no voice here: without this each start warns of two libraries that are not installed.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def _proxy() -> str | None:
    """The proxy that the environment names for Discord; the library asks for none by itself."""
    parts = urlsplit(discord.http.Route.BASE)
    is_direct = bool(parts.hostname) and bool(proxy_bypass(str(parts.hostname)))
    return None if is_direct else getproxies().get(parts.scheme)


class Listener(Protocol):
    """Whom the connection tells of what comes."""

    async def asked(self, interaction: discord.Interaction) -> None:
        """Somebody used a command, a button, a select or a form."""
        ...

    async def written(self, message: discord.Message) -> None:
        """Somebody wrote to Paperboy, or mentioned it."""
        ...

    async def serves(self, guilds: Collection[int]) -> None:
        """These are all the servers that Paperboy is in."""
        ...

    async def joined(self, guild: discord.Guild) -> None:
        """A server has let Paperboy in."""
        ...

    async def left(self, guild_id: int) -> None:
        """A server has removed Paperboy."""
        ...


class Client(discord.AutoShardedClient):
    """discord.py's client, lean: it keeps servers and channels in memory, neither messages nor
    members. Faults of a listener are logged, never fatal.
    """

    def __init__(
        self,
        listener: Listener,
        commands: Sequence[Payload],
        begin: Callable[[Client], None],
        settle_seconds: float,
    ) -> None:
        super().__init__(
            intents=INTENTS,
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=settle_seconds,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            proxy=_proxy(),
        )
        self._listener = listener
        self._commands = commands
        self._begin = begin
        self._launches: Counter[int] = Counter()

    def _get_state(self, **options: Any) -> Guilds:  # noqa: ANN401 - they are discord.py's
        return Guilds(
            dispatch=self.dispatch,
            handlers=self._handlers,
            hooks=self._hooks,
            http=self.http,
            **options,
        )

    async def launch_shard(self, gateway: URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard. Raises discord.GatewayNotFound where that fails time after time.

        The library tries for ever, each time within the time before and with the tracebacks of
        all in its log: an outage of an hour and a half is 500 MB, and Python's depth used up.
        """
        self._launches[shard_id] += 1
        if self._launches[shard_id] > LAUNCH_TRIES:
            raise discord.GatewayNotFound
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def setup_hook(self) -> None:
        """Logged in, not connected yet: let Discord know the commands, if they have changed."""
        try:
            await self._sync()
        except discord.HTTPException as error:
            # People can use those of before meanwhile; the next start tries again.
            log.error("discord: the commands can't be told", status=error.status, code=error.code)

    async def _sync(self) -> None:
        number = self.application_id or 0
        known: Any = await self.http.get_global_commands(number)
        if are_known(self._commands, known):
            return
        told: Any = list(self._commands)
        await self.http.bulk_upsert_global_commands(number, told)
        log.info("discord: commands told", commands=len(told))

    async def on_ready(self) -> None:
        """Connected, and all servers are known."""
        guilds = [guild.id for guild in self.guilds]
        log.info("discord: ready", servers=len(guilds), shards=self.shard_count)
        await self._guarded(self._listener.serves, guilds)
        self._begin(self)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody used a command, a button, a select or a form."""
        await self._guarded(self._listener.asked, interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        if message.author.bot or self.user is None or not message.content:
            return
        # An answer to a digest mentions Paperboy too, without its name in the text.
        is_named = re.search(rf"<@!?{self.user.id}>", message.content)
        is_said = message.type in {discord.MessageType.default, discord.MessageType.reply}
        if is_said and (message.guild is None or is_named):
            await self._guarded(self._listener.written, message)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server has let Paperboy in."""
        await self._guarded(self._listener.joined, guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server has removed Paperboy; one that is only unavailable is not told of here."""
        await self._guarded(self._listener.left, guild.id)

    async def _guarded(self, tell: Callable[[Any], Awaitable[None]], about: object) -> None:
        try:
            await tell(about)
        except (discord.DiscordException, *Network) as error:
            log.warning("discord: an answer did not arrive", reason=str(error)[:200])
        except Exception:
            log.exception("discord: an event failed here")
