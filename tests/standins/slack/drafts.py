"""What becomes of the body of a message or a view: checked as Slack checks it, then taken over."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from standins.slack.elements import initial_states, settled
from standins.slack.refusals import Refused
from standins.slack.world import Channel, Json, Message, User, View, World

Check = Callable[[Json], list[str]]
MAX_TEXT = 40_000
MAX_BLOCKS = 50
MAX_VIEW_BYTES = 250_000
MAX_STACK = 3  # modals over one another
# Problems that Slack has an error of its own for: the validator's text begins with it.
OWN_ERRORS = ("msg_blocks_too_long", "msg_too_long", "no_text", "view_too_large")


def message_problems(body: Json) -> list[str]:
    """The suite's own validator of messages."""
    from standins.slack_limits import message_problems

    return message_problems(body)


def view_problems(view: Json) -> list[str]:
    """The suite's own validator of modals and Homes."""
    from standins.slack_limits import view_problems

    return view_problems(view)


@dataclass
class Desk:
    """Takes bodies over; `refused` are those that were not, each with its problems."""

    world: World
    check: Check | None
    check_view: Check | None
    refused: list[tuple[Json, list[str]]] = field(default_factory=list)

    # --- messages

    def post(self, channel: Channel, body: Json, *, to: User | None = None) -> Message:
        """A new message of the app, seen by all or by one; or raise Refused.

        What one person alone is told in a thread shows only where the thread has been begun
        (Slack, "chat.postEphemeral"): else nobody sees it, and no error tells.
        """
        message = Message(
            self.world.new_ts(), channel, channel.workspace.bot,
            thread_ts=body.get("thread_ts") or None,
            broadcast=bool(body.get("reply_broadcast")), visible_to=to,
        )  # fmt: skip
        self.fill(message, body)
        message.order = self.world.next_order()
        if to is None or not message.thread_ts or _is_begun(channel, message.thread_ts):
            self.world.messages.append(message)
        if to is None:
            channel.messages[message.ts] = message
        return message

    def fill(self, message: Message, body: Json) -> None:
        """Make the message what `body` says; what is not named stays, as chat.update has it."""
        text = body.get("text")
        blocks = body.get("blocks")
        attachments = body.get("attachments")
        whole = {
            "text": message.text if text is None else text,
            "blocks": message.blocks if blocks is None else blocks,
            "attachments": message.attachments if attachments is None else attachments,
        }
        self.checked_message(body, whole)
        message.text = whole["text"]
        message.blocks = settled(whole["blocks"])
        message.attachments = whole["attachments"]
        message.edits.append(body)

    def checked_message(self, body: Json, whole: Json) -> None:
        """Refuse what Slack does whatever the check is, then what the check finds."""
        if not isinstance(whole["blocks"], list):
            raise Refused("invalid_blocks_format")
        if not any(whole.values()):
            raise Refused("no_text")
        if len(whole["text"]) > MAX_TEXT:
            raise Refused("msg_too_long")
        if len(whole["blocks"]) > MAX_BLOCKS:
            words = f"no more than {MAX_BLOCKS} items allowed [json-pointer:/blocks]"
            raise Refused("invalid_blocks", [words], errors=[words])
        problems = self.check({**body, **whole}) if self.check else []
        if problems:
            self.refuse(body, problems, "invalid_blocks")

    def refuse(self, body: Json, problems: list[str], error: str) -> None:
        self.refused.append((body, problems))
        own = next((each for each in OWN_ERRORS if problems[0].startswith(each)), None)
        more = {"errors": problems} if error == "invalid_blocks" else {}
        raise Refused(own or error, problems, **more)

    # --- views

    def view(self, user: User, body: Json, previous: View | None = None) -> View:
        """A new view of this person, over the one before it; or raise Refused."""
        self.checked_view(body)
        external = body.get("external_id") or ""
        if external and any(
            each.external_id == external and each.is_open for each in self.world.views.values()
        ):
            raise Refused("duplicate_external_id")
        made = View(self.world.new_id("V"), user, {}, "", "", external_id=external)
        made.previous_id = previous.id if previous else None
        made.root_id = previous.root_id if previous else made.id
        self._settle(made, body)
        self.world.views[made.id] = made
        return made

    def change(self, view: View, body: Json) -> None:
        """What was put in stays where the block and the action keep their ids and their type."""
        self.checked_view(body)
        if body["type"] != view.body["type"]:
            raise Refused("invalid_arguments", ["the type of a view can't be changed"])
        before = view.filled
        self._settle(view, body)
        view.filled |= {
            key: state
            for key, state in before.items()
            if key in view.filled and view.filled[key]["type"] == state["type"]
        }
        view.changes += 1

    def _settle(self, view: View, body: Json) -> None:
        view.body = {**body, "blocks": settled(body["blocks"])}
        view.filled = initial_states(view.body["blocks"])
        view.hash = f"{int(self.world.clock())}.{secrets.token_hex(4)}"
        view.order = self.world.next_order()

    def checked_view(self, body: Json) -> None:
        if not isinstance(body, dict) or body.get("type") not in ("modal", "home"):
            raise Refused("invalid_arguments", ["view.type must be modal or home"])
        if not isinstance(body.get("blocks"), list):
            raise Refused("invalid_arguments", ["missing required field: blocks"])
        problems = self.check_view(body) if self.check_view else []
        if problems:
            self.refuse(body, problems, "invalid_arguments")


def _is_begun(channel: Channel, thread_ts: str) -> bool:
    """Whether anybody has replied in a thread."""
    return any(each.thread_ts == thread_ts for each in channel.messages.values())
