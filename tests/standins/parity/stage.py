"""The three platforms side by side, each with a store of its own that holds the same."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from standins.office import Office
from standins.parity.console_talk import console_talk
from standins.parity.discord_talk import DiscordTalk, discord_talk
from standins.parity.kept import Kept, Rows, common_json, done
from standins.parity.said import Answer, Asks, Said, Talk
from standins.parity.slack_talk import slack_talk

from bot.delivery import Postman
from storage import open_store

ROOM = "reading-room"
Content = Callable[[Office, Talk], Awaitable[None]]
Act = Callable[[Talk], Awaitable[Answer]]


@dataclass(frozen=True)
class Turn:
    """What came of something that a person did: the answer, what was posted meanwhile and after it,
    and what is kept now.
    """

    answer: Answer
    meanwhile: tuple[Said, ...]
    after: tuple[Said, ...]
    done: Mapping[str, Rows]

    @property
    def said(self) -> Said:
        """The answer where it must be a message."""
        assert isinstance(self.answer, Said), f"it answered {self.answer}"
        return self.answer

    @property
    def form(self) -> Asks:
        """The answer where it must be a form."""
        assert isinstance(self.answer, Asks), f"it answered {self.answer}"
        return self.answer


class Front:
    """One platform with a store of its own."""

    def __init__(
        self, talk: Talk, office: Office, path: Path, opened: contextlib.AsyncExitStack
    ) -> None:
        self.talk, self.office, self.path = talk, office, path
        self._start: datetime = office.now
        self._opened = opened
        self._empty = self._kept = self._keep()
        self._content: Content | None = None

    def _keep(self) -> Kept:
        return self._opened.enter_context(closing(Kept(self.path)))

    async def hold(self, content: Content) -> None:
        """Let the store hold this and nothing else, and begin anew.

        Which alerts there are a store remembers while it adds papers: after a content in which
        papers met alerts, none can follow that adds some (it would raise KeyError).
        """
        if content is not self._content:
            self._restore(self._empty)
            await content(self.office, self.talk)
            self._kept, self._content = self._keep(), content
        self._restore(self._kept)
        await self.talk.posted()

    def _restore(self, kept: Kept) -> None:
        kept.restore()
        self.office.now = self._start
        if isinstance(self.talk, DiscordTalk):  # else it knows the keys of what is gone
            self.talk.discord.nonces.clear()

    async def turn(self, act: Act) -> Turn:
        """Let the person do something."""
        answer = await act(self.talk)
        if errands := self.office.desk.errands:
            await asyncio.wait(errands)
        meanwhile = await self.talk.posted()
        after = await self.deliver()
        kept = done(self.path, self.talk)
        return Turn(self._named(answer), tuple(meanwhile), tuple(after), kept)

    async def deliver(self) -> list[Said]:
        """Send what waits; what has come of it."""

        async def skip(seconds: float) -> None:
            self.office.now += timedelta(seconds=seconds)

        store, office = self.office.store, self.office
        start = office.now
        office.now += timedelta(seconds=1)  # Slack wants as much between two messages
        logs = (store.deliveries, store.subscriptions, store.alerts)
        clock = office.clock
        postman = Postman(*logs, office.platforms, holder="one", clock=clock, sleep=skip)
        await postman.send_waiting()
        office.now = start + timedelta(minutes=1)  # however long it took
        return await self.talk.posted()

    def _named(self, answer: Answer) -> Answer:
        """The answer, its files without the names that differ."""
        if not isinstance(answer, Said):
            return answer
        files = tuple(
            (name, common_json(text, self.talk) if name.endswith("json") else text)
            for name, text in answer.files
        )
        return replace(answer, files=files)


@dataclass
class Stage:
    """The platforms, by name, in the order in which they are compared."""

    fronts: dict[str, Front] = field(default_factory=dict)

    async def hold(self, content: Content) -> None:
        """Let every store hold this and nothing else."""
        for front in self.fronts.values():
            await front.hold(content)

    async def turn(self, act: Act) -> dict[str, Turn]:
        """Let the person do this on each platform."""
        turns = await asyncio.gather(*(each.turn(act) for each in self.fronts.values()))
        return dict(zip(self.fronts, turns, strict=True))

    async def look(self, act: Act) -> dict[str, Turn]:
        """The same; a form is looked through, and left."""
        turns = await self.turn(act)
        forms = {n: turn.form for n, turn in turns.items() if isinstance(turn.answer, Asks)}
        most = max((len(form.fields) for form in forms.values()), default=0)
        for name, form in forms.items():
            talk = self.fronts[name].talk
            whole = await talk.fields(form, most)
            most = max(most, len(whole.fields))
            turns[name] = replace(turns[name], answer=whole)
            await talk.leave(form)
        return turns

    def done(self) -> dict[str, Mapping[str, Rows]]:
        """What is kept on each platform."""
        return {name: done(front.path, front.talk) for name, front in self.fronts.items()}

    async def deliver(self) -> dict[str, list[Said]]:
        """Send what waits on each platform."""
        return {name: await front.deliver() for name, front in self.fronts.items()}


@contextlib.asynccontextmanager
async def open_stage(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, may_manage: bool = True
) -> AsyncIterator[Stage]:
    """Every platform, connected, with an empty store; one without people of different rights is
    left out where the person may not manage.
    """
    made = Stage()
    async with contextlib.AsyncExitStack() as opened:
        for name in ("slack", "discord", *(("console",) if may_manage else ())):
            path = folder / f"{name}.db"
            store = open_store(f"sqlite:///{path}")
            opened.push_async_callback(store.close)
            office = Office(store)
            match name:
                case "slack":
                    talking = slack_talk(office, ROOM, may_manage=may_manage)
                case "discord":
                    talking = discord_talk(office, ROOM, may_manage=may_manage)
                case _:
                    talking = console_talk(office, monkeypatch)
            talk = await opened.enter_async_context(talking)
            made.fronts[name] = Front(talk, office, path, opened)
        yield made
