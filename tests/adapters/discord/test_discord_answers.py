"""What people see who use Paperboy in Discord."""

from __future__ import annotations

from datetime import timedelta

from standins.discord.library import pointed_at
from standins.discord.server import DiscordStandin
from standins.newsstand import connected, labels, texts

EPHEMERAL = 64
YEAR = timedelta(days=365)


async def test_a_search_is_answered_to_the_asker_alone(stand):
    said = await stand.ask("search", query="diffusion")
    assert said.flags & EPHEMERAL
    assert "[**Diffusion** of kind 9]" in texts(said)
    assert "Next 5" in labels(said)
    assert stand.discord.refused == []


async def test_a_page_is_turned_in_place(stand):
    said = await stand.ask("search", query="diffusion")
    before = texts(said)
    turned = await stand.discord.press(stand.member, said, "Next 5").answer()
    assert turned.kind == 7
    assert texts(said) != before


async def test_buttons_work_after_a_restart(office):
    long = " OR ".join(f"diffusion{n}" for n in range(30)) + " OR kind"
    async with DiscordStandin() as discord:
        with pointed_at(discord):
            async with connected(office, discord) as first:
                said = await first.ask("search", query=long)
            async with connected(office, discord) as second:
                turned = await discord.press(second.member, said, "Next 5").answer()
    assert turned.kind == 7
    assert "6–10" in texts(said)


async def test_a_button_that_stands_for_nothing_any_more_says_so(stand):
    said = await stand.ask(
        "search", query=" OR ".join(f"diffusion{n}" for n in range(30)) + " OR kind"
    )
    await stand.office.store.keeper.prune(stand.office.now + YEAR, YEAR / 2, YEAR)
    pressed = await stand.discord.press(stand.member, said, "Next 5").message()
    assert "from long ago" in texts(pressed)


async def test_a_paper_is_opened_from_the_list(stand):
    said = await stand.ask("search", query="diffusion")
    [menu] = selects(said)
    chosen = menu["options"][0]["value"]
    card = await stand.discord.choose(stand.member, said, menu["custom_id"], [chosen]).message()
    assert card.flags & EPHEMERAL
    assert chosen in texts(card)


async def test_what_is_mistyped_is_said_with_its_place(stand):
    said = await stand.ask("search", query="cat:cs.LX")
    assert "cs.LG" in texts(said)
    assert "```\ncat:cs.LX\n    ^\n```" in texts(said)


async def test_who_does_not_manage_the_channel_is_refused(stand):
    said = await stand.ask("subscribe", zone="Europe/Berlin")
    assert "those who manage this channel" in texts(said)
    assert stand.discord.messages(stand.discord.channel("papers")) == []


async def test_the_owner_subscribes_and_the_channel_is_proved(stand):
    said = await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    assert "Subscribed" in texts(said)
    [proof] = stand.discord.messages(stand.discord.channel("papers"))
    assert "will come here" in texts(proof)


async def test_a_role_that_was_named_may_manage_and_loses_it_again(stand):
    role = stand.discord.add_role(stand.discord.guilds[0], "Librarians")
    stand.discord.join(stand.member, stand.discord.guilds[0], role)
    await stand.ask("managers", stand.owner, role=role)
    said = await stand.ask("subscribe", stand.member, zone="Europe/Berlin")
    assert "Subscribed" in texts(said)
    await stand.office.store.places.name_managers("discord", str(stand.discord.guilds[0].id), "")
    pressed = await stand.discord.press(stand.member, said, "Undo").message()
    assert "those who manage this channel" in texts(pressed), "an old button helps nobody"
    assert len(await stand.office.store.subscriptions.every()) == 1


async def test_what_is_lacking_is_named_before_anything_is_stored(stand):
    channel = stand.discord.channel("papers")
    stand.discord.overwrite(channel, stand.discord.bot, deny=1 << 11)
    said = await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    assert "Send Messages" in texts(said)
    assert await stand.office.store.subscriptions.every() == []


def selects(message):
    return [c for c in _walk(message.components) if c["type"] == 3]


def _walk(components):
    for component in components:
        yield component
        yield from _walk(component.get("components", []))


async def test_a_change_is_made_on_a_private_card(stand):
    said = await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    card = await stand.discord.press(stand.owner, said, "Change").message()
    assert card.flags & EPHEMERAL or card is said
    shown = said if selects(said) else card
    assert len(selects(shown)) == 5  # weekdays, size, ranking, layout, empty
    ranking = next(s for s in selects(shown) if s["options"][0]["value"] == "upvotes")
    asked = stand.discord.choose(stand.owner, shown, ranking["custom_id"], ["newest"])
    assert (await asked.answer()).kind == 7
    [kept] = await stand.office.store.subscriptions.every()
    assert kept.ranking == "newest"
    days = next(s for s in selects(shown) if s["options"][0]["value"] == "mon")
    await stand.discord.choose(stand.owner, shown, days["custom_id"], ["mon", "thu"]).answer()
    [kept] = await stand.office.store.subscriptions.every()
    assert kept.weekdays == {0, 3}


async def test_a_bad_filter_comes_back_with_its_text_and_its_place(stand):
    said = await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    await stand.discord.press(stand.owner, said, "Change").answer()
    modal = await stand.discord.press(stand.owner, said, "Time, zone, filter …").answer()
    assert modal.is_modal
    wrong = {"time": "18:30", "zone": "Asia/Tokyo", "filter": "cat:cs.LX mamba"}
    refused = await stand.discord.submit(stand.owner, modal, wrong).message()
    assert "^" in texts(refused)
    again = await stand.discord.press(stand.owner, refused, "Edit …").answer()
    assert again.is_modal
    assert values(again) == wrong
    right = wrong | {"filter": "cat:cs.LG mamba"}
    await stand.discord.submit(stand.owner, again, right).message()
    [kept] = await stand.office.store.subscriptions.every()
    assert (f"{kept.hour:%H:%M}", kept.zone, kept.filter) == (
        "18:30",
        "Asia/Tokyo",
        "cat:cs.LG mamba",
    )


async def test_values_are_offered_while_typing(stand):
    channel = stand.discord.channel("papers")
    asked = stand.discord.autocomplete(
        stand.member, channel, "papers subscribe", {"zone": "berl"}, focused="zone"
    )
    assert [c["value"] for c in (await asked.answer()).choices] == ["Europe/Berlin"]


async def test_a_direct_message_is_read_like_a_command(stand):
    stand.discord.say(stand.member, stand.discord.dm(stand.member), "diffusion")
    said = await stand.discord.until(lambda: answered(stand, stand.discord.dm(stand.member)))
    assert "12 papers: diffusion" in texts(said)
    assert not said.flags & EPHEMERAL


async def test_a_mention_is_answered_and_what_is_private_stays_behind_a_button(stand):
    channel, me = stand.discord.channel("papers"), f"<@{stand.discord.bot.id}>"
    stand.discord.say(stand.member, channel, f"{me} diffusion")
    said = await stand.discord.until(lambda: answered(stand, channel))
    assert "12 papers: diffusion" in texts(said)
    stand.discord.say(stand.member, channel, f"{me} alert list")
    said = await stand.discord.until(lambda: answered(stand, channel, 2))
    assert labels(said) == ["Show me"]
    shown = await stand.discord.press(stand.member, said, "Show me").message()
    assert shown.flags & EPHEMERAL


async def test_the_papers_of_a_message_are_looked_up(stand):
    channel = stand.discord.channel("papers")
    linked = stand.discord.say(
        stand.owner, channel, "https://arxiv.org/abs/2611.20001 and 2611.20002v3!"
    )
    asked = stand.discord.context_menu(stand.member, channel, "Look up its papers", linked)
    said = await asked.message()
    assert "2 papers linked there" in texts(said)
    assert said.flags & EPHEMERAL
    plain = stand.discord.say(stand.owner, channel, "no paper at all")
    asked = stand.discord.context_menu(stand.member, channel, "Look up its papers", plain)
    assert "No paper is linked" in texts(await asked.message())


def answered(stand, channel, times=1):
    """The bot's message there, once there are so many."""
    own = [m for m in stand.discord.messages(channel) if m.author is stand.discord.bot]
    return own[-1] if len(own) >= times else None


def values(modal):
    inputs = [label["component"] for label in modal.data["components"]]
    return {each["custom_id"]: each.get("value", "") for each in inputs}


async def test_in_direct_messages_answers_are_plain_messages_and_pages_turn_in_place(stand):
    dm = stand.discord.dm(stand.member)
    asked = stand.discord.slash(stand.member, dm, "papers search", {"query": "diffusion"})
    said = await asked.message()
    assert not said.flags & EPHEMERAL
    assert (await stand.discord.press(stand.member, said, "Next 5").answer()).kind == 7
    stand.discord.say(stand.member, dm, "diffusion")
    written = await stand.discord.until(lambda: answered(stand, dm, 2))
    turned = await stand.discord.press(stand.member, written, "Next 5").answer()
    assert turned.kind == 4, "what was written stays"


async def test_who_manages_one_channel_can_t_name_managers_of_all(stand):
    channel, guild = stand.discord.channel("papers"), stand.discord.guilds[0]
    stand.discord.overwrite(channel, stand.member, allow=1 << 4)
    role = stand.discord.add_role(guild, "Mine")
    said = await stand.ask("managers", stand.member, role=role)
    assert "those who manage this channel" in texts(said)
    assert await stand.office.store.places.managers("discord", str(guild.id)) == ""


async def test_who_may_not_write_in_a_channel_can_t_share_there(stand):
    channel = stand.discord.channel("papers")
    stand.discord.overwrite(channel, stand.member, deny=1 << 11)
    said = await stand.ask("paper", id="2611.20001")
    pressed = await stand.discord.press(stand.member, said, "Share here").message()
    assert "may not write" in texts(pressed)
    assert stand.discord.messages(channel) == []
    assert await stand.office.store.deliveries.counts() == {}


async def test_thanks_under_a_digest_is_no_search(stand):
    channel = stand.discord.channel("papers")
    await stand.ask("subscribe", stand.owner, zone="Europe/Berlin")
    [posted] = stand.discord.messages(channel)
    stand.discord.say(stand.member, channel, "thanks, lovely", reply_to=posted)
    for times in (2, 3, 4):  # by then whatever was begun before has been answered too
        stand.discord.say(stand.member, channel, f"<@{stand.discord.bot.id}> diffusion")
        await stand.discord.until(lambda times=times: answered(stand, channel, times))
    said = [texts(m) for m in stand.discord.messages(channel) if m.author is stand.discord.bot]
    assert [each for each in said if "thanks" in each] == []


async def test_a_mention_is_answered_where_the_history_may_not_be_read(stand):
    channel = stand.discord.channel("papers")
    stand.discord.overwrite(channel, stand.discord.bot, deny=1 << 16)
    stand.discord.say(stand.member, channel, f"<@{stand.discord.bot.id}> diffusion")
    said = await stand.discord.until(lambda: answered(stand, channel))
    assert "12 papers: diffusion" in texts(said)


async def test_a_mention_is_answered_in_a_thread_of_a_channel_that_the_library_does_not_know(stand):
    odd = stand.discord.add_channel(stand.discord.guilds[0], "odd", 99)
    thread = stand.discord.add_thread(odd, "papers there")
    me = f"<@{stand.discord.bot.id}>"
    stand.discord.say(stand.member, thread, f"{me} diffusion")
    said = await stand.discord.until(lambda: answered(stand, thread))
    assert "12 papers: diffusion" in texts(said)
    stand.discord.say(stand.member, thread, f"{me} subscribe zone:Europe/Berlin")
    said = await stand.discord.until(lambda: answered(stand, thread, 2))
    assert "those who manage this channel" in texts(said)
    stand.discord.say(stand.owner, thread, f"{me} subscribe zone:Europe/Berlin")
    said = await stand.discord.until(lambda: answered(stand, thread, 3))
    assert "those who manage this channel" not in texts(said)
