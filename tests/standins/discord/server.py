"""A stand-in for Discord: its REST API, gateway and files over real sockets, and its people.

In a test: `async with DiscordStandin(guilds=2) as discord:`, then point the app at
`discord.api_url` with `discord.bot_token`. By itself: `python tests/standins/discord/serve.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

from aiohttp import web
from standins.discord.drafts import Check, Desk, problems_of_limits
from standins.discord.faults import Fault
from standins.discord.forms import modal_problems
from standins.discord.front import Front, Seen
from standins.discord.gateway import INVALID, RECONNECT, Gateway
from standins.discord.happenings import Happenings
from standins.discord.limits import BUCKETS, Limits
from standins.discord.people import People
from standins.discord.refusals import invalid
from standins.discord.rest_messages import NONCE_SECONDS
from standins.discord.world import Channel, Guild, Interaction, Message, User, World

PREFIX = "/api/v10"
TOKEN = "MTA.stand-in.token"  # noqa: S105 - it opens nothing
MAX_BODY = 30 * 1024 * 1024
LIMITED = (401, 403, 429)  # ten thousand of these in ten minutes, and Discord bans the address
# One transparent pixel: every picture that nobody uploaded.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
LOOK_SECONDS = 0.02  # what the app does without a request is seen by looking
T = TypeVar("T")


class DiscordStandin(People, Happenings):
    """The server; use it as an async context manager.

    `guilds` is how many there are at first, each with #general and #papers. `clock` gives the
    times of messages, the 3 seconds and 15 minutes of interactions and the memory of nonces;
    limits go by real time, as those sleep who meet them. `rate` is the limit for all of a bot's
    requests a second, `buckets` those of single routes: None for Discord's (5 messages in 5 s to a
    channel), {} for roomy ones. `check` finds problems in the bodies of
    messages, `check_modal` in those of forms.
    """

    def __init__(
        self,
        guilds: int = 1,
        *,
        clock: Callable[[], float] = time.time,
        rate: int | None = None,
        buckets: dict[str, tuple[int, float]] | None = None,
        shards: int | None = None,
        check: Check | None = problems_of_limits,
        check_modal: Check | None = modal_problems,
        bot_token: str = TOKEN,
        nonce_seconds: float = NONCE_SECONDS,
        port: int = 0,
    ) -> None:
        self.clock, self.bot_token, self.port = clock, bot_token, port
        self.world = World(clock)
        for place in range(guilds):
            self.world.add_guild(f"guild-{place}")
        self.gateway = Gateway(self.world, bot_token, self.stir, shards=shards)
        self.limits = Limits(time.time, rate, BUCKETS if buckets is None else buckets)
        self.front = Front(self, self.limits)
        self.desk = Desk(self.world, "", check)
        self.check_modal = check_modal
        self.nonce_seconds = nonce_seconds
        self.nonces: dict[tuple[int, str], Message] = {}
        self.syncs = 0  # bulk overwrites of the commands
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/standin", self._counts)
        app.router.add_get("/cdn/{path:.*}", self._file)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.front.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024).start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url
        self.desk.cdn_url = self.cdn_url
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.gateway.close()
        await self._runner.cleanup()
        if kind is None and self.front.crashes:  # a mistake of the stand-in's, or a wild request
            raise self.front.crashes[0]
        if kind is None:
            assert not self.front.unpublished, f"Discord knows nothing of: {self.front.unpublished}"

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    @property
    def cdn_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cdn"

    async def _file(self, request: web.Request) -> web.Response:
        body = self.world.files.get(request.match_info["path"], PIXEL)
        return web.Response(body=body, content_type="image/png")

    async def _counts(self, _: web.Request) -> web.Response:
        """For those in another process: what came of it so far."""
        sent = {str(each.id): len(each.messages) for each in self.world.channels.values()}
        return web.json_response(
            {
                "statuses": {str(status): n for status, n in self.front.statuses.items()},
                "identifies": self.gateway.identifies,
                "resumes": self.gateway.resumes,
                "syncs": self.syncs,
                "messages": {channel: count for channel, count in sent.items() if count},
                "refused": self.refused,
            }
        )

    # --- looking

    @property
    def guilds(self) -> list[Guild]:
        return [*self.world.guilds.values()]

    @property
    def bot(self) -> User:
        return self.world.bot

    @property
    def commands(self) -> list[dict[str, Any]]:
        """Those registered, as Discord keeps them."""
        return self.world.commands

    @property
    def requests(self) -> list[Seen]:
        return self.front.requests

    @property
    def refused(self) -> list[tuple[dict[str, Any], list[str]]]:
        """(body, problems) of what the checks refused."""
        return self.desk.refused

    @property
    def bad_answers(self) -> int:
        """How many 401, 403 and 429 were given: what a ban is for."""
        return sum(self.front.statuses[status] for status in LIMITED)

    def status_count(self, status: int) -> int:
        return self.front.statuses[status]

    def asked_for(self, method: str, pattern: str) -> list[Seen]:
        """The requests of this method ("*" for any) to paths like the pattern."""
        like = Fault(method, pattern)
        return [each for each in self.requests if like.takes(each.method, each.path)]

    def channel(self, name: str = "papers", guild: int = 0) -> Channel:
        return self.guilds[guild].channel(name)

    def owner_of(self, guild: Guild) -> User:
        return self.world.users[guild.owner_id]

    def dm(self, user: User) -> Channel:
        """The direct message of a person with the bot."""
        return self.world.dm(user)

    def messages(self, channel: Channel) -> list[Message]:
        """What everybody sees in a channel, the oldest first."""
        return [channel.messages[each] for each in sorted(channel.messages)]

    # --- waiting

    def stir(self) -> None:
        """Something happened: who waits looks again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, check: Callable[[], T | None], within: float = 5.0, about: str = "") -> T:
        """What `check` gives as soon as it is true; AssertionError after `within` seconds."""
        ends = time.monotonic() + within
        while not (value := check()):
            left = ends - time.monotonic()
            latest = [f"{each.method} {each.path} {each.status}" for each in self.requests[-5:]]
            assert left > 0, f"{about or 'nothing'} after {within} s; the latest: {latest}"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(left, LOOK_SECONDS))
        return value

    async def ready(self, shards: int = 1, within: float = 10.0) -> None:
        """Wait until this many shards are connected."""
        await self.until(lambda: len(self.gateway.live()) >= shards, within, "no gateway session")

    # --- misbehaving

    def fail(
        self, method: str, pattern: str, status: int = 500, code: int = 0, message: str = "",
        *, kind: str = "answer", times: int | None = 1, retry_after: float | None = None,
        is_global: bool = False, via: bool = True, seconds: float = 0.0,
    ) -> Fault:  # fmt: skip
        """The next `times` (None: all) requests like this fail; see Fault for the kinds."""
        return self.front.faults.add(
            Fault(
                method, pattern, kind, status, code, message, times, retry_after,
                is_global, via, seconds,
            )
        )  # fmt: skip

    def reconnect(self, shard: int | None = None) -> None:
        """Op 7: the client is asked to connect anew and resume."""
        for connection in self.gateway.live(shard):
            connection.put(RECONNECT)

    def close_gateway(self, code: int = 4000, shard: int | None = None) -> None:
        for connection in self.gateway.live(shard):
            connection.close(code)

    def cut_gateway(self, shard: int | None = None) -> None:
        """The connections break without a word."""
        for connection in self.gateway.live(shard):
            connection.cut()

    def invalidate(self, *, resumable: bool = False, shard: int | None = None) -> None:
        """Op 9; a session that cannot be resumed is forgotten."""
        for connection in self.gateway.live(shard):
            connection.put(INVALID, resumable)
            if not resumable and connection.session:
                self.gateway.sessions.pop(connection.session.id, None)

    # --- what the handlers tell it

    def answered(self, asked: Interaction) -> None:
        asked.answered = time.perf_counter()

    def checked_modal(self, modal: dict[str, Any]) -> None:
        problems = self.check_modal(modal) if self.check_modal else []
        if problems:
            self.refused.append((modal, problems))
            raise invalid({"data": ("STANDIN_CHECK", "; ".join(problems))})
