"""What happens to Paperboy in a workspace: invitations, removals, and who may manage."""

from __future__ import annotations

import pytest
from standins.slack_newsstand import labels, texts

from bot.models import SubscriptionState


async def test_whoever_invites_paperboy_is_offered_a_digest_to_them_alone(stand):
    other = stand.slack.add_channel("reading")
    said = await stand.slack.invite(stand.member, other).message()
    assert said.visible_to is stand.member
    assert labels(said) == ["Weekdays 09:00, Europe/Berlin", "Choose …"]
    done = stand.slack.press(stand.member, said, "Weekdays 09:00, Europe/Berlin")
    assert "Subscribed" in texts(await done.updated())
    [subscription] = await stand.subscriptions()
    assert (subscription.channel.id, subscription.zone) == (other.id, "Europe/Berlin")


async def test_choosing_opens_the_form(stand):
    other = stand.slack.add_channel("reading")
    said = await stand.slack.invite(stand.member, other).message()
    form = await stand.slack.press(stand.member, said, "Choose …").view()
    assert "Weekdays" in texts(form)


async def test_removing_the_app_pauses_what_it_posts(stand):
    await stand.subscribe()
    stand.slack.uninstall(stand.slack.workspaces[0])
    await stand.comes_to(SubscriptionState.PAUSED)


@pytest.fixture
async def strict(stand):
    """A workspace in which admins manage."""
    admin = stand.slack.add_user("ada", is_admin=True)
    said = await stand.slack.slash(admin, stand.papers, "managers admins").message()
    assert "dmins" in texts(said)
    return admin


@pytest.mark.usefixtures("strict")
async def test_where_admins_manage_a_member_may_not(stand):
    said = texts(await stand.ask("subscribe 9:00"))
    assert "those who manage" in said
    assert await stand.subscriptions() == []


async def test_the_contact_keeps_the_right_to_their_own_subscription(stand):
    await stand.subscribe()
    other = stand.slack.add_user("bert")
    admin = stand.slack.add_user("ada", is_admin=True)
    await stand.slack.slash(admin, stand.papers, "managers admins").message()
    refused = await stand.ask("subscriptions pause", other)
    assert "those who manage" in texts(refused)
    paused = await stand.ask("subscriptions pause")
    assert "paused" in texts(paused)


async def test_an_old_button_gives_no_right(stand):
    other = stand.slack.add_user("bert")
    await stand.subscribe()
    listed = await stand.ask("subscriptions list", other)
    admin = stand.slack.add_user("ada", is_admin=True)
    await stand.slack.slash(admin, stand.papers, "managers admins").message()
    refused = await stand.slack.press(other, listed, "Pause").message()
    assert "those who manage" in texts(refused)
    [subscription] = await stand.subscriptions()
    assert subscription.state is SubscriptionState.ACTIVE


async def test_only_an_admin_says_who_manages(stand):
    assert "those who manage" in texts(await stand.ask("managers admins"))
