"""REST that answers interactions: the first answer, the message it made, what follows."""

from __future__ import annotations

from standins.discord.calls import Call, Json, Reply, Route
from standins.discord.message_shapes import message_json
from standins.discord.refusals import invalid, refuse
from standins.discord.world import EPHEMERAL, LOADING, Interaction, Message

ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
MOST_FOLLOWUPS = 5  # where the app is installed for the user only
MOST_CHOICES = 25
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
_PLAIN = {MESSAGE, DEFERRED}
# What may answer which interaction; a form that a button opened may also update its message.
ANSWERS = {
    COMMAND: _PLAIN | {MODAL},
    COMPONENT: _PLAIN | {DEFERRED_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    SUBMIT: _PLAIN | {DEFERRED_UPDATE, UPDATE},
}
KINDS = {COMMAND: 20, COMPONENT: 19, SUBMIT: 19}  # of the message that answers


def callback(call: Call) -> Reply:
    asked = call.discord.world.interactions.get(call.args["token"])
    if asked is None or str(asked.id) != call.args["interaction"]:
        raise refuse(10062)
    if asked.answer is not None:
        raise refuse(40060)
    if asked.expired or call.discord.clock() - asked.made_at > ANSWER_SECONDS:
        raise refuse(10062)
    kind, data = call.data.get("type"), call.data.get("data") or {}
    allowed = ANSWERS[asked.kind] - (set() if asked.message else {DEFERRED_UPDATE, UPDATE})
    if kind not in allowed:
        words = f"Value must be one of {tuple(sorted(allowed))}."
        raise invalid({"type": ("BASE_TYPE_CHOICES", words)})
    _act(call, asked, kind, data)
    asked.answer = {"type": kind, "data": data}
    call.discord.answered(asked)
    if call.query.get("with_response", "").lower() not in ("true", "1"):
        return 204, None
    return 200, _told(asked, kind)


def _act(call: Call, asked: Interaction, kind: int, data: Json) -> None:
    discord = call.discord
    match kind:
        case 4:
            asked.original = _new(call, asked, data)
        case 5:
            thinking = _blank(call, asked)
            thinking.flags = LOADING | (data.get("flags", 0) & EPHEMERAL)
            asked.original = thinking
            discord.keep(thinking)
        case 6:
            asked.original = asked.message
        case 7:
            asked.original = asked.message
            _edit(call, asked.message, data)
        case 8:
            _inspect_choices(data.get("choices", []))
        case 9:
            discord.checked_modal(data)


def _inspect_choices(choices: list[Json]) -> None:
    if len(choices) > MOST_CHOICES:
        words = f"Must be {MOST_CHOICES} or fewer in length."
        raise invalid({"data.choices": ("BASE_TYPE_MAX_LENGTH", words)})
    for place, each in enumerate(choices):
        if not 1 <= len(each["name"]) <= 100 or not 1 <= len(str(each["value"])) <= 100:
            words = "Must be between 1 and 100 in length."
            raise invalid({f"data.choices.{place}": ("BASE_TYPE_BAD_LENGTH", words)})


def _told(asked: Interaction, kind: int) -> Json:
    about: Json = {"id": str(asked.id), "type": asked.kind}
    message = asked.original
    if message:
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.is_loading,
            "response_message_ephemeral": message.is_ephemeral,
        }
    if message and kind in (MESSAGE, UPDATE):
        return {"interaction": about, "resource": {"type": kind, "message": message_json(message)}}
    return {"interaction": about}


def _blank(call: Call, asked: Interaction) -> Message:
    world = call.discord.world
    message = Message(world.new_id(), asked.channel, world.bot, world.clock())
    message.kind, message.interaction = KINDS[asked.kind], asked
    return message


def _new(call: Call, asked: Interaction, data: Json) -> Message:
    message = _blank(call, asked)
    call.discord.desk.take(message, data, call.files)
    call.discord.keep(message)
    return message


def _edit(call: Call, message: Message | None, data: Json) -> Message:
    """Edit what may be a deferred answer, which then stops being one."""
    if message is None or message.deleted:
        raise refuse(10008)
    body = {name: value for name, value in data.items() if name != "flags"}
    if data.get("flags") is not None:
        body["flags"] = data["flags"] & ~EPHEMERAL
    call.discord.desk.take(message, body, call.files)
    was_loading = message.is_loading
    message.flags &= ~LOADING
    call.discord.edited(message, silently=was_loading)
    return message


# --- afterwards, by the token


def _asked(call: Call) -> Interaction:
    """The interaction of the token: 10015 before it is answered, 50027 after 15 minutes."""
    world = call.discord.world
    asked = world.interactions.get(call.args["token"])
    if asked is None or call.id("app") != world.application.id or asked.answer is None:
        raise refuse(10015)
    if world.clock() - asked.made_at > TOKEN_SECONDS:
        raise refuse(50027)
    return asked


def follow(call: Call) -> Reply:
    """A message after the answer; the first one fills in a deferred answer."""
    asked = _asked(call)
    original = asked.original
    if original and original.is_loading and not original.deleted:
        return 200, message_json(_edit(call, original, call.data))
    if asked.only_user_installed and len(asked.followups) >= MOST_FOLLOWUPS:
        raise refuse(40094)
    message = _new(call, asked, call.data)
    asked.followups.append(message)
    return 200, message_json(message)


def _named(call: Call) -> Message:
    asked = _asked(call)
    if call.args["message"] == "@original":
        found = asked.original
    else:
        own = [asked.original, asked.message, *asked.followups]
        found = next((each for each in own if each and each.id == call.id("message")), None)
    if found is None or found.deleted:
        raise refuse(10008)
    return found


def read(call: Call) -> Reply:
    return 200, message_json(_named(call))


def edit(call: Call) -> Reply:
    return 200, message_json(_edit(call, _named(call), call.data))


def delete(call: Call) -> Reply:
    call.discord.delete_message(_named(call))
    return 204, None


ROUTES = [
    Route("POST", "/interactions/{interaction}/{token}/callback", callback, open=True),
    Route("POST", "/webhooks/{app}/{token}", follow, open=True),
    Route("GET", "/webhooks/{app}/{token}/messages/{message}", read, open=True),
    Route("PATCH", "/webhooks/{app}/{token}/messages/{message}", edit, open=True),
    Route("DELETE", "/webhooks/{app}/{token}/messages/{message}", delete, open=True),
]
