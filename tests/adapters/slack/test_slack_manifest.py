"""The app's manifest: within Slack's limits, and asking for exactly what is used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.manifest import WIDTH, Mode, creation_link, manifest, printed
from adapters.slack.scopes import EVENTS, NEEDED_TO_BEGIN, SCOPES, missing_scopes
from bot.commands import COMMANDS

ROOT = Path(__file__).parents[3]
ADDRESS = "https://papers.example.org"
SOCKET = Mode()
HTTP = Mode(sockets=False, address=ADDRESS)
MANY = Mode(sockets=False, many=True, address=ADDRESS)
MANY_BY_SOCKET = Mode(many=True, address=ADDRESS)
MODES = (SOCKET, HTTP, MANY, MANY_BY_SOCKET)

# (least, most) characters: Slack, "App manifest reference" and slackapi/manifest-schema 1.0.0,
# whose least of a long description is one more than the reference's 174.
LENGTHS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4000),
    "features.bot_user.display_name": (1, 80),
    "features.shortcuts.name": (1, 24),
    "features.shortcuts.callback_id": (1, 255),
    "features.shortcuts.description": (1, 150),
    "features.slash_commands.command": (2, 32),
    "features.slash_commands.description": (1, 2000),
    "features.slash_commands.usage_hint": (1, 1000),
    "features.slash_commands.url": (1, 3000),
    "oauth_config.redirect_urls": (1, 2500),
    "oauth_config.scopes.bot": (1, 50),
    "settings.event_subscriptions.request_url": (1, 3500),
    "settings.event_subscriptions.bot_events": (1, 50),
    "settings.interactivity.request_url": (1, 3500),
}
OTHERS = {  # of the same schema: no length, but a kind or a few values
    "features.app_home.home_tab_enabled": bool,
    "features.app_home.messages_tab_enabled": bool,
    "features.app_home.messages_tab_read_only_enabled": bool,
    "features.bot_user.always_online": bool,
    "features.shortcuts.type": str,
    "settings.interactivity.is_enabled": bool,
    "settings.org_deploy_enabled": bool,
    "settings.socket_mode_enabled": bool,
    "settings.token_rotation_enabled": bool,
}
MOST = {  # entries of a list: the same reference
    "features.shortcuts": 10,
    "features.slash_commands": 50,
    "oauth_config.redirect_urls": 1000,
    "oauth_config.scopes.bot": 255,
    "settings.event_subscriptions.bot_events": 100,
}
LONGEST_LINK = 4000  # characters: browsers and Slack's proxy take twice as many
# Any of these opens a method to a bot ("Scopes" at each method's page); none is needed where the
# list is empty. Methods that are asked with an app token or with none are left out.
METHODS: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "bots.info": ("users:read",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "files.upload.v2": ("files:write",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
NOT_A_BOT_S = {"apps.connections.open", "oauth.v2.access"}


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every value with its path; entries of a list share one."""
    if isinstance(value, dict):
        inner = [(f"{path}.{name}".strip("."), each) for name, each in value.items()]
    elif isinstance(value, list):
        inner = [(path, each) for each in value]
    else:
        return [(path, value)]
    return [leaf for place, each in inner for leaf in leaves(each, place)]


def at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name, {})
    return value


@pytest.mark.parametrize("mode", MODES)
def test_every_value_of_the_manifest_is_one_that_slack_takes(mode: Mode) -> None:
    made = manifest(COMMANDS, mode)
    for path, value in leaves(made):
        if path in LENGTHS:
            least, most = LENGTHS[path]
            assert isinstance(value, str)
            assert least <= len(value) <= most, path
        else:
            assert isinstance(value, OTHERS[path]), path
    for path, most in MOST.items():
        entries = at(made, path)
        assert len(entries) <= most
        flat = [json.dumps(each, sort_keys=True) for each in entries]
        assert len(set(flat)) == len(flat), path


def test_the_schema_s_patterns_hold() -> None:
    made = manifest(COMMANDS, MANY)
    [command], [shortcut] = made["features"]["slash_commands"], made["features"]["shortcuts"]
    assert command["command"] == "/papers"
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", "look_up")
    urls = [value for path, value in leaves(made) if path.endswith(("url", "urls"))]
    assert len(urls) == 4
    assert all(url.startswith(f"{ADDRESS}/slack/") for url in urls)


def test_the_command_is_made_from_the_table() -> None:
    [command] = manifest(COMMANDS, SOCKET)["features"]["slash_commands"]
    named = re.findall(r"[a-z]+", command["usage_hint"].partition(":")[2])
    assert named == list(dict.fromkeys(each.name.split()[0] for each in COMMANDS))


def test_the_home_is_on_and_people_can_write_to_it() -> None:
    features = manifest(COMMANDS, SOCKET)["features"]
    home = features["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert features["bot_user"] == {"display_name": "Paperboy", "always_online": True}


@pytest.mark.parametrize("mode", MODES)
def test_what_slack_sends_has_exactly_one_way(mode: Mode) -> None:
    """Slack refuses events and interactivity with neither a request URL nor Socket Mode."""
    made = manifest(COMMANDS, mode)
    events, presses = (
        made["settings"][name].get("request_url")
        for name in ("event_subscriptions", "interactivity")
    )
    [command] = made["features"]["slash_commands"]
    wanted = None if mode.sockets else f"{ADDRESS}/slack/events"
    assert events == presses == command.get("url") == wanted
    assert made["settings"]["socket_mode_enabled"] is mode.sockets


@pytest.mark.parametrize("mode", MODES)
def test_only_tokens_in_the_store_are_rotated(mode: Mode) -> None:
    """A token in the settings would be dead after twelve hours."""
    made = manifest(COMMANDS, mode)
    assert made["settings"]["token_rotation_enabled"] is mode.many
    redirects = made["oauth_config"].get("redirect_urls", [])
    assert redirects == ([f"{ADDRESS}/slack/oauth_redirect"] if mode.many else [])


# --- the link


@pytest.mark.parametrize("mode", MODES)
def test_the_link_brings_slack_the_whole_manifest(mode: Mode) -> None:
    made = manifest(COMMANDS, mode)
    link = creation_link(made)
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "api.slack.com", "/apps")
    query = parse_qs(parts.query, strict_parsing=True)
    assert query["new_app"] == ["1"]
    assert json.loads(query["manifest_json"][0]) == made
    assert re.fullmatch(r"[A-Za-z0-9%?&=:/,.@_~-]+", link)  # a terminal sees one link
    assert len(link) < LONGEST_LINK


JSON = st.recursive(
    st.booleans() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=30,
)


@given(JSON)
def test_what_is_printed_is_the_same_json(value: Any) -> None:
    assert json.loads(printed(value)) == value


@pytest.mark.parametrize("mode", MODES)
def test_what_is_printed_can_be_read(mode: Mode) -> None:
    """Only a long text makes a long line, and the whole fits on two screens."""
    lines = printed(manifest(COMMANDS, mode)).splitlines()
    assert len(lines) < 80
    assert all(len(line) <= WIDTH or re.search(r'": "[^"]{40,}"', line) for line in lines)


# --- what is asked for


def sources() -> str:
    paths = sorted((ROOT / "adapters" / "slack").glob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def methods_in_use() -> set[str]:
    """The methods that the code names, as attributes of a client or as texts."""
    known = {name.replace(".", "_"): name for name in (*METHODS, *NOT_A_BOT_S)}
    families = "apps|auth|bots|chat|conversations|files|oauth|team|usergroups|users|views"
    called = re.findall(rf"\.((?:{families})_\w+)\(", sources())
    named = re.findall(rf'_ask\w*\([^)"]*"((?:{families})[._][\w.]+)"', sources())
    listed = re.findall(rf'_pages\(\s*"((?:{families})\.\w+)"', sources())
    found = {name.replace(".", "_") for name in (*called, *named, *listed)}
    assert found <= known.keys(), "a method whose scopes this test does not know"
    return {known[name] for name in found}


def test_the_scopes_are_those_that_something_needs_and_no_others() -> None:
    used = methods_in_use() - NOT_A_BOT_S
    assert {"auth.test", "chat.postMessage", "users.list", "conversations.list"} <= used
    of_methods = {scope for name in used for scope in METHODS[name]}
    of_events = {scope for scope in EVENTS.values() if scope}
    of_features = {"commands"}  # slash commands and shortcuts
    assert of_methods | of_events | of_features == SCOPES.keys()
    assert SCOPES.keys() >= set(NEEDED_TO_BEGIN)


def test_every_event_that_is_subscribed_to_is_handled() -> None:
    code = re.sub(r"EVENTS = \{.*?\}", "", sources(), flags=re.DOTALL)
    for event in EVENTS:
        assert f'"{event.partition(".")[0]}"' in code, event


def test_missing_scopes_are_named_in_order_and_unknown_ones_are_not_missing() -> None:
    assert missing_scopes(SCOPES) == missing_scopes(None) == []
    assert missing_scopes({"chat:write", "more:than"} | {*SCOPES} - {"users:read"}) == [
        "users:read"
    ]
    assert missing_scopes([]) == list(SCOPES)


def test_the_page_about_slack_shows_this_manifest_and_these_scopes() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert shown == f"{printed(manifest(COMMANDS, SOCKET))}\n"
    rows = dict(re.findall(r"^\| `([a-z_:]+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == SCOPES
