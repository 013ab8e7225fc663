"""An app set up from a manifest: what it does not name, the stand-in does not give."""

from __future__ import annotations

from typing import Any

from standins.slack.world import App, Json

# Any of these scopes lets an app hear of an event; what is not named needs none.
CHANNELS, GROUPS = ("channels:read",), ("groups:read",)
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "message.im": ("im:history",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "member_joined_channel": CHANNELS + GROUPS,
    "member_left_channel": CHANNELS + GROUPS,
    **dict.fromkeys(
        ("channel_archive", "channel_unarchive", "channel_deleted", "channel_rename"), CHANNELS
    ),
    "channel_left": CHANNELS,
    **dict.fromkeys(("group_archive", "group_unarchive", "group_deleted", "group_rename"), GROUPS),
    "group_left": GROUPS,
}


def apply(app: App, manifest: Json) -> None:
    """Make the app what the manifest says; AssertionError where Slack would not take it."""
    assert_valid(manifest)
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    app.name = manifest["display_information"]["name"]
    app.scopes = tuple(_scopes(manifest))
    app.events = frozenset(settings.get("event_subscriptions", {}).get("bot_events", ()))
    app.commands = frozenset(each["command"] for each in features.get("slash_commands", ()))
    app.shortcuts = frozenset(each["callback_id"] for each in features.get("shortcuts", ()))
    app.rotates = settings.get("token_rotation_enabled", False)
    app.interactive = settings.get("interactivity", {}).get("is_enabled", False)
    app.socket_mode = settings.get("socket_mode_enabled", False)
    home = features.get("app_home", {})
    app.has_home = home.get("home_tab_enabled", False)
    app.has_messages = home.get("messages_tab_enabled", False) and not home.get(
        "messages_tab_read_only_enabled", True
    )


def _scopes(manifest: Json) -> list[str]:
    return list(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))


def assert_valid(manifest: Json) -> None:
    """The limits of Slack's reference of app manifests, and what depends on what."""
    scopes, features = {*_scopes(manifest)}, manifest.get("features", {})
    about = manifest.get("display_information", {})
    _sized(about.get("name"), 35, "display_information.name")
    _sized(about.get("description", "-"), 140, "display_information.description")
    long = about.get("long_description")
    assert long is None or 175 <= len(long) <= 4000, "long_description is 175 to 4,000 characters"
    _sized(features.get("bot_user", {}).get("display_name"), 80, "bot_user.display_name")
    commands, shortcuts = features.get("slash_commands", []), features.get("shortcuts", [])
    assert len(commands) <= 50, "more than 50 slash commands"
    assert len(shortcuts) <= 10, "more than 10 shortcuts"
    assert not commands or "commands" in scopes, "slash commands need the scope commands"
    assert not shortcuts or "commands" in scopes, "shortcuts need the scope commands"
    for each in commands:
        _command(each)
    for each in shortcuts:
        _sized(each.get("name"), 24, "shortcut name")
        _sized(each.get("description"), 150, "shortcut description")
        _sized(each.get("callback_id"), 255, "shortcut callback_id")
        assert each.get("type") in ("message", "global"), f"a shortcut of type {each.get('type')!r}"
    _events(manifest, scopes)


def _command(told: Json) -> None:
    _sized(told.get("command"), 32, "command")
    assert told["command"].startswith("/"), f"{told['command']!r} begins with no slash"
    _sized(told.get("description"), 2000, "command description")
    _sized(told.get("usage_hint", "-"), 1000, "usage_hint")


def _events(manifest: Json, scopes: set[str]) -> None:
    settings = manifest.get("settings", {})
    subscribed = settings.get("event_subscriptions", {})
    for name in subscribed.get("bot_events", ()):
        needed = EVENT_SCOPES.get(name, ())
        assert not needed or scopes & {*needed}, f"{name} needs {' or '.join(needed)}"
    by_socket = settings.get("socket_mode_enabled", False)
    has_url = bool(subscribed.get("request_url"))
    assert by_socket or not subscribed or has_url, "without Socket Mode events need a request_url"


def _sized(text: Any, most: int, name: str) -> None:
    assert isinstance(text, str), f"{name} is missing"
    assert 1 <= len(text) <= most, f"{name} has {len(text)} characters, at most {most}"
