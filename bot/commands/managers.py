"""`managers`: who may manage Paperboy in a workspace, beside those who manage the place itself."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.desk import Desk
from bot.commands.verbs import Kind, Param, Values
from bot.errors import UserError
from bot.messages import Button, Invocation, Message, line
from bot.models import DIRECT

NOBODY = "none"
ROLE = Param("role", "The role or group; none for nobody", Kind.ROLE)


async def managers(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Say or set whose members may manage: a role, which is its id, and its name behind it; or one
    of the circles that the platform offers in place of roles.
    """
    channel = invocation.channel
    if channel.workspace == DIRECT:
        raise UserError("here you manage everything yourself; managers are for shared places")
    circles, places = dict(invocation.circles), desk.store.places
    chosen = await places.managers(channel.platform, channel.workspace)
    if "role" in values:
        chosen = _circle(values["role"], circles) if circles else _role(values["role"])
        await places.name_managers(channel.platform, channel.workspace, chosen)
    return _told_circle(chosen, circles) if circles else _told_role(chosen)


def _role(named: str) -> str:
    return "" if named.lower() == NOBODY else named


def _circle(named: str, circles: Mapping[str, str]) -> str:
    if named.lower() not in circles:
        raise UserError(f"role: write one of {', '.join(circles)}")
    return named.lower()


def _told_role(role: str) -> Message:
    always = "Those who may manage this channel always can."
    if not role:
        return Message(lines=(line(f"No role manages Paperboy here. {always}"),))
    name = role.partition(" ")[2] or role
    lines = (line(f"Members with the role {name} manage Paperboy here. {always}"),)
    return Message(lines=lines, buttons=(Button("Nobody", "managers", {"role": NOBODY}),))


def _told_circle(chosen: str, circles: Mapping[str, str]) -> Message:
    """Who manages, with a button for each other choice."""
    held = chosen if chosen in circles else next(iter(circles))
    told = (
        f"Paperboy is managed here by {circles[held]}. "
        "Whoever looks after a subscription can always change that one."
    )
    others = tuple(
        Button(f"Let {value} manage", "managers", {"role": value})
        for value in circles
        if value != held
    )
    return Message(lines=(line(told),), buttons=others)
