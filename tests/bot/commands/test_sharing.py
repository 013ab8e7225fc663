from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from standins.office import BERT, CHANNEL, ELSEWHERE, FRIDAY, Office, button, message, plain

from bot.errors import UserError
from bot.messages import Button, Message
from bot.models import DIRECT, Channel, Delivery

AT_HOME = Channel("wall", DIRECT, "ada")


async def posted(office: Office) -> list[Delivery]:
    """What waits in the outbox, as a sender would take it."""
    lease = timedelta(minutes=1)
    found = []
    while batch := await office.store.deliveries.claim({"wall"}, "test", office.now, lease, 50):
        found += batch
        for delivery in batch:
            await office.store.deliveries.sent(delivery, "1", office.now)
    return found


def card_button(said: Message, label: str) -> Button:
    return next(b for b in said.cards[0].buttons if b.label == label)


async def press(office: Office, pressed: Button, channel: Channel = CHANNEL) -> Message:
    asked = office.invocation(pressed.verb, pressed.args, channel)
    return message(await office.commands.answer(asked))


async def test_a_paper_is_shared_with_the_name_of_who_shared_it(office: Office) -> None:
    said = await office.ask("paper 2611.20003")
    answer = await press(office, card_button(said, "Share here"))
    assert plain(answer).strip() == "Shared in #papers."
    assert answer.private
    [delivery] = await posted(office)
    assert delivery.channel.key == CHANNEL.key
    assert "Shared by Ada" in delivery.payload.plain
    assert "Diffusion of kind 3" in delivery.payload.plain
    assert delivery.payload.paper_ids == ("2611.20003",)


async def test_a_double_press_shares_once_and_a_new_asking_shares_again(office: Office) -> None:
    pressed = card_button(await office.ask("paper 2611.20003"), "Share here")
    for _ in range(2):
        assert "Shared in" in plain(await press(office, pressed))
    assert len(await posted(office)) == 1
    await press(office, card_button(await office.ask("paper 2611.20003"), "Share here"))
    assert len(await posted(office)) == 1


async def test_two_people_and_two_channels_share_for_themselves(office: Office) -> None:
    pressed = card_button(await office.ask("paper 2611.20003"), "Share here")
    await press(office, pressed)
    await press(office, pressed, ELSEWHERE)
    asked = office.invocation(pressed.verb, pressed.args, user=BERT)
    await office.commands.answer(asked)
    told = sorted((d.channel.id, d.payload.plain.split("\n")[1]) for d in await posted(office))
    assert told == [
        ("other", "Shared by Ada"),
        ("papers", "Shared by Ada"),
        ("papers", "Shared by Bert"),
    ]


async def test_a_page_of_a_search_is_shared_as_it_stood(office: Office) -> None:
    first = await office.ask("search diffusion")
    second = message(await office.press(first, "Next 5"))
    await office.list_papers(FRIDAY, {"Diffusion diffusion diffusion": 900})
    await press(office, button(second, "Share this page"))
    [delivery] = await posted(office)
    assert delivery.payload.paper_ids == tuple(card.listed.paper.id for card in second.cards)
    assert "12 papers: diffusion" in delivery.payload.plain
    assert "Shared by Ada · 6–10" in delivery.payload.plain


async def test_a_day_and_papers_like_one_are_shared_too(office: Office) -> None:
    for line in ("today 2026-11-20", "similar 2611.20003"):
        said = await office.ask(line)
        await press(office, button(said, "Share this page"))
        [delivery] = await posted(office)
        assert delivery.payload.paper_ids == tuple(card.listed.paper.id for card in said.cards)


async def test_what_was_for_the_asker_alone_is_not_shared(office: Office) -> None:
    pressed = button(await office.ask("search diffusion"), "Share this page")
    gone = {**pressed.args, "cursor": "gone.5.12"}
    await press(office, replace(pressed, args=gone))
    [delivery] = await posted(office)
    assert "searched anew" not in delivery.payload.plain


async def test_in_direct_messages_nothing_is_shared(office: Office) -> None:
    said = await office.ask("search diffusion", AT_HOME)
    assert said.cards
    told = [b for b in said.buttons if b.verb == "share"]
    assert not told + [b for card in said.cards for b in card.buttons if b.verb == "share"]
    with pytest.raises(UserError, match="nobody else reads along here"):
        await office.ask("share 2611.20003", AT_HOME)


async def test_a_typed_share_names_its_paper(office: Office) -> None:
    assert "Shared in #papers" in plain(await office.ask("share 2611.20003"))
    assert len(await posted(office)) == 1
    with pytest.raises(
        UserError, match=r"name the paper to share, as in: /papers share 2405\.21060"
    ):
        await office.ask("share")
    with pytest.raises(UserError, match=r"arXiv knows no paper 2611\.09999"):
        await office.ask("share 2611.09999")
    assert await posted(office) == []


async def test_a_made_up_share_is_one_line(office: Office) -> None:
    with pytest.raises(UserError, match="query is missing"):
        await office.commands.answer(office.invocation("share", {"what": "search"}))
    with pytest.raises(UserError, match="what: choose one of"):
        await office.commands.answer(office.invocation("share", {"what": "status"}))
