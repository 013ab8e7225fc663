"""The App Home, and what can be steered from it."""

from __future__ import annotations

from standins.slack_newsstand import labels, texts

from bot.models import SubscriptionState


async def test_the_home_shows_papers_alerts_subscriptions_and_sources(stand):
    await stand.subscribe()
    await stand.ask("alert add mamba -survey")
    shown = texts(await stand.slack.open_home(stand.member).home())
    for expected in ("Diffusion of kind 12", "mamba", "#papers", "Sources", "09:00"):
        assert expected in shown


async def test_every_control_of_the_home_has_a_name_of_its_own(stand):
    await stand.subscribe()
    home = await stand.slack.open_home(stand.member).home()
    names = [
        each["action_id"]
        for block in home.blocks
        for each in block.get("elements", [])
        if "action_id" in each
    ]
    assert len(names) == len(set(names)) > 5


async def test_the_home_begins_with_what_can_be_done_and_has_a_line_between_sections_only(stand):
    await stand.subscribe()
    stand.slack.slash(stand.member, stand.slack.channel("general"), "subscribe 10:00")
    assert "Subscribed" in texts(await stand.private(2))
    home = await stand.slack.open_home(stand.member).home()
    assert labels(home)[:4] == ["Search", "Add an alert", "Reading list", "Help"]
    kinds = [block["type"] for block in home.blocks]
    assert kinds.count("divider") == 4  # of two channels it is one section
    headings = [b["text"]["text"] for b in home.blocks if b["type"] == "header"]
    assert headings[1:] == ["Your alerts", "Subscriptions of this workspace", "Sources"]


async def test_a_subscription_is_paused_from_the_home_which_shows_it(stand):
    await stand.subscribe()
    home = await stand.slack.open_home(stand.member).home()
    pressed = stand.slack.press(stand.member, home, "Pause")
    assert "paused" in texts(await pressed.view())
    [subscription] = await stand.subscriptions()
    assert subscription.state is SubscriptionState.PAUSED
    await stand.slack.until(lambda: "Resume" in labels(stand.member.home))


async def test_a_channel_is_subscribed_from_the_home(stand):
    home = await stand.slack.open_home(stand.member).home()
    form = await stand.slack.press(stand.member, home, "Subscribe a channel").view()
    assert "Channel" in texts(form)
    sent = stand.slack.submit(stand.member, form, {"Channel": stand.papers.id, "time": "10:15"})
    assert "Subscribed" in texts(await sent.view())
    [subscription] = await stand.subscriptions()
    assert (subscription.channel.id, f"{subscription.hour:%H:%M}") == (stand.papers.id, "10:15")
    assert subscription.channel.name == "papers"
    await stand.slack.until(lambda: "#papers" in texts(stand.member.home))


async def test_a_private_channel_shows_to_those_who_are_in_it(stand):
    hidden = stand.slack.add_channel("hidden", None, stand.member, private=True)
    stand.slack.invite(stand.member, hidden)
    await stand.private(1)
    stand.slack.slash(stand.member, hidden, "subscribe 9:00")
    assert "Subscribed" in texts(await stand.private(2))
    assert "#hidden" in texts(await stand.slack.open_home(stand.member).home())
    other = stand.slack.add_user("mallory")
    assert "#hidden" not in texts(await stand.slack.open_home(other).home())


async def test_a_search_in_the_home_is_answered_in_a_modal(stand):
    home = await stand.slack.open_home(stand.member).home()
    form = await stand.slack.press(stand.member, home, "Search").view()
    answer = await stand.slack.submit(stand.member, form, {"query": "diffusion"}).view()
    assert "Diffusion of kind" in texts(answer)
    turned = await stand.slack.press(stand.member, answer, "Next 5").view()
    assert "Diffusion of kind" in texts(turned)
