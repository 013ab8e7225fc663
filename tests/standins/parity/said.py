"""What a person reads of an answer, told the same way for every platform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.commands.table import COMMANDS
from bot.commands.verbs import Kind
from bot.models import Channel, User

NAME_OF_HELP = {param.help: param.name for command in COMMANDS for param in command.params}
TITLE_CHARACTERS = 23  # of a form's heading: more of it no platform is sure to show


@dataclass(frozen=True)
class Said:
    """An answer: its words line by line, where its links lead, what can be pressed and opened.

    `private`: for the asker alone, None where the platform has no other reader. `shown` is what
    the platform holds of it: that is pressed.
    """

    lines: tuple[str, ...] = ()
    links: frozenset[str] = frozenset()
    buttons: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    private: bool | None = None
    shown: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Asks:
    """A form: its heading, and what each of its inputs holds, by parameter."""

    title: str
    fields: Mapping[str, str]
    shown: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Refused:
    """A form that was sent and not taken: the parameter that it names first, and what is wrong."""

    name: str
    problem: str


Answer = Said | Asks | Refused


class Talk(Protocol):
    """A person's talk with Paperboy in a channel of one platform, by that platform's means.

    `values` of a form are by parameter. What can't be done there is an AssertionError.
    """

    name: str
    channel: Channel
    user: User
    roles: str  # what is named to the verb that says who manages

    async def ask(self, verb: str, args: Mapping[str, str]) -> Answer:
        """Use a verb, by name."""
        ...

    async def write(self, text: str) -> Answer:
        """Write a line to Paperboy."""
        ...

    async def press(self, said: Said, label: str) -> Answer:
        """Press the first button of this label."""
        ...

    async def open(self, said: Said, place: int) -> Answer:
        """Open a paper of a list by its place, from 0."""
        ...

    async def form(self, verb: str, args: Mapping[str, str]) -> Answer:
        """Ask for a verb's form."""
        ...

    async def fields(self, form: Asks, count: int) -> Asks:
        """The form with all of its inputs, which may be `count`."""
        ...

    async def submit(self, form: Asks, values: Mapping[str, str]) -> Answer:
        """Fill a form in and send it; what is not named stays as it stands."""
        ...

    async def leave(self, form: Asks) -> None:
        """Send nothing."""
        ...

    async def posted(self) -> list[Said]:
        """What has come into the channel and to the person since this was asked last."""
        ...


def lines_of(*texts: str) -> tuple[str, ...]:
    """Texts as lines without what is only look: spaces at both ends and in a row, empty lines."""
    rows = (" ".join(row.split()) for text in texts for row in text.split("\n"))
    return tuple(row for row in rows if row)


def form_title(text: str) -> str:
    """The heading of a form, as much of it as is shown everywhere."""
    return text.rstrip("…")[:TITLE_CHARACTERS].rstrip()


def refused(text: str) -> Refused:
    """`Filter: there is no field foo:` as what it names, and what is wrong."""
    name, colon, problem = text.partition(": ")
    is_named = colon and name.lower() in NAME_OF_HELP.values()
    told = problem if is_named else text
    return Refused(name.lower() if is_named else "", told[:1].lower() + told[1:])


def as_refusal(answer: Answer) -> Refused:
    """An answer that says in its first line what is wrong."""
    if isinstance(answer, Refused):
        return answer
    assert isinstance(answer, Said), f"it is no refusal: {answer}"
    return refused(answer.lines[0])


def as_line(verb: str, args: Mapping[str, str]) -> str:
    """What is typed for a verb with these arguments: by name, but for words of one's own and for
    what a verb takes alone.
    """
    [command] = [each for each in COMMANDS if each.name == verb]
    kinds = {param.name: param.kind for param in command.typed}
    assert args.keys() <= kinds.keys(), f"{verb} has no {args.keys() - kinds.keys()}"
    free = {name for name in args if len(kinds) == 1 or name == "query" or kinds[name] is Kind.TEXT}
    named = [_named(name, text) for name, text in args.items() if name not in free]
    return " ".join((verb, *named, *(args[name] for name in args if name in free)))


def _named(name: str, text: str) -> str:
    quoted = text.replace('"', '\\"')
    return f'{name}:"{quoted}"' if re.search(r'[\s"]|^$', text) else f"{name}:{text}"
