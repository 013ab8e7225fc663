"""Answers that come late, that Discord refuses, or that are more than it takes."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from standins.newsstand import hold_up, labels, texts

from adapters.discord import responding

EPHEMERAL = 64
NEW_MESSAGE, IN_PLACE = 5, 6  # what an acknowledgement promises
CALLBACK, FOLLOW_UP = "/interactions/*/callback", "/webhooks/*"
LONG = " OR ".join(f"diffusion{n}" for n in range(30)) + " OR kind"


@pytest.fixture
def hurried(monkeypatch):
    """Nothing is waited for: whatever needs the database is acknowledged first."""
    monkeypatch.setattr(responding, "PATIENCE", 0.05)
    monkeypatch.setattr(responding, "FORM_PATIENCE", 0.05)


@contextlib.asynccontextmanager
async def load(stand):
    busy = await hold_up(stand, 0.4)
    yield
    await busy


def selects(message):
    return [each for each in walked(message.components) if each["type"] == 3]


def walked(components):
    for component in components:
        yield component
        yield from walked(component.get("components", []))


async def many_subscriptions(stand, count):
    """More than fits into a message; each is told with its filter."""
    await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    store = stand.office.store.subscriptions
    [first] = await store.every()
    for number in range(count):
        words = " OR ".join(f'"a rather long phrase {number} {n}"' for n in range(12))
        await store.insert(replace(first, filter=words))


@pytest.mark.parametrize("query", ["diffusion", LONG], ids=["told by its id", "kept by a token"])
@pytest.mark.usefixtures("hurried")
async def test_a_page_that_is_turned_under_load_comes_in_place(stand, query):
    said = await stand.ask("search", query=query)
    before = texts(said)
    async with load(stand):
        asked = stand.discord.press(stand.member, said, "Next 5")
        assert (await asked.answer()).kind == IN_PLACE
    await stand.discord.until(lambda: texts(said) != before)
    assert "6–10" in texts(said)
    assert asked.followups == []


@pytest.mark.usefixtures("hurried")
async def test_in_direct_messages_too(stand):
    dm = stand.discord.dm(stand.member)
    said = await stand.discord.slash(
        stand.member, dm, "papers search", {"query": "diffusion"}
    ).message()
    async with load(stand):
        asked = stand.discord.press(stand.member, said, "Next 5")
        assert (await asked.answer()).kind == IN_PLACE
    await stand.discord.until(lambda: "6–10" in texts(said))
    assert stand.discord.messages(dm) == [said]


@pytest.mark.usefixtures("hurried")
async def test_a_setting_that_is_changed_under_load_stays_on_its_card(stand):
    said = await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    await stand.discord.press(stand.owner, said, "Change").answer()
    [ranking] = [s for s in selects(said) if s["options"][0]["value"] == "upvotes"]
    async with load(stand):
        asked = stand.discord.choose(stand.owner, said, ranking["custom_id"], ["newest"])
        assert (await asked.answer()).kind == IN_PLACE
    await stand.discord.until(lambda: held(said, "newest"))
    assert asked.followups == []


def held(message, value):
    options = [option for select in selects(message) for option in select["options"]]
    return next(option.get("default") for option in options if option["value"] == value)


@pytest.mark.usefixtures("hurried")
async def test_a_paper_that_is_opened_under_load_is_a_message_of_its_own(stand):
    said = await stand.ask("search", query="diffusion")
    [menu] = selects(said)
    chosen = menu["options"][0]["value"]
    before = texts(said)
    async with load(stand):
        asked = stand.discord.choose(stand.member, said, menu["custom_id"], [chosen])
        assert (await asked.answer()).kind == NEW_MESSAGE
    card = await asked.message()
    assert card.flags & EPHEMERAL
    assert chosen in texts(card)
    assert texts(said) == before


async def pressed_without_the_right(stand):
    """A card of somebody who managed the channel when it came, pressed under load."""
    guild = stand.discord.guilds[0]
    role = stand.discord.add_role(guild, "Librarians", 1 << 4)
    stand.discord.join(stand.member, guild, role)
    said = await stand.ask("subscribe", stand.member, zone="Europe/Berlin")
    stand.discord.join(stand.member, guild)
    async with load(stand):
        asked = stand.discord.press(stand.member, said, "Undo")
        assert (await asked.answer()).kind == IN_PLACE
    return said, asked


@pytest.mark.usefixtures("hurried")
async def test_what_then_can_t_be_done_is_said_beside_the_card_that_was_pressed(stand):
    said, asked = await pressed_without_the_right(stand)
    told = await asked.followup()
    assert "those who manage this channel" in texts(told)
    assert told.flags & EPHEMERAL
    assert "Subscribed" in texts(said)


@pytest.mark.usefixtures("hurried")
async def test_where_that_is_refused_it_is_said_in_plain_text(stand):
    refused = stand.discord.fail("POST", FOLLOW_UP, 400, 50035)
    _, asked = await pressed_without_the_right(stand)
    told = await asked.followup()
    assert refused.met == 1
    assert "those who manage this channel" in told.content
    assert told.flags & EPHEMERAL


@pytest.mark.usefixtures("hurried")
async def test_a_form_that_took_too_long_leaves_the_card_that_asked_for_it(stand):
    said = await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    await stand.discord.press(stand.owner, said, "Change").answer()
    before = texts(said)
    async with load(stand):
        asked = stand.discord.press(stand.owner, said, "Time, zone, filter …")
    assert "ask once more" in texts(await asked.followup())
    assert texts(said) == before


@pytest.mark.usefixtures("hurried")
async def test_a_page_whose_message_was_deleted_meanwhile_breaks_nothing(stand):
    said = await stand.ask("search", query="diffusion")
    async with load(stand):
        asked = stand.discord.press(stand.member, said, "Next 5")
        await asked.answer()
        stand.discord.delete_message(said)
    assert "12 papers" in texts(await stand.ask("search", query="diffusion"))
    assert asked.followups == []


@pytest.mark.usefixtures("hurried")
async def test_a_refused_page_is_told_in_plain_text_beside_it(stand):
    said = await stand.ask("search", query="diffusion")
    refused = stand.discord.fail("PATCH", FOLLOW_UP, 400, 50035)
    async with load(stand):
        asked = stand.discord.press(stand.member, said, "Next 5")
    told = await asked.followup()
    assert refused.met == 1
    assert "6–10" in told.content
    assert told.flags & EPHEMERAL


async def test_a_refused_form_says_how_to_do_without_it(stand):
    refused = stand.discord.fail("POST", CALLBACK, 400, 50035)
    said = await stand.ask("alert hours")
    assert refused.met == 1
    assert "/papers alert hours" in said.content
    assert said.flags & EPHEMERAL


async def test_a_followup_that_is_refused_is_missed_by_name(stand):
    await many_subscriptions(stand, 9)
    refused = stand.discord.fail("POST", FOLLOW_UP, 400, 50035)
    channel = stand.discord.channel("papers")
    asked = stand.discord.slash(stand.owner, channel, "papers subscriptions list", {})
    told = await asked.followup()
    assert refused.met == 1
    assert "ask once more" in told.content


async def test_where_discord_takes_six_messages_the_sixth_says_that_there_is_more(stand):
    await many_subscriptions(stand, 60)
    channel, alone = stand.discord.channel("papers"), {"1": str(stand.owner.id)}
    asked = stand.discord.slash(
        stand.owner, channel, "papers subscriptions list", {}, integration_owners=alone
    )
    last = await asked.followup(4)
    assert "six messages" in texts(last)
    await stand.ask("search", query="diffusion")
    assert len(asked.followups) == 5
    assert "#1" in texts(asked.original())
    assert stand.discord.status_count(400) == 0


async def test_where_paperboy_is_a_member_all_of_it_comes(stand):
    await many_subscriptions(stand, 60)
    channel = stand.discord.channel("papers")
    asked = stand.discord.slash(stand.owner, channel, "papers subscriptions list", {})
    await stand.discord.until(lambda: any("#61" in texts(m) for m in asked.followups), 10)
    assert len(asked.followups) > 5
    assert labels(asked.original()) == []
