"""Slack's part of `paperboy doctor`: tokens, permissions, the way in, each subscribed channel.

How many connections are open is not looked at: whoever opens one to ask is sent what people do.
`paperboy status` tells it of the daemon's own. What talks to Slack is imported when it is needed:
every start of Paperboy reads this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from adapters.slack.manifest import APPS, EVENTS_PATH, Mode, mode_of
from adapters.slack.scopes import SCOPES, missing_scopes
from bot.errors import BotError, ConfigError, CredentialsError
from bot.models import Channel, Subscription
from bot.wording import count_of, listing

if TYPE_CHECKING:
    from adapters.slack import SlackSettings
    from adapters.slack.api import Api
    from adapters.slack.directory import Identity, Room

MOST_LOOKED_UP = 20  # channels that it is not in, and people: one question each
NETWORK = "the network, or SLACK_API_URL"
SET_UP = "paperboy init slack asks for it"


class Standing(NamedTuple):
    """One check: what was looked at, how it stands, and what to do where it is wrong."""

    about: str
    says: str
    fault: bool = False
    mend: str = ""


async def examine(settings: SlackSettings, subscriptions: Sequence[Subscription]) -> list[Standing]:
    """How Slack stands, and each channel of these subscriptions. It changes nothing there."""
    token = settings.slack_bot_token.get_secret_value()
    if not token and not settings.slack_client_id:
        return [Standing("slack", "off: no SLACK_BOT_TOKEN (paperboy init slack sets it up)")]
    if find_spec("slack_bolt") is None:
        mend = 'pip install "paperboy[slack]"'
        return [Standing("slack", "slack-bolt is missing", fault=True, mend=mend)]
    mode = mode_of(settings)
    way_in = await _about_way_in(settings, mode)
    if mode.many:
        return [*await _about_client(settings, mode, subscriptions), way_in]
    from adapters.slack.api import Api  # noqa: PLC0415 - see the module

    async with Api(settings.slack_api_url, token) as api:
        try:
            identity = await api.identity()
            about_app = await _about_app(settings, api, identity)
        except CredentialsError as error:
            mend = f"copy it anew at {APPS} (Install App), then: paperboy init slack"
            says = str(error).replace("the token", "SLACK_BOT_TOKEN")
            return [Standing("slack", says, fault=True, mend=mend), way_in]
        except BotError as error:
            return [_fault("slack", error), way_in]
        channels = await _about_channels(api, identity, subscriptions)
        contacts = await _about_contacts(api, identity, subscriptions)
    return [*about_app, way_in, *channels, *contacts]


async def _about_app(settings: SlackSettings, api: Api, identity: Identity) -> list[Standing]:
    """Whose the bot token is, and what it was not granted."""
    from adapters.slack.trying import app_of, app_of_token, told_apart  # noqa: PLC0415

    says = f"accepts the bot token of @{identity.bot_name} in {identity.workspace}"
    found = [Standing("slack", says)]
    app_token = settings.slack_app_token.get_secret_value()
    if app_token:
        owners = await app_of(api, identity), await app_of_token(settings.slack_api_url, app_token)
        if apart := told_apart(*owners):
            found.append(Standing("slack", f"the bot token: {apart}", fault=True, mend=SET_UP))
    if lacking := missing_scopes(identity.scopes):
        says = f"lacks {listing([f'{scope} ({SCOPES[scope]})' for scope in lacking])}"
        mend = "paperboy init slack says how to grant it"
        found.append(Standing("slack permissions", says, fault=True, mend=mend))
    return found


async def _about_way_in(settings: SlackSettings, mode: Mode) -> Standing:
    """Whether what people do in Slack can reach Paperboy."""
    from adapters.slack.trying import app_token_problem  # noqa: PLC0415

    if not mode.sockets:
        here = f"listens on {settings.slack_http_host}:{settings.slack_port}"
        if not settings.slack_signing_secret.get_secret_value():
            return Standing("slack http", "no SLACK_SIGNING_SECRET", fault=True, mend=SET_UP)
        reached = f", Slack sends to {mode.address}{EVENTS_PATH}" if mode.address else ""
        return Standing("slack http", f"{here}{reached}")
    about, token = "slack socket mode", settings.slack_app_token.get_secret_value()
    if not token:
        return Standing(about, "no SLACK_APP_TOKEN", fault=True, mend=SET_UP)
    try:
        problem = await app_token_problem(settings.slack_api_url, token)
    except BotError as error:
        return _fault(about, error)
    if problem:
        says = f"Slack refuses SLACK_APP_TOKEN: {problem}"
        return Standing(about, says, fault=True, mend="paperboy init slack asks for another one")
    count = count_of(settings.slack_connections, "connection")
    return Standing(about, f"can be used, for {count} (SLACK_CONNECTIONS)")


async def _about_client(
    settings: SlackSettings, mode: Mode, subscriptions: Sequence[Subscription]
) -> list[Standing]:
    """Many workspaces: what they install Paperboy with. Their tokens are in the database."""
    from adapters.slack.keys import Keys  # noqa: PLC0415
    from adapters.slack.trying import client_secret_problem  # noqa: PLC0415

    try:
        Keys(settings.slack_encryption_key.get_secret_value())
        secret = settings.slack_client_secret.get_secret_value()
        if not mode.address or not secret:
            missing = "SLACK_CLIENT_SECRET" if mode.address else "SLACK_PUBLIC_URL"
            return [Standing("slack", f"no {missing}", fault=True, mend=".env.example tells of it")]
        number = settings.slack_client_id
        problem = await client_secret_problem(settings.slack_api_url, number, secret)
    except ConfigError as error:
        return [Standing("slack", str(error), fault=True)]
    except BotError as error:
        return [_fault("slack", error)]
    if problem:
        says = f"Slack refuses SLACK_CLIENT_SECRET: {problem}"
        return [Standing("slack", says, fault=True, mend="paperboy init slack asks for another")]
    count = len({each.channel.workspace for each in subscriptions if not each.channel.is_direct})
    return [
        Standing("slack", f"accepts the client; workspaces install it at {mode.install_link}"),
        Standing("slack", f"{count_of(count, 'workspace')} with subscriptions, not looked at"),
    ]


async def _about_channels(
    api: Api, identity: Identity, subscriptions: Sequence[Subscription]
) -> list[Standing]:
    """Each channel once."""
    channels = {s.channel.key: s.channel for s in subscriptions if not s.channel.is_direct}
    if not channels:
        return []
    try:
        inside = {room.id: room for room in await api.own_rooms()}
    except BotError as error:
        return [_fault("slack channels", error)]
    found, looked_up = [], 0
    for channel in channels.values():
        if channel.workspace != identity.team:
            found.append(_foreign(channel, identity))
            continue
        room = inside.get(channel.id)
        if room is None and looked_up < MOST_LOOKED_UP:
            looked_up += 1
            found.append(await _about_closed(api, channel, identity))
        else:
            found.append(_judge(channel, room, identity))
    return found


async def _about_closed(api: Api, channel: Channel, identity: Identity) -> Standing:
    """A channel that Paperboy is not in: whether it is there at all."""
    try:
        return _judge(channel, await api.room(channel.id), identity)
    except BotError as error:
        if getattr(error, "code", "") == "channel_not_found":
            return _judge(channel, None, identity)
        return _fault(_called(channel), error)


def _judge(channel: Channel, room: Room | None, identity: Identity) -> Standing:
    """How a channel stands; None is one that can't be seen."""
    about, invite = _called(channel), f"type /invite @{identity.bot_name} in that channel"
    if room is None:
        mend = f"{invite}; if it is gone, subscribe another one"
        return Standing(about, "Paperboy is not in it, or it is gone", fault=True, mend=mend)
    if room.is_archived:
        mend = "unarchive it in Slack, or subscribe another one"
        return Standing(about, "it is archived", fault=True, mend=mend)
    if not room.is_member:
        return Standing(about, "Paperboy is not in it", fault=True, mend=invite)
    return Standing(about, "Paperboy is in it")


def _foreign(channel: Channel, identity: Identity) -> Standing:
    says = f"is of another workspace ({channel.workspace}) than SLACK_BOT_TOKEN ({identity.team})"
    mend = "put that workspace's token in its place, or subscribe in this one"
    return Standing(_called(channel), says, fault=True, mend=mend)


async def _about_contacts(
    api: Api, identity: Identity, subscriptions: Sequence[Subscription]
) -> list[Standing]:
    """Whether those who are told of faults are in the workspace still."""
    theirs: dict[str, Channel] = {}
    for each in subscriptions:
        team, _, person = each.contact.id.partition("/")
        if team == identity.team and person:
            theirs.setdefault(person, each.channel)
    found = []
    for person, channel in list(theirs.items())[:MOST_LOOKED_UP]:
        try:
            is_gone = await api.person(person) is None
        except BotError as error:
            if getattr(error, "code", "") not in {"user_not_found", "user_not_visible"}:
                return [_fault("slack contacts", error)]
            is_gone = True
        if is_gone:
            mend = "somebody there types /papers subscriptions adopt"
            says = "whoever looks after it has left the workspace"
            found.append(Standing(_called(channel), says, fault=True, mend=mend))
    return found


def _fault(about: str, error: BotError) -> Standing:
    """A fault of the way to Slack, or of Slack; its text holds neither token nor address."""
    return Standing(about, str(error), fault=True, mend=f"if it lasts: {NETWORK}")


def _called(channel: Channel) -> str:
    return f"slack #{channel.name or channel.id}"
