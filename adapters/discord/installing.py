"""How the app is let in: its invitation, its install contexts, and what stands in the way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.discord.permissions import INVITED, NAMES, WANTED
from adapters.discord.servers import Application, Place

PORTAL = "https://discord.com/developers/applications"
INVITE = "https://discord.com/oauth2/authorize"
# Install contexts, by Discord's numbers: for a server, and for a person wherever they are.
CONTEXTS: dict[str, dict[str, Any]] = {
    "0": {"scopes": ["bot", "applications.commands"], "permissions": INVITED},
    "1": {"scopes": ["applications.commands"], "permissions": 0},
}
CONTEXT_NAMES = {"0": "in servers", "1": "by people for themselves"}


def invite_link(application_id: str) -> str:
    """Where whoever manages a server lets the app in."""
    scope = "bot+applications.commands"
    return f"{INVITE}?client_id={application_id}&scope={scope}&permissions={INVITED}"


def problems(application: Application) -> list[tuple[str, str]]:
    """What keeps people from using the app, each with its mend."""
    page = f"{PORTAL}/{application.id}"
    found = []
    if application.needs_code_grant:
        mend = f"switch off Requires OAuth2 Code Grant at {page}/bot"
        found.append(("it asks for a code grant, so that the invitation does not work", mend))
    if not application.is_public:
        mend = f"switch on Public Bot at {page}/bot, if others are to"
        found.append(("it is not public, so that nobody but its owner can add it", mend))
    if application.endpoint:
        mend = f"empty Interactions Endpoint URL at {page}/information"
        found.append(("its commands go to a web address, so that Paperboy never hears them", mend))
    return found


def missing_contexts(application: Application) -> list[str]:
    """The install contexts that nothing is said about yet."""
    there = application.contexts
    return [key for key in CONTEXTS if not (there.get(key) or {}).get("oauth2_install_params")]


def contexts_to_set(application: Application, *, bare: bool = False) -> dict[str, Any]:
    """All its install contexts with the missing ones, as Discord takes them: what it tells as text
    it wants as a number. `bare` ones have no scopes and permissions of their own.
    """
    contexts = {key: _settable(value or {}) for key, value in application.contexts.items()}
    for key in missing_contexts(application):
        contexts[key] = {} if bare else {"oauth2_install_params": CONTEXTS[key]}
    return contexts


def _settable(context: Mapping[str, Any]) -> dict[str, Any]:
    params = context.get("oauth2_install_params")
    if not params:
        return {}
    number = int(params.get("permissions") or 0)
    return {"oauth2_install_params": {"scopes": params["scopes"], "permissions": number}}


def missing_names(place: Place) -> list[str]:
    """The names of all the permissions that it is to have, and has not; without View Channel,
    that alone.
    """
    missing = [NAMES[bit] for bit in WANTED if not place.granted & bit]
    return missing[:1] if missing == list(NAMES.values()) else missing
