"""What Discord's refusals mean to a delivery (the table of failures in PLATFORMS.md)."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import discord

from bot.errors import (
    ChannelGoneError,
    CredentialsError,
    DeliveryError,
    PersonGoneError,
    RenderError,
    TemporaryDeliveryError,
)

# JSON error codes (Discord, "Opcodes and Status Codes").
UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE = 10003, 10004, 10008
UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013
UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10015, 10062
OPENING_TOO_FAST = 40003
ALREADY_ACKNOWLEDGED = 40060
MISSING_ACCESS, NOT_IN_DIRECT, CLOSED_TO_US, MISSING_PERMISSIONS = 50001, 50003, 50007, 50013
ARCHIVED_THREAD, LOCKED_THREAD, NO_TEXT_CHANNEL, INVALID_FORM = 50083, 160005, 50008, 50035
BLOCKED_ON_THE_WAY = 40333
NO_MUTUAL_GUILDS = 50278
NO_HISTORY = 160002  # an answer to a message wants Read Message History

_CLOSED = {
    UNKNOWN_CHANNEL: "the channel is gone",
    UNKNOWN_GUILD: "the server is gone",
    MISSING_ACCESS: "Paperboy can't see the channel: it lacks View Channel",
    MISSING_PERMISSIONS: "Paperboy may not post there: it lacks Send Messages",
    CLOSED_TO_US: "direct messages from Paperboy are closed",
    ARCHIVED_THREAD: "the thread is archived and locked",
    LOCKED_THREAD: "the thread is locked",
    NO_TEXT_CHANNEL: "nothing can be written in that channel",
}
_GONE = {
    NO_MUTUAL_GUILDS: "there is no server that this person and Paperboy share",
    UNKNOWN_USER: "there is no such person on Discord any more",
}
TOO_MANY_OPENED = timedelta(minutes=10)


Network = (aiohttp.ClientError, OSError, TimeoutError)


def delivery_error(error: Exception) -> DeliveryError:
    """The error as deliveries know it; the caller raises it from the cause."""
    match error:
        case discord.LoginFailure():
            return CredentialsError("Discord refuses the token")
        case discord.RateLimited(retry_after=seconds):
            return TemporaryDeliveryError("rate limited", timedelta(seconds=seconds))
        case discord.HTTPException():
            return _of_answer(error)
        case discord.GatewayNotFound() | discord.ConnectionClosed():
            return TemporaryDeliveryError("Discord's gateway can't be reached")
        case _ if isinstance(error, Network):
            return TemporaryDeliveryError(f"Discord can't be reached: {type(error).__name__}")
    return TemporaryDeliveryError(f"Discord's library failed: {type(error).__name__}")


def _of_answer(error: discord.HTTPException) -> DeliveryError:
    said = f"({error.status}, {error.code})"
    if error.status == 401:
        return CredentialsError("Discord refuses the token (401)")
    if closed := _CLOSED.get(error.code) or _GONE.get(error.code):
        return PersonGoneError(closed) if error.code in _GONE else ChannelGoneError(closed)
    if error.status == 429 or error.code == OPENING_TOO_FAST:
        return TemporaryDeliveryError("rate limited", _wait(error))
    if error.code == INVALID_FORM or error.status in {400, 413}:
        return RenderError(f"Discord refuses the message {said}")
    # Without a code of Discord's own, somebody stands between: a proxy, or Cloudflare.
    if error.status in {403, 404} and error.code not in {0, BLOCKED_ON_THE_WAY}:
        return ChannelGoneError(f"the place is closed to Paperboy {said}")
    return TemporaryDeliveryError(f"Discord answered {said}")


def _wait(error: discord.HTTPException) -> timedelta | None:
    """How long Discord wants us to wait; of opening too many direct messages it tells nothing."""
    if error.code == OPENING_TOO_FAST:
        return TOO_MANY_OPENED
    try:
        return timedelta(seconds=float(error.response.headers.get("Retry-After", "")))
    except ValueError:
        return None


def is_too_late(error: Exception) -> bool:
    """Whether an answer came too late, or another one was first: nothing is wrong then."""
    late = {UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, ALREADY_ACKNOWLEDGED, UNKNOWN_MESSAGE}
    if isinstance(error, discord.InteractionResponded):
        return True
    return isinstance(error, discord.HTTPException) and error.code in late


def is_refused(error: discord.HTTPException) -> bool:
    """Whether Discord refused the form of an answer, which can still be given in another."""
    return error.status == 400 and not is_too_late(error)
