"""What a shared place is asked once, who manages it, and where Paperboy can't post."""

from __future__ import annotations

from dataclasses import replace

import pytest
from standins.office import ADA, CHANNEL, ELSEWHERE, Office, button, message, plain

from bot.errors import UserError
from bot.messages import Message
from bot.models import DIRECT, Channel

ZONES = ("Europe/Rome", "America/New_York")


async def subscribe(office: Office, channel: Channel = CHANNEL, **args: str) -> Message:
    asked = office.invocation("subscribe", args, channel)
    return message(await office.commands.answer(replace(asked, zones=ZONES)))


async def test_the_zone_is_asked_where_nothing_tells_it(office: Office) -> None:
    said = await subscribe(office, filter="mamba")
    assert [b.label for b in said.buttons] == [*ZONES]
    assert button(said, "Europe/Rome").args == {"filter": "mamba", "zone": "Europe/Rome"}
    assert await office.store.subscriptions.of_channel(CHANNEL) == []
    assert office.wall.posted == []


async def test_it_is_asked_once_in_a_workspace(office: Office) -> None:
    pressed = await office.press(await subscribe(office), "Europe/Rome")
    assert message(pressed).title.endswith("09:00 Europe/Rome")
    said = await subscribe(office, ELSEWHERE)
    assert said.title.endswith("09:00 Europe/Rome")


async def test_it_is_not_asked_where_it_is_given_or_nobody_else_lives(office: Office) -> None:
    said = await subscribe(office, zone="Asia/Tokyo")
    assert said.title.endswith("09:00 Asia/Tokyo")
    said = await subscribe(office, Channel("wall", DIRECT, ADA.id))
    assert said.title.endswith("09:00 Europe/Berlin")


@pytest.mark.parametrize("verb", ["subscribe", "subscriptions now", "subscriptions test", "share"])
async def test_what_keeps_paperboy_from_posting_is_said_before_anything_is_done(
    office: Office, verb: str
) -> None:
    if verb != "subscribe":
        await office.ask("subscribe")
    before = list(office.wall.posted)
    asked = replace(office.invocation(verb, {}), obstacle="Paperboy lacks Send Messages here.")
    with pytest.raises(UserError, match="lacks Send Messages"):
        await office.commands.answer(asked)
    assert office.wall.posted == before


async def test_a_role_may_be_let_manage_and_no_more(office: Office) -> None:
    assert "No role manages" in plain(await office.ask("managers"))
    said = await office.ask("managers 42 Librarians of the lab")
    assert "the role Librarians of the lab manage" in plain(said)
    assert await office.store.places.managers("wall", "lab") == "42 Librarians of the lab"
    await office.press(said, "Nobody")
    assert await office.store.places.managers("wall", "lab") == ""


async def test_alone_with_paperboy_there_is_nobody_to_manage(office: Office) -> None:
    with pytest.raises(UserError, match="shared places"):
        await office.ask("managers 42", Channel("wall", DIRECT, ADA.id))


# --- where people are chosen by circle

CIRCLES = (("members", "every member"), ("admins", "admins and owners of the workspace"))


async def manage(office: Office, circles: tuple[tuple[str, str], ...] = CIRCLES, **args: str):
    asked = office.invocation("managers", args)
    return message(await office.commands.answer(replace(asked, circles=circles)))


async def test_where_there_are_no_roles_a_circle_manages(office: Office) -> None:
    said = await manage(office)
    assert "Paperboy is managed here by every member." in plain(said)
    assert "Whoever looks after a subscription can always change that one." in plain(said)
    assert [b.label for b in said.buttons] == ["Let admins manage"]
    said = await manage(office, **button(said, "Let admins manage").args)
    assert "managed here by admins and owners of the workspace." in plain(said)
    assert await office.store.places.managers("wall", "lab") == "admins"
    assert "admins and owners" in plain(await manage(office))
    said = await manage(office, **button(said, "Let members manage").args)
    assert "managed here by every member." in plain(said)


async def test_a_circle_is_written_in_any_case_and_no_other_is_taken(office: Office) -> None:
    await manage(office, role="ADMINS")
    for other in ("none", "adm", "42 Librarians", "members, admins"):
        with pytest.raises(UserError, match="write one of members, admins"):
            await manage(office, role=other)
    assert await office.store.places.managers("wall", "lab") == "admins"


async def test_where_nobody_has_chosen_the_first_circle_manages(office: Office) -> None:
    assert "managed here by admins and owners" in plain(await manage(office, CIRCLES[::-1]))
    await office.store.places.name_managers("wall", "lab", "42 Librarians")
    assert "managed here by every member" in plain(await manage(office))


async def test_who_manages_is_told_to_everybody_and_set_by_those_alone(office: Office) -> None:
    asked = replace(office.invocation("managers", {}), may_manage=False)
    assert "No role manages" in plain(message(await office.commands.answer(asked)))
    with pytest.raises(UserError, match="those who manage"):
        await office.commands.answer(replace(asked, args={"role": "42"}))
