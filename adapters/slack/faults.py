"""What Slack's refusals mean to a delivery (the table of failures in PLATFORMS.md)."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import (
    ChannelGoneError,
    CredentialsError,
    DeliveryError,
    PersonGoneError,
    RenderError,
    TemporaryDeliveryError,
)

# Slack's names of errors, as its methods' pages list them ("chat.postMessage", "Errors").
_CLOSED = {
    "channel_not_found": "Paperboy can't see the channel: type /invite @Paperboy there",
    "not_in_channel": "Paperboy is not in the channel: type /invite @Paperboy there",
    "no_permission": "Paperboy may not post there: type /invite @Paperboy there",
    "is_archived": "the channel is archived",
    "restricted_action": "the workspace lets Paperboy not post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "only answers in threads are allowed there",
    "restricted_action_non_threadable_channel": "there are no threads in that channel",
    "cannot_dm_bot": "this is an app, which can't be written to",
    "user_disabled": "this person's account is closed",
    "user_not_found": "this person is not in the workspace",
    "user_not_visible": "this person can't be seen by Paperboy",
    "users_not_found": "this person is not in the workspace",
    "messages_tab_disabled": "direct messages to Paperboy are switched off in its App Home",
    "ekm_access_denied": "the workspace's keys don't let Paperboy post",
    "channel_type_not_supported": "nothing can be posted in a channel of that kind",
    "team_access_not_granted": "Paperboy is not installed in that workspace",
}
_GONE = frozenset({"user_disabled", "user_not_found", "users_not_found"})
# The token itself does not serve any more. What it merely may not do ("missing_scope") concerns one
# message, and what an organisation moves ("org_login_required") passes.
REFUSED = frozenset(
    "invalid_auth not_authed account_inactive token_revoked token_expired app_not_found".split()
)
_LACKS = frozenset({"missing_scope", "not_allowed_token_type"})
_OUR_FORM = frozenset(
    "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text".split()
    + "too_many_attachments invalid_attachments block_mismatch invalid_arguments".split()
)
TOO_FAST = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
TRIGGER_GONE = frozenset({"expired_trigger_id", "invalid_trigger_id", "exchanged_trigger_id"})

Network = (aiohttp.ClientError, OSError, TimeoutError, SlackClientError)


def code_of(error: Exception) -> str:
    """Slack's name of an error; "" where it told none."""
    if not isinstance(error, SlackApiError):
        return ""
    told: Any = getattr(error.response, "data", error.response)  # text, where it is a proxy's page
    return str(told.get("error") or "") if isinstance(told, Mapping) else ""


def delivery_error(error: Exception) -> DeliveryError:
    """The error as deliveries know it; the caller raises it from the cause."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, SlackApiError):
        return _of_answer(code_of(error), error)
    return TemporaryDeliveryError(f"Slack can't be reached: {why(error)}")


def why(error: Exception) -> str:
    """What kept us from an answer, without an address."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            return "its certificate is not trusted here (docs/install.md)"
        case aiohttp.ClientConnectorDNSError():
            return "its name is not found"
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientConnectorError(errno=int(number)):  # its own text holds the address
            return os.strerror(number)
    return type(error).__name__


def _of_answer(code: str, error: SlackApiError) -> DeliveryError:
    status = getattr(error.response, "status_code", 0)
    if code in TOO_FAST or status == 429:
        return TemporaryDeliveryError("rate limited", _wait(error))
    if code in _CLOSED:
        closed = _CLOSED[code]
        return PersonGoneError(closed) if code in _GONE else ChannelGoneError(closed)
    if code in REFUSED:
        return CredentialsError(f"Slack refuses Paperboy's token ({code})")
    if code in _LACKS:
        return TemporaryDeliveryError(f"the app lacks a scope ({code}): install it again")
    if code in _OUR_FORM:
        return RenderError(f"Slack refuses the message ({code})")
    return TemporaryDeliveryError(f"Slack answered {code or status}"[:200])


def _wait(error: SlackApiError) -> timedelta | None:
    """How long Slack wants us to wait ("Rate Limits": Retry-After, in seconds)."""
    told = getattr(error.response, "headers", None) or {}
    headers = {str(name).lower(): text for name, text in told.items()}
    try:
        return timedelta(seconds=float(headers.get("retry-after", "")))
    except ValueError:
        return None
