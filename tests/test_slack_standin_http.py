"""Signed HTTP, OAuth and manifests of the stand-in of Slack, tried with slack_bolt."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from standins.slack.sample import App, running, serving
from standins.slack.server import SlackStandin
from standins.slack.world import User

WRONG = "xoxb-wrong"
# slack_sdk 3.47 calls oauth.v2.access with aiohttp's old class.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@pytest.fixture
async def standin() -> AsyncIterator[SlackStandin]:
    async with SlackStandin(2, post_rate=None, retry_waits=(0.0, 0.0, 0.0)) as server:
        yield server


@pytest.fixture
def ada(standin: SlackStandin) -> User:
    return standin.add_user("ada", tz="Europe/London", tz_offset=0)


async def refusal(call: Any) -> str:
    """The error that a Web API call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


@pytest.fixture
async def served(standin: SlackStandin) -> AsyncIterator[App]:
    async with serving(standin) as app:
        yield app


async def test_signed_requests_are_answered(standin, served: App, ada: User) -> None:
    assert await standin.verify_url()
    asked = standin.slash(ada, standin.channel(), "card")
    shown = await asked.message()
    await asked.acked()
    assert (await standin.press(ada, shown, "Count").updated()) is shown
    opened = await standin.press(ada, shown, "Change").view()
    assert await standin.submit(ada, opened, {"Hour": "later"}).refused()
    assert (await standin.mention(ada, standin.channel(), "x").message()).text
    assert (await standin.slash(ada, standin.channel(), "now").message()).text == "at once"
    assert served.kinds()[:3] == ["command", "count", "change"]
    assert standin.sockets.opened == 0


async def test_bad_and_old_signatures_are_refused(standin, served: App, ada: User) -> None:
    asked = standin.slash(ada, standin.channel(), "x")
    await asked.acked()
    assert (await standin.forge(asked, secret=WRONG)).status == 401
    assert (await standin.forge(asked, age=301)).status == 401
    assert (await standin.forge(asked)).status == 200
    assert len(served.heard) == 2


async def test_an_event_that_fails_is_sent_again_with_its_number(standin, ada: User) -> None:
    heard: list[tuple[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        headers = request.headers
        heard.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=500 if len(heard) < 3 else 200)

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    standin.http.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await standin.mention(ada, standin.channel(), "x").acked()
    assert heard == [(None, None), ("1", "http_error"), ("2", "http_error")]
    await runner.cleanup()
    down = standin.slash(ada, standin.channel(), "x")
    assert await down.failure() == "dispatch_failed"


async def test_a_slow_answer_over_http_is_a_timeout(standin, served: App, ada: User) -> None:
    standin.http.ack_seconds = 0.2
    asked = standin.slash(ada, standin.channel(), "silent")
    assert await asked.failure() in ("operation_timeout", "dispatch_failed")
    assert served.kinds() == ["command"]


# --- OAuth


def by_oauth(slack: SlackStandin, folder: Path) -> App:
    """The app for many workspaces, with its installations in a folder."""
    settings = AsyncOAuthSettings(
        client_id=slack.app.client_id,
        client_secret=slack.app.client_secret,
        scopes=["chat:write", "commands", "app_mentions:read"],
        authorization_url=slack.authorize_url,
        installation_store=FileInstallationStore(base_dir=str(folder)),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder)),
    )
    return App(slack, oauth_settings=settings)


@pytest.fixture(params=[False, True], ids=["kept tokens", "rotated tokens"])
async def market(request: Any, tmp_path: Path) -> AsyncIterator[tuple[SlackStandin, App]]:
    """An app that nobody has installed yet."""
    async with (
        SlackStandin(0, post_rate=None, rotates=request.param) as slack,
        serving(slack, by_oauth(slack, tmp_path)) as app,
    ):
        slack.redirect_uris = [f"{app.url}/slack/oauth_redirect"]
        yield slack, app


async def test_workspaces_install_the_app_and_are_told_apart(market) -> None:
    slack, app = market
    people = []
    for number in range(3):
        place = slack.add_workspace(f"team {number}", installed=False)
        people.append(slack.add_user(f"ada-{number}", place))
        done = await slack.install(f"{app.url}/slack/install", place, people[-1])
        assert done.status == 200, done.page
        assert place.installed
    for person in people:
        asked = slack.slash(person, slack.dm(person), "hello")
        assert (await asked.message()).text == "you said hello"
    assert {each.token for each in slack.calls("chat.postMessage")} == set()
    slack.invite(people[1], people[1].workspace.channel("papers"))
    said = await slack.mention(people[1], people[1].workspace.channel("papers"), "x").message()
    assert said.user is people[1].workspace.bot
    [posted] = slack.calls("chat.postMessage")
    assert posted.token == people[1].workspace.bot_token
    assert slack.world.tokens[posted.token].scopes == (
        "chat:write",
        "commands",
        "app_mentions:read",
    )


async def test_an_installation_that_goes_wrong_installs_nothing(market) -> None:
    slack, app = market
    place, start = slack.add_workspace("team", installed=False), f"{app.url}/slack/install"
    denied = await slack.install(start, place, approve=False)
    assert "error=access_denied" in denied.callback_url
    assert (await slack.install(start, place, tampered_state="x")).status == 400
    assert (await slack.install(start, place, forget_cookies=True)).status == 400
    assert not place.installed
    assert not slack.calls("oauth.v2.access")
    done = await slack.install(start, place)
    async with aiohttp.ClientSession() as session, session.get(done.callback_url) as again:
        assert again.status == 400  # the state is good once, and for one browser


async def test_a_code_is_good_once_for_its_own_app_and_address() -> None:
    now = [time.time()]
    async with SlackStandin(0, clock=lambda: now[0]) as slack:
        place = slack.add_workspace("team", installed=False)
        client = AsyncWebClient(base_url=slack.api_url)
        right = {
            "client_id": slack.app.client_id,
            "client_secret": slack.app.client_secret,
            "redirect_uri": "https://paperboy.example/oauth",
        }

        def exchange(code: str, **more: str) -> Any:
            return client.oauth_v2_access(code=code, **right | more)

        code = await approved(slack, place.id, right["redirect_uri"])
        assert await refusal(exchange("another")) == "invalid_code"
        assert await refusal(exchange(code, client_id="1.1")) == "invalid_client_id"
        assert await refusal(exchange(code, client_secret=WRONG)) == "bad_client_secret"
        elsewhere = exchange(code, redirect_uri="https://paperboy.example/other")
        assert await refusal(elsewhere) == "bad_redirect_uri"
        told = await exchange(code)
        assert (told["team"]["id"], told["bot_user_id"]) == (place.id, place.bot.id)
        assert told["access_token"].startswith("xoxb-")
        assert "refresh_token" not in told.data
        assert await refusal(exchange(code)) == "code_already_used"
        late = await approved(slack, place.id, right["redirect_uri"])
        now[0] += 601
        assert await refusal(exchange(late)) == "invalid_code"


async def approved(slack: SlackStandin, team: str, redirect_uri: str) -> str:
    """The code that a person who approves is sent back with."""
    query = {
        "client_id": slack.app.client_id,
        "scope": "chat:write",
        "redirect_uri": redirect_uri,
        "team": team,
    }
    url = slack.authorize_url.replace("authorize", "approve")
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, params=query, allow_redirects=False) as answer,
    ):
        return answer.headers["Location"].partition("code=")[2].partition("&")[0]


async def test_tokens_that_rotate_end_and_are_refreshed_once() -> None:
    now = [time.time()]
    async with SlackStandin(0, clock=lambda: now[0], rotates=True) as slack:
        place = slack.add_workspace("team", installed=False)
        client = AsyncWebClient(base_url=slack.api_url)
        who = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
        code = await approved(slack, place.id, "https://paperboy.example/oauth")
        first = await client.oauth_v2_access(
            code=code, redirect_uri="https://paperboy.example/oauth", **who
        )
        assert first["expires_in"] == 43_200
        assert first["access_token"].startswith("xoxe.xoxb-")
        now[0] += 43_201
        ended = client.auth_test(token=first["access_token"])
        assert await refusal(ended) == "token_expired"
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await client.oauth_v2_access(**who, **refresh)
        assert (await client.auth_test(token=second["access_token"]))["team_id"] == place.id
        again = client.oauth_v2_access(**who, **refresh)
        assert await refusal(again) == "invalid_refresh_token"


async def test_uninstalling_by_the_api_ends_the_tokens_and_is_told(market) -> None:
    slack, app = market
    place = slack.add_workspace("team", installed=False)
    await slack.install(f"{app.url}/slack/install", place)
    token = place.bot_token
    who = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    await app.client.apps_uninstall(token=token, **who)
    assert await refusal(app.client.auth_test(token=token)) == "account_inactive"
    told = [each for each in slack.deliveries if each.kind == "events_api"]
    await slack.until(lambda: all(each.acks for each in told))
    assert [each.payload["event"]["type"] for each in told] == ["tokens_revoked", "app_uninstalled"]
    await slack.install(f"{app.url}/slack/install", place)
    assert place.bot_token != token
    assert (await app.client.auth_test(token=place.bot_token))["ok"]


async def test_what_the_app_may_not_ask_for_is_refused_on_slacks_page() -> None:
    async with SlackStandin(0, scopes=("commands",)) as slack, aiohttp.ClientSession() as session:
        asked = {"client_id": slack.app.client_id, "scope": "commands,chat:write"}
        async with session.get(slack.authorize_url, params=asked) as answer:
            assert (answer.status, await answer.text()) == (400, "invalid_scope: chat:write")
        slack.redirect_uris = ["https://paperboy.example/"]
        wrong = asked | {"scope": "commands", "redirect_uri": "https://evil.example/"}
        async with session.get(slack.authorize_url, params=wrong) as answer:
            assert await answer.text() == "bad_redirect_uri"


# --- manifests

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Paperboy", "description": "The day's papers"},
    "features": {
        "bot_user": {"display_name": "Paperboy"},
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "slash_commands": [{"command": "/papers", "description": "Papers"}],
        "shortcuts": [
            {
                "name": "Look up papers",
                "type": "message",
                "callback_id": "look_up",
                "description": "Cards of the papers linked in a message",
            }
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "im:history"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im", "app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def changed(section: str, **more: Any) -> dict[str, Any]:
    return MANIFEST | {section: MANIFEST[section] | more}


async def test_what_a_manifest_does_not_name_is_not_given() -> None:
    async with SlackStandin() as slack, running(slack) as app:
        slack.use_manifest(MANIFEST)
        ada = slack.add_user("ada")
        await slack.slash(ada, slack.channel(), "x").message()
        await slack.direct(ada, "x").message()
        assert slack.mention(ada, slack.channel(), "x").failed == "not subscribed"
        with pytest.raises(AssertionError, match="/find is none of"):
            slack.slash(ada, slack.channel(), "x", command="/find")
        with pytest.raises(AssertionError, match="'other' is none of"):
            slack.shortcut(ada, "other")
        assert await refusal(app.client.users_info(user=ada.id)) == "missing_scope"
        slack.use_manifest(changed("features", app_home={}))
        with pytest.raises(AssertionError, match="no Home"):
            slack.open_home(ada)
        with pytest.raises(AssertionError, match="no direct messages"):
            slack.direct(ada, "x")


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        (changed("display_information", name="x" * 36), "name has 36 characters"),
        (changed("oauth_config", scopes={"bot": ["chat:write"]}), "need the scope commands"),
        (changed("oauth_config", scopes={"bot": ["commands"]}), "message.im needs im:history"),
        (changed("settings", socket_mode_enabled=False), "need a request_url"),
        (changed("features", slash_commands=[{"command": "papers", "description": "x"}]), "slash"),
    ],
)
async def test_a_manifest_that_slack_would_not_take_fails(manifest, problem) -> None:
    async with SlackStandin() as slack:
        with pytest.raises(AssertionError, match=problem):
            slack.use_manifest(manifest)
