"""What a request may hold, by the published description of Discord's HTTP API (OpenAPI, v10).

Of the routes that Paperboy uses: the names in query and body, and of what type they are. The limits
of messages and forms are another thing (`discord_limits`, `forms`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Spec = Any  # see _problems
ID = re.compile(r"0|[1-9][0-9]*")  # snowflakes go as text
# Where discord.py writes a snowflake as a number by itself; Discord reads both.
NUMBERED = (ID, int)
AMOUNT = (int, float)

_NAMED = {"name!": str, "name_localizations": {...: str}}
_ABOUT = {"description!": str, "description_localizations": {...: str}}
_OPTION: dict[Any, Spec] = {"type!": frozenset(range(1, 12))} | _NAMED | _ABOUT
_CHOICES = [_NAMED | {"value!": (str, *AMOUNT)}]
OPTION: dict[Any, Spec] = _OPTION | {
    "required": bool,
    "autocomplete": bool,
    "choices": _CHOICES,
    "channel_types": [int],
    **dict.fromkeys(("min_length", "max_length"), int),
    **dict.fromkeys(("min_value", "max_value"), AMOUNT),
}
OPTION["options"] = [OPTION]
COMMAND: dict[Any, Spec] = _NAMED | {
    "id": ID,
    "type": frozenset((1, 2, 3, 4)),
    "description": str,
    "description_localizations": {...: str},
    "options": [OPTION],
    "default_member_permissions": int,
    "dm_permission": bool,
    "contexts": [frozenset((0, 1, 2))],
    "integration_types": [frozenset((0, 1))],
    "handler": int,
    "nsfw": bool,  # in Discord's documentation, not in the description
}
MENTIONS = {
    "parse": [frozenset(("users", "roles", "everyone"))],
    "users": [ID],
    "roles": [ID],
    "replied_user": bool,
}
ATTACHMENT = {
    "id!": NUMBERED,
    "filename": str,
    "description": str,
    "title": str,
    "duration_secs": AMOUNT,
    "waveform": str,
    "is_spoiler": bool,
}
REFERENCE = {
    "message_id!": NUMBERED,
    "channel_id": NUMBERED,
    "guild_id": NUMBERED,
    "fail_if_not_exists": bool,
    "type": frozenset((0,)),
}
EDIT: dict[Any, Spec] = {
    "content": str,
    "embeds": [dict],
    "components": [dict],
    "allowed_mentions": MENTIONS,
    "attachments": [ATTACHMENT],
    "flags": int,
    # Not in the description of edits. discord.py names it all the same, and Discord passes it over.
    "tts": bool,
}
POLLED = EDIT | {"poll": dict}
MESSAGE = POLLED | {
    "sticker_ids": [ID],
    "message_reference": REFERENCE,
    "nonce": (str, int),
    "enforce_nonce": bool,
    "shared_client_theme": dict,
}
FOLLOW_UP = POLLED | {
    "username": str,
    "avatar_url": str,
    "thread_name": str,
    "applied_tags": [ID],
}
MODAL = {"custom_id!": str, "title!": str, "components!": [dict]}
# What an answer to an interaction holds, by its type.
ANSWERS: dict[int, Spec] = {
    1: {},
    4: POLLED,
    5: POLLED,
    6: POLLED,
    7: POLLED,
    8: {"choices": _CHOICES},
    9: MODAL,
}
INSTALL = {"scopes": [frozenset(("applications.commands", "bot"))], "permissions": int}
APPLICATION = {
    **dict.fromkeys(("icon", "cover_image", "interactions_endpoint_url"), str),
    **dict.fromkeys(("custom_install_url", "role_connections_verification_url"), str),
    "event_webhooks_url": str,
    **dict.fromkeys(("flags", "event_webhooks_status", "max_participants", "type"), int),
    "team_id": ID,
    "tags": [str],
    "install_params": INSTALL,
    "integration_types_config": {...: {"oauth2_install_params": INSTALL}},
    "event_webhooks_types": [str],
}
THREAD = {
    "name!": str,
    "auto_archive_duration": frozenset((60, 1440, 4320, 10080)),
    "rate_limit_per_user": int,
}
OWN_THREAD = THREAD | {
    "type": frozenset((10, 11, 12)),
    "invitable": bool,
    "message": MESSAGE,
    "applied_tags": [ID],
}
DOOR = {"recipient_id": NUMBERED, "access_tokens": [str], "nicks": dict}
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
# By route: the names in its query, and its body; None where it has none.
ROUTES: dict[str, tuple[str, Spec]] = {
    "GET /gateway": ("", None),
    "GET /gateway/bot": ("", None),
    "GET /users/@me": ("", None),
    "GET /users/{user}": ("", None),
    "GET /users/@me/guilds": ("before after limit shard with_counts", None),
    "POST /users/@me/channels": ("", DOOR),
    "GET /oauth2/applications/@me": ("", None),
    "GET /applications/@me": ("", None),
    "PATCH /applications/@me": ("", APPLICATION),
    "GET /applications/{app}/commands": ("with_localizations", None),
    "PUT /applications/{app}/commands": ("", [COMMAND]),
    "GET /channels/{channel}": ("", None),
    "GET /channels/{channel}/messages": ("around before after limit", None),
    "POST /channels/{channel}/messages": ("", MESSAGE),
    "GET /channels/{channel}/messages/{message}": ("", None),
    "DELETE /channels/{channel}/messages/{message}": ("", None),
    "PATCH /channels/{channel}/messages/{message}": ("", EDIT | {"sticker_ids": [ID]}),
    "POST /channels/{channel}/messages/{message}/threads": ("", THREAD),
    # This one is of discord.py; Discord has not needed it for long.
    "POST /channels/{channel}/threads": ("use_nested_fields", OWN_THREAD),
    "GET /guilds/{guild}": ("with_counts", None),
    "GET /guilds/{guild}/channels": ("", None),
    "GET /guilds/{guild}/members/{user}": ("", None),
    "POST /webhooks/{app}/{token}": ("wait thread_id with_components", FOLLOW_UP),
    "PATCH /webhooks/{app}/{token}/messages/{message}": ("thread_id with_components", POLLED),
}


def problems(route: str, query: dict[str, str], body: Any) -> list[str]:
    """What the description does not have in a request to this route; all of an unknown route."""
    if route == CALLBACK:
        names, spec = "with_response", _callback(body)
    elif route in ROUTES:
        names, spec = ROUTES[route]
    else:
        return [f"{route}: not written down here"]
    found = [f"?{name}: unknown" for name in query if name not in names.split()]
    found += ["a body"] if spec is None and body is not None else _problems(body, spec, "")
    return [f"{route}: {each}" for each in found]


def _callback(body: Any) -> Spec:
    kind = body.get("type") if isinstance(body, dict) else None
    return {"type!": frozenset(ANSWERS), "data": ANSWERS.get(kind, {})}


def _problems(value: Any, spec: Spec, path: str) -> Iterator[str]:
    """Compare a value, null being allowed, with: a type, several, a pattern of text, the values it
    may have, [what each item is] or {name: what it is}; `name!` must be there, `...` is any name.
    """
    if value is None:
        return
    match spec:
        case dict() if isinstance(value, dict):
            yield from _of_names(value, spec, path)
        case [inner] if isinstance(spec, list) and isinstance(value, list):
            for place, each in enumerate(value):
                yield from _problems(each, inner, f"{path}[{place}]")
        case dict() | list():
            yield f"{path}: {type(value).__name__}"
        case _ if not _is_one(value, spec):
            yield f"{path}: {value!r:.60}"


def _of_names(value: dict[str, Any], spec: dict[Any, Spec], path: str) -> Iterator[str]:
    needed = {name[:-1] for name in spec if isinstance(name, str) and name.endswith("!")}
    yield from (f"{path}.{name}: missing" for name in needed - value.keys())
    for name, each in value.items():
        inner = spec.get(f"{name}!", spec.get(name, spec.get(...)))
        if inner is None:
            yield f"{path}.{name}: unknown"
        else:
            yield from _problems(each, inner, f"{path}.{name}")


def _is_one(value: Any, spec: Spec) -> bool:
    if isinstance(spec, tuple):
        return any(_is_one(value, each) for each in spec)
    if isinstance(spec, re.Pattern):
        return isinstance(value, str) and spec.fullmatch(value) is not None
    if isinstance(spec, frozenset):
        return isinstance(value, int | str) and value in spec
    return isinstance(value, spec) and (spec is bool or not isinstance(value, bool))
