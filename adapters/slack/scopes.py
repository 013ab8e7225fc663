"""What Paperboy may do in a workspace and what it is told of, each with the reason. Pure.

Nothing more is asked for: it posts only where it was invited (so neither chat:write.public nor
channels:join), and reads no message but those that are written to it.
"""

from __future__ import annotations

from collections.abc import Collection

# The bot's permissions (Slack, "Scopes").
SCOPES = {
    "app_mentions:read": "to be asked by @Paperboy, as in threads, where /papers does not work",
    "channels:read": "to list public channels and see which of them it is in",
    "chat:write": "to post digests and answers where it was invited",
    "commands": "for /papers and for the shortcut on messages",
    "files:write": "to send a reading list as a file to whoever asks for theirs",
    "groups:read": "the same as channels:read, for private channels that invited it",
    "im:history": "to be asked in direct messages",
    "im:write": "to open the direct message that alerts come in",
    "users:read": "to know time zones and names, and who is an admin",
}

# Without these the set-up can't choose a channel and somebody who looks after it.
NEEDED_TO_BEGIN = ("channels:read", "chat:write", "groups:read", "users:read")

# What the app is told of (Slack, "Events"), each with the scope that it wants, "" for none.
EVENTS = {
    "app_home_opened": "",  # to show the App Home
    "app_mention": "app_mentions:read",  # to answer
    "app_uninstalled": "",  # to pause what goes there
    "channel_archive": "channels:read",  # to know at once where it can post
    "channel_unarchive": "channels:read",
    "member_joined_channel": "channels:read",  # to greet whoever invited it
    "member_left_channel": "channels:read",
    "message.im": "im:history",  # to answer
    "tokens_revoked": "",  # to pause what goes there
}

# The app token's own (Slack, "Socket Mode").
SOCKET_SCOPE = "connections:write"


def missing_scopes(granted: Collection[str] | None) -> list[str]:
    """What was not granted; nothing where Slack did not tell what was."""
    return [] if granted is None else [scope for scope in SCOPES if scope not in granted]


def told_scopes(scopes: Collection[str]) -> str:
    """The scopes and why, one a line."""
    width = max(map(len, scopes))
    return "\n".join(f"  {scope:{width}}  {SCOPES[scope]}" for scope in scopes)
