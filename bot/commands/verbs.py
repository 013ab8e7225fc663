"""How a verb is declared: its name, help, parameters, whom it answers, who may use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.commands.desk import Desk
from bot.messages import Field, Form, Invocation, Message

Values = Mapping[str, Any]
Handler = Callable[[Desk, Invocation, Values], Awaitable[Message | Form]]


class Kind(StrEnum):
    """What a parameter holds. `bot.commands.values` reads each from text into its type."""

    TEXT = "text"
    QUERY = "query"
    DAY = "day"
    TIME = "time"
    ZONE = "zone"
    WEEKDAYS = "weekdays"
    NUMBER = "number"
    CHOICE = "choice"
    PAPER = "paper"
    SUBSCRIPTION = "subscription"
    ALERT = "alert"
    RETURN = "return"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a verb.

    `choices` are the texts a CHOICE takes, `most` the largest NUMBER. `completer` names what
    completes it while typing ("" for nothing). `clearable`: an empty text is a value, not an
    absence. `inner` parameters are set by buttons and pagers; people never type them.
    """

    name: str
    help: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    most: int = 50
    completer: str = ""
    clearable: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One verb, from which each platform makes its own command, help and form.

    `name` is the full name ("subscriptions list"). `personal` answers are for the asker alone.
    `posts`: it speaks in the channel itself, and is refused where Paperboy can't. `manages` needs
    `Invocation.may_manage`, checked at every asking; with `shows_bare` not where no argument is
    given, and the verb only tells what holds. `own` shows or changes what is the asker's
    own: others are not shown it, and such askings of one person take turns. `form` names the
    parameters that are asked for by a form where none of them is given; such an asking must not
    be deferred (DESIGN §4).
    """

    name: str
    help: str
    handler: Handler
    params: tuple[Param, ...] = ()
    personal: bool = True
    manages: bool = False
    shows_bare: bool = False
    own: bool = False
    posts: bool = False
    form: tuple[str, ...] = ()

    @property
    def typed(self) -> tuple[Param, ...]:
        """The parameters that people type."""
        return tuple(param for param in self.params if not param.inner)

    def changes(self, args: Mapping[str, str]) -> bool:
        """Whether an asking with these arguments manages something, so that not all may ask it."""
        return self.manages and not (self.shows_bare and not args)

    def asks(self, args: Mapping[str, str]) -> bool:
        """Whether an asking with these arguments is answered with a form."""
        return bool(self.form) and not any(name in args for name in self.form)


def form_fields(params: tuple[Param, ...], current: Mapping[str, str]) -> tuple[Field, ...]:
    """Inputs for these parameters, filled with what holds now."""
    return tuple(
        Field(
            name=param.name,
            label=param.help,
            value=current.get(param.name, ""),
            choices=tuple((choice, choice) for choice in param.choices),
            required=param.required,
        )
        for param in params
    )
