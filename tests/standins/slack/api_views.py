"""The Web API of views: modals, which a trigger opens, and Homes, which are published."""

from __future__ import annotations

from standins.slack.calls import Call, Method
from standins.slack.drafts import MAX_STACK
from standins.slack.refusals import Refused
from standins.slack.shapes import view_json
from standins.slack.world import Json, Trigger, View

TRIGGER_SECONDS = 3.0


def open_view(call: Call) -> Json:
    trigger = _trigger(call)
    if trigger.user.stack and (trigger.view is None or trigger.view.is_home):
        call.slack.clear(trigger.user)  # a new root takes the place of what is open
    elif trigger.user.stack:
        raise Refused("invalid_arguments", ["a modal is open: push or update"])
    view = call.slack.desk.view(trigger.user, _modal(call))
    return _shown(call, trigger, view)


def push(call: Call) -> Json:
    trigger = _trigger(call)
    stack = trigger.user.stack
    if not stack:
        raise Refused("not_found")
    if len(stack) >= MAX_STACK:
        raise Refused("push_limit_reached")
    view = call.slack.desk.view(trigger.user, _modal(call), previous=stack[-1])
    return _shown(call, trigger, view)


def _shown(call: Call, trigger: Trigger, view: View) -> Json:
    trigger.used, trigger.opened = True, view
    trigger.user.stack.append(view)
    return {"view": view_json(view, call.slack.world)}


def _modal(call: Call) -> Json:
    view = call.nested("view")
    if not isinstance(view, dict) or view.get("type") != "modal":
        raise Refused("invalid_arguments", ["view.type must be modal"])
    return view


def _trigger(call: Call) -> Trigger:
    world = call.slack.world
    trigger = world.triggers.get(call.needed("trigger_id"))
    if trigger is None or trigger.user.workspace is not call.workspace:
        raise Refused("invalid_trigger_id")
    if world.clock() - trigger.made_at > TRIGGER_SECONDS:
        raise Refused("expired_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    return trigger


def update(call: Call) -> Json:
    view = _known(call)
    _check_hash(call, view)
    call.slack.desk.change(view, call.nested("view"))
    return {"view": view_json(view, call.slack.world)}


def _known(call: Call) -> View:
    views = call.slack.world.views
    found = views.get(call.text("view_id"))
    external = call.text("external_id")
    if external:
        found = next((each for each in views.values() if each.external_id == external), None)
    if found is None or not found.is_open or found.user.workspace is not call.workspace:
        raise Refused("not_found")
    return found


def _check_hash(call: Call, view: View) -> None:
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refused("hash_conflict")


def publish(call: Call) -> Json:
    person = call.user("user_id")
    if not call.slack.app.has_home:
        raise Refused("not_enabled")
    body = call.nested("view")
    if not isinstance(body, dict) or body.get("type") != "home":
        raise Refused("invalid_arguments", ["view.type must be home"])
    if person.home is None:
        person.home = call.slack.desk.view(person, body)
    else:
        _check_hash(call, person.home)
        call.slack.desk.change(person.home, body)
    return {"view": view_json(person.home, call.slack.world)}


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
