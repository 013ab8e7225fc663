"""Who may manage: guests, strangers, members of organisations, whoever Slack won't tell of."""

from __future__ import annotations

from typing import Any

import pytest
from standins.slack import forms, payloads
from standins.slack.deliveries import INTERACTIVE, Delivery
from standins.slack.elements import find
from standins.slack.world import User, View
from standins.slack_installed import install, running, slack_of_two
from standins.slack_newsstand import Stand, labels, texts

from adapters.slack.asking import of_action, of_submission

SUBSCRIBE = "subscribe 9:00 zone:Europe/Berlin"
THEIRS = "T0STRANGER"


def from_elsewhere(stand: Stand, user: User, kind: str, view: View, **more: Any) -> Delivery:
    """What Slack sends where somebody of another workspace uses a modal in a shared channel."""
    world = stand.slack.world
    about = payloads.interaction(world, user, kind, world.new_trigger(user, view))
    about["team"] = {"id": THEIRS, "domain": "other"}
    about["user"]["team_id"] = THEIRS
    return stand.slack.deliver(INTERACTIVE, about | payloads.in_view(world, view) | more)


@pytest.mark.parametrize("fault", ["503", "internal_error"])
async def test_while_slack_does_not_say_who_somebody_is_they_manage_nothing(stand, fault):
    guest = stand.slack.add_user("guest", told={"is_restricted": True})
    stand.slack.fault("users.info", fault, times=None)
    said = await stand.slack.slash(guest, stand.papers, SUBSCRIBE).message(within=15)
    assert "try again in a minute" in texts(said)
    assert await stand.subscriptions() == []
    found = stand.slack.slash(guest, stand.papers, "search diffusion")  # that is for all
    assert "Diffusion" in texts(await found.message(within=15))


@pytest.mark.parametrize("fault", ["missing_scope", "unknown_method"])
async def test_where_the_app_may_not_ask_everybody_is_a_member(stand, fault):
    stand.slack.fault("users.info", fault, times=None)
    await stand.subscribe(SUBSCRIBE)
    assert len(await stand.subscriptions()) == 1


async def test_a_stranger_s_form_acts_in_the_workspace_where_paperboy_is(stand):
    stranger = stand.slack.add_user("stranger", told={"team_id": THEIRS})
    form = await stand.ask_form("subscribe")
    sent = from_elsewhere(stand, stranger, "view_submission", form, response_urls=[])
    await stand.slack.until(lambda: sent.ack)
    assert "those who manage" in str(sent.ack.body["errors"])
    assert await stand.subscriptions() == []


@pytest.fixture
async def installed(office):
    async with slack_of_two() as slack, running(office, slack) as made:
        await install(made, 0)
        yield made


async def test_a_stranger_s_form_is_answered(installed):
    form = await installed.ask_form("search")
    forms.fill(form, {"query": "diffusion"})
    sent = from_elsewhere(installed, installed.member, "view_submission", form, response_urls=[])
    await installed.slack.until(lambda: sent.ack)
    assert "Diffusion of kind" in texts(await installed.private(1))


async def test_a_stranger_turns_a_page_in_a_modal(installed):
    home = await installed.slack.open_home(installed.member).home()
    form = await installed.slack.press(installed.member, home, "Search").view()
    sent = installed.slack.submit(installed.member, form, {"query": "diffusion"})
    shown = await sent.view()
    button = find(shown.blocks, "Next 5", {"button"})
    action = payloads.action(button, {}, installed.slack.world.new_ts())
    from_elsewhere(installed, installed.member, "block_actions", shown, actions=[action])
    await installed.slack.until(
        lambda: "6–10" in texts(installed.slack.modal(installed.member) or shown)
    )


@pytest.mark.parametrize(
    ("told", "team"),
    [
        ({"team": {"id": "T1"}, "view": {"app_installed_team_id": "T2"}}, "T2"),
        ({"team": {"id": "T1"}, "view": {"app_installed_team_id": None}}, "T1"),
        ({"team": {"id": "T1"}}, "T1"),
        ({"team": None, "user": {"id": "U", "team_id": "T3"}}, "T3"),
        ({"team": None, "view": {"team_id": "T4"}}, "T4"),
        ({}, ""),
    ],
)
def test_a_press_and_a_form_are_of_the_workspace_that_paperboy_is_in(told, team):
    assert (of_action(told).team, of_submission(told).team) == (team, team)


def of_organisation(stand: Stand, teams: list[str]) -> dict[str, Any]:
    return {"id": stand.member.id, "enterprise_id": "E0ORG", "teams": teams}


@pytest.mark.parametrize("home", ["E0ORG", "T0SISTER"])
async def test_a_member_of_an_organisation_manages_in_each_workspace_of_theirs(stand, home):
    teams = ["T0SISTER", stand.slack.workspaces[0].id]
    stand.member.told = {"team_id": home, "enterprise_user": of_organisation(stand, teams)}
    await stand.subscribe(SUBSCRIBE)


async def test_a_member_of_whom_no_workspace_is_told_manages(stand):
    stand.member.told = {"team_id": None}
    await stand.subscribe(SUBSCRIBE)


@pytest.mark.parametrize(
    "told",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"team_id": "T0OTHER"},
        {"team_id": "T0OTHER", "enterprise_user": {"teams": ["T0OTHER"]}},
        {"team_id": "E0ORG", "enterprise_user": {"teams": None}},
        {"is_stranger": True},
    ],
)
async def test_whoever_is_no_member_here_manages_nothing(stand, told):
    stand.member.told = told
    assert "those who manage" in texts(await stand.ask(SUBSCRIBE))
    assert await stand.subscriptions() == []


async def test_a_guest_sees_in_the_home_only_the_channels_they_are_in(stand):
    await stand.subscribe()
    guest = stand.slack.add_user("guest", told={"is_restricted": True})
    assert "#papers" in texts(await stand.slack.open_home(guest).home())
    outside = stand.slack.add_user("outside", told={"is_restricted": True})
    stand.papers.members.discard(outside)
    assert "#papers" not in texts(await stand.slack.open_home(outside).home())


async def test_whoever_slack_does_not_tell_of_sees_in_the_home_what_they_are_in(stand):
    await stand.subscribe()
    stand.slack.fault("users.info", "internal_error", times=None)
    inside = stand.slack.add_user("inside")
    assert "#papers" in texts(await stand.slack.open_home(inside).home())
    outside = stand.slack.add_user("outside")
    stand.papers.members.discard(outside)
    home = await stand.slack.open_home(outside).home()
    assert "#papers" not in texts(home)
    assert "Search" in labels(home)
