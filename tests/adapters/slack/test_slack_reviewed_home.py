"""The App Home of a large workspace, and of somebody who is quick."""

from __future__ import annotations

from dataclasses import replace

from standins.slack_newsstand import labels, texts

from adapters.slack.home import CHANNELS
from bot.models import Channel


async def fill(stand, count):
    """Subscribe so many channels beside #papers."""
    await stand.subscribe()
    [made] = await stand.subscriptions()
    for number in range(count):
        there = stand.slack.add_channel(f"c{number:02}", None, stand.member)
        there.members.add(stand.slack.bot)
        channel = Channel("slack", made.channel.workspace, there.id, there.name)
        await stand.office.store.subscriptions.insert(replace(made, id=0, channel=channel))


async def test_slack_is_asked_of_no_more_channels_than_the_home_shows(stand):
    await fill(stand, 80)
    before = len(stand.slack.calls("conversations.info"))
    home = texts(await stand.slack.open_home(stand.member).home())
    assert "Subscriptions of this workspace, the first of them" in home
    assert [name in home for name in ("#c00", "#c11", "#c12", "#papers")] == [
        True,
        True,
        False,
        False,
    ]
    assert len(stand.slack.calls("conversations.info")) - before <= CHANNELS + 1


async def test_channels_that_somebody_does_not_see_leave_no_gap_in_their_home(stand):
    await fill(stand, 20)
    hidden = [stand.slack.channel(f"c{number:02}") for number in range(5)]
    for each in hidden:
        each.kind = "group"
        each.members.discard(stand.member)
    home = texts(await stand.slack.open_home(stand.member).home())
    assert "#c00" not in home
    assert [f"#c{number:02}" in home for number in (5, 16, 17)] == [True, True, False]


async def test_of_two_quick_changes_the_newest_is_what_the_home_shows(stand):
    await stand.subscribe()
    await stand.slack.open_home(stand.member).home()
    slow = stand.slack.fault("views.publish", "timeout", seconds=0.8)
    stand.slack.slash(stand.member, stand.papers, "subscriptions pause 1")
    await stand.slack.until(lambda: slow.met)
    stand.slack.slash(stand.member, stand.papers, "subscriptions resume 1")
    await stand.private(3)
    await stand.slack.until(
        lambda: [each.status for each in stand.slack.calls("views.publish")] == [200] * 3
    )
    assert "Pause" in labels(stand.member.home)
    assert "Resume" not in labels(stand.member.home)


async def test_many_opens_at_once_publish_a_home_twice_at_most(stand):
    await stand.subscribe()
    slow = stand.slack.fault("views.publish", "slow", seconds=1.0)
    for _ in range(10):
        stand.slack.open_home(stand.member)
    await stand.slack.until(lambda: slow.met)
    await stand.slack.until(lambda: len(stand.slack.calls("views.publish")) == 2)
    await stand.ask("status")
    assert len(stand.slack.calls("views.publish")) == 2


async def test_a_home_that_slack_did_not_take_is_published_for_the_change_after_it(stand):
    await stand.subscribe()
    await stand.slack.open_home(stand.member).home()
    down = stand.slack.fault("views.publish", "503", times=3)  # it is asked three times
    stand.slack.slash(stand.member, stand.papers, "alert add mamba")
    await stand.slack.until(lambda: down.met)
    stand.slack.slash(stand.member, stand.papers, "subscriptions pause 1")
    await stand.private(3)
    await stand.slack.until(lambda: "Resume" in labels(stand.member.home), 10)
