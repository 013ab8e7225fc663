"""response_url: answering a command or a press, five times within thirty minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standins.slack.refusals import Refused
from standins.slack.world import Hook, Json, Message

if TYPE_CHECKING:
    from standins.slack.server import SlackStandin

USES = 5
HOOK_SECONDS = 1800.0


def answer(slack: SlackStandin, token: str, body: Json) -> None:
    """Do what the body says; Refused where the address is used up, too old or unknown."""
    hook = slack.world.hooks.get(token)
    if hook is None:
        raise Refused("invalid_token")
    if slack.clock() - hook.made_at > HOOK_SECONDS:
        raise Refused("expired_url")
    if hook.uses >= USES:
        raise Refused("used_url")
    take(slack, hook, body)
    hook.uses += 1


def take(slack: SlackStandin, hook: Hook, body: Json) -> Message | None:
    """What a response_url or the acknowledgement of a command says; the message that it made."""
    original = hook.message
    if body.get("delete_original"):
        if original:
            slack.forget(original)
        return None
    if body.get("replace_original") and original and not original.deleted:
        slack.desk.fill(original, _content(body))
        slack.told_message(original, changed=True)
        return original
    is_public = body.get("response_type") == "in_channel"
    message = slack.desk.post(hook.channel, _content(body), to=None if is_public else hook.user)
    message.response_token = hook.token
    if hook.message is None:  # what a command's answer said may be replaced by a later one
        hook.message = message
    if is_public:
        slack.told_message(message)
    return message


def _content(body: Json) -> Json:
    more = ("response_type", "replace_original", "delete_original")
    return {name: value for name, value in body.items() if name not in more}
