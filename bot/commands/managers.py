"""`managers`: who may manage Paperboy in a workspace, beside those who manage the place itself."""

from __future__ import annotations

from bot.commands.desk import Desk
from bot.commands.verbs import Kind, Param, Values
from bot.errors import UserError
from bot.messages import Button, Invocation, Message, line
from bot.models import DIRECT

NOBODY = "none"
ROLE = Param("role", "The role; none for nobody", Kind.ROLE)


async def managers(desk: Desk, invocation: Invocation, values: Values) -> Message:
    """Say or set the role whose members may manage; a role is its id, and its name behind it."""
    channel = invocation.channel
    if channel.workspace == DIRECT:
        raise UserError("here you manage everything yourself; managers are for shared places")
    places = desk.store.places
    known = await places.managers(channel.platform, channel.workspace)
    if "role" not in values:
        return _told(known)
    role = "" if values["role"].lower() == NOBODY else values["role"]
    await places.name_managers(channel.platform, channel.workspace, role)
    return _told(role)


def _told(role: str) -> Message:
    always = "Those who may manage this channel always can."
    if not role:
        return Message(lines=(line(f"No role manages Paperboy here. {always}"),))
    name = role.partition(" ")[2] or role
    lines = (line(f"Members with the role {name} manage Paperboy here. {always}"),)
    return Message(lines=lines, buttons=(Button("Nobody", "managers", {"role": NOBODY}),))
