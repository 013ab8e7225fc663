"""What people ask in Slack, and what they are answered."""

from __future__ import annotations

import pytest
from standins.office import FRIDAY, paper_id
from standins.slack_newsstand import labels, texts

from adapters.slack.forms import errors
from bot.delivery import Postman
from bot.errors import QueryError
from bot.models import SubscriptionState
from bot.queries import parse_query

LINK = "https://arxiv.org/abs/"


async def test_a_search_is_answered_to_the_asker_alone(stand):
    found = await stand.ask("search diffusion")
    assert found.visible_to is stand.member
    assert "Diffusion of kind" in texts(found)
    assert not stand.slack.messages(stand.papers)


async def test_words_without_a_verb_are_searched_for(stand):
    assert "Diffusion of kind" in texts(await stand.ask("diffusion"))


async def test_nothing_at_all_is_todays_top_three(stand):
    assert "Diffusion of kind 12" in texts(await stand.ask(""))


@pytest.mark.parametrize(
    "typed",
    ["SEARCH diffusion upvotes:&gt;=12", "search upvotes:&gt;=12 diffusion"],  # noqa: RUF100
)
async def test_what_slack_escapes_is_undone(stand, typed):
    found = texts(await stand.ask(typed))
    assert "Diffusion of kind 12" in found
    assert "Diffusion of kind 11" not in found


async def test_a_link_that_slack_marks_up_is_the_papers_card(stand):
    identity = paper_id(FRIDAY, 3)
    found = texts(await stand.ask(f"<{LINK}{identity}|arxiv.org/abs/{identity}>"))
    assert "Diffusion of kind 3" in found


async def test_a_mistake_is_told_with_its_place(stand):
    assert "^" in texts(await stand.ask("search diffusion cat:cs.LX"))


async def test_a_page_is_turned_in_place(stand):
    first = await stand.ask("search diffusion")
    second = await stand.slack.press(stand.member, first, "Next 5").updated()
    assert second is first
    assert "6–10" in texts(second)


async def test_a_paper_is_opened_from_the_menu_for_whoever_chooses_it(stand):
    found = await stand.ask("today")
    chosen = stand.slack.select(stand.member, found, "Open a paper …", "1. Diffusion of kind 12")
    opened = await chosen.message()
    assert opened is not found
    assert "Diffusion of kind 12" in texts(opened)
    assert "Save" in labels(opened)


async def test_subscribe_without_settings_opens_a_form(stand):
    form = await stand.ask_form("subscribe")
    shown = texts(form)
    for label in ("Time", "Zone", "Weekdays", "Filter", "Size", "Layout"):
        assert label in shown
    assert "Say so on days without papers" in shown
    assert "Empty" not in shown
    sent = stand.slack.submit(stand.member, form, {"time": "17:30", "filter": "cat:cs.LG"})
    await sent.closed()
    assert "Subscribed" in texts(await stand.private(1))
    [subscription] = await stand.subscriptions()
    assert f"{subscription.hour:%H:%M}" == "17:30"
    assert subscription.zone == "Europe/Berlin"
    assert subscription.filter == "cat:cs.LG"
    assert subscription.contact.id == f"{stand.slack.workspaces[0].id}/{stand.member.id}"


async def test_a_bad_filter_is_told_in_the_form_which_keeps_what_was_typed(stand):
    form = await stand.ask_form("subscribe")
    refused = await stand.slack.submit(stand.member, form, {"filter": "mamba cat:cs.LX"}).refused()
    [(name, problem)] = refused.items()
    assert name == "filter"
    assert problem == "arXiv has no category cs.LX; did you mean cat:cs.LG?"
    assert stand.slack.modal(stand.member) is form
    assert await stand.subscriptions() == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("mamba date:foo", "foo is no date; write "),  # as it was typed
        ("the of", "These words are in every paper; add one that says what it is about"),
        ("upvotes:>x mamba", ">x is no number of upvotes; write upvotes:>=20, "),
        ("x" * 501, "A query has at most 500 characters (at “x”)"),
    ],
)
def test_a_problem_of_a_query_names_what_is_wrong_in_it(typed: str, told: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse_query(typed)
    error = QueryError(f"filter: {raised.value}", raised.value.text, raised.value.place)
    [(name, problem)] = errors(error, ("time", "filter")).items()
    assert name == "filter"
    assert problem.startswith(told)
    assert told.endswith(")") is problem.endswith(")")


async def test_settings_on_the_line_need_no_form(stand):
    stand.slack.slash(stand.member, stand.papers, "subscribe 17:30 size:5 zone:Europe/London")
    assert "Subscribed" in texts(await stand.private(1))
    [proof] = stand.slack.messages(stand.papers)
    assert "will come here" in texts(proof)
    [subscription] = await stand.subscriptions()
    assert (subscription.size, subscription.zone) == (5, "Europe/London")


async def test_a_channel_that_paperboy_is_not_in_is_answered_with_what_to_type(stand):
    other = stand.slack.add_channel("elsewhere")
    said = await stand.slack.slash(stand.member, other, "subscribe 9:00").message()
    assert "/invite @" in texts(said)
    assert await stand.subscriptions() == []


async def test_a_mention_in_a_thread_is_answered_in_it(stand):
    parent = stand.slack.say(stand.member, stand.papers, "what about diffusion?")
    asked = stand.slack.mention(stand.member, stand.papers, "search diffusion", parent.ts)
    said = await asked.message()
    assert said.thread_ts == parent.ts
    assert said.visible_to is stand.member
    assert "Diffusion of kind" in texts(said)


async def test_a_form_that_a_mention_asks_for_is_behind_a_button(stand):
    asked = stand.slack.mention(stand.member, stand.papers, "subscribe")
    said = await asked.message()
    form = await stand.slack.press(stand.member, said, "Open the form").view()
    assert "Zone" in texts(form)


async def test_a_direct_message_is_read_like_a_command(stand):
    said = await stand.slack.direct(stand.member, "search diffusion").message()
    assert said.channel is stand.slack.dm(stand.member)
    assert "Diffusion of kind" in texts(said)


async def test_papers_linked_in_a_message_are_looked_up(stand):
    ids = [paper_id(FRIDAY, number) for number in (2, 5)]
    message = stand.slack.say(
        stand.member,
        stand.papers,
        f"read <{LINK}{ids[0]}> and <https://huggingface.co/papers/{ids[1]}>",
    )
    said = texts(await stand.slack.shortcut(stand.member, message, "look_up").message())
    assert "2 papers linked there" in said
    assert "Diffusion of kind 2" in said
    assert "Diffusion of kind 5" in said


async def test_an_export_comes_as_a_file_in_direct_messages(stand):
    await stand.ask(f"save {paper_id(FRIDAY, 2)}")
    await stand.ask("saved export bibtex")
    there = stand.slack.messages(stand.slack.dm(stand.member))
    assert any(each.files for each in there)


async def test_pausing_and_resuming_by_buttons_changes_one_message(stand):
    await stand.subscribe()
    listed = await stand.ask("subscriptions list")
    paused = await stand.slack.press(stand.member, listed, "Pause").updated()
    [subscription] = await stand.subscriptions()
    assert subscription.state is SubscriptionState.PAUSED
    assert paused is listed
    await stand.slack.press(stand.member, paused, "Resume").updated()
    [subscription] = await stand.subscriptions()
    assert subscription.state is SubscriptionState.ACTIVE


async def test_a_press_that_slack_brings_twice_is_done_once(stand):
    identity = paper_id(FRIDAY, 2)
    said = await stand.ask(f"paper {identity}")
    pressed = stand.slack.press(stand.member, said, "Save")
    await pressed.message()
    before = len(stand.slack.calls("response_url"))
    again = stand.slack.repeat(pressed)
    await stand.slack.until(lambda: again.ack)
    assert len(stand.slack.calls("response_url")) == before


async def test_a_command_that_slack_brings_twice_is_done_once(stand):
    asked = stand.slack.slash(stand.member, stand.papers, "subscribe 9:00")
    await stand.private(1)
    again = stand.slack.repeat(asked)
    await stand.slack.until(lambda: again.ack)
    await stand.ask("status")
    assert len(await stand.subscriptions()) == 1
    assert len(stand.slack.ephemerals(stand.member)) == 2
    assert len(stand.slack.messages(stand.papers)) == 1


async def test_a_press_on_a_message_with_a_thread_under_it_is_answered_beside_it(stand):
    await stand.ask(f"share {paper_id(FRIDAY, 3)}")
    await Postman(
        (store := stand.office.store).deliveries,
        store.subscriptions,
        store.alerts,
        {"slack": stand.platform},
        holder="one",
        clock=stand.office.clock,
    ).send_waiting()
    [shared] = stand.slack.messages(stand.papers)
    stand.slack.say(stand.member, stand.papers, "what do you think?", shared.ts)
    pressed = await stand.slack.press(stand.member, shared, "Similar").message()
    assert pressed.thread_ts is None
