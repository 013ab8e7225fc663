"""Which servers Paperboy is in, also where the gateway tells it between the lines.

Of what happens while a session is lost comes no event: the next one lists all servers there are
("Ready"), and discord.py keeps those of before beside them. And a server that joins before the
listed ones are there it takes for one of these.
"""

from __future__ import annotations

from typing import Any

from discord.state import AutoShardedConnectionState


class Guilds(AutoShardedConnectionState[Any]):
    """What discord.py keeps of Discord; it tells of servers that joined or left, whenever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - they are discord.py's
        super().__init__(*args, **kwargs)
        self._met: set[int] = set()  # shards that had a session before

    def parse_ready(self, data: Any) -> None:  # noqa: ANN401 - as Discord tells it
        """A session begins: those of before that it does not list have left.

        Those that are listed for the first time joined while there was none. They are not taken
        in until they are there, and so are new then.
        """
        shard, listed = data["shard"][0], {int(each["id"]) for each in data["guilds"]}
        left = [g for g in self.guilds if g.shard_id == shard and g.id not in listed]
        for guild in left:
            self._remove_guild(guild)
        known: Any = dict(data)
        if shard in self._met:
            known["guilds"] = [g for g in data["guilds"] if self._get_guild(int(g["id"]))]
        self._met.add(shard)
        super().parse_ready(known)
        for guild in left:
            self.dispatch("guild_remove", guild)

    def parse_guild_create(self, data: Any) -> None:  # noqa: ANN401
        """A server is there: one that no session listed has joined."""
        if data.get("unavailable") or self._get_guild(int(data["id"])):
            super().parse_guild_create(data)
        else:
            self.dispatch("guild_join", self._add_guild_from_data(data))
