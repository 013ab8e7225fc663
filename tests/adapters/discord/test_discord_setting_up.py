"""Discord's part of set-up and of the doctor, with somebody who has answers ready."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import pytest
from standins.discord.permissions import permissions_in
from standins.discord.server import DiscordStandin
from standins.discord.shapes import channel_json, guild_json, member_json
from standins.discord.world import FORUM, THREAD, Channel, Overwrite

from adapters.discord import DiscordSettings, examine, setup
from adapters.discord.api import ApiError
from adapters.discord.installing import CONTEXTS, invite_link
from adapters.discord.permissions import (
    CREATE_PUBLIC_THREADS,
    INVITED,
    NAMES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    VIEW_CHANNEL,
)
from adapters.discord.servers import granted
from bot.errors import BotError, ConfigError
from bot.models import (
    DIRECT,
    Layout,
    Ranking,
    Subscription,
    SubscriptionState,
    User,
)
from bot.models import Channel as Place

WRONG = "MTA.wrong.token-not-to-be-seen"  # a token that the stand-in does not know


@dataclass
class Somebody:
    """Answers what is asked, in turn; then nobody is there any more."""

    answers: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    interactive: bool = True
    looks: int = 3  # so often they wait for a server before they press Enter
    told: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def tell(self, text: str = "") -> None:
        self.told.append(text)

    async def ask(self, question: str, default: str = "") -> str | None:
        self.told.append(question)
        return (self.answers.pop(0) or default) if self.answers and self.interactive else None

    async def ask_secret(self, question: str) -> str | None:
        self.told.append(question)
        return self.secrets.pop(0) if self.secrets else None

    async def enters_within(self, seconds: float) -> bool:
        assert seconds > 0
        self.looks -= 1
        return not self.interactive or self.looks < 0

    def keep(self, name: str, value: str) -> None:
        self.kept[name] = value

    @property
    def read(self) -> str:
        return "\n".join(self.told)


@pytest.fixture
async def discord() -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin() as standin:
        yield standin


def settings(discord: DiscordStandin, token: str = "", **more: str) -> DiscordSettings:
    given = {"discord_token": token, "discord_api_url": discord.api_url} | more
    return DiscordSettings.model_validate(given)


# --- the token


async def test_a_token_is_asked_for_until_discord_accepts_it(discord: DiscordStandin) -> None:
    somebody = Somebody(secrets=[WRONG, f'  Bot "{discord.bot_token}" '.replace('"', "")])
    await setup(settings(discord), somebody)
    assert somebody.kept == {"DISCORD_TOKEN": discord.bot_token}
    assert somebody.read.count("Discord refuses this token") == 1
    assert WRONG not in somebody.read
    assert discord.bot_token not in somebody.read


async def test_three_wrong_tokens_are_enough(discord: DiscordStandin) -> None:
    somebody = Somebody(secrets=[WRONG, "wröng\x00", WRONG, discord.bot_token])
    with pytest.raises(ConfigError, match="no DISCORD_TOKEN that Discord accepts was given"):
        await setup(settings(discord), somebody)
    assert somebody.kept == {}
    assert discord.status_count(401) == 2  # what can't be one is not even asked about


async def test_a_token_that_is_set_is_taken_and_a_wrong_one_asked_for(
    discord: DiscordStandin,
) -> None:
    known, other = Somebody(), Somebody(secrets=[discord.bot_token])
    await setup(settings(discord, discord.bot_token), known)
    assert "Token" not in known.told[0]
    await setup(settings(discord, WRONG), other)
    assert other.told[0] == "Discord refuses the DISCORD_TOKEN that is set."
    assert known.kept == other.kept == {"DISCORD_TOKEN": discord.bot_token}


@pytest.mark.parametrize("token", ["", WRONG])
async def test_where_nobody_is_there_a_missing_token_is_an_error(
    discord: DiscordStandin, token: str
) -> None:
    with pytest.raises(ConfigError, match=r"DISCORD_TOKEN is (missing|refused)"):
        await setup(settings(discord, token), Somebody(interactive=False))


async def test_a_discord_that_does_not_answer_is_no_wrong_token(discord: DiscordStandin) -> None:
    discord.fail("GET", "/users/@me", 503, times=None)
    somebody = Somebody(secrets=[discord.bot_token])
    with pytest.raises(ApiError, match="Discord answered 503"):
        await setup(settings(discord), somebody)
    assert somebody.kept == {}


@pytest.mark.parametrize("kind", ["drop", "text"])
async def test_a_passing_fault_is_passed_over(discord: DiscordStandin, kind: str) -> None:
    discord.fail("GET", "/users/@me", 502, kind=kind)
    discord.fail("GET", "/applications/@me", 429, retry_after=0.1)
    somebody = Somebody(secrets=[discord.bot_token])
    await setup(settings(discord), somebody)
    assert somebody.kept


# --- the application


async def test_the_invitation_asks_for_what_is_needed_and_says_why(discord: DiscordStandin) -> None:
    somebody = Somebody()
    await setup(settings(discord, discord.bot_token), somebody)
    link = (
        f"https://discord.com/oauth2/authorize?client_id={discord.bot.id}"
        f"&scope=bot+applications.commands&permissions={INVITED}"
    )
    assert f"  {link}" in somebody.told
    assert all(name in somebody.read for name in NAMES.values())
    assert "no privileged intent" in somebody.read
    assert "But" not in somebody.read


async def test_what_keeps_people_from_using_it_is_named_with_its_mend(
    discord: DiscordStandin,
) -> None:
    application = discord.world.application
    application.bot_public, application.bot_require_code_grant = False, True
    application.interactions_endpoint_url = "https://example.org"
    somebody = Somebody()
    await setup(settings(discord, discord.bot_token), somebody)
    page = f"https://discord.com/developers/applications/{application.id}"
    assert f"switch off Requires OAuth2 Code Grant at {page}/bot" in somebody.read
    assert f"switch on Public Bot at {page}/bot" in somebody.read
    assert f"empty Interactions Endpoint URL at {page}/information" in somebody.read


async def test_install_contexts_are_set_once_and_what_is_set_stays(discord: DiscordStandin) -> None:
    own = {"oauth2_install_params": {"scopes": ["bot"], "permissions": "8"}}
    discord.world.application.integration_types_config = {"0": own}
    first, second = Somebody(), Somebody()
    await setup(settings(discord, discord.bot_token), first)
    await setup(settings(discord, discord.bot_token), second)
    # Discord tells permissions as text, and takes them as numbers (its OpenAPI description).
    kept = {"oauth2_install_params": {"scopes": ["bot"], "permissions": 8}}
    wanted = {"0": kept, "1": {"oauth2_install_params": CONTEXTS["1"]}}
    assert discord.world.application.integration_types_config == wanted
    assert "Set: it can be installed by people for themselves." in first.told
    assert "Set:" not in second.read
    assert len(discord.asked_for("PATCH", "/applications/@me")) == 1


async def test_an_app_without_a_link_for_all_can_be_installed_still(
    discord: DiscordStandin,
) -> None:
    discord.fail("PATCH", "/applications/@me", 400, 50035)
    somebody = Somebody()
    await setup(settings(discord, discord.bot_token), somebody)
    assert discord.world.application.integration_types_config == {"0": {}, "1": {}}
    discord.fail("PATCH", "/applications/@me", 400, 50035, times=2)
    await setup(settings(discord, discord.bot_token), somebody)
    assert "by hand" in somebody.read


# --- the server and its channel


async def test_it_waits_for_a_server_until_one_lets_it_in(discord: DiscordStandin) -> None:
    discord.remove_app(discord.guilds[0])

    class Inviting(Somebody):
        async def enters_within(self, seconds: float) -> bool:
            discord.install(discord.guilds[0])
            return await super().enters_within(seconds)

    somebody = Inviting(answers=["2"])
    found = await setup(settings(discord, discord.bot_token), somebody)
    papers = discord.channel()
    owner = User("discord", str(discord.world.owner.id), "Operator")
    assert found == (Place("discord", str(discord.guilds[0].id), str(papers.id), "papers"), owner)


async def test_waiting_outlives_a_fault_and_is_ended_by_enter(discord: DiscordStandin) -> None:
    discord.remove_app(discord.guilds[0])

    class Waiting(Somebody):
        async def enters_within(self, seconds: float) -> bool:
            if self.looks == 3:
                discord.fail("GET", "/users/@me/guilds", 403)
            return await super().enters_within(seconds)

    somebody = Waiting()
    assert await setup(settings(discord, discord.bot_token), somebody) is None
    assert somebody.told.count("Discord answered 403; looking again.") == 1
    assert len(discord.asked_for("GET", "/users/@me/guilds")) == 4


async def test_what_is_lacking_in_a_channel_is_named_and_mended_on_the_way(
    discord: DiscordStandin,
) -> None:
    general, papers = discord.channel("general"), discord.channel()
    discord.overwrite(general, deny=SEND_MESSAGES)
    discord.overwrite(papers, deny=READ_MESSAGE_HISTORY)
    somebody = Somebody(answers=["9", "#General", "#General"])
    asked = somebody.ask

    async def granting(question: str, default: str = "") -> str | None:
        answer = await asked(question, default)
        if len(somebody.answers) == 0:
            discord.overwrite(general)
        return answer

    somebody.ask = granting  # type: ignore[method-assign]
    found = await setup(settings(discord, discord.bot_token), somebody)
    assert "    1  #papers  (lacks Read Message History)" in somebody.told
    assert "    2  #general  (can't post: lacks Send Messages)" in somebody.told
    assert "Type a number from 1 to 2." in somebody.told
    assert "Paperboy lacks Send Messages in #general." in somebody.read
    assert found
    assert found[0].name == "general"


async def test_of_several_servers_one_is_chosen(discord: DiscordStandin) -> None:
    discord.add_guild("Lab \x1b[31m", channels=("reading",))
    somebody = Somebody(answers=["2", "reading"])
    found = await setup(settings(discord, discord.bot_token), somebody)
    assert found
    assert found[0].workspace == str(discord.guilds[1].id)
    assert await setup(settings(discord, discord.bot_token), Somebody(answers=[""])) is None


async def test_only_channels_that_hold_messages_are_offered(discord: DiscordStandin) -> None:
    discord.add_channel(discord.guilds[0], "questions", FORUM)
    somebody = Somebody()
    assert await setup(settings(discord, discord.bot_token), somebody) is None
    assert "#questions" not in somebody.read


async def test_the_contact_of_a_team_s_app_is_the_team_s_owner(discord: DiscordStandin) -> None:
    ada = discord.add_user("ada")
    member = {"user": {"id": str(ada.id), "username": "ada"}}
    discord.world.application.team = {"owner_user_id": str(ada.id), "members": [member]}
    found = await setup(settings(discord, discord.bot_token), Somebody(answers=["1"]))
    assert found
    assert found[1] == User("discord", str(ada.id), "ada")


def test_permissions_are_computed_as_discord_does() -> None:
    chance = random.Random(7)
    world = DiscordStandin().world
    guild = world.guilds[next(iter(world.guilds))]
    roles = [world.new_id() for _ in range(3)]
    bits = [VIEW_CHANNEL, SEND_MESSAGES, READ_MESSAGE_HISTORY, CREATE_PUBLIC_THREADS]
    bot = guild.members[world.bot.id]
    for role in roles:
        guild.roles[role] = type(guild.roles[guild.id])(role, "role")
    for _ in range(2000):
        for role in guild.roles.values():
            role.permissions = sum(bit for bit in bits if chance.random() < 0.4)
            role.permissions |= 8 if chance.random() < 0.02 else 0
        bot.roles = {role for role in roles if chance.random() < 0.5}
        place = Channel(1, "place", guild=guild)
        for who in [guild.id, *roles, world.bot.id]:
            allow = sum(bit for bit in bits if chance.random() < 0.3)
            deny = sum(bit for bit in bits if chance.random() < 0.3) & ~allow
            place.overwrites.append(Overwrite(who, who == world.bot.id, allow, deny))
        wanted = permissions_in(guild, place, world.bot.id)
        found = granted(guild_json(guild), member_json(bot), channel_json(place))
        assert {bit for bit in bits if found & bit} == {bit for bit in bits if wanted & bit}


# --- the doctor


def subscribed(discord: DiscordStandin, where: Channel, **more: object) -> Subscription:
    assert where.guild
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    given = {
        "id": 1,
        "channel": Place("discord", str(where.guild.id), str(where.id), where.name),
        "hour": time(9),
        "zone": "UTC",
        "weekdays": frozenset(range(5)),
        "filter": "",
        "size": 10,
        "ranking": Ranking.UPVOTES,
        "layout": Layout.COMPACT,
        "tell_empty": True,
        "contact": User("discord", str(discord.world.owner.id)),
        "state": SubscriptionState.ACTIVE,
        "next_due_at": now,
        "created_at": now,
    }
    return Subscription(**given | more)  # type: ignore[arg-type]


async def test_without_a_token_the_doctor_says_one_plain_line(discord: DiscordStandin) -> None:
    [found] = await examine(settings(discord), [])
    assert not found.fault
    assert found.says == "off: no DISCORD_TOKEN (paperboy init discord sets it up)"
    assert discord.requests == []


async def test_the_doctor_tells_how_a_healthy_discord_stands(discord: DiscordStandin) -> None:
    given = settings(discord, discord.bot_token)
    await setup(given, Somebody())
    before = len(discord.gateway.live())
    found = await examine(given, [subscribed(discord, discord.channel())])
    assert [f"{each.about}: {each.says}" for each in found] == [
        "discord: accepts the token of Paperboy, in 1 server",
        "discord gateway: can be reached, 1,000 of 1,000 session starts left today",
        "discord #papers: has all 6 permissions",
    ]
    assert not any(each.fault for each in found)
    assert len(discord.gateway.live()) == before  # a look starts no session


async def test_the_doctor_names_what_each_channel_lacks(discord: DiscordStandin) -> None:
    guild = discord.guilds[0]
    names = ("mute", "blind", "threaded", "quiet", "gone")
    mute, blind, threaded, quiet, gone = (discord.add_channel(guild, name) for name in names)
    discord.overwrite(mute, deny=SEND_MESSAGES)
    discord.overwrite(blind, deny=VIEW_CHANNEL)
    discord.overwrite(threaded, deny=CREATE_PUBLIC_THREADS)
    discord.overwrite(quiet, deny=READ_MESSAGE_HISTORY)
    talk = discord.add_channel(guild, "talk", THREAD)
    talk.parent = discord.channel()
    there = [subscribed(discord, each) for each in (mute, blind, quiet, gone, talk)]
    there.append(subscribed(discord, threaded, layout=Layout.THREAD))
    there.append(subscribed(discord, mute, channel=Place("discord", DIRECT, "1", "ada")))
    there.append(subscribed(discord, mute, channel=Place("discord", "77", "78", "left")))
    discord.delete_channel(gone)
    found = await examine(settings(discord, discord.bot_token), there)
    said = {each.about: each for each in found}
    assert said["discord #mute"].says == "lacks Send Messages"
    assert said["discord #blind"].says == "lacks View Channel and Send Messages"
    assert said["discord #threaded"].says == "lacks Create Public Threads"
    assert said["discord #gone"].says == "it is gone, or closed to Paperboy"
    assert said["discord #left"].says == "Paperboy is not in its server any more"
    assert invite_link(str(discord.bot.id)) in said["discord #left"].mend
    assert said["discord #talk"].says == "has all 6 permissions"
    lacks = "may post; lacks Read Message History (to find its own message again"
    assert said["discord #quiet"].says.startswith(lacks)
    wrong = {each.about for each in found if each.fault}
    assert wrong == {f"discord #{name}" for name in ("mute", "blind", "threaded", "gone", "left")}
    assert all(each.mend for each in found if each.fault)


async def test_the_doctor_names_a_wrong_token_and_a_closed_app(discord: DiscordStandin) -> None:
    [refused] = await examine(settings(discord, WRONG), [])
    assert refused.says == "refuses DISCORD_TOKEN (401)"
    assert refused.fault
    application = discord.world.application
    application.bot_public, application.bot_require_code_grant = False, True
    found = await examine(settings(discord, discord.bot_token), [])
    assert [(each.fault, each.says[:20]) for each in found if each.mend] == [
        (True, "it asks for a code g"),
        (False, "it is not public, so"),
        (False, "is not set up to be "),
    ]


@pytest.mark.parametrize(
    ("pattern", "how", "said"),
    [
        ("/applications/@me", {"status": 503}, "discord: Discord answered 503"),
        ("/applications/@me", {"kind": "drop"}, "discord: Discord can't be reached"),
        ("/users/@me/guilds", {"status": 200, "kind": "text"}, "discord: Discord answered with an"),
        ("/gateway/bot", {"status": 200}, "discord gateway: Discord answered something else"),
        ("/gateway/bot", {"status": 500}, "discord gateway: Discord answered 500"),
        ("/guilds/*", {"status": 500}, "discord #papers: Discord answered 500"),
        ("/guilds/*", {"status": 200}, "discord #papers: Discord answered something else"),
        ("/guilds/*", {"status": 429, "retry_after": 600}, "discord #papers: Discord answered 429"),
    ],
)
async def test_every_fault_of_the_way_is_a_finding(
    discord: DiscordStandin, pattern: str, how: dict[str, object], said: str
) -> None:
    discord.fail("GET", pattern, times=None, **how)  # type: ignore[arg-type]
    given = settings(discord, discord.bot_token)
    found = await examine(given, [subscribed(discord, discord.channel())])
    faults = [f"{each.about}: {each.says}" for each in found if each.fault]
    assert [each.startswith(said) for each in faults] == [True]
    assert discord.bot_token not in str(found)
    assert "127.0.0.1" not in str(found)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "nonsense", "{api}/users/@me"])
async def test_a_gateway_that_is_none_is_a_finding(discord: DiscordStandin, url: str) -> None:
    where = url.replace("{api}", discord.api_url)
    found = await examine(settings(discord, discord.bot_token, discord_gateway_url=where), [])
    assert [each.about for each in found if each.fault] == ["discord gateway"]


async def test_nobody_at_the_address_is_a_finding() -> None:
    given = DiscordSettings.model_validate(
        {"discord_token": WRONG, "discord_api_url": "http://127.0.0.1:9"}
    )
    [found] = await examine(given, [])
    assert (found.fault, found.about) == (True, "discord")
    with pytest.raises(BotError, match="can't be reached"):
        await setup(given, Somebody())


def test_offering_this_costs_a_start_nothing() -> None:
    look = (
        "import sys, adapters.discord; found = {'discord', 'aiohttp', 'httpx'} & {*sys.modules};"
        "sys.exit(' '.join(found) or 0)"
    )
    subprocess.run([sys.executable, "-c", look], check=True)
