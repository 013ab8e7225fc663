"""REST about the application itself: its gateway, its user, its settings, its commands."""

from __future__ import annotations

from standins.discord.calls import Call, Reply, Route
from standins.discord.commands import registered
from standins.discord.permissions import permissions_in
from standins.discord.refusals import refuse
from standins.discord.shapes import application_json, channel_json, me_json, user_json

SETTABLE = {
    "description",
    "flags",
    "install_params",
    "integration_types_config",
    "interactions_endpoint_url",
}


def gateway(call: Call) -> Reply:
    return 200, {"url": call.discord.gateway_url}


def gateway_bot(call: Call) -> Reply:
    return 200, call.discord.gateway.address()


def me(call: Call) -> Reply:
    return 200, me_json(call.discord.world.bot)


def my_guilds(call: Call) -> Reply:
    """A page of them: at most 200, after an id."""
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 200))
    guilds = sorted(
        (each for each in call.discord.world.guilds.values() if each.installed and each.id > after),
        key=lambda guild: guild.id,
    )
    return 200, [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(permissions_in(guild, None, call.discord.world.bot.id)),
            "features": guild.features,
        }
        for guild in guilds[: min(limit, 200)]
    ]


def user(call: Call) -> Reply:
    found = call.discord.world.users.get(call.id("user"))
    if found is None:
        raise refuse(10013)
    return 200, user_json(found)


def application(call: Call) -> Reply:
    return 200, application_json(call.discord.world)


def edit_application(call: Call) -> Reply:
    for name, value in call.data.items():
        if name in SETTABLE:
            setattr(call.discord.world.application, name, value)
    return application(call)


def open_dm(call: Call) -> Reply:
    text = str(call.data.get("recipient_id", ""))
    person = call.discord.world.users.get(int(text)) if text.isdecimal() else None
    if person is None:
        raise refuse(10013)
    if person.dms_too_many:
        raise refuse(40003)
    if person.bot:
        raise refuse(50007)
    return 200, channel_json(call.discord.world.dm(person))


def commands(call: Call) -> Reply:
    _own(call)
    return 200, call.discord.world.commands


def put_commands(call: Call) -> Reply:
    """The bulk overwrite; commands of the same name and kind keep their id."""
    _own(call)
    world = call.discord.world
    world.commands = registered(world, call.body if isinstance(call.body, list) else [])
    call.discord.syncs += 1
    return 200, world.commands


def add_command(call: Call) -> Reply:
    _own(call)
    world = call.discord.world
    key = (call.data.get("name"), call.data.get("type", 1))
    others = [each for each in world.commands if (each["name"], each["type"]) != key]
    world.commands = registered(world, [*others, call.data])
    return (200 if len(others) < len(world.commands) - 1 else 201), world.commands[-1]


def _own(call: Call) -> None:
    if call.id("app") != call.discord.world.application.id:
        raise refuse(50001)


ROUTES = [
    Route("GET", "/gateway", gateway, open=True),
    Route("GET", "/gateway/bot", gateway_bot),
    Route("GET", "/users/@me", me),
    Route("GET", "/users/@me/guilds", my_guilds),
    Route("POST", "/users/@me/channels", open_dm),
    Route("GET", "/users/{user}", user),
    Route("GET", "/oauth2/applications/@me", application),
    Route("GET", "/applications/@me", application),
    Route("PATCH", "/applications/@me", edit_application),
    Route("GET", "/applications/{app}/commands", commands),
    Route("PUT", "/applications/{app}/commands", put_commands),
    Route("POST", "/applications/{app}/commands", add_command),
]
