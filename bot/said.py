"""What one platform message says, without a look, and how much of it there is room for. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import Line, PaperCard


@dataclass(frozen=True, slots=True)
class Measure:
    """How much stands there, in characters: of a title, of a line of ours, of what is said of a
    paper, of its abstract.
    """

    title: int
    line: int
    about: int = 0
    abstract: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in one platform message. `lead` is said before all of it where it is only heard
    of; `file` is the name of one that comes with it.
    """

    lead: str = ""
    title: str = ""
    subtitle: str = ""
    lines: tuple[Line, ...] = ()
    cards: tuple[PaperCard, ...] = ()
    notes: tuple[Line, ...] = ()
    file: str = ""
