"""The stand-in of Slack, tried with slack_sdk and a plain app of slack_bolt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from standins.slack.sample import App, running, section
from standins.slack.server import SlackStandin
from standins.slack.world import User

WRONG = "xoxb-wrong"
TIERS = {"users.info": 1}
SERVE = Path(__file__).parent / "standins" / "slack" / "serve.py"


@pytest.fixture
async def standin() -> AsyncIterator[SlackStandin]:
    async with SlackStandin(2, post_rate=None, retry_waits=(0.0, 0.0, 0.0)) as server:
        yield server


@pytest.fixture
async def app(standin: SlackStandin) -> AsyncIterator[App]:
    async with running(standin) as connected:
        yield connected


@pytest.fixture
def ada(standin: SlackStandin) -> User:
    return standin.add_user("ada", tz="Europe/London", tz_offset=0)


@pytest.fixture
def client(standin: SlackStandin) -> AsyncWebClient:
    return AsyncWebClient(standin.bot_token, base_url=standin.api_url)


async def refusal(call: Any) -> str:
    """The error that a Web API call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


# --- the Web API


async def test_a_token_tells_its_workspace_and_scopes(standin: SlackStandin, client) -> None:
    told = await client.auth_test()
    place = standin.workspaces[0]
    assert (told["team_id"], told["user_id"]) == (place.id, place.bot.id)
    assert "chat:write" in told.headers["x-oauth-scopes"].split(",")
    assert (await client.team_info())["team"]["name"] == "workspace-0"
    assert (await client.bots_info(bot=told["bot_id"]))["bot"]["user_id"] == place.bot.id
    about = await client.auth_test(token=standin.app_token)
    assert about["app_id"] == standin.app.id


async def test_tokens_that_are_no_good_are_refused(standin: SlackStandin, client) -> None:
    assert await refusal(client.auth_test(token=WRONG)) == "invalid_auth"
    assert await refusal(AsyncWebClient(base_url=standin.api_url).auth_test()) == "not_authed"
    wrong = client.apps_connections_open(app_token=standin.bot_token)
    assert await refusal(wrong) == "not_allowed_token_type"
    swapped = AsyncWebClient(standin.app_token, base_url=standin.api_url)
    posted = swapped.chat_postMessage(channel="papers", text="x")
    assert await refusal(posted) == "not_allowed_token_type"
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"
    assert (await client.auth_revoke())["revoked"]
    assert await refusal(client.auth_test()) == "token_revoked"


async def test_a_scope_that_was_not_granted_is_named() -> None:
    async with SlackStandin(scopes=("commands",)) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="papers", text="x")
        told = caught.value.response
        assert (told["error"], told["needed"]) == ("missing_scope", "chat:write")
        assert told["provided"] == "commands"


async def test_messages_are_posted_changed_and_deleted(standin: SlackStandin, client) -> None:
    papers = standin.channel()
    posted = await client.chat_postMessage(
        channel=papers.id, text="a digest", blocks=[section("*Hello*")], unfurl_links=False
    )
    [message] = standin.messages(papers)
    assert posted["ts"] == message.ts
    assert posted["message"]["blocks"][0]["block_id"]
    assert message.edits[0]["unfurl_links"] is False
    reply = await client.chat_postMessage(channel=papers.id, text="a paper", thread_ts=message.ts)
    assert [each.ts for each in standin.thread(message)] == [reply["ts"]]
    await client.chat_update(channel=papers.id, ts=message.ts, text="changed")
    assert message.text == "changed"
    assert message.blocks  # what is not named stays
    told = await client.conversations_history(channel=papers.id)
    assert [each["text"] for each in told["messages"]] == ["changed"]
    assert told["messages"][0]["reply_count"] == 1
    told = await client.conversations_replies(channel=papers.id, ts=message.ts)
    assert [each["text"] for each in told["messages"]] == ["changed", "a paper"]
    await client.chat_delete(channel=papers.id, ts=reply["ts"])
    assert not standin.thread(message)
    assert await refusal(client.chat_delete(channel=papers.id, ts="1.1")) == "message_not_found"


@pytest.mark.parametrize("as_form", [False, True])
async def test_bodies_come_as_json_and_as_a_form(standin: SlackStandin, client, as_form) -> None:
    told: dict[str, Any] = {"channel": standin.channel().id, "text": "x", "unfurl_links": False}
    if as_form:
        told |= {"blocks": json.dumps([section("y")]), "unfurl_links": "false"}
        await client.api_call("chat.postMessage", data=told)
    else:
        await client.api_call("chat.postMessage", json=told | {"blocks": [section("y")]})
    [message] = standin.messages(standin.channel())
    assert message.blocks[0]["text"]["text"] == "y"
    assert message.edits[0]["unfurl_links"] is False


async def test_places_that_are_closed_are_refused_as_slack_does(
    standin: SlackStandin, client, ada: User
) -> None:
    elsewhere = standin.add_channel("elsewhere")
    secret = standin.add_channel("secret", None, ada, private=True)
    foreign = standin.channel("papers", workspace=1)

    async def post(channel: str, **more: Any) -> str:
        return await refusal(client.chat_postMessage(channel=channel, text="x", **more))

    assert await post(elsewhere.id) == "not_in_channel"
    assert await post(secret.id) == "channel_not_found"
    assert await post(foreign.id) == "channel_not_found"
    assert await post("C404") == "channel_not_found"
    standin.archive(standin.channel())
    assert await post(standin.channel().id) == "is_archived"
    assert await refusal(client.conversations_open(users=standin.bot.id)) == "cannot_dm_bot"
    assert await refusal(client.conversations_open(users="U404")) == "user_not_found"
    ada.deleted = True
    assert await refusal(client.conversations_open(users=ada.id)) == "user_disabled"
    joined = await client.conversations_join(channel=elsewhere.id)
    assert joined["channel"]["is_member"]
    await client.chat_postMessage(channel="#elsewhere", text="x")
    wrong = client.chat_postEphemeral(channel=elsewhere.id, user=ada.id, text="x")
    assert (await wrong)["message_ts"] == standin.ephemerals(ada)[0].ts


async def test_what_one_person_is_told_in_a_thread_that_nobody_began_is_not_seen(
    standin: SlackStandin, client, ada: User
) -> None:
    papers = standin.channel("papers")
    parent = standin.say(ada, papers, "what about diffusion?")
    told = {"channel": papers.id, "user": ada.id, "text": "hush", "thread_ts": parent.ts}
    await client.chat_postEphemeral(**told)
    assert standin.ephemerals(ada) == []
    standin.say(ada, papers, "anybody?", parent.ts)
    await client.chat_postEphemeral(**told)
    assert [each.thread_ts for each in standin.ephemerals(ada)] == [parent.ts]


async def test_places_and_people_are_listed_in_pages(standin: SlackStandin, client, ada) -> None:
    for number in range(5):
        standin.add_channel(f"reading-{number}")
    names = []
    async for page in await client.conversations_list(limit=3, exclude_archived=True):
        names += [each["name"] for each in page["channels"]]
    assert names == ["general", "papers", *(f"reading-{n}" for n in range(5))]
    mine = await client.users_conversations(types="public_channel,private_channel")
    assert [each["name"] for each in mine["channels"]] == ["general", "papers"]
    there = await client.conversations_members(channel=standin.channel().id)
    assert ada.id in there["members"]
    about = (await client.users_info(user=ada.id, include_locale=True))["user"]
    assert (about["tz"], about["tz_offset"], about["locale"]) == ("Europe/London", 0, "en-US")
    people = (await client.users_list())["members"]
    assert {each["name"] for each in people} == {"paperboy", "ada"}


async def test_a_direct_message_is_one_conversation(standin: SlackStandin, client, ada) -> None:
    opened = await client.conversations_open(users=ada.id)
    assert opened["channel"]["id"] == standin.dm(ada).id
    await client.chat_postMessage(channel=ada.id, text="hello")
    assert [each.text for each in standin.messages(standin.dm(ada))] == ["hello"]


async def test_a_file_is_uploaded_and_shared(standin: SlackStandin, client, ada: User) -> None:
    place = standin.dm(ada)
    await client.files_upload_v2(
        channel=place.id, filename="saved.bib", content="@misc{x}", initial_comment="here"
    )
    [message] = standin.messages(place)
    assert (message.text, message.files[0]["name"]) == ("here", "saved.bib")
    assert standin.file(message.files[0]["id"]) == b"@misc{x}"


async def test_a_channel_takes_a_message_a_second() -> None:
    async with SlackStandin() as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        papers, general = slack.channel("papers"), slack.channel("general")
        await client.chat_postMessage(channel=papers.id, text="1")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=papers.id, text="2")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert caught.value.response["error"] == "ratelimited"
        await client.chat_postMessage(channel=general.id, text="3")
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        await client.chat_postMessage(channel=papers.id, text="4")
        assert [each.text for each in slack.messages(papers)] == ["1", "4"]
        assert slack.status_count(429) >= 2


async def test_bursts_are_tolerated_and_other_limits_kept_if_asked_for() -> None:
    async with SlackStandin(post_burst=3, workspace_rate=4, tiers=TIERS) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        for number in range(3):
            await client.chat_postMessage(channel="papers", text=str(number))
        assert await refusal(client.chat_postMessage(channel="papers", text="4")) == "ratelimited"
        await client.chat_postMessage(channel="general", text="5")
        assert await refusal(client.chat_postMessage(channel="general", text="6")) == "ratelimited"
        await client.users_info(user=slack.bot.id)
        assert await refusal(client.users_info(user=slack.bot.id)) == "ratelimited"


# --- faults


async def test_faults_are_met_as_often_as_told(standin: SlackStandin, client) -> None:
    papers, general = standin.channel("papers"), standin.channel("general")

    def post(channel=papers) -> Any:
        return client.chat_postMessage(channel=channel.id, text="x")

    standin.fault("chat.postMessage", "internal_error")
    assert await refusal(post()) == "internal_error"
    closed = standin.fault("chat.*", "is_archived", times=None, channel=papers)
    for _ in range(2):
        assert await refusal(post()) == "is_archived"
    await post(general)
    assert closed.met == 2
    closed.lift()
    standin.fault("chat.postMessage", 429, retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await post()
    assert caught.value.response.headers["Retry-After"] == "7"
    standin.fault("*", "503", workspace=standin.workspaces[1])
    await post()
    standin.fault("*", "503", workspace=standin.workspaces[0])
    with pytest.raises(SlackApiError) as caught:
        await post()
    assert caught.value.response.status_code == 503
    standin.fault("*", "page")
    with pytest.raises(SlackApiError):
        await post()
    await post()
    assert len(standin.messages(papers)) == 2


async def test_a_reset_after_storing_has_sent_and_one_before_has_not(standin, client) -> None:
    for kind in ("reset", "stored and reset"):
        standin.fault("chat.postMessage", kind)
        client.retry_handlers = []
        with pytest.raises((aiohttp.ClientError, OSError)):
            await client.chat_postMessage(channel="papers", text=kind)
    assert [each.text for each in standin.messages(standin.channel())] == ["stored and reset"]


async def test_a_request_that_hangs_times_out(standin: SlackStandin) -> None:
    client = AsyncWebClient(standin.bot_token, base_url=standin.api_url, timeout=0.2)
    standin.fault("chat.postMessage", "timeout", seconds=0.5)
    with pytest.raises(TimeoutError):
        await client.chat_postMessage(channel="papers", text="x")


async def test_the_response_url_and_the_socket_fail_too(standin, app: App, ada: User) -> None:
    standin.fault("response_url", "expired_url")
    asked = standin.slash(ada, standin.channel(), "x")
    await standin.until(lambda: standin.calls("response_url"))
    assert asked.messages == []
    standin.fault("socket", "503")
    standin.disconnect()
    await standin.slash(ada, standin.channel(), "y").message()
    assert {body["text"] for _, body in app.heard} == {"x", "y"}


async def test_what_the_validator_finds_is_refused_and_kept(standin, client) -> None:
    long = [section("x" * 3001)]
    refused = client.chat_postMessage(channel="papers", text="x", blocks=long)
    assert await refusal(refused) == "invalid_blocks"
    textless = client.api_call(
        "chat.postMessage", json={"channel": "papers", "blocks": [section("x")]}
    )
    assert await refusal(textless) == "no_text"
    much = [section("x" * 2999) for _ in range(5)]
    refused = client.chat_postMessage(channel="papers", text="x", blocks=much)
    assert await refusal(refused) == "msg_blocks_too_long"
    many = [section("x") for _ in range(51)]
    refused = client.chat_postMessage(channel="papers", text="x", blocks=many)
    assert await refusal(refused) == "invalid_blocks"
    assert len(standin.refused) == 3
    assert not standin.messages(standin.channel())


# --- by itself


async def test_it_serves_by_itself() -> None:
    process = subprocess.Popen(  # noqa: ASYNC220 - it is only started here
        [sys.executable, str(SERVE), "--workspaces", "2"], stdout=subprocess.PIPE, text=True
    )
    try:
        lines = [process.stdout.readline().strip() for _ in range(6)]
        told = dict(line.split("=", 1) for line in lines)
        client = AsyncWebClient(told["SLACK_BOT_TOKEN"], base_url=told["SLACK_API_URL"])
        assert (await client.auth_test())["team"] == "workspace-0"
        opened = await client.apps_connections_open(app_token=told["SLACK_APP_TOKEN"])
        assert opened["url"].startswith("ws://127.0.0.1:")
        await client.chat_postMessage(channel="papers", text="heard")
        url = told["SLACK_API_URL"].replace("/api/", "/standin")
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert list((await answer.json())["texts"].values()) == [["heard"]]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
