"""Driving people, further: the buttons, selects and forms that they use."""

from __future__ import annotations

from typing import Any

from standins.slack import answers, forms, payloads
from standins.slack.asked import Asked
from standins.slack.deliveries import INTERACTIVE
from standins.slack.elements import STATES, Found, elements, find, initial_states
from standins.slack.people import People, Shown
from standins.slack.world import Json, Message, User, View


class Using(People):
    """What a person can do with what the app shows them."""

    # --- buttons, selects, menus

    def press(self, user: User, shown: Shown, button: str) -> Asked:
        """Press the button of this action id or label."""
        found = find(self._seen(user, shown).blocks, button, {"button"})
        return self._use(user, shown, found, {})

    def select(self, user: User, shown: Shown, name: str, value: Any) -> Asked:
        """Choose in the select, picker or boxes of this action id, block id or placeholder."""
        found = find(self._seen(user, shown).blocks, name, set(STATES))
        assert not found.in_input or found.block.get("dispatch_action"), f"{name!r} tells nobody"
        return self._use(user, shown, found, forms.put(found, value))

    def choose(self, user: User, shown: Shown, value: str, menu: str = "") -> Asked:
        """Choose an option of an overflow menu (of this action id, where there are several)."""
        blocks = self._seen(user, shown).blocks
        menus = [each for each in elements(blocks) if each.type == "overflow"]
        menus = [each for each in menus if menu in ("", *each.names)]
        assert len(menus) == 1, f"there are {len(menus)} menus"
        return self._use(user, shown, menus[0], {"selected_option": forms.option(menus[0], value)})

    def options(self, user: User, shown: Shown, name: str, text: str) -> Asked:
        """Type into an external select; `asked.options` are what the app offers."""
        there = self._seen(user, shown)
        kinds = {"external_select", "multi_external_select"}
        found = find(there.blocks, name, kinds)
        asked = self._asked(user, f"types {text!r}", pressed=there)
        about = payloads.interaction(self.world, user, "block_suggestion", None)
        about |= {"action_id": found.key[1], "block_id": found.key[0], "value": text}
        where = self._where(there)

        def on_ack(told: Json) -> None:
            answers.suggestion(self, asked, told)

        return self._send(asked, INTERACTIVE, about | where, on_ack)

    # --- forms

    def submit(self, user: User, shown: View | Asked, values: Json | None = None) -> Asked:
        """Send a modal; `values` by action id, block id or label, the others as they stand."""
        view = self._modal(user, shown)
        assert view.body.get("submit"), "this modal has nothing to submit"
        forms.fill(view, values or {})
        forms.assert_complete(view)
        trigger = self.world.new_trigger(user, view)
        asked = self._asked(user, f"submits {view.title!r}", pressed=view, trigger=trigger)
        about = payloads.interaction(self.world, user, "view_submission", trigger)
        about |= {"view": payloads.in_view(self.world, view)["view"], "response_urls": []}

        def on_ack(told: Json) -> None:
            answers.submission(self, asked, view, told)

        return self._send(asked, INTERACTIVE, about, on_ack)

    def close(self, user: User, shown: View | Asked, *, everything: bool = False) -> Asked | None:
        """Close a modal, or all that are open; the app hears of it if it asked to."""
        view = self._modal(user, shown)
        gone = [*user.stack] if everything or view.body.get("clear_on_close") else [view]
        for each in gone:
            each.is_open = False
            user.stack.remove(each)
        if not view.body.get("notify_on_close"):
            return None
        asked = self._asked(user, f"closes {view.title!r}", pressed=view)
        about = payloads.interaction(self.world, user, "view_closed", None)
        about |= {"view": payloads.in_view(self.world, view)["view"], "is_cleared": len(gone) > 1}
        return self._send(asked, INTERACTIVE, about)

    # --- how it is sent

    def _modal(self, user: User, shown: View | Asked) -> View:
        view = self._seen(user, shown)
        assert isinstance(view, View), "that is no modal"
        assert view in user.stack, "that is no open modal"
        assert view is user.stack[-1], "another modal lies over it"
        return view

    def _use(self, user: User, shown: Shown, found: Found, chosen: Json) -> Asked:
        there = self._seen(user, shown)
        assert self.world.app.interactive, "the app's interactivity is off"
        trigger = self.world.new_trigger(user, there if isinstance(there, View) else None)
        asked = self._asked(user, f"uses {found.names}", pressed=there, trigger=trigger)
        about = payloads.interaction(self.world, user, "block_actions", trigger)
        if isinstance(there, View):
            if chosen and found.type in STATES:
                there.filled[found.key] = chosen
            about |= self._where(there)
        else:
            asked.channel, asked._edits = there.channel, len(there.edits)
            about |= self._where(there) | self._states(there, found, chosen)
            asked.hook = self.world.new_hook(user, there.channel, there)
            about["response_url"] = self.hook_url(asked.hook)
        about["actions"] = [payloads.action(found, chosen, self.world.new_ts())]
        return self._send(asked, INTERACTIVE, about)

    @staticmethod
    def _states(message: Message, found: Found, chosen: Json) -> Json:
        states = initial_states(message.blocks)
        if found.key in states and chosen:
            states[found.key] = chosen
        return payloads.states_in_message(states)
