"""The App Home: today's papers, the asker's alerts, what is subscribed, and how the sources are."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from adapters.slack import render
from adapters.slack.answering import Answerer
from adapters.slack.asking import NAME, Asked
from adapters.slack.managing import Managing
from adapters.slack.presses import ActionIds
from bot.messages import Button, Line, Message, line, quiet, strong
from bot.models import Channel
from bot.places import Places

VIEW_BLOCKS = 100  # Slack, "Views"
CHANNELS = 12  # with their subscriptions; it is said where there are more
TODAY = {"top": "3"}
WELCOME = Message(
    lines=(line(quiet("In any channel: type /papers, or mention Paperboy in a thread.")),),
    buttons=(
        Button("Search", "search"),
        Button("Add an alert", "alert add"),
        Button("Reading list", "saved list"),
        Button("Help", "help"),
    ),
)

Block = dict[str, Any]
DIVIDER: Block = {"type": "divider"}


class Home:
    """Makes the App Home of a person."""

    def __init__(self, places: Places, answerer: Answerer, managing: Managing) -> None:
        self._places = places
        self._answerer = answerer
        self._managing = managing

    async def blocks(self, asked: Asked) -> list[Block]:
        """The blocks of the Home, with what their buttons stand for kept. Raises StoreError."""
        parts: list[list[Block]] = []
        ids = ActionIds()  # shared: what stands in one view has names of its own
        async for section in self._sections(asked):
            made = (render.view_blocks(message, ids)[0] for message in section)
            parts.append([dict(block) for block in itertools.chain.from_iterable(made)])
        await self._places.keep_presses(ids.presses)
        room = VIEW_BLOCKS - (len(parts) - 1)
        kept: list[list[Block]] = []
        for part in parts:  # what comes first is seen first
            kept.append(part[: max(room, 0)])
            room -= len(kept[-1])
        joined = list(itertools.chain.from_iterable([*part, DIVIDER] for part in kept if part))
        return joined[:-1][:VIEW_BLOCKS]

    async def _sections(self, asked: Asked) -> AsyncIterator[list[Message]]:
        """What stands between two lines, from the top."""
        own = replace(asked, channel="", channel_name="")
        yield [WELCOME]
        if message := await self._answerer.message_of(own, "today", TODAY):
            cards = tuple(replace(card, buttons=()) for card in message.cards)  # the menu has them
            more = tuple(button for button in message.buttons if button.verb == "today")
            yield [replace(message, cards=cards, buttons=more)]
        if message := await self._answerer.message_of(own, "alert list", {}):
            one = message.title.startswith("#")
            yield [replace(message, title=f"Alert {message.title}" if one else "Your alerts")]
        yield [message async for message in self._subscriptions(asked)]
        if message := await self._answerer.message_of(own, "status", {}):
            yield [replace(message, title="Sources", lines=_sources(message), buttons=())]

    async def _subscriptions(self, asked: Asked) -> AsyncIterator[Message]:
        """Those of the channels that the asker can see."""
        seen = await self._seen(asked)
        more = ", the first of them" if len(seen) > CHANNELS else ""
        told = (
            f"Subscriptions of this workspace{more}" if seen else "Nothing is subscribed here yet"
        )
        yield Message(title=told, buttons=(Button("Subscribe a channel", "subscribe"),))
        for channel in seen[:CHANNELS]:
            there = asked.at(channel.id, channel.name)
            message = await self._answerer.message_of(there, "subscriptions list", {})
            if message:
                name = line(strong(f"#{channel.name or channel.id}"))
                yield replace(message, title="", lines=(name, *message.lines))

    async def _seen(self, asked: Asked) -> list[Channel]:
        """The first of the channels that the asker can see, by name, and one more if there is."""
        there = await self._places.channels(NAME, asked.team)
        waiting = sorted(there, key=lambda channel: channel.name.lower())
        seen: list[Channel] = []
        while waiting and len(seen) <= CHANNELS:  # Slack is asked of each: of no more than needed
            some, waiting = waiting[: CHANNELS + 1 - len(seen)], waiting[CHANNELS + 1 - len(seen) :]
            looks = (self._managing.sees(asked.at(each.id, each.name)) for each in some)
            sees = await asyncio.gather(*looks)
            seen += [channel for channel, is_seen in zip(some, sees, strict=True) if is_seen]
        return seen


def _sources(message: Message) -> tuple[Line, ...]:
    """Of the status, how the sources are: the channels stand above."""
    texts = ["".join(span.text for span in each) for each in message.lines]
    start = texts.index("Sources") + 1 if "Sources" in texts else 0
    return message.lines[start:]
