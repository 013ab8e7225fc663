"""`paperboy init`: a real process, somebody at a terminal, and a Discord that answers."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.discord.server import DiscordStandin
from standins.person import Person
from standins.shell import Shell, under_permissions

from bot.errors import ConfigError
from bot.operations.env_file import EnvFile, setting_in, with_setting
from bot.operations.terminal import Terminal

WRONG = "MTA.wrong.not-to-be-seen"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin() as standin:
        yield standin


@pytest.fixture
def shell(shell: Shell, discord: DiscordStandin) -> Shell:
    shell.settings["DISCORD_API_URL"] = discord.api_url
    shell.settings["DISCORD_GATEWAY_URL"] = discord.gateway_url
    return shell


@pytest.fixture
async def person(shell: Shell) -> AsyncIterator[Person]:
    async with Person(shell) as sitting:
        yield sitting


def settings_of(shell: Shell) -> str:
    return (shell.folder / ".env").read_text()


async def test_from_nothing_to_the_first_digest(person: Person, discord: DiscordStandin) -> None:
    discord.remove_app(discord.guilds[0])
    (person.shell.folder / ".env").write_text("# mine\nLOG_LEVEL=INFO")
    await person.run("init", "discord")
    await person.reads(r"Token \(it is not shown\): ")
    person.types(f"{WRONG}\n")
    await person.reads(r"Discord refuses this token.*\s+Token \(it is not shown\): ")
    person.types(f"{discord.bot_token}\n")
    await person.reads("Waiting until a server lets it in")
    discord.install(discord.guilds[0])
    listed = await person.reads(r"Channel for the digest.*: ")
    assert "1  #general" in listed
    person.types("2\n")
    await person.reads(r"Time zone of its readers \[UTC\]: ")
    person.types("nowhere at all\n")
    await person.reads(r"There is no zone.*\s+Time zone of its readers \[UTC\]: ")
    person.types("Berlin\n")
    await person.reads(r"Hour of the digest \[09:00\]: ")
    person.types("8:30\n")
    await person.reads(r"Monday to Friday at 08:30 Europe/Berlin")
    await person.reads(r"The latest digest is in #papers\.")
    await person.reads(r"To keep it running: paperboy run")
    assert await person.ends() == 0
    proof, digest = discord.messages(discord.channel())
    assert "will come here" in str(proof.components)
    assert "Hugging Face picks" in str(digest.components)
    assert settings_of(person.shell) == (
        f"# mine\nLOG_LEVEL=INFO\nDISCORD_TOKEN={discord.bot_token}\n"
    )
    assert stat.S_IMODE((person.shell.folder / ".env").stat().st_mode) == 0o600
    assert WRONG not in person.shown
    assert discord.bot_token not in person.shown


async def test_running_it_again_posts_nothing_twice(shell: Shell, discord: DiscordStandin) -> None:
    shell.settings["DISCORD_TOKEN"] = discord.bot_token
    for said in ("The latest is on its way", "Today's digest is out already"):
        async with Person(shell) as person:
            await person.run("init", "discord")
            await person.reads(r"Channel for the digest.*: ")
            person.types("papers\n")
            if "its way" in said:
                await person.reads(r"readers \[UTC\]: ")
                person.types("\n")
                await person.reads(r"digest \[09:00\]: ")
                person.types("\n")
            await person.reads(said)
            await person.reads(r"The latest digest is in #papers\.")
            assert await person.ends() == 0
    assert len(discord.messages(discord.channel())) == 2  # the proof and the digest
    assert discord.syncs == 1


async def test_a_channel_that_is_closed_meanwhile_subscribes_nothing(
    person: Person, discord: DiscordStandin
) -> None:
    person.shell.settings["DISCORD_TOKEN"] = discord.bot_token
    await person.run("init", "discord")
    await person.reads(r"Channel for the digest.*: ")
    person.types("papers\n")
    await person.reads(r"readers \[UTC\]: ")
    discord.fail("POST", "/channels/*/messages", 403, 50013, times=None)
    person.types("\n")
    await person.reads(r"digest \[09:00\]: ")
    person.types("\n")
    await person.reads(r"Nothing was subscribed\.")
    assert await person.ends() == 1
    person.shell.settings.pop("DISCORD_TOKEN")  # it is in .env by now
    assert "No channel is subscribed" in (await person.shell("status")).out


@pytest.mark.parametrize(
    ("before", "prompt"),
    [
        (False, r"Token \(it is not shown\): "),
        (True, r"Waiting until a server lets it in.*"),
        (True, r"Channel for the digest.*: "),
    ],
)
async def test_ctrl_c_leaves_all_in_order(
    person: Person, discord: DiscordStandin, before: bool, prompt: str
) -> None:
    if before:
        person.shell.settings["DISCORD_TOKEN"] = discord.bot_token
    if "Waiting" in prompt:
        discord.remove_app(discord.guilds[0])
    await person.run("init", "discord")
    await person.reads(prompt)
    person.types("\x03")
    assert await person.ends() == 130
    assert "Traceback" not in person.shown
    assert person.has_terminal_as_before()
    assert (person.shell.folder / ".env").exists() == before


async def test_enter_goes_on_without_and_an_end_of_input_ends(
    person: Person, discord: DiscordStandin
) -> None:
    discord.remove_app(discord.guilds[0])
    person.shell.settings["DISCORD_TOKEN"] = discord.bot_token
    await person.run("init", "discord")
    await person.reads(r"Waiting until a server")
    person.types("\n")
    await person.reads(r"No channel yet\. To go on, run this again: paperboy init discord")
    assert await person.ends() == 0
    discord.install(discord.guilds[0])
    await person.run("init", "discord")
    await person.reads(r"Channel for the digest.*: ")
    person.types("papers\n")
    await person.reads(r"readers \[UTC\]: ")
    person.types("\x04")
    await person.reads(r"Nothing was subscribed")
    assert await person.ends() == 0


# --- nobody at the terminal


async def test_without_a_terminal_it_says_what_it_needs(shell: Shell) -> None:
    ran = await shell("init", "discord")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("paperboy: DISCORD_TOKEN is missing: run this in a terminal")
    assert len(ran.err.splitlines()) == 1
    assert not (shell.folder / ".env").exists()


async def test_a_pipe_brings_the_token(shell: Shell, discord: DiscordStandin) -> None:
    ran = await shell("init", "discord", typed=f"{discord.bot_token}\n")
    assert (ran.code, ran.err) == (0, "")
    assert f"client_id={discord.bot.id}" in ran.out
    assert "run this again in a terminal: paperboy init discord" in ran.out
    assert settings_of(shell) == f"DISCORD_TOKEN={discord.bot_token}\n"
    wrong = await shell("init", "discord")
    assert wrong.code == 0  # now it is known
    (shell.folder / ".env").unlink()
    refused = await shell("init", "discord", typed=f"{WRONG}\n")
    assert refused.code == 2
    assert WRONG not in refused.out + refused.err
    assert not (shell.folder / ".env").exists()


async def test_a_token_of_the_environment_that_is_wrong_is_told(
    shell: Shell, discord: DiscordStandin
) -> None:
    shell.settings["DISCORD_TOKEN"] = WRONG
    async with Person(shell) as person:
        await person.run("init", "discord")
        await person.reads(r"refuses the DISCORD_TOKEN that is set\.\s+Token \(it is not shown\): ")
        person.types(f"{discord.bot_token}\n")
        await person.reads(r"Take DISCORD_TOKEN out of the environment")
        await person.reads(r"Channel for the digest.*: ")
        person.types("1\n")
        await person.reads(r"readers \[UTC\]: ")
        person.types("\n")
        await person.reads(r"digest \[09:00\]: ")
        person.types("\n")
        await person.reads(r"The latest digest is in #general")
        assert await person.ends() == 0


async def test_what_can_not_be_set_up_is_a_wrong_argument(shell: Shell) -> None:
    ran = await shell("init", "console")
    told = "nothing is to be set up for console; there is for discord and slack"
    assert ran == (2, "", f"paperboy: {told}\n")


# --- the settings file


async def test_a_link_or_a_read_only_file_is_refused_before_anything_is_typed(
    shell: Shell, discord: DiscordStandin
) -> None:
    elsewhere, file = shell.folder / "elsewhere", shell.folder / ".env"
    elsewhere.write_text("LOG_LEVEL=INFO\n")
    file.symlink_to(elsewhere)
    ran = await shell("init", "discord", typed=f"{discord.bot_token}\n")
    assert ran.code == 2
    assert ran.err.startswith("paperboy: .env is a link to another file: put the setting there")
    file.unlink()
    file.write_text("LOG_LEVEL=INFO\n")
    file.chmod(0o400)
    ran = await shell("init", "discord", typed=f"{discord.bot_token}\n")
    assert ran.err.startswith("paperboy: .env is read-only")
    assert file.read_text() == elsewhere.read_text() == "LOG_LEVEL=INFO\n"
    assert discord.requests == []


async def test_a_link_that_holds_the_token_already_is_left_as_it_is(
    shell: Shell, discord: DiscordStandin
) -> None:
    elsewhere = shell.folder / "elsewhere"
    elsewhere.write_text(f'DISCORD_TOKEN="{discord.bot_token}"\n')
    (shell.folder / ".env").symlink_to(elsewhere)
    assert (await shell("init", "discord")).code == 0
    assert (shell.folder / ".env").is_symlink()


async def test_a_folder_that_can_not_be_written_keeps_the_token_in_the_environment(
    shell: Shell, discord: DiscordStandin
) -> None:
    before = under_permissions()
    if before is None:
        pytest.skip("root can't be bound by permissions here: there is no setpriv")
    shell.before = before
    shell.settings["DISCORD_TOKEN"] = discord.bot_token
    shell.folder.chmod(0o555)
    ran = await shell("init", "discord")
    shell.folder.chmod(0o755)
    assert ran.code == 0
    assert "DISCORD_TOKEN is not kept, and must be in the environment" in ran.out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"T=new\n"),
        (b"A=1", b"A=1\nT=new\n"),
        (b"A=1\r\n", b"A=1\r\nT=new\r\n"),
        (b"A=1\nT=old\nB=2\n", b"A=1\nT=new\nB=2\n"),
        (b"export t = 'old' # mine\r\nB=2", b"T=new\r\nB=2"),
        (b"T=old\nA=1\nT=older\n", b"T=new\nA=1\n"),
        (b"# T=\nTT=1\nAT=2\n", b"# T=\nTT=1\nAT=2\nT=new\n"),
        (b"T\n", b"T=new\n"),
    ],
)
def test_a_setting_is_put_in_its_place(before: bytes, after: bytes) -> None:
    assert with_setting(before, "T", "new") == after
    assert with_setting(after, "T", "new") == after


@given(st.lists(st.binary(max_size=12).filter(lambda line: not line.strip().startswith(b"T"))))
def test_every_other_line_stays(lines: list[bytes]) -> None:
    text = b"".join(line.replace(b"\r", b"").replace(b"\n", b"") + b"\n" for line in lines)
    kept = [line for line in text.splitlines() if not re.match(rb"(?i)\s*(export\s)?\s*T", line)]
    found = with_setting(text, "T", "new").splitlines()
    assert [line for line in found if line in kept] == kept
    assert b"T=new" in found


def test_a_file_is_made_private_and_one_that_is_right_is_left(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("T=new\n")
    file.chmod(0o644)
    before = file.stat()
    assert not EnvFile(file).keep("T", "new")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert EnvFile(file).keep("T", "newer")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "text", [b"T=new", b"T=old\nexport t = 'new' # mine\n", b'T="new"\r\n', b"T=new # mine\n"]
)
def test_a_setting_is_found_however_it_is_written(text: bytes) -> None:
    assert setting_in(text, "T") == "new"
    assert setting_in(text, "A") == ""


def test_what_comes_from_outside_can_not_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Terminal(EnvFile(tmp_path / ".env")).tell("  1  Lab \x1b[31m\u202ered")
    assert capsys.readouterr().out == "  1  Lab [31mred\n"


def test_what_breaks_off_a_write_leaves_the_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match=r"can't be written: No space left"):
        EnvFile(file).keep("T", "new")
    assert file.read_text() == "A=1\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(ConfigError, match=r"is no file"):
        EnvFile(tmp_path / ".env").check()
