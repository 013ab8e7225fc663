"""The asker's own alerts: which one is meant, whether there is room for another, their hours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from dataclasses import replace

from bot.commands.alerts_telling import tell_alert
from bot.commands.desk import Desk
from bot.commands.subscribing import likely_zone
from bot.commands.verbs import Values
from bot.errors import QueryError, UserError
from bot.messages import Button, Invocation, Message, line, strong
from bot.models import Alert, AlertState, And, Node, Not, Or, Reader, Word
from bot.queries import STOP_WORDS, parse_query

_MOST_ASKED = 20  # alerts a question shows as buttons: what a message has room for


async def own_reader(desk: Desk, invocation: Invocation) -> Reader:
    """The asker's hours; the defaults in their likely zone where they were never kept."""
    kept = await desk.store.alerts.reader(invocation.user)
    return kept or Reader(invocation.user, await likely_zone(desk, invocation))


async def choose_alert(
    desk: Desk, invocation: Invocation, values: Values, *, removed: bool = False
) -> Alert | Message:
    """The alert that was named, or the asker's only one; a question where there are several.

    `removed`: one that was removed may be named too. Raises UserError where there is none.
    """
    number = values.get("alert")
    if number is not None:
        return await _named(desk, invocation, number, removed=removed)
    mine = await desk.store.alerts.of_user(invocation.user)
    if not mine:
        raise UserError("you have no alerts yet; begin with: /papers alert add state space models")
    return mine[0] if len(mine) == 1 else _question(invocation, mine)


async def find_twin(desk: Desk, wanted: Alert) -> Alert | None:
    """Another alert of this person that asks for the same."""
    mine = await desk.store.alerts.of_user(wanted.user)
    asked = _meaning_of(wanted)
    return next((a for a in mine if a.id != wanted.id and _meaning_of(a) == asked), None)


async def refuse_twin(desk: Desk, wanted: Alert) -> None:
    """Raise UserError where another alert of this person asks for exactly this."""
    if twin := await find_twin(desk, wanted):
        raise UserError(f"#{twin.id} asks for exactly that already; nothing was changed")


async def refuse_too_many(desk: Desk, invocation: Invocation) -> None:
    """Raise UserError where the asker has as many alerts as one person may."""
    if len(await desk.store.alerts.of_user(invocation.user)) >= desk.alerts_per_user:
        raise UserError(
            f"you have {desk.alerts_per_user} alerts, the most one person may have here; "
            "remove one first: /papers alert list"
        )


async def _named(desk: Desk, invocation: Invocation, number: int, *, removed: bool) -> Alert:
    found, user = await desk.store.alerts.alert(number), invocation.user
    # A number is easily guessed: another person's alert is as good as none.
    if found is None or (found.user.platform, found.user.id) != (user.platform, user.id):
        raise UserError(f"you have no alert #{number}; see: /papers alert list")
    if found.state is AlertState.REMOVED and not removed:
        raise UserError(f"#{number} is removed; bring it back with: /papers alert resume {number}")
    return found


def _meaning_of(alert: Alert) -> Hashable:
    try:
        return meaning(parse_query(alert.query).tree)
    except QueryError:  # written by an older or newer Paperboy
        return alert.query.casefold()


def meaning(node: Node) -> Hashable:
    """Equal for queries that are met by the same papers whatever is kept: the order of words side
    by side, case, accents, and quotes around what holds no small word make no difference.
    """
    match node:
        case And(parts) | Or(parts):
            return type(node), frozenset(map(meaning, parts))
        case Not(part):
            return Not, meaning(part)
        case Word(text):
            folded = unicodedata.normalize("NFKD", text.casefold())
            plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
            small = not STOP_WORDS.isdisjoint(re.findall(r"\w+", plain))
            return replace(node, text=plain, quoted=node.quoted and small)
    return node


def _question(invocation: Invocation, mine: list[Alert]) -> Message:
    """All of them, each with a button that asks the same again for it."""
    buttons = tuple(
        Button(f"#{a.id}", invocation.verb, {**invocation.args, "alert": str(a.id)})
        for a in mine[:_MOST_ASKED]
    )
    ask = f"Which one? Press its number, or type it: /papers {invocation.verb} {mine[0].id}"
    lines = tuple(line(strong(f"#{alert.id}"), f" {tell_alert(alert)}") for alert in mine)
    return Message(title="You have several alerts", lines=(line(ask), *lines), buttons=buttons)
