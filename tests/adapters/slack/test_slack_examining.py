"""Slack's part of the doctor: how it stands, and each thing that can be wrong with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

import pytest
from aiohttp import web
from cryptography.fernet import Fernet
from standins.slack import world
from standins.slack.calls import Method
from standins.slack.front import TABLE
from standins.slack.server import SlackStandin

from adapters.slack import SlackSettings, examine
from adapters.slack.scopes import SCOPES
from bot.models import (
    DIRECT,
    Channel,
    Layout,
    Ranking,
    Subscription,
    SubscriptionState,
    User,
)

WRONG_BOT = "xoxb-1-wrong-not-to-be-seen"
WRONG_APP = "xapp-1-wrong-not-to-be-seen"
ADDRESS = "https://papers.example.org"
CLIENT_SECRET = "c" * 32


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandin]:
    async with SlackStandin(scopes=SCOPES) as standin:
        standin.app.client_secret = CLIENT_SECRET
        yield standin


def settings(slack: SlackStandin, **more: str | int) -> SlackSettings:
    whole = {
        "slack_api_url": slack.api_url,
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token,
    }
    return SlackSettings.model_validate(whole | more)


def subscribed(
    where: world.Channel, contact: world.User | None = None, **more: object
) -> Subscription:
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    team = where.workspace.id
    whole = {
        "id": 1,
        "channel": Channel("slack", team, where.id, where.name),
        "hour": time(9),
        "zone": "UTC",
        "weekdays": frozenset(range(5)),
        "filter": "",
        "size": 10,
        "ranking": Ranking.UPVOTES,
        "layout": Layout.COMPACT,
        "tell_empty": True,
        "contact": User("slack", f"{team}/{contact.id}" if contact else ""),
        "state": SubscriptionState.ACTIVE,
        "next_due_at": now,
        "created_at": now,
    }
    return Subscription(**whole | more)  # type: ignore[arg-type]


async def test_without_a_token_the_doctor_says_one_plain_line(slack: SlackStandin) -> None:
    [found] = await examine(settings(slack, slack_bot_token=""), [])
    assert not found.fault
    assert found.says == "off: no SLACK_BOT_TOKEN (paperboy init slack sets it up)"
    assert slack.requests == []


async def test_the_doctor_tells_how_a_healthy_slack_stands(slack: SlackStandin) -> None:
    ada = slack.add_user("ada")
    found = await examine(settings(slack), [subscribed(slack.channel(), ada)])
    assert [f"{each.about}: {each.says}" for each in found] == [
        "slack: accepts the bot token of @paperboy in workspace-0",
        "slack socket mode: can be used, for 1 connection (SLACK_CONNECTIONS)",
        "slack #papers: Paperboy is in it",
    ]
    assert not any(each.fault for each in found)
    assert slack.sockets.live() == []  # a look opens none, which would be sent what people do
    assert {seen.method for seen in slack.requests} <= {
        "auth.test",
        "bots.info",
        "apps.connections.open",
        "users.conversations",
        "users.info",
    }


async def test_the_doctor_names_what_each_channel_lacks(slack: SlackStandin) -> None:
    place = slack.workspaces[0]
    ada, bob = slack.add_user("ada"), slack.add_user("bob")
    ada.deleted = True
    outside = slack.world.add_channel("outside", place)
    old = slack.world.add_channel("old", place, members=[slack.bot])
    old.archived = True
    shut = slack.world.add_channel("shut", place, world.PRIVATE)
    foreign = Channel("slack", "T0ELSEWHERE", "C0X", "elsewhere")
    there = [subscribed(each, bob) for each in (outside, old, shut)]
    there.append(subscribed(slack.channel(), ada))
    there.append(subscribed(slack.channel(), bob, channel=foreign))
    there.append(subscribed(old, channel=Channel("slack", DIRECT, f"{place.id}/{ada.id}", "ada")))
    found = {each.about: each for each in await examine(settings(slack), there) if each.fault}
    assert {about: each.says for about, each in found.items()} == {
        "slack #outside": "Paperboy is not in it",
        "slack #old": "it is archived",
        "slack #shut": "Paperboy is not in it, or it is gone",
        "slack #elsewhere": "is of another workspace (T0ELSEWHERE) than SLACK_BOT_TOKEN "
        f"({place.id})",
        "slack #papers": "whoever looks after it has left the workspace",
    }
    assert found["slack #outside"].mend == "type /invite @paperboy in that channel"
    assert "/papers subscriptions adopt" in found["slack #papers"].mend
    assert all(each.mend for each in found.values())


async def test_many_channels_cost_a_few_questions(slack: SlackStandin) -> None:
    place = slack.workspaces[0]
    inside = [slack.world.add_channel(f"in-{n}", place, members=[slack.bot]) for n in range(700)]
    outside = [slack.world.add_channel(f"out-{n}", place) for n in range(60)]
    found = await examine(settings(slack), [subscribed(each) for each in inside + outside])
    assert sum(each.says == "Paperboy is in it" for each in found) == 700
    assert sum(each.fault for each in found) == 60
    assert len(slack.requests) < 30


async def test_the_doctor_names_wrong_tokens_and_shows_none(slack: SlackStandin) -> None:
    wrong = settings(slack, slack_bot_token=WRONG_BOT, slack_app_token=WRONG_APP)
    bot, app = await examine(wrong, [])
    assert bot.says.startswith("Slack refuses SLACK_BOT_TOKEN: it is not known")
    assert app.says.startswith("Slack refuses SLACK_APP_TOKEN: it is not known")
    assert bot.fault
    assert app.fault
    assert bot.mend
    assert app.mend
    assert WRONG_BOT not in str([bot, app])
    assert WRONG_APP not in str([bot, app])


async def test_what_was_not_granted_is_a_fault_with_its_reason(slack: SlackStandin) -> None:
    slack.world.tokens[slack.bot_token].scopes = tuple({*SCOPES} - {"im:write", "files:write"})
    [found] = [each for each in await examine(settings(slack), []) if each.fault]
    assert found.about == "slack permissions"
    assert found.says == (
        f"lacks files:write ({SCOPES['files:write']}) and im:write ({SCOPES['im:write']})"
    )


async def test_two_tokens_of_two_apps_are_a_fault(
    slack: SlackStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_another = Method(lambda _: {"bot": {"app_id": "A0OTHER"}}, ("users:read",))
    monkeypatch.setitem(TABLE, "bots.info", of_another)
    [found] = [each for each in await examine(settings(slack), []) if each.fault]
    apart = f"it is of another app (A0OTHER) than the app token ({slack.app.id})"
    assert found.says == f"the bot token: {apart}; take both from one"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("missing_scope", "it lacks connections:write"),
        ("not_allowed_token_type", "it is of another kind"),
        ("forbidden_team", "it opens no connection (forbidden_team): switch on Socket Mode"),
    ],
)
async def test_what_keeps_socket_mode_from_working_is_named(
    slack: SlackStandin, code: str, said: str
) -> None:
    slack.fault("apps.connections.open", code)
    [found] = [each for each in await examine(settings(slack), []) if each.fault]
    assert found.about == "slack socket mode"
    assert f"Slack refuses SLACK_APP_TOKEN: {said}" in found.says


@pytest.mark.parametrize(
    ("method", "kind", "said"),
    [
        ("auth.test", "503", "slack: Slack answered 503"),
        ("auth.test", "page", "slack: Slack answered with another page"),
        ("apps.connections.open", "reset", "slack socket mode: Slack can't be reached"),
        ("users.conversations", "internal_error", "slack channels: Slack answered internal_error"),
        ("users.info", "503", "slack contacts: Slack answered 503"),
        ("conversations.info", "fatal_error", "slack #outside: Slack answered fatal_error"),
    ],
)
async def test_every_fault_of_the_way_is_a_finding(
    slack: SlackStandin, method: str, kind: str, said: str
) -> None:
    outside = slack.world.add_channel("outside", slack.workspaces[0], members=[])
    ada = slack.add_user("ada")
    there = [subscribed(slack.channel(), ada)]
    there += [subscribed(outside, ada)] if method == "conversations.info" else []
    slack.fault(method, kind, times=None)
    found = await examine(settings(slack), there)
    faults = [f"{each.about}: {each.says}" for each in found if each.fault]
    assert [each.startswith(said) for each in faults] == [True]
    assert "127.0.0.1" not in str(found)
    assert slack.bot_token not in str(found)


async def test_nobody_at_the_address_is_a_finding(slack: SlackStandin) -> None:
    found = await examine(settings(slack, slack_api_url="http://127.0.0.1:9/api"), [])
    assert [each.about for each in found if each.fault] == ["slack", "slack socket mode"]
    assert {each.says for each in found} == {"Slack can't be reached: Connection refused"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"hello", "text/plain", 200),
        (b"hello", "text/plain", 503),
        (b"{", "application/json", 200),
        (b"[]", "application/json", 200),
        (b"null", "application/json", 200),
        (b"7", "application/json", 200),
        (b'{"ok": true}', "application/json", 200),
        (
            b'{"ok": true, "team_id": 1, "user_id": [], "url": {}, "channels": 3}',
            "application/json",
            200,
        ),
        (b'{"ok": false, "error": {"a": 1}}', "application/json", 200),
        (b'{"ok": false, "error": "\xf0\x9f\x92\xa9"}', "application/json", 429),
        (b"\xff\xfe", "application/json", 200),
        (b"\x1f\x8b", "application/gzip", 200),
    ],
)
async def test_whatever_answers_in_slack_s_place_is_a_finding(
    slack: SlackStandin, body: bytes, kind: str, status: int
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, status=status)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    elsewhere = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
    given = settings(slack, slack_api_url=elsewhere)
    found = await examine(given, [subscribed(slack.channel())])
    await runner.cleanup()
    assert any(each.fault for each in found)
    assert all(each.says and "\n" not in each.says for each in found)
    assert slack.bot_token not in str(found)


# --- over HTTP, and many workspaces


async def test_over_http_the_signing_secret_and_the_address_count(slack: SlackStandin) -> None:
    given = {"slack_app_token": "", "slack_signing_secret": "5" * 32, "slack_port": 3100}
    found = await examine(settings(slack, **given), [])
    assert found[-1][:3] == ("slack http", "listens on 127.0.0.1:3100", False)
    found = await examine(settings(slack, **given, slack_public_url=ADDRESS), [])
    assert found[-1].says.endswith(f"Slack sends to {ADDRESS}/slack/events")
    found = await examine(settings(slack, slack_app_token="", slack_public_url=ADDRESS), [])
    assert (found[-1].says, found[-1].fault) == ("no SLACK_SIGNING_SECRET", True)
    neither = await examine(settings(slack, slack_app_token=""), [])
    assert (neither[-1].says, neither[-1].fault) == ("no SLACK_APP_TOKEN", True)


async def test_many_workspaces_are_looked_at_as_far_as_the_settings_go(slack: SlackStandin) -> None:
    whole: dict[str, str | int] = {
        "slack_bot_token": "",
        "slack_client_id": slack.app.client_id,
        "slack_client_secret": CLIENT_SECRET,
        "slack_public_url": ADDRESS,
        "slack_encryption_key": Fernet.generate_key().decode(),
    }
    found = await examine(settings(slack, **whole), [subscribed(slack.channel())])
    assert not any(each.fault for each in found)
    assert found[0].says == f"accepts the client; workspaces install it at {ADDRESS}/slack/install"
    assert found[1].says == "1 workspace with subscriptions, not looked at"
    for setting, wrong, said in (
        ("slack_encryption_key", "x", "SLACK_ENCRYPTION_KEY"),
        ("slack_public_url", "", "no SLACK_PUBLIC_URL"),
        ("slack_client_secret", "", "no SLACK_CLIENT_SECRET"),
        ("slack_client_secret", "d" * 32, "Slack refuses SLACK_CLIENT_SECRET"),
    ):
        [fault] = [
            each
            for each in await examine(settings(slack, **whole | {setting: wrong}), [])
            if each.fault
        ]
        assert said in fault.says
        assert "d" * 32 not in fault.says
