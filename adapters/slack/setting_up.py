"""Slack's part of `paperboy init`: an app made from its manifest, its secrets, a channel.

What talks to Slack is imported when it is needed: every start of Paperboy reads this module.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from adapters.slack.choosing import choose_contact, choose_room
from adapters.slack.manifest import Mode, app_page, creation_link, manifest, mode_of, printed
from adapters.slack.scopes import NEEDED_TO_BEGIN, SCOPES, missing_scopes, told_scopes
from adapters.slack.steps import APPROVAL, MAKING, final_steps, steps
from bot.commands import COMMANDS
from bot.errors import ConfigError
from bot.models import Channel, User
from bot.ports import Terminal

if TYPE_CHECKING:
    from adapters.slack import SlackSettings
    from adapters.slack.api import Api
    from adapters.slack.directory import Identity

GET_LIBRARY = 'slack-bolt is missing: pip install "paperboy[slack]"'


async def setup(settings: SlackSettings, terminal: Terminal) -> tuple[Channel, User] | str | None:
    """Everything that Slack needs, up to a channel where digests are to go, with their contact.

    None where no channel was chosen; where many workspaces are served, what is to be done next.
    Raises ConfigError, ApiError.
    """
    if find_spec("slack_bolt") is None:
        raise ConfigError(GET_LIBRARY)
    mode = await _mode(settings, terminal)
    if _is_new(settings):
        _introduce(mode, terminal)
    if mode.many:
        from adapters.slack.obtaining import obtain_client  # noqa: PLC0415 - see the module

        await obtain_client(settings, mode, terminal)
        return final_steps(mode)
    return await _set_up_one(settings, mode, terminal)


async def _mode(settings: SlackSettings, terminal: Terminal) -> Mode:
    """How Slack is to reach it, and how many workspaces it serves. Raises ConfigError."""
    mode = mode_of(settings)
    if not mode.address and (mode.many or not mode.sockets):
        raise ConfigError(
            "SLACK_PUBLIC_URL is missing: put the https:// address where Slack and browsers reach "
            "Paperboy into .env, then run this again"
        )
    if mode.address and _is_new(settings):
        answer = await terminal.ask("For one workspace, or for many", "one")
        return replace(mode, many=(answer or "").strip().lower().startswith("m"))
    return mode


def _is_new(settings: SlackSettings) -> bool:
    """Whether there is no app yet, as far as the settings tell."""
    secrets = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    held = [secret.get_secret_value() for secret in secrets]
    return not any([*held, settings.slack_client_id])


def _introduce(mode: Mode, terminal: Terminal) -> None:
    """The manifest, what it asks for and why, the link that fills it in, and the clicks."""
    made = manifest(COMMANDS, mode)
    permissions = f"It asks for these permissions, and no others:\n{told_scopes(SCOPES)}"
    for part in (
        "Paperboy as a Slack app is made from this manifest:",
        printed(made),
        permissions,
        MAKING,
        creation_link(made),
        steps(mode),
    ):
        terminal.tell(part)
        terminal.tell()


async def _set_up_one(
    settings: SlackSettings, mode: Mode, terminal: Terminal
) -> tuple[Channel, User] | None:
    """One workspace: its tokens, a channel, a contact."""
    from adapters.slack.api import Api  # noqa: PLC0415 - see the module
    from adapters.slack.obtaining import obtain_tokens  # noqa: PLC0415

    bot_token, app_id = await obtain_tokens(settings, mode, terminal)
    if not bot_token:
        terminal.tell(APPROVAL)
        return None
    async with Api(settings.slack_api_url, bot_token) as api:
        identity = await api.identity()
        if not _may_begin(identity, mode, app_id, terminal):
            return None
        found = await _place(api, identity, terminal)
    if found and not mode.sockets:
        terminal.tell(final_steps(mode))
    return found


def _may_begin(identity: Identity, mode: Mode, app_id: str, terminal: Terminal) -> bool:
    """Say whose token it is, and what the app was not granted; whether that is enough to go on."""
    who = f"@{identity.bot_name} in {identity.workspace}"
    terminal.tell(f"Slack accepts the bot token: it is {who}.")
    lacking = missing_scopes(identity.scopes)
    if not lacking:
        return True
    terminal.tell(f"But the app was not granted:\n{told_scopes(lacking)}")
    terminal.tell(f"To mend that, open {app_page(app_id)}")
    terminal.tell("and App Manifest there, put this one in its place, and press Save Changes:")
    terminal.tell(f"\n{printed(manifest(COMMANDS, mode))}\n")
    terminal.tell("Then Install App, Reinstall to Workspace. The tokens stay the same.")
    return not set(lacking) & set(NEEDED_TO_BEGIN)


async def _place(api: Api, identity: Identity, terminal: Terminal) -> tuple[Channel, User] | None:
    """The channel for the digest, and who looks after it."""
    room = await choose_room(api, identity, terminal)
    person = await choose_contact(api, terminal) if room else None
    if room is None or person is None:
        return None
    channel = Channel("slack", identity.team, room.id, room.name)
    return channel, User("slack", f"{identity.team}/{person.id}", person.names[0])
