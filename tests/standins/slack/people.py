"""Driving people: each of these sends to the app what Slack's clients and service make of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standins.slack import answers, payloads
from standins.slack.asked import Asked
from standins.slack.deliveries import COMMAND, INTERACTIVE, Delivery
from standins.slack.happenings import Happenings
from standins.slack.world import Channel, Hook, Json, Message, User, View

Shown = Message | View | Asked


class People(Happenings):
    """What a person can do to the app. All return at once; AssertionError for the impossible."""

    async def until(self, check: Any, within: float = 5.0, about: str = "") -> Any:
        raise NotImplementedError

    def hook_url(self, hook: Hook) -> str:
        raise NotImplementedError

    # --- commands, mentions, direct messages

    def slash(
        self, user: User, channel: Channel, text: str = "", *, command: str = "/papers"
    ) -> Asked:
        """Enter the command with this text, as it is typed. Slack has none in threads."""
        known = self.world.app.commands
        assert known is None or command in known, f"{command} is none of {sorted(known)}"
        self._assert_there(user, channel)
        hook, trigger = self.world.new_hook(user, channel), self.world.new_trigger(user)
        given = (command, payloads.typed(text))
        body = payloads.command(self.world, hook, self.hook_url(hook), trigger, given)
        asked = self._asked(user, f"{command} {text}", channel=channel, trigger=trigger)
        asked.hook = hook

        def on_ack(told: Json) -> None:
            answers.command(self, asked, hook, told)

        return self._send(asked, COMMAND, body, on_ack)

    def mention(
        self, user: User, channel: Channel, text: str, thread_ts: str | Message | None = None
    ) -> Asked:
        """Write a message that begins with the app's mention, in a thread if one is given."""
        self._assert_there(user, channel)
        bot = channel.workspace.bot
        assert bot in channel.members, f"the app is not in {channel.name!r}"
        words = text if bot.mention in text else f"{bot.mention} {text}"
        asked = self._asked(user, words, channel=channel)
        message = self.say(user, channel, words, _ts(thread_ts))
        return self._told(asked, message, "app_mention", {})

    def direct(self, user: User, text: str, thread_ts: str | Message | None = None) -> Asked:
        """Write to the app directly."""
        assert self.world.app.has_messages, "the app takes no direct messages"
        channel = self.world.dm(user)
        asked = self._asked(user, text, channel=channel)
        message = self.say(user, channel, text, _ts(thread_ts))
        return self._told(asked, message, "message", {"channel_type": "im"}, "message.im")

    def _told(self, asked: Asked, message: Message, kind: str, more: Json, name: str = "") -> Asked:
        asked.order, asked.said = message.order, message
        about: Json = {
            "type": kind,
            "user": message.user.id,
            "text": message.text,
            "ts": message.ts,
            "channel": message.channel.id,
            "team": message.channel.workspace.id,
            "client_msg_id": self.world.new_id(""),
            "event_ts": message.ts,
        }
        about |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        asked.delivery = self.tell(message.channel.workspace, about | more, name=name)
        return asked

    def open_home(self, user: User, tab: str = "home") -> Asked:
        """Look at the app's page."""
        assert tab != "home" or self.world.app.has_home, "the app has no Home"
        asked = self._asked(user, f"opens {tab}", channel=self.world.dm(user))
        about = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self.world.dm(user).id,
            "tab": tab,
            "event_ts": self.world.new_ts(),
        }
        about |= self.home_json(user.home) if tab == "home" else {}
        asked.delivery = self.tell(user.workspace, about)
        return asked

    def invite(self, user: User, channel: Channel) -> Asked:
        """Invite the app into a channel."""
        self._assert_there(user, channel)
        asked = self._asked(user, f"invites to {channel.name}", channel=channel)
        asked.delivery = self.let_in(channel.workspace.bot, channel, inviter=user)
        return asked

    def shortcut(self, user: User, target: Message | str, callback_id: str = "") -> Asked:
        """Choose the app's entry in a message's menu, or (a callback id alone) a global one."""
        name = target if isinstance(target, str) else callback_id
        known = self.world.app.shortcuts
        assert known is None or name in known, f"{name!r} is none of {sorted(known)}"
        trigger = self.world.new_trigger(user)
        asked = self._asked(user, f"shortcut {name!r}", trigger=trigger)
        kind = "shortcut" if isinstance(target, str) else "message_action"
        about = payloads.interaction(self.world, user, kind, trigger)
        about |= {"callback_id": name, "action_ts": self.world.new_ts()}
        if isinstance(target, Message):
            asked.channel = target.channel
            told = payloads.in_message(self.world, target)
            about |= {"channel": told["channel"], "message": told["message"]}
            asked.hook = self.world.new_hook(user, target.channel)
            about |= {"message_ts": target.ts, "response_url": self.hook_url(asked.hook)}
        return self._send(asked, INTERACTIVE, about)

    # --- again

    def repeat(self, asked: Asked, attempt: int = 1, reason: str = "timeout") -> Delivery:
        """The same payload is sent again, as Slack does where it missed the acknowledgement."""
        again = Delivery(asked.delivery.kind, asked.delivery.payload)
        self.deliveries.append(again)
        self.courier.send(again, attempt, reason)
        return again

    # --- how it is sent

    @staticmethod
    def _assert_there(user: User, channel: Channel) -> None:
        assert user.workspace is channel.workspace, f"{user.name} is in another workspace"
        assert user in channel.members, f"{user.name} is not in {channel.name!r}"

    def _asked(self, user: User, about: str, **more: Any) -> Asked:
        assert user.workspace.installed, f"the app is not in {user.workspace.name}"
        nothing = Delivery("", {})
        order = self.world.next_order()
        return Asked(self.world, nothing, user, f"{user.name}: {about}", self.until, order, **more)

    def _send(
        self, asked: Asked, kind: str, payload: Json, on_ack: Callable[[Json], None] | None = None
    ) -> Asked:
        asked.delivery = self.deliver(kind, payload, on_ack)
        return asked

    def _seen(self, user: User, shown: Shown) -> Message | View:
        """What is shown, if this person sees it."""
        if isinstance(shown, Asked):
            shown = answers.shown_by(shown)
        if isinstance(shown, View):
            assert shown.user is user, "the view was shown to somebody else"
            assert shown.is_open, "the view is closed"
            return shown
        assert not shown.deleted, "the message is gone"
        assert shown.visible_to in (None, user), f"{user.name} does not see this message"
        return shown

    def _where(self, there: Message | View) -> Json:
        if isinstance(there, View):
            return payloads.in_view(self.world, there)
        return payloads.in_message(self.world, there)


def _ts(thread: str | Message | None) -> str | None:
    return (thread.thread_ts or thread.ts) if isinstance(thread, Message) else thread
