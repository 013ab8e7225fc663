"""Form → a modal of Slack, and what was put into it → arguments. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.commands import Command, defaults
from bot.commands.hours import DAY_NAMES
from bot.commands.verbs import Kind, Param, form_fields
from bot.errors import QueryError, UserError
from bot.messages import Field, Form
from bot.presses import Press, storable, token_of
from bot.wording import capital

View = dict[str, Any]
Block = dict[str, Any]

# Slack's limits: "Views", "Block Kit: input block", "Composition objects".
TITLE_CHARACTERS = 24  # of a view, and of its buttons
LABEL_CHARACTERS = 150  # of an input: 2,000 are allowed, and a line is read
PLACEHOLDER_CHARACTERS = 150
OPTION_CHARACTERS = 75
VALUE_CHARACTERS = 150
INPUT_CHARACTERS = 1000  # what a parameter takes at most (bot.commands.values)
META_CHARACTERS = 3000
ERROR_CHARACTERS = 150  # of a problem under an input: more is cut off on a phone
PRESS_CHARACTERS = 1800  # of META_CHARACTERS: the rest says where it was asked

FORM, FORM_TOKEN = "m1", "n1"
PLACE = "_channel"  # the input that asks for the channel, where none is known
WHOLE = "_form"
USUAL_SIZE = (
    f"1 to {defaults.LARGEST_SIZE} papers; left open: {defaults.PICKS_SIZE}, "
    f"of arXiv alone {defaults.ARXIV_SIZE}"
)
YES_OR_NO = ["yes", "no"]
SHOWN = 36  # characters of a word that is wrong in a query
_SUBMIT = {"search": "Search", "alert test": "Test", "subscribe": "Subscribe"}


@dataclass(frozen=True, slots=True)
class Modal:
    """A view to open, and what the token in it stands for, where it holds one."""

    view: View
    presses: Mapping[str, Press]


def bare_form(command: Command, zone: str) -> Form | None:
    """The form of a verb with more than two settings, asked for without any; None for others.

    Those that the core has a form for are its own.
    """
    if command.form or len(command.typed) <= 2:
        return None
    fields = tuple(
        replace(field, hint=USUAL_SIZE) if field.name == "size" else field
        for field in form_fields(command.typed, _usual(zone))
    )
    return Form(command.help, command.name, fields)


def _usual(zone: str) -> dict[str, str]:
    """What holds where nothing is said, as a person would type it."""
    return {
        "time": f"{defaults.HOUR:%H:%M}",
        "zone": zone,
        "weekdays": ",".join(DAY_NAMES[day][:3] for day in sorted(defaults.WEEKDAYS)),
        "ranking": defaults.RANKING,
        "layout": defaults.LAYOUT,
        "empty": "yes" if defaults.TELL_EMPTY else "no",
    }


def modal(form: Form, command: Command, meta: Mapping[str, str], *, asks_place: bool) -> Modal:
    """The form as a modal. `meta` is remembered with it; `asks_place`: which channel is asked."""
    kinds = {param.name: param for param in command.params}
    press = storable(form.verb, form.args)
    written = json.dumps([press.verb, press.args], separators=(",", ":"))
    is_short = len(written) <= PRESS_CHARACTERS
    told = {"press": written} if is_short else {"token": token_of(press)}
    blocks = [
        *([_text_block(form.problem)] if form.problem else []),
        *([_place()] if asks_place else []),
        *(_input(field, kinds.get(field.name)) for field in form.fields),
    ]
    verb = command.name.split()[-1].capitalize()
    title = form.title if len(form.title) <= TITLE_CHARACTERS else capital(command.name)
    view: View = {
        "type": "modal",
        "callback_id": FORM if is_short else FORM_TOKEN,
        "title": _plain(title, TITLE_CHARACTERS),
        "submit": _plain(_SUBMIT.get(command.name, verb), TITLE_CHARACTERS),
        "close": _plain("Cancel", TITLE_CHARACTERS),
        "private_metadata": json.dumps(
            {**meta, **told, "verb": command.name}, separators=(",", ":")
        ),
        "blocks": blocks,
    }
    return Modal(view, {} if is_short else {told["token"]: press})


def press_of(meta: Mapping[str, str]) -> Press | str | None:
    """What a form stands for: a verb with its arguments, or a token for them."""
    if "token" in meta:
        return meta["token"]
    try:
        verb, args = json.loads(meta.get("press", ""))
        return Press(str(verb), {str(name): str(text) for name, text in args.items()})
    except (AttributeError, TypeError, ValueError):
        return None


def answers(state: Mapping[str, Any]) -> dict[str, str]:
    """What was put into a modal, by the names of its inputs: `view.state.values`."""
    found: dict[str, str] = {}
    for name, elements in state.items():
        for element in elements.values():
            found[name] = _answer(element)
    return found


def _answer(element: Mapping[str, Any]) -> str:
    if "selected_options" in element:
        return ",".join(option["value"] for option in element["selected_options"] or [])
    option = element.get("selected_option")
    for given in (
        option["value"] if option else None,
        element.get("selected_time"),
        element.get("selected_conversation"),
        element.get("value"),
    ):
        if given is not None:
            return str(given)
    return ""


def errors(error: UserError, names: tuple[str, ...]) -> dict[str, str]:
    """What is wrong, under the input it is about: an error begins with its parameter's name."""
    name, _, problem = str(error).partition(": ")
    place = name if name in names and problem else ""
    told = problem if place else str(error)
    told = _pointed(error, told) if isinstance(error, QueryError) else capital(told)
    if len(told) > ERROR_CHARACTERS:
        told = f"{told[: ERROR_CHARACTERS - 1]}…"
    return {place or (names[0] if names else WHOLE): told}


def _pointed(error: QueryError, problem: str) -> str:
    """The problem with the place in the query that it is about, where it does not name that."""
    typed = problem.partition(" ")[0] in error.text  # what was typed stays as it was
    told = problem if typed else capital(problem)
    [wrong, *_] = error.text[error.place :].split() or [""]
    if not error.place or (wrong and wrong in told):
        return told
    return f"{told} (at “{wrong[:SHOWN]}”)" if wrong else f"{told} (at its end)"


def _input(field: Field, param: Param | None) -> Block:
    element = _element(field, param)
    # What comes after a comma or a colon says how to type it.
    is_typed = element["type"] in {"plain_text_input", "number_input"}
    hint = field.hint or (field.label if is_typed else re.split("[,:]", field.label)[0])
    is_filled = any(name.startswith("initial_") for name in element)
    block: Block = {
        "type": "input",
        "block_id": field.name,
        # Of what is chosen already, "(optional)" would say nothing.
        "optional": not field.required and (is_typed or not is_filled),
        "label": _plain(capital(field.name), LABEL_CHARACTERS),
        "element": element | {"action_id": field.name},
    }
    if [value for value, _ in field.choices] == YES_OR_NO:  # what is asked says more than a name
        block["label"] = _plain(hint, LABEL_CHARACTERS)
    elif element["type"] != "checkboxes":  # the days say it themselves
        block["hint"] = _plain(hint, LABEL_CHARACTERS)
    return block


def _element(field: Field, param: Param | None) -> Block:
    kind = param.kind if param else Kind.TEXT
    if kind is Kind.WEEKDAYS:
        return _days(field)
    if kind is Kind.TIME:
        return {"type": "timepicker"} | ({"initial_time": field.value} if field.value else {})
    if kind is Kind.ZONE:
        chosen = {"initial_option": _option(field.value, field.value)} if field.value else {}
        return {"type": "external_select", "min_query_length": 0, **chosen}
    if kind is Kind.NUMBER:
        most = str(param.most if param else 50)
        number: Block = {
            "type": "number_input",
            "is_decimal_allowed": False,
            "min_value": "1",
            "max_value": most,
        }
        return number | ({"initial_value": field.value} if field.value else {})
    if field.choices:
        return _choice(field)
    text: Block = {
        "type": "plain_text_input",
        "multiline": kind is Kind.TEXT,
        "max_length": INPUT_CHARACTERS,
    }
    return text | ({"initial_value": field.value[:INPUT_CHARACTERS]} if field.value else {})


def _choice(field: Field) -> Block:
    options = [_option(value, capital(label)) for value, label in field.choices[:100]]
    chosen = [option for option in options if option["value"] == field.value]
    select: Block = {"type": "static_select", "options": options}
    return select | ({"initial_option": chosen[0]} if chosen else {})


def _days(field: Field) -> Block:
    held = field.value.lower().split(",")
    options = [_option(day[:3], day.capitalize()) for day in DAY_NAMES]
    chosen = [option for option in options if option["value"] in held]
    boxes: Block = {"type": "checkboxes", "options": options}
    return boxes | ({"initial_options": chosen} if chosen else {})


def _place() -> Block:
    return {
        "type": "input",
        "block_id": PLACE,
        "label": _plain("Channel", LABEL_CHARACTERS),
        "hint": _plain("Where the digest is posted", LABEL_CHARACTERS),
        "element": {
            "type": "conversations_select",
            "action_id": PLACE,
            "default_to_current_conversation": True,
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
    }


def _text_block(text: str) -> Block:
    return {"type": "section", "text": _plain(text, LABEL_CHARACTERS)}


def _option(value: str, label: str) -> Block:
    return {"text": _plain(label, OPTION_CHARACTERS), "value": value[:VALUE_CHARACTERS]}


def _plain(text: str, most: int) -> Block:
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return {"type": "plain_text", "text": cut or "…", "emoji": False}


def options(choices: list[tuple[str, str]]) -> list[Block]:
    """What an input may go on with, as Slack takes it ("block_suggestion")."""
    fitting = [(value, label) for value, label in choices if 0 < len(value) <= VALUE_CHARACTERS]
    return [_option(value, label) for value, label in fitting[:100]]
