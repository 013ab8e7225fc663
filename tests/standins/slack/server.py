"""A stand-in for Slack: Web API, Socket Mode, signed HTTP, OAuth and people, over real sockets.

By itself: `python tests/standins/slack/serve.py`. In a test:

    async with SlackStandin(post_rate=None) as slack:      # or events_url="http://…" for HTTP mode
        ...                        # start the app with slack.api_url, .bot_token, .app_token
        await slack.ready()                                 # its socket is connected
        ada = slack.add_user("ada", tz="Europe/London")     # a member of #general and #papers
        papers = slack.channel("papers")
        asked = slack.slash(ada, papers, "search rag")
        await asked.acked()                                 # AssertionError after 3 s
        assert asked.seconds < 1
        message = await asked.message()                     # or .ephemeral() .view() .home()
        pressed = slack.press(ada, message, "Next")         # by label or action_id
        assert (await pressed.updated()).blocks
        form = await slack.slash(ada, papers, "subscribe").view()
        sent = slack.submit(ada, form, {"Hour": "17:30"})   # by label, block_id or action_id
        await sent.closed()                                 # or .refused() for its errors
        slack.select(ada, message, "Open a paper …", "A title")
        slack.mention(ada, papers, "search rag", thread_ts=message.ts)
        slack.direct(ada, "help"), slack.open_home(ada), slack.invite(ada, papers)
        slack.shortcut(ada, slack.say(ada, papers, "2401.00001"), "look_up")
        slack.repeat(asked)                                 # the same command is sent again
        slack.fault("chat.postMessage", "channel_not_found", times=2)
        slack.disconnect("refresh_requested")               # also .cut() and .silence()
        assert slack.messages(papers) and not slack.refused

HTTP mode: `slack.http.url = "http://…/slack/events"`, then the same people; `slack.verify_url()`,
`slack.forge(asked, secret="another")`. OAuth: `place = slack.add_workspace("a", installed=False)`,
`await slack.install("http://…/slack/install", place)`, `slack.uninstall(place)`.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Self, TypeVar

from aiohttp import web
from standins.slack import manifests
from standins.slack.api_oauth import Code
from standins.slack.asked import Asked
from standins.slack.deliveries import ACK_SECONDS, EVENT, RETRY_WAITS, Courier, Delivery
from standins.slack.drafts import Check, Desk, message_problems, view_problems
from standins.slack.front import Front
from standins.slack.installing import Installing
from standins.slack.limits import TIERS, Limits
from standins.slack.looking import Looking
from standins.slack.outages import Outages
from standins.slack.requests import Reply, Requests
from standins.slack.sockets import SocketMode
from standins.slack.using import Using
from standins.slack.world import App, Hook, Json, Workspace, World

SCOPES = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write",
    "commands", "files:write", "groups:history", "groups:read", "im:history", "im:read",
    "im:write", "mpim:history", "mpim:read", "mpim:write", "team:read", "users:read",
)  # fmt: skip
EVENTS = frozenset(
    "app_home_opened app_mention app_uninstalled channel_archive channel_deleted channel_left"
    " channel_rename channel_unarchive group_archive group_deleted group_left group_rename"
    " group_unarchive member_joined_channel member_left_channel message.im tokens_revoked".split()
)
MAX_BODY = 30 * 1024 * 1024
LOOK_SECONDS = 0.02  # what the app does without a request is seen by looking
T = TypeVar("T")


class SlackStandin(Using, Looking, Outages, Installing):
    """The server; use it as an async context manager.

    `workspaces` is how many have the app at first, each with #general and #papers. `clock` gives
    the times of messages and the lives of triggers, response_urls, codes and tokens; limits and
    the three seconds of an acknowledgement go by real time, as those sleep who meet them.
    `post_rate` messages a second may go to a channel, after `post_burst` at once (None: any);
    `workspace_rate` is a cap for a whole workspace a minute, `tiers` are the limits of the other
    methods. `events_url` makes it HTTP mode. `check` finds
    problems in messages, `check_view` in views: what they find is refused and kept in `refused`.
    """

    def __init__(
        self,
        workspaces: int = 1,
        *,
        clock: Callable[[], float] = time.time,
        post_rate: float | None = 1.0,
        post_burst: int = 1,
        workspace_rate: int | None = None,
        tiers: dict[str, int] | bool = False,
        events_url: str = "",
        retry_waits: tuple[float, ...] = RETRY_WAITS,
        ack_seconds: float = ACK_SECONDS,
        rotates: bool = False,
        scopes: Iterable[str] = SCOPES,
        events: Iterable[str] = EVENTS,
        check: Check | None = message_problems,
        check_view: Check | None = view_problems,
        port: int = 0,
    ) -> None:
        self.clock, self.port = clock, port
        self.app = App(
            "A0STANDIN00", "Paperboy", "111.222", "stand-in-client-secret",
            "stand-in-signing-secret", "stand-in-verification", tuple(scopes), frozenset(events),
            rotates=rotates,
        )  # fmt: skip
        self.world = World(clock, self.app)
        self.app_token = self.world.add_token("xapp-1-stand-in-" + secrets.token_hex(6), "app").text
        self.limits = Limits(
            time.monotonic,
            post_rate,
            post_burst,
            dict(TIERS if tiers is True else tiers or {}),
            workspace_rate,
        )
        self.desk = Desk(self.world, check, check_view)
        self.front = Front(self)
        self.sockets = SocketMode(
            self.app.id, self.front.faults, self.stir, "", ack_seconds, retry_waits
        )
        self.http = Requests(
            self.app.signing_secret, self.stir, events_url, ack_seconds, retry_waits
        )
        self.redirect_uris: list[str] = []  # that the app may name; empty: any
        self.deliveries: list[Delivery] = []
        self.codes: dict[str, Code] = {}
        self.refreshes: dict[str, Workspace] = {}
        self._changed = asyncio.Event()
        for place in range(workspaces):
            self.world.add_workspace(f"workspace-{place}")

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/api/{method}", self.front.api)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/response/{token}", self.front.hook)
        app.router.add_post("/upload/v1/{file}", self.front.upload)
        app.router.add_get("/standin", self._counts)
        self.add_pages(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024).start()
        self.port = self._runner.addresses[0][1]
        self.sockets.url = f"ws://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.http.close()
        await self.sockets.close()
        await self._runner.cleanup()
        if kind is None and self.front.crashes:  # a mistake of the stand-in's, or a wild request
            raise self.front.crashes[0]

    @property
    def courier(self) -> Courier:
        return self.http if self.http.url else self.sockets

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def hook_url(self, hook: Hook) -> str:
        return f"{self.url}/response/{hook.token}"

    async def _counts(self, _: web.Request) -> web.Response:
        return web.json_response(self.counts())

    async def verify_url(self) -> bool:
        """Whether the app's URL answers Slack's challenge, as it must before it is accepted."""
        challenge = secrets.token_hex(16)
        told = {"type": "url_verification", "challenge": challenge}
        told["token"] = self.app.verification_token
        reply = await self.http.post(EVENT, told)
        return reply.status == 200 and challenge in (
            reply.text.strip(),
            reply.body.get("challenge"),
        )

    async def forge(self, sent: Asked | Delivery, *, secret: str = "", age: float = 0.0) -> Reply:
        """Send a payload again with a signature of another secret, or with an old one."""
        delivery = sent.delivery if isinstance(sent, Asked) else sent
        return await self.http.post(delivery.kind, delivery.payload, secret=secret or None, age=age)

    def use_manifest(self, manifest: Json) -> None:
        """Set the app up as the manifest says; what it does not name is not given from now on."""
        manifests.apply(self.app, manifest)
        for token in self.world.tokens.values():
            if token.kind == "bot":
                token.scopes = self.app.scopes

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
            latest = [f"{each.method} {each.error}" for each in self.requests[-5:]]
            assert left > 0, f"{about or 'nothing'} after {within} s; the latest: {latest}"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(left, LOOK_SECONDS))
        return value

    async def ready(self, connections: int = 1, within: float = 10.0) -> None:
        """Wait until this many sockets are connected."""
        await self.until(lambda: len(self.sockets.live()) >= connections, within, "no socket")

    # --- what the handlers ask it

    def option_problems(self, options: list[Json]) -> list[str]:
        """What the validator finds in the options of a suggestion."""
        from standins.slack_limits import option_problems

        return [] if self.desk.check_view is None else option_problems(options)
