"""People in the stand-in of Slack, and what a plain app of slack_bolt makes of them."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient
from standins.slack.sample import App, card, form, plain, running, section
from standins.slack.server import SlackStandin
from standins.slack.world import User

WRONG = "xoxb-wrong"


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


async def refusal(call: Any) -> str:
    """The error that a Web API call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


# --- commands and what answers them


async def test_a_command_is_acknowledged_and_answered(standin, app: App, ada: User) -> None:
    asked = standin.slash(ada, standin.channel(), "search rag")
    ack = await asked.acked()
    assert ack.body == {}
    assert asked.seconds is not None
    assert asked.seconds < 3
    answer = await asked.message()
    assert (answer.text, answer.visible_to) == ("you said search rag", ada)
    assert standin.ephemerals(ada) == [answer]
    assert not standin.messages(standin.channel())
    [(_, body)] = app.heard
    assert (body["channel_name"], body["user_name"]) == ("papers", "ada")
    await standin.slash(ada, standin.dm(ada), "x").acked()
    assert app.heard[1][1]["channel_name"] == "directmessage"


async def test_what_is_typed_arrives_as_slack_marks_it_up(standin, app: App, ada: User) -> None:
    typed = f"a<b & upvotes:>=3 see https://arxiv.org/abs/1?a=1 or arxiv.org/abs/2 {ada.mention}"
    await standin.slash(ada, standin.channel(), typed).acked()
    assert app.heard[0][1]["text"] == (
        "a&lt;b &amp; upvotes:&gt;=3 see <https://arxiv.org/abs/1?a=1>"
        f" or <http://arxiv.org/abs/2|arxiv.org/abs/2> <@{ada.id}>"
    )
    await standin.slash(ada, standin.channel(), "<https://x.org/1|x> &gt;").acked()
    assert app.heard[1][1]["text"] == "<https://x.org/1|x> &gt;"


async def test_an_acknowledgement_may_be_the_answer(standin, app: App, ada: User) -> None:
    asked = standin.slash(ada, standin.channel(), "now")
    assert (await asked.message()).text == "at once"
    assert asked.ack.body == {"text": "at once"}
    assert app.kinds() == ["command"]


async def test_silence_is_told_to_the_person(app: App, ada: User, standin) -> None:
    standin.sockets.ack_seconds = 0.2
    asked = standin.slash(ada, standin.channel(), "silent")
    assert await asked.failure() == "operation_timeout"
    with pytest.raises(AssertionError, match=r"silent: no acknowledgement \(operation_timeout\)"):
        await asked.acked(0.01)
    assert app.kinds() == ["command"]


async def test_without_a_connection_a_command_fails(standin: SlackStandin, ada: User) -> None:
    standin.sockets.ack_seconds = 0.05
    asked = standin.slash(ada, standin.channel(), "x")
    assert await asked.failure() == "dispatch_failed"


async def test_a_response_url_works_five_times_for_half_an_hour() -> None:
    now = [time.time()]
    async with SlackStandin(clock=lambda: now[0]) as slack, running(slack) as app:
        ada = slack.add_user("ada")
        asked = slack.slash(ada, slack.channel(), "first")
        await asked.message()
        url = AsyncWebhookClient(app.heard[0][1]["response_url"])
        for number in range(4):
            sent = await url.send(text=str(number), response_type="in_channel")
            assert (sent.status_code, sent.body) == (200, "ok")
        assert [each.text for each in slack.messages(slack.channel())] == list("0123")
        sixth = await url.send(text="x")
        assert (sixth.status_code, json.loads(sixth.body)["error"]) == (404, "used_url")
        await slack.slash(ada, slack.channel(), "second").message()
        now[0] += 1801
        late = await AsyncWebhookClient(app.heard[1][1]["response_url"]).send(text="x")
        assert json.loads(late.body)["error"] == "expired_url"
        errors = [each.error for each in slack.calls("response_url")]
        assert errors == ["ok"] * 5 + ["used_url", "ok", "expired_url"]


async def test_a_response_url_answers_in_the_thread(standin, app: App, ada: User) -> None:
    await standin.slash(ada, standin.channel(), "card").message()
    parent = standin.say(ada, standin.channel(), "a question")
    told = {"text": "in it", "thread_ts": parent.ts, "response_type": "in_channel"}
    await AsyncWebhookClient(app.heard[0][1]["response_url"]).send_dict(told)
    assert [each.text for each in standin.thread(parent)] == ["in it"]


# --- presses


async def test_a_button_changes_its_message_and_another_removes_it(standin, app, ada) -> None:
    shown = await standin.slash(ada, standin.channel(), "card").message()
    pressed = standin.press(ada, shown, "Count")
    assert (await pressed.updated()).blocks[0]["text"]["text"] == "pressed 1"
    assert await standin.press(ada, shown, "count").updated() is shown
    body = app.heard[1][1]
    assert body["container"] == {
        "type": "message",
        "message_ts": shown.ts,
        "channel_id": shown.channel.id,
        "is_ephemeral": False,
    }
    assert body["actions"][0]["value"] == "x"
    assert body["state"]["values"]["row"]["o1"]["selected_option"] is None
    assert await standin.press(ada, shown, "Gone").deleted() is shown
    with pytest.raises(AssertionError, match="the message is gone"):
        standin.press(ada, shown, "Count")


async def test_the_content_of_an_ephemeral_message_is_not_told(standin, app, ada) -> None:
    client, bob = app.client, standin.add_user("bob")
    where = {"channel": standin.channel().id, "user": ada.id}
    told = await client.chat_postEphemeral(**where, text="a card", blocks=card())
    [shown] = standin.ephemerals(ada)
    assert shown.ts == told["message_ts"]
    await standin.press(ada, shown, "Count").updated()
    assert "message" not in app.heard[0][1]
    assert app.heard[0][1]["container"]["is_ephemeral"]
    with pytest.raises(AssertionError, match="bob does not see"):
        standin.press(bob, shown, "Count")
    updated = client.chat_update(channel=where["channel"], ts=shown.ts, text="x")
    assert await refusal(updated) == "message_not_found"


async def test_options_are_chosen_by_label_or_value(standin, app: App, ada: User) -> None:
    shown = await standin.slash(ada, standin.channel(), "card").message()
    by_label = standin.select(ada, shown, "Open a paper …", "Title 2")
    assert (await by_label.ephemeral()).text == "this is 2401.00002"
    by_value = standin.choose(ada, shown, "2401.00001")
    assert (await by_value.ephemeral()).text == "this is 2401.00001"
    with pytest.raises(AssertionError, match="has no option 'Title 3' among"):
        standin.select(ada, shown, "o1", "Title 3")
    assert app.kinds() == ["command"]


async def test_suggestions_are_checked(standin: SlackStandin, app: App, ada: User) -> None:
    select = {"type": "external_select", "action_id": "who", "placeholder": plain("Who?")}
    await app.client.chat_postMessage(
        channel="papers", text="x", blocks=[section("who") | {"accessory": select}]
    )
    [shown] = standin.messages(standin.channel())
    asked = standin.options(ada, shown, "who", "le")
    await standin.until(lambda: asked.options)
    assert [each["text"]["text"] for each in asked.options] == ["le 1", "le 2"]
    refused = standin.options(ada, shown, "who", "x" * 75)
    await standin.until(lambda: refused.faults)
    assert standin.refused
    assert app.kinds() == ["options", "options"]


# --- forms


async def test_a_form_goes_there_and_back(standin: SlackStandin, app: App, ada: User) -> None:
    opened = await standin.slash(ada, standin.channel(), "form").view()
    assert standin.modal(ada) is opened
    sent = standin.submit(ada, opened, {"Hour": "17:30", "Days": ["Tue"]})
    await sent.closed()
    assert (await sent.message()).text == "17:30 on ['tue']"
    assert standin.modal(ada) is None
    opened = await standin.slash(ada, standin.channel(), "form").view()
    again = standin.submit(ada, opened)
    assert (await again.message()).text == "09:00 on ['mon']"
    await again.closed()
    with pytest.raises(AssertionError, match="the view is closed"):
        standin.submit(ada, opened)
    assert "submission" in app.kinds()


async def test_a_form_is_checked_as_the_client_does(standin, app: App, ada: User) -> None:
    opened = await standin.slash(ada, standin.channel(), "form").view()
    with pytest.raises(AssertionError, match="too long"):
        standin.submit(ada, opened, {"Hour": "17:30:00"})
    with pytest.raises(AssertionError, match="'Hour' must be filled in"):
        standin.submit(ada, opened, {"hour": ""})
    with pytest.raises(AssertionError, match="has no option 'Wed'"):
        standin.submit(ada, opened, {"Days": ["Wed"]})
    with pytest.raises(AssertionError, match="there is no 'Minute'"):
        standin.submit(ada, opened, {"Minute": "1"})
    assert app.kinds() == ["command"]


async def test_errors_stand_in_the_form_which_keeps_what_was_typed(standin, app, ada) -> None:
    opened = await standin.slash(ada, standin.channel(), "form").view()
    sent = standin.submit(ada, opened, {"Hour": "later"})
    assert await sent.refused() == {"hour": "That is no hour."}
    assert standin.modal(ada) is opened
    assert opened.filled["hour", "value"]["value"] == "later"
    wrong = standin.submit(ada, opened, {"Hour": "wrong"})
    await standin.until(lambda: wrong.faults)
    assert "no input blocks {'nothing'}" in wrong.faults[0]
    assert standin.refused
    assert app.kinds().count("submission") == 2


async def test_forms_are_pushed_updated_and_cleared(standin, app: App, ada: User) -> None:
    first = await standin.slash(ada, standin.channel(), "form").view()
    changed = await standin.submit(ada, first, {"Hour": "more"}).view()
    assert changed is first
    assert first.blocks[-1]["text"]["text"] == "changed"
    assert first.filled["hour", "value"]["value"] == "more"
    second = await standin.submit(ada, first, {"Hour": "push"}).view()
    assert (second.previous_id, second.root_id) == (first.id, first.id)
    with pytest.raises(AssertionError, match="another modal lies over it"):
        standin.submit(ada, first)
    third = await standin.submit(ada, second, {"Hour": "push"}).view()
    fourth = standin.submit(ada, third, {"Hour": "push"})
    await standin.until(lambda: fourth.faults)
    assert "push_limit_reached" in fourth.faults[0]
    await standin.submit(ada, third, {"Hour": "clear"}).closed()
    assert not ada.stack
    assert app.kinds().count("submission") == 5


async def test_closing_a_form_is_told_if_asked_for(standin, app: App, ada: User) -> None:
    opened = await standin.slash(ada, standin.channel(), "form").view()
    closed = standin.close(ada, opened)
    assert closed is not None
    await closed.acked()
    assert app.heard[-1][1]["is_cleared"] is False
    assert standin.modal(ada) is None


async def test_a_trigger_opens_one_form_within_three_seconds() -> None:
    now = [time.time()]
    async with SlackStandin(clock=lambda: now[0]) as slack, running(slack) as app:
        ada = slack.add_user("ada")
        await slack.slash(ada, slack.channel(), "form").view()
        trigger = app.heard[0][1]["trigger_id"]
        again = app.client.views_open(trigger_id=trigger, view=form())
        assert await refusal(again) == "exchanged_trigger_id"
        await slack.slash(ada, slack.channel(), "x").message()
        now[0] += 3.1
        late = app.client.views_open(trigger_id=app.heard[1][1]["trigger_id"], view=form())
        assert await refusal(late) == "expired_trigger_id"
        assert await refusal(app.client.views_open(trigger_id="1.2", view=form())) == (
            "invalid_trigger_id"
        )


async def test_a_trigger_and_a_response_url_expire_at_once_if_told(standin, app, ada) -> None:
    asked = standin.slash(ada, standin.channel(), "x")
    await asked.message()
    asked.expire()
    late = app.client.views_open(trigger_id=app.heard[0][1]["trigger_id"], view=form())
    assert await refusal(late) == "expired_trigger_id"
    sent = await AsyncWebhookClient(app.heard[0][1]["response_url"]).send(text="x")
    assert json.loads(sent.body)["error"] == "expired_url"


async def test_the_home_is_published_and_used(standin: SlackStandin, app: App, ada: User) -> None:
    home = await standin.open_home(ada).home()
    assert home.is_home
    assert home.blocks[0]["text"]["text"] == f"hello {ada.mention}"
    opened = await standin.press(ada, home, "Change").view()
    assert opened.title == "Change it"
    body = app.heard[-1][1]
    assert body["container"] == {"type": "view", "view_id": home.id}
    assert "response_url" not in body
    stale = app.client.views_publish(
        user_id=ada.id, view={"type": "home", "blocks": [section("x")]}, hash="1.a"
    )
    assert await refusal(stale) == "hash_conflict"


async def test_a_view_is_updated_by_its_id_and_hash(standin, app: App, ada: User) -> None:
    opened = await standin.slash(ada, standin.channel(), "form").view()
    old = opened.hash
    told = {"view_id": opened.id, "hash": old, "view": form("new")}
    await app.client.views_update(**told)
    assert opened.blocks[-1]["text"]["text"] == "new"
    assert await refusal(app.client.views_update(**told)) == "hash_conflict"
    standin.close(ada, opened)
    gone = app.client.views_update(view_id=opened.id, view=form())
    assert await refusal(gone) == "not_found"


async def test_shortcuts_of_a_message_and_of_everywhere(standin, app: App, ada: User) -> None:
    said = standin.say(ada, standin.channel(), "read 2401.00001")
    opened = await standin.shortcut(ada, said, "look_up").view()
    assert opened.blocks[-1]["text"]["text"] == "read 2401.00001"
    body = app.heard[0][1]
    assert (body["type"], body["message_ts"]) == ("message_action", said.ts)
    await standin.shortcut(ada, "look_up").acked()
    assert app.heard[1][1]["type"] == "shortcut"


# --- events


async def test_mentions_and_direct_messages_are_heard(standin, app: App, ada: User) -> None:
    parent = standin.say(ada, standin.channel(), "a question")
    asked = standin.mention(ada, standin.channel(), "search rag", parent)
    answer = await asked.message()
    assert answer.thread_ts == parent.ts
    assert answer.text == f"heard: {standin.bot.mention} search rag"
    direct = await standin.direct(ada, "search rag").message()
    assert direct.channel is standin.dm(ada)
    own = [each.payload["event"] for each in standin.deliveries if "event" in each.payload]
    assert own[-1]["bot_id"]  # the app hears what it says itself
    assert app.kinds() == ["app_mention", "message"]


async def test_invitations_name_the_inviter_and_removals_are_told(standin, app, ada) -> None:
    elsewhere = standin.add_channel("elsewhere")
    await standin.invite(ada, elsewhere).acked()
    event = app.heard[0][1]["event"]
    assert (event["user"], event["inviter"]) == (standin.bot.id, ada.id)
    standin.remove(elsewhere)
    standin.archive(standin.channel())
    await standin.until(lambda: len(app.heard) == 3)
    assert app.kinds()[1:] == ["channel_left", "channel_archive"]


async def test_an_uninstalled_app_is_told_and_its_token_is_dead(standin, app, ada) -> None:
    standin.uninstall(standin.workspaces[0])
    await standin.until(lambda: len(app.heard) == 2)
    assert app.kinds() == ["tokens_revoked", "app_uninstalled"]
    assert await refusal(app.client.auth_test()) == "account_inactive"
    with pytest.raises(AssertionError, match="the app is not in workspace-0"):
        standin.slash(ada, standin.channel(), "x")
    assert standin.workspaces[1].installed


async def test_an_event_that_is_not_subscribed_to_is_not_sent() -> None:
    async with SlackStandin(events=("app_mention",)) as slack, running(slack) as app:
        ada = slack.add_user("ada")
        assert slack.direct(ada, "x").failed == "not subscribed"
        await slack.mention(ada, slack.channel(), "x").acked()
        assert app.kinds() == ["app_mention"]


async def test_a_repeated_delivery_says_so(standin: SlackStandin, app: App, ada: User) -> None:
    asked = standin.mention(ada, standin.channel(), "x")
    await asked.message()
    again = standin.repeat(asked)
    await standin.until(lambda: again.ack)
    assert (again.tries[0].attempt, again.tries[0].reason) == (1, "timeout")
    assert app.heard[0][1]["event_id"] == app.heard[1][1]["event_id"]
    command = standin.slash(ada, standin.channel(), "x")
    await command.acked()
    again = standin.repeat(command)
    await standin.until(lambda: again.ack)
    assert app.heard[2][1]["trigger_id"] == app.heard[3][1]["trigger_id"]
