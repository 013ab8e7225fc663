"""The channel that digests are to go to, and who looks after it there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.slack.directory import Identity, Person, Room, owner_of
from bot.errors import BotError, CredentialsError
from bot.ports import Terminal
from bot.wording import count_of

if TYPE_CHECKING:
    from adapters.slack.api import Api

MOST_SHOWN = 25  # channels; others are found by their names
PAUSE_SECONDS = 3.0  # between two looks whether a channel has let the app in
_ID = re.compile(r"[CGUW][A-Z0-9]{7,}")


async def choose_room(api: Api, identity: Identity, terminal: Terminal) -> Room | None:
    """The channel that was chosen, once Paperboy is in it; None for none."""
    rooms = _in_order(await api.rooms())
    _list(rooms, identity, terminal)
    question = "Channel for the digest, by number or name (Enter: none)"
    while typed := await terminal.ask(question):
        room = numbered(rooms, typed) or named(rooms, typed) or await _looked_up(api, typed)
        if room is None:
            terminal.tell(f"Paperboy sees no channel {typed}. If it is a private one, type there:")
            terminal.tell(f"  /invite @{identity.bot_name}")
            terminal.tell("Then type its name here again.")
        elif room.is_member or await _is_let_in(api, room, identity, terminal):
            return room
    return None


def numbered(rooms: Sequence[Room], typed: str) -> Room | None:
    """The channel by its place in the list as it is shown."""
    wanted = typed.strip()
    is_shown = wanted.isdecimal() and 1 <= int(wanted) <= min(len(rooms), MOST_SHOWN)
    return rooms[int(wanted) - 1] if is_shown else None


def named(rooms: Sequence[Room], typed: str) -> Room | None:
    """The channel by its name or its id."""
    wanted = typed.strip().removeprefix("#").casefold()
    return next((room for room in rooms if wanted in {room.name, room.id.casefold()}), None)


async def _looked_up(api: Api, typed: str) -> Room | None:
    """A channel that was made since, or has let the app in; or one beyond what a list holds."""
    if _ID.fullmatch(typed):
        with suppress_gone("channel_not_found"):
            return await api.room(typed)
    return named(await api.rooms(), typed)


def _in_order(rooms: Sequence[Room]) -> list[Room]:
    """Those that it is in first, each by name."""
    return sorted(rooms, key=lambda room: (not room.is_member, room.name))


def _list(rooms: Sequence[Room], identity: Identity, terminal: Terminal) -> None:
    inside = sum(room.is_member for room in rooms)
    terminal.tell()
    terminal.tell(f"Channels of {identity.workspace}, {inside} of {len(rooms):,} with Paperboy in:")
    for number, room in enumerate(rooms[:MOST_SHOWN], 1):
        terminal.tell(f"  {number:3}  #{room.name}{'' if room.is_member else '  (not in it yet)'}")
    if len(rooms) > MOST_SHOWN:
        more = count_of(len(rooms) - MOST_SHOWN, "more channel")
        terminal.tell(f"  and {more}: type the name.")


async def _is_let_in(api: Api, room: Room, identity: Identity, terminal: Terminal) -> bool:
    """Wait until somebody has invited it; false where they go back with Enter."""
    terminal.tell(f"Paperboy is not in #{room.name} yet. Type in that channel:")
    terminal.tell(f"  /invite @{identity.bot_name}")
    terminal.tell("Waiting until it is in (Enter goes back) …")
    while not await terminal.enters_within(PAUSE_SECONDS):
        try:
            if (await api.room(room.id)).is_member:
                terminal.tell(f"It is in #{room.name}.")
                return True
        except CredentialsError:
            raise
        except BotError as error:  # the next look may be answered
            terminal.tell(f"{error}; looking again.")
    return False


async def choose_contact(api: Api, terminal: Terminal) -> Person | None:
    """Who is told when something is wrong there; None where nobody is named."""
    people = await api.people()
    owner = owner_of(people)
    terminal.tell()
    terminal.tell("Whoever looks after it is told in a direct message when something is wrong.")
    question = "Who looks after it, by @name, full name or member ID"
    while typed := await terminal.ask(question, f"@{owner.handle}" if owner else ""):
        found = [person for person in people if person.is_called(typed)]
        found = found or await _person_by_id(api, typed)
        if len(found) == 1:
            return found[0]
        _tell_people(typed, found, terminal)
    return None


async def _person_by_id(api: Api, typed: str) -> list[Person]:
    """The member with that id, where the list of members did not reach so far."""
    person = None
    if _ID.fullmatch(typed):
        with suppress_gone("user_not_found"):
            person = await api.person(typed)
    return [person] if person else []


@contextmanager
def suppress_gone(code: str) -> Iterator[None]:
    """Slack's answer that there is no such thing is no error within."""
    try:
        yield
    except BotError as error:
        if getattr(error, "code", "") != code:
            raise


def _tell_people(typed: str, found: Sequence[Person], terminal: Terminal) -> None:
    """Several are called so, or nobody is."""
    if not found:
        terminal.tell(f"Nobody in the workspace is called {typed}. Your member ID stands in")
        terminal.tell("your profile in Slack, behind the three dots: Copy member ID.")
        return
    terminal.tell(f"{count_of(len(found), 'person is', 'people are')} called so; type the @name:")
    for person in found[:MOST_SHOWN]:
        terminal.tell(f"  @{person.handle}  {person.names[0]}")
