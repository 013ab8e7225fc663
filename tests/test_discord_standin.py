"""The stand-in of Discord, tried with a plain client of discord.py as its app."""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from standins.discord import permissions
from standins.discord.forms import modal_problems
from standins.discord.library import discord, pointed_at
from standins.discord.sample import App, Card, running
from standins.discord.server import PIXEL, DiscordStandin
from standins.discord.world import FORUM, User


@pytest.fixture
async def standin() -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin(guilds=2, buckets={}, check=None) as server:
        yield server


@pytest.fixture
async def app(standin: DiscordStandin) -> AsyncIterator[App]:
    async with running(standin) as client:
        yield client


@pytest.fixture
def ada(standin: DiscordStandin) -> User:
    return standin.add_user("ada", *standin.guilds)


async def test_login_brings_guilds_commands_and_the_application(
    standin: DiscordStandin, app: App
) -> None:
    assert [guild.name for guild in app.guilds] == ["guild-0", "guild-1"]
    assert all(guild.me for guild in app.guilds)
    assert (standin.syncs, [each["name"] for each in standin.commands]) == (
        1,
        ["papers", "Look up papers"],
    )
    about = await app.application_info()
    assert (about.name, about.owner.name, about.bot_public) == ("Paperboy", "operator", True)
    assert len(await app.tree.fetch_commands()) == 2
    assert (await app.fetch_guild(standin.guilds[0].id)).preferred_locale.value == "en-US"
    assert (await app.fetch_channel(standin.channel().id)).name == "papers"


async def test_a_wrong_token_is_refused(standin: DiscordStandin) -> None:
    client = App()
    with pointed_at(standin), pytest.raises(discord.LoginFailure):
        await client.login("wrong")
    await client.close()
    assert standin.bad_answers == 1


async def test_a_command_is_answered(standin: DiscordStandin, app: App, ada: User) -> None:
    asked = standin.slash(ada, standin.channel(), "papers search", {"query": "rag", "size": 3})
    answer = await asked.answer()
    assert (answer.kind, answer.data["content"]) == (4, "3 about rag")
    assert asked.seconds is not None
    assert asked.seconds < 3
    assert [each.content for each in standin.messages(standin.channel())] == ["3 about rag"]
    added = standin.slash(
        ada, standin.channel("general"), "papers alert add",
        {"query": "x", "channel": standin.channel()},
    )  # fmt: skip
    assert (await added.message()).content == "x in papers"
    assert (await added.message()).is_ephemeral
    assert app.application_id == standin.world.application.id


async def test_a_command_that_is_not_registered_fails_the_test(
    standin: DiscordStandin, app: App, ada: User
) -> None:
    assert app.is_ready()
    channel = standin.channel()
    with pytest.raises(AssertionError, match="not registered: no 'find'"):
        standin.slash(ada, channel, "papers find")
    with pytest.raises(AssertionError, match="no option"):
        standin.slash(ada, channel, "papers search", {"words": "x"})
    with pytest.raises(AssertionError, match="must be given"):
        standin.slash(ada, channel, "papers search")
    there = {"query": "x", "channel": channel}
    with pytest.raises(AssertionError, match="is in another place"):
        standin.slash(ada, standin.dm(ada), "papers alert add", there)
    with pytest.raises(AssertionError, match="one more word"):
        standin.slash(ada, channel, "papers alert")


async def test_a_deferred_answer_is_edited(standin: DiscordStandin, app: App, ada: User) -> None:
    asked = standin.slash(ada, standin.channel(), "papers late")
    assert (await asked.answer()).kind == 5
    assert (await asked.message()).content == "here it is"
    assert asked.original() is (await asked.message())
    assert app.is_ready()


async def test_autocomplete_gives_choices(standin: DiscordStandin, app: App, ada: User) -> None:
    asked = standin.autocomplete(ada, standin.channel(), "papers search", {"query": "rl"})
    assert (await asked.answer()).choices == [{"name": "rlhf", "value": "rlhf"}]
    assert app.is_ready()


async def test_a_form_goes_there_and_back(standin: DiscordStandin, app: App, ada: User) -> None:
    shown = standin.slash(ada, standin.channel(), "papers card")
    await shown.message()
    form = await standin.press(ada, shown, "Change").answer()
    assert form.is_modal
    sent = standin.submit(ada, form, {"Hour": "17:30", "Days": ["Tue"]})
    assert (await sent.message()).content == "17:30 on ['Tue']"
    form = await standin.press(ada, shown, "Change").answer()
    assert (await standin.submit(ada, form).message()).content == "09:00 on ['Mon']"
    with pytest.raises(AssertionError, match="too long"):
        standin.submit(ada, form, {"Hour": "17:30:00"})
    assert app.is_ready()


async def test_a_button_edits_its_message(standin: DiscordStandin, app: App, ada: User) -> None:
    shown = await standin.slash(ada, standin.channel(), "papers card").message()
    late = standin.press(ada, shown, "card:defer")
    assert (await late.message()).content == "at last"
    assert (await late.message()).is_ephemeral
    await standin.press(ada, shown, "Count").answer()
    assert shown.components[0]["content"] == "pressed 1"
    with pytest.raises(AssertionError, match="there is no 'Count'"):
        standin.press(ada, shown, "Count")
    assert app.is_ready()


async def test_a_button_of_before_a_restart_works(standin: DiscordStandin, ada: User) -> None:
    async with running(standin):
        shown = await standin.slash(ada, standin.channel(), "papers card").message()
    async with running(standin):
        opened = await standin.press(ada, shown, "Open 2401.00001").message()
        assert opened.content == "this is 2401.00001"
        days = await standin.choose(ada, shown, "card:days", ["Tue", "Mon"]).followup()
        assert days.content == "Tue and Mon"
        await standin.press(ada, shown, "Count").answer()
    assert shown.components[0]["content"] == "pressed 1"
    assert standin.gateway.identifies == 2


async def test_a_menu_and_mentions(standin: DiscordStandin, app: App, ada: User) -> None:
    said = standin.say(ada, standin.channel(), "2401.00001")
    asked = standin.context_menu(ada, standin.channel(), "Look up papers", said)
    assert (await asked.message()).content == "in: 2401.00001"
    standin.say(ada, standin.channel(), f"{standin.bot.mention} search rag")
    standin.say(ada, standin.dm(ada), "search rag")
    await standin.until(lambda: len(app.heard) == 3)
    assert [each.content for each in app.heard] == [
        "",
        f"{standin.bot.mention} search rag",
        "search rag",
    ]
    assert app.heard[1].mentions == [app.user]


async def test_what_only_a_user_installed_is_told_so(
    standin: DiscordStandin, app: App, ada: User
) -> None:
    elsewhere = standin.world.add_guild("elsewhere", installed=False)
    standin.join(ada, elsewhere)
    asked = standin.slash(ada, elsewhere.channel("papers"), "papers search", {"query": "x"})
    assert asked.interaction.owners == {"1": str(ada.id)}
    await asked.message()
    token = asked.interaction.token
    hook = discord.Webhook.partial(app.application_id, token, client=app)
    for _ in range(5):
        await hook.send("more")
    with pytest.raises(discord.HTTPException) as caught:
        await hook.send("too much")
    assert caught.value.code == 40094


async def test_the_limit_for_all_holds_and_is_met_by_waiting() -> None:
    async with DiscordStandin(guilds=12, rate=10) as standin, running(standin) as app:
        await asyncio.sleep(1.1)
        places = [app.get_channel(guild.channel("papers").id) for guild in standin.guilds]
        await asyncio.gather(*(place.send("hello") for place in places))
        assert [len(standin.messages(guild.channel("papers"))) for guild in standin.guilds] == [
            1
        ] * 12
        assert standin.status_count(429) >= 1
        assert standin.bad_answers == standin.status_count(429)


async def test_a_bucket_says_how_full_it_is() -> None:
    async with DiscordStandin() as standin:
        await _fill_a_bucket(standin)


async def _fill_a_bucket(standin: DiscordStandin) -> None:
    url = f"{standin.api_url}/channels/{standin.channel().id}/messages"
    headers = {"Authorization": f"Bot {standin.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for left in (4, 3, 2, 1, 0):
            async with session.post(url, json={"content": "x"}) as answer:
                assert answer.headers["X-RateLimit-Remaining"] == str(left)
                assert answer.headers["Content-Type"] == "application/json"
        async with session.post(url, json={"content": "x"}) as answer:
            assert answer.status == 429
            assert (await answer.json())["global"] is False
            assert answer.headers["Via"]
    assert len(standin.messages(standin.channel())) == 5


@pytest.mark.parametrize("code", [4000, 4009, 1011])
async def test_a_closed_gateway_is_resumed_without_a_loss(
    standin: DiscordStandin, app: App, ada: User, code: int
) -> None:
    standin.close_gateway(code)
    for number in range(5):
        standin.say(ada, standin.dm(ada), str(number))
    await standin.until(lambda: len(app.heard) == 5, 10)
    assert [each.content for each in app.heard] == list("01234")
    assert (standin.gateway.identifies, standin.gateway.resumes) == (1, 1)
    assert "shard_resumed" in app.events


async def test_op_7_and_a_cut_line_lose_nothing(
    standin: DiscordStandin, app: App, ada: User
) -> None:
    standin.reconnect()
    standin.say(ada, standin.dm(ada), "one")
    await standin.until(lambda: standin.gateway.resumes == 1)
    standin.cut_gateway()
    standin.say(ada, standin.dm(ada), "two")
    await standin.until(lambda: len(app.heard) == 2, 20)
    assert standin.gateway.identifies == 1


async def test_an_invalid_session_is_identified_anew(
    standin: DiscordStandin, app: App, ada: User
) -> None:
    standin.invalidate()
    await standin.until(lambda: standin.gateway.identifies == 2, 10)
    standin.say(ada, standin.dm(ada), "heard")
    await standin.until(lambda: app.heard)


async def test_privileged_intents_need_the_applications_flag(standin: DiscordStandin) -> None:
    wanted = discord.Intents.default()
    wanted.message_content = True
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(standin, App(wanted)):
            pass
    standin.world.application.flags = 1 << 19
    ada = standin.add_user("ada", *standin.guilds)
    async with running(standin, App(wanted)) as app:
        standin.say(ada, standin.channel(), "read")
        await standin.until(lambda: app.heard)
        assert app.heard[0].content == "read"


async def test_shards_hear_only_of_their_guilds() -> None:
    async with DiscordStandin(guilds=5, shards=2) as standin, running(standin) as app:
        assert len(app.guilds) == 5
        assert {guild.shard_id for guild in app.guilds} == {0, 1}
        ada = standin.add_user("ada", *standin.guilds)
        for guild in standin.guilds:
            asked = standin.slash(ada, guild.channel("papers"), "papers late")
            await asked.message()
        assert standin.gateway.identifies == 2


async def test_the_same_nonce_gives_the_first_message(standin: DiscordStandin, app: App) -> None:
    place = app.get_channel(standin.channel().id)
    first, second = await place.send("x", nonce="abc"), await place.send("x", nonce="abc")
    other = await place.send("x", nonce="abd")
    assert first.id == second.id != other.id
    assert len(standin.messages(standin.channel())) == 2
    standin.nonce_seconds = 0.0
    assert (await place.send("x", nonce="abc")).id != first.id


async def test_a_connection_cut_after_acting_may_have_sent(
    standin: DiscordStandin, app: App
) -> None:
    place = app.get_channel(standin.channel().id)
    standin.fail("POST", "/channels/*/messages", kind="act and drop")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await place.send("x", nonce="abc")
    standin.fail("POST", "/channels/*/messages", kind="drop")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await place.send("x", nonce="abc")
    await place.send("x", nonce="abc")
    assert len(standin.messages(standin.channel())) == 1


async def test_refusals_raise_what_discord_py_makes_of_them(
    standin: DiscordStandin, app: App, ada: User
) -> None:
    place = app.get_channel(standin.channel().id)
    standin.overwrite(standin.channel(), deny=permissions.SEND_MESSAGES)
    assert await _code(place.send("x"), discord.Forbidden) == 50013
    standin.overwrite(standin.channel(), deny=permissions.VIEW_CHANNEL)
    assert await _code(place.send("x"), discord.Forbidden) == 50001
    standin.overwrite(standin.channel())
    assert await _code(place.send(""), discord.HTTPException) == 50006
    assert await _code(place.send("x" * 2001), discord.HTTPException) == 50035
    ada.dms_open = False
    person = await app.fetch_user(ada.id)
    assert await _code(person.send("x"), discord.Forbidden) == 50007
    standin.delete_channel(standin.channel())
    assert await _code(place.send("x"), discord.NotFound) == 10003
    assert await _code(place.fetch_message(1), discord.NotFound) == 10003
    elsewhere = app.get_channel(standin.channel(guild=1).id)
    assert await _code(elsewhere.fetch_message(1), discord.NotFound) == 10008
    standin.remove_app(standin.guilds[1])
    assert await _code(elsewhere.send("x"), discord.Forbidden) == 50001
    assert standin.bad_answers == 4


async def _code(doing: object, kind: type[discord.HTTPException]) -> int:
    with pytest.raises(kind) as caught:
        await doing
    return caught.value.code


async def test_an_answer_that_is_late_or_a_second_one(
    standin: DiscordStandin, app: App, ada: User
) -> None:
    asked = standin.slash(ada, standin.channel(), "papers twice")
    assert (await asked.followup()).content == "400 40060"
    old = standin.slash(ada, standin.channel(), "papers late")
    old.expire()
    caught: list[BaseException] = []

    async def keep(_: discord.Interaction, error: discord.app_commands.AppCommandError) -> None:
        caught.append(error.original)

    app.tree.on_error = keep
    await standin.until(lambda: standin.status_count(404))
    await asyncio.sleep(0.05)
    assert isinstance(caught[0], discord.NotFound)
    assert caught[0].code == 10062
    with pytest.raises(AssertionError, match="ada: 'papers' after"):
        await old.answer(0.01)


async def test_faults_are_met_as_often_as_told(standin: DiscordStandin, app: App) -> None:
    place = app.get_channel(standin.channel().id)
    standin.fail("POST", f"/channels/{place.id}/*", 503, kind="text")
    with pytest.raises(discord.DiscordServerError):
        await place.send("x")
    closed = standin.fail("*", f"/channels/{place.id}/*", 403, 50001, times=None)
    for _ in range(2):
        assert await _code(place.send("x"), discord.Forbidden) == 50001
    assert closed.met == 2
    closed.lift()
    standin.fail("POST", "*", 429, retry_after=0.05, is_global=True)
    assert closed.times == 0
    standin.fail("POST", "*", kind="hang", seconds=0.05)
    assert (await place.send("x")).id
    assert standin.status_count(429) == 1
    standin.fail("POST", "*", 429, retry_after=0.05, via=False)
    assert await _code(place.send("x"), discord.HTTPException) == 0


async def test_threads_files_posts_and_the_history(standin: DiscordStandin, app: App) -> None:
    place = app.get_channel(standin.channel().id)
    file = discord.File(io.BytesIO(PIXEL), filename="page.png", description="First page")
    first = await place.send("digest", file=file)
    assert first.attachments[0].description == "First page"
    assert await first.attachments[0].read() == PIXEL
    thread = await first.create_thread(name="Papers")
    await thread.send("a paper", suppress_embeds=True)
    assert await _code(first.create_thread(name="Again"), discord.HTTPException) == 160004
    await first.edit(content="changed")
    await place.send("later")
    assert [each.content async for each in place.history(limit=5)] == ["later", "changed"]
    assert [each.content async for each in place.history(after=first)] == ["later"]
    await first.delete()
    assert standin.messages(standin.channel())[0].content == "later"
    forum = standin.add_channel(standin.guilds[0], "forum", FORUM)
    await standin.until(lambda: app.get_channel(forum.id))
    made = await app.get_channel(forum.id).create_thread(name="A day", content="digest")
    assert made.message.content == "digest"


async def test_a_guild_that_goes_and_comes_back(standin: DiscordStandin, app: App) -> None:
    guild = standin.guilds[1]
    standin.outage(guild)
    await standin.until(lambda: "guild_unavailable" in app.events)
    standin.recover(guild)
    await standin.until(lambda: app.events.count("guild_available") == 3)
    standin.remove_app(guild)
    await standin.until(lambda: "guild_remove" in app.events)
    standin.install(guild)
    await standin.until(lambda: "guild_join" in app.events)
    standin.add_guild("new")
    await standin.until(lambda: app.events.count("guild_join") == 2)


async def test_a_plain_message_becomes_a_card(standin: DiscordStandin, app: App) -> None:
    """Only when its text is taken away, and what pings is what was allowed to."""
    place = app.get_channel(standin.channel().id)
    nobody = discord.AllowedMentions.none()
    message = await place.send(f"<@{standin.bot.id}> @everyone", allowed_mentions=nobody)
    kept = standin.messages(standin.channel())[0]
    assert (kept.pings, kept.pings_everyone) == (set(), False)
    assert await _code(message.edit(view=Card()), discord.HTTPException) == 50035
    edited = await message.edit(content=None, view=Card())
    assert edited.flags.components_v2
    assert len(kept.edits) == 2


async def test_a_check_refuses_and_keeps_what_it_refused() -> None:
    async with (
        DiscordStandin(check=lambda body: ["too loud"] * ("!" in body["content"])) as (standin),
        running(standin) as app,
    ):
        place = app.get_channel(standin.channel().id)
        assert await _code(place.send("hi!"), discord.HTTPException) == 50035
        assert [problems for _, problems in standin.refused] == [["too loud"]]
        assert await place.send("hi")


async def test_the_clock_decides_what_is_too_late() -> None:
    now = [1_800_000_000.0]
    async with DiscordStandin(clock=lambda: now[0], check=None) as standin, running(standin):
        ada = standin.add_user("ada", *standin.guilds)
        standin.slash(ada, standin.channel(), "papers search", {"query": "x"})
        now[0] += 3.5
        await standin.until(lambda: standin.status_count(404))
        asked = standin.slash(ada, standin.channel(), "papers late")
        await asked.message()
        now[0] += 15 * 60 + 1
        url = f"{standin.api_url}/webhooks/{standin.bot.id}/{asked.interaction.token}"
        async with aiohttp.ClientSession() as session, session.post(url, json={}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, 50027)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 2, "d": {"token": "MTA.stand-in.token", "intents": 1, "shard": [2, 2]}}, 4010),
        ({"op": 2, "d": {"token": "MTA.stand-in.token", "intents": 1 << 40}}, 4013),
        ({"op": 99, "d": None}, 4001),
        ({"op": 8, "d": {}}, 4003),
    ],
)
async def test_the_gateway_speaks_plainly_unless_asked_and_refuses_with_its_codes(
    standin: DiscordStandin, payload: dict, code: int
) -> None:
    client = aiohttp.ClientSession()
    async with client, client.ws_connect(standin.gateway_url) as socket:
        assert (await socket.receive_json())["d"]["heartbeat_interval"] == 41250
        await socket.send_json({"op": 1, "d": None})
        assert (await socket.receive_json())["op"] == 11
        await socket.send_json(payload)
        await socket.receive()
        assert socket.close_code == code


async def test_an_app_in_another_process_is_killed_and_comes_back(standin: DiscordStandin) -> None:
    script = Path(__file__).parent / "standins/discord/sample.py"
    where = [standin.api_url, standin.gateway_url, standin.cdn_url, standin.bot_token]
    ada = standin.add_user("ada", *standin.guilds)
    first = await asyncio.create_subprocess_exec(sys.executable, script, *where)
    try:
        await standin.ready()
        shown = await standin.slash(ada, standin.channel(), "papers card").message()
    finally:
        first.kill()
        await first.wait()
    await standin.until(lambda: not standin.gateway.live())
    second = await asyncio.create_subprocess_exec(sys.executable, script, *where)
    try:
        await standin.ready()
        await standin.press(ada, shown, "Count").answer()
    finally:
        second.kill()
        await second.wait()
    assert (standin.gateway.identifies, standin.gateway.resumes, standin.syncs) == (2, 0, 2)


def test_a_form_that_is_too_much_is_refused() -> None:
    field = {"type": 18, "label": "x" * 46, "component": {"type": 4, "custom_id": "a"}}
    modal = {"title": "", "custom_id": "form", "components": [field] * 6}
    assert modal_problems(modal)[:3] == [
        "a title is 1 to 45 characters",
        "a form has 1 to 5 components",
        "the same custom id twice: ['a', 'a', 'a', 'a', 'a', 'a']",
    ]
    assert "label of more than 45 characters" in modal_problems(modal)
    assert modal_problems(modal | {"title": "Set", "components": [field | {"label": "x"}]}) == []


async def test_a_gateway_that_is_down_for_a_while(
    standin: DiscordStandin, app: App, ada: User
) -> None:
    standin.gateway.is_down = True
    standin.close_gateway(4000)
    await standin.until(lambda: not standin.gateway.live())
    await asyncio.sleep(0.05)
    standin.gateway.is_down = False
    await standin.ready(within=20)
    standin.say(ada, standin.dm(ada), "heard")
    await standin.until(lambda: app.heard)


async def test_a_mistake_of_the_standins_own_fails_the_test() -> None:
    async def broken() -> None:
        async with DiscordStandin() as standin, aiohttp.ClientSession() as session:
            headers = {"Authorization": f"Bot {standin.bot_token}"}
            url = f"{standin.api_url}/users/@me/guilds?limit=many"
            async with session.get(url, headers=headers) as answer:
                assert answer.status == 500

    with pytest.raises(ValueError, match="many"):
        await broken()


def test_served_by_itself_it_prints_where_it_is() -> None:
    script = Path(__file__).parent / "standins/discord/serve.py"
    with subprocess.Popen(
        [sys.executable, script, "--guilds", "3"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            lines = [process.stdout.readline() for _ in range(4)]
        finally:
            process.kill()
    assert re.fullmatch(r"DISCORD_API_URL=http://127\.0\.0\.1:\d+/api/v10\n", lines[0])
    assert lines[3].startswith("DISCORD_TOKEN=")
