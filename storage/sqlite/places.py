"""What adapters keep of buttons and workspaces: the port `PlaceStore`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from bot.ports import Press
from storage.sqlite.engine import Engine
from storage.sqlite.rows import sound, stamp


class SqlitePlaces:
    """See bot.ports.PlaceStore."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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


def _name_managers(db: Database, platform: str, workspace: str, role: str) -> None:
    db.execute(
        "INSERT INTO workspaces (platform, id, managers) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET managers = excluded.managers",
        (platform, workspace, sound(role)),
    )
