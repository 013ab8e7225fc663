"""What is said, before it has a look: an Invocation comes in, a Message or a Form goes out.

Text here is plain. Adapters escape it for their platform; nothing in it is markup. Emphasis and
links are spans of a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.models import Channel, Layout, ListedPaper, User


class Style(StrEnum):
    """How a span is meant. Adapters choose what that looks like."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    CODE = "code"
    LINK = "link"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one meaning; `url` only where the style is LINK."""

    text: str
    style: Style = Style.PLAIN
    url: str = ""


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    """A line from plain strings and spans."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def strong(text: str) -> Span:
    """Text that stands out."""
    return Span(text, Style.STRONG)


def quiet(text: str) -> Span:
    """Text that stands back: counts, times, remarks."""
    return Span(text, Style.QUIET)


def code(text: str) -> Span:
    """Text to be typed or read letter by letter."""
    return Span(text, Style.CODE)


def link(text: str, url: str) -> Span:
    """Text that leads to `url` (http or https)."""
    return Span(text, Style.LINK, url)


@dataclass(frozen=True, slots=True)
class Button:
    """A press that is an Invocation: the full name of a verb and its arguments."""

    label: str
    verb: str
    args: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.label, self.verb, frozenset(self.args.items())))


@dataclass(frozen=True, slots=True)
class PaperCard:
    """One paper in a message. `number` is its place; `why` says why it is here, "" where plain.

    `full` asks for the whole card (abstract, keywords, links), else one block of a few lines.
    `title` and `excerpt` are the title and a passage with the words that were looked for marked;
    empty, the card shows the paper's own. `dated` asks for its listing day: it stands in a list of
    many days. `buttons` stand with this card.
    """

    listed: ListedPaper
    number: int = 0
    full: bool = False
    why: str = ""
    title: Line = ()
    excerpt: Line = ()
    dated: bool = False
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that comes with a message."""

    name: str
    text: str
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say.

    `title` heads it, `subtitle` stands under it (window and counts); `lines` come before the
    cards, `notes` after them. `private` is for the asker alone. `layout` is how the cards are to
    stand; `silent` asks not to ring. `file` comes with it.
    """

    title: str = ""
    subtitle: str = ""
    lines: tuple[Line, ...] = ()
    cards: tuple[PaperCard, ...] = ()
    notes: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    private: bool = False
    layout: Layout = Layout.COMPACT
    silent: bool = False
    file: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form. `choices` are (value, label) pairs; empty for free text."""

    name: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Questions whose answers make an Invocation of `verb`; `args` are settled already."""

    title: str
    verb: str
    fields: tuple[Field, ...]
    args: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """Somebody asks for a verb, by command, button or form.

    `args` are texts by parameter name, as typed. `may_manage` is worked out by the adapter at
    the time of asking (at every press too). `zone` is the person's zone where the platform tells
    it, else ""; where it does not, `zones` are the likely ones to offer. `key` is unique to this
    asking and the same when the platform repeats it. `runs_it`: the asker runs this Paperboy, and
    is told what only its operator can do. `obstacle` says in a sentence what keeps Paperboy from
    posting in the channel, "" for nothing that the platform has told. `circles`: where a platform
    has no roles, whom one may choose from to manage, as (value, as said in a sentence); the first
    is who does where nobody has chosen.
    """

    verb: str
    args: Mapping[str, str]
    channel: Channel
    user: User
    at: datetime
    key: str
    may_manage: bool = False
    zone: str = ""
    runs_it: bool = False
    zones: tuple[str, ...] = ()
    obstacle: str = ""
    circles: tuple[tuple[str, str], ...] = ()
