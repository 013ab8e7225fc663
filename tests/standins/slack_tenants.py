"""Workspaces that have installed Paperboy by OAuth, for a Paperboy in a process of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet
from standins.slack.server import SlackStandin
from standins.slack.world import Workspace as Place

from adapters.slack.installed import InstalledWorkspaces
from adapters.slack.keys import Keys
from adapters.slack.web import Web
from adapters.slack.workspaces import Workspace
from bot.places import Places
from bot.ports import Store
from storage import open_store


def now() -> datetime:
    return datetime.now(UTC)


async def install(database: Path, workspaces: Iterable[Workspace]) -> str:
    """Keep the workspaces as installing does; returns the key that encrypts their tokens."""
    key = Fernet.generate_key().decode()
    store = open_store(f"sqlite:///{database}")
    await keep(store, key, *workspaces)
    await store.close()
    return key


async def keep(store: Store, key: str, *workspaces: Workspace) -> None:
    """Keep the workspaces as another process does that installs them."""
    nowhere = Web("http://127.0.0.1")  # nothing is asked there: it is only kept
    installed = InstalledWorkspaces(nowhere, Places(store, now), Keys(key), now, ("", ""))
    for each in workspaces:
        await installed.keep(each)


def installation(place: Place) -> Workspace:
    """What an installation in a workspace of the stand-in leaves."""
    return Workspace(
        id=place.id,
        token=place.bot_token,
        bot_user=place.bot.id,
        bot_id=place.bot_id,
        bot_name=place.bot.name,
        name=place.name,
    )


def app_settings(slack: SlackStandin) -> dict[str, str]:
    """How the app is reached in Socket Mode, and installed."""
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_CLIENT_ID": slack.app.client_id,
        "SLACK_CLIENT_SECRET": slack.app.client_secret,
    }


def own_settings(key: str) -> dict[str, str]:
    """What decrypts the tokens, and where the pages of the installation are."""
    port = free_port()
    return {
        "SLACK_ENCRYPTION_KEY": key,
        "SLACK_PORT": str(port),
        "SLACK_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
