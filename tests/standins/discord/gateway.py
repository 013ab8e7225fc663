"""The stand-in's gateway: sessions are identified, resumed, sharded, closed and told of events."""

from __future__ import annotations

import asyncio
import json
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from standins.discord.sessions import Body, Connection, Session
from standins.discord.shapes import guild_created, me_json, member_json
from standins.discord.world import Guild, World

Json = dict[str, Any]
HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
GUILDS, GUILD_MEMBERS, GUILD_MESSAGES = 1 << 0, 1 << 1, 1 << 9
DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 12, 1 << 15
# The privileged intents, and the flags of an application (full or limited) that give them.
PRIVILEGED = {1 << 8: 0b11 << 12, GUILD_MEMBERS: 0b11 << 14, MESSAGE_CONTENT: 0b11 << 18}
MOST_GUILDS = 2500  # a shard
ENDED_BY_CLIENT = (1000, 1001)  # these close codes of a client end its session


@dataclass(eq=False)
class Gateway:
    world: World
    token: str
    stir: Callable[[], None]
    url: str = ""
    shards: int | None = None  # recommended by /gateway/bot; None: one for a thousand guilds
    heartbeat_seconds: float = 41.25
    is_down: bool = False  # new connections are answered with 503
    sessions: dict[str, Session] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    identifies: int = 0
    resumes: int = 0

    # --- for the stand-in

    def dispatch(self, event: str, body: Body, guild_id: int | None, intent: int = 0) -> None:
        """Tell the sessions of the guild's shard that asked for `intent` (0: all of them)."""
        for session in self.sessions.values():
            if session.has(guild_id) and (not intent or session.intents & intent):
                session.dispatch(event, body)

    def live(self, shard: int | None = None) -> list[Connection]:
        """The connections of identified sessions, of one shard or of all."""
        return [
            session.connection
            for session in self.sessions.values()
            if session.connection and shard in (None, session.shard)
        ]

    def address(self) -> Json:
        """What /gateway/bot tells."""
        installed = sum(guild.installed for guild in self.world.guilds.values())
        left = {"total": 1000, "remaining": max(0, 1000 - self.identifies)}
        return {
            "url": self.url,
            "shards": self.shards or max(1, math.ceil(installed / 1000)),
            "session_start_limit": left | {"reset_after": 86_400_000, "max_concurrency": 1},
        }

    async def close(self) -> None:
        for connection in list(self.connections):
            connection.cut()
        await asyncio.sleep(0)

    # --- the connection

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.is_down:
            return web.Response(status=503, text="upstream connect error")
        socket = web.WebSocketResponse(compress=False, timeout=0.5)
        await socket.prepare(request)
        compressed = request.query.get("compress") == "zlib-stream"
        connection = Connection(request, socket, compressed=compressed)
        self.connections.append(connection)
        connection.put(HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not connection.closing:
                    self._take(connection, message.data)
                    self.stir()
        finally:
            self._lost(connection, socket.close_code)
            await connection.ended()
        return socket

    def _lost(self, connection: Connection, code: int | None) -> None:
        self.connections.remove(connection)
        session = connection.session
        if session and session.connection is connection:
            session.connection = None
            if code in ENDED_BY_CLIENT and not connection.closing:
                self.sessions.pop(session.id, None)
        self.stir()

    def _take(self, connection: Connection, text: str) -> None:
        try:
            payload = json.loads(text)
            op, data = int(payload["op"]), payload.get("d")
        except (ValueError, KeyError, TypeError):
            connection.close(4002)
            return
        match op:
            case 1:
                connection.put(ACK)
            case 2:
                self._identify(connection, data)
            case 6:
                self._resume(connection, data)
            case 8 if connection.session:
                self._members(connection.session, data)
            case 3 | 4 if connection.session:
                pass  # presence and voice change nothing here
            case 3 | 4 | 8:
                connection.close(4003)
            case _:
                connection.close(4001)

    def _identify(self, connection: Connection, data: Json) -> None:
        self.identifies += 1
        shard, shards = data.get("shard") or (0, 1)
        code = self._objection(data, shard, shards) if connection.session is None else 4005
        if code:
            connection.close(code)
            return
        session = Session(secrets.token_hex(16), shard, shards, data["intents"], connection)
        self.sessions[session.id] = session
        connection.session = session
        guilds = [each for each in self._guilds(session) if each.installed]
        session.dispatch("READY", self._ready(session, guilds))
        session.is_ready = True
        for guild in guilds:
            if session.intents & GUILDS and not guild.unavailable:
                body = guild_created(guild, self.world.bot.id)
                session.dispatch("GUILD_CREATE", body | {"unavailable": False})

    def _guilds(self, session: Session) -> list[Guild]:
        return [guild for guild in self.world.guilds.values() if session.has(guild.id)]

    def _objection(self, data: Json, shard: int, shards: int) -> int:
        """The close code of an IDENTIFY that is refused, 0 where it is not."""
        intents = data.get("intents")
        if data.get("token") != self.token:
            return 4004
        if not 0 <= shard < shards:
            return 4010
        if sum(guild.installed for guild in self.world.guilds.values()) > MOST_GUILDS * shards:
            return 4011
        if not isinstance(intents, int) or intents < 0 or intents >> 26:
            return 4013
        flags = self.world.application.flags
        lacking = [bit for bit, given in PRIVILEGED.items() if intents & bit and not flags & given]
        return 4014 if lacking else 0

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        about = self.world.application
        return {
            "v": 10,
            "user": me_json(self.world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [session.shard, session.shards],
            "application": {"id": str(about.id), "flags": about.flags},
            "private_channels": [],
            "relationships": [],
            "user_settings": {},
        }

    def _resume(self, connection: Connection, data: Json) -> None:
        self.resumes += 1
        if data.get("token") != self.token:
            connection.close(4004)
            return
        session = self.sessions.get(data.get("session_id", ""))
        if session is None:
            connection.put(INVALID, False)  # noqa: FBT003 - "not resumable" is this bare word
            return
        if session.connection:
            session.connection.cut()
        session.connection, connection.session = connection, session
        if session.replay(int(data.get("seq") or 0)):
            session.dispatch("RESUMED", {"_trace": []})
            return
        session.connection, connection.session = None, None
        del self.sessions[session.id]
        connection.put(INVALID, False)  # noqa: FBT003

    def _members(self, session: Session, data: Json) -> None:
        """Answer REQUEST_GUILD_MEMBERS, in one chunk."""
        guild = self.world.guilds[int(data["guild_id"])]
        asked = {int(each) for each in data.get("user_ids") or ()}
        start = (data.get("query") or "").lower()
        found = [
            member_json(each)
            for each in guild.members.values()
            if (each.user.id in asked if asked else each.user.name.lower().startswith(start))
        ]
        missing = [str(each) for each in asked - guild.members.keys()]
        body = {"guild_id": str(guild.id), "members": found, "not_found": missing}
        nonce = {"nonce": data["nonce"]} if data.get("nonce") else {}
        session.dispatch("GUILD_MEMBERS_CHUNK", body | {"chunk_index": 0, "chunk_count": 1} | nonce)
