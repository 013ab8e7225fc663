"""What somebody pasted: which of Slack's secrets it is, and what to do about it. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

# Of a secret: signing and client secrets are 32 hexadecimal digits, and can't be told apart.
_SECRET = re.compile(r"[0-9a-f]{32}")
_CLIENT = re.compile(r"\d+\.\d+")


class Kind(StrEnum):
    """Slack's secrets, as its pages name them."""

    BOT = "bot token"
    APP = "app token"
    ROTATED = "token that ends after 12 hours"
    USER = "user token"
    CONFIGURATION = "configuration token"
    REFRESH = "refresh token"
    WEBHOOK = "webhook's address"
    SECRET = "signing secret or client secret"  # noqa: S105 - its name
    CLIENT = "client ID"
    UNKNOWN = "something else"


# What they begin with (Slack, "Tokens" and "Using token rotation").
BEGINNINGS = {
    Kind.BOT: "xoxb-",
    Kind.APP: "xapp-",
    Kind.ROTATED: "xoxe.xoxb-",
    Kind.USER: "xoxp-",
    Kind.CONFIGURATION: "xoxe.xoxp-",
    Kind.REFRESH: "xoxe-",
    Kind.WEBHOOK: "https://hooks.slack",
}

_INSTEAD = {
    Kind.APP: "the app token begins with xapp-: Basic Information, App-Level Tokens",
    Kind.BOT: "the bot token begins with xoxb-: Install App, Bot User OAuth Token",
    Kind.SECRET: "it stands in Basic Information, App Credentials, behind Show",
    Kind.CLIENT: "it stands in Basic Information, App Credentials",
}
_ROTATION = (
    "token rotation is on in the app, which can't be undone: make the app anew with its manifest"
)


def kind_of(text: str) -> Kind:
    """Which of Slack's secrets it looks like."""
    for kind, beginning in BEGINNINGS.items():
        if text.startswith(beginning):
            return kind
    if _SECRET.fullmatch(text):
        return Kind.SECRET
    return Kind.CLIENT if _CLIENT.fullmatch(text) else Kind.UNKNOWN


def trimmed(typed: str) -> str:
    """What was pasted, without what people copy along: a setting's name, quotes, "Bearer"."""
    bare = re.sub(r"^(?:export\s+)?[A-Z_]+\s*[=:]\s*", "", typed.strip()).strip("\"'` ")
    return re.sub(r"^Bearer\s+", "", bare, flags=re.IGNORECASE).strip()


def is_sendable(text: str) -> bool:
    """Whether it could stand in a header at all."""
    return bool(re.fullmatch(r"[\x21-\x7e]+", text))


def told_instead(found: Kind, wanted: Kind) -> str:
    """What to do where another secret was pasted than the one that was asked for."""
    instead = _ROTATION if found is Kind.ROTATED else _INSTEAD[wanted]
    if found is Kind.UNKNOWN:
        return f"That is no {wanted}: {instead}."
    article = "an" if found is Kind.APP else "a"
    return f"That is {article} {found}: {instead}."
