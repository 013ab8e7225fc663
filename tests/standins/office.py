"""A newsroom with a real store, a wall to post on, and a small arXiv that can be asked."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.commands import Commands, Desk, read_line
from bot.delivery import Messenger
from bot.editions import Newsroom
from bot.errors import DeliveryError, SourceError
from bot.messages import Button, Form, Invocation, Message
from bot.models import (
    ARXIV,
    HUGGINGFACE,
    Batch,
    Channel,
    ListedPaper,
    Paper,
    Payload,
    PullState,
    Sighting,
    User,
)
from bot.ports import Platform, Store
from bot.retrieval import Retrieval

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 20)
CHANNEL = Channel("wall", "lab", "papers", "#papers")
ELSEWHERE = Channel("wall", "lab", "other", "#other")
ADA = User("wall", "ada", "Ada")
BERT = User("wall", "bert", "Bert")


class Wall:
    """A platform of one message a payload. `closed` is how it refuses, where it does."""

    name = "wall"

    def __init__(self) -> None:
        self.posted: list[tuple[str, str]] = []
        self.closed: DeliveryError | None = None

    def pack(self, message: Message) -> list[Payload]:
        return [Payload("{}", plain(message), tuple(c.listed.paper.id for c in message.cards))]

    async def send(self, channel: Channel, payload: Payload, key: str, reply_to: str) -> str:  # noqa: ARG002
        if self.closed:
            raise self.closed
        self.posted.append((channel.id, payload.plain))
        return key

    async def serve(self) -> None:
        return


class SmallArxiv:
    """A librarian that knows a few papers beside those of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.shelf: dict[str, Paper] = {}
        self.broken = False

    async def look_up(self, paper_id: str, at: datetime) -> ListedPaper | None:
        if found := await self.store.papers.get([paper_id]):
            return found[0]
        if self.broken:
            raise SourceError("arXiv answered 503")
        paper = self.shelf.get(paper_id)
        if paper is None:
            return None
        await self.store.papers.add(Batch(ARXIV, at.date(), at.date(), papers=(paper,)), at)
        return ListedPaper(paper)

    async def want_archives(self, names: Collection[str], at: datetime) -> list[str]:
        return await self.store.pulls.add_archives(set(names) - {"cs", "stat"}, at)


class Office:
    """The commands over all of it, asked like a person asks."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # Monday, 07:00 in Berlin
        self.wall = Wall()
        self.arxiv = SmallArxiv(store)
        newsroom = Newsroom(store.papers, store.pulls, store.subscriptions, self._pack)
        self.platforms: dict[str, Platform] = {"wall": self.wall}
        courier = Messenger(store.deliveries, self.platforms, self.clock, lambda _: None)
        self.finder = Retrieval(store.papers)
        self.desk = Desk(
            store,
            newsroom,
            self.arxiv,
            courier,
            self.finder,
            self.clock,
            default_zone="Europe/Berlin",
        )
        self.commands = Commands(self.desk)
        self._keys = itertools.count()

    def clock(self) -> datetime:
        return self.now

    def limit_alerts(self, most: int) -> None:
        """Let nobody have more alerts than these."""
        self.desk = replace(self.desk, alerts_per_user=most)
        self.commands = Commands(self.desk)

    def _pack(self, platform: str, message: Message) -> list[Payload]:
        return self.platforms[platform].pack(message)

    def invocation(
        self, verb: str, args: Mapping[str, str], channel: Channel = CHANNEL, user: User = ADA
    ) -> Invocation:
        key = f"ask{next(self._keys)}"
        return Invocation(verb, args, channel, user, self.now, key, may_manage=True)

    async def ask(
        self, line: str, channel: Channel = CHANNEL, user: User = ADA, zone: str = ""
    ) -> Message:
        """The message that a typed line is answered with."""
        verb, args = read_line(line)
        asked = replace(self.invocation(verb, args, channel, user), zone=zone)
        return message(await self.commands.answer(asked))

    async def ask_form(self, line: str, user: User = ADA) -> Form:
        """The form that a typed line is answered with."""
        verb, args = read_line(line)
        answer = await self.commands.answer(self.invocation(verb, args, user=user))
        assert isinstance(answer, Form)
        return answer

    async def press(self, said: Message, label: str, user: User = ADA) -> Message | Form:
        """What pressing a button of a message is answered with."""
        pressed = button(said, label)
        return await self.commands.answer(self.invocation(pressed.verb, pressed.args, user=user))

    async def list_papers(
        self, day: date, papers: Mapping[str, int], state: PullState = PullState.NEW
    ) -> None:
        """Hugging Face lists papers of these titles and upvotes on a day."""
        made = [
            (Paper(paper_id(day, number), title), upvotes)
            for number, (title, upvotes) in enumerate(papers.items(), 1)
        ]
        sightings = [Sighting(paper.id, HUGGINGFACE, day, upvotes) for paper, upvotes in made]
        batch = Batch(
            HUGGINGFACE,
            day,
            day,
            papers=tuple(paper for paper, _ in made),
            sightings=tuple(sightings),
            days={day: state},
            entries=len(made),
        )
        await self.store.papers.add(batch, self.now)


def paper_id(day: date, number: int) -> str:
    return f"{day:%y%m}.{day:%d}{number:03}"


def message(answer: Message | Form) -> Message:
    assert isinstance(answer, Message)
    return answer


def button(said: Message, label: str) -> Button:
    [found] = [b for b in said.buttons if b.label == label]
    return found


def plain(said: Message) -> str:
    """Every text of a message, a line each."""
    lines = ["".join(span.text for span in line) for line in (*said.lines, *said.notes)]
    titles = [f"{card.number}. {card.listed.paper.title}" for card in said.cards]
    return "\n".join([said.title, said.subtitle, *lines, *titles])


def titles(said: Message) -> list[str]:
    return [card.listed.paper.title for card in said.cards]
