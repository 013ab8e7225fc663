"""Discord's part of `paperboy init`: a token that works, an invitation, a channel.

What talks to Discord is imported when it is needed: every start of Paperboy reads this module.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from adapters.discord.installing import (
    CONTEXT_NAMES,
    PORTAL,
    contexts_to_set,
    invite_link,
    missing_contexts,
    missing_names,
    problems,
)
from adapters.discord.permissions import NAMES, WANTED, lacking, tell_lacking
from bot.errors import BotError, ConfigError, CredentialsError
from bot.models import Channel, User
from bot.ports import Terminal
from bot.wording import listing

if TYPE_CHECKING:
    from adapters.discord import DiscordSettings
    from adapters.discord.api import Api
    from adapters.discord.servers import Application, Place, Server

TOKEN = "DISCORD_TOKEN"  # noqa: S105 - the name of the setting
MOST_TRIES = 3
PAUSE_SECONDS = 2.0  # between two looks whether a server has let the app in
GET_LIBRARY = 'discord.py is missing: pip install "paperboy[discord]"'


async def setup(settings: DiscordSettings, terminal: Terminal) -> tuple[Channel, User] | None:
    """Everything that Discord needs, up to a channel where digests are to go, with their contact.

    None where no channel was chosen. Raises ConfigError, ApiError.
    """
    if find_spec("discord") is None:
        raise ConfigError(GET_LIBRARY)
    from adapters.discord.api import Api  # noqa: PLC0415 - see the module

    token = await _token(settings, terminal)
    terminal.keep(TOKEN, token)
    async with Api(settings.discord_api_url, token) as api:
        application = await api.application()
        _introduce(application, terminal)
        await set_contexts(api, application, terminal)
        server = await _server(api, terminal)
        channel = await _channel(api, server, terminal) if server else None
        return (channel, application.owner) if channel else None


async def _token(settings: DiscordSettings, terminal: Terminal) -> str:
    """A token that Discord accepts: the one that is set, else one that is typed."""
    known = settings.discord_token.get_secret_value().strip()
    if known:
        if await _is_accepted(settings.discord_api_url, known):
            return known
        terminal.tell(f"Discord refuses the {TOKEN} that is set.")
        if not terminal.interactive:
            raise ConfigError(f"{TOKEN} is refused by Discord: make a new one at {PORTAL}")
    elif terminal.interactive:
        terminal.tell(f"The bot's token is made at {PORTAL}:")
        terminal.tell("New Application, then Bot, Reset Token, Copy.")
    for left in reversed(range(MOST_TRIES if terminal.interactive else 1)):
        typed = _trimmed(await terminal.ask_secret("Token (it is not shown)") or "")
        if not typed:
            break
        if await _is_accepted(settings.discord_api_url, typed):
            return typed
        again = "copy it anew with Reset Token, the whole of it" if left else "nothing was changed"
        terminal.tell(f"Discord refuses this token: {again}.")
    else:
        raise ConfigError(f"no {TOKEN} that Discord accepts was given")
    raise ConfigError(
        f"{TOKEN} is missing: run this in a terminal, which asks for it, or give it in the "
        "environment, in .env, or through a pipe"
    )


async def _is_accepted(url: str, token: str) -> bool:
    from adapters.discord.api import Api  # noqa: PLC0415

    if not re.fullmatch(r"[\x21-\x7e]+", token):  # it could not stand in a header
        return False
    try:
        async with Api(url, token) as api:
            await api.me()
    except CredentialsError:
        return False
    return True


def _trimmed(typed: str) -> str:
    """What was pasted, without what people copy along."""
    bare = typed.strip().removeprefix(f"{TOKEN}=").strip("\"'")
    return bare.removeprefix("Bot ").strip()


def _introduce(application: Application, terminal: Terminal) -> None:
    terminal.tell(f"Discord accepts the token: it is {application.name}'s.")
    for problem, mend in problems(application):
        terminal.tell(f"But {problem}:\n  {mend}")
    terminal.tell()
    terminal.tell("To let it into a server, whoever manages that server opens:")
    terminal.tell(f"  {invite_link(application.id)}")
    terminal.tell("It asks for these permissions, and no others:")
    width = max(map(len, NAMES.values()))
    for bit, why in WANTED.items():
        terminal.tell(f"  {NAMES[bit]:{width}}  {why}")
    terminal.tell("It needs no privileged intent: leave those switches off.")
    terminal.tell()


async def set_contexts(api: Api, application: Application, terminal: Terminal) -> None:
    """Let servers and people install the app, where that is not set yet; what is set stays."""
    missing = missing_contexts(application)
    if not missing:
        return
    from adapters.discord.api import ApiError  # noqa: PLC0415

    names = listing([CONTEXT_NAMES[key] for key in missing])
    for bare in (False, True):  # an app that is not public may have no link for all
        try:
            await api.set_contexts(contexts_to_set(application, bare=bare))
        except ApiError as error:
            if error.status not in {400, 403}:
                raise
        else:
            terminal.tell(f"Set: it can be installed {names}.")
            return
    terminal.tell(f"Discord would not let it be installed {names}; that can be set by hand:")
    terminal.tell(f"  {PORTAL}/{application.id}/installation")


async def _server(api: Api, terminal: Terminal) -> Server | None:
    """The server to go on with; waits until there is one."""
    there = await api.servers()
    if not there and terminal.interactive:
        terminal.tell("Waiting until a server lets it in (Enter goes on without) …")
    while not there:
        if await terminal.enters_within(PAUSE_SECONDS):
            return None
        try:
            there = await api.servers()
        except CredentialsError:
            raise
        except BotError as error:  # the next look may be answered
            terminal.tell(f"{error}; looking again.")
    if len(there) == 1:
        terminal.tell(f"It is in {there[0].name}.")
        return there[0]
    terminal.tell(f"It is in {len(there):,} servers:")
    names = [each.name for each in there]
    for number, name in enumerate(names, 1):
        terminal.tell(f"  {number:3}  {name}")
    chosen = await _choose(terminal, "Server, by number or name (Enter: none)", names)
    return None if chosen is None else there[chosen]


async def _channel(api: Api, server: Server, terminal: Terminal) -> Channel | None:
    """The channel that was chosen, where Paperboy may post."""
    while True:
        places = (await api.house(server.id)).places()
        places.sort(key=lambda place: bool(lacking(place.granted)))
        _list(server, places, terminal)
        names = [place.name for place in places]
        question = "Channel for the digest, by number or name (Enter: none)"
        chosen = await _choose(terminal, question, names) if places else None
        if chosen is None:
            return None
        # They may have granted it since the list was made.
        place = (await api.house(server.id)).place(places[chosen].id) or places[chosen]
        missing = lacking(place.granted)
        if not missing:
            return Channel("discord", server.id, place.id, place.name)
        terminal.tell(tell_lacking(missing, place.name).replace("ask again", "choose it again"))


def _list(server: Server, places: list[Place], terminal: Terminal) -> None:
    """Where it may post, then where it may not, each with what it lacks."""
    terminal.tell()
    open_ones = sum(not lacking(place.granted) for place in places)
    terminal.tell(f"Text channels of {server.name}, {open_ones} of {len(places)} open to it:")
    for number, place in enumerate(places, 1):
        missing = missing_names(place)
        closed = "can't post: lacks" if lacking(place.granted) else "lacks"
        note = f"  ({closed} {listing(missing)})" if missing else ""
        terminal.tell(f"  {number:3}  #{place.name}{note}")


async def _choose(terminal: Terminal, question: str, names: list[str]) -> int | None:
    """The place of the one that was chosen by number or name; None for none."""
    while answer := await terminal.ask(question):
        wanted = answer.strip().removeprefix("#").lower()
        if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
            return int(wanted) - 1
        same = [place for place, name in enumerate(names) if name.lower() == wanted]
        if len(same) == 1:
            return same[0]
        problem = "Several are called so; type" if same else "Type"
        terminal.tell(f"{problem} a number from 1 to {len(names):,}.")
    return None
