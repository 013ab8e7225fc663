"""The app as Slack is to make it: its manifest, from the table of commands. Pure.

Its fields and limits: Slack, "App manifest reference", and the schema of slackapi/manifest-schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from adapters.slack.scopes import EVENTS, SCOPES
from bot.commands import Command

if TYPE_CHECKING:
    from adapters.slack import SlackSettings

APPS = "https://api.slack.com/apps"
# Paths of ours, under the public address.
EVENTS_PATH, INSTALL_PATH = "/slack/events", "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

COMMAND = "/papers"
LOOK_UP = "look_up"  # the callback id of the shortcut on messages
WIDTH = 96  # of a line that the manifest is printed in

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mode:
    """How Slack reaches Paperboy, and whether one workspace is served or many.

    `address` is where Slack and browsers reach it by HTTP, without "/" at its end; "" where they
    never do.
    """

    sockets: bool = True
    many: bool = False
    address: str = ""

    @property
    def install_link(self) -> str:
        """Where whoever manages a workspace lets Paperboy in."""
        return f"{self.address}{INSTALL_PATH}"


def mode_of(settings: SlackSettings) -> Mode:
    """What the settings ask for: Socket Mode, unless there is an address and no app token."""
    has_app_token = bool(settings.slack_app_token.get_secret_value())
    signs = bool(settings.slack_signing_secret.get_secret_value() or settings.slack_public_url)
    return Mode(
        sockets=has_app_token or not signs,
        many=bool(settings.slack_client_id),
        address=settings.slack_public_url,
    )


def manifest(commands: Iterable[Command], mode: Mode) -> Json:
    """The manifest of the app."""
    here = f"{mode.address}{EVENTS_PATH}"
    url, request_url = ({}, {}) if mode.sockets else ({"url": here}, {"request_url": here})
    redirects = {"redirect_urls": [f"{mode.address}{REDIRECT_PATH}"]} if mode.many else {}
    return {
        "display_information": {
            "name": "Paperboy",
            "description": "Brings the day's research papers to your channels.",
            "long_description": (
                "Paperboy posts a digest of new papers from Hugging Face and arXiv to the channels "
                "that invite it, tells you when one meets your alerts, and searches them all. It "
                "reads no messages but those written to it."
            ),
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Paperboy", "always_online": True},
            "shortcuts": [
                {
                    "name": "Look up papers",
                    "type": "message",
                    "callback_id": LOOK_UP,
                    "description": "Shows the papers that a message links to",
                }
            ],
            "slash_commands": [_slash_command(commands) | url],
        },
        "oauth_config": {**redirects, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode.sockets,
            # A token in the settings must not expire; those in the store are renewed.
            "token_rotation_enabled": mode.many,
        },
    }


def _slash_command(commands: Iterable[Command]) -> Json:
    """The one command; what it takes is hinted at as it is typed."""
    verbs = dict.fromkeys(command.name.partition(" ")[0] for command in commands)
    return {
        "command": COMMAND,
        "description": "Papers: today's, search, digests and alerts",
        "usage_hint": f"[what to search for, or one of: {', '.join(verbs)}]",
    }


def creation_link(made: Json) -> str:
    """Opens Slack's page "Create an app from a manifest", filled in."""
    compact = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return f"{APPS}?new_app=1&manifest_json={quote(compact, safe=',:/@')}"


def app_page(app_id: str, page: str = "") -> str:
    """A page of the app's settings; the list of one's apps where its id is not known."""
    return f"{APPS}/{app_id}/{page}".rstrip("/") if app_id else APPS


def printed(value: Any, indent: str = "", taken: int = 0) -> str:  # noqa: ANN401 - JSON
    """JSON to be read: what fits in a line stays in one; `taken` of it is in use already."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + taken + len(flat) < WIDTH:
        return flat
    deeper = f"{indent}  "
    if isinstance(value, list):
        parts = [f"{deeper}{printed(each, deeper)}" for each in value]
    else:
        parts = [
            f"{deeper}{json.dumps(name)}: {printed(each, deeper, len(name) + 4)}"
            for name, each in value.items()
        ]
    return "\n".join([flat[0], ",\n".join(parts), f"{indent}{flat[-1]}"])
