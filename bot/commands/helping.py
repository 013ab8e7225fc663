"""`help`: what there is, and how each verb is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.commands.desk import Desk
from bot.commands.verbs import Command, Handler, Kind, Param, Values
from bot.errors import UserError
from bot.messages import Button, Invocation, Line, Message, code, line, quiet

VERB = Param("verb", "The verb to explain", Kind.TEXT, completer="verb")

# What people type before a verb; a prompt and a direct message take it, and need it not.
_PREFIX = "/papers"

EXAMPLES = {
    "similar": "similar 2405.21060",
    "today": "today last week",
    "paper": "paper 2405.21060",
    "share": "share 2405.21060",
    "subscribe": "subscribe 09:00 Europe/Berlin size:10 filter:cat:cs.LG",
    "subscriptions change": "subscriptions change 12 size:20 ranking:newest",
    "alert add": 'alert add "state space" -survey at once',
    "alert test": "alert test author:vaswani OR org:deepmind",
    "alert change": "alert change 3 mamba cat:cs.LG when:daily",
    "alert mute": "alert mute until monday",
    "alert hours": "alert hours 8:30 Europe/Berlin daily cap:20",
}
# The query language on one screen: what may be typed, and what it asks for.
LANGUAGE = (
    ("language models", "papers that hold both, in any form"),
    ('"state space"', "these words in this order"),
    ("transformer -vision", "without that one"),
    ("bert OR clip", "one of them"),
    ("optimiz*", "words that begin so"),
    ("title:attention", "in the title; also abstract: keyword: org:"),
    ("author:vaswani", "by whom"),
    ("cat:cs.CL", "a category; cat:cs is all of computer science"),
    ("upvotes:>=100", "at least so many upvotes"),
    ("date:7d", "of the last 7 days; also date:2026-10, date:>=2026-10-01"),
    ("has:code", "with a link to its code"),
    ("like:1706.03762", "close to that paper in sense"),
    ("diffusion sort:new", "newest first; also sort:upvotes"),
)
_LANGUAGE_NOTES = (
    "Put them side by side: title:attention cat:cs.CL -vision; brackets and OR group them.",
    "Plain words do too: papers about diffusion since last week.",
)

_MOST_PARAMS = 2  # in a line of help; the verb's own help names all
_QUERIES = "How to search, and what filters and alerts understand: /papers help search"
_FREE = "Words without a verb are searched for, as in: /papers state space models"
_NAMED = "An id or a link shows the paper."


def helping(table: Callable[[], tuple[Command, ...]]) -> Handler:
    """The handler of `help`. The table is asked for late: `help` stands in it."""

    async def help_(desk: Desk, invocation: Invocation, values: Values) -> Message:  # noqa: ARG001
        verb = " ".join(values.get("verb", "").lower().removeprefix(_PREFIX).split())
        return _explain(table(), verb) if verb else _overview(table())

    return help_


def _overview(table: tuple[Command, ...]) -> Message:
    return Message(
        title="Paperboy brings the day's papers",
        lines=tuple(_overview_lines(table)),
        notes=(
            line(quiet(_QUERIES)),
            line(quiet(f"{_FREE}. {_NAMED}")),
        ),
        buttons=(
            Button("Today", "today"),
            Button("How to search", "help", {"verb": "search"}),
            Button("Subscribe", "subscribe"),
        ),
    )


def _overview_lines(table: tuple[Command, ...]) -> Iterator[Line]:
    """A line a verb; a group has one, with the names of its verbs."""
    for command in table:
        group, _, second = command.name.partition(" ")
        if not second:
            yield line(code(_usage(command)), f" – {command.help}")
        elif second == "list":  # every group has it, and stands where it does
            seconds = [c.name.partition(" ")[2] for c in table if c.name.startswith(f"{group} ")]
            told = f" – {command.help}: {', '.join(seconds)}"
            yield line(code(f"{_PREFIX} {group} …"), told)


def _explain(table: tuple[Command, ...], verb: str) -> Message:
    named = [c for c in table if c.name == verb] or [
        c for c in table if c.name.startswith((f"{verb} ", f"{verb.removesuffix('s')} "))
    ]
    if not named:
        raise UserError(f"there is no verb {verb[:40]}; see: /papers help")
    if len(named) > 1:
        lines = tuple(line(code(_usage(c)), f" – {c.help}") for c in named)
        return Message(title=f"{_PREFIX} {named[0].name.partition(' ')[0]} …", lines=lines)
    return Message(title=f"{_PREFIX} {named[0].name}", lines=_details(named[0]))


def _details(command: Command) -> tuple[Line, ...]:
    lines = [line(f"{command.help}."), line(code(_usage(command)))]
    if command.name == "search":
        lines.append(line("It is made of these, and so are filters and alerts:"))
        lines += [line(code(typed), f" – {meaning}") for typed, meaning in LANGUAGE]
        lines += [line(quiet(note)) for note in _LANGUAGE_NOTES]
    else:
        lines += [_about(param) for param in command.typed]
    if command.name in EXAMPLES:
        lines.append(line("For example: ", code(f"{_PREFIX} {EXAMPLES[command.name]}")))
    if command.manages:
        lines.append(line(quiet("For those who manage this channel.")))
    return tuple(lines)


def _about(param: Param) -> Line:
    choices = f": {', '.join(param.choices)}" if param.choices else ""
    return line(code(param.name), f" – {param.help}{choices}")


def _usage(command: Command) -> str:
    """`/papers subscribe [time] [zone] …`, `/papers search QUERY`."""
    params = [
        param.name.upper() if param.required else f"[{param.name}]" for param in command.typed
    ]
    more = ["…"] if len(params) > _MOST_PARAMS else []
    return " ".join((_PREFIX, command.name, *params[:_MOST_PARAMS], *more))
