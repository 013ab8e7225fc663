"""The App Homes that people have opened, kept up to date."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from adapters.slack.answering import Reply
from adapters.slack.asking import Asked, Surface
from adapters.slack.faults import Network
from adapters.slack.home import Home
from adapters.slack.responding import Responder
from bot.errors import BotError

REMEMBERED = 10_000  # people whose App Home is kept up to date


class Homes:
    """Publishes App Homes: of each person one at a time, so that the newest is what stays."""

    def __init__(self, home: Home, responder: Responder) -> None:
        self._home = home
        self._responder = responder
        self._opened: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._publishing: dict[tuple[str, str], bool] = {}  # whether once more

    async def show(self, asked: Asked) -> None:
        """Publish the App Home of the asker. Raises StoreError, or what the library raises."""
        person = (asked.team, asked.user_id)
        self._opened[person] = None
        if len(self._opened) > REMEMBERED:
            self._opened.popitem(last=False)
        if person in self._publishing:
            self._publishing[person] = True
            return
        home = replace(asked, surface=Surface.HOME, channel="", channel_name="", elsewhere=False)
        self._publishing[person] = True
        try:
            while self._publishing[person]:
                self._publishing[person] = False
                try:
                    await self._responder.publish(home, await self._home.blocks(home))
                except (BotError, *Network):
                    if not self._publishing[person]:  # else the next one shows it
                        raise
        finally:
            del self._publishing[person]

    async def refresh(self, asked: Asked, reply: Reply) -> None:
        """What the asker has changed shows in their App Home, where they have opened it."""
        if reply.changes and (asked.team, asked.user_id) in self._opened:
            await self.show(asked)
