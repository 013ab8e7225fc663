"""What adapters keep of buttons and workspaces: the port `PlaceStore`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlite_utils import Database

from bot.ports import Press
from storage.sqlite.askings import Askings
from storage.sqlite.engine import Engine
from storage.sqlite.rows import sound, stamp


class SqlitePlaces:
    """See bot.ports.PlaceStore."""

    def __init__(self, engine: Engine, askings: Askings) -> None:
        self._engine = engine
        self._askings = askings

    async def keep_presses(self, presses: Mapping[str, Press], at: datetime) -> None:
        """Keep presses by their tokens; one that is kept already is kept from now on."""
        rows = [
            (token, press.verb, sound(json.dumps(dict(press.args))), stamp(at))
            for token, press in presses.items()
        ]
        sql = (
            "INSERT INTO presses (token, verb, args, kept_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET kept_at = excluded.kept_at"
        )
        await self._engine.write(lambda db: db.conn.executemany(sql, rows))

    async def press(self, token: str) -> Press | None:
        """The press that a token stands for."""
        sql = "SELECT verb, args FROM presses WHERE token = ?"
        row = await self._engine.read(lambda db: db.execute(sql, (sound(token),)).fetchone())
        return Press(row[0], json.loads(row[1])) if row else None

    async def managers(self, platform: str, workspace: str) -> str:
        """The role that may manage in a workspace, "" for none."""
        sql = "SELECT managers FROM workspaces WHERE platform = ? AND id = ?"
        values = (platform, workspace)
        row = await self._engine.read(lambda db: db.execute(sql, values).fetchone())
        return str(row[0]) if row else ""

    async def name_managers(self, platform: str, workspace: str, role: str) -> None:
        """Let a role manage in a workspace; "" lets none."""
        await self._engine.write(lambda db: _name_managers(db, platform, workspace, role))

    async def keep_installation(
        self,
        platform: str,
        workspace: str,
        secret: bytes,
        at: datetime,
        instead_of: bytes | None = None,
    ) -> bool:
        """Keep what Paperboy acts with in a workspace; with `instead_of`, only in its place."""
        sql = (
            "INSERT INTO installations (platform, workspace, secret, kept_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET secret = excluded.secret, kept_at = excluded.kept_at"
        )
        values: tuple[str | bytes, ...] = (platform, workspace, secret, stamp(at))
        if instead_of is not None:
            sql = (
                "UPDATE installations SET secret = ?3, kept_at = ?4"
                " WHERE platform = ?1 AND workspace = ?2 AND secret = ?5"
            )
            values = (*values, instead_of)
        return await self._engine.write(lambda db: bool(db.execute(sql, values).rowcount))

    async def installation(self, platform: str, workspace: str) -> bytes | None:
        """What was kept of a workspace; None where it has not installed Paperboy."""
        sql = "SELECT secret FROM installations WHERE platform = ? AND workspace = ?"
        values = (platform, workspace)
        row = await self._engine.read(lambda db: db.execute(sql, values).fetchone())
        return bytes(row[0]) if row else None

    async def installations(self, platform: str) -> list[str]:
        """The workspaces that have installed Paperboy."""
        sql = "SELECT workspace FROM installations WHERE platform = ? ORDER BY workspace"
        rows = await self._engine.read(lambda db: db.execute(sql, (platform,)).fetchall())
        return [workspace for (workspace,) in rows]

    async def forget_installation(self, platform: str, workspace: str) -> None:
        """Keep nothing any more that Paperboy could act with in a workspace."""
        sql = "DELETE FROM installations WHERE platform = ? AND workspace = ?"
        await self._engine.write(lambda db: db.execute(sql, (platform, workspace)))

    async def first_time(self, key: str, at: datetime) -> bool:
        """True the first time that this is asked of a key."""
        return await self._askings.first_time(key, at)

    async def keep_remarks(
        self, holder: str, remarks: Collection[tuple[str, str]], at: datetime
    ) -> None:
        """Keep what a process has to remark, in place of what it had."""
        await self._engine.write(lambda db: _keep_remarks(db, holder, remarks, stamp(at)))

    async def remarks(self, since: datetime) -> list[tuple[str, str]]:
        """What processes had to remark since, as (platform, text), each once."""
        sql = "SELECT DISTINCT platform, text FROM remarks WHERE kept_at >= ? ORDER BY 1, 2"
        rows = await self._engine.read(lambda db: db.execute(sql, (stamp(since),)).fetchall())
        return [(platform, text) for platform, text in rows]


def _name_managers(db: Database, platform: str, workspace: str, role: str) -> None:
    db.execute(
        "INSERT INTO workspaces (platform, id, managers) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET managers = excluded.managers",
        (platform, workspace, sound(role)),
    )


def _keep_remarks(db: Database, holder: str, remarks: Collection[tuple[str, str]], at: str) -> None:
    db.execute("DELETE FROM remarks WHERE holder = ?", (holder,))
    db.conn.executemany(
        "INSERT OR IGNORE INTO remarks (holder, platform, text, kept_at) VALUES (?, ?, ?, ?)",
        [(holder, platform, sound(text), at) for platform, text in remarks],
    )
