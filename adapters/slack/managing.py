"""Who may manage, and what keeps Paperboy from posting: worked out at every asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from adapters.slack.asking import NAME, Asked
from adapters.slack.members import Directory, Member
from bot.commands import Command
from bot.errors import UserError
from bot.messages import Invocation
from bot.models import Channel
from bot.places import Places

MEMBERS, ADMINS = "members", "admins"
CIRCLES = {
    MEMBERS: "every member of the workspace, except guests",
    ADMINS: "admins and owners of the workspace",
}
SUBSCRIPTION = "subscription"  # the parameter of verbs that are about one
NAMES_MANAGERS = "managers"  # the verb that says who manages: for admins alone
# Where the app may not ask at all who people are, everybody is a member.
CANT_ASK = frozenset({"missing_scope", "not_allowed_token_type", "unknown_method"})
_CLOSED = frozenset({"channel_not_found", "not_in_channel"})


class Managing:
    """Makes Invocations. `default` is the circle that manages where nobody has chosen."""

    def __init__(self, places: Places, directory: Directory, default: str, name: str) -> None:
        self._places = places
        self._directory = directory
        self._default = default
        first = (default, CIRCLES[default])  # what holds where nobody has chosen
        self._circles = (first, *(each for each in CIRCLES.items() if each != first))
        self._name = name

    async def member(self, asked: Asked) -> Member:
        """The asker, as far as Slack tells."""
        return await self._directory.member(asked.team, asked.user_id)

    async def invocation(
        self, asked: Asked, command: Command, args: Mapping[str, str], at: datetime
    ) -> Invocation:
        """The asking for a verb. Raises StoreError."""
        member = await self.member(asked)
        place = await self._named(asked) if command.manages or command.posts else asked.place
        user = asked.user if asked.user_name else replace(asked, user_name=member.name).user
        return Invocation(
            verb=command.name,
            args=dict(args),
            channel=place,
            user=user,
            at=at,
            key=f"slack:{asked.repeat}",
            may_manage=await self.may(asked, command, args),
            zone=member.zone,
            obstacle=await self.obstacle(asked, command),
            circles=() if asked.is_direct else self._circles,
        )

    async def may(self, asked: Asked, command: Command, args: Mapping[str, str]) -> bool:
        """Whether the asker may do this there. Raises StoreError, UserError where that can't be
        told.
        """
        if asked.is_direct or not command.changes(args):
            return True
        member = await self.member(asked)
        if command.name == NAMES_MANAGERS:
            return member.is_admin
        if not _is_told(member):
            raise UserError("Slack does not say just now who you are; try again in a minute")
        if member.is_guest or not await self.sees(asked):
            return False
        chosen = (await self._places.managers(NAME, asked.team)).partition(" ")[0]
        if (chosen or self._default) != ADMINS or member.is_admin:
            return True
        if not any(param.name == SUBSCRIPTION for param in command.params):
            return False
        number = args.get(SUBSCRIPTION, "")
        return await self._places.is_contact(asked.place, asked.user, number)

    async def sees(self, asked: Asked) -> bool:
        """Whether the asker can see the channel: in the App Home they stand in none."""
        if not asked.elsewhere:
            return True
        room = await self._directory.room(asked.team, asked.channel)
        if not room.is_known:  # nothing is known of one that is private and closed to Paperboy
            return False
        member = await self.member(asked)
        if not room.is_private and _is_told(member) and not member.is_guest:
            return True
        return await self._directory.is_in_room(asked.team, asked.channel, asked.user_id)

    async def obstacle(self, asked: Asked, command: Command) -> str:
        """What keeps Paperboy from posting there, and what to type; "" for nothing."""
        if asked.is_direct or not command.posts:
            return ""
        room = await self._directory.room(asked.team, asked.channel)
        if room.is_archived:
            return "this channel is archived: nothing can be posted here"
        is_out = room.is_known and not room.is_in
        if is_out or room.problem in _CLOSED:
            # It is told anew at the next try: by then it may have been invited.
            self._directory.forget_room(asked.team, asked.channel)
            return f"Paperboy is not in this channel: type /invite @{self._name} here, then again"
        return ""

    async def _named(self, asked: Asked) -> Channel:
        """The channel with its name: a command in a private one, and a form, don't tell it."""
        if asked.is_direct or asked.channel_name:
            return asked.place
        room = await self._directory.room(asked.team, asked.channel)
        return asked.at(asked.channel, room.name).place


def _is_told(member: Member) -> bool:
    """Whether Slack tells who that is, or the app may not ask at all."""
    return member.is_known or member.problem in CANT_ASK
