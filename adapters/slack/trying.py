"""Secrets tried at Slack: what is wrong with each, in words.

Every function raises ApiError where Slack can't be asked.
"""

from __future__ import annotations

from contextlib import suppress

from adapters.slack.api import Api, ApiError
from adapters.slack.directory import Identity
from adapters.slack.manifest import APPS
from adapters.slack.scopes import SOCKET_SCOPE
from bot.errors import CredentialsError


async def app_token_problem(url: str, token: str) -> str:
    """What keeps Socket Mode from working with this app token, "" where nothing does."""
    try:
        async with Api(url, token) as api:
            await api.prove_socket()
    except CredentialsError as error:
        return _reason(error)
    except ApiError as error:
        if not error.code:
            raise
        if error.code == "missing_scope":
            return f"it lacks {SOCKET_SCOPE}: generate another one with that scope"
        return f"it opens no connection ({error.code}): switch on Socket Mode at {APPS}"
    return ""


async def app_of_token(url: str, token: str) -> str:
    """The app of an app token; "" where Slack does not tell it."""
    with suppress(ApiError, CredentialsError):
        async with Api(url, token) as api:
            return await api.app_id()
    return ""


async def bot_token_problem(url: str, token: str, app_id: str = "") -> str:
    """What is wrong with this bot token, "" where nothing is; `app_id` is the app token's app."""
    try:
        async with Api(url, token) as api:
            app_of_bot = await app_of(api, await api.identity())
    except CredentialsError as error:
        return _reason(error)
    except ApiError as error:
        if not error.code:
            raise
        return str(error)
    return told_apart(app_of_bot, app_id)


def told_apart(app_of_bot: str, app_of_token: str) -> str:
    """What is to be said where the two tokens are of two apps; "" where one is not known."""
    if not app_of_bot or not app_of_token or app_of_bot == app_of_token:
        return ""
    others = f"it is of another app ({app_of_bot}) than the app token ({app_of_token})"
    return f"{others}; take both from one"


async def client_id_problem(url: str, number: str) -> str:
    """What is wrong with a client id, "" where nothing is."""
    code = await _refused_for(url, number, "none")
    return f"there is no app with it ({code})" if code == "invalid_client_id" else ""


async def client_secret_problem(url: str, number: str, secret: str) -> str:
    """What is wrong with a client's secret, "" where nothing is."""
    code = await _refused_for(url, number, secret)
    return f"it is not the secret of that client ID ({code})" if code else ""


async def _refused_for(url: str, number: str, secret: str) -> str:
    """Slack's name of what is wrong with a client, "" where nothing is."""
    try:
        async with Api(url) as api:
            await api.prove_client(number, secret)
    except ApiError as error:
        if not error.code:
            raise
        return error.code
    return ""


async def app_of(api: Api, identity: Identity) -> str:
    """The app of a bot; "" where Slack does not tell it, as without users:read."""
    with suppress(ApiError):
        return await api.app_of_bot(identity.bot_id)
    return ""


def _reason(error: CredentialsError) -> str:
    """The error's words, without what is said in front of them anyway."""
    return str(error).partition(": ")[2] or str(error)
