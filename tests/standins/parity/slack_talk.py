"""A person in a channel of Slack, by `/papers`, buttons, selects and forms."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from standins.office import Office
from standins.parity.said import Answer, Asks, Refused, Said, as_line, form_title, lines_of
from standins.slack.asked import Asked
from standins.slack.elements import STATES, elements, find, options_of
from standins.slack.server import SlackStandin
from standins.slack.world import Message, View
from standins.slack.world import User as Member
from standins.slack_mrkdwn import see, see_blocks
from standins.slack_newsstand import connected

from adapters.slack.blocks import PLACEHOLDER
from adapters.slack.listening import LOOK_UP
from bot.models import DIRECT, Channel, User

LOOK = " (at "  # before the place in what was typed
Json = dict[str, Any]


class SlackTalk:
    """See standins.parity.said.Talk."""

    name = "slack"
    roles = "admins"

    def __init__(self, office: Office, slack: SlackStandin, member: Member, room: str) -> None:
        self.office, self.slack, self.member = office, slack, member
        self.room = slack.channel(room)
        team = slack.workspaces[0].id
        self.channel = Channel("slack", team, self.room.id, room)
        self.user = User("slack", f"{team}/{member.id}", member.name)
        self._known = {message.ts for message in self._there()}

    async def allow(self, *, managing: bool) -> None:
        """Let every member manage, or its admins alone."""
        named = "members" if managing else ""
        await self.office.store.places.name_managers("slack", self.channel.workspace, named)

    def go_aside(self) -> None:
        """Talk to Paperboy alone from now on."""
        self.room = self.slack.dm(self.member)
        self.channel = Channel("slack", DIRECT, self.user.id, self.user.name)

    async def ask(self, verb: str, args: Mapping[str, str]) -> Answer:
        return await self._answer(self.slack.slash(self.member, self.room, as_line(verb, args)))

    async def write(self, text: str) -> Answer:
        """By a mention, as in threads."""
        asked = self.slack.mention(self.member, self.room, text)
        assert asked.said
        self._known.add(asked.said.ts)
        return await self._answer(asked)

    async def form(self, verb: str, args: Mapping[str, str]) -> Answer:
        return await self.ask(verb, args)

    async def look_up(self, text: str) -> Answer:
        """Have the papers looked up that somebody's message links to."""
        linked = self.slack.say(self.member, self.room, text)
        self._known.add(linked.ts)
        return await self._answer(self.slack.shortcut(self.member, linked, LOOK_UP))

    async def press(self, said: Said, label: str) -> Answer:
        found = [
            each.element["action_id"]
            for each in elements(said.shown.blocks)
            if each.type == "button" and each.element["text"]["text"] == label
        ]
        return await self._answer(self.slack.press(self.member, said.shown, found[0]))

    async def open(self, said: Said, place: int) -> Answer:
        menu = find(said.shown.blocks, PLACEHOLDER, {"static_select"})
        option = options_of(menu.element)[place]
        used = self.slack.select(
            self.member, said.shown, menu.element["action_id"], option["value"]
        )
        return await self._answer(used)

    async def submit(self, form: Asks, values: Mapping[str, str]) -> Answer:
        given = {name: await self._put(form.shown, name, text) for name, text in values.items()}
        sent = self.slack.submit(self.member, form.shown, given)
        return await self._answer(sent)

    async def leave(self, form: Asks) -> None:
        self.slack.close(self.member, form.shown)

    async def fields(self, form: Asks, count: int) -> Asks:  # noqa: ARG002
        return form

    async def posted(self) -> list[Said]:
        new = [message for message in self._there() if message.ts not in self._known]
        self._known |= {message.ts for message in new}
        return [read_message(self.slack, message) for message in new if not message.files]

    def _there(self) -> list[Message]:
        places = dict.fromkeys([self.room, self.slack.dm(self.member)])
        there = [message for place in places for message in self.slack.messages(place)]
        return sorted(there, key=lambda message: message.ts)

    async def _put(self, view: View, name: str, text: str) -> Any:
        """A value as it is put into this input: chosen where it offers something to choose."""
        kind = find(view.blocks, name, set(STATES)).type
        if kind == "checkboxes":
            return text.split(",")
        if kind == "external_select":
            asked = self.slack.options(self.member, view, name, text)
            await asked.acked()
            [option, *_] = [each for each in asked.options if each["value"] == text]
            return option
        return text or None

    async def _answer(self, asked: Asked) -> Answer:
        def came() -> Message | View | dict[str, str] | None:
            view = self.slack.modal(self.member)
            if view and view.order > asked.order:
                return view
            if asked.errors:
                return asked.errors
            changed = asked.pressed
            if isinstance(changed, Message) and len(changed.edits) > asked._edits:
                return changed
            new = [m for m in self.slack.ephemerals(self.member) if m.order > asked.order]
            return new[0] if new else None

        answer = await self.slack.until(came, 5.0, asked.about)
        if isinstance(answer, View):
            return read_view(answer)
        if isinstance(answer, dict):
            [(name, told)] = answer.items()
            problem = told.partition(LOOK)[0]
            return Refused(name, problem[:1].lower() + problem[1:])
        return read_message(self.slack, answer, self._files_since(asked))

    def _files_since(self, asked: Asked) -> list[Json]:
        """Files go to the person's direct messages."""
        there = self.slack.messages(self.slack.dm(self.member))
        return [file for m in there if m.order > asked.order for file in m.files]


def read_message(slack: SlackStandin, message: Message, files: list[Json] | None = None) -> Said:
    """A message as a person sees it."""
    seen = see_blocks(message.blocks) if message.blocks else [see(message.text)]
    found = [*elements(message.blocks)]
    leading = {each.element["url"] for each in found if "url" in each.element}
    menus = [each.element for each in found if PLACEHOLDER in each.names]
    return Said(
        lines=lines_of(*(each.text for each in seen)),
        links=frozenset({url for each in seen for _, url in each.links} | leading),
        buttons=tuple(
            each.element["text"]["text"]
            for each in found
            if each.type == "button" and "url" not in each.element
        ),
        menu=tuple(option["text"]["text"] for menu in menus for option in options_of(menu)),
        files=tuple((each["name"], slack.file(each["id"]).decode()) for each in files or ()),
        private=message.is_ephemeral,
        shown=message,
    )


def read_view(view: View) -> Asks:
    """A modal as a person sees it."""
    fields = {}
    for block in view.blocks:
        if block["type"] != "input":
            continue
        name = block["block_id"]
        found = find(view.blocks, name, set(STATES))
        state = view.filled[found.key]
        fields[name] = _held(state[STATES[found.type]])
    return Asks(form_title(view.title), fields, view)


def _held(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(option["value"] for option in value)
    if isinstance(value, dict):
        return str(value["value"])
    return str(value or "")


@contextlib.asynccontextmanager
async def slack_talk(
    office: Office, room: str, *, may_manage: bool = True
) -> AsyncIterator[SlackTalk]:
    """One life of the connection, and a member of the workspace, which all manage or admins."""
    async with SlackStandin(post_rate=None) as slack:
        workspace = slack.workspaces[0]
        member = slack.add_user("grace", tz="Europe/Berlin", is_admin=may_manage)
        made = slack.world.add_channel(room, workspace, members={member, workspace.bot})
        assert made in workspace.channels.values()
        circle = "members" if may_manage else "admins"
        async with connected(office, slack, slack_managers=circle):
            yield SlackTalk(office, slack, member, room)
        assert not slack.refused
