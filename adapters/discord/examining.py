"""Discord's part of `paperboy doctor`: the token, the app, the gateway, each subscribed channel.

What talks to Discord is imported when it is needed: every start of Paperboy reads this module.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from adapters.discord.installing import (
    CONTEXT_NAMES,
    PORTAL,
    invite_link,
    missing_contexts,
    missing_names,
    problems,
)
from adapters.discord.permissions import CREATE_PUBLIC_THREADS, NAMES, WANTED, lacking
from bot.errors import BotError, CredentialsError
from bot.models import Channel, Layout, Subscription
from bot.wording import count_of, listing

if TYPE_CHECKING:
    from adapters.discord import DiscordSettings
    from adapters.discord.api import Api
    from adapters.discord.servers import Application, House, Place

MOST_CHANNELS = 500  # looked at: three questions a server, and Discord answers 50 a second
FEW_SESSIONS = 20  # so few left of a day's 1,000: something starts again and again
GRANT = "grant it in Discord: Edit Channel, Permissions"
NETWORK = "the network, or DISCORD_API_URL"

T = TypeVar("T")


class Standing(NamedTuple):
    """One check: what was looked at, how it stands, and what to do where it is wrong."""

    about: str
    says: str
    fault: bool = False
    mend: str = ""


async def examine(
    settings: DiscordSettings, subscriptions: Sequence[Subscription]
) -> list[Standing]:
    """How Discord stands, and each channel of these subscriptions. It changes nothing there."""
    token = settings.discord_token.get_secret_value().strip()
    if not token:
        return [Standing("discord", "off: no DISCORD_TOKEN (paperboy init discord sets it up)")]
    try:
        from adapters.discord.api import Api  # noqa: PLC0415 - see the module
    except ImportError:
        mend = 'pip install "paperboy[discord]"'
        return [Standing("discord", "discord.py is missing", fault=True, mend=mend)]
    async with Api(settings.discord_api_url, token) as api:
        try:
            application = await api.application()
            found = await _about_application(api, application)
        except CredentialsError:
            mend = f"make a new one at {PORTAL} (Bot, Reset Token), then: paperboy init discord"
            return [Standing("discord", "refuses DISCORD_TOKEN (401)", fault=True, mend=mend)]
        except BotError as error:
            return [_fault("discord", error)]
        found.append(await _about_gateway(api, settings.discord_gateway_url))
        return [*found, *await _about_channels(api, application, subscriptions)]


async def _about_application(api: Api, application: Application) -> list[Standing]:
    servers = await api.servers()
    says = f"accepts the token of {application.name}, in {count_of(len(servers), 'server')}"
    found = [Standing("discord", says)]
    for problem, mend in problems(application):
        # Who keeps an app for themselves does not want it public.
        is_wish = problem.startswith("it is not public")
        found.append(Standing("discord application", problem, fault=not is_wish, mend=mend))
    if missing := missing_contexts(application):
        names = listing([CONTEXT_NAMES[key] for key in missing])
        says = f"is not set up to be installed {names}"
        found.append(Standing("discord application", says, mend="paperboy init discord sets them"))
    if not servers:
        found.append(
            Standing("discord", "no server has let it in", mend=invite_link(application.id))
        )
    return found


async def _about_gateway(api: Api, url: str) -> Standing:
    try:
        gateway = await api.gateway()
        await api.greet(url or gateway.url)
    except BotError as error:
        mend = f"{NETWORK}; if it is set, DISCORD_GATEWAY_URL"
        return Standing("discord gateway", str(error), fault=True, mend=mend)
    left = f"{gateway.sessions_left:,} of {gateway.sessions:,} session starts left today"
    if gateway.sessions_left < FEW_SESSIONS:
        mend = "something starts Paperboy again and again: see its log"
        return Standing("discord gateway", left, fault=True, mend=mend)
    return Standing("discord gateway", f"can be reached, {left}")


async def _about_channels(
    api: Api, application: Application, subscriptions: Sequence[Subscription]
) -> list[Standing]:
    """Each channel once, those of a server together."""
    threaded = {s.channel.key for s in subscriptions if s.layout is Layout.THREAD}
    channels = {s.channel.key: s.channel for s in subscriptions if not s.channel.is_direct}
    looked_at = sorted(channels.values(), key=lambda channel: channel.workspace)[:MOST_CHANNELS]
    houses: dict[str, House | Standing] = {}
    found = []
    for channel in looked_at:
        if channel.workspace not in houses:
            houses[channel.workspace] = await _house(api, application, channel.workspace)
        house = houses[channel.workspace]
        if isinstance(house, Standing):
            found.append(house._replace(about=_called(channel)))
        else:
            found.append(
                await _about_channel(api, house, channel, is_threaded=channel.key in threaded)
            )
    if more := len(channels) - len(looked_at):
        found.append(Standing("discord", f"{count_of(more, 'more channel')} not looked at"))
    return found


async def _house(api: Api, application: Application, server_id: str) -> House | Standing:
    gone = Standing(
        "discord",
        "Paperboy is not in its server any more",
        fault=True,
        mend=f"let it in again: {invite_link(application.id)}",
    )
    return await _or_standing(api.house(server_id), gone)


async def _about_channel(
    api: Api, house: House, channel: Channel, *, is_threaded: bool
) -> Standing:
    about = _called(channel)
    place = house.place(channel.id)
    if place is None:
        mend = "subscribe another one; this one's subscription can be removed"
        gone = Standing(about, "it is gone, or closed to Paperboy", fault=True, mend=mend)
        thread = await _or_standing(api.channel(channel.id), gone)
        if isinstance(thread, Standing):
            return thread
        place = house.thread(thread)
        if place is None:
            return gone
    return _judge(about, place, is_threaded=is_threaded)


def _judge(about: str, place: Place, *, is_threaded: bool) -> Standing:
    """What Paperboy may do in a channel, and what it lacks there."""
    missing, needed = missing_names(place), list(lacking(place.granted, in_thread=place.in_thread))
    if is_threaded and not place.granted & CREATE_PUBLIC_THREADS:
        needed.append(NAMES[CREATE_PUBLIC_THREADS])
    if needed:
        return Standing(about, f"lacks {listing(needed)}", fault=True, mend=GRANT)
    if not missing:
        return Standing(about, f"has all {len(WANTED)} permissions")
    why = {NAMES[bit]: reason for bit, reason in WANTED.items()}
    lacks = "; ".join(f"{name} ({why[name]})" for name in missing)
    return Standing(about, f"may post; lacks {lacks}")


async def _or_standing(question: Awaitable[T], gone: Standing) -> T | Standing:
    """The answer; `gone` where Discord says that there is none, else the fault."""
    try:
        return await question
    except BotError as error:
        is_gone = getattr(error, "status", 0) in {403, 404}
        return gone if is_gone else _fault(gone.about, error)


def _fault(about: str, error: BotError) -> Standing:
    """A fault of the way to Discord, or of Discord; its text holds neither token nor address."""
    return Standing(about, str(error), fault=True, mend=f"if it lasts: {NETWORK}")


def _called(channel: Channel) -> str:
    return f"discord #{channel.name or channel.id}"
