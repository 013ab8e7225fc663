"""Forms whose answer is late: it is shown in their place, or told, and never lost."""

from __future__ import annotations

import asyncio

import pytest
from standins.office import FRIDAY, paper_id
from standins.slack import payloads
from standins.slack.deliveries import INTERACTIVE
from standins.slack.server import SlackStandin
from standins.slack_newsstand import labels, over_http, texts

LATER = "This takes a little longer"


@pytest.fixture
def at_once(monkeypatch):
    """Every form is late."""
    monkeypatch.setattr("adapters.slack.submitting.PATIENCE", 0.0)


async def test_an_answer_around_the_moment_of_the_acknowledgement_is_what_stays(
    office, monkeypatch
):
    async with SlackStandin(post_rate=None) as slack, over_http(office, slack) as (stand, _):

        async def search(name):
            person = slack.add_user(name)
            home = await slack.open_home(person).home()
            form = await slack.press(person, home, "Search").view()
            await slack.submit(person, form, {"query": "diffusion"}).acked()
            await slack.until(lambda: LATER not in texts(slack.modal(person)), 10, "stuck")
            # What an acknowledgement brought had to be there before.
            await asyncio.sleep(0.05)
            assert "Diffusion of kind" in texts(slack.modal(person))

        for patience in (0.0005, 0.002, 0.004, 0.008):
            monkeypatch.setattr("adapters.slack.submitting.PATIENCE", patience)
            await asyncio.gather(*(search(f"p{n}-{patience}") for n in range(3)))
        assert stand.slack.calls("views.update")


@pytest.mark.usefixtures("at_once")
async def test_whoever_has_closed_a_late_form_is_told_where_they_asked(stand):
    form = await stand.ask_form("subscribe")
    held = await stand.hold_up(0.3)
    await stand.slack.submit(stand.member, form, {}).acked()
    await stand.slack.until(lambda: LATER in texts(form))
    stand.slack.close(stand.member, form)
    await held
    assert "Subscribed" in texts(await stand.private(1))
    assert len(await stand.subscriptions()) == 1


@pytest.mark.usefixtures("at_once")
async def test_whoever_has_closed_a_late_form_of_the_home_is_told_directly(stand):
    home = await stand.slack.open_home(stand.member).home()
    form = await stand.slack.press(stand.member, home, "Search").view()
    held = await stand.hold_up(0.3)
    sent = stand.slack.submit(stand.member, form, {"query": "diffusion"})
    await sent.acked()
    await stand.slack.until(lambda: LATER in texts(form))
    stand.slack.close(stand.member, form)
    await held
    said = await sent.message()
    assert said.channel is stand.slack.dm(stand.member)
    assert "Diffusion of kind" in texts(said)


@pytest.mark.usefixtures("at_once")
async def test_a_late_problem_is_told_in_place_of_the_form(stand):
    form = await stand.ask_form("subscribe")
    stand.slack.submit(stand.member, form, {"filter": "mamba cat:cs.LX"})
    await stand.slack.until(lambda: "cat:cs.LG" in texts(form))
    assert "did not work" in form.title


async def note_form(stand):
    """The form of a note, which is its own answer where nothing stands in it."""
    await stand.ask(f"save {paper_id(FRIDAY, 2)}")
    return await stand.ask_form(f"saved note {paper_id(FRIDAY, 2)}")


async def empty(stand, form):
    """What Slack sends where nothing was put into the form, be it needed or not."""
    world = stand.slack.world
    about = payloads.interaction(
        world, stand.member, "view_submission", world.new_trigger(form.user)
    )
    told = payloads.in_view(world, form)["view"] | {"state": {"values": {}}}
    sent = stand.slack.deliver(INTERACTIVE, about | {"view": told, "response_urls": []})
    await stand.slack.until(lambda: sent.ack)
    assert LATER in str(sent.ack.body)


@pytest.mark.usefixtures("at_once")
async def test_a_late_answer_that_is_a_form_is_shown(stand):
    form = await note_form(stand)
    before = form.changes
    await empty(stand, form)
    await stand.slack.until(lambda: form.changes > before)
    assert form.body.get("submit")
    assert LATER not in texts(form)


@pytest.mark.usefixtures("at_once")
async def test_a_late_form_that_was_closed_is_behind_a_button(stand):
    form = await note_form(stand)
    stand.slack.close(stand.member, form)
    await empty(stand, form)
    said = await stand.private(2)
    assert labels(said) == ["Open the form"]
