"""`help`: what there is, and how each verb is used."""

from __future__ import annotations

from collections.abc import Callable

from bot.commands.desk import Desk
from bot.commands.verbs import Command, Handler, Kind, Param, Values
from bot.errors import UserError
from bot.messages import Button, Invocation, Line, Message, code, line, quiet

VERB = Param("verb", "The verb to explain", Kind.TEXT, completer="verb")

EXAMPLES = {
    "search": 'search "state space" cat:cs.LG',
    "today": "today 2026-11-20",
    "paper": "paper 2405.21060",
    "subscribe": "subscribe 09:00 Europe/Berlin size:10 filter:cat:cs.LG",
    "subscriptions change": "subscriptions change 12 size:20 ranking:newest",
}

_MOST_PARAMS = 3  # in a line of help; the verb's own help names all
_QUERIES = 'Queries: all words must match; "a phrase", cat:cs.LG and source:arxiv narrow them.'


def helping(table: Callable[[], tuple[Command, ...]]) -> Handler:
    """The handler of `help`. The table is asked for late: `help` stands in it."""

    async def help_(desk: Desk, invocation: Invocation, values: Values) -> Message:  # noqa: ARG001
        verb = " ".join(values.get("verb", "").lower().split())
        return _explain(table(), verb) if verb else _overview(table())

    return help_


def _overview(table: tuple[Command, ...]) -> Message:
    lines = tuple(line(code(_usage(command)), f"  {command.help}") for command in table)
    return Message(
        title="Paperboy brings the day's papers",
        lines=lines,
        notes=(
            line(quiet(_QUERIES)),
            line(quiet("Words without a verb are searched for; an id or a link shows the paper.")),
        ),
        buttons=(Button("Today", "today"), Button("Subscribe", "subscribe")),
    )


def _explain(table: tuple[Command, ...], verb: str) -> Message:
    named = [c for c in table if c.name == verb] or [
        c for c in table if c.name.startswith(f"{verb} ")
    ]
    if not named:
        raise UserError(f"there is no verb {verb[:40]}; see: help")
    if len(named) > 1:
        return Message(title=verb, lines=tuple(line(code(_usage(c)), f"  {c.help}") for c in named))
    return Message(title=named[0].name, lines=_details(named[0]))


def _details(command: Command) -> tuple[Line, ...]:
    lines = [line(f"{command.help}."), line(code(_usage(command)))]
    for param in command.typed:
        choices = f": {', '.join(param.choices)}" if param.choices else ""
        lines.append(line(code(param.name), f"  {param.help}{choices}"))
    if command.name in EXAMPLES:
        lines.append(line("For example: ", code(EXAMPLES[command.name])))
    if command.manages:
        lines.append(line(quiet("For those who manage this channel.")))
    return tuple(lines)


def _usage(command: Command) -> str:
    """`subscribe [time] [zone] …`, `search QUERY`."""
    params = [
        param.name.upper() if param.required else f"[{param.name}]" for param in command.typed
    ]
    more = ["…"] if len(params) > _MOST_PARAMS else []
    return " ".join((command.name, *params[:_MOST_PARAMS], *more))
