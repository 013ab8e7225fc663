"""Answers that find their way: where a thread is not begun, and where Slack refuses one way."""

from __future__ import annotations

import pytest
from standins.office import FRIDAY, paper_id
from standins.slack_newsstand import labels, texts

AGAIN = "Open the form"


async def test_a_mention_outside_threads_is_answered_where_it_is_seen(stand):
    asked = stand.slack.mention(stand.member, stand.papers, "search diffusion")
    said = await asked.ephemeral()
    assert said.thread_ts is None
    assert "Diffusion of kind" in texts(said)


async def test_a_form_that_a_mention_asks_for_is_about_the_channel_of_the_mention(stand):
    said = await stand.slack.mention(stand.member, stand.papers, "subscribe").message()
    assert (said.channel, said.visible_to) == (stand.papers, stand.member)
    form = await stand.slack.press(stand.member, said, AGAIN).view()
    await stand.slack.submit(stand.member, form, {"time": "17:30"}).closed()
    [subscription] = await stand.subscriptions()
    assert subscription.channel.id == stand.papers.id


@pytest.mark.parametrize("kind", ["internal_error", "429", "invalid_arguments", "503"])
async def test_a_form_that_slack_does_not_open_is_behind_a_button(stand, kind):
    refusing = stand.slack.fault("views.open", kind, times=None)
    asked = stand.slack.slash(stand.member, stand.papers, "subscribe")
    said = await asked.message(within=10)
    assert (labels(said), said.visible_to) == ([AGAIN], stand.member)
    refusing.lift()
    assert "Zone" in texts(await stand.slack.press(stand.member, said, AGAIN).view())


async def test_a_form_that_the_home_can_not_open_is_in_direct_messages_about_its_channel(stand):
    await stand.subscribe()
    home = await stand.slack.open_home(stand.member).home()
    stand.slack.fault("views.open", "internal_error")
    said = await stand.slack.press(stand.member, home, "Change").message()
    assert said.channel is stand.slack.dm(stand.member)
    form = await stand.slack.press(stand.member, said, AGAIN).view()
    await stand.slack.submit(stand.member, form, {"time": "18:45"}).closed()
    [subscription] = await stand.subscriptions()
    assert (subscription.channel.id, f"{subscription.hour:%H:%M}") == (stand.papers.id, "18:45")


async def test_an_answer_that_no_modal_can_show_is_in_direct_messages(stand):
    home = await stand.slack.open_home(stand.member).home()
    stand.slack.fault("views.open", "internal_error")
    said = await stand.slack.press(stand.member, home, "Help").message()
    assert said.channel is stand.slack.dm(stand.member)
    assert "/papers" in texts(said)


async def test_buttons_in_direct_messages_stay_about_the_channel_that_they_are_of(stand):
    await stand.subscribe()
    home = await stand.slack.open_home(stand.member).home()
    stand.slack.fault("views.open", "internal_error")
    said = await stand.slack.press(stand.member, home, "Pause").message()
    assert said.channel is stand.slack.dm(stand.member)
    for label, state in (("Resume", "active"), ("Pause", "paused"), ("Resume", "active")):
        said = await stand.slack.press(stand.member, said, label).updated()
        [subscription] = await stand.subscriptions()
        assert subscription.state == state


@pytest.mark.parametrize("kind", ["503", "reset", "used_url"])
async def test_where_a_response_url_fails_the_answer_comes_directly(stand, kind):
    stand.slack.fault("response_url", kind, times=None)
    asked = stand.slack.slash(stand.member, stand.papers, "search diffusion")
    said = await asked.ephemeral(within=10)
    assert "Diffusion of kind" in texts(said)
    assert len(stand.slack.calls("chat.postEphemeral")) == 1


async def exporting(stand):
    """The modal of the reading list, which has an export."""
    await stand.ask(f"save {paper_id(FRIDAY, 2)}")
    home = await stand.slack.open_home(stand.member).home()
    return await stand.slack.press(stand.member, home, "Reading list").view()


async def test_an_export_from_a_modal_comes_as_a_file_in_direct_messages(stand):
    shown = await stand.slack.press(stand.member, await exporting(stand), "Export").view()
    assert "direct messages" in texts(shown)
    there = stand.slack.messages(stand.slack.dm(stand.member))
    [file] = [file for each in there for file in each.files]
    assert b"Diffusion of kind 2" in stand.slack.file(file["id"])
    assert len(stand.slack.calls("upload")) == 1


async def test_a_file_that_slack_does_not_take_is_told_of(stand):
    modal = await exporting(stand)
    stand.slack.fault("files.getUploadURLExternal", "internal_error")
    shown = await stand.slack.press(stand.member, modal, "Export").view()
    assert "did not take the file" in texts(shown)
    stand.slack.fault("files.getUploadURLExternal", "internal_error")
    assert "did not take the file" in texts(await stand.ask("saved export bibtex"))


async def test_a_reply_that_is_sent_to_the_whole_conversation_too_is_answered(stand):
    direct = stand.slack.dm(stand.member)
    first = await stand.slack.direct(stand.member, "help").message()
    said = stand.slack.say(stand.member, direct, "search diffusion", first.ts)
    about = {
        "type": "message",
        "subtype": "thread_broadcast",
        "user": stand.member.id,
        "text": said.text,
        "ts": said.ts,
        "thread_ts": first.ts,
        "channel": direct.id,
        "channel_type": "im",
        "event_ts": said.ts,
    }
    stand.slack.tell(direct.workspace, about, name="message.im")
    answer = await stand.slack.until(lambda: stand.slack.thread(first)[1:])
    assert "Diffusion of kind" in texts(answer[0])
