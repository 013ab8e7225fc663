"""Forms → Discord's modals and cards of selects, and what comes back of them. Pure.

A modal holds five inputs (Discord, "Modals"). A form with more is a private card: what can be
chosen stands there as selects, each of which is carried out at once, and a button opens a modal
for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.discord.limits import (
    BUTTON,
    LABEL_CHARACTERS,
    MODAL_INPUTS,
    MODAL_LABEL_CHARACTERS,
    MODAL_TEXT_CHARACTERS,
    MODAL_TITLE_CHARACTERS,
    OPTION_CHARACTERS,
    OPTIONS,
    ROW,
    SECONDARY,
    SELECT,
    TEXT,
)
from adapters.discord.presses import CustomIds, form_id
from bot.commands import Command
from bot.commands.hours import DAY_NAMES
from bot.commands.verbs import Kind
from bot.messages import Button, Field, Form
from bot.ports import Press
from bot.wording import capital

LABEL, TEXT_INPUT = 18, 4  # types of components that stand in modals alone
SHORT, LONG = 1, 2  # styles of a text input
LONG_KINDS = frozenset({Kind.QUERY, Kind.TEXT})
# Arguments of a press that are Discord's, not the verb's: which parameter a select sets, and which
# parameters a button asks for.
SETS, ASKS = "_set", "_ask"
SIZES = (3, 5, 10, 15, 20, 25, 30, 40, 50)

Component = dict[str, Any]


def fits_modal(form: Form) -> bool:
    """Whether all of it can be asked in one modal."""
    return len(form.fields) <= MODAL_INPUTS


def modal(form: Form, command: Command) -> tuple[Component, Mapping[str, Press]]:
    """A modal as Discord's API takes it, and what its id stands for where that is a token."""
    kinds = {param.name: param.kind for param in command.params}
    custom_id, presses = form_id(form.verb, form.args)
    fields = form.fields[:MODAL_INPUTS]
    return {
        "title": _cut(form.title, MODAL_TITLE_CHARACTERS),
        "custom_id": custom_id,
        "components": [_input(field, kinds.get(field.name)) for field in fields],
    }, presses


def answers(components: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What was put into a modal, by the names of the inputs."""
    found: dict[str, str] = {}
    for outer in components:
        inner = outer.get("components") or [outer.get("component", outer)]
        for each in inner:
            if "values" in each:
                found[each["custom_id"]] = ",".join(each["values"])
            elif "value" in each:
                found[each["custom_id"]] = str(each["value"] or "")
    return found


def asking_again(form: Form, given: Mapping[str, str], names: Sequence[str]) -> Button:
    """A button that opens the form again, with what was put in."""
    known = {name: given[name] for name in names if name in given}
    return Button("Edit …", form.verb, {**form.args, **known, ASKS: ",".join(names)})


def card(form: Form, command: Command, ids: CustomIds) -> list[Component]:
    """Selects for what can be chosen, and a button that asks for the rest."""
    kinds = {param.name: param.kind for param in command.params}
    rows: list[Component] = []
    typed: list[str] = []
    for field in form.fields:
        options = _options(field, kinds.get(field.name))
        if options:
            press = Button("", form.verb, {**form.args, SETS: field.name})
            rows += _select(field, kinds.get(field.name), ids.of_button(press), options)
        else:
            typed.append(field.name)
    custom_id = ids.of_button(Button("", form.verb, {**form.args, ASKS: ",".join(typed)}))
    label = _cut(f"{', '.join(typed).capitalize()} …", LABEL_CHARACTERS)
    button = {"type": BUTTON, "style": SECONDARY, "label": label, "custom_id": custom_id}
    return [*rows, {"type": ROW, "components": [button]}]


def narrowed(form: Form, names: Sequence[str], given: Mapping[str, str]) -> Form:
    """The form with these of its fields alone, filled with what was put in before."""
    fields = tuple(
        replace(field, value=given.get(field.name, field.value))
        for field in form.fields
        if field.name in names
    )
    return replace(form, fields=fields)


def _input(field: Field, kind: Kind | None) -> Component:
    options = _options(field, kind) if field.choices else []
    component = _choice(field, kind, options) if options else _text(field, kind)
    return {
        "type": LABEL,
        "label": _cut(capital(field.name), MODAL_LABEL_CHARACTERS),
        "description": _cut(field.hint or field.label, OPTION_CHARACTERS),
        "component": component,
    }


def _text(field: Field, kind: Kind | None) -> Component:
    text: Component = {
        "type": TEXT_INPUT,
        "custom_id": field.name,
        "style": LONG if kind in LONG_KINDS else SHORT,
        "required": field.required,
        "max_length": 500 if kind is Kind.QUERY else 1000,
    }
    return text | ({"value": field.value[:MODAL_TEXT_CHARACTERS]} if field.value else {})


def _choice(field: Field, kind: Kind | None, options: Sequence[Component]) -> Component:
    select: Component = {"type": SELECT, "custom_id": field.name, "options": list(options)}
    if kind is Kind.WEEKDAYS:
        select |= {"min_values": 1, "max_values": len(options)}
    return select | {"required": field.required}


def _select(
    field: Field, kind: Kind | None, custom_id: str, options: Sequence[Component]
) -> list[Component]:
    select: Component = {
        "type": SELECT,
        "custom_id": custom_id,
        "placeholder": _cut(field.label, OPTION_CHARACTERS),
        "options": list(options),
    }
    if kind is Kind.WEEKDAYS:
        select |= {"min_values": 1, "max_values": len(options)}
    # What comes after a comma says how to type it.
    told = {"type": TEXT, "content": f"-# {field.label.partition(',')[0]}"}
    return [told, {"type": ROW, "components": [select]}]


def _options(field: Field, kind: Kind | None) -> list[Component]:
    """What can be chosen, that which holds now marked; [] for what is to be typed."""
    if kind is Kind.WEEKDAYS:
        held = field.value.lower().split(",")
        days = [(day[:3], day.capitalize()) for day in DAY_NAMES]
        return [_option(value, label, is_held=value in held) for value, label in days]
    if kind is Kind.NUMBER and field.value.isdecimal():
        sizes = sorted({*SIZES, int(field.value)})
        return [_option(str(n), f"{n} papers", is_held=str(n) == field.value) for n in sizes]
    choices = field.choices[:OPTIONS]
    return [_option(v, capital(label), is_held=v == field.value) for v, label in choices]


def _option(value: str, label: str, *, is_held: bool) -> Component:
    return {"value": value, "label": label, "default": is_held}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
