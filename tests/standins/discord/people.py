"""Driving people: each of these sends an interaction as Discord's clients and service make it."""

from __future__ import annotations

import secrets
import time
from typing import Any

from standins.discord import commands, forms
from standins.discord.asked import Answer, Asked
from standins.discord.components import BUTTON, SELECTS, control
from standins.discord.envelopes import envelope, resolved
from standins.discord.gateway import Gateway
from standins.discord.permissions import permissions_in
from standins.discord.world import Channel, Interaction, Message, Role, User, World

Json = dict[str, Any]
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
IN_GUILD, WITH_BOT, PRIVATE = 0, 1, 2
USER_MENU, MESSAGE_MENU = 2, 3


class People:
    """What a person can do to the app. All return at once; AssertionError for the impossible."""

    world: World
    gateway: Gateway

    async def until(self, check: Any, within: float = 5.0, about: str = "") -> Any:
        raise NotImplementedError

    def slash(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Json | None = None,
        *,
        context: int | None = None,
        integration_owners: dict[str, str] | None = None,
    ) -> Asked:
        """Enter a command, "papers alert add", with values for its options.

        `integration_owners` says what it is installed for: {"0": guild} and/or {"1": user}. By
        itself it is the guild where the bot is a member, else the user.
        """
        head, trail, specs = commands.find(self.world, command)
        given = options or {}
        for each in forms.picked([*given.values()]):
            home = each.guild if isinstance(each, Channel) else channel.guild
            assert home is channel.guild, f"{each.name!r} is in another place"
        asked = self._new(
            COMMAND, user, channel, head["name"],
            context=context, integration_owners=integration_owners,
        )  # fmt: skip
        self._assert_offered(head, asked)
        data = _data(head) | {
            "options": commands.nested(trail, commands.filled(specs, given)),
            "resolved": resolved(channel, forms.picked([*given.values()])),
        }
        return self._send(asked, data)

    def autocomplete(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Json,
        focused: str | None = None,
        **where: Any,
    ) -> Asked:
        """Type into the option `focused` (the last one given); the answer has the choices."""
        head, trail, specs = commands.find(self.world, command)
        typed = commands.filled(specs, options, focused or [*options][-1])
        asked = self._new(AUTOCOMPLETE, user, channel, head["name"], **where)
        return self._send(asked, _data(head) | {"options": commands.nested(trail, typed)})

    def context_menu(
        self, user: User, channel: Channel, name: str, target: Message | User, **where: Any
    ) -> Asked:
        """Choose an app's entry in the menu of a message or a user."""
        kind = MESSAGE_MENU if isinstance(target, Message) else USER_MENU
        named = [each for each in self.world.commands if each["type"] == kind]
        head = next((each for each in named if each["name"] == name), None)
        assert head, f"there is no {name!r} among {[each['name'] for each in named]}"
        asked = self._new(COMMAND, user, channel, name, **where)
        asked.target = target
        self._assert_offered(head, asked)
        more = {"target_id": str(target.id), "resolved": resolved(channel, [target])}
        return self._send(asked, _data(head) | more)

    def press(self, user: User, shown: Message | Asked, button: str) -> Asked:
        """Press the button of this custom id or label."""
        message = self._seen(user, shown)
        found = control(message.components, button, {BUTTON})
        return self._use(user, message, found, {})

    def choose(
        self, user: User, shown: Message | Asked, select: str, values: list[Any] | str
    ) -> Asked:
        """Choose in the select of this custom id or placeholder, by values or labels."""
        message = self._seen(user, shown)
        found = control(message.components, select, SELECTS)
        wanted = [values] if isinstance(values, str) else values
        data: Json = {"values": forms.chosen(found, wanted)}
        if forms.picked(wanted):
            data["resolved"] = resolved(message.channel, forms.picked(wanted))
        return self._use(user, message, found, data)

    def submit(self, user: User, modal: Answer, fields: Json | None = None) -> Asked:
        """Send a form; `fields` by custom id or label, the others as they were filled in."""
        assert modal.is_modal, f"the answer was no form, but of type {modal.kind}"
        before = modal.interaction
        assert user is before.user, "the form was shown to somebody else"
        name, channel = modal.data["custom_id"], before.channel
        asked = self._new(
            SUBMIT, user, channel, name,
            context=before.context, integration_owners=before.owners,
        )  # fmt: skip
        asked.parent, asked.message = before, before.message
        filled = forms.submitted(modal.data, fields or {})
        values = (fields or {}).values()
        flat = [one for each in values for one in (each if isinstance(each, list) else [each])]
        data = {"custom_id": name, "components": filled}
        return self._send(asked, data | {"resolved": resolved(channel, forms.picked(flat))})

    # --- how it is sent

    def _seen(self, user: User, shown: Message | Asked) -> Message:
        message = shown.original() if isinstance(shown, Asked) else shown
        assert message, "there is no message yet"
        assert not message.deleted, "the message is gone"
        asker = message.interaction.user if message.interaction else None
        assert not message.is_ephemeral or user is asker, f"{user.name} does not see this message"
        return message

    def _use(self, user: User, message: Message, used: Json, data: Json) -> Asked:
        before = message.interaction
        where: Json = {}
        if before:
            where = {"context": before.context, "integration_owners": before.owners}
        asked = self._new(COMPONENT, user, message.channel, used["custom_id"], **where)
        asked.message = message
        about = {"component_type": used["type"], "custom_id": used["custom_id"], "id": used["id"]}
        return self._send(asked, about | data)

    def _new(
        self,
        kind: int,
        user: User,
        channel: Channel,
        name: str,
        *,
        context: int | None = None,
        integration_owners: dict[str, str] | None = None,
    ) -> Interaction:
        self._assert_there(user, channel)
        if context is None:
            context = IN_GUILD if channel.guild else WITH_BOT if channel.with_bot else PRIVATE
        asked = Interaction(
            self.world.new_id(),
            secrets.token_urlsafe(60),
            kind,
            user,
            channel,
            name,
            integration_owners or self._owners(user, channel),
            self.world.clock(),
            context,
        )
        self.world.interactions[asked.token] = asked
        return asked

    @staticmethod
    def _assert_there(user: User, channel: Channel) -> None:
        guild = channel.guild
        if guild is None:
            assert user in channel.people, f"{user.name} is not in this direct message"
            return
        seen = permissions_in(guild, channel, user.id)
        assert seen, f"{user.name} does not see #{channel.name} of {guild.name}"

    @staticmethod
    def _owners(user: User, channel: Channel) -> dict[str, str]:
        if channel.guild and channel.guild.installed:
            return {"0": str(channel.guild.id)}
        return {"0": "0"} if channel.guild is None and channel.with_bot else {"1": str(user.id)}

    def _assert_offered(self, head: Json, asked: Interaction) -> None:
        """That Discord shows the command there, to this person."""
        contexts, installs = head.get("contexts"), head.get("integration_types") or [0]
        name = head["name"]
        assert contexts is None or asked.context in contexts, f"{name!r} is not in {asked.context}"
        usable = {str(each) for each in installs}
        assert usable & asked.owners.keys(), f"{name!r} is for installs {installs}"
        needed = head.get("default_member_permissions")
        guild = asked.channel.guild
        if needed and guild:
            bits = permissions_in(guild, asked.channel, asked.user.id)
            assert not int(needed) & ~bits, f"{asked.user.name} does not see {name!r}"

    def _send(self, asked: Interaction, data: Json) -> Asked:
        # Discord leaves out what there is none of.
        told = {name: value for name, value in data.items() if value not in ({}, [])}
        body = envelope(self.world, asked, told)
        asked.sent = time.perf_counter()
        guild = asked.channel.guild
        self.gateway.dispatch("INTERACTION_CREATE", body, guild and guild.id)
        about = f"{asked.user.name}: {asked.name!r}"

        async def until(check: Any, within: float) -> Any:
            return await self.until(check, within, about)

        return Asked(asked, until)


def _data(head: Json) -> Json:
    return {"id": head["id"], "name": head["name"], "type": head["type"]}


__all__ = ["Answer", "Asked", "People", "Role"]
