"""Slack's part of set-up, with somebody who has answers ready."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from standins.slack.server import SlackStandin
from standins.slack.world import PRIVATE

from adapters.slack import SlackSettings, setup
from adapters.slack.api import ApiError
from adapters.slack.manifest import Mode, creation_link, manifest, printed
from adapters.slack.scopes import SCOPES
from adapters.slack.tokens import BEGINNINGS, Kind, kind_of, trimmed
from bot.commands import COMMANDS
from bot.errors import ConfigError
from bot.models import Channel, User

WRONG_BOT = "xoxb-1-wrong-not-to-be-seen"
WRONG_APP = "xapp-1-wrong-not-to-be-seen"
ADDRESS = "https://papers.example.org"
SIGNING_SECRET, CLIENT_SECRET = "5" * 32, "c" * 32


@dataclass
class Somebody:
    """Answers what is asked, in turn; then nobody is there any more."""

    answers: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    interactive: bool = True
    looks: int = 3  # so often they wait for a channel before they press Enter
    looking: Callable[[], object] = bool  # what they do while they wait
    told: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def tell(self, text: str = "") -> None:
        self.told.append(text)

    async def ask(self, question: str, default: str = "") -> str | None:
        self.told.append(f"{question} [{default}]" if default else question)
        return (self.answers.pop(0) or default) if self.answers and self.interactive else None

    async def ask_secret(self, question: str) -> str | None:
        self.told.append(question)
        return self.secrets.pop(0) if self.secrets else None

    async def enters_within(self, seconds: float) -> bool:
        assert seconds > 0
        self.looking()
        self.looks -= 1
        return not self.interactive or self.looks < 0

    def keep(self, name: str, value: str) -> None:
        self.kept[name] = value

    @property
    def read(self) -> str:
        return "\n".join(self.told)


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandin]:
    async with SlackStandin(scopes=SCOPES) as standin:
        standin.app.client_secret = CLIENT_SECRET
        yield standin


def settings(slack: SlackStandin, **more: str) -> SlackSettings:
    return SlackSettings.model_validate({"slack_api_url": slack.api_url} | more)


def both(slack: SlackStandin) -> SlackSettings:
    return settings(slack, slack_app_token=slack.app_token, slack_bot_token=slack.bot_token)


# --- the app


async def test_the_manifest_is_printed_with_its_link_its_scopes_and_the_clicks(
    slack: SlackStandin,
) -> None:
    somebody = Somebody(secrets=[slack.app_token, slack.bot_token])
    await setup(settings(slack), somebody)
    made = manifest(COMMANDS, Mode())
    assert printed(made) in somebody.told
    assert creation_link(made) in somebody.told
    assert all(
        f"{scope} " in somebody.read and why in somebody.read for scope, why in SCOPES.items()
    )
    places = [
        somebody.read.index(text) for text in ("1. Open", "2. Basic", "3. Install", "App token,")
    ]
    assert places == sorted(places)


async def test_an_app_that_is_there_already_is_not_made_again(slack: SlackStandin) -> None:
    somebody = Somebody()
    assert await setup(both(slack), somebody) is None
    assert "manifest" not in somebody.read
    assert somebody.told[0] == "Slack accepts the bot token: it is @paperboy in workspace-0."


# --- the tokens


async def test_both_tokens_are_asked_for_until_slack_accepts_them(slack: SlackStandin) -> None:
    pasted = [WRONG_APP, f"SLACK_APP_TOKEN='{slack.app_token}' ", WRONG_BOT, slack.bot_token]
    somebody = Somebody(secrets=pasted)
    await setup(settings(slack), somebody)
    assert somebody.kept == {"SLACK_APP_TOKEN": slack.app_token, "SLACK_BOT_TOKEN": slack.bot_token}
    assert "Slack refuses this app token: it is not known" in somebody.read
    assert "Slack refuses this bot token: it is not known" in somebody.read
    for secret in (WRONG_APP, WRONG_BOT, slack.app_token, slack.bot_token):
        assert secret not in somebody.read
    assert [seen.method for seen in slack.requests][-1] == "conversations.list"


async def test_swapped_tokens_find_their_places(slack: SlackStandin) -> None:
    somebody = Somebody(secrets=[slack.bot_token, slack.app_token])
    await setup(settings(slack), somebody)
    assert somebody.kept == {"SLACK_APP_TOKEN": slack.app_token, "SLACK_BOT_TOKEN": slack.bot_token}
    assert "That is the bot token: it is taken where it is asked for." in somebody.told
    assert somebody.read.count("Bot token, xoxb-") == 0


async def test_the_app_token_again_is_no_bot_token(slack: SlackStandin) -> None:
    somebody = Somebody(secrets=[slack.app_token, slack.app_token, slack.bot_token])
    await setup(settings(slack), somebody)
    assert "That is an app token: the bot token begins" in somebody.read
    assert "the bot token begins with xoxb-: Install App, Bot User OAuth Token" in somebody.read
    assert somebody.kept["SLACK_BOT_TOKEN"] == slack.bot_token


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("xoxp-1-2-3", "That is a user token: the bot token begins with xoxb-"),
        ("xoxe.xoxb-1-abc", "That is a token that ends after 12 hours: token rotation is on"),
        ("xoxe.xoxp-1-abc", "That is a configuration token: the bot token begins"),
        ("a" * 32, "That is a signing secret or client secret: the bot token begins"),
        ("111.222", "That is a client ID: the bot token begins"),
        ("https://hooks.slack.com/services/T0/B0/x", "That is a webhook's address: the bot"),
        ("hello", "That is no bot token: the bot token begins with xoxb-"),
        ("xoxb-wröng", "Slack refuses this bot token: none has such characters"),
    ],
)
async def test_what_was_pasted_instead_is_named(
    slack: SlackStandin, pasted: str, said: str
) -> None:
    somebody = Somebody(secrets=[slack.app_token, pasted, slack.bot_token])
    await setup(settings(slack), somebody)
    assert said in somebody.read
    assert pasted not in somebody.read
    assert somebody.kept["SLACK_BOT_TOKEN"] == slack.bot_token
    assert pasted not in [seen.token for seen in slack.requests]  # it is not even tried


async def test_four_wrong_ones_are_enough(slack: SlackStandin) -> None:
    somebody = Somebody(secrets=[WRONG_APP] * 4 + [slack.app_token])
    with pytest.raises(ConfigError, match="no SLACK_APP_TOKEN that Slack accepts was given"):
        await setup(settings(slack), somebody)
    assert somebody.kept == {}


async def test_tokens_of_two_apps_are_told_apart(slack: SlackStandin) -> None:
    somebody = Somebody(secrets=[slack.app_token, slack.bot_token])
    asked = somebody.ask_secret

    async def of_another_app(question: str) -> str | None:
        if question.startswith("Bot token"):
            slack.app.id = "A0OTHER"  # what bots.info tells from now on
        return await asked(question)

    somebody.ask_secret = of_another_app  # type: ignore[method-assign]
    assert await setup(settings(slack), somebody) is None
    assert "it is of another app (A0OTHER) than the app token (A0STANDIN00)" in somebody.read
    assert somebody.kept == {"SLACK_APP_TOKEN": slack.app_token}


async def test_an_app_token_without_its_scope_and_one_without_socket_mode(
    slack: SlackStandin,
) -> None:
    slack.fault("apps.connections.open", "missing_scope")
    slack.fault("apps.connections.open", "forbidden_team")
    somebody = Somebody(secrets=[slack.app_token] * 3)
    await setup(settings(slack), somebody)
    assert "it lacks connections:write: generate another one with that scope" in somebody.read
    assert "it opens no connection (forbidden_team): switch on Socket Mode at" in somebody.read
    assert somebody.kept == {"SLACK_APP_TOKEN": slack.app_token}


async def test_a_set_token_that_is_wrong_is_told_and_asked_for(slack: SlackStandin) -> None:
    given = settings(slack, slack_app_token=slack.app_token, slack_bot_token=WRONG_BOT)
    somebody = Somebody(secrets=[slack.bot_token])
    await setup(given, somebody)
    assert "Slack refuses the SLACK_BOT_TOKEN that is set: it is not known" in somebody.told[0]
    assert somebody.kept["SLACK_BOT_TOKEN"] == slack.bot_token


async def test_waiting_for_an_admin_keeps_the_app_token_and_asks_for_the_bot_s_later(
    slack: SlackStandin,
) -> None:
    waiting = Somebody(secrets=[slack.app_token, ""])
    assert await setup(settings(slack), waiting) is None
    assert waiting.kept == {"SLACK_APP_TOKEN": slack.app_token}
    assert "If an admin has to approve the app" in waiting.told[-1]
    approved = Somebody(secrets=[slack.bot_token])
    await setup(settings(slack, slack_app_token=slack.app_token), approved)
    assert approved.kept["SLACK_BOT_TOKEN"] == slack.bot_token
    assert "manifest" not in approved.read
    assert "App token" not in approved.read


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("access_denied", "an admin has not approved the app yet"),
        ("team_access_not_granted", "the organisation's admins have not let the app in yet"),
        ("account_inactive", "the app was removed from the workspace"),
        ("token_revoked", "it was revoked"),
    ],
)
async def test_a_refusal_says_why(slack: SlackStandin, code: str, said: str) -> None:
    token = slack.world.tokens[slack.bot_token]
    token.state = code
    somebody = Somebody(secrets=[slack.bot_token, ""])
    await setup(settings(slack, slack_app_token=slack.app_token), somebody)
    assert f"Slack refuses this bot token: {said} ({code})." in somebody.told


# --- nobody is there


async def test_without_a_terminal_the_manifest_is_printed_and_what_is_missing_is_named(
    slack: SlackStandin,
) -> None:
    nobody = Somebody(interactive=False)
    with pytest.raises(ConfigError, match=r"SLACK_APP_TOKEN is missing: run this in a terminal"):
        await setup(settings(slack), nobody)
    assert printed(manifest(COMMANDS, Mode())) in nobody.told
    only_app = settings(slack, slack_app_token=slack.app_token)
    with pytest.raises(ConfigError, match=r"SLACK_BOT_TOKEN is missing"):
        await setup(only_app, Somebody(interactive=False))


async def test_a_pipe_brings_both_tokens_in_any_order(slack: SlackStandin) -> None:
    for pasted in ([slack.app_token, slack.bot_token], [slack.bot_token, slack.app_token]):
        pipe = Somebody(secrets=list(pasted), interactive=False)
        assert await setup(settings(slack), pipe) is None
        assert pipe.kept.keys() == {"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"}
    refused = Somebody(secrets=[WRONG_APP], interactive=False)
    with pytest.raises(ConfigError, match="SLACK_APP_TOKEN is missing"):
        await setup(settings(slack), refused)


async def test_a_set_token_that_is_refused_is_an_error_where_nobody_is_there(
    slack: SlackStandin,
) -> None:
    given = settings(slack, slack_app_token=WRONG_APP)
    with pytest.raises(ConfigError, match="SLACK_APP_TOKEN is refused by Slack") as caught:
        await setup(given, Somebody(interactive=False))
    assert WRONG_APP not in str(caught.value)


# --- the way to Slack


@pytest.mark.parametrize(
    ("method", "kind", "said"),
    [
        ("apps.connections.open", "503", "Slack answered 503"),
        ("auth.test", "page", "Slack answered with another page"),
        ("auth.test", "internal_error", "Slack answered internal_error"),
        ("conversations.list", "reset", "Slack can't be reached: ServerDisconnectedError"),
    ],
)
async def test_a_slack_that_does_not_answer_is_no_wrong_token(
    slack: SlackStandin, method: str, kind: str, said: str
) -> None:
    slack.fault(method, kind, times=None)
    somebody = Somebody(secrets=[slack.app_token, slack.bot_token, slack.bot_token])
    with pytest.raises(ApiError) as caught:
        await setup(settings(slack), somebody)
    assert str(caught.value) == said
    assert "refuses" not in somebody.read


@pytest.mark.parametrize("kind", ["503", "429", "reset", "internal_error", "ratelimited"])
async def test_a_passing_fault_is_passed_over(slack: SlackStandin, kind: str) -> None:
    slack.add_user("ada")
    for method in ("apps.connections.open", "conversations.list"):
        slack.fault(method, kind, retry_after=1)
    found = await setup(both(slack), Somebody(answers=["papers", "ada"]))
    assert isinstance(found, tuple)
    assert found[0].name == "papers"


async def test_a_limit_that_nobody_would_wait_for_is_told(slack: SlackStandin) -> None:
    slack.fault("conversations.list", "429", retry_after=600)
    with pytest.raises(ApiError, match=r"^Slack answered ratelimited$|^Slack answered 429$"):
        await setup(both(slack), Somebody(answers=["papers", "ada"]))


async def test_nobody_at_the_address_is_told_in_one_line() -> None:
    given = SlackSettings.model_validate({"slack_api_url": "http://127.0.0.1:9/api"})
    with pytest.raises(ApiError, match=r"^Slack can't be reached: Connection refused$"):
        await setup(given, Somebody(secrets=[WRONG_APP]))


# --- what was granted


async def test_what_the_app_was_not_granted_is_named_with_the_mend(slack: SlackStandin) -> None:
    granted = tuple(scope for scope in SCOPES if scope != "files:write")
    slack.world.tokens[slack.bot_token].scopes = granted
    somebody = Somebody()
    assert await setup(both(slack), somebody) is None
    assert f"  files:write  {SCOPES['files:write']}" in somebody.read
    assert "open https://api.slack.com/apps/A0STANDIN00" in somebody.read
    assert printed(manifest(COMMANDS, Mode())) in somebody.read
    assert "Reinstall to Workspace" in somebody.read
    assert "Channel for the digest" in somebody.read  # that can wait


async def test_without_what_is_needed_to_begin_it_does_not(slack: SlackStandin) -> None:
    slack.world.tokens[slack.bot_token].scopes = ("chat:write", "channels:read")
    somebody = Somebody(answers=["papers", ""])
    assert await setup(both(slack), somebody) is None
    assert "groups:read" in somebody.read
    assert "Channel for the digest" not in somebody.read


# --- the channel


async def test_a_channel_and_a_contact_are_chosen_by_name(slack: SlackStandin) -> None:
    ada = slack.add_user("ada")
    somebody = Somebody(answers=["#Papers", "Ada"])
    found = await setup(both(slack), somebody)
    team = slack.workspaces[0].id
    assert found == (
        Channel("slack", team, slack.channel("papers").id, "papers"),
        User("slack", f"{team}/{ada.id}", "ada"),
    )
    assert "Channels of workspace-0, 2 of 2 with Paperboy in:" in somebody.told
    assert "    1  #general" in somebody.told


@pytest.mark.parametrize("typed", ["1", "general", "#GENERAL", "{id}"])
async def test_a_channel_is_chosen_by_number_name_or_id(slack: SlackStandin, typed: str) -> None:
    slack.add_user("ada")
    wanted = slack.channel("general")
    somebody = Somebody(answers=[typed.replace("{id}", wanted.id), "@ada"])
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[0].id == wanted.id


async def test_enter_chooses_nothing(slack: SlackStandin) -> None:
    assert await setup(both(slack), Somebody(answers=[""])) is None
    assert await setup(both(slack), Somebody(answers=["papers"])) is None


async def test_channels_that_it_is_not_in_come_last_and_archived_ones_never(
    slack: SlackStandin,
) -> None:
    place = slack.workspaces[0]
    slack.world.add_channel("aardvarks", place)
    slack.world.add_channel("secret", place, PRIVATE)
    slack.world.add_channel("olden", place).archived = True
    somebody = Somebody()
    await setup(both(slack), somebody)
    listed = [text.split("#")[1] for text in somebody.told if re.match(r" +\d+  #", text)]
    assert listed == ["general", "papers", "aardvarks  (not in it yet)"]


async def test_where_it_is_not_in_it_says_what_to_type_and_waits(slack: SlackStandin) -> None:
    ada = slack.add_user("ada")
    random = slack.world.add_channel("random", slack.workspaces[0], members=[ada])

    def invite() -> None:
        slack.fault(
            "conversations.info", "internal_error", times=None if somebody.looks == 3 else 0
        )
        if somebody.looks == 1:
            slack.front.faults.waiting.clear()
            slack.invite(ada, random)

    somebody = Somebody(answers=["random", "ada"], looking=invite)
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[0].name == "random"
    assert "Paperboy is not in #random yet. Type in that channel:" in somebody.told
    assert "  /invite @paperboy" in somebody.told
    assert "Slack answered internal_error; looking again." in somebody.told
    assert "It is in #random." in somebody.told


async def test_enter_goes_back_to_the_channels(slack: SlackStandin) -> None:
    slack.add_user("ada")
    slack.world.add_channel("random", slack.workspaces[0])
    somebody = Somebody(answers=["random", "papers", "ada"], looks=0)
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[0].name == "papers"


async def test_a_private_channel_is_found_once_it_has_let_paperboy_in(slack: SlackStandin) -> None:
    ada = slack.add_user("ada")
    secret = slack.world.add_channel("secret", slack.workspaces[0], PRIVATE, [ada])
    somebody = Somebody(answers=["secret", secret.id, "secret", "ada"])
    asked = somebody.ask

    async def inviting(question: str, default: str = "") -> str | None:
        if len(somebody.answers) == 2:
            slack.invite(ada, secret)
        return await asked(question, default)

    somebody.ask = inviting  # type: ignore[method-assign]
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[0].id == secret.id
    assert somebody.read.count("Paperboy sees no channel") == 2
    assert "If it is a private one, type there:\n  /invite @paperboy" in somebody.read


async def test_many_channels_are_paged_and_found_by_name(slack: SlackStandin) -> None:
    slack.add_user("ada")
    for number in range(1200):
        slack.world.add_channel(f"room-{number:04}", slack.workspaces[0])
    last = slack.channel("room-1199")
    last.members.add(slack.bot)
    somebody = Somebody(answers=["room-1199", "ada"])
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[0].id == last.id
    assert "  and 1,177 more channels: type the name." in somebody.told
    assert len(slack.calls("conversations.list")) == 3


# --- the contact


async def test_the_owner_is_offered_as_the_contact(slack: SlackStandin) -> None:
    slack.add_user("zoe")
    ada = slack.add_user("ada")
    ada.is_admin = True  # the stand-in makes owners of admins
    somebody = Somebody(answers=["papers", ""])
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[1].id.endswith(f"/{ada.id}")
    assert "Who looks after it, by @name, full name or member ID [@ada]" in somebody.told


async def test_bots_and_closed_accounts_are_no_contacts(slack: SlackStandin) -> None:
    slack.add_user("ada").deleted = True
    zoe = slack.add_user("zoe")
    somebody = Somebody(answers=["papers", "ada", "@paperboy", zoe.id])
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[1].name == "zoe"
    assert "Nobody in the workspace is called ada." in somebody.read
    assert "Nobody in the workspace is called @paperboy." in somebody.read


async def test_of_several_who_are_called_so_one_is_chosen(slack: SlackStandin) -> None:
    first, second = slack.add_user("ada"), slack.add_user("ADA")
    somebody = Somebody(answers=["papers", "ada", second.id])
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[1].id.endswith(f"/{second.id}")
    assert first.id != second.id
    assert "2 people are called so; type the @name:" in somebody.told


async def test_in_a_large_workspace_the_member_id_finds_people(slack: SlackStandin) -> None:
    for number in range(10_000):
        slack.world.add_user(f"member-{number}", slack.workspaces[0])
    zoe = slack.world.add_user("zoe", slack.workspaces[0])
    somebody = Somebody(answers=["papers", "zoe", "U0NOBODY00", zoe.id])
    found = await setup(both(slack), somebody)
    assert isinstance(found, tuple)
    assert found[1].name == "zoe"
    assert "Nobody in the workspace is called zoe." in somebody.read
    assert "Nobody in the workspace is called U0NOBODY00." in somebody.read


# --- over HTTP


async def test_with_an_address_the_signing_secret_takes_the_app_token_s_place(
    slack: SlackStandin,
) -> None:
    slack.add_user("ada")
    pasted = ["too-short", SIGNING_SECRET, slack.bot_token]
    somebody = Somebody(answers=["one", "papers", "ada"], secrets=pasted)
    found = await setup(settings(slack, slack_public_url=ADDRESS), somebody)
    assert isinstance(found, tuple)
    kept = {"SLACK_SIGNING_SECRET": SIGNING_SECRET, "SLACK_BOT_TOKEN": slack.bot_token}
    assert somebody.kept == kept
    mode = Mode(sockets=False, address=ADDRESS)
    assert printed(manifest(COMMANDS, mode)) in somebody.told
    assert f"{ADDRESS}/slack/events" in somebody.told[-1]
    assert SIGNING_SECRET not in somebody.read
    assert slack.calls("apps.connections.open") == []


async def test_many_workspaces_need_the_client_and_get_a_key(slack: SlackStandin) -> None:
    wrong = "d" * 32
    somebody = Somebody(
        answers=["many", "hello", "333.444", slack.app.client_id],
        secrets=[wrong, CLIENT_SECRET, CLIENT_SECRET, SIGNING_SECRET],
    )
    said = await setup(settings(slack, slack_public_url=ADDRESS), somebody)
    assert isinstance(said, str)
    assert f"  {ADDRESS}/slack/install" in said
    assert "/invite @Paperboy" in said
    key = somebody.kept.pop("SLACK_ENCRYPTION_KEY")
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"token")) == b"token"
    assert somebody.kept == {
        "SLACK_CLIENT_ID": slack.app.client_id,
        "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }
    assert "Slack refuses this client ID: there is no app with it" in somebody.read
    assert "it is not the secret of that client ID (bad_client_secret)" in somebody.read
    assert "that is the Client Secret" in somebody.read
    assert (
        printed(manifest(COMMANDS, Mode(sockets=False, many=True, address=ADDRESS)))
        in somebody.told
    )
    for secret in (wrong, CLIENT_SECRET, SIGNING_SECRET, key):
        assert secret not in somebody.read


async def test_a_key_that_is_set_stays(slack: SlackStandin) -> None:
    given = {
        "slack_public_url": ADDRESS,
        "slack_client_id": slack.app.client_id,
        "slack_client_secret": CLIENT_SECRET,
        "slack_app_token": slack.app_token,
        "slack_encryption_key": Fernet.generate_key().decode(),
    }
    somebody = Somebody()
    assert isinstance(await setup(settings(slack, **given), somebody), str)
    assert "SLACK_ENCRYPTION_KEY" not in somebody.kept
    with pytest.raises(ConfigError, match="SLACK_ENCRYPTION_KEY is"):
        await setup(settings(slack, **given | {"slack_encryption_key": "x"}), somebody)


@pytest.mark.parametrize(
    "given", [{"slack_client_id": "1.2"}, {"slack_signing_secret": SIGNING_SECRET}]
)
async def test_http_and_oauth_need_an_address(slack: SlackStandin, given: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="SLACK_PUBLIC_URL is missing: put the https:// address"):
        await setup(settings(slack, **given), Somebody())


# --- what was pasted


@given(st.sampled_from([*BEGINNINGS]), st.text("abcdef0123456789-", min_size=1))
def test_a_secret_is_known_by_how_it_begins(kind: Kind, rest: str) -> None:
    text = f"{BEGINNINGS[kind]}{rest}"
    assert kind_of(text) is kind
    for around in (" {}\n", 'SLACK_BOT_TOKEN="{}"', "export X={}", "Bearer {}", "`{}`"):
        assert trimmed(around.format(text)) == text


@given(st.text())
def test_whatever_is_pasted_is_something(text: str) -> None:
    assert kind_of(trimmed(text)) in Kind
    json.dumps(trimmed(text))


def test_offering_this_costs_a_start_nothing() -> None:
    look = (
        "import sys, adapters.slack; found = {'slack_sdk', 'slack_bolt', 'aiohttp', 'cryptography'}"
        " & {*sys.modules}; sys.exit(' '.join(found) or 0)"
    )
    subprocess.run([sys.executable, "-c", look], check=True)
