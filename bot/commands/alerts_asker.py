"""The asker's own alerts: which one is meant, whether there is room for another, their hours."""

from __future__ import annotations

from bot.commands.alerts_telling import tell_alert
from bot.commands.desk import Desk
from bot.commands.subscribing import likely_zone
from bot.commands.verbs import Values
from bot.errors import UserError
from bot.messages import Button, Invocation, Message, line, strong
from bot.models import Alert, AlertState, Reader

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
        raise UserError("you have no alerts yet; begin with: alert add state space models")
    return mine[0] if len(mine) == 1 else _question(invocation, mine)


async def find_twin(desk: Desk, wanted: Alert) -> Alert | None:
    """Another alert of this person with the same query."""
    mine = await desk.store.alerts.of_user(wanted.user)
    asked = wanted.query.casefold()
    return next((a for a in mine if a.id != wanted.id and a.query.casefold() == asked), None)


async def refuse_twin(desk: Desk, wanted: Alert) -> None:
    """Raise UserError where another alert of this person asks for exactly this."""
    if twin := await find_twin(desk, wanted):
        raise UserError(f"#{twin.id} asks for exactly that already; nothing was changed")


async def refuse_too_many(desk: Desk, invocation: Invocation) -> None:
    """Raise UserError where the asker has as many alerts as one person may."""
    if len(await desk.store.alerts.of_user(invocation.user)) >= desk.alerts_per_user:
        raise UserError(
            f"you have {desk.alerts_per_user} alerts, the most one person may have here; "
            "remove one first: alert list"
        )


async def _named(desk: Desk, invocation: Invocation, number: int, *, removed: bool) -> Alert:
    found, user = await desk.store.alerts.alert(number), invocation.user
    # A number is easily guessed: another person's alert is as good as none.
    if found is None or (found.user.platform, found.user.id) != (user.platform, user.id):
        raise UserError(f"you have no alert #{number}; see: alert list")
    if found.state is AlertState.REMOVED and not removed:
        raise UserError(f"#{number} is removed; bring it back with: alert resume {number}")
    return found


def _question(invocation: Invocation, mine: list[Alert]) -> Message:
    """All of them, each with a button that asks the same again for it."""
    buttons = tuple(
        Button(f"#{a.id}", invocation.verb, {**invocation.args, "alert": str(a.id)})
        for a in mine[:_MOST_ASKED]
    )
    ask = f"Which one is meant? Its number goes with the verb: {invocation.verb} {mine[0].id}"
    lines = tuple(line(strong(f"#{alert.id}"), f" {tell_alert(alert)}") for alert in mine)
    return Message(title="You have several alerts", lines=(line(ask), *lines), buttons=buttons)
