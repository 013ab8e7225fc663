"""What Slack makes of an acknowledgement that says more than "received"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standins.slack import response_urls
from standins.slack.asked import Asked
from standins.slack.drafts import MAX_STACK
from standins.slack.forms import input_ids
from standins.slack.refusals import Refused
from standins.slack.world import Hook, Json, Message, View

if TYPE_CHECKING:
    from standins.slack.server import SlackStandin

SUGGESTIONS = 100


def command(slack: SlackStandin, asked: Asked, hook: Hook, told: Json) -> None:
    """A text or blocks in a command's acknowledgement are its first answer."""
    if not told:
        return
    try:
        response_urls.take(slack, hook, told)
    except Refused as refused:
        asked.faults.append(f"the acknowledgement was refused: {refused}")


def suggestion(slack: SlackStandin, asked: Asked, told: Json) -> None:
    """The options of an external select."""
    groups = told.get("option_groups") or []
    options = [*told.get("options", ()), *(each for group in groups for each in group["options"])]
    problems = slack.option_problems(options)
    if len(options) > SUGGESTIONS or problems:
        asked.faults.append(f"the options were refused: {problems or len(options)}")
        slack.refused.append((told, problems or [f"{len(options)} options"]))
        return
    asked.options = options


def submission(slack: SlackStandin, asked: Asked, view: View, told: Json) -> None:
    """`response_action`: errors, update, push or clear; nothing closes the modal."""
    try:
        _respond(slack, asked, view, told)
    except Refused as refused:
        asked.faults.append(f"the acknowledgement was refused: {refused}")
        slack.refused.append((told, [refused.error, *refused.messages]))
    slack.stir()


def _respond(slack: SlackStandin, asked: Asked, view: View, told: Json) -> None:
    action = told.get("response_action")
    if action is None:
        _close(view)
    elif action == "clear":
        slack.clear(view.user)
    elif action == "errors":
        _errors(asked, view, told.get("errors"))
    elif action == "update":
        slack.desk.change(view, told.get("view") or {})
    elif action == "push":
        _push(slack, view, told.get("view") or {})
    else:
        raise Refused("invalid_response_action", [str(action)])


def _close(view: View) -> None:
    view.is_open = False
    if view in view.user.stack:
        view.user.stack.remove(view)


def _errors(asked: Asked, view: View, errors: object) -> None:
    """Slack shows "We had some trouble connecting" where an error names no input block."""
    if not isinstance(errors, dict) or not errors:
        raise Refused("invalid_errors", ["errors must be texts by block id"])
    strange = errors.keys() - input_ids(view)
    empty = [name for name, text in errors.items() if not isinstance(text, str) or not text]
    if strange or empty:
        raise Refused("invalid_errors", [f"no input blocks {strange}, empty texts {empty}"])
    asked.errors = dict(errors)


def _push(slack: SlackStandin, view: View, body: Json) -> None:
    stack = view.user.stack
    if len(stack) >= MAX_STACK:
        raise Refused("push_limit_reached")
    stack.append(slack.desk.view(view.user, body, previous=view))


def shown_by(asked: Asked) -> Message | View:
    """What is there to be used after something was asked: a new modal, else the first message."""
    stack = asked.user.stack
    if stack and stack[-1].order > asked.order:
        return stack[-1]
    home = asked.user.home
    if asked.messages:
        return asked.messages[0]
    assert home, f"nothing came of {asked.about!r} yet"
    assert home.order > asked.order, f"nothing came of {asked.about!r} yet"
    return home
