"""A person in a channel of Discord, by native commands, buttons, menus and forms."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from standins.discord.asked import Asked
from standins.discord.components import STRING_SELECT, walked
from standins.discord.library import pointed_at
from standins.discord.permissions import MANAGE_GUILD
from standins.discord.server import DiscordStandin
from standins.discord.world import Message
from standins.discord.world import User as Member
from standins.newsstand import connected
from standins.office import Office
from standins.parity.discord_said import buttons, read_card, read_message, read_modal, selects
from standins.parity.said import NAME_OF_HELP, Answer, Asks, Said, as_line, refused

from adapters.discord.blocks import PLACEHOLDER
from adapters.discord.commands import LOOK_UP
from bot.models import DIRECT, Channel, User

SHOW = "Show me"  # under what is for the asker alone
EDIT = "Edit …"  # under what was wrong in a form
DEFERRED_EDIT = 6  # a kind of answer to an interaction
NUMBER, ROLE = 4, 8  # kinds of options
Json = dict[str, Any]


class DiscordTalk:
    """See standins.parity.said.Talk."""

    name = "discord"
    roles = "Librarians"

    def __init__(self, office: Office, discord: DiscordStandin, member: Member, room: str) -> None:
        guild = discord.guilds[0]
        self.office, self.discord, self.member = office, discord, member
        self.room = discord.channel(room)
        self.channel = Channel("discord", str(guild.id), str(self.room.id), room)
        self.user = User("discord", str(member.id), member.name.capitalize())  # as it shows them
        self._role = discord.add_role(guild, self.roles)
        self._keepers = discord.add_role(guild, "Keepers", MANAGE_GUILD)
        self._known = {message.id for message in self._there()}

    async def allow(self, *, managing: bool) -> None:
        """Give the member a role that manages the server, or take it away."""
        roles = [self._keepers] if managing else []
        self.discord.join(self.member, self.discord.guilds[0], *roles)

    def go_aside(self) -> None:
        """Talk to Paperboy alone from now on."""
        self.room = self.discord.dm(self.member)
        self.channel = Channel("discord", DIRECT, self.user.id, self.user.name)

    async def ask(self, verb: str, args: Mapping[str, str]) -> Answer:
        given = {name: self._typed(verb, name, text) for name, text in args.items()}
        asked = self.discord.slash(self.member, self.room, f"papers {verb}", given)
        return await self._answer(asked)

    async def write(self, text: str) -> Answer:
        """By a mention: what has no command is asked for so."""
        before = {message.id for message in self.discord.messages(self.room)}
        mention = f"<@{self.discord.bot.id}> {text}"
        before.add(self.discord.say(self.member, self.room, mention).id)

        def found() -> Message | None:
            there = [m for m in self.discord.messages(self.room) if m.id not in before]
            return there[0] if there else None

        message = await self.discord.until(found)
        self._known |= {*before, message.id}
        return read_message(self.discord, message)

    async def form(self, verb: str, args: Mapping[str, str]) -> Answer:
        """Where the command wants what the form would ask for, it is asked for by a mention."""
        needed = {
            each["name"] for each in _options(self.discord.commands, verb) if each["required"]
        }
        if needed <= args.keys():
            return await self.ask(verb, args)
        said = await self.write(as_line(verb, args))
        assert isinstance(said, Said)
        return await self.press(said, SHOW)

    async def look_up(self, text: str) -> Answer:
        """Have the papers looked up that somebody's message links to."""
        linked = self.discord.say(self.member, self.room, text)
        self._known.add(linked.id)
        return await self._answer(
            self.discord.context_menu(self.member, self.room, LOOK_UP, linked)
        )

    async def press(self, said: Said, label: str) -> Answer:
        return await self._answer(self.discord.press(self.member, said.shown, label))

    async def open(self, said: Said, place: int) -> Answer:
        [menu, *_] = [
            c for c in walked(said.shown.components) if c.get("placeholder") == PLACEHOLDER
        ]
        value = menu["options"][place]["value"]
        return await self._answer(
            self.discord.choose(self.member, said.shown, menu["custom_id"], [value])
        )

    async def submit(self, form: Asks, values: Mapping[str, str]) -> Answer:
        modal, left = form.shown, dict(values)
        if isinstance(modal, Message):  # a card: what can be chosen is, one by one
            for select in selects(modal):
                name = NAME_OF_HELP[select["placeholder"]]
                if name in left:
                    chosen = left.pop(name).split(",")
                    used = self.discord.choose(self.member, modal, select["custom_id"], chosen)
                    assert isinstance(await self._answer(used), Asks)
            form = await self.typed_part(form)
            modal = form.shown
        fields = {name: self._put(modal, name, text) for name, text in left.items()}
        return await self._answer(self.discord.submit(self.member, modal, fields), filled=True)

    async def typed_part(self, form: Asks) -> Asks:
        """The modal behind a card of selects."""
        [label] = [label for label in buttons(form.shown) if label.endswith("…")]
        asked = await self._answer(self.discord.press(self.member, form.shown, label))
        assert isinstance(asked, Asks)
        return asked

    async def leave(self, form: Asks) -> None:
        """A modal is closed; nobody hears of it."""

    async def fields(self, form: Asks, count: int) -> Asks:  # noqa: ARG002
        """The form with all of its fields: a card has some behind a button."""
        if not isinstance(form.shown, Message):
            return form
        typed = await self.typed_part(form)
        return Asks(form.title, {**form.fields, **typed.fields}, form.shown)

    async def posted(self) -> list[Said]:
        new = [message for message in self._there() if message.id not in self._known]
        self._known |= {message.id for message in new}
        return [read_message(self.discord, message) for message in new]

    def _there(self) -> list[Message]:
        places = dict.fromkeys([self.room, self.discord.dm(self.member)])
        there = [message for place in places for message in self.discord.messages(place)]
        threads = [message.thread for message in there if message.thread]
        there += [message for thread in threads for message in self.discord.messages(thread)]
        return sorted(there, key=lambda message: message.id)

    def _typed(self, verb: str, name: str, text: str) -> Any:
        """A value as Discord's client has it for this option."""
        [option] = [o for o in _options(self.discord.commands, verb) if o["name"] == name]
        kind = option["type"]
        return {NUMBER: lambda: int(text), ROLE: lambda: self._role}.get(kind, lambda: text)()

    @staticmethod
    def _put(modal: Any, name: str, text: str) -> Any:
        inputs = {c["custom_id"]: c for c in walked(modal.data["components"]) if "custom_id" in c}
        return text.split(",") if inputs[name]["type"] == STRING_SELECT else text

    async def _answer(self, asked: Asked, *, filled: bool = False) -> Answer:
        first = await asked.answer()
        if first.is_modal:
            return read_modal(first)
        message = await asked.message()
        if first.kind == DEFERRED_EDIT:
            before = asked.interaction.message
            message = await self.discord.until(lambda: _after(asked, before))
        self._known.add(message.id)  # in direct messages all see it
        if selects(message):
            return read_card(message)
        said = read_message(self.discord, message)
        if filled and EDIT in said.buttons:
            return refused(said.lines[0])
        return said


def _after(asked: Asked, pressed: Message | None) -> Message | None:
    """What came of a press that was acknowledged first: a new message, or the old one changed."""
    if asked.followups:
        return asked.followups[0]
    is_changed = pressed and pressed.edited_at and pressed.edited_at >= asked.interaction.made_at
    return pressed if is_changed else None


def _options(commands: list[Json], verb: str) -> list[Json]:
    level = next(each for each in commands if each["name"] == "papers")
    for word in verb.split():
        level = next(each for each in level["options"] if each["name"] == word)
    return level["options"]


@contextlib.asynccontextmanager
async def discord_talk(
    office: Office, room: str, *, may_manage: bool = True
) -> AsyncIterator[DiscordTalk]:
    """One life of the connection, and a member of the server."""
    async with DiscordStandin(buckets={}) as discord:
        discord.world.add_channel(room, discord.guilds[0])
        with pointed_at(discord):
            async with connected(office, discord) as stand:
                talk = DiscordTalk(office, discord, stand.member, room)
                await talk.allow(managing=may_manage)
                yield talk
        assert discord.refused == []
