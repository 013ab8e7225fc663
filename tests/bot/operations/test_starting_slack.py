"""`paperboy init slack`: a real process, somebody at a terminal, and a Slack that answers."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator

import pytest
from standins.person import Person
from standins.shell import Shell
from standins.slack.server import SlackStandin

from adapters.slack.manifest import Mode, manifest
from adapters.slack.scopes import SCOPES
from bot.commands import COMMANDS

WRONG = "xapp-1-wrong-not-to-be-seen"


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandin]:
    async with SlackStandin(scopes=SCOPES) as standin:
        standin.add_user("ada")
        yield standin


@pytest.fixture
def shell(shell: Shell, slack: SlackStandin) -> Shell:
    shell.settings["SLACK_API_URL"] = slack.api_url
    return shell


@pytest.fixture
async def person(shell: Shell) -> AsyncIterator[Person]:
    async with Person(shell) as sitting:
        yield sitting


def settings_of(shell: Shell) -> str:
    return (shell.folder / ".env").read_text()


async def test_from_nothing_to_the_first_digest(person: Person, slack: SlackStandin) -> None:
    papers, ada = slack.channel(), next(iter(slack.workspaces[0].users.values()))
    papers.members.remove(slack.bot)
    await person.run("init", "slack")
    await person.reads(r"1\. Open this link")
    await person.reads(r"https://api\.slack\.com/apps\?new_app=1&manifest_json=")
    await person.reads(r"App token, xapp-… \(it is not shown\): ")
    person.types(f"{WRONG}\n")
    await person.reads(r"Slack refuses this app token.*\s+App token, xapp-… \(it is not shown\): ")
    person.types(f"{slack.bot_token}\n")
    await person.reads(r"That is the bot token.*\s+App token, xapp-… \(it is not shown\): ")
    person.types(f"{slack.app_token}\n")
    listed = await person.reads(r"Channel for the digest.*: ")
    assert "#general" in listed
    person.types("papers\n")
    await person.reads(r"/invite @paperboy")
    await person.reads(r"Waiting until it is in")
    papers.members.add(slack.bot)
    await person.reads(r"Who looks after it.*: ")
    person.types("ada\n")
    await person.reads(r"Time zone of its readers \[UTC\]: ")
    person.types("Berlin\n")
    await person.reads(r"Hour of the digest \[09:00\]: ")
    person.types("8:30\n")
    await person.reads(r"Monday to Friday at 08:30 Europe/Berlin")
    await person.reads(r"The latest digest is in #papers\.")
    await person.reads(r"To keep it running: paperboy run")
    assert await person.ends() == 0
    proof, digest = slack.messages(papers)
    assert "will come here" in proof.text
    assert "Hugging Face picks" in digest.text + str(digest.blocks)
    assert settings_of(person.shell) == (
        f"SLACK_APP_TOKEN={slack.app_token}\nSLACK_BOT_TOKEN={slack.bot_token}\n"
    )
    assert stat.S_IMODE((person.shell.folder / ".env").stat().st_mode) == 0o600
    assert ada.id not in person.shown
    for secret in (WRONG, slack.app_token, slack.bot_token):
        assert secret not in person.shown


async def test_running_it_again_posts_nothing_twice(shell: Shell, slack: SlackStandin) -> None:
    shell.settings |= {"SLACK_APP_TOKEN": slack.app_token, "SLACK_BOT_TOKEN": slack.bot_token}
    for said in ("The latest is on its way", "Today's digest is out already"):
        async with Person(shell) as person:
            await person.run("init", "slack")
            await person.reads(r"Channel for the digest.*: ")
            person.types("papers\n")
            await person.reads(r"Who looks after it.*: ")
            person.types("ada\n")
            if "its way" in said:
                await person.reads(r"readers \[UTC\]: ")
                person.types("\n")
                await person.reads(r"digest \[09:00\]: ")
                person.types("\n")
            await person.reads(said)
            await person.reads(r"The latest digest is in #papers\.")
            assert await person.ends() == 0
    assert len(slack.messages(slack.channel())) == 2  # the proof and the digest


async def test_waiting_for_an_admin_ends_well_and_goes_on_later(
    person: Person, slack: SlackStandin
) -> None:
    await person.run("init", "slack")
    await person.reads(r"App token, xapp-….*: ")
    person.types(f"{slack.app_token}\n")
    await person.reads(r"Bot token, xoxb-….*: ")
    person.types("\n")
    await person.reads(r"If an admin has to approve the app")
    await person.reads(r"run this again: paperboy init slack")
    assert await person.ends() == 0
    assert settings_of(person.shell) == f"SLACK_APP_TOKEN={slack.app_token}\n"
    await person.run("init", "slack")
    asked = await person.reads(r"Bot token, xoxb-….*: ")
    assert "manifest" not in asked
    person.types("\x03")
    assert await person.ends() == 130
    assert person.has_terminal_as_before()


async def test_without_a_terminal_the_manifest_comes_out_whole(shell: Shell) -> None:
    ran = await shell("init", "slack")
    assert ran.code == 2
    assert ran.err.startswith("paperboy: SLACK_APP_TOKEN is missing: run this in a terminal")
    assert len(ran.err.splitlines()) == 1
    shown = ran.out[ran.out.index("{") : ran.out.index("\n}\n") + 2]
    assert json.loads(shown) == manifest(COMMANDS, Mode())
    assert not (shell.folder / ".env").exists()


async def test_many_workspaces_are_told_how_to_go_on(person: Person, slack: SlackStandin) -> None:
    slack.app.client_secret = "c" * 32
    person.shell.settings["SLACK_PUBLIC_URL"] = "https://papers.example.org"
    await person.run("init", "slack")
    await person.reads(r"For one workspace, or for many \[one\]: ")
    person.types("many\n")
    await person.reads(r"Client ID: ")
    person.types(f"{slack.app.client_id}\n")
    await person.reads(r"Client Secret.*: ")
    person.types("c" * 32 + "\n")
    await person.reads(r"Signing Secret.*: ")
    person.types("5" * 32 + "\n")
    await person.reads(r"https://papers\.example\.org/slack/install")
    told = await person.reads(r"To keep it running: paperboy run")
    assert "No channel yet" not in told
    assert await person.ends() == 0
    kept = dict(line.split("=", 1) for line in settings_of(person.shell).splitlines())
    assert kept.keys() == {
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
        "SLACK_ENCRYPTION_KEY",
    }
    assert kept["SLACK_ENCRYPTION_KEY"] not in person.shown
    assert "c" * 32 not in person.shown
